package main

import (
	"fmt"

	"clew/match/score"
)

type matchExplainCmd struct {
	Name1    string   `arg:"" help:"One name."`
	Name2    string   `arg:"" help:"The other name."`
	Schema   string   `help:"Person, Company, Organization, Vessel or Vehicle." default:"Person"`
	Dob1     string   `name:"dob1" help:"Date of birth of the first."`
	Dob2     string   `name:"dob2" help:"Date of birth of the second."`
	Gender1  string   `name:"gender1" help:"Sex of the first."`
	Gender2  string   `name:"gender2" help:"Sex of the second."`
	Country1 []string `name:"country1" help:"Countries of the first."`
	Country2 []string `name:"country2" help:"Countries of the second."`
	Id1      []string `name:"id1" help:"Document numbers of the first."`
	Id2      []string `name:"id2" help:"Document numbers of the second."`
	matchModel
}

// Run prints the score, the model's version and the reasons, one a line, each
// with what it adds to the evidence.
func (c matchExplainCmd) Run(s streams) error {
	model, err := c.load()
	if err != nil {
		return err
	}
	a := score.NewRecord(score.Input{Schema: c.Schema, Name: c.Name1, Birth: c.Dob1, Sex: c.Gender1, Countries: c.Country1, Documents: c.Id1})
	b := score.NewRecord(score.Input{Schema: c.Schema, Name: c.Name2, Birth: c.Dob2, Sex: c.Gender2, Countries: c.Country2, Documents: c.Id2})
	result, why := model.Explain(&a, &b)
	verdict := "no match"
	if result.Score >= model.Threshold {
		verdict = "possible match"
	}
	fmt.Fprintf(s.out, "score %s (%s at threshold %g, model %s)\n", formatScore(result.Score), verdict, model.Threshold, model.Version)
	words := score.Messages(c.Lang)
	for _, w := range why {
		if w.Weight != 0 {
			fmt.Fprintf(s.out, "%+6.2f  %s\n", w.Weight, words.Say(w))
		} else {
			fmt.Fprintf(s.out, "        %s\n", words.Say(w))
		}
	}
	return nil
}

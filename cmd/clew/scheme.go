package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"clew/internal/core"
	"clew/internal/scheme"
)

type schemeCmd struct {
	List  schemeListCmd  `cmd:"" help:"List the schemes and the days on which their rules changed."`
	Show  schemeShowCmd  `cmd:"" help:"Show a scheme's rules on a day, each with its first day and where it is written."`
	Check schemeCheckCmd `cmd:"" help:"Check a scheme, catalogue or calendar file before it is used."`
}

// schemeFlags say which schemes there are besides those that come with clew.
type schemeFlags struct {
	SchemeDir string `name:"scheme-dir" type:"existingdir" help:"A folder of *.yaml files that add schemes or replace them." placeholder:"DIR"`
}

type schemeListCmd struct{ schemeFlags }

// Run prints a line for each scheme.
func (c schemeListCmd) Run(io streams) error {
	registry, err := scheme.Load(c.SchemeDir)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tFROM\tCHANGED")
	for _, id := range registry.IDs() {
		s, err := registry.Scheme(id)
		if err != nil {
			return err
		}
		var changed []string
		for _, day := range s.Changes()[1:] {
			changed = append(changed, day.String())
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, s.Name, s.Start, strings.Join(changed, " "))
	}
	return w.Flush()
}

type schemeShowCmd struct {
	schemeFlags
	ID      string    `arg:"" help:"The scheme: uk, scotland, ecat-minimum, recovery-90, or one of --scheme-dir."`
	On      core.Date `help:"The day, as YYYY-MM-DD. Default: today." placeholder:"DATE"`
	History bool      `help:"Show every value that each rule has had, not only the day's."`
}

// Run prints the rules with their sources.
func (c schemeShowCmd) Run(io streams) error {
	registry, err := scheme.Load(c.SchemeDir)
	if err != nil {
		return err
	}
	s, err := registry.Scheme(c.ID)
	if err != nil {
		return core.E(core.NotFound, "scheme.unknown", "There is no scheme "+c.ID+"; there are "+strings.Join(registry.IDs(), ", ")+".")
	}
	if c.On.IsZero() {
		c.On = core.DateIn(time.Now(), time.UTC)
	}
	rules, err := s.On(c.On)
	if err != nil {
		return err
	}
	catalogue := s.Catalogue()
	fmt.Fprintf(io.out, "%s on %s\ncatalogue %s, version %s: %d indicators\n\n", s.Name, c.On.Long(), catalogue.ID, catalogue.Version, len(catalogue.Indicators()))
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tVALUE\tFROM\tSOURCE")
	for _, p := range rules.Sources() {
		values := []scheme.Provenance{p}
		if c.History {
			values = s.History(p.Key)
		}
		for _, v := range values {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", v.Key, v.Value, v.From, v.Source)
		}
	}
	return w.Flush()
}

type schemeCheckCmd struct {
	Files []string `arg:"" name:"file" help:"The files. Each is checked as if it were the only one added."`
}

// Run prints each problem as file:line:column, for editors and scripts.
func (c schemeCheckCmd) Run(io streams) error {
	count := 0
	for _, name := range c.Files {
		err := scheme.CheckFile(name)
		var problems scheme.Problems
		switch {
		case err == nil:
			fmt.Fprintf(io.out, "%s: good\n", name)
		case errors.As(err, &problems):
			count += len(problems)
			fmt.Fprintln(io.err, problems.Error())
		default:
			return err
		}
	}
	if count > 0 {
		return core.E(core.Invalid, "scheme.problems", fmt.Sprintf("%d to mend.", count))
	}
	return nil
}

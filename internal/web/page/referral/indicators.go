package referral

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// maxSearch bounds a search of the catalogue, in characters.
const maxSearch = 100

// indicatorQuestions binds the catalogue: a set of checkboxes for each category.
// What is chosen is always on the page, whatever the search shows, so ticks are
// never lost; an answer that comes in may name any indicator of the catalogue.
func indicatorQuestions(s *sheet) {
	query := s.rq.URL.Query()
	q, only := clip(query.Get("q")), query.Get("category")
	found := map[string]bool{}
	for _, ind := range s.cat.Search(q) {
		found[ind.Code] = true
	}
	chosen := chosenCodes(s.given)
	posting := s.rq.Method == http.MethodPost
	s.quiet = true
	var groups []ui.Component
	var fields []*form.Field
	shown := 0
	for i, c := range s.cat.Categories() {
		options, hits, picked := s.optionsIn(c, func(ind scheme.Indicator) bool {
			return (q == "" || found[ind.Code]) && (only == "" || only == c.Code)
		}, chosen, posting)
		if len(options) == 0 {
			continue
		}
		f := s.f.Checkboxes("indicator."+c.Code, c.Label, options, form.Value(picked...), form.Small())
		fields = append(fields, f)
		s.bind(f, nil, func(*answers) {})
		if hits == 0 && len(picked) == 0 {
			continue
		}
		shown += hits
		groups = append(groups, ui.Details{Summary: groupTitle(c.Label, len(options), len(picked)), Body: []ui.Component{f},
			Open: q != "" || only != "" || len(picked) > 0 || i == 0})
	}
	s.quiet = false
	s.takes = append(s.takes, func(a *answers) { choose(a, fields) })
	s.questions = append(s.questions, question{nil, "Indicators", s.indicatorLines})
	s.enter = "find" // the search is the only line to type in
	s.put(s.finder(q, only)...)
	if shown == 0 && (q != "" || only != "") {
		s.put(ui.Para("Nothing in the catalogue matches. Try another word; what you chose before stays chosen."))
	}
	s.put(groups...)
}

func clip(q string) string {
	if r := []rune(q); len(r) > maxSearch {
		return string(r[:maxSearch])
	}
	return q
}

func groupTitle(label string, all, picked int) string {
	if picked > 0 {
		return fmt.Sprintf("%s: %d, %d chosen", label, all, picked)
	}
	return fmt.Sprintf("%s: %d", label, all)
}

// optionsIn is what one category offers: what the search finds and what is
// chosen already; all of it when answers come in.
func (s *sheet) optionsIn(c scheme.Category, wanted func(scheme.Indicator) bool, chosen map[string]bool, all bool) (options []form.Option, hits int, picked []string) {
	child := s.track == casework.TrackChild
	for _, ind := range s.cat.In(c.Code) {
		fits := wanted(ind) && (child && ind.Child || !child && ind.Adult)
		if fits {
			hits++
		}
		if chosen[ind.Code] {
			picked = append(picked, ind.Code)
		}
		if fits || chosen[ind.Code] || all {
			options = append(options, form.Option{Value: ind.Code, Label: ind.Label, Hint: ind.Prompt})
		}
	}
	return options, hits, picked
}

func chosenCodes(a *answers) map[string]bool {
	codes := make(map[string]bool, len(a.Facts.Indicators))
	for _, ind := range a.Facts.Indicators {
		codes[ind.Code] = true
	}
	return codes
}

// choose keeps what was said about indicators that stay chosen.
func choose(a *answers, fields []*form.Field) {
	before := a.Facts.Indicators
	a.Facts.Indicators = nil
	notes := map[string]core.Secret{}
	for _, f := range fields {
		for _, code := range f.Choices() {
			ind := casework.Indicator{Code: code}
			if i := slices.IndexFunc(before, func(b casework.Indicator) bool { return b.Code == code }); i >= 0 {
				ind = before[i]
			}
			if note, ok := a.Narrative.IndicatorNotes[code]; ok {
				notes[code] = note
			}
			a.Facts.Indicators = append(a.Facts.Indicators, ind)
		}
	}
	a.Narrative.IndicatorNotes = notes
	if len(notes) == 0 {
		a.Narrative.IndicatorNotes = nil
	}
}

// finder is the search: it saves what is ticked first, so it is a button of the
// same form and needs no script.
func (s *sheet) finder(q, only string) []ui.Component {
	options := []form.Option{}
	for _, c := range s.cat.Categories() {
		options = append(options, form.Option{Value: c.Code, Label: c.Label})
	}
	words := s.f.Text("q", "Find an indicator", form.Type("search"), form.Max(maxSearch), form.Value(present(q)...), form.Width("20"),
		form.Hint("For example: passport, debt, school."))
	category := s.f.Select("category", "Kind", options, form.Value(present(labelledCategory(options, only))...))
	s.fields = append(s.fields, words, category)
	buttons := ui.Buttons{Items: []ui.Button{{Text: "Find", Kind: ui.Secondary, Name: "find", Value: "yes"}}}
	if q != "" || only != "" {
		buttons.Items = append(buttons.Items, ui.Button{Text: "Show the whole catalogue", Kind: ui.Secondary, Name: "find", Value: "all"})
	}
	return []ui.Component{words, category, buttons}
}

func labelledCategory(options []form.Option, code string) string {
	if slices.ContainsFunc(options, func(o form.Option) bool { return o.Value == code }) {
		return code
	}
	return ""
}

func (s *sheet) indicatorLines(a *answers) []string {
	var lines []string
	for _, ind := range a.Facts.Indicators {
		label := ind.Code
		if known, ok := s.cat.ByCode(ind.Code); ok {
			label = known.Label
		}
		said := joined(", ", observerWords(ind.ObservedBy), dateWords(ind.On), a.Narrative.IndicatorNotes[ind.Code].Reveal())
		if said != "" {
			label += " (" + said + ")"
		}
		lines = append(lines, label)
	}
	return lines
}

var observers = map[string]string{"me": "seen by the referrer", "colleague": "seen by a colleague", "person": "told by the person", "third_party": "seen by somebody else"}

func observerWords(code string) string { return observers[code] }

// indicators shows the catalogue, searches it, and keeps what is chosen.
func indicators(rq *page.Request) error {
	if rq.Method != http.MethodPost {
		return showIndicators(rq)
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	d, st, err := openStep(rq, casework.StepIndicators)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	s, err := newSheet(rq, d, st, nil)
	if err != nil {
		return err
	}
	if err := rq.Read(s.f); err != nil {
		return err
	}
	s.after = afterIndicators
	return s.save()
}

func showIndicators(rq *page.Request) error {
	d, st, err := openStep(rq, casework.StepIndicators)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	s, err := newSheet(rq, d, st, nil)
	if err != nil {
		return err
	}
	return s.show()
}

// afterIndicators leads to what was searched, or to who saw what was chosen.
func afterIndicators(s *sheet, a *answers) string {
	here := stepPath(s.draft.ID, casework.StepIndicators)
	query := url.Values{}
	if from := s.rq.URL.Query().Get("from"); from != "" {
		query.Set("from", from)
	}
	switch s.rq.PostFormValue("find") {
	case "yes":
		query.Set("q", s.f.Field("q").Text())
		query.Set("category", s.f.Field("category").Choice())
		return here + "?" + query.Encode()
	case "all":
		return here + "?" + query.Encode()
	}
	if len(a.Facts.Indicators) == 0 {
		return nextPath(s.rq, s.draft.ID, a, casework.StepIndicators)
	}
	return here + "/seen?" + query.Encode()
}

var seenStep = step{casework.StepIndicators, sectionStory, "Who noticed it, and when", "Who saw a sign, and when, tells the authority how much it weighs. Leave out what you do not know.", seenQuestions}

// seen asks who noticed each chosen indicator and when.
func seen(rq *page.Request) error {
	d, err := openDraft(rq)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	if rq.Method == http.MethodPost {
		if err := rq.Read(rq.Form()); err != nil {
			return err
		}
	}
	s, err := newSheet(rq, d, &seenStep, nil)
	if err != nil {
		return err
	}
	if rq.Method != http.MethodPost {
		return s.show()
	}
	if err := rq.Read(s.f); err != nil {
		return err
	}
	return s.save()
}

func seenQuestions(s *sheet) {
	if len(s.given.Facts.Indicators) == 0 {
		s.put(ui.Para("No indicator is chosen."))
	}
	s.quiet = true
	for i, ind := range s.given.Facts.Indicators {
		label := ind.Code
		if known, ok := s.cat.ByCode(ind.Code); ok {
			label = known.Label
		}
		name, as := "seen."+ind.Code, fmt.Sprintf("facts.indicators.%d", i)
		by := s.f.Radios(name+".by", "Who noticed it?", observerOptions, form.Inline(), form.Small(), form.Alias(as+".observedBy"), form.Value(present(ind.ObservedBy)...))
		on := s.f.PartialDate(name+".on", "When?", form.Alias(as+".on")).SetPartialDate(ind.On)
		note := s.f.Text(name+".note", "In a few words", form.Max(casework.MaxLine), form.Alias("narrative.indicatorNotes."+ind.Code),
			form.Value(s.given.Narrative.IndicatorNotes[ind.Code].Reveal()))
		s.fields = append(s.fields, by, on, note)
		s.takes = append(s.takes, func(a *answers) { describe(a, ind.Code, by.Choice(), on.PartialDate(), note.Secret()) })
		s.put(ui.Card{Title: label, Body: []ui.Component{by, on, note}})
	}
	s.quiet = false
	s.questions = append(s.questions, question{nil, "Indicators", s.indicatorLines})
}

// describe puts what is known about one chosen indicator into the answers.
func describe(a *answers, code, by string, on core.PartialDate, note core.Secret) {
	i := slices.IndexFunc(a.Facts.Indicators, func(ind casework.Indicator) bool { return ind.Code == code })
	if i < 0 {
		return // taken off the list meanwhile
	}
	a.Facts.Indicators[i].ObservedBy, a.Facts.Indicators[i].On = by, on
	if note == "" {
		delete(a.Narrative.IndicatorNotes, code)
		return
	}
	if a.Narrative.IndicatorNotes == nil {
		a.Narrative.IndicatorNotes = map[string]core.Secret{}
	}
	a.Narrative.IndicatorNotes[code] = note
}

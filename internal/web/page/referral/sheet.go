package referral

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// answers is what all pages together fill.
type answers = casework.ReferralForm

// sheet is one page of questions, each bound to its place in the answers. One
// definition serves the page itself, "check your answers", and the comparison
// of two versions.
type sheet struct {
	rq     *page.Request
	draft  *casework.OpenDraft
	step   *step
	rules  scheme.Rules
	cat    *scheme.Catalogue
	track  casework.Track
	given  *answers // what the fields begin with; the sheet's own copy
	counts func(prefix string, saved int) int

	after func(*sheet, *answers) string // where to go when saved; nil: the next page that is not done

	f         *form.Form
	parts     []ui.Component
	fields    []*form.Field
	questions []question
	takes     []func(*answers)
	kept      map[string][]int // list → the page's row of each item that was kept
	enter     string           // see laidOut
	quiet     bool             // inside a list's item: the list is the question
}

// question is one line of the summary. Show returns the answer in words, a line
// for each item; nothing when there is no answer.
type question struct {
	field *form.Field
	label string
	show  func(*answers) []string
}

// copyOf is a copy that shares nothing with the original.
func copyOf(a *answers) (*answers, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("copy answers: %w", err)
	}
	var c answers
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("copy answers: %w", err)
	}
	return &c, nil
}

// newSheet builds the page of a step from what is saved. Counts says how many
// rows a repeated question has; nil takes as many as there are answers.
func newSheet(rq *page.Request, d *casework.OpenDraft, st *step, counts func(string, int) int) (*sheet, error) {
	rules, cat, err := rulesFor(rq, d.Form.Jurisdiction)
	if err != nil {
		return nil, err
	}
	given, err := copyOf(&d.Form)
	if err != nil {
		return nil, err
	}
	if counts == nil {
		counts = func(_ string, saved int) int { return saved }
	}
	s := &sheet{rq: rq, draft: d, step: st, rules: rules, cat: cat, given: given, counts: counts, f: rq.Form(), kept: map[string][]int{},
		track: d.Form.Track(rules.Day, rules.AdultAge.Value)}
	st.build(s)
	s.f.Hidden("rev", fmt.Sprint(d.Rev))
	s.f.Hidden("seen", s.fingerprint(&d.Form))
	return s, nil
}

// take puts what was typed into the answers.
func (s *sheet) take(into *answers) {
	for _, t := range s.takes {
		t(into)
	}
}

// problems is what casework finds wrong with the page's answers, named as the
// page's fields are.
func (s *sheet) problems(a *answers) []core.Field {
	found := casework.ValidateStep(s.step.id, a, s.rules, s.cat, s.rules.Day)
	for i := range found {
		found[i].Name = s.rowName(found[i].Name)
	}
	return found
}

// rowName turns an item's place among the kept ones into its row on the page.
func (s *sheet) rowName(name string) string {
	for prefix, rows := range s.kept {
		rest, ok := strings.CutPrefix(name, prefix+".")
		if !ok {
			continue
		}
		var i int
		var tail string
		if n, _ := fmt.Sscanf(rest, "%d%s", &i, &tail); n > 0 && i < len(rows) {
			return fmt.Sprintf("%s.%d%s", prefix, rows[i], tail)
		}
	}
	return name
}

// fingerprint tells whether the page's answers are still those it was made
// from, so that two people can work on different pages of one draft.
func (s *sheet) fingerprint(a *answers) string {
	h := sha256.New()
	for _, q := range s.questions {
		_, _ = fmt.Fprintf(h, "%q", q.show(a))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

// put places components on the page, top to bottom.
func (s *sheet) put(c ...ui.Component) { s.parts = append(s.parts, c...) }

// bind remembers a field with its question and how its answer is taken.
func (s *sheet) bind(f *form.Field, show func(*answers) []string, take func(*answers)) *form.Field {
	s.fields = append(s.fields, f)
	s.takes = append(s.takes, take)
	if !s.quiet {
		s.questions = append(s.questions, question{f, f.Label, show})
	}
	return f
}

// line is an answer of one line, or none.
func line(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (s *sheet) secret(name, label string, at func(*answers) *core.Secret, set ...form.Setting) *form.Field {
	set = append([]form.Setting{form.Max(casework.MaxShort)}, set...)
	f := s.f.Text(name, label, append(set, form.Value(at(s.given).Reveal()))...)
	return s.bind(f, func(a *answers) []string { return line(at(a).Reveal()) }, func(a *answers) { *at(a) = f.Secret() })
}

func (s *sheet) long(name, label string, limit int, at func(*answers) *core.Secret, set ...form.Setting) *form.Field {
	f := s.f.Textarea(name, label, append(set, form.Max(limit), form.Value(at(s.given).Reveal()))...)
	return s.bind(f, func(a *answers) []string { return line(at(a).Reveal()) }, func(a *answers) { *at(a) = f.Secret() })
}

func (s *sheet) text(name, label string, at func(*answers) *string, set ...form.Setting) *form.Field {
	f := s.f.Text(name, label, append(set, form.Max(casework.MaxShort), form.Value(*at(s.given)))...)
	return s.bind(f, func(a *answers) []string { return line(*at(a)) }, func(a *answers) { *at(a) = f.Text() })
}

func (s *sheet) radios(name, label string, options []form.Option, at func(*answers) *string, set ...form.Setting) *form.Field {
	f := s.f.Radios(name, label, options, append(set, form.Value(present(*at(s.given))...))...)
	s.bind(f, func(a *answers) []string { return line(labelIn(options, *at(a))) }, func(a *answers) { *at(a) = f.Choice() })
	s.leadRevealed(options)
	return f
}

func (s *sheet) choice(f *form.Field, at func(*answers) *string, words func(code string) string) *form.Field {
	f.SetValue(present(*at(s.given))...)
	return s.bind(f, func(a *answers) []string { return line(words(*at(a))) }, func(a *answers) { *at(a) = f.Choice() })
}

func (s *sheet) checks(name, label string, options []form.Option, at func(*answers) *[]string, set ...form.Setting) *form.Field {
	f := s.f.Checkboxes(name, label, options, append(set, form.Value(*at(s.given)...))...)
	s.bind(f, func(a *answers) []string {
		var lines []string
		for _, code := range *at(a) {
			lines = append(lines, labelIn(options, code))
		}
		return lines
	}, func(a *answers) { *at(a) = f.Choices() })
	s.leadRevealed(options)
	return f
}

func (s *sheet) partial(name, label string, at func(*answers) *core.PartialDate, set ...form.Setting) *form.Field {
	f := s.f.PartialDate(name, label, set...).SetPartialDate(*at(s.given))
	return s.bind(f, func(a *answers) []string { return line(dateWords(*at(a))) }, func(a *answers) { *at(a) = f.PartialDate() })
}

func (s *sheet) day(name, label string, at func(*answers) *core.Date, set ...form.Setting) *form.Field {
	f := s.f.Date(name, label, set...).SetDate(*at(s.given))
	return s.bind(f, func(a *answers) []string {
		if at(a).IsZero() {
			return nil
		}
		return line(at(a).Long())
	}, func(a *answers) { *at(a) = f.Date() })
}

// leadRevealed moves the question just bound before those its options reveal:
// they were made first but are read after it.
func (s *sheet) leadRevealed(options []form.Option) {
	if s.quiet {
		return
	}
	last := len(s.questions) - 1
	first := last
	for _, o := range options {
		for _, r := range o.Reveal {
			if i := slices.IndexFunc(s.questions, func(q question) bool { return q.field == r }); i >= 0 {
				first = min(first, i)
			}
		}
	}
	q := s.questions[last]
	s.questions = slices.Insert(s.questions[:last], first, q)
}

func present(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

func labelIn(options []form.Option, code string) string {
	for _, o := range options {
		if o.Value == code {
			return o.Label
		}
	}
	return code
}

func dateWords(d core.PartialDate) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

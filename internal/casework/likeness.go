package casework

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"
	"unicode"

	"clew/internal/core"
	"clew/internal/likeness"
	"clew/internal/vault"
	"clew/match/score"
)

// How sure clew must be of a likeness before it says so. The rates are shares of
// people who were never referred and would all the same be thought somebody
// (docs/match.md); the floors hold where the list is so short that the guidance
// asks for next to nothing.
const (
	taskRate, taskFloor           = 0.01, 0.95  // asking a caseworker to compare
	responderRate, responderFloor = 0.001, 0.99 // telling a first responder "possible match"
)

// mostAlike is how many likely people one look takes in.
const mostAlike = 50

// newLikeness makes the index of this process over what Options name.
func (s *Service) newLikeness(source likeness.Source, log *slog.Logger) *likeness.Index {
	return likeness.New(s.model, source, s.vault, func(ctx context.Context, r likeness.Row) (score.Input, error) {
		id, err := s.openIdentity(ctx, r)
		if err != nil {
			return score.Input{}, err
		}
		return inputOf(&id), nil
	}, log)
}

// KeepLikeness builds the likeness index and keeps it current until ctx ends.
func (s *Service) KeepLikeness(ctx context.Context, poll time.Duration) {
	if s.like != nil {
		s.like.Run(ctx, poll)
	}
}

// CatchUpLikeness brings the index up to date now, building it if need be: for
// commands and tests, which do not run it in the background.
func (s *Service) CatchUpLikeness(ctx context.Context) error {
	if s.like == nil {
		return nil
	}
	if !s.like.Whole() {
		if err := s.like.Build(ctx); err != nil {
			return err
		}
	}
	return s.like.CatchUp(ctx)
}

// Likeness says how far the index is. A service without one is never whole.
func (s *Service) Likeness() likeness.Status {
	if s.like == nil {
		return likeness.Status{}
	}
	return s.like.Status()
}

// openIdentity opens what is sealed of a case's identity.
func (s *Service) openIdentity(ctx context.Context, r likeness.Row) (Identity, error) {
	var id Identity
	ref := vault.Ref{Person: r.Person, Table: "case_section", Row: r.Case.String(), Field: string(SectionIdentity), Version: r.Version}
	b, err := s.vault.Open(ctx, ref, r.Sealed)
	if err != nil {
		var known *core.Error
		if errors.As(err, &known) && known.Code == "vault.unreadable" {
			err = likeness.ErrDamaged
		}
		return id, err
	}
	if json.Unmarshal(b, &id) != nil {
		return id, likeness.ErrDamaged // the cause may quote the value
	}
	return id, nil
}

// inputOf is an identity as the matching library reads it. Names by which nobody
// can be known are left out: initials alone, and what the library knows to stand
// for "not known".
func inputOf(id *Identity) score.Input {
	in := score.Input{Sex: id.Gender}
	if !id.BirthDate.IsZero() {
		in.Birth = id.BirthDate.ISO()
		if id.BirthDate.About {
			plain := id.BirthDate
			plain.About = false
			in.Birth = "about " + plain.ISO()
		}
	}
	for _, n := range id.Names {
		switch {
		case !tells(n.Full()):
		case in.Given != "" || in.Name != "":
			in.Aliases = append(in.Aliases, n.Full())
		case n.Given == "" || n.Family == "": // which part it is nobody can tell
			in.Name = n.Full()
		default:
			in.Given, in.Family = n.Given.Reveal(), n.Family.Reveal()
		}
	}
	for _, c := range []string{id.Nationality, id.SecondNationality} {
		if c != "" && c != "XXX" { // stateless or not known: nothing that two people share
			in.Countries = append(in.Countries, c)
		}
	}
	for _, d := range id.Documents {
		in.Documents = append(in.Documents, d.Number.Reveal())
	}
	for _, p := range id.Phones {
		if e164 := normalPhone(p); e164 != "" {
			in.Phones = append(in.Phones, e164)
		}
	}
	for _, e := range id.Emails {
		in.Emails = append(in.Emails, e.Reveal())
	}
	return in
}

// tells reports whether a name has a word of more than one letter, or a letter of
// a script in which one is a word.
func tells(name string) bool {
	letters := 0
	for _, r := range name {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			return true
		case unicode.IsLetter(r):
			if letters++; letters > 1 {
				return true
			}
		case unicode.Is(unicode.Mn, r): // an accent on its own does not end a word
		default:
			letters = 0
		}
	}
	return false
}

// candidate is another case whose person may be the one at hand, compared with
// what the vault holds now.
type candidate struct {
	c         Case
	version   int
	exact     bool // a key of theirs is the same
	result    score.Result
	sentences []score.Sentence
}

// look says what is looked for.
type look struct {
	self         core.ID // left out
	before       bool    // only cases older than self
	least        float64 // of a likeness without an exact key
	corroborated bool    // something besides the name must agree
	limit        int
}

// alike finds cases whose person may be the one described, most likely first:
// those that share an exact key, and those the index finds like. What is found is
// opened anew, so that nobody is told of a person who was erased meanwhile or of an
// identity that was corrected.
func (s *Service) alike(ctx context.Context, r Reader, id *Identity, l look) ([]candidate, error) {
	in := inputOf(id)
	q := score.NewRecord(in)
	shared, err := s.matchesOf(ctx, r, l.self, id, mostAlike)
	if err != nil {
		return nil, err
	}
	exact := map[core.ID]bool{}
	for _, c := range shared {
		exact[c.ID] = true
	}
	ids := s.likely(&q, l)
	for id := range exact {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if l.before {
		ids = slices.DeleteFunc(ids, func(id core.ID) bool { return bytes.Compare(id[:], l.self[:]) >= 0 })
	}
	cases, err := r.CasesByID(ctx, ids, everywhere)
	if err != nil {
		return nil, err
	}
	list, err := s.compare(ctx, r, &q, cases, exact)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return !l.takes(s.model, &c) })
	if l.limit > 0 && len(list) > l.limit {
		list = list[:l.limit]
	}
	return list, nil
}

// likely asks the index, which answers nothing until it is whole.
func (s *Service) likely(q *score.Record, l look) []core.ID {
	if s.like == nil {
		return nil
	}
	hits, _ := s.like.Search(q, mostAlike, l.least)
	ids := make([]core.ID, 0, len(hits))
	for _, h := range hits {
		if h.Case != l.self {
			ids = append(ids, h.Case)
		}
	}
	return ids
}

// takes reports whether a candidate is worth telling. An exact key counts unless
// everything else speaks against it: a shelter's telephone number is many people's.
func (l look) takes(m *score.Model, c *candidate) bool {
	nameless := c.result.NameDistance < 0 // on one side: then "unknown" with a birth date is everybody's
	if c.exact && (nameless && agrees(&c.result, score.ByDocument, score.ByPhone, score.ByEmail) || !nameless && c.result.Score >= m.Threshold) {
		return true
	}
	// Nationality and gender are shared by too many to bear a name out.
	return c.result.Score >= l.least && (!l.corroborated || agrees(&c.result, score.ByBirth, score.ByDocument, score.ByPhone, score.ByEmail))
}

// agrees reports whether one of the classes speaks for one person.
func agrees(r *score.Result, classes ...score.Class) bool {
	return slices.ContainsFunc(r.Evidence(), func(it score.Item) bool { return it.Weight > 0 && slices.Contains(classes, it.Class) })
}

// compare opens the identities of some cases and weighs each against q, most
// likely first. Who was erased is left out.
func (s *Service) compare(ctx context.Context, r Reader, q *score.Record, cases []Case, exact map[core.ID]bool) ([]candidate, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	found := make(map[core.ID]*Case, len(cases))
	ids, people := make([]core.ID, len(cases)), make([]core.ID, len(cases))
	for i := range cases {
		found[cases[i].ID], ids[i], people[i] = &cases[i], cases[i].ID, cases[i].PersonID
	}
	rows, err := r.IdentitiesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	if err := s.vault.Warm(ctx, people...); err != nil {
		return nil, err
	}
	list := make([]candidate, 0, len(rows))
	for _, row := range rows {
		other, err := s.openIdentity(ctx, row)
		if core.KindOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		result, sentences := s.explain(q, &other)
		list = append(list, candidate{c: *found[row.Case], version: row.Version, exact: exact[row.Case], result: result, sentences: sentences})
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.result.Score, a.result.Score), bytes.Compare(a.c.ID[:], b.c.ID[:]))
	})
	return list, nil
}

// explain weighs an identity against a record and says why.
func (s *Service) explain(q *score.Record, id *Identity) (score.Result, []score.Sentence) {
	other := score.NewRecord(inputOf(id))
	_, sentences := s.model.Explain(q, &other)
	return likeness.Weigh(s.model, q, &other), sentences
}

// least is the score at a false-positive rate for as many people as are held, but
// not under the floor.
func (s *Service) least(rate, floor float64) float64 {
	if s.like == nil {
		return max(floor, likeness.Least(s.model, 0, rate))
	}
	return max(floor, s.like.Least(rate))
}

// forResponder is how a first responder's question is looked at.
func (s *Service) forResponder(self core.ID) look {
	return look{self: self, least: s.least(responderRate, responderFloor), corroborated: true, limit: 1}
}

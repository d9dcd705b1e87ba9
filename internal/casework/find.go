package casework

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/likeness"
	"clew/match/score"
)

// PersonFound is a case found by who the person is, with why.
type PersonFound struct {
	Case
	Exact   bool     // all that was asked for agrees
	Score   float64  // 0 where the identity could not be compared
	Reasons []string // in words that repeat nothing of what is sealed
}

// PersonsFound is the answer to a search by person.
type PersonsFound struct {
	Persons []PersonFound
	More    bool // there are more than are shown
	// Building says that people who are merely like the one asked for are not found
	// yet: this process is still reading who there is.
	Building bool
}

// A search shows at most so many cases, and of those that are merely alike fewer:
// each is opened to say why, and nobody reads further down.
const (
	mostPersons = 50
	mostAlikes  = 20
)

// SearchPersons finds cases by identity within the actor's scope: first those of
// which all that is asked for agrees, newest first, then people like the one asked
// for, the most likely first. The search is in the ledger, with a commitment to what
// was asked, before anything is found.
func (s *Service) SearchPersons(ctx context.Context, actor core.Actor, purpose core.Purpose, q PersonQuery) (PersonsFound, error) {
	decision, err := s.require(actor, purpose, access.SearchPersons, access.Whole())
	if err != nil {
		return PersonsFound{}, err
	}
	if err := q.check(); err != nil {
		return PersonsFound{}, err
	}
	asked := []byte(q.Name.Reveal() + "\x00" + q.BirthDate.ISO() + "\x00" + q.Document.Reveal() + "\x00" + q.Phone.Reveal() + "\x00" + q.Email.Reveal())
	err = s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.SearchPersons, core.ID{}, "", decision.Policies), asked)
	})
	if err != nil {
		return PersonsFound{}, err
	}
	scope := s.policies.Scope(actor, purpose)
	var found PersonsFound
	if groups := q.groups(s.vault); len(groups) > 0 {
		exact, err := s.store.FindBlind(ctx, BlindQuery{Groups: groups, Scope: scope, Limit: mostPersons + 1})
		if err != nil {
			return PersonsFound{}, err
		}
		for _, c := range exact {
			found.Persons = append(found.Persons, PersonFound{Case: c, Exact: true})
		}
	}
	record := score.NewRecord(inputOf(q.identity()))
	if err := s.addLikely(ctx, &found, scope, &record); err != nil {
		return PersonsFound{}, err
	}
	if len(found.Persons) > mostPersons {
		found.Persons, found.More = found.Persons[:mostPersons], true
	}
	return found, s.giveReasons(ctx, actor, purpose, &found, &record)
}

// identity is the query as if it were somebody's.
func (q PersonQuery) identity() *Identity {
	id := &Identity{BirthDate: q.BirthDate}
	if q.Name != "" {
		id.Names = []Name{{Given: q.Name}}
	}
	if q.Document != "" {
		id.Documents = []IdentityDocument{{Number: q.Document}}
	}
	if q.Phone != "" {
		id.Phones = []core.Secret{q.Phone}
	}
	if q.Email != "" {
		id.Emails = []core.Secret{q.Email}
	}
	return id
}

// mostLikely is how many of the index's hits are looked at: more than are shown,
// because some may be outside the scope.
const mostLikely = 200

// addLikely fills the page with people like the one asked for. Where those of whom
// everything agrees fill it already nobody else is looked for.
func (s *Service) addLikely(ctx context.Context, found *PersonsFound, scope access.Scope, q *score.Record) error {
	if s.like == nil || len(found.Persons) > mostPersons {
		return nil
	}
	hits, whole := s.like.Search(q, mostLikely, s.model.Threshold)
	found.Building = !whole
	hits = slices.DeleteFunc(hits, func(h likeness.Hit) bool {
		return slices.ContainsFunc(found.Persons, func(p PersonFound) bool { return p.ID == h.Case })
	})
	room := min(mostPersons+1, len(found.Persons)+mostAlikes)
	for part := range slices.Chunk(hits, mostPersons) {
		ids := make([]core.ID, len(part))
		for i, h := range part {
			ids[i] = h.Case
		}
		cases, err := s.store.CasesByID(ctx, ids, scope)
		if err != nil {
			return err
		}
		for _, h := range part {
			i := slices.IndexFunc(cases, func(c Case) bool { return c.ID == h.Case })
			if i >= 0 && len(found.Persons) < room {
				found.Persons = append(found.Persons, PersonFound{Case: cases[i], Score: h.Score})
			}
		}
		if len(found.Persons) >= room {
			found.More = true
			return nil
		}
	}
	return nil
}

// giveReasons compares what was asked with what the vault holds of each case found.
// Who was erased meanwhile, or is not like the one asked for any more, is left out.
func (s *Service) giveReasons(ctx context.Context, actor core.Actor, purpose core.Purpose, found *PersonsFound, q *score.Record) error {
	var cases []Case
	for i := range found.Persons {
		if c := &found.Persons[i].Case; s.may(actor, purpose, access.ViewIdentity, c) {
			cases = append(cases, *c)
		}
	}
	list, err := s.compare(ctx, s.store, q, cases, nil)
	if err != nil {
		return err
	}
	compared := make(map[core.ID]*candidate, len(list))
	for i := range list {
		compared[list[i].c.ID] = &list[i]
	}
	found.Persons = slices.DeleteFunc(found.Persons, func(p PersonFound) bool {
		c := compared[p.ID]
		return !p.Exact && (c == nil || c.result.Score < s.model.Threshold)
	})
	for i := range found.Persons {
		p := &found.Persons[i]
		if c := compared[p.ID]; c != nil {
			p.Score, p.Reasons = c.result.Score, briefly(c.sentences)
		}
	}
	return nil
}

// brief are the reasons of a list: what agrees and how, without the words of either
// side. The sentences with them are for the page on which both may be read.
var brief = score.Catalogue{
	"name.same": "same name", "name.same_words": "same name, in another order or spelling", "name.near": "similar name", "name.different": "different name",
	"name.rare": "rare name", "name.common": "very common name", "name.swapped": "given and family name changed places",
	"word.sound": "sounds alike", "word.script": "written in another script", "word.letter": "differs by one letter", "word.letters": "differs by a few letters",
	"word.familiar": "a familiar form", "word.language": "one name in two languages", "word.initial": "an initial", "word.joined": "written apart or together",
	"word.unlike": "a word that is hardly alike", "word.omitted": "a word on one side only", "word.contradicted": "another word",
	"birth.same": "same birth date", "birth.same_conventional": "both born on 1 January, which often stands for not known", "birth.swapped": "day and month of birth changed places",
	"birth.one_digit": "birth date differs by one figure", "birth.same_month": "same month of birth", "birth.same_year": "same year of birth",
	"birth.within": "birth dates may agree", "birth.next_year": "born about a year apart or less", "birth.near_years": "born a few years apart",
	"birth.day_and_month": "same birthday in another year", "birth.different": "different birth dates",
	"document.same": "same document number", "document.alike": "document number easily misread", "document.different": "different document numbers",
	"phone.same": "same phone number", "phone.different": "different phone numbers", "email.same": "same e-mail address", "email.different": "different e-mail addresses",
}

// briefly says each reason once, in the order they were given.
func briefly(sentences []score.Sentence) []string {
	var list []string
	for _, one := range sentences {
		if text, ok := brief[one.Key]; ok && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

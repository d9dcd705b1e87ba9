package letters

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/letters/paper"
	"clew/internal/letters/wording"
)

// CardQuery picks a card.
type CardQuery struct {
	Kind     wording.Kind // RightsCard or PocketCard
	Scheme   string
	Language string // a tag: "ro"
}

var errNoCard = core.E(core.NotFound, "card.not_found", "There is no such card.")

// Languages lists the languages in which there is a card of the kind for the
// scheme, English first.
func (s *Service) Languages(kind wording.Kind, schemeID string) []*wording.Language {
	return slices.DeleteFunc(s.scribe.shelf.Languages(), func(l *wording.Language) bool {
		_, ok := s.scribe.shelf.Template(kind, schemeID, l.Tag())
		return !ok
	})
}

// Card puts a card into words with the numbers of the scheme today. It is about
// nobody, so nothing is recorded; who may print cards is for access to say.
func (s *Service) Card(ctx context.Context, actor core.Actor, purpose core.Purpose, q CardQuery) (*Letter, error) {
	if _, err := s.policies.Require(actor, purpose, access.PrintCards, access.Whole()); err != nil {
		return nil, err
	}
	lang, ok := s.scribe.shelf.LanguageByTag(q.Language)
	if !ok || !q.Kind.IsCard() {
		return nil, errNoCard
	}
	if _, ok := s.scribe.shelf.Template(q.Kind, q.Scheme, q.Language); !ok {
		return nil, errNoCard
	}
	values, err := s.cardValues(q.Kind, q.Scheme)
	if err != nil {
		return nil, err
	}
	return s.letter(ctx, s.scribe.merge(q.Kind, q.Scheme, lang.Code, values))
}

// PrintCard is the card as a PDF: a sheet for the wall or the desk, or a card
// that is cut out and folded.
func (s *Service) PrintCard(ctx context.Context, actor core.Actor, purpose core.Purpose, q CardQuery) ([]byte, error) {
	l, err := s.Card(ctx, actor, purpose, q)
	if err != nil {
		return nil, err
	}
	if q.Kind == wording.PocketCard {
		return paper.Pocket(l.Texts...)
	}
	return paper.Letter(l.Texts...)
}

func (s *Service) cardValues(kind wording.Kind, schemeID string) (wording.Values, error) {
	sch, err := s.schemes.Scheme(schemeID)
	if err != nil {
		return nil, errNoCard
	}
	cal, err := sch.Calendar("")
	if err != nil {
		return nil, err
	}
	today := core.DateIn(s.clock.Now(), cal.Location())
	r, err := sch.On(today)
	if err != nil {
		return nil, err
	}
	return wording.Values{
		"scheme": {Words: core.Secret(sch.Name)}, "date": {Date: today},
		"recovery_days": {Count: r.Recovery.Value}, "reconsider_days": {Count: r.ReconsiderationWindow.Value}, "rg_working_days": {Count: int(r.RGTarget.Value)},
		"permit_months": {Count: r.Permit.MinMonths.Value}, "adult_age": {Count: r.AdultAge.Value},
		"help_never_depends": {Set: r.HelpWithoutTestimony.Value}, "presumed_child": {Set: r.AgeDoubtPresumedChild.Value},
		"waits_for_recovery": {Set: r.CG.NegativeNotBeforeRecoveryEnds.Value},
		"permit_grounds":     {Items: labelled("permit", r.Permit.Grounds)}, "sources": sources(r, sourcesOf[kind]),
	}, nil
}

// sampleFacts are the facts of nobody, for looking at a template.
func (s *Service) sampleFacts(kind wording.Kind, schemeID string) (casework.LetterFacts, error) {
	sch, err := s.schemes.Scheme(schemeID)
	if err != nil {
		return casework.LetterFacts{}, err
	}
	cal, err := sch.Calendar("")
	if err != nil {
		return casework.LetterFacts{}, err
	}
	today := core.DateIn(s.clock.Now(), cal.Location())
	rules, err := sch.On(today)
	if err != nil {
		return casework.LetterFacts{}, err
	}
	f := casework.LetterFacts{Rules: rules, Reference: "ABCD-1234", Authority: "The competent authority", Recipient: "The person’s name", Day: today,
		About: casework.ReasonableGrounds, Outcome: casework.Positive, Act: casework.Found, Means: casework.Found, Purpose: casework.Found,
		Words: casework.Reasons{Reasons: "Here stand the reasons, as the caseworker wrote them."}, Signs: []string{"Here stands what the decision relies on"}}
	if len(rules.EndEarlyGrounds) > 0 {
		f.Ground = rules.EndEarlyGrounds[0]
	}
	f.Kind, f.Outcome = decisionOf(kind)
	if f.Outcome == casework.Negative {
		f.Means = casework.NotFound
	}
	return f, nil
}

func decisionOf(kind wording.Kind) (casework.DecisionKind, casework.Outcome) {
	for _, k := range []casework.DecisionKind{casework.ReasonableGrounds, casework.ConclusiveGrounds, casework.Reconsidered, casework.EndOfRecovery} {
		for _, o := range []casework.Outcome{casework.Positive, casework.Negative} {
			if kindOf(casework.LetterFacts{Kind: k, Outcome: o}) == kind {
				return k, o
			}
		}
	}
	return casework.NoDecision, casework.Positive
}

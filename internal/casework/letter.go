package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// LetterFacts is what a letter says of a decision, before anybody puts it into
// words: the preview and the served letter are made of the same facts, from the
// rules of the case's day.
type LetterFacts struct {
	Rules     scheme.Rules
	Reference string
	Authority string      // its name
	Recipient core.Secret // the person's own name, where it is known and may be seen
	Language  string      // ISO 639-3, in which the person asked to be contacted; may be empty
	Day       core.Date   // on which it is served

	Kind       DecisionKind
	About      DecisionKind // of a reconsideration: the decision that was looked at again
	Outcome    Outcome      // in force
	Overturned bool         // by the second reviewer, whose words are the reasons then

	Act, Means, Purpose Finding
	Words               Reasons
	Signs               []string      // the indicators relied on
	Documents           []core.Secret // the documents relied on
	Ground              scheme.Code   // of an early end of recovery
}

// WrittenLetter is a letter in words. What it says is for its writer to read
// again; casework only keeps it.
type WrittenLetter struct {
	Kind     string
	Language string   // the person's, where it is written in it
	Texts    []string // which wordings it is made of, each with its version
	Content  []byte
}

// Scribe puts a letter into words. It is asked inside the transaction that
// serves the decision, and must not take long.
type Scribe interface {
	WriteLetter(f LetterFacts) (WrittenLetter, error)
}

// Letter is a served letter as it is kept: its content is sealed.
type Letter struct {
	ID         core.ID
	CaseID     core.ID
	DecisionID core.ID
	Kind       string
	Language   string
	Texts      []string
	Sealed     []byte
	ServedAt   time.Time
}

// LetterRef is what a letter's content is sealed with.
func LetterRef(person core.ID, letter core.ID) vault.Ref {
	return vault.Ref{Person: person, Table: "letter", Row: letter.String(), Field: "content", Version: 1}
}

// PreviewLetter is what the letter would say if it were served today.
func PreviewLetter(f *File, kind DecisionKind, form *DecisionForm) LetterFacts {
	d := Decision{Kind: kind, Outcome: form.Outcome, Status: Served, Act: form.Act, Means: form.Means, Purpose: form.Purpose,
		Indicators: form.Indicators, Evidence: form.Evidence, Ground: form.Ground}
	return f.facts(&d, form.Reasons, f.Today, f.Decisions)
}

// LetterOf is what the letter of a served decision of the file says, for
// decisions that were served before letters were kept. The parts with the
// decisions must be open; a decision that was not served has no letter.
func LetterOf(f *File, id core.ID) (LetterFacts, error) {
	i := slices.IndexFunc(f.Decisions, func(d DecisionView) bool { return d.ID == id })
	if i < 0 || f.Decisions[i].ServedAt.IsZero() || f.Decisions[i].Words == nil {
		return LetterFacts{}, core.E(core.NotFound, "letter.not_found", "There is no such letter.")
	}
	d := f.Decisions[i]
	return f.facts(&d.Decision, *d.Words, core.DateIn(d.ServedAt, f.Calendar.Location()), f.Decisions[:i]), nil
}

func (f *File) facts(d *Decision, words Reasons, served core.Date, before []DecisionView) LetterFacts {
	about := d.Kind
	if d.Kind == Reconsidered {
		about = ReasonableGrounds
		for _, b := range before {
			if b.Kind == ConclusiveGrounds && !b.ServedAt.IsZero() {
				about = ConclusiveGrounds
			}
		}
	}
	l := letterOf(&f.Case, f.Law, d, words, about)
	l.Day = served
	for _, id := range d.Evidence {
		for _, doc := range f.Documents {
			if doc.ID == id {
				l.Documents = append(l.Documents, doc.Name)
			}
		}
	}
	if f.Identity != nil && len(f.Identity.Names) > 0 {
		l.Recipient = core.Secret(f.Identity.Names[0].Full())
	}
	if f.Contact != nil {
		l.Language = f.Contact.Language
	}
	return l
}

// letterOf is what a letter says that needs nothing opened but the decision.
func letterOf(c *Case, law Law, d *Decision, words Reasons, about DecisionKind) LetterFacts {
	l := LetterFacts{Rules: law.Rules, Reference: c.Reference, Day: law.Today, Kind: d.Kind, About: about, Outcome: d.InForce(),
		Overturned: d.Status == Overturned, Act: d.Act, Means: d.Means, Purpose: d.Purpose, Words: words}
	for _, code := range d.Indicators {
		if ind, ok := law.Catalogue.ByCode(code); ok {
			l.Signs = append(l.Signs, ind.Label)
		}
	}
	l.Ground, _ = scheme.ByCode(law.Rules.EndEarlyGrounds, d.Ground)
	return l
}

// InForce is the outcome that holds: an overturned decision is served with the
// other one.
func (d *Decision) InForce() Outcome {
	if d.Status == Overturned {
		return Positive
	}
	return d.Outcome
}

// keepLetter writes the letter of a decision that is being served and keeps it,
// sealed, in the same transaction: there is no served decision without the very
// words it was served with.
func (s *Service) keepLetter(ctx context.Context, t *turn, d *Decision, about DecisionKind) error {
	if s.scribe == nil {
		return nil
	}
	facts, err := s.factsOf(ctx, t, d, about)
	if err != nil {
		return err
	}
	written, err := s.scribe.WriteLetter(facts)
	if err != nil {
		return fmt.Errorf("write the letter of decision %s: %w", d.ID, err)
	}
	l := Letter{ID: s.ids.New(), CaseID: t.c.ID, DecisionID: d.ID, Kind: written.Kind, Language: written.Language, Texts: written.Texts, ServedAt: t.now}
	if l.Sealed, err = s.vault.Seal(ctx, LetterRef(t.c.PersonID, l.ID), written.Content); err != nil {
		return err
	}
	t.content = []any{t.content, l}
	return t.tx.AddLetter(ctx, l)
}

// factsOf opens what the letter of a decision says, for the letter alone: nobody
// is shown anything.
func (s *Service) factsOf(ctx context.Context, t *turn, d *Decision, about DecisionKind) (LetterFacts, error) {
	law, err := s.LawOf(t.c)
	if err != nil {
		return LetterFacts{}, err
	}
	words, err := vault.OpenJSON[Reasons](ctx, s.vault, decisionRef(t.c, d), d.Sealed)
	if err != nil {
		return LetterFacts{}, err
	}
	l := letterOf(t.c, law, d, words, about)
	if authority, err := t.tx.Agency(ctx, t.c.Authority); err == nil {
		l.Authority = authority.Name
	} else if core.KindOf(err) != core.NotFound {
		return l, err
	}
	if l.Documents, err = s.documentNames(ctx, t, d.Evidence); err != nil {
		return l, err
	}
	sections, err := t.tx.Sections(ctx, t.c.ID)
	if err != nil {
		return l, err
	}
	identity, err := openSection[Identity](ctx, s, t.c, sections, SectionIdentity)
	if err != nil {
		return l, err
	}
	if len(identity.Names) > 0 {
		l.Recipient = core.Secret(identity.Names[0].Full())
	}
	contact, err := openSection[Contact](ctx, s, t.c, sections, SectionContact)
	l.Language = contact.Language
	return l, err
}

func (s *Service) documentNames(ctx context.Context, t *turn, evidence []core.ID) ([]core.Secret, error) {
	if len(evidence) == 0 {
		return nil, nil
	}
	rows, err := t.tx.Documents(ctx, t.c.ID)
	if err != nil {
		return nil, err
	}
	var names []core.Secret
	for _, id := range evidence {
		i := slices.IndexFunc(rows, func(d Document) bool { return d.ID == id })
		if i < 0 {
			continue
		}
		title, err := s.vault.Open(ctx, documentRef(&rows[i], "title"), rows[i].Title)
		if err != nil {
			return nil, err
		}
		names = append(names, core.Secret(title))
	}
	return names, nil
}

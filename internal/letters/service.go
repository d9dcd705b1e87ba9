package letters

import (
	"context"
	"encoding/json"
	"fmt"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/letters/paper"
	"clew/internal/letters/wording"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// Service holds the use cases. It is safe for concurrent use and keeps no state.
type Service struct {
	store    Store
	policies *access.Policies
	vault    *vault.Vault
	schemes  *scheme.Registry
	scribe   Scribe
	clock    core.Clock
	ids      *core.IDs
}

// New returns the use cases over the given parts.
func New(store Store, policies *access.Policies, v *vault.Vault, schemes *scheme.Registry, shelf *wording.Shelf, clock core.Clock) *Service {
	return &Service{store: store, policies: policies, vault: v, schemes: schemes, scribe: Scribe{shelf}, clock: clock, ids: core.NewIDs(clock)}
}

// Scribe puts letters into words.
func (s *Service) Scribe() Scribe { return s.scribe }

// Letter is a letter that may be shown: the person's own language first, where
// there are templates in it, and English always.
type Letter struct {
	Served   bool // kept as it was served; else put together just now
	Texts    []wording.Document
	Awaiting []string // languages, in English, whose text no professional has approved
	Missing  []rune   // characters that no typeface of ours has; the sheet shows a mark in their place
}

// letter puts a letter beside what is known of its texts today.
func (s *Service) letter(ctx context.Context, texts []wording.Document) (*Letter, error) {
	l := &Letter{Texts: texts, Missing: paper.Missing(texts...)}
	approved, err := s.approved(ctx)
	if err != nil {
		return nil, err
	}
	for i := range texts {
		if t := &texts[i]; t.Language != wording.English && !approved[key(t.Template.Path, t.Template.Digest)] {
			name := t.Language
			if lang, ok := s.scribe.shelf.LanguageByTag(t.Language); ok {
				name = lang.Name
			}
			l.Awaiting = append(l.Awaiting, name)
		}
	}
	return l, nil
}

// Preview puts facts into words as serving them today would. It opens nothing
// and keeps nothing; whoever has the facts may see them.
func (s *Service) Preview(ctx context.Context, f casework.LetterFacts) (*Letter, error) {
	return s.letter(ctx, s.scribe.compose(f))
}

// Open shows the letter of a decision as it was served. The opening is in the
// ledger before anything is shown. Decisions served before letters were kept
// have none: core.NotFound.
func (s *Service) Open(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID, decision core.ID) (*Letter, error) {
	l, err := s.take(ctx, actor, purpose, caseID, decision)
	if err != nil {
		return nil, err
	}
	entry := s.entry(ledger.Read, actor, purpose, access.ViewLetter, caseID, "letter:"+l.row.ID.String(), l.policies)
	if err := s.store.Write(ctx, func(tx Tx) error { return tx.Append(ctx, entry, l.row.Sealed) }); err != nil {
		return nil, err
	}
	texts, err := s.read(ctx, l)
	if err != nil {
		return nil, err
	}
	letter, err := s.letter(ctx, texts)
	if err != nil {
		return nil, err
	}
	letter.Served = true
	return letter, nil
}

var errNoLetter = core.E(core.NotFound, "letter.not_found", "There is no such letter.")

// taken is a kept letter that the actor may have.
type taken struct {
	row      *casework.Letter
	person   core.ID
	policies []string
}

func (s *Service) take(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID, decision core.ID) (*taken, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	d := s.policies.Check(actor, purpose, access.ViewLetter, c.Resource())
	if !d.Allowed {
		return nil, errNoLetter // not theirs to see is not there
	}
	row, err := s.store.LetterOf(ctx, decision)
	if err != nil {
		return nil, err
	}
	if row.CaseID != caseID {
		return nil, errNoLetter
	}
	return &taken{row: row, person: c.PersonID, policies: d.Policies}, nil
}

func (s *Service) read(ctx context.Context, l *taken) ([]wording.Document, error) {
	content, err := s.vault.Open(ctx, casework.LetterRef(l.person, l.row.ID), l.row.Sealed)
	if err != nil {
		return nil, err
	}
	var texts []wording.Document
	if err := json.Unmarshal(content, &texts); err != nil {
		return nil, fmt.Errorf("letters: read letter %s: %w", l.row.ID, err)
	}
	return texts, nil
}

// Sheet is a letter on paper.
type Sheet struct {
	PDF   []byte
	Again bool // given out before: these are the same bytes
}

// Print gives out the letter of a decision as a PDF. The first one is kept,
// sealed; every later one is that one, byte for byte. Each is in the ledger.
func (s *Service) Print(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID, decision core.ID) (*Sheet, error) {
	l, err := s.take(ctx, actor, purpose, caseID, decision)
	if err != nil {
		return nil, err
	}
	issue, err := s.store.Issue(ctx, l.row.ID)
	switch core.KindOf(err) {
	case core.NotFound:
		if issue, err = s.firstIssue(ctx, actor, l); err != nil {
			return nil, err
		}
	default:
		if err != nil {
			return nil, err
		}
	}
	sheet := &Sheet{}
	err = s.store.Write(ctx, func(tx Tx) error {
		kept, err := tx.Issue(ctx, l.row.ID)
		if core.KindOf(err) == core.NotFound {
			return s.keep(ctx, tx, actor, purpose, l, issue)
		}
		if err != nil {
			return err
		}
		sheet.Again, issue = true, kept
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.ViewLetter, caseID, "letter-reissued:"+l.row.ID.String(), l.policies), kept.Sealed)
	})
	if err != nil {
		return nil, err
	}
	sheet.PDF, err = s.vault.Open(ctx, sheetRef(l), issue.Sealed)
	return sheet, err
}

func sheetRef(l *taken) vault.Ref {
	return vault.Ref{Person: l.person, Table: "letter_issue", Row: l.row.ID.String(), Field: "pdf", Version: 1}
}

// firstIssue lays the letter out. Drawing takes its time: it comes before the
// transaction.
func (s *Service) firstIssue(ctx context.Context, actor core.Actor, l *taken) (*Issue, error) {
	texts, err := s.read(ctx, l)
	if err != nil {
		return nil, err
	}
	pdf, err := paper.Letter(texts...)
	if err != nil {
		return nil, fmt.Errorf("letters: print letter %s: %w", l.row.ID, err)
	}
	issue := &Issue{LetterID: l.row.ID, At: s.clock.Now(), By: actor.UserID}
	issue.Sealed, err = s.vault.Seal(ctx, sheetRef(l), pdf)
	return issue, err
}

func (s *Service) keep(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, l *taken, issue *Issue) error {
	if err := tx.AddIssue(ctx, *issue); err != nil {
		return err
	}
	return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.ViewLetter, l.row.CaseID, "letter-issued:"+l.row.ID.String(), l.policies), issue.Sealed)
}

func (s *Service) entry(kind ledger.Kind, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID, object string, policies []string) ledger.Entry {
	return ledger.Entry{ID: s.ids.New(), At: s.clock.Now(), Kind: kind, Action: casework.LedgerAction(action), Actor: actor.UserID, Agency: actor.AgencyID,
		Token: actor.TokenID, Purpose: purpose, Case: caseID, Object: object, Policies: policies}
}

package casework

import (
	"context"
	"errors"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/evidence"
	"clew/internal/ledger"
	"clew/internal/vault"
)

// DocumentView is a document as a screen shows it.
type DocumentView struct {
	Document
	Name core.Secret
}

// Upload is a file as it came in.
type Upload struct {
	Name    string
	Content []byte
}

const maxDocuments = 100

// AddDraftEvidence keeps a file with a draft.
func (s *Service) AddDraftEvidence(ctx context.Context, actor core.Actor, purpose core.Purpose, draftID core.ID, up Upload) (core.ID, error) {
	row, err := s.store.DraftByID(ctx, draftID)
	if err != nil {
		return core.ID{}, err
	}
	decision := s.policies.Check(actor, purpose, access.EditDraft, row.Resource())
	if !decision.Allowed {
		return core.ID{}, errNotFound
	}
	d, err := s.newDocument(ctx, actor, draftID, row.PersonID, up)
	if err != nil {
		return core.ID{}, err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		if _, err := tx.DraftByID(ctx, draftID); err != nil {
			return err
		}
		if err := s.addDocument(ctx, tx, d); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.EditDraft, core.ID{}, "document:"+d.ID.String(), decision.Policies), d.Content)
	})
	return d.ID, err
}

// DropDraftEvidence removes a file from a draft.
func (s *Service) DropDraftEvidence(ctx context.Context, actor core.Actor, purpose core.Purpose, draftID, id core.ID) error {
	return s.store.Write(ctx, func(tx Tx) error {
		row, err := tx.DraftByID(ctx, draftID)
		if err != nil {
			return err
		}
		decision := s.policies.Check(actor, purpose, access.EditDraft, row.Resource())
		d, err := tx.Document(ctx, id)
		if err != nil {
			return err
		}
		if !decision.Allowed || d.OwnerID != draftID {
			return errNotFound
		}
		if err := tx.DropDocument(ctx, id); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.EditDraft, core.ID{}, "document-deleted:"+id.String(), decision.Policies), nil)
	})
}

// AddEvidence keeps a file with a case.
func (s *Service) AddEvidence(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, up Upload) (core.ID, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return core.ID{}, err
	}
	if _, err := s.require(actor, purpose, access.AddEvidence, c.Resource()); err != nil {
		return core.ID{}, err
	}
	// Scanning and sealing take their time: they come before the transaction.
	d, err := s.newDocument(ctx, actor, caseID, c.PersonID, up)
	if err != nil {
		return core.ID{}, err
	}
	return d.ID, s.act(ctx, actor, purpose, caseID, 0, CmdAddEvidence, func(t *turn) error {
		t.detail, t.shared, t.content = d.ID.String(), true, d
		return s.addDocument(ctx, t.tx, d)
	})
}

func (s *Service) addDocument(ctx context.Context, tx Tx, d Document) error {
	present, err := tx.Documents(ctx, d.OwnerID)
	if err != nil {
		return err
	}
	if len(present) >= maxDocuments {
		return core.InvalidFields([]core.Field{{Name: "file", Code: "file.many", Msg: "There are 100 files already. Remove one first, or put several pages into one PDF."}})
	}
	return tx.AddDocument(ctx, d)
}

// newDocument checks, cleans, scans and seals a file.
func (s *Service) newDocument(ctx context.Context, actor core.Actor, owner, person core.ID, up Upload) (Document, error) {
	file, err := evidence.Accept(up.Name, up.Content)
	if err != nil {
		return Document{}, err
	}
	scan, err := s.scanFile(ctx, file.Content)
	if err != nil {
		return Document{}, err
	}
	d := Document{ID: s.ids.New(), OwnerID: owner, PersonID: person, AuthorID: actor.UserID, AgencyID: actor.AgencyID, At: s.clock.Now(),
		MediaType: file.MediaType, Size: int64(len(file.Content)), Scan: scan}
	if d.Title, err = s.vault.Seal(ctx, documentRef(&d, "title"), []byte(file.Name)); err != nil {
		return d, err
	}
	d.Content, err = s.vault.Seal(ctx, documentRef(&d, "content"), file.Content)
	return d, err
}

func documentRef(d *Document, field string) vault.Ref {
	return vault.Ref{Person: d.PersonID, Table: "document", Row: d.ID.String(), Field: field, Version: 1}
}

// scanFile says what the malware scanner found. When no scanner is set up the
// document says "not_scanned"; when one is and cannot be reached, the upload
// is refused rather than let through.
func (s *Service) scanFile(ctx context.Context, content []byte) (string, error) {
	if s.scan == nil {
		return "not_scanned", nil
	}
	clean, err := s.scan.Scan(ctx, content)
	if err != nil {
		return "", &core.Error{Kind: core.Unavailable, Code: "file.scanner_away", Msg: "The file could not be checked for viruses just now. Try again in a minute.", Err: err}
	}
	if !clean {
		return "", core.InvalidFields([]core.Field{{Name: "file", Code: "file.infected", Msg: "A virus was found in this file. It was not kept. Send a clean copy."}})
	}
	return "clean", nil
}

// documentViews lists the documents of a draft or case that keep lets through;
// a nil keep lets all through.
func (s *Service) documentViews(ctx context.Context, owner core.ID, keep func(*Document) bool) ([]DocumentView, error) {
	rows, err := s.store.Documents(ctx, owner)
	if err != nil {
		return nil, err
	}
	views := make([]DocumentView, 0, len(rows))
	for i := range rows {
		d := rows[i]
		if keep != nil && !keep(&d) {
			continue
		}
		title, err := s.vault.Open(ctx, documentRef(&d, "title"), d.Title)
		if err != nil {
			return nil, err
		}
		views = append(views, DocumentView{Document: d, Name: core.Secret(title)})
	}
	return views, nil
}

// OpenDocument returns a document with its content, in clear. Every opening is
// in the ledger.
func (s *Service) OpenDocument(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*DocumentView, error) {
	d, err := s.store.Document(ctx, id)
	if err != nil {
		return nil, err
	}
	caseID, policies, err := s.mayOpen(ctx, actor, purpose, d)
	if err != nil {
		return nil, err
	}
	title, err := s.vault.Open(ctx, documentRef(d, "title"), d.Title)
	if err != nil {
		return nil, err
	}
	sealed := d.Content
	if d.Content, err = s.vault.Open(ctx, documentRef(d, "content"), sealed); err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.ViewDocuments, caseID, "document:"+id.String(), policies), sealed)
	})
	if err != nil {
		return nil, err
	}
	return &DocumentView{Document: *d, Name: core.Secret(title)}, nil
}

func (s *Service) mayOpen(ctx context.Context, actor core.Actor, purpose core.Purpose, d *Document) (core.ID, []string, error) {
	c, err := s.store.Case(ctx, d.OwnerID)
	if core.KindOf(err) == core.NotFound {
		row, err := s.store.DraftByID(ctx, d.OwnerID)
		if err != nil {
			return core.ID{}, nil, err
		}
		decision := s.policies.Check(actor, purpose, access.EditDraft, row.Resource())
		if !decision.Allowed {
			return core.ID{}, nil, errNotFound
		}
		return core.ID{}, decision.Policies, nil
	}
	if err != nil {
		return core.ID{}, nil, err
	}
	decision := s.policies.Check(actor, purpose, access.ViewDocuments, c.Resource())
	if !decision.Allowed && d.AgencyID == actor.AgencyID {
		decision = s.policies.Check(actor, purpose, access.ViewOwnDocuments, c.Resource())
	}
	if !decision.Allowed {
		return core.ID{}, nil, errNotFound
	}
	return c.ID, decision.Policies, nil
}

// moveDraftEvidence hands the files of an upgrade's draft to the case. They
// stay sealed with the draft's key, which their rows name.
func (s *Service) moveDraftEvidence(ctx context.Context, tx Tx, row *DraftRow, c *Case) error {
	return tx.MoveDocuments(ctx, row.ID, c.ID)
}

// Shred destroys the keys of everything sealed about the person of a case. It
// cannot be undone; the coded facts stay, so that the person stays counted.
func (s *Service) Shred(ctx context.Context, caseID core.ID) error {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return err
	}
	documents, err := s.store.Documents(ctx, caseID)
	if err != nil {
		return err
	}
	owners := map[core.ID]bool{c.PersonID: true}
	for _, d := range documents {
		owners[d.PersonID] = true
	}
	var failed error
	for person := range owners {
		failed = errors.Join(failed, s.vault.Shred(ctx, person))
	}
	if failed != nil {
		return failed
	}
	if s.like != nil {
		s.like.Forget(caseID)
	}
	return s.store.Write(ctx, func(tx Tx) error {
		// By this entry the other processes learn that the person is gone.
		if err := tx.Append(ctx, s.entry(ledger.Write, core.SystemActor(), core.Administer, access.AdvanceClock, caseID, "erased", nil), nil); err != nil {
			return err
		}
		return tx.ShredTrace(ctx, caseID)
	})
}

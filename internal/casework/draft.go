package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/vault"
)

// OpenDraft is a draft as its author works on it.
type OpenDraft struct {
	DraftRow
	Form      ReferralForm
	Documents []DocumentView
}

// StartDraft begins a referral. earlier, when set, makes it the next round of
// that person's case; the two are linked, never merged.
func (s *Service) StartDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, form ReferralForm, earlier core.ID) (core.ID, error) {
	if !earlier.IsZero() {
		if _, err := s.referable(ctx, actor, purpose, earlier); err != nil {
			return core.ID{}, err
		}
	}
	return s.startDraft(ctx, actor, purpose, access.CreateReferral, access.OwnAgency(actor), DraftRow{EarlierCaseID: earlier}, form)
}

// StartUpgrade begins the referral that replaces a duty to notify, once the
// adult has agreed. What the notification holds is carried over.
func (s *Service) StartUpgrade(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (core.ID, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return core.ID{}, err
	}
	if _, err := s.require(actor, purpose, access.UpgradeNotification, c.Resource()); err != nil {
		return core.ID{}, err
	}
	if !CmdUpgrade.allowedFrom(c.State, c.Kind) {
		return core.ID{}, errNotNow(CmdUpgrade, c)
	}
	form, err := s.formOf(ctx, c)
	if err != nil {
		return core.ID{}, err
	}
	form.Consent = ConsentGiven{}
	return s.startDraft(ctx, actor, purpose, access.UpgradeNotification, c.Resource(), DraftRow{UpgradesCase: caseID}, form)
}

// StartAgain begins a new round for a person whose case has ended. Nothing of
// the earlier file is copied into the draft; the two rounds are linked.
func (s *Service) StartAgain(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (core.ID, error) {
	c, err := s.referable(ctx, actor, purpose, caseID)
	if err != nil {
		return core.ID{}, err
	}
	return s.startDraft(ctx, actor, purpose, access.ReferAgain, c.Resource(), DraftRow{EarlierCaseID: caseID},
		ReferralForm{Jurisdiction: c.Jurisdiction})
}

// referable is the case that a new round may be linked to: one the actor may
// refer again, and whose procedure allows it.
func (s *Service) referable(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*Case, error) {
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	return c, s.MayNow(actor, purpose, c, CmdReferAgain)
}

// checkEarlier checks the earlier round that a submission names, in the words of
// its field.
func (s *Service) checkEarlier(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) error {
	if id.IsZero() {
		return nil
	}
	_, err := s.referable(ctx, actor, purpose, id)
	switch core.KindOf(err) {
	case core.NotFound, core.Forbidden:
		return core.InvalidFields([]core.Field{{Name: "earlierCase", Code: "case.not_found", Msg: "There is no such case that you could refer again."}})
	case core.NotNow:
		return core.InvalidFields([]core.Field{{Name: "earlierCase", Code: "case.open", Msg: "This case is still open. Add to it instead."}})
	}
	return err
}

func (s *Service) startDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, res access.Resource, row DraftRow, form ReferralForm) (core.ID, error) {
	decision, err := s.require(actor, purpose, action, res)
	if err != nil {
		return core.ID{}, err
	}
	person, err := s.vault.NewPerson(ctx)
	if err != nil {
		return core.ID{}, err
	}
	rules, err := s.rulesToday()
	if err != nil {
		return core.ID{}, err
	}
	now := s.clock.Now()
	row.ID, row.Rev, row.PersonID, row.Author, row.Agency = s.ids.New(), 1, person, actor.UserID, actor.AgencyID
	row.CreatedAt, row.UpdatedAt, row.ExpiresAt = now, now, now.AddDate(0, 0, rules.DraftDays)
	if row.Sealed, err = s.sealDraft(ctx, &row, form); err != nil {
		return core.ID{}, err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		if err := tx.AddDraft(ctx, row); err != nil {
			return err
		}
		if err := s.scheduleDraft(ctx, tx, &row, rules.DraftWarningDays); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, action, core.ID{}, "draft:"+row.ID.String(), decision.Policies), row.Sealed)
	})
	return row.ID, err
}

func (s *Service) sealDraft(ctx context.Context, d *DraftRow, form ReferralForm) ([]byte, error) {
	b, err := json.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("seal draft: %w", err)
	}
	return s.vault.Seal(ctx, draftRef(d, d.Rev), b)
}

func draftRef(d *DraftRow, rev int) vault.Ref {
	return vault.Ref{Person: d.PersonID, Table: "draft", Row: d.ID.String(), Field: "form", Version: rev}
}

// Draft opens a draft. A draft of somebody else's is not found unless shared
// within the agency.
func (s *Service) Draft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*OpenDraft, error) {
	row, err := s.store.DraftByID(ctx, id)
	if err != nil {
		return nil, err
	}
	decision := s.policies.Check(actor, purpose, access.EditDraft, row.Resource())
	if !decision.Allowed {
		return nil, errNotFound
	}
	if err := s.recordDraft(ctx, actor, purpose, row, decision.Policies); err != nil {
		return nil, err
	}
	form, err := s.openForm(ctx, row)
	if err != nil {
		return nil, err
	}
	documents, err := s.documentViews(ctx, id, nil)
	if err != nil {
		return nil, err
	}
	return &OpenDraft{DraftRow: *row, Form: form, Documents: documents}, nil
}

// recordDraft writes into the ledger that a shared draft is opened. What an author
// alone works on, the author typed: each save of it is an entry already.
func (s *Service) recordDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, row *DraftRow, policies []string) error {
	if actor.UserID == row.Author && !row.Shared {
		return nil
	}
	return s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.EditDraft, core.ID{}, "draft:"+row.ID.String(), policies), nil)
	})
}

func (s *Service) openForm(ctx context.Context, row *DraftRow) (ReferralForm, error) {
	var form ReferralForm
	b, err := s.vault.Open(ctx, draftRef(row, row.Rev), row.Sealed)
	if err != nil {
		return form, err
	}
	if err := json.Unmarshal(b, &form); err != nil {
		return form, fmt.Errorf("read draft %s: %w", row.ID, err)
	}
	return form, nil
}

// Drafts lists the actor's drafts, and those colleagues share.
func (s *Service) Drafts(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]DraftRow, error) {
	if !s.policies.Check(actor, purpose, access.CreateReferral, access.OwnAgency(actor)).Allowed {
		return nil, nil
	}
	rows, err := s.store.Drafts(ctx, actor.UserID, actor.AgencyID)
	if err != nil {
		return nil, err
	}
	visible := rows[:0]
	for _, r := range rows {
		if s.policies.Check(actor, purpose, access.EditDraft, r.Resource()).Allowed {
			visible = append(visible, r)
		}
	}
	return visible, nil
}

// SaveDraft writes the form back. rev is the revision the page was made from;
// when the draft has moved on meanwhile, nothing is written and the error is a
// core.Conflict.
func (s *Service) SaveDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, form ReferralForm) (newRev int, err error) {
	err = s.changeDraft(ctx, actor, purpose, id, rev, func(row *DraftRow, sealed *ReferralForm) error {
		*sealed = form
		return nil
	}, &newRev)
	return newRev, err
}

// ShareDraft lets colleagues of the same agency continue the draft, or no
// longer.
func (s *Service) ShareDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, shared bool) error {
	return s.changeDraft(ctx, actor, purpose, id, 0, func(row *DraftRow, _ *ReferralForm) error {
		row.Shared = shared
		return nil
	}, nil)
}

func (s *Service) changeDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, change func(*DraftRow, *ReferralForm) error, newRev *int) error {
	rules, err := s.rulesToday()
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx Tx) error {
		row, err := tx.DraftByID(ctx, id)
		if err != nil {
			return err
		}
		decision := s.policies.Check(actor, purpose, access.EditDraft, row.Resource())
		if !decision.Allowed {
			return errNotFound
		}
		if rev != 0 && rev != row.Rev {
			return errChanged
		}
		form, err := s.openForm(ctx, row)
		if err != nil {
			return err
		}
		readRev := row.Rev
		if err := change(row, &form); err != nil {
			return err
		}
		row.Rev = readRev + 1
		row.UpdatedAt = s.clock.Now()
		row.ExpiresAt = row.UpdatedAt.AddDate(0, 0, rules.DraftDays)
		row.WarnedAt = time.Time{}
		if row.Sealed, err = s.sealDraft(ctx, row, form); err != nil {
			return err
		}
		if err := tx.SaveDraft(ctx, *row, readRev); err != nil {
			return err
		}
		if newRev != nil {
			*newRev = row.Rev
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.EditDraft, core.ID{}, "draft:"+id.String(), decision.Policies), row.Sealed)
	})
}

// DeleteDraft removes a draft and its evidence and shreds its key.
func (s *Service) DeleteDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) error {
	row, err := s.store.DraftByID(ctx, id)
	if err != nil {
		return err
	}
	decision := s.policies.Check(actor, purpose, access.EditDraft, row.Resource())
	if !decision.Allowed {
		return errNotFound
	}
	if err := s.dropDraft(ctx, actor, purpose, row, access.EditDraft, decision.Policies); err != nil {
		return err
	}
	return s.vault.Shred(ctx, row.PersonID)
}

func (s *Service) dropDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, row *DraftRow, action access.Action, policies []string) error {
	return s.store.Write(ctx, func(tx Tx) error { return s.dropDraftIn(ctx, tx, actor, purpose, row, action, policies) })
}

func (s *Service) dropDraftIn(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, row *DraftRow, action access.Action, policies []string) error {
	documents, err := tx.Documents(ctx, row.ID)
	if err != nil {
		return err
	}
	for _, d := range documents {
		if err := tx.DropDocument(ctx, d.ID); err != nil {
			return err
		}
	}
	if err := tx.DropDraft(ctx, row.ID); err != nil {
		return err
	}
	return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, action, core.ID{}, "draft-deleted:"+row.ID.String(), policies), nil)
}

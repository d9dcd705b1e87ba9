package letters

import (
	"context"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/letters/wording"
)

// Wording is one text of the catalogue with its standing.
type Wording struct {
	*wording.Template
	Approval *Approval // nil: it needs a professional translator's review
}

// Source reports whether it is the English that the others translate.
func (w Wording) Source() bool { return w.Language.Tag() == wording.English }

var errNoWording = core.E(core.NotFound, "wording.not_found", "There is no such text.")

func key(path, digest string) string { return path + "#" + digest }

func (s *Service) approved(ctx context.Context) (map[string]bool, error) {
	list, err := s.store.Approvals(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(list))
	for _, a := range list {
		out[key(a.Path, a.Digest)] = true
	}
	return out, nil
}

// Catalogue lists every text with its standing, English first.
func (s *Service) Catalogue(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]Wording, error) {
	if _, err := s.policies.Require(actor, purpose, access.ApproveTranslation, access.Whole()); err != nil {
		return nil, err
	}
	approvals, err := s.store.Approvals(ctx)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]*Approval, len(approvals))
	for i, a := range approvals {
		byKey[key(a.Path, a.Digest)] = &approvals[i]
	}
	var list []Wording
	for _, t := range s.scribe.shelf.Templates() {
		list = append(list, Wording{Template: t, Approval: byKey[key(t.Path, t.Digest)]})
	}
	return list, nil
}

// Wording returns one text, as it reads with made-up values under the scheme,
// beside the English it translates. Nothing in it is about a person.
func (s *Service) Wording(ctx context.Context, actor core.Actor, purpose core.Purpose, path, schemeID string) (Wording, []wording.Document, error) {
	list, err := s.Catalogue(ctx, actor, purpose)
	if err != nil {
		return Wording{}, nil, err
	}
	for _, w := range list {
		if w.Path != path {
			continue
		}
		if w.Scheme != wording.AnyScheme {
			schemeID = w.Scheme
		}
		values, err := s.sampleValues(w.Kind, schemeID)
		if err != nil {
			return w, nil, err
		}
		texts := []wording.Document{w.Merge(schemeID, values)}
		if english, ok := s.scribe.shelf.Template(w.Kind, schemeID, wording.English); ok && !w.Source() {
			texts = append(texts, english.Merge(schemeID, values))
		}
		return w, texts, nil
	}
	return Wording{}, nil, errNoWording
}

func (s *Service) sampleValues(kind wording.Kind, schemeID string) (wording.Values, error) {
	if kind.IsCard() {
		return s.cardValues(kind, schemeID)
	}
	f, err := s.sampleFacts(kind, schemeID)
	if err != nil {
		return nil, err
	}
	return valuesOf(f), nil
}

// Approve records that a professional translator has looked at a text. It holds
// for this wording alone: digest is that of the text that was looked at, and one
// that changed meanwhile is a conflict.
func (s *Service) Approve(ctx context.Context, actor core.Actor, purpose core.Purpose, path, digest string) error {
	return s.judge(ctx, actor, purpose, path, digest, "approved", func(tx Tx, a Approval) error { return tx.AddApproval(ctx, a) })
}

// Withdraw takes an approval back.
func (s *Service) Withdraw(ctx context.Context, actor core.Actor, purpose core.Purpose, path, digest string) error {
	return s.judge(ctx, actor, purpose, path, digest, "approval-withdrawn", func(tx Tx, _ Approval) error { return tx.DropApproval(ctx, path, digest) })
}

func (s *Service) judge(ctx context.Context, actor core.Actor, purpose core.Purpose, path, digest, what string, change func(Tx, Approval) error) error {
	d, err := s.policies.Require(actor, purpose, access.ApproveTranslation, access.Whole())
	if err != nil {
		return err
	}
	t, ok := s.scribe.shelf.ByPath(path)
	switch {
	case !ok:
		return errNoWording
	case t.Language.Tag() == wording.English:
		return core.E(core.NotNow, "wording.source", "English is what the others translate. It needs no approval.")
	case t.Digest != digest:
		return core.E(core.Conflict, "wording.changed", "This text has changed since you opened it. Read it again before you approve it.")
	}
	a := Approval{Path: path, Digest: digest, Version: t.Version, At: s.clock.Now(), By: actor.UserID}
	return s.store.Write(ctx, func(tx Tx) error {
		if err := change(tx, a); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.ApproveTranslation, core.ID{}, "wording-"+what+":"+path, d.Policies), []byte(digest))
	})
}

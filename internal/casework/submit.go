package casework

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
)

// SubmitDraft turns a finished draft into a case, or into the upgrade of the
// notification it was started from. A second submission of the same draft is
// not found: the first one removed it.
func (s *Service) SubmitDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int) (Receipt, error) {
	row, err := s.store.DraftByID(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	decision := s.policies.Check(actor, purpose, access.SubmitReferral, row.Resource())
	if !decision.Allowed {
		return Receipt{}, errNotFound
	}
	if rev != 0 && rev != row.Rev {
		return Receipt{}, errChanged
	}
	form, err := s.openForm(ctx, row)
	if err != nil {
		return Receipt{}, err
	}
	if !row.UpgradesCase.IsZero() {
		return s.submitUpgrade(ctx, actor, purpose, row, form)
	}
	n, err := s.newCase(ctx, actor, form, row.PersonID, row.EarlierCaseID)
	if err != nil {
		return Receipt{}, err
	}
	parted, err := s.partFromDraft(ctx, n.c, row)
	if err != nil {
		return Receipt{}, err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		if err := dropUnchanged(ctx, tx, row); err != nil { // also settles who wins a double click
			return err
		}
		if err := s.moveEvidence(ctx, tx, id, n.c.ID, parted); err != nil {
			return err
		}
		if err := s.addCase(ctx, tx, actor, purpose, n, decision.Policies); err != nil {
			return err
		}
		return rememberDraft(ctx, tx, row, n.c)
	})
	if err == nil && parted {
		err = s.vault.Shred(ctx, row.PersonID)
	}
	if err != nil {
		return Receipt{}, err
	}
	return n.receipt(), nil
}

// partFromDraft gives a notification a key of its own, so that the draft's can be
// destroyed: a name typed before the person said no may stand in an old backup of
// the draft. Files cannot come along: nothing can tell whether one shows who the
// person is.
func (s *Service) partFromDraft(ctx context.Context, c *Case, row *DraftRow) (bool, error) {
	if c.Kind != DutyToNotify {
		return false, nil
	}
	files, err := s.store.Documents(ctx, row.ID)
	if err != nil {
		return false, err
	}
	if len(files) > 0 {
		return false, core.InvalidFields([]core.Field{{Name: "evidence", Code: "notify.files", Msg: "A notification carries no files: a picture or a paper may show who the person is. Remove the files, and say in your own words what they show."}})
	}
	c.PersonID, err = s.vault.NewPerson(ctx)
	return err == nil, err
}

// moveEvidence hands the draft's files to the case; none may have come since the
// two parted.
func (s *Service) moveEvidence(ctx context.Context, tx Tx, draft, caseID core.ID, parted bool) error {
	if !parted {
		return tx.MoveDocuments(ctx, draft, caseID)
	}
	files, err := tx.Documents(ctx, draft)
	if err == nil && len(files) > 0 {
		return errChanged
	}
	return err
}

// dropUnchanged removes the draft that is being submitted. What a colleague saved
// since it was read must not be lost: then nothing is submitted.
func dropUnchanged(ctx context.Context, tx Tx, row *DraftRow) error {
	now, err := tx.DraftByID(ctx, row.ID)
	if err != nil {
		return err
	}
	if now.Rev != row.Rev {
		return errChanged
	}
	return tx.DropDraft(ctx, row.ID)
}

// rememberDraft keeps which case a draft became, for whoever submits it twice.
func rememberDraft(ctx context.Context, tx Tx, row *DraftRow, c *Case) error {
	return tx.AddSubmitted(ctx, row.Agency, draftKey(row.ID), row.ID[:], c.ID, c.SubmittedAt)
}

// draftKey stands among idempotency keys, which are hexadecimal.
func draftKey(id core.ID) string { return "draft:" + id.String() }

// SubmittedDraft returns the receipt of a draft that was submitted already, to
// those of its agency who may see the case; else it is not found.
func (s *Service) SubmittedDraft(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (Receipt, error) {
	caseID, _, err := s.store.Submitted(ctx, actor.AgencyID, draftKey(id))
	if err != nil {
		return Receipt{}, err
	}
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return Receipt{}, err
	}
	if !s.may(actor, purpose, access.ViewStatus, c) {
		return Receipt{}, errNotFound
	}
	return Receipt{CaseID: c.ID, Reference: c.Reference, Kind: c.Kind, Repeated: true}, nil
}

// Submit makes a case from a finished submission in one step: the API and the
// import use it. The same idempotency key submits once; the same key with
// another request is a conflict.
func (s *Service) Submit(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, sub Submission) (Receipt, error) {
	decision, err := s.require(actor, purpose, action, access.Whole())
	if err != nil {
		return Receipt{}, err
	}
	if sub, err = s.marked(sub); err != nil {
		return Receipt{}, err
	}
	if sub.IdempotencyKey != "" {
		if r, done, err := s.repeated(ctx, s.store, actor, sub); done || err != nil {
			if err == nil {
				r.PossibleMatch, err = s.matchedThen(ctx, r, &sub.Form.Identity)
			}
			return r, err
		}
	}
	return s.submit(ctx, actor, purpose, sub, decision.Policies)
}

// submit writes one submission whose key, if it has one, is marked.
func (s *Service) submit(ctx context.Context, actor core.Actor, purpose core.Purpose, sub Submission, policies []string) (Receipt, error) {
	if err := s.checkEarlier(ctx, actor, purpose, sub.EarlierCaseID); err != nil {
		return Receipt{}, err
	}
	person, err := s.vault.NewPerson(ctx)
	if err != nil {
		return Receipt{}, err
	}
	n, err := s.newCase(ctx, actor, sub.Form, person, sub.EarlierCaseID)
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	err = s.store.Write(ctx, func(tx Tx) error {
		receipt = n.receipt()
		if sub.IdempotencyKey != "" {
			r, done, err := s.repeated(ctx, tx, actor, sub)
			if err != nil {
				return err
			}
			if done {
				receipt = r
				return nil
			}
			if err := tx.AddSubmitted(ctx, actor.AgencyID, sub.IdempotencyKey, sub.Digest, n.c.ID, n.c.SubmittedAt); err != nil {
				return err
			}
		}
		return s.addCase(ctx, tx, actor, purpose, n, policies)
	})
	if core.KindOf(err) == core.Conflict && sub.IdempotencyKey != "" {
		if r, done, again := s.repeated(ctx, s.store, actor, sub); done && again == nil {
			return r, nil // another process submitted the same key between our look and our write
		}
	}
	return receipt, err
}

func (s *Service) repeated(ctx context.Context, r Reader, actor core.Actor, sub Submission) (Receipt, bool, error) {
	caseID, digest, err := r.Submitted(ctx, actor.AgencyID, sub.IdempotencyKey)
	if core.KindOf(err) == core.NotFound {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, err
	}
	if !slices.Equal(digest, sub.Digest) {
		return Receipt{}, true, errKeyReused
	}
	c, err := r.Case(ctx, caseID)
	if err != nil {
		return Receipt{}, true, err
	}
	return Receipt{CaseID: c.ID, Reference: c.Reference, Kind: c.Kind, Repeated: true}, true, nil
}

// matchedThen says whether the first submission had a possible match, so that a
// repeat is told the same: later cases do not count.
func (s *Service) matchedThen(ctx context.Context, r Receipt, id *Identity) (bool, error) {
	if r.Kind != Referral {
		return false, nil
	}
	then := s.forResponder(r.CaseID)
	then.before = true
	matches, err := s.alike(ctx, s.store, id, then)
	return len(matches) > 0, err
}

// newborn is a case that is ready to be written.
type newborn struct {
	c      *Case
	form   ReferralForm
	rules  scheme.Rules
	blind  []BlindDigest
	match  bool
	before core.ID
}

func (n *newborn) receipt() Receipt {
	return Receipt{CaseID: n.c.ID, Reference: n.c.Reference, Kind: n.c.Kind, PossibleMatch: n.match}
}

// newCase checks a finished form and builds the case: nothing is written.
func (s *Service) newCase(ctx context.Context, actor core.Actor, form ReferralForm, person, earlier core.ID) (*newborn, error) {
	n, err := s.buildCase(ctx, actor, form, person, earlier, s.authorityFor)
	if err != nil || n.c.Kind != Referral {
		return n, err
	}
	matches, err := s.alike(ctx, s.store, &n.form.Identity, s.forResponder(n.c.ID))
	if err != nil {
		return nil, err
	}
	n.match = len(matches) > 0
	return n, nil
}

// buildCase is newCase without the search for an earlier person.
func (s *Service) buildCase(ctx context.Context, actor core.Actor, form ReferralForm, person, earlier core.ID,
	authorityFor func(ctx context.Context, jurisdiction string) (core.ID, error)) (*newborn, error) {
	schemeID := s.schemeFor(form.Jurisdiction)
	today := s.today(form.Jurisdiction)
	rules, err := s.rules(schemeID, today)
	if err != nil {
		return nil, err
	}
	catalogue, err := s.schemes.Scheme(schemeID)
	if err != nil {
		return nil, err
	}
	if err := core.InvalidFields(Validate(&form, rules, catalogue.Catalogue(), today)); err != nil {
		return nil, err
	}
	authority, err := authorityFor(ctx, form.Jurisdiction)
	if err != nil {
		return nil, err
	}
	track := form.Track(today, rules.AdultAge.Value)
	if track == TrackChild {
		if err := checkLocalAuthority(ctx, s.store, "age.authority", form.Age.Authority); err != nil {
			return nil, err
		}
	}
	now := s.clock.Now()
	c := &Case{
		ID: s.ids.New(), Rev: 1, Reference: newReference(), Kind: Referral, State: Submitted, Scheme: schemeID, Jurisdiction: form.Jurisdiction,
		PersonID: person, Round: 1, EarlierCaseID: earlier,
		ReferringAgency: actor.AgencyID, Author: actor.UserID, Authority: authority, LocalAuthority: form.Age.Authority,
		SubmittedAt: now, ClockDay: today, UpdatedAt: now,
	}
	if track == TrackNotify {
		c.Kind, c.NotifiedAt = DutyToNotify, now
		form.stripIdentity()
	}
	s.takeFacts(c, &form, track, today, rules)
	if err := s.setRound(ctx, c); err != nil {
		return nil, err
	}
	n := &newborn{c: c, form: form, rules: rules, blind: s.blindDigests(&form.Identity), before: earlier}
	if c.Kind == Referral {
		if err := s.startClock(c, rules); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// stripIdentity keeps a duty to notify anonymous whatever was typed before the
// person said no.
func (f *ReferralForm) stripIdentity() {
	gender, nationality, second := f.Identity.Gender, f.Identity.Nationality, f.Identity.SecondNationality
	f.Identity = Identity{Gender: gender, Nationality: nationality, SecondNationality: second}
	f.Contact = Contact{}
	f.Narrative.CrimeReference, f.Narrative.CrimeForce = "", ""
	for i := range f.Narrative.Situations {
		f.Narrative.Situations[i].Town, f.Narrative.Situations[i].Address = "", ""
	}
}

// takeFacts copies the coded answers to the row.
func (s *Service) takeFacts(c *Case, form *ReferralForm, track Track, today core.Date, rules scheme.Rules) {
	adult := rules.AdultAge.Value
	c.Facts = form.Facts
	c.Gender, c.Nationality, c.SecondNationality = form.Identity.Gender, form.Identity.Nationality, form.Identity.SecondNationality
	c.Child = track == TrackChild
	c.AgeContradiction = form.AgeContradiction(today, adult)
	c.AgeGroup, c.AgeBasis = "adult", "stated"
	switch {
	case form.Age.Stated == "unsure":
		c.AgeGroup, c.AgeBasis = "child", "presumed"
	case c.Child && form.Age.Stated == "adult":
		c.AgeGroup, c.AgeBasis = "child", "birth_date"
	case c.Child:
		c.AgeGroup = "child"
	}
	if !c.Child {
		c.LocalAuthority = core.ID{}
	}
	c.ConsentSharing = track == TrackAdult
}

func (s *Service) setRound(ctx context.Context, c *Case) error {
	if c.EarlierCaseID.IsZero() {
		return nil
	}
	earlier, err := s.store.Case(ctx, c.EarlierCaseID)
	if err != nil {
		return err
	}
	c.Round = earlier.Round + 1
	return nil
}

// addCase writes a new case with everything that belongs to it.
func (s *Service) addCase(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, n *newborn, policies []string) error {
	c := n.c
	if err := tx.AddCase(ctx, c); err != nil {
		return err
	}
	if err := s.sealForm(ctx, tx, c, 1, &n.form); err != nil {
		return err
	}
	if err := tx.AddBlind(ctx, c.ID, n.blind); err != nil {
		return err
	}
	if err := s.linkReferredAgain(ctx, tx, c); err != nil {
		return err
	}
	if c.ConsentSharing {
		if err := tx.AddConsent(ctx, s.consentOf(c, actor, &n.form.Consent)); err != nil {
			return err
		}
	}
	if err := s.enqueueNew(ctx, tx, n); err != nil {
		return err
	}
	t := &turn{tx: tx, c: c, cmd: CmdSubmit, actor: actor, purpose: purpose, now: c.SubmittedAt, rules: n.rules, policies: policies,
		detail: string(c.Kind), shared: true, content: &n.form}
	return s.leaveTrace(ctx, t)
}

func (s *Service) sealForm(ctx context.Context, tx Tx, c *Case, version int, form *ReferralForm) error {
	if err := sealSection(ctx, s, tx, c, SectionIdentity, version, form.Identity); err != nil {
		return err
	}
	if err := sealSection(ctx, s, tx, c, SectionNarrative, version, form.Narrative); err != nil {
		return err
	}
	return sealSection(ctx, s, tx, c, SectionContact, version, form.Contact)
}

// formOf puts a form together again from a case.
func (s *Service) formOf(ctx context.Context, c *Case) (ReferralForm, error) {
	sections, err := s.store.Sections(ctx, c.ID)
	if err != nil {
		return ReferralForm{}, err
	}
	form := ReferralForm{Jurisdiction: c.Jurisdiction, Facts: c.Facts, Age: Age{Stated: c.AgeGroup, Authority: c.LocalAuthority}}
	if form.Identity, err = openSection[Identity](ctx, s, c, sections, SectionIdentity); err != nil {
		return form, err
	}
	if form.Narrative, err = openSection[Narrative](ctx, s, c, sections, SectionNarrative); err != nil {
		return form, err
	}
	form.Contact, err = openSection[Contact](ctx, s, c, sections, SectionContact)
	return form, err
}

// submitUpgrade turns a duty to notify into a referral: the same case, the
// same reference, counted once. The clock starts now.
func (s *Service) submitUpgrade(ctx context.Context, actor core.Actor, purpose core.Purpose, row *DraftRow, form ReferralForm) (Receipt, error) {
	fresh, err := s.newCase(ctx, actor, form, row.PersonID, core.ID{})
	if err != nil {
		return Receipt{}, err
	}
	if fresh.c.Kind != Referral {
		return Receipt{}, core.InvalidFields([]core.Field{{Name: "consent.answer", Code: "upgrade.consent",
			Msg: "A notification becomes a referral only when the adult agrees, or turns out to be a child. Record the consent, or leave the notification as it is."}})
	}
	receipt := fresh.receipt()
	err = s.store.Write(ctx, func(tx Tx) error {
		if err := dropUnchanged(ctx, tx, row); err != nil {
			return err
		}
		if err := s.actIn(ctx, tx, actor, purpose, row.UpgradesCase, 0, CmdUpgrade, func(t *turn) error {
			return s.becomeReferral(ctx, t, fresh, row, &receipt)
		}); err != nil {
			return err
		}
		return rememberDraft(ctx, tx, row, fresh.c)
	})
	return receipt, err
}

func (s *Service) becomeReferral(ctx context.Context, t *turn, fresh *newborn, row *DraftRow, receipt *Receipt) error {
	old, n := t.c, fresh.c
	n.ID, n.Rev, n.Reference, n.Round, n.EarlierCaseID = old.ID, old.Rev, old.Reference, old.Round, old.EarlierCaseID
	n.ReferringAgency, n.Author, n.Assignee, n.NotifiedAt = old.ReferringAgency, old.Author, old.Assignee, old.NotifiedAt
	n.PersonID = old.PersonID
	*old = *n
	receipt.CaseID, receipt.Reference = old.ID, old.Reference
	fresh.c = old
	sections, err := t.tx.Sections(ctx, old.ID)
	if err != nil {
		return err
	}
	version := sections[SectionIdentity].Version + 1
	if err := s.sealForm(ctx, t.tx, old, version, &fresh.form); err != nil {
		return err
	}
	if err := s.moveDraftEvidence(ctx, t.tx, row, old); err != nil {
		return err
	}
	if err := t.tx.AddBlind(ctx, old.ID, fresh.blind); err != nil {
		return err
	}
	if old.ConsentSharing {
		if err := t.tx.AddConsent(ctx, s.consentOf(old, t.actor, &fresh.form.Consent)); err != nil {
			return err
		}
	}
	t.detail, t.shared, t.content = "duty_to_notify→referral", true, &fresh.form
	return s.enqueueNew(ctx, t.tx, fresh)
}

// consentOf is the record of the consent a form holds.
func (s *Service) consentOf(c *Case, actor core.Actor, g *ConsentGiven) Consent {
	given := g.On.StartIn(time.UTC)
	if g.On.IsZero() {
		given = s.clock.Now()
	}
	return Consent{ID: s.ids.New(), CaseID: c.ID, Purpose: ConsentReferral, Recipient: "competent_authority", NoticeVersion: g.NoticeVersion,
		Language: g.Language, Interpreter: g.Interpreter == "yes", GivenAt: given, RecordedBy: actor.UserID, AgencyID: actor.AgencyID}
}

// authorityFor picks the competent authority: one in the same jurisdiction
// before any other, then by code.
func (s *Service) authorityFor(ctx context.Context, jurisdiction string) (core.ID, error) {
	list, err := s.store.Agencies(ctx, core.CompetentAuthority)
	if err != nil {
		return core.ID{}, err
	}
	if len(list) == 0 {
		return core.ID{}, core.E(core.Unavailable, "submit.no_authority", "No competent authority has been set up yet, so nobody could decide this referral. An administrator adds one under Agencies. The draft is kept.")
	}
	slices.SortFunc(list, func(a, b core.Agency) int {
		if (a.Jurisdiction == jurisdiction) != (b.Jurisdiction == jurisdiction) {
			if a.Jurisdiction == jurisdiction {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Code, b.Code)
	})
	return list[0].ID, nil
}

// referenceAlphabet leaves out letters that are misheard or misread.
const referenceAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newReference makes a reference that says nothing and cannot be guessed: 8
// random characters (40 bits), "ABCD-2345".
func newReference() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	for i := range b {
		b[i] = referenceAlphabet[b[i]&31]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// PossibleMatch answers "search before create": whether somebody like this may
// have been referred before. It says nothing else.
func (s *Service) PossibleMatch(ctx context.Context, actor core.Actor, purpose core.Purpose, who Identity) (bool, error) {
	decision, err := s.require(actor, purpose, access.FindPossibleMatch, access.Whole())
	if err != nil {
		return false, err
	}
	if !s.lookups.allow(actor) {
		return false, core.E(core.TooMany, "match.rate", "You have looked many people up in a short while. Wait some minutes, or begin without looking: the authority compares every referral with earlier ones.")
	}
	matches, err := s.alike(ctx, s.store, &who, s.forResponder(core.ID{}))
	if err != nil {
		return false, err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.FindPossibleMatch, core.ID{}, "", decision.Policies), nil)
	})
	return len(matches) > 0, err
}

// normalReference reads a reference as people type it.
func normalReference(s string) string {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '–' {
			return -1
		}
		return r
	}, s))
	if len(s) == 8 {
		return s[:4] + "-" + s[4:]
	}
	return s
}

package letters_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/letters"
	"clew/internal/letters/wording"
)

var ctx = context.Background()

// served is a world with a case whose first decision has just been served.
func served(t *testing.T, w *caseworktest.World, o casework.Outcome) (caseID, decision core.ID) {
	t.Helper()
	id := w.Assigned(caseworktest.Form())
	must(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, id, 0, caseworktest.Decision(o)))
	list, err := w.Store.Decisions(ctx, id)
	must(t, err)
	return id, list[len(list)-1].ID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// objects lists what the ledger says of letters, sorted: two processes number
// their entries each for itself.
func objects(t *testing.T, w *caseworktest.World) []string {
	t.Helper()
	rows, err := w.DB.Reader().QueryContext(ctx, `SELECT kind, object FROM ledger_entry WHERE object LIKE 'letter%' OR object LIKE 'wording%' ORDER BY id`)
	must(t, err)
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var kind, object string
		must(t, rows.Scan(&kind, &object))
		what, _, _ := strings.Cut(object, ":")
		out = append(out, kind+" "+what)
	}
	must(t, rows.Err())
	slices.Sort(out)
	return out
}

// otherTemplates is the same room after somebody changed every text of the
// decision, on disk.
func otherTemplates(t *testing.T, w *caseworktest.World) *letters.Service {
	t.Helper()
	dir := t.TempDir()
	for lang, review := range map[string]string{"en": "source", "vi": "needed"} {
		must(t, os.MkdirAll(filepath.Join(dir, "any", lang), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, "any", lang, "rg_positive.txt"), []byte("version: 2\nreview: "+review+"\n---\n# Other words altogether\n\nOther words.\n"), 0o600))
	}
	shelf, err := wording.Load(dir)
	must(t, err)
	return letters.New(w.Store.Letters(), w.Policies, w.Vault, w.Schemes, shelf, w.Clock)
}

func reveal(l *letters.Letter) string {
	var b strings.Builder
	for i := range l.Texts {
		b.WriteString(l.Texts[i].Reveal())
	}
	return b.String()
}

// TestALetterIsGivenOutAgainAsItWasServed, whatever became of the templates.
func TestALetterIsGivenOutAgainAsItWasServed(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, decision := served(t, w, casework.Positive)
		actor := caseworktest.Caseworker.Actor
		before, err := w.Letters.Open(ctx, actor, core.Identify, id, decision)
		must(t, err)
		if got := before.Texts[0].Language + " " + before.Texts[1].Language; !before.Served || got != "vi en" {
			t.Errorf("served %v in %s", before.Served, got)
		}
		if len(before.Awaiting) != 1 || before.Awaiting[0] != "Vietnamese" {
			t.Errorf("awaiting review: %v", before.Awaiting)
		}
		later := otherTemplates(t, w)
		after, err := later.Open(ctx, actor, core.Identify, id, decision)
		must(t, err)
		if reveal(after) != reveal(before) {
			t.Errorf("after the templates changed the letter says\n%s\nit was served saying\n%s", reveal(after), reveal(before))
		}
		first, err := w.Letters.Print(ctx, actor, core.Identify, id, decision)
		must(t, err)
		again, err := later.Print(ctx, caseworktest.Reviewer.Actor, core.Identify, id, decision)
		must(t, err)
		if first.Again || !again.Again || !bytes.Equal(first.PDF, again.PDF) || !bytes.HasPrefix(first.PDF, []byte("%PDF-")) {
			t.Errorf("printed again: %v then %v, the same bytes: %v", first.Again, again.Again, bytes.Equal(first.PDF, again.PDF))
		}
		if got, want := strings.Join(objects(t, w), ", "), "read letter, read letter, read letter-reissued, write letter-issued"; got != want {
			t.Errorf("the ledger says %s, want %s", got, want)
		}
	})
}

// TestThePrintedSheetIsNotDrawnAnew: what is kept counts, not what would be drawn
// today.
func TestThePrintedSheetIsNotDrawnAnew(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, decision := served(t, w, casework.Positive)
		row, err := w.Store.LetterOf(ctx, decision)
		must(t, err)
		c, err := w.Store.Case(ctx, id)
		must(t, err)
		ref := casework.LetterRef(c.PersonID, row.ID)
		ref.Table, ref.Field = "letter_issue", "pdf"
		sealed, err := w.Vault.Seal(ctx, ref, []byte("%PDF-a sheet of long ago"))
		must(t, err)
		must(t, w.Store.Letters().Write(ctx, func(tx letters.Tx) error {
			return tx.AddIssue(ctx, letters.Issue{LetterID: row.ID, Sealed: sealed, At: w.Clock.Now(), By: caseworktest.Caseworker.UserID})
		}))
		sheet, err := w.Letters.Print(ctx, caseworktest.Caseworker.Actor, core.Identify, id, decision)
		must(t, err)
		if string(sheet.PDF) != "%PDF-a sheet of long ago" {
			t.Errorf("given out: %.30s", sheet.PDF)
		}
	})
}

// TestNothingOfALetterIsStoredInClear.
func TestNothingOfALetterIsStoredInClear(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, decision := served(t, w, casework.Positive)
		_, err := w.Letters.Print(ctx, caseworktest.Caseworker.Actor, core.Identify, id, decision)
		must(t, err)
		row, err := w.Store.LetterOf(ctx, decision)
		must(t, err)
		issue, err := w.Store.Issue(ctx, row.ID)
		must(t, err)
		for name, sealed := range map[string][]byte{"words": row.Sealed, "sheet": issue.Sealed} {
			if bytes.Contains(sealed, []byte("Zebra")) || bytes.Contains(sealed, []byte("%PDF")) || bytes.Contains(sealed, []byte("grounds")) {
				t.Errorf("the %s are readable", name)
			}
		}
	})
}

// TestWhoHasALetter: the authority, and who supports the person while they let
// it. To everybody else there is none.
func TestWhoHasALetter(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, decision := served(t, w, casework.Positive)
		worker := accesstest.Of(core.RoleSupportWorker, core.SupportProvider)
		if _, err := w.Letters.Open(ctx, worker.Actor, core.Protect, id, decision); core.KindOf(err) != core.NotFound {
			t.Errorf("a provider who does not support them: %v", err)
		}
		c, err := w.Store.Case(ctx, id)
		must(t, err)
		c.SupportAgency, c.Rev = worker.AgencyID, c.Rev+1
		must(t, w.Store.Write(ctx, func(tx casework.Tx) error { return tx.SaveCase(ctx, c, c.Rev-1) }))
		if _, err := w.Letters.Print(ctx, worker.Actor, core.Protect, id, decision); err != nil {
			t.Errorf("their provider: %v", err)
		}
		for _, a := range []accesstest.Actor{accesstest.Of(core.RoleFirstResponder, core.Police), accesstest.Of(core.RoleOfficer, core.Police),
			accesstest.Of(core.RoleImmigrationStaff, core.Immigration), accesstest.Of(core.RoleAuditor, core.Oversight), accesstest.Of(core.RoleAdministrator, core.CompetentAuthority),
			accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority), accesstest.Elsewhere(core.RoleCaseworker, core.CompetentAuthority)} {
			for _, purpose := range []core.Purpose{core.Identify, core.Protect, core.Investigate, core.Oversee, core.Administer} {
				if _, err := w.Letters.Print(ctx, a.Actor, purpose, id, decision); core.KindOf(err) != core.NotFound {
					t.Errorf("%s to %s: %v", a.Name, purpose, err)
				}
			}
		}
		other := w.Assigned(caseworktest.ChildForm())
		if _, err := w.Letters.Open(ctx, caseworktest.Caseworker.Actor, core.Identify, other, decision); core.KindOf(err) != core.NotFound {
			t.Errorf("under another case: %v", err)
		}
	})
}

// TestAProposalHasNoLetter until somebody else has confirmed it.
func TestAProposalHasNoLetter(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, decision := served(t, w, casework.Negative)
		if _, err := w.Letters.Open(ctx, caseworktest.Caseworker.Actor, core.Identify, id, decision); core.KindOf(err) != core.NotFound {
			t.Errorf("a proposal: %v", err)
		}
		must(t, w.Review(ctx, caseworktest.SteppedUp(caseworktest.Reviewer.Actor), core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "I agree."}))
		l, err := w.Letters.Open(ctx, caseworktest.Caseworker.Actor, core.Identify, id, decision)
		must(t, err)
		if text := reveal(l); l.Texts[0].Kind != wording.RGNegative || !strings.Contains(text, "until 11 April 2025") || strings.Contains(text, "I agree.") {
			t.Errorf("the letter of %s says\n%s", l.Texts[0].Kind, text)
		}
	})
}

// TestAnApprovalHoldsForTheWordingThatWasRead, and can be taken back.
func TestAnApprovalHoldsForTheWordingThatWasRead(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, decision := served(t, w, casework.Positive)
		admin := accesstest.Of(core.RoleAdministrator, core.CompetentAuthority).Actor
		const path = "any/vi/rg_positive"
		standing := func(s *letters.Service) letters.Wording {
			t.Helper()
			text, docs, err := s.Wording(ctx, admin, core.Administer, path, "uk")
			must(t, err)
			if len(docs) != 2 || docs[1].Language != wording.English {
				t.Errorf("shown without the English beside it")
			}
			return text
		}
		text := standing(w.Letters)
		if text.Approval != nil {
			t.Error("approved by nobody")
		}
		if err := w.Letters.Approve(ctx, caseworktest.Caseworker.Actor, core.Identify, path, text.Digest); core.KindOf(err) != core.Forbidden && core.KindOf(err) != core.NotFound {
			t.Errorf("a caseworker approves: %v", err)
		}
		if err := w.Letters.Approve(ctx, admin, core.Administer, path, "another"); core.KindOf(err) != core.Conflict {
			t.Errorf("another wording: %v", err)
		}
		if err := w.Letters.Approve(ctx, admin, core.Administer, "any/en/rg_positive", text.Digest); core.KindOf(err) != core.NotNow {
			t.Errorf("English: %v", err)
		}
		must(t, w.Letters.Approve(ctx, admin, core.Administer, path, text.Digest))
		if err := w.Letters.Approve(ctx, admin, core.Administer, path, text.Digest); core.KindOf(err) != core.Conflict {
			t.Errorf("approved twice: %v", err)
		}
		l, err := w.Letters.Open(ctx, caseworktest.Caseworker.Actor, core.Identify, id, decision)
		must(t, err)
		if standing(w.Letters).Approval == nil || len(l.Awaiting) != 0 || len(l.Texts) != 2 {
			t.Errorf("approved: %v; awaiting %v in %d texts", standing(w.Letters).Approval, l.Awaiting, len(l.Texts))
		}
		if standing(otherTemplates(t, w)).Approval != nil {
			t.Error("the approval of one wording holds for another")
		}
		must(t, w.Letters.Withdraw(ctx, admin, core.Administer, path, text.Digest))
		if standing(w.Letters).Approval != nil {
			t.Error("the approval was not taken back")
		}
		if got, want := strings.Join(objects(t, w), ", "), "read letter, write wording-approval-withdrawn, write wording-approved"; got != want {
			t.Errorf("the ledger says %s, want %s", got, want)
		}
	})
}

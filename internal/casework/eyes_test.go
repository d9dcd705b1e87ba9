package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/vault"
)

// someoneElse is another person with the roles of the actor.
func someoneElse(a core.Actor) core.Actor {
	a.UserID = core.NewIDs(core.SystemClock{}).New()
	return caseworktest.SteppedUp(a)
}

func kind(t *testing.T, err error, want core.Kind, what string) {
	t.Helper()
	if core.KindOf(err) != want {
		t.Errorf("%s: error is %v, want one of kind %v", what, err, want)
	}
}

// A reconsideration is for fresh eyes: neither the first decider nor the first
// reviewer decides or reviews it, in whatever role, and in no later round either.
func TestReconsiderationIsForFreshEyes(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.In(casework.Reconsideration)
	first, second := caseworktest.SteppedUp(caseworktest.Caseworker.Actor), caseworktest.SteppedUp(caseworktest.Reviewer.Actor)
	both := []core.Role{core.RoleCaseworker, core.RoleReviewer}
	confirm := casework.ReviewForm{Answer: casework.Confirm, Words: "Agreed."}

	third := someoneElse(first)
	ok(t, w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, third.UserID))
	ok(t, w.Reconsider(ctx, third, core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
	kind(t, w.Review(ctx, second, core.Identify, id, 0, confirm), core.Forbidden, "the first reviewer reviews the reconsideration")
	turned := first
	turned.Roles = both
	kind(t, w.Review(ctx, turned, core.Identify, id, 0, confirm), core.Forbidden, "the first decider reviews the reconsideration")
	if f, err := w.File(ctx, second, core.Identify, id); err != nil || f.Can[casework.CmdReviewReconsideration] {
		t.Errorf("the first reviewer is offered the review of the reconsideration (%v)", err)
	}
	fourth := someoneElse(second)
	ok(t, w.Review(ctx, fourth, core.Identify, id, 0, confirm))

	ok(t, w.RequestReconsideration(ctx, first, core.Identify, id, 0, casework.ReconsiderationForm{Request: "Another report.", LateReason: "It came late."}))
	ok(t, w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, first.UserID))
	kind(t, w.Reconsider(ctx, first, core.Identify, id, 0, caseworktest.Decision(casework.Positive)), core.Forbidden, "the first decider takes the second reconsideration")
	fifth := someoneElse(first)
	ok(t, w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, fifth.UserID))
	ok(t, w.Reconsider(ctx, fifth, core.Identify, id, 0, caseworktest.Decision(casework.Positive)))
}

// A decision relies on documents of its own case.
func TestDecisionReliesOnItsOwnDocuments(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	mine, other := w.Assigned(caseworktest.Form()), w.Assigned(caseworktest.ChildForm())
	foreign, err := w.AddEvidence(ctx, responder, core.Identify, other, casework.Upload{Name: "a.txt", Content: []byte("What was said.")})
	ok(t, err)
	own, err := w.AddEvidence(ctx, responder, core.Identify, mine, casework.Upload{Name: "a.txt", Content: []byte("What was said.")})
	ok(t, err)
	f := caseworktest.Decision(casework.Positive)
	f.Evidence = []core.ID{own, foreign}
	kind(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, mine, 0, f), core.Invalid, "evidence of another case")
	f.Evidence = []core.ID{own}
	ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, mine, 0, f))
}

// A case that ends while a decision waits leaves nothing in the reviewers' inbox
// and no proposal that looks alive; nobody ticks a review off by hand.
func TestProposalLapsesWithTheCase(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.Assigned(caseworktest.Form())
		ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
		open := func() []casework.TaskView {
			tasks, err := w.OpenTasks(ctx, caseworktest.Reviewer.Actor, core.Identify, []casework.TaskKind{casework.TaskSecondReview}, 10)
			ok(t, err)
			return tasks
		}
		if len(open()) != 1 {
			t.Fatalf("%d reviews wait, want 1", len(open()))
		}
		kind(t, w.CompleteTask(ctx, caseworker, core.Identify, open()[0].ID), core.NotNow, "the proposer ticks the review off")
		if len(open()) != 1 {
			t.Fatal("the review is gone from the inbox")
		}
		ok(t, w.Close(ctx, caseworker, core.Identify, id, 0, "finished"))
		if n := len(open()); n != 0 {
			t.Errorf("%d reviews of a closed case wait", n)
		}
		decisions, err := w.Store.Decisions(ctx, id)
		ok(t, err)
		if got := decisions[len(decisions)-1].Status; got != casework.Returned {
			t.Errorf("the proposal is %q after the case was closed", got)
		}
	})
}

// The end of the period overtakes a proposal to end it early: a later review of
// the conclusive decision finds no stale proposal.
func TestProposalToEndRecoveryIsOvertaken(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.In(casework.Recovery)
	ok(t, w.EndRecovery(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, casework.DecisionForm{Ground: endGround(w, id), Reasons: casework.Reasons{Reasons: "As the ground says."}}))
	w.Clock.Set(w.Clock.Now().AddDate(0, 0, 40))
	w.RunJobs()
	c := state(t, w, id)
	if c.State != casework.CGPending || c.ReviewOf != casework.NoDecision {
		t.Fatalf("the case is at %s, waiting for a review of %q", c.State, c.ReviewOf)
	}
	tasks, err := w.Store.Tasks(ctx, id)
	ok(t, err)
	for _, task := range tasks {
		if task.Kind == casework.TaskSecondReview && task.DoneAt.IsZero() {
			t.Error("a second review is still asked for")
		}
	}
	ok(t, w.DecideCG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
	ok(t, w.Review(ctx, caseworktest.SteppedUp(caseworktest.Reviewer.Actor), core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "Agreed."}))
}

// Several agencies may owe an answer at once, each answers its own question, and
// nobody is asked who could not read it.
func TestSeveralAgenciesAreAsked(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.Assigned(caseworktest.ChildForm())
	council := accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority).Actor
	due := core.DateIn(w.Clock.Now(), w.Clock.Now().Location()).AddDays(5)
	for _, agency := range []core.ID{responder.AgencyID, council.AgencyID} {
		ok(t, w.AskInfo(ctx, caseworker, core.Identify, id, 0, agency, "What do you know?", due))
	}
	for _, k := range []core.AgencyKind{core.Immigration, core.Statistics, core.Prosecution} {
		kind(t, w.AskInfo(ctx, caseworker, core.Identify, id, 0, accesstest.AgencyOf(k).ID, "What do you know?", due), core.NotNow, "ask "+string(k))
	}
	kind(t, w.AskInfo(ctx, caseworker, core.Identify, id, 0, core.NewIDs(core.SystemClock{}).New(), "What do you know?", due), core.Invalid, "ask nobody")

	requests, err := w.Store.InfoRequests(ctx, id)
	ok(t, err)
	kind(t, w.AnswerInfo(ctx, responder, core.Identify, id, requests[1].ID, "Ours?"), core.NotFound, "answer the council's question")
	f, err := w.File(ctx, responder, core.Identify, id, casework.PartRequests)
	ok(t, err)
	if len(f.Requests) != 1 || f.Requests[0].AgencyID != responder.AgencyID {
		t.Errorf("the force sees %d requests", len(f.Requests))
	}
	ok(t, w.AnswerInfo(ctx, responder, core.Identify, id, requests[0].ID, "Nothing more."))
	ok(t, w.AnswerInfo(ctx, council, core.Protect, id, requests[1].ID, "Nothing more."))
	if c := state(t, w, id); !c.InfoRequestedFrom.IsZero() {
		t.Error("an answer is still waited for")
	}
}

// Only a local authority is told about a child.
func TestChildIsToldToALocalAuthority(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	for name, id := range map[string]core.ID{"a police force": responder.AgencyID, "nobody": core.NewIDs(core.SystemClock{}).New()} {
		f := caseworktest.ChildForm()
		f.Age.Authority = id
		draft, err := w.StartDraft(ctx, responder, core.Identify, f, core.ID{})
		ok(t, err)
		_, err = w.SubmitDraft(ctx, responder, core.Identify, draft, 0)
		kind(t, err, core.Invalid, "tell "+name)
	}
	id := w.Assigned(caseworktest.Form())
	kind(t, w.CorrectAge(ctx, caseworker, core.Identify, id, 0, casework.AgeForm{Finding: "child", Basis: "document", Reason: "A birth certificate.", Authority: responder.AgencyID}),
		core.Invalid, "correct the age and tell a police force")
}

// Looking people up before referring is not a way to find out who was referred.
func TestPossibleMatchIsRationed(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	refused := false
	for range 13 {
		_, err := w.PossibleMatch(ctx, responder, core.Identify, caseworktest.Form().Identity)
		refused = refused || core.KindOf(err) == core.TooMany
	}
	if !refused {
		t.Error("thirteen look-ups in no time were all answered")
	}
}

// Reading a shared draft, and the questions on a case, leaves an entry.
func TestReadingLeavesAnEntry(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	entries := func() (n int) {
		ok(t, w.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM ledger_entry`).Scan(&n))
		return n
	}
	draft, err := w.StartDraft(ctx, responder, core.Identify, caseworktest.Form(), core.ID{})
	ok(t, err)
	ok(t, w.ShareDraft(ctx, responder, core.Identify, draft, true))
	colleague := someoneElse(responder)
	before := entries()
	_, err = w.Draft(ctx, colleague, core.Identify, draft)
	ok(t, err)
	if entries() != before+1 {
		t.Error("a colleague opened a draft and left no entry")
	}
	id := w.Assigned(caseworktest.Form())
	before = entries()
	_, err = w.File(ctx, caseworktest.Reviewer.Actor, core.Identify, id, casework.PartRequests)
	ok(t, err)
	if entries() != before+1 {
		t.Error("a reviewer read the requests and left no entry")
	}
}

// Resuming a case gives its decision a new deadline, and the new deadline its
// reminders.
func TestRemindersFollowTheDeadline(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.Assigned(caseworktest.Form())
	ok(t, w.Suspend(ctx, caseworker, core.Identify, id, 0, "whereabouts_unknown"))
	w.Clock.Set(w.Clock.Now().AddDate(0, 0, 20))
	w.RunJobs()
	ok(t, w.Resume(ctx, caseworker, core.Identify, id, 0))
	w.Clock.Set(w.Clock.Now().AddDate(0, 0, 20))
	w.RunJobs()
	tasks, err := w.Store.Tasks(ctx, id)
	ok(t, err)
	passed := false
	for _, task := range tasks {
		passed = passed || task.Kind == casework.TaskDeadlinePassed
	}
	if !passed {
		t.Error("the deadline passed unnoticed after the case was resumed")
	}
}

// On the eighteenth birthday the person decides: withdrawing consent ends the
// case and the sharing, and still no means need be found.
func TestComingOfAge(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	form := caseworktest.ChildForm()
	form.Identity.BirthDate = core.PartialDate{Year: 2007, Month: 9, Day: 1}
	id, doubtful := w.Assigned(form), caseworktest.ChildForm()
	doubtful.Age.Stated, doubtful.Identity.BirthDate = "unsure", form.Identity.BirthDate
	presumed := w.Assigned(doubtful)
	council := accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority).Actor
	_, err := w.File(ctx, council, core.Protect, id)
	ok(t, err)
	w.Clock.Set(caseworktest.Start.AddDate(0, 6, 0))
	w.RunJobs()
	if c := state(t, w, id); c.Child || c.AgeGroup != "child" {
		t.Errorf("child %v, age group %s after the eighteenth birthday", c.Child, c.AgeGroup)
	}
	if !state(t, w, presumed).Child {
		t.Error("whose age is in doubt came of age by a date of birth that is in doubt")
	}
	_, err = w.File(ctx, council, core.Protect, id)
	kind(t, err, core.NotFound, "the local authority opens an adult's file")
	ok(t, w.RecordConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentReferral, caseworktest.Form().Consent))
	f := caseworktest.Decision(casework.Positive)
	f.Means = casework.NotRequired
	ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, f))
	ok(t, w.WithdrawConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentReferral))
	if c := state(t, w, id); c.State != casework.Withdrawn || c.ConsentSharing {
		t.Errorf("after the person withdrew the case is at %s, shared %v", c.State, c.ConsentSharing)
	}
}

// A name typed before an adult said no is gone with the notification: whoever has
// an old copy of the draft and today's keys reads nothing.
func TestNotificationPartsFromItsDraft(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id, err := w.StartDraft(ctx, responder, core.Identify, caseworktest.NotifyForm(), core.ID{})
	ok(t, err)
	document, err := w.AddDraftEvidence(ctx, responder, core.Identify, id, casework.Upload{Name: "room.txt", Content: []byte("Eight beds.")})
	ok(t, err)
	_, err = w.SubmitDraft(ctx, responder, core.Identify, id, 0)
	if fields := core.FieldsOf(err); len(fields) != 1 || fields[0].Name != "evidence" {
		t.Fatalf("a notification was sent with a file: %v", err)
	}
	ok(t, w.DropDraftEvidence(ctx, responder, core.Identify, id, document))
	old, err := w.Store.DraftByID(ctx, id)
	ok(t, err)
	r, err := w.SubmitDraft(ctx, responder, core.Identify, id, 0)
	ok(t, err)
	if _, err := w.Vault.Open(ctx, vault.Ref{Person: old.PersonID, Table: "draft", Row: id.String(), Field: "form", Version: old.Rev}, old.Sealed); err == nil {
		t.Error("the draft of a notification can still be read")
	}
	if _, err := w.File(ctx, caseworktest.Caseworker.Actor, core.Identify, r.CaseID, casework.PartSummary); err != nil {
		t.Errorf("the notification cannot be read: %v", err)
	}
	_, err = w.AddEvidence(ctx, responder, core.Identify, r.CaseID, casework.Upload{Name: "room.txt", Content: []byte("Eight beds.")})
	kind(t, err, core.NotNow, "add a file to a notification")
}

// Agreeing to be helped is not agreeing to share with an investigation: officers
// see a case when the person said yes to that too, and only as long as it holds.
func TestOfficersNeedAConsentOfTheirOwn(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.In(casework.Recovery)
	officers := []core.Actor{accesstest.Of(core.RoleOfficer, core.Police).Actor, accesstest.Of(core.RoleOfficer, core.Prosecution).Actor}
	see := func(want bool, when string) {
		t.Helper()
		for _, officer := range officers {
			f, err := w.File(ctx, officer, core.Investigate, id, casework.PartSummary)
			list, listErr := w.Mine(ctx, officer, core.Investigate, casework.Cursor{}, 10)
			ok(t, listErr)
			if !want {
				kind(t, err, core.NotFound, when)
			} else if ok(t, err); f.Narrative == nil {
				t.Errorf("%s: the account is withheld from %s", when, officer.AgencyKind)
			}
			if (len(list.Cases) == 1) != want {
				t.Errorf("%s: %d cases in the list of %s", when, len(list.Cases), officer.AgencyKind)
			}
		}
	}
	see(false, "with consent to the referral alone")
	ok(t, w.RecordConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentPolice, caseworktest.Form().Consent))
	see(true, "with consent to share with the police")
	ok(t, w.WithdrawConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentPolice))
	see(false, "after that consent was withdrawn")
	if c := state(t, w, id); c.State != casework.Recovery || !c.ConsentSharing {
		t.Error("help ended with the consent to share with the police")
	}
	ok(t, w.RecordConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentPolice, caseworktest.Form().Consent))
	ok(t, w.WithdrawConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentReferral))
	consents, err := w.Store.Consents(ctx, id)
	ok(t, err)
	for _, c := range consents {
		if c.WithdrawnAt.IsZero() {
			t.Errorf("the consent %s outlived the referral", c.Purpose)
		}
	}
}

// A positive decision rests on findings that carry it, also when it is the second
// reviewer who takes it; what the caseworker had found is kept beside it.
func TestWhoOverturnsFindsAnew(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.Assigned(caseworktest.Form())
	reviewer := caseworktest.SteppedUp(caseworktest.Reviewer.Actor)
	ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
	f := casework.ReviewForm{Answer: casework.Overturn, Words: "The purpose shows in the debt."}
	err := w.Review(ctx, reviewer, core.Identify, id, 0, f)
	if fields := core.FieldsOf(err); len(fields) != 3 || fields[0].Name != "findings.act" {
		t.Fatalf("overturned without findings: %v", err)
	}
	f.Findings = casework.Findings{Act: casework.Found, Means: casework.Found, Purpose: casework.NotFound}
	if fields := core.FieldsOf(w.Review(ctx, reviewer, core.Identify, id, 0, f)); len(fields) != 1 || fields[0].Name != "findings.purpose" {
		t.Fatalf("overturned over a finding that does not carry it: %v", fields)
	}
	f.Findings.Purpose = casework.Found
	ok(t, w.Review(ctx, reviewer, core.Identify, id, 0, f))
	file, err := w.File(ctx, caseworker, core.Identify, id, casework.PartDecisions)
	ok(t, err)
	d := file.Decisions[0]
	if d.Purpose != casework.Found || d.Words.Proposed == nil || d.Words.Proposed.Purpose != casework.NotFound {
		t.Errorf("in force: purpose %s; proposed: %+v", d.Purpose, d.Words.Proposed)
	}
}

// Who proposed a decision is told that it came back, until it is taken anew.
func TestADecisionSentBackIsATask(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.Assigned(caseworktest.Form())
	open := func() (n int) {
		t.Helper()
		tasks, err := w.Store.Tasks(ctx, id)
		ok(t, err)
		for _, task := range tasks {
			if task.Kind == casework.TaskDecisionReturned && task.DoneAt.IsZero() && task.Assignee == caseworker.UserID {
				n++
			}
		}
		return n
	}
	negative := caseworktest.Decision(casework.Negative)
	ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, negative))
	ok(t, w.Review(ctx, caseworktest.SteppedUp(caseworktest.Reviewer.Actor), core.Identify, id, 0, casework.ReviewForm{Answer: casework.SendBack, Words: "Ask the shelter first."}))
	if open() != 1 {
		t.Fatal("the caseworker is not told that the decision came back")
	}
	ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, negative))
	if open() != 0 {
		t.Error("the task outlived the new decision")
	}
}

// A case whose words were destroyed can still be closed, also while a proposal
// waits.
func TestAShreddedCaseCanBeClosed(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.Assigned(caseworktest.Form())
	ok(t, w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
	ok(t, w.Shred(ctx, id))
	ok(t, w.Close(ctx, caseworker, core.Identify, id, 0, "finished"))
	if c := state(t, w, id); c.State != casework.Closed || c.ReviewOf != casework.NoDecision {
		t.Errorf("%s, review of %q", c.State, c.ReviewOf)
	}
}

// A decision relies on indicators of its own case.
func TestADecisionReliesOnWhatTheCaseHolds(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.Assigned(caseworktest.Form())
	f := caseworktest.Decision(casework.Positive)
	f.Indicators = []string{"GEN-02"}
	err := w.DecideRG(ctx, caseworktest.SteppedUp(caseworker), core.Identify, id, 0, f)
	if fields := core.FieldsOf(err); len(fields) != 1 || fields[0].Name != "indicators" {
		t.Errorf("an indicator that nobody observed: %v", err)
	}
}

// Questions are found wherever they stand, also about cases the agency did not
// refer and behind any number of newer referrals.
func TestAnAgencyFindsWhatItIsAsked(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	council := accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority).Actor
	first, second := w.Assigned(caseworktest.ChildForm()), w.Assigned(caseworktest.ChildForm())
	for _, id := range []core.ID{first, second, first} {
		ok(t, w.AskInfo(ctx, caseworker, core.Identify, id, 0, council.AgencyID, "Where does the child live now?", core.MustDate(2025, 3, 20)))
	}
	asked := func(actor core.Actor, purpose core.Purpose, limit int) (ids []core.ID) {
		t.Helper()
		list, err := w.Service.Asked(ctx, actor, purpose, limit)
		ok(t, err)
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]core.ID{first, second}, asked(council, core.Protect, 10)); diff != "" {
		t.Error(diff)
	}
	if got := asked(council, core.Protect, 1); len(got) != 1 {
		t.Errorf("%d cases where one was wanted", len(got))
	}
	if got := asked(responder, core.Identify, 10); len(got) != 0 {
		t.Errorf("somebody else's questions: %v", got)
	}
	if got := asked(council, core.Publish, 10); len(got) != 0 {
		t.Errorf("for another purpose: %v", got)
	}
}

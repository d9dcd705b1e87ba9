package casework_test

import (
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/job"
)

// gives is how each command is given by somebody whom access allows it, with
// everything it needs filled in.
var gives = map[casework.Command]func(w *caseworktest.World, id core.ID) error{
	casework.CmdReceive: func(w *caseworktest.World, id core.ID) error {
		return w.Receive(ctx, core.SystemActor(), core.Identify, id, 0)
	},
	casework.CmdAssign: func(w *caseworktest.World, id core.ID) error {
		return w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, caseworker.UserID)
	},
	casework.CmdRequestInfo: func(w *caseworktest.World, id core.ID) error {
		return w.AskInfo(ctx, caseworker, core.Identify, id, 0, responder.AgencyID, "Who was there?", core.DateIn(w.Clock.Now(), time.UTC).AddDays(7))
	},
	casework.CmdDecideRG: func(w *caseworktest.World, id core.ID) error {
		return w.DecideRG(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Positive))
	},
	casework.CmdDecideCG: func(w *caseworktest.World, id core.ID) error {
		return w.DecideCG(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Positive))
	},
	casework.CmdExtendRecovery: func(w *caseworktest.World, id core.ID) error {
		return w.ExtendRecovery(ctx, caseworker, core.Identify, id, 0, state2(w, id).RecoveryUntil.AddDays(10), "mental_health")
	},
	casework.CmdEndRecovery: func(w *caseworktest.World, id core.ID) error {
		return w.EndRecovery(ctx, caseworker, core.Identify, id, 0, casework.DecisionForm{Ground: endGround(w, id), Reasons: casework.Reasons{Reasons: "As the ground says."}})
	},
	casework.CmdRequestReconsideration: func(w *caseworktest.World, id core.ID) error {
		return w.RequestReconsideration(ctx, caseworker, core.Identify, id, 0, casework.ReconsiderationForm{Request: "New report.", LateReason: "Ill."})
	},
	casework.CmdReconsider: func(w *caseworktest.World, id core.ID) error {
		other := caseworker
		other.UserID = core.NewIDs(core.SystemClock{}).New()
		if err := w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, other.UserID); err != nil {
			return err
		}
		return w.Reconsider(ctx, other, core.Identify, id, 0, caseworktest.Decision(casework.Positive))
	},
	casework.CmdSuspend: func(w *caseworktest.World, id core.ID) error {
		return w.Suspend(ctx, caseworker, core.Identify, id, 0, "whereabouts_unknown")
	},
	casework.CmdResume: func(w *caseworktest.World, id core.ID) error {
		return w.Resume(ctx, caseworker, core.Identify, id, 0)
	},
	casework.CmdWithdraw: func(w *caseworktest.World, id core.ID) error {
		return w.Withdraw(ctx, caseworker, core.Identify, id, 0, withdrawReason(w, id))
	},
	casework.CmdClose: func(w *caseworktest.World, id core.ID) error {
		return w.Close(ctx, caseworker, core.Identify, id, 0, "finished")
	},
	casework.CmdRecordConsent: func(w *caseworktest.World, id core.ID) error {
		return w.RecordConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentPolice, caseworktest.Form().Consent)
	},
	casework.CmdWithdrawConsent: func(w *caseworktest.World, id core.ID) error {
		return w.WithdrawConsent(ctx, caseworker, core.Identify, id, 0, casework.ConsentReferral)
	},
	casework.CmdCorrectAge: func(w *caseworktest.World, id core.ID) error {
		return w.CorrectAge(ctx, caseworker, core.Identify, id, 0, casework.AgeForm{Finding: "disputed", Basis: "person", Reason: "Looks younger.",
			Authority: accesstest.AgencyOf(core.LocalAuthority).ID})
	},
	casework.CmdEditFacts: func(w *caseworktest.World, id core.ID) error {
		return w.EditFacts(ctx, caseworker, core.Identify, id, 0, caseworktest.Form().Facts)
	},
	casework.CmdAddNote: func(w *caseworktest.World, id core.ID) error {
		return w.AddNote(ctx, caseworker, core.Identify, id, false, "A note.")
	},
	casework.CmdAddSharedNote: func(w *caseworktest.World, id core.ID) error {
		return w.AddNote(ctx, caseworker, core.Identify, id, true, "A shared note.")
	},
	casework.CmdAddEvidence: func(w *caseworktest.World, id core.ID) error {
		_, err := w.AddEvidence(ctx, responder, core.Identify, id, casework.Upload{Name: "statement.txt", Content: []byte("What was said.")})
		return err
	},
	casework.CmdReferAgain: func(w *caseworktest.World, id core.ID) error {
		_, err := w.StartAgain(ctx, responder, core.Identify, id)
		return err
	},
}

// walkedElsewhere are the commands that need something that waits (a proposal, a
// request, a notification, a clock): tests of their own give them.
var walkedElsewhere = map[casework.Command]bool{casework.CmdSubmit: true, casework.CmdAnswerInfo: true, casework.CmdUpgrade: true,
	casework.CmdReviewRG: true, casework.CmdReviewCG: true, casework.CmdReviewReconsideration: true, casework.CmdReviewEndRecovery: true,
	casework.CmdFinishRecovery: true}

func state2(w *caseworktest.World, id core.ID) *casework.Case {
	c, err := w.Store.Case(ctx, id)
	if err != nil {
		panic(err)
	}
	return c
}

func endGround(w *caseworktest.World, id core.ID) string {
	c := state2(w, id)
	sch, _ := w.Schemes.Scheme(c.Scheme)
	rules, _ := sch.On(c.ClockDay)
	return rules.EndEarlyGrounds[0].Code
}

func withdrawReason(w *caseworktest.World, id core.ID) string {
	c := state2(w, id)
	sch, _ := w.Schemes.Scheme(c.Scheme)
	rules, _ := sch.On(c.ClockDay)
	return rules.WithdrawReasons[0].Code
}

// TestEveryCommandInEveryState gives every command to a real case in every
// state: what the procedure allows works and leads where it may, and what it
// does not allow is NotNow and changes nothing.
func TestEveryCommandInEveryState(t *testing.T) {
	all := written(t)
	w := caseworktest.New(t, dbtest.SQLite(t))
	for command := range gives {
		if walkedElsewhere[command] {
			t.Errorf("%s is given here and elsewhere", command)
		}
	}
	for _, from := range casework.States {
		if from == casework.Draft {
			continue
		}
		t.Run(string(from), func(t *testing.T) {
			fixed := w.In(from)
			if from == casework.Reconsideration { // it came off everybody's desk
				ok(t, w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, fixed, 0, caseworker.UserID))
			}
			for _, command := range casework.Commands() {
				give := gives[command]
				if give == nil {
					if !walkedElsewhere[command] {
						t.Errorf("%s is never given", command)
					}
					continue
				}
				targets, allowed := all[from][command]
				if allowed {
					walkAllowed(t, w, from, command, give, targets)
					continue
				}
				before := state2(w, fixed)
				if err := give(w, fixed); core.KindOf(err) != core.NotNow {
					t.Errorf("%s: %v, want NotNow", command, err)
				}
				if after := state2(w, fixed); after.State != before.State {
					t.Errorf("%s was refused but moved the case from %s to %s", command, before.State, after.State)
				}
			}
		})
	}
}

func walkAllowed(t *testing.T, w *caseworktest.World, from casework.State, command casework.Command, give func(*caseworktest.World, core.ID) error, targets map[casework.State]bool) {
	t.Helper()
	id := w.In(from)
	if err := give(w, id); err != nil {
		t.Errorf("%s: %v", command, err)
		return
	}
	if to := state2(w, id).State; !targets[to] {
		t.Errorf("%s led to %s", command, to)
	}
}

func TestEndingRecoveryEarlyNeedsSomebodyElse(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.In(casework.Recovery)
		ok(t, gives[casework.CmdEndRecovery](w, id))
		if c := state(t, w, id); c.State != casework.Recovery || c.ReviewOf != casework.EndOfRecovery {
			t.Fatalf("a proposal is in force: %s, review of %q", c.State, c.ReviewOf)
		}
		ok(t, w.Review(ctx, reviewer, core.Identify, id, 0, casework.ReviewForm{Answer: casework.Overturn, Words: "The ground is not met."}))
		if c := state(t, w, id); c.State != casework.Recovery {
			t.Fatalf("an overturned proposal ended the period: %s", c.State)
		}
		ok(t, gives[casework.CmdEndRecovery](w, id))
		ok(t, w.Review(ctx, reviewer, core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "Met."}))
		if c := state(t, w, id); c.State != casework.CGPending || c.RecoveryUntil != core.MustDate(2025, 3, 12) {
			t.Errorf("after the review: %s until %s", c.State, c.RecoveryUntil)
		}
	})
}

func TestReconsiderationIsForSomebodyElseAndHasItsClock(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.In(casework.Reconsideration)
		c := state(t, w, id)
		if c.DueFor != casework.DueReconsideration || c.DueAt.IsZero() {
			t.Errorf("reconsideration has no clock of its own: due for %q", c.DueFor)
		}
		ok(t, w.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, caseworker.UserID))
		if err := w.Reconsider(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Positive)); core.KindOf(err) != core.Forbidden {
			t.Errorf("the first decider reconsidered the own decision: %v", err)
		}
		ok(t, gives[casework.CmdReconsider](w, id))
		if c := state(t, w, id); c.State != casework.Recovery {
			t.Errorf("an overturned RG leads to %s", c.State)
		}
	})
}

func TestALateReconsiderationNeedsAReason(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.In(casework.RGNegative)
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 31))
		err := w.RequestReconsideration(ctx, caseworker, core.Identify, id, 0, casework.ReconsiderationForm{Request: "New report."})
		if f := core.FieldsOf(err); len(f) != 1 || f[0].Name != "lateReason" {
			t.Fatalf("late without a reason: %v", err)
		}
		ok(t, w.RequestReconsideration(ctx, caseworker, core.Identify, id, 0, casework.ReconsiderationForm{Request: "New report.", LateReason: "In hospital."}))
	})
}

func TestSuspensionStopsTheClocks(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.In(casework.Recovery)
		until := state(t, w, id).RecoveryUntil
		ok(t, w.Suspend(ctx, caseworker, core.Identify, id, 0, "whereabouts_unknown"))
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 40))
		w.RunJobs()
		if c := state(t, w, id); c.State != casework.Suspended {
			t.Fatalf("the period ran out while suspended: %s", c.State)
		}
		ok(t, w.Resume(ctx, caseworker, core.Identify, id, 0))
		if c := state(t, w, id); c.State != casework.Recovery || c.RecoveryUntil != until.AddDays(40) {
			t.Errorf("after resuming: %s until %s, want until %s", c.State, c.RecoveryUntil, until.AddDays(40))
		}
	})
}

func TestAStaleRevisionIsAConflict(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.In(casework.RGPending)
		rev := state(t, w, id).Rev
		ok(t, w.AddNote(ctx, caseworker, core.Identify, id, false, "First."))
		err := w.DecideRG(ctx, caseworker, core.Identify, id, rev, caseworktest.Decision(casework.Positive))
		if core.KindOf(err) != core.Conflict {
			t.Errorf("a stale decision: %v", err)
		}
	})
}

func TestAChildTurningEighteenRaisesTasks(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		form := caseworktest.ChildForm()
		form.Identity.BirthDate = core.PartialDate{Year: 2007, Month: 9, Day: 1} // eighteen on 1 September 2025
		r := w.Refer(form)
		kinds := func() map[casework.TaskKind]int {
			tasks, err := w.Store.Tasks(ctx, r.CaseID)
			ok(t, err)
			m := map[casework.TaskKind]int{}
			for _, k := range tasks {
				m[k.Kind]++
			}
			return m
		}
		w.Clock.Set(core.MustDate(2025, 5, 24).StartIn(w.Clock.Now().Location()))
		w.RunJobs()
		if n := kinds()[casework.TaskTurnsEighteen]; n != 2 {
			t.Errorf("100 days before: %d tasks, want one for each authority", n)
		}
		w.Clock.Set(core.MustDate(2025, 9, 1).StartIn(w.Clock.Now().Location()))
		w.RunJobs()
		if n := kinds()[casework.TaskConsentAtAge]; n != 1 {
			t.Errorf("on the day: %d tasks, want 1", n)
		}
	})
}

func TestJobsRunTwiceDoNothingTwice(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	r := w.Refer(caseworktest.ChildForm())
	before, err := w.Store.Tasks(ctx, r.CaseID)
	ok(t, err)
	for _, kind := range []string{"casework.receive", "casework.match", "casework.child_notified"} {
		payload := []byte(`{"case":"` + r.CaseID.String() + `","mark":"new"}`)
		err := w.Store.Write(ctx, func(tx casework.Tx) error { return w.RunJob(ctx, tx, job.Job{Kind: kind, Payload: payload}) })
		if err != nil && core.KindOf(err) != core.NotFound {
			t.Errorf("%s again: %v", kind, err)
		}
	}
	after, err := w.Store.Tasks(ctx, r.CaseID)
	ok(t, err)
	if len(after) != len(before) {
		t.Errorf("%d tasks became %d", len(before), len(after))
	}
}

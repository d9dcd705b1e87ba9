package safeguarding_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/safeguarding"
	"clew/internal/store"
)

var (
	ctx      = context.Background()
	lead     = accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority).Actor
	other    = accesstest.Elsewhere(core.RoleSafeguardingLead, core.LocalAuthority).Actor
	officer  = accesstest.Of(core.RoleOfficer, core.Police).Actor
	stranger = accesstest.Elsewhere(core.RoleOfficer, core.Police).Actor
	decider  = accesstest.Of(core.RoleCaseworker, core.CompetentAuthority).Actor
	worker   = accesstest.Of(core.RoleSupportWorker, core.SupportProvider).Actor
	police   = accesstest.AgencyOf(core.Police).ID
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// child refers a child and lets the jobs run.
func child(w *caseworktest.World) core.ID { return w.Refer(caseworktest.ChildForm()).CaseID }

// missing is a complete report.
func missing(w *caseworktest.World) safeguarding.MissingForm {
	return safeguarding.MissingForm{LastSeen: w.Clock.Now().Add(-2 * time.Hour), Risk: "high", Police: police,
		Alert: safeguarding.Alert{Name: "Linh Zebra", Age: "15", Description: "Tall, black hair, red jacket", LastSeenWhere: "Bus station, Testbury", LastSeenBy: "Foster carer",
			Circumstances: "Went out for milk", Phone: "+44 7700 900555", PoliceReference: "T-1234"},
		Background: safeguarding.Background{Adults: "Duc Quokka", Addresses: "12 High Street, Testbury", Places: "Nails and More, Testbury", Phones: "+44 7700 900777"}}
}

func raise(t testing.TB, w *caseworktest.World, id core.ID) core.ID {
	t.Helper()
	e, err := w.Children.Raise(ctx, lead, core.Protect, id, missing(w))
	must(t, err)
	return e
}

func kinds(list []safeguarding.NoticeView) map[safeguarding.NoticeKind]int {
	n := map[safeguarding.NoticeKind]int{}
	for _, v := range list {
		n[v.Kind]++
	}
	return n
}

func inbox(t testing.TB, w *caseworktest.World, a core.Actor, p core.Purpose) map[safeguarding.NoticeKind]int {
	t.Helper()
	list, err := w.Children.Inbox(ctx, a, p, 100)
	must(t, err)
	return kinds(list)
}

func TestATrackOpensWithTheReferralAndTellsTheLocalAuthority(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := child(w)
		if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeChild] != 1 {
			t.Fatalf("the local authority was told %v", n)
		}
		v, err := w.Children.Track(ctx, lead, core.Protect, id)
		must(t, err)
		for step, want := range map[safeguarding.Step]safeguarding.Status{safeguarding.Notify: safeguarding.Waiting, safeguarding.Guardian: safeguarding.Waiting,
			safeguarding.Meeting: safeguarding.Waiting, safeguarding.Panel: safeguarding.Waiting, safeguarding.Age: safeguarding.NotNeeded, safeguarding.Handover: safeguarding.NotNeeded} {
			if got := v.Step(step).Status; got != want {
				t.Errorf("%s is %s, want %s", step, got, want)
			}
		}
		if due := v.Step(safeguarding.Notify).DueAt; !due.Equal(caseworktest.Start.Add(24 * time.Hour)) {
			t.Errorf("to be confirmed by %s", due)
		}
		told, err := w.Children.Inbox(ctx, lead, core.Protect, 10)
		must(t, err)
		if _, err := w.Children.Acknowledge(ctx, lead, core.Protect, told[0].ID); core.KindOf(err) != core.NotNow {
			t.Errorf("confirmed without saying who answers for the child: %v", err)
		}
		must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, safeguarding.StepForm{Act: safeguarding.ActAcknowledge, Words: safeguarding.Words{Who: "A. Worker"}}))
		if n := inbox(t, w, lead, core.Protect); len(n) != 0 {
			t.Errorf("confirmed, and still in the inbox: %v", n)
		}
		w.RunJobs()
		tasks, err := w.Store.Tasks(ctx, id)
		must(t, err)
		for _, k := range tasks {
			if k.Kind == casework.TaskChildNotified && k.DoneAt.IsZero() {
				t.Error("casework's task is open after the local authority confirmed")
			}
		}
		w.Clock.Advance(25 * time.Hour)
		w.RunJobs()
		if n := inbox(t, w, decider, core.Identify); n[safeguarding.NoticeChildUnknown] != 0 {
			t.Errorf("passed on although confirmed: %v", n)
		}
	})
}

func TestAPresumedChildHasATrackAndAnAdultHasNone(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	form := caseworktest.ChildForm()
	form.Age.Stated = "unsure"
	v, err := w.Children.Track(ctx, lead, core.Protect, w.Refer(form).CaseID)
	must(t, err)
	if got := v.Step(safeguarding.Age).Status; got != safeguarding.Waiting {
		t.Errorf("age in doubt, and the assessment is %s", got)
	}
	adult := w.Refer(caseworktest.Form()).CaseID
	if _, err := w.Children.Track(ctx, decider, core.Identify, adult); core.KindOf(err) != core.NotFound {
		t.Errorf("an adult's track: %v", err)
	}
}

func TestNobodyWaitsInSilence(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	child(w)
	w.Clock.Advance(24*time.Hour + time.Minute)
	w.RunJobs()
	if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeStep] != 2 { // not confirmed; no guardian offered
		t.Errorf("the local authority: %v", n)
	}
	if n := inbox(t, w, decider, core.Identify); n[safeguarding.NoticeChildUnknown] != 1 {
		t.Errorf("the competent authority: %v", n)
	}
}

// everybody with a duty when a child is missing who is placed elsewhere and
// supported.
func everybody(w *caseworktest.World, t testing.TB, id core.ID) map[string]struct {
	core.Actor
	core.Purpose
} {
	t.Helper()
	must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, placement(other.AgencyID)))
	must(t, w.Store.Write(ctx, func(tx casework.Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		read := c.Rev
		c.Rev, c.SupportAgency = read+1, worker.AgencyID
		return tx.SaveCase(ctx, c, read)
	}))
	return map[string]struct {
		core.Actor
		core.Purpose
	}{"placing": {lead, core.Protect}, "host": {other, core.Protect}, "police": {officer, core.Protect}, "authority": {decider, core.Identify}, "support": {worker, core.Protect}}
}

func placement(host core.ID) safeguarding.StepForm {
	return safeguarding.StepForm{Act: safeguarding.ActPlace, Day: core.MustDate(2025, 3, 12), Code: "foster", Host: host, Police: police,
		Words: safeguarding.Words{Who: "The Mango family", Where: "3 Quince Lane"}}
}

func TestAMissingChildReachesEverybodyWithADutyInOneTick(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := child(w)
		people := everybody(w, t, id)
		e := raise(t, w, id)
		if _, err := w.Jobs.RunDue(ctx); err != nil { // one tick; the clock has not moved
			t.Fatal(err)
		}
		for name, p := range people {
			if n := inbox(t, w, p.Actor, p.Purpose); n[safeguarding.NoticeMissing] != 1 {
				t.Errorf("%s was told %v", name, n)
			}
			page, err := w.Children.MissingChildren(ctx, p.Actor, p.Purpose, core.ID{}, 10)
			must(t, err)
			if len(page.Children) != 1 || page.Children[0].Episode.ID != e {
				t.Errorf("%s does not find the child on the first page: %d", name, len(page.Children))
			}
			if _, err := w.Children.Missing(ctx, p.Actor, p.Purpose, e); err != nil {
				t.Errorf("%s cannot open the alert: %v", name, err)
			}
		}
		if n := inbox(t, w, stranger, core.Protect); len(n) != 0 {
			t.Errorf("a force without a duty was told %v", n)
		}
		if n := lookouts(t, w); !slices.Equal(n, []string{"raise"}) {
			t.Errorf("the border's look-out: %v", n)
		}
	})
}

// lookouts are the marks of the jobs that wait for the border.
func lookouts(t testing.TB, w *caseworktest.World) []string {
	t.Helper()
	rows, err := w.DB.Reader().QueryContext(ctx, `SELECT payload FROM job WHERE kind = $1 AND state = 'waiting' ORDER BY id`, safeguarding.JobLookout)
	must(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var p []byte
		must(t, rows.Scan(&p))
		for _, m := range []string{"raise", "cancel"} {
			if strings.Contains(string(p), `"`+m+`"`) {
				out = append(out, m)
			}
		}
	}
	must(t, rows.Err())
	return out
}

// A process dies at each point of the job that tells everybody: after its writes and
// before its commit, and after its commit and before anybody heard of it. Whatever
// happens, each agency is told once.
func TestNothingIsToldTwiceAfterACrash(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := child(w)
		people := everybody(w, t, id)
		raise(t, w, id)
		died := errors.New("the process died")
		crashes := 3
		q := job.New(w.DB, w.Clock, job.Options{Log: slog.New(slog.DiscardHandler)})
		for _, kind := range safeguarding.JobKinds() {
			q.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error {
				if err := w.Children.RunJob(ctx, store.InChild(tx), j); err != nil {
					return err
				}
				if j.Kind == "safeguarding.missing" && crashes > 0 {
					crashes--
					return died // what was written is rolled back with the job's completion
				}
				return nil
			})
		}
		for range 5 {
			_, err := q.RunDue(ctx)
			must(t, err)
			w.Clock.Advance(time.Minute)
		}
		if crashes != 0 {
			t.Fatalf("%d crashes are left", crashes)
		}
		// The completion was lost: the same job comes again.
		again, err := w.Store.Episodes(ctx, id)
		must(t, err)
		for range 2 {
			must(t, w.DB.InTx(ctx, func(tx *sql.Tx) error {
				return w.Children.RunJob(ctx, store.InChild(tx), job.Job{Kind: "safeguarding.missing", Payload: fmt.Appendf(nil, `{"case":%q,"episode":%q}`, id, again[0].ID)})
			}))
		}
		for name, p := range people {
			if n := inbox(t, w, p.Actor, p.Purpose); n[safeguarding.NoticeMissing] != 1 {
				t.Errorf("%s was told %v", name, n)
			}
		}
		if n := lookouts(t, w); !slices.Equal(slices.Compact(n), []string{"raise"}) {
			t.Errorf("look-outs: %v", n)
		}
	})
}

func TestAnEpisodeFromReportToEnd(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := child(w)
		e := raise(t, w, id)
		w.RunJobs()
		w.Clock.Advance(30 * time.Minute)
		seen := safeguarding.SightingForm{When: w.Clock.Now().Add(-5 * time.Minute), Words: safeguarding.Words{Who: "Shopkeeper", Where: "Market Square", Text: "With an older man"}}
		must(t, w.Children.Sight(ctx, officer, core.Protect, e, seen))
		w.RunJobs()
		if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeSighting] != 1 {
			t.Errorf("the local authority was told %v", n)
		}
		w.Clock.Advance(30 * time.Minute)
		found := safeguarding.SightingForm{When: w.Clock.Now(), Code: "exploited", Words: safeguarding.Words{Who: "Patrol", Where: "Railway station"}}
		must(t, w.Children.RecordFound(ctx, officer, core.Protect, e, 0, found))
		w.RunJobs()
		if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeMissing] != 0 || n[safeguarding.NoticeSighting] != 0 || n[safeguarding.NoticeFound] != 1 {
			t.Errorf("found, and the local authority is asked to confirm %v", n)
		}
		if n := lookouts(t, w); !slices.Equal(n, []string{"raise", "cancel"}) {
			t.Errorf("look-outs: %v", n)
		}
		w.Clock.Advance(72*time.Hour - time.Minute)
		w.RunJobs()
		if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeInterview] != 0 {
			t.Errorf("the interview is late before its time: %v", n)
		}
		w.Clock.Advance(2 * time.Minute)
		w.RunJobs()
		if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeInterview] != 1 {
			t.Errorf("nobody says that the interview is late: %v", n)
		}
		page, err := w.Children.MissingChildren(ctx, officer, core.Protect, core.ID{}, 10)
		must(t, err)
		if len(page.Children) != 1 {
			t.Error("the child leaves the first page before the episode is closed")
		}
		must(t, w.Children.Interview(ctx, lead, core.Protect, e, 0, safeguarding.InterviewForm{When: w.Clock.Now(), Words: safeguarding.Words{Who: "Independent worker", Text: "He said I owed him."}}))
		must(t, w.Children.CloseEpisode(ctx, lead, core.Protect, e, 0, safeguarding.CloseForm{Code: "back_safe", Words: safeguarding.Words{Text: "New phone"}}))
		for _, a := range []core.Actor{lead, officer} {
			if page, err = w.Children.MissingChildren(ctx, a, core.Protect, core.ID{}, 10); err != nil || len(page.Children) != 0 {
				t.Errorf("closed, and on the first page: %v %v", page, err)
			}
		}
		if _, err := w.Children.Missing(ctx, officer, core.Protect, e); core.KindOf(err) != core.NotFound {
			t.Errorf("a force opens an alert that is over: %v", err)
		}
		if v, err := w.Children.Missing(ctx, lead, core.Protect, e); err != nil || len(v.Notes) != 4 || v.Notes[2].Text != "He said I owed him." {
			t.Errorf("the lead opens it afterwards: %+v %v", v, err)
		}
	})
}

func TestWhatIsNotHeardIsPassedOn(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	raise(t, w, id)
	w.RunJobs()
	list, err := w.Children.Inbox(ctx, lead, core.Protect, 10)
	must(t, err)
	for _, n := range list {
		if n.Kind == safeguarding.NoticeMissing {
			_, err := w.Children.Acknowledge(ctx, lead, core.Protect, n.ID)
			must(t, err)
			_, err = w.Children.Acknowledge(ctx, lead, core.Protect, n.ID)
			must(t, err)
		}
	}
	for range 10 {
		w.Clock.Advance(time.Hour)
		w.RunJobs()
	}
	if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeMissing] != 0 || n[safeguarding.NoticeMissingUnheard] != 2 { // police and authority are silent, told once each
		t.Errorf("the local authority: %v", n)
	}
	list, err = w.Children.Inbox(ctx, officer, core.Protect, 10)
	must(t, err)
	_, err = w.Children.Acknowledge(ctx, officer, core.Protect, list[0].ID)
	must(t, err)
	if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeMissingUnheard] != 1 {
		t.Errorf("the police have answered, and the local authority is told %v", n)
	}
}

func TestPoliceSeeTheAlertAndNothingElse(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	e := raise(t, w, id)
	v, err := w.Children.Missing(ctx, officer, core.Protect, e)
	must(t, err)
	if v.Alert.Name == "" || v.Background != (safeguarding.Background{}) || v.Behind {
		t.Errorf("the force sees %+v", v)
	}
	for name, err := range map[string]error{
		"the track":         second(w.Children.Track(ctx, officer, core.Protect, id)),
		"to investigate":    second(w.Children.Missing(ctx, officer, core.Investigate, e)),
		"another force":     second(w.Children.Missing(ctx, stranger, core.Protect, e)),
		"another authority": second(w.Children.Missing(ctx, other, core.Protect, e)),
		"immigration":       second(w.Children.Missing(ctx, accesstest.Of(core.RoleImmigrationStaff, core.Immigration).Actor, core.Protect, e)),
		"the case": func() error {
			_, err := w.View(ctx, officer, core.Protect, id)
			return err
		}(),
		"a host that is none": second(w.Children.Track(ctx, other, core.Protect, id)),
		"close":               w.Children.CloseEpisode(ctx, stranger, core.Protect, e, 0, safeguarding.CloseForm{}),
	} {
		if core.KindOf(err) != core.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Children.CloseEpisode(ctx, officer, core.Protect, e, 0, safeguarding.CloseForm{}); core.KindOf(err) != core.Forbidden {
		t.Errorf("a force closes: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAHostSeesTheTrackWhileTheChildLivesThere(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, placement(other.AgencyID)))
	v, err := w.Children.Track(ctx, other, core.Protect, id)
	must(t, err)
	if v.Can[access.WorkSafeguarding] || !v.Can[access.RaiseMissing] {
		t.Errorf("the host may %v", v.Can)
	}
	must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, safeguarding.StepForm{Act: safeguarding.ActLeave, Day: core.MustDate(2025, 3, 12), Words: safeguarding.Words{Text: "Moved"}}))
	if _, err := w.Children.Track(ctx, other, core.Protect, id); core.KindOf(err) != core.NotFound {
		t.Errorf("after the placement: %v", err)
	}
}

func TestTheSameUncleOfTwoChildrenIsFlagged(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	one := child(w)
	form := caseworktest.ChildForm()
	form.Age.Authority = other.AgencyID
	form.Identity.Names[0].Given = "Mai Giraffe"
	two := w.Refer(form).CaseID
	uncle := safeguarding.CarerForm{Relation: "uncle_aunt", CarerWords: safeguarding.CarerWords{Name: "Tran Van Okapi", BirthDate: core.PartialDate{Year: 1980, Month: 4, Day: 2}, Phone: "07700 900888"}}
	_, err := w.Children.AddCarer(ctx, lead, core.Protect, one, uncle)
	must(t, err)
	w.RunJobs()
	if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeSameAdult] != 0 {
		t.Fatalf("flagged with one child: %v", n)
	}
	uncle.Name, uncle.Phone = "OKAPI, Văn Trần", "+44 7700 900888"
	_, err = w.Children.AddCarer(ctx, other, core.Protect, two, uncle)
	must(t, err)
	w.RunJobs()
	for name, a := range map[string]core.Actor{"one": lead, "two": other} {
		if n := inbox(t, w, a, core.Protect); n[safeguarding.NoticeSameAdult] != 2 { // the phone; name and date
			t.Errorf("lead %s was told %v", name, n)
		}
	}
	if n := inbox(t, w, decider, core.Identify); n[safeguarding.NoticeSameAdult] != 4 {
		t.Errorf("the authority was told %v", n)
	}
	v, err := w.Children.Track(ctx, lead, core.Protect, one)
	must(t, err)
	if len(v.Patterns) != 1 || !v.Patterns[0].CaseID.IsZero() || v.Patterns[0].Ask != other.AgencyID {
		t.Errorf("the lead may not see the other child, and is shown %+v", v.Patterns)
	}
	v, err = w.Children.Track(ctx, decider, core.Identify, one)
	must(t, err)
	if len(v.Patterns) != 1 || v.Patterns[0].CaseID != two {
		t.Errorf("the authority may see both, and is shown %+v", v.Patterns)
	}
}

func TestAnAgeAssessmentChangesNothingAboutTheCase(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	day := core.MustDate(2025, 3, 12)
	must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, safeguarding.StepForm{Act: safeguarding.ActStartAge, Day: day, Words: safeguarding.Words{Who: "Two", Text: "Doubt"}}))
	must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, safeguarding.StepForm{Act: safeguarding.ActFindAdult, Day: day, Words: safeguarding.Words{Text: "Papers"}}))
	c, err := w.Store.Case(ctx, id)
	must(t, err)
	if !c.Child {
		t.Error("a finding of one authority made the child an adult")
	}
	if n := inbox(t, w, decider, core.Identify); n[safeguarding.NoticeAdult] != 1 {
		t.Errorf("the competent authority was told %v", n)
	}
}

func TestTurningEighteenLeavesNoGap(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w) // born 3 November 2009
	w.Clock.Set(time.Date(2027, time.July, 27, 12, 0, 0, 0, time.UTC))
	w.RunJobs()
	v, err := w.Children.Track(ctx, lead, core.Protect, id)
	must(t, err)
	if v.Step(safeguarding.Handover).Status != safeguarding.Waiting {
		t.Errorf("the hand-over is %s", v.Step(safeguarding.Handover).Status)
	}
	if n := handovers(t, w); !slices.Equal(n, []string{"soon"}) {
		t.Errorf("support was told %v", n)
	}
	w.Clock.Set(time.Date(2027, time.November, 3, 12, 0, 0, 0, time.UTC))
	w.RunJobs()
	if n := handovers(t, w); !slices.Equal(n, []string{"soon", "today"}) {
		t.Errorf("support was told %v", n)
	}
	if n := inbox(t, w, decider, core.Identify); n[safeguarding.NoticeHandoverLate] != 1 {
		t.Errorf("no hand-over is recorded, and the authority was told %v", n)
	}
	w.Clock.Advance(24 * time.Hour)
	w.RunJobs()
	if _, err := w.Children.Track(ctx, lead, core.Protect, id); err != nil {
		t.Errorf("nobody has taken over, and the local authority has lost the track: %v", err)
	}
	page, err := w.Children.Children(ctx, lead, core.Protect, safeguarding.TrackCursor{}, 10)
	must(t, err)
	if len(page.Children) != 1 {
		t.Errorf("nobody has taken over, and the local authority's list has %d lines", len(page.Children))
	}
	act := func(f safeguarding.StepForm) { must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, f)) }
	act(safeguarding.StepForm{Act: safeguarding.ActPlanHandover, Day: core.DateIn(w.Clock.Now(), time.UTC), Words: safeguarding.Words{Who: "A provider", Text: "A room from Monday."}})
	if n := inbox(t, w, decider, core.Identify); n[safeguarding.NoticeHandoverLate] != 0 {
		t.Error("the hand-over is planned, and the authority is still asked for it")
	}
	act(safeguarding.StepForm{Act: safeguarding.ActHandOver, Day: core.DateIn(w.Clock.Now(), time.UTC), Words: safeguarding.Words{Who: "A provider", Text: "Met on Monday."}})
	if _, err := w.Children.Track(ctx, lead, core.Protect, id); core.KindOf(err) != core.NotFound {
		t.Errorf("somebody has taken over, and the local authority opens an adult's track: %v", err)
	}
}

// What a step's act has answered is no longer asked in the inbox.
func TestAnOverdueStepLeavesTheInboxWhenItIsDone(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	w.Clock.Advance(72 * time.Hour)
	w.RunJobs()
	if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeStep] != 2 {
		t.Fatalf("told %v, want that nobody has confirmed and no guardian was offered", n)
	}
	act := func(f safeguarding.StepForm) { must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, f)) }
	act(safeguarding.StepForm{Act: safeguarding.ActOfferGuardian, Day: core.DateIn(w.Clock.Now(), time.UTC), Words: safeguarding.Words{Who: "Guardian service"}})
	if n := inbox(t, w, lead, core.Protect); n[safeguarding.NoticeStep] != 1 || n[safeguarding.NoticeChild] != 1 {
		t.Errorf("a guardian was offered, and the inbox holds %v", n)
	}
	act(safeguarding.StepForm{Act: safeguarding.ActAcknowledge, Words: safeguarding.Words{Who: "A. Worker"}})
	if n := inbox(t, w, lead, core.Protect); len(n) != 0 {
		t.Errorf("all is done, and the inbox holds %v", n)
	}
}

// A child who is missing on the birthday is looked for by everybody until the
// episode is closed.
func TestAMissingChildDoesNotVanishOnABirthday(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	w.Clock.Set(time.Date(2027, time.November, 2, 12, 0, 0, 0, time.UTC))
	w.RunJobs()
	e := raise(t, w, id)
	w.Clock.Advance(48 * time.Hour)
	w.RunJobs()
	c, err := w.Store.Case(ctx, id)
	must(t, err)
	if c.Child {
		t.Fatal("the birthday has not come")
	}
	for _, a := range []core.Actor{lead, officer} {
		page, err := w.Children.MissingChildren(ctx, a, core.Protect, core.ID{}, 10)
		must(t, err)
		if len(page.Children) != 1 {
			t.Error("the child vanished from a first page")
		}
	}
	must(t, w.Children.RecordFound(ctx, lead, core.Protect, e, 0, safeguarding.SightingForm{When: w.Clock.Now(), Code: "safe", Words: safeguarding.Words{Where: "Home"}}))
}

func handovers(t testing.TB, w *caseworktest.World) []string {
	t.Helper()
	rows, err := w.DB.Reader().QueryContext(ctx, `SELECT payload FROM job WHERE kind = $1 ORDER BY id`, safeguarding.JobHandover)
	must(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var p []byte
		must(t, rows.Scan(&p))
		for _, m := range []string{"soon", "today"} {
			if strings.Contains(string(p), `"`+m+`"`) {
				out = append(out, m)
			}
		}
	}
	must(t, rows.Err())
	return out
}

func TestBadInputNamesTheFieldAndTheMend(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	change := func(f func(*safeguarding.MissingForm)) func() error {
		return func() error {
			form := missing(w)
			f(&form)
			_, err := w.Children.Raise(ctx, lead, core.Protect, id, form)
			return err
		}
	}
	now := w.Clock.Now()
	take := func(f safeguarding.StepForm) func() error {
		return func() error { return w.Children.Take(ctx, lead, core.Protect, id, 0, f) }
	}
	for name, c := range map[string]struct {
		do    func() error
		field string
	}{
		"last seen in the future": {change(func(f *safeguarding.MissingForm) { f.LastSeen = now.Add(time.Minute) }), "lastSeen"},
		"never last seen":         {change(func(f *safeguarding.MissingForm) { f.LastSeen = time.Time{} }), "lastSeen"},
		"an unknown force":        {change(func(f *safeguarding.MissingForm) { f.Police = core.ID{7: 1} }), "police"},
		"a force that is none":    {change(func(f *safeguarding.MissingForm) { f.Police = other.AgencyID }), "police"},
		"an unknown risk":         {change(func(f *safeguarding.MissingForm) { f.Risk = "none" }), "risk"},
		"no description":          {change(func(f *safeguarding.MissingForm) { f.Description = " " }), "description"},
		"a book":                  {change(func(f *safeguarding.MissingForm) { f.Circumstances = core.Secret(strings.Repeat("x", 20_001)) }), "circumstances"},
		"an unknown host":         {take(func() safeguarding.StepForm { f := placement(core.ID{7: 1}); return f }()), "host"},
		"a future day":            {take(safeguarding.StepForm{Act: safeguarding.ActOfferGuardian, Day: core.MustDate(2025, 3, 13), Words: safeguarding.Words{Who: "S"}}), "day"},
		"a panel in the past":     {take(safeguarding.StepForm{Act: safeguarding.ActSchedule, Next: core.MustDate(2025, 3, 11), Words: safeguarding.Words{Who: "S"}}), "next"},
		"a code of another list":  {take(safeguarding.StepForm{Act: safeguarding.ActDecline, Day: core.MustDate(2025, 3, 12), Code: "foster"}), "code"},
		"an adult of the future": {func() error {
			return second(w.Children.AddCarer(ctx, lead, core.Protect, id, safeguarding.CarerForm{Relation: "cousin", CarerWords: safeguarding.CarerWords{Name: "X Y", BirthDate: core.PartialDate{Year: 2031}}}))
		}, "born"},
		"an action in the past": {func() error {
			return w.Children.AddAdvocacy(ctx, lead, core.Protect, id, safeguarding.AdvocacyForm{Role: "guardian", Due: core.MustDate(2025, 3, 1), Words: safeguarding.Words{Who: "G", Text: "T"}})
		}, "due"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.do()
			fields := core.FieldsOf(err)
			if core.KindOf(err) != core.Invalid || !slices.ContainsFunc(fields, func(f core.Field) bool { return f.Name == c.field && len(f.Msg) > 10 }) {
				t.Errorf("%v, want a mend of %s", err, c.field)
			}
		})
	}
	e := raise(t, w, id)
	at := func(d time.Duration) safeguarding.SightingForm {
		return safeguarding.SightingForm{When: now.Add(d), Code: "safe", Words: safeguarding.Words{Who: "W", Where: "H", Text: "T"}}
	}
	wants := func(name string, err error, kind core.Kind, code string) {
		t.Helper()
		var ce *core.Error
		if core.KindOf(err) != kind || !errors.As(err, &ce) || code != "" && ce.Code != code {
			t.Errorf("%s: %v", name, err)
		}
	}
	wants("a second episode", second(w.Children.Raise(ctx, lead, core.Protect, id, missing(w))), core.NotNow, "missing.open")
	wants("found before missing", w.Children.RecordFound(ctx, lead, core.Protect, e, 0, at(-3*time.Hour)), core.Invalid, "")
	wants("seen before missing", w.Children.Sight(ctx, lead, core.Protect, e, at(-3*time.Hour)), core.Invalid, "")
	wants("seen in the future", w.Children.Sight(ctx, lead, core.Protect, e, at(time.Hour)), core.Invalid, "")
	interview := safeguarding.InterviewForm{When: now, Words: safeguarding.Words{Who: "W", Text: "T"}}
	wants("interview before found", w.Children.Interview(ctx, lead, core.Protect, e, 0, interview), core.NotNow, "missing.not_found")
	wants("a stale page", w.Children.RecordFound(ctx, lead, core.Protect, e, 9, at(0)), core.Conflict, "")
	must(t, w.Children.RecordFound(ctx, lead, core.Protect, e, 0, at(0)))
	wants("found twice", w.Children.RecordFound(ctx, lead, core.Protect, e, 0, at(0)), core.NotNow, "")
	interview.When = now.Add(-time.Minute)
	wants("interview before the finding", w.Children.Interview(ctx, lead, core.Protect, e, 0, interview), core.Invalid, "")
	wants("closed without an interview", w.Children.CloseEpisode(ctx, lead, core.Protect, e, 0, safeguarding.CloseForm{Code: "back_safe", Words: safeguarding.Words{Text: "x"}}), core.NotNow, "missing.no_interview")
	again := missing(w)
	again.LastSeen = now
	_, err := w.Children.Raise(ctx, lead, core.Protect, id, again)
	must(t, err) // missing again: nothing stands in the way
	v, err := w.Children.Track(ctx, lead, core.Protect, id)
	must(t, err)
	if len(v.Episodes) != 2 || v.Episodes[0].Ending != "missing_again" || v.Episodes[1].Number != 2 {
		t.Errorf("episodes: %+v", v.Episodes)
	}
}

// TestEveryMoveAtEveryStatus gives every act to a real step brought to every status
// and compares the answer with the table.
func TestEveryMoveAtEveryStatus(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	statuses := map[safeguarding.Step]map[safeguarding.Status]bool{}
	for _, m := range safeguarding.Moves {
		if statuses[m.Step] == nil {
			statuses[m.Step] = map[safeguarding.Status]bool{}
		}
		statuses[m.Step][m.To] = true
		for _, s := range m.From {
			statuses[m.Step][s] = true
		}
	}
	for _, m := range safeguarding.Moves {
		for _, from := range slices.Sorted(maps.Keys(statuses[m.Step])) {
			t.Run(string(m.Act)+" at "+string(from), func(t *testing.T) {
				id := child(w)
				bring(t, w, id, m.Step, from)
				err := w.Children.Take(ctx, lead, core.Protect, id, 0, complete(m))
				v, e := w.Children.Track(ctx, lead, core.Protect, id)
				must(t, e)
				got := v.Step(m.Step).Status
				switch {
				case m.AllowedFrom(from) && (err != nil || got != m.To):
					t.Errorf("allowed by the table: %v, and at %s", err, got)
				case !m.AllowedFrom(from) && (core.KindOf(err) != core.NotNow || got != from):
					t.Errorf("not in the table: %v, and at %s", err, got)
				}
			})
		}
	}
}

// bring sets a step to a status, as the moves before would have.
func bring(t testing.TB, w *caseworktest.World, id core.ID, step safeguarding.Step, to safeguarding.Status) {
	t.Helper()
	must(t, w.Store.WriteChild(ctx, func(tx safeguarding.Tx) error {
		rows, err := tx.TrackSteps(ctx, id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Step == step {
				read := r.Rev
				r.Status, r.Rev = to, read+1
				return tx.SaveStep(ctx, r, read)
			}
		}
		return errors.New("no such step")
	}))
}

// complete answers everything an act may ask.
func complete(m safeguarding.Move) safeguarding.StepForm {
	f := safeguarding.StepForm{Act: m.Act, Words: safeguarding.Words{Who: "Who", Where: "Where", Text: "Text"}}
	for _, q := range m.Asks {
		switch q.Ask {
		case safeguarding.AskDay:
			f.Day = core.MustDate(2025, 3, 12)
		case safeguarding.AskNext:
			f.Next = core.MustDate(2025, 3, 20)
		case safeguarding.AskHost:
			f.Host = other.AgencyID
		case safeguarding.AskPolice:
			f.Police = police
		}
	}
	f.Code = map[safeguarding.Act]string{safeguarding.ActDecline: "child_declined", safeguarding.ActPlace: "foster", safeguarding.ActDecide: "safety_plan"}[m.Act]
	return f
}

// The episode's table, written down a second time.
func TestTheEpisodeTable(t *testing.T) {
	want := map[string]bool{"missing found": true, "found interviewed": true, "found closed": true, "interviewed closed": true}
	for _, a := range safeguarding.EpisodeStates {
		for _, b := range safeguarding.EpisodeStates {
			if got := a.CanBecome(b); got != want[string(a)+" "+string(b)] {
				t.Errorf("%s to %s: %t", a, b, got)
			}
		}
	}
}

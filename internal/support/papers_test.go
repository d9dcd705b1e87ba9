package support_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clew/internal/access/accesstest"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

var (
	caseworker = caseworktest.Caseworker.Actor
	day0       = core.MustDate(2025, 3, 12)
)

func applied(t testing.TB, w *supporttest.World, caseID core.ID, ground string) core.ID {
	t.Helper()
	id, err := w.Support.ApplyPermit(ctx, worker, core.Protect, caseID, support.PermitForm{Kind: support.ResidencePermit, Ground: ground, AppliedOn: today(w), Reference: "ZZ/1",
		Asylum: "pending", AsylumReference: "A-77"})
	ok(t, err)
	return id
}

func today(w *supporttest.World) core.Date { return core.DateIn(w.Clock.Now(), time.UTC) }

func advanceTo(w *supporttest.World, day core.Date) {
	w.Clock.Advance(day.StartIn(time.UTC).Add(12 * time.Hour).Sub(w.Clock.Now()))
	w.RunJobs()
}

func TestAPermitIsGrantedWarnedAboutAndRenewed(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		caseID, _ := w.Housed()
		id := applied(t, w, caseID, "personal_situation")
		ok(t, w.Support.PausePermit(ctx, worker, core.Protect, id, 1, "The form is with the lawyer."))
		ok(t, w.Support.ResumePermit(ctx, worker, core.Protect, id, 2))
		from := today(w)
		ok(t, w.Support.GrantPermit(ctx, caseworker, core.Identify, id, 3, support.Grant{From: from, Months: 12}))
		p, err := w.Kept.Permit(ctx, id)
		ok(t, err)
		if p.State != support.PermitGranted || p.Until != from.AddMonths(12) || p.Exception || strings.Contains(string(p.Sealed), "A-77") {
			t.Errorf("granted: %+v", p)
		}
		for _, step := range []struct{ days, tasks int }{{91, 0}, {90, 2}, {89, 2}, {30, 4}, {29, 4}} {
			advanceTo(w, p.Until.AddDays(-step.days))
			if got := tasks(t, w, caseID, support.TaskPermitExpiring); len(got) != step.tasks {
				t.Errorf("%d days before the end there are %d tasks, want %d", step.days, len(got), step.tasks)
			}
		}
		next := applied(t, w, caseID, "personal_situation")
		ok(t, w.Support.GrantPermit(ctx, worker, core.Protect, next, 1, support.Grant{From: p.Until, Until: p.Until.AddMonths(8)}))
		old, err := w.Kept.Permit(ctx, id)
		ok(t, err)
		if old.State != support.PermitRenewed || len(tasks(t, w, caseID, support.TaskPermitExpiring)) != 0 {
			t.Errorf("after renewal the old permit is %s", old.State)
		}
		renewed, err := w.Kept.Permit(ctx, next)
		ok(t, err)
		if renewed.Previous != id {
			t.Error("the new permit does not say which it renews")
		}
		advanceTo(w, renewed.Until)
		if renewed, err = w.Kept.Permit(ctx, next); err != nil || renewed.State != support.PermitGranted {
			t.Errorf("on its last day it is %s, %v", renewed.State, err)
		}
		advanceTo(w, renewed.Until.AddDays(1))
		if renewed, err = w.Kept.Permit(ctx, next); err != nil || renewed.State != support.PermitExpired {
			t.Errorf("the day after it is %s, %v", renewed.State, err)
		}
	})
}

func TestWhatAPermitRefuses(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, _ := w.Housed()
	form := support.PermitForm{Kind: support.ResidencePermit, Ground: "personal_situation", AppliedOn: day0}
	bad := map[string]func(*support.PermitForm){
		"date.future": func(f *support.PermitForm) { f.AppliedOn = today(w).AddDays(1) },
		"required":    func(f *support.PermitForm) { f.Ground = "none" },
		"unknown":     func(f *support.PermitForm) { f.Evidence = []core.ID{caseID} },
	}
	for code, change := range bad {
		f := form
		change(&f)
		_, err := w.Support.ApplyPermit(ctx, worker, core.Protect, caseID, f)
		refused(t, err, core.Invalid, code)
	}
	f := form
	f.Kind = support.ChildLeave
	_, err := w.Support.ApplyPermit(ctx, worker, core.Protect, caseID, f)
	refused(t, err, core.Invalid, "permit.adult")

	id := applied(t, w, caseID, "cooperation")
	_, err = w.Support.ApplyPermit(ctx, worker, core.Protect, caseID, form)
	refused(t, err, core.Conflict, "permit.open")
	grant := func(g support.Grant) error { return w.Support.GrantPermit(ctx, worker, core.Protect, id, 1, g) }
	refused(t, grant(support.Grant{From: day0, Until: day0.AddDays(-1)}), core.Invalid, "permit.ends_before_start")
	refused(t, grant(support.Grant{From: day0, Until: day0}), core.Invalid, "permit.ends_before_start")
	refused(t, grant(support.Grant{From: day0, Months: 3}), core.Invalid, "required") // shorter, without a reason
	refused(t, grant(support.Grant{From: day0, Months: 12, Until: day0.AddMonths(6)}), core.Invalid, "permit.two_ends")
	ok(t, grant(support.Grant{From: day0, Months: 3, Reason: "Granted so by the office."}))
	if p, err := w.Kept.Permit(ctx, id); err != nil || !p.Exception {
		t.Errorf("a grant of three months is no exception: %+v %v", p, err)
	}
	refused(t, w.Support.RefusePermit(ctx, worker, core.Protect, id, 2, "late"), core.NotNow, "permit.not_now")
	refused(t, w.Support.EndPermit(ctx, worker, core.Protect, id, 1, "late"), core.Conflict, "")
}

func TestPermitAndReturnStates(t *testing.T) {
	permits := map[support.PermitState][]support.PermitState{
		"applied": {"paused", "granted", "refused", "ended"}, "paused": {"applied", "granted", "refused", "ended"}, "granted": {"renewed", "expired", "ended"},
		"refused": {}, "renewed": {}, "expired": {"renewed"}, "ended": {},
	}
	for from, next := range permits {
		for to := range permits {
			if from.MayBecome(to) != slices.Contains(next, to) || from.Label() == "" {
				t.Errorf("permit %s to %s", from, to)
			}
		}
	}
	returns := map[support.ReturnState][]support.ReturnState{
		"requested": {"assessed", "withdrawn"}, "assessed": {"prepared", "withdrawn"}, "prepared": {"travelled", "withdrawn"}, "travelled": {"followed_up", "closed"},
		"followed_up": {"closed"}, "closed": {}, "withdrawn": {},
	}
	for from, next := range returns {
		for to := range returns {
			if from.MayBecome(to) != slices.Contains(next, to) || from.Label() == "" {
				t.Errorf("return %s to %s", from, to)
			}
		}
	}
}

func TestAChildsLeaveIsTheShorterOfTwo(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	sch, err := w.Schemes.Scheme("uk")
	ok(t, err)
	rules, err := sch.On(day0)
	ok(t, err)
	leave := rules.ChildLeave
	for _, c := range []struct{ born, from, until core.Date }{
		{core.MustDate(2009, 8, 31), day0, core.MustDate(2027, 2, 28)}, // seventeen and a half, at the end of a month
		{core.MustDate(2015, 1, 1), day0, core.MustDate(2028, 3, 12)},  // three years
		{core.MustDate(2010, 9, 12), day0, core.MustDate(2028, 3, 12)}, // both at once
		{core.MustDate(2015, 1, 1), core.MustDate(2024, 2, 29), core.MustDate(2027, 2, 28)},
	} {
		if got := leave.Until(c.born, c.from); got != c.until {
			t.Errorf("born %s, from %s: until %s, want %s", c.born, c.from, got, c.until)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		born := core.MustDate(2005, 1, 1).AddDays(rapid.IntRange(0, 6000).Draw(r, "born"))
		from := born.AddDays(rapid.IntRange(0, 6500).Draw(r, "age"))
		got, byAge, byTime := leave.Until(born, from), born.AddMonths(210), from.AddMonths(36)
		if got.After(byAge) || got.After(byTime) || got != byAge && got != byTime {
			r.Fatalf("born %s, from %s: %s is not the shorter of %s and %s", born, from, got, byAge, byTime)
		}
	})
}

func interview() support.Interview {
	return support.Interview{OwnWish: true, Adviser: supporttest.Charity.AgencyID, AdviserName: "Adviser Zoe", On: day0, Language: "vie", Interpreter: true, Wish: "I want to be with my mother."}
}

func TestAReturnGoesAtThePersonsWish(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		caseID, _ := w.Housed()
		w.RunJobs()
		if v, err := w.Support.Returns(ctx, worker, core.Protect, caseID); err != nil || len(v.List) != 0 {
			t.Fatalf("before anybody asked: %+v %v", v, err)
		}
		for field, change := range map[string]func(*support.Interview){
			"ownWish": func(i *support.Interview) { i.OwnWish = false },
			"adviser": func(i *support.Interview) { i.Adviser = caseworker.AgencyID },
			"wish":    func(i *support.Interview) { i.Wish = "" },
		} {
			i := interview()
			change(&i)
			_, err := w.Support.RequestReturn(ctx, worker, core.Protect, caseID, i)
			if !slices.ContainsFunc(core.FieldsOf(err), func(f core.Field) bool { return f.Name == field && f.Msg != "" }) {
				t.Errorf("%s: %v", field, err)
			}
		}
		i := interview()
		i.Adviser = accesstest.AgencyOf(core.Immigration).ID
		_, err := w.Support.RequestReturn(ctx, worker, core.Protect, caseID, i)
		refused(t, err, core.Invalid, "return.not_independent")
		id, err := w.Support.RequestReturn(ctx, worker, core.Protect, caseID, interview())
		ok(t, err)
		ok(t, w.Support.AssessReturn(ctx, worker, core.Protect, id, 0, support.ReturnRisk{Grade: support.RiskHigh, Words: "The recruiter lives next door."}))
		held := w.Support.PrepareReturn(ctx, worker, core.Protect, id, 0, today(w).AddDays(9), "", "A shelter")
		refused(t, held, core.NotNow, "return.held")
		refused(t, w.Support.LiftHold(ctx, worker, core.Protect, id, 0, "Fine."), core.Forbidden, "return.same_person")
		ok(t, w.Support.LiftHold(ctx, caseworker, core.Identify, id, 0, "She goes to another town."))
		ok(t, w.Support.PrepareReturn(ctx, worker, core.Protect, id, 0, today(w).AddDays(9), "By plane", "A shelter"))
		ok(t, w.Support.HoldReturn(ctx, caseworker, core.Identify, id, 0, "A threat came in."))
		refused(t, w.Support.TravelReturn(ctx, worker, core.Protect, id, 0, today(w)), core.NotNow, "return.held")
		ok(t, w.Support.LiftHold(ctx, worker, core.Protect, id, 0, "It was about somebody else."))
		on := today(w)
		ok(t, w.Support.TravelReturn(ctx, worker, core.Protect, id, 0, on))
		followUps := []int{1, 3, 6, 12}
		for n, month := range followUps {
			advanceTo(w, on.AddMonths(month))
			if got := tasks(t, w, caseID, support.TaskReturnFollowUp); len(got) != 2 {
				t.Fatalf("after %d months there are %d tasks, want one each for provider and authority", month, len(got))
			}
			ok(t, w.Support.FollowUpReturn(ctx, worker, core.Protect, id, 0, month, today(w), "She is well."))
			r, err := w.Kept.Return(ctx, id)
			ok(t, err)
			if last := n == len(followUps)-1; (r.State == support.ReturnFollowedUp) != last || len(tasks(t, w, caseID, support.TaskReturnFollowUp)) != 0 {
				t.Errorf("after %d months: %s", month, r.State)
			}
		}
		ok(t, w.Support.CloseReturn(ctx, worker, core.Protect, id, 0, "A year has passed."))
	})
}

func TestAPersonMayChangeTheirMindWhileAHoldStands(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, _ := w.Housed()
	id, err := w.Support.RequestReturn(ctx, worker, core.Protect, caseID, interview())
	ok(t, err)
	ok(t, w.Support.HoldReturn(ctx, worker, core.Protect, id, 0, "Look first."))
	ok(t, w.Support.WithdrawReturn(ctx, worker, core.Protect, id, 0))
	refused(t, w.Support.AssessReturn(ctx, worker, core.Protect, id, 0, support.ReturnRisk{Grade: support.RiskLow, Words: "x"}), core.NotNow, "return.not_now")
}

func TestNobodyElseReachesPapersOrReturns(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, _ := w.Housed()
	permit := applied(t, w, caseID, "personal_situation")
	ret, err := w.Support.RequestReturn(ctx, worker, core.Protect, caseID, interview())
	ok(t, err)
	for _, a := range accesstest.Actors() {
		if a.UserID == worker.UserID || a.UserID == caseworker.UserID {
			continue
		}
		_, view := w.Support.Papers(ctx, a.Actor, a.Purpose, caseID)
		_, redress := w.Support.ViewRedress(ctx, a.Actor, a.Purpose, caseID)
		_, returns := w.Support.Returns(ctx, a.Actor, a.Purpose, caseID)
		_, apply := w.Support.ApplyPermit(ctx, a.Actor, a.Purpose, caseID, support.PermitForm{})
		_, request := w.Support.RequestReturn(ctx, a.Actor, a.Purpose, caseID, interview())
		for what, err := range map[string]error{"view": view, "redress": redress, "returns": returns, "apply": apply, "request": request,
			"end":  w.Support.EndPermit(ctx, a.Actor, a.Purpose, permit, 0, "x"),
			"save": w.Support.SaveRedress(ctx, a.Actor, a.Purpose, caseID, 0, support.Redress{Cooperation: support.CooperationNo}),
			"hold": w.Support.HoldReturn(ctx, a.Actor, a.Purpose, ret, 0, "x"), "lift": w.Support.LiftHold(ctx, a.Actor, a.Purpose, ret, 0, "x"),
			"withdraw": w.Support.WithdrawReturn(ctx, a.Actor, a.Purpose, ret, 0)} {
			if k := core.KindOf(err); k != core.NotFound && k != core.Forbidden {
				t.Errorf("%s may %s: %v", a.Name, what, err)
			}
		}
	}
}

// TestHelpNeverDependsOnCooperating walks the same way with every choice.
func TestHelpNeverDependsOnCooperating(t *testing.T) {
	for _, choice := range support.Cooperations {
		w := supporttest.New(t, sqlite(t))
		caseID, file := w.Housed()
		r := support.Redress{Cooperation: choice, CrimeReference: "CR/7", SpecialMeasures: []string{"screen"}, Routes: []string{"wages"}}
		if choice != support.CooperationNotAsked {
			r.ChosenOn = today(w)
		}
		ok(t, w.Support.SaveRedress(ctx, worker, core.Protect, caseID, 0, r))
		refused(t, w.Support.SaveRedress(ctx, worker, core.Protect, caseID, 0, r), core.Conflict, "")
		v, err := w.Support.ViewRedress(ctx, caseworker, core.Identify, caseID)
		ok(t, err)
		if v.Redress.Cooperation != choice || v.Version != 1 {
			t.Errorf("read back %+v", v.Redress)
		}
		id := applied(t, w, caseID, "personal_situation")
		ok(t, w.Support.GrantPermit(ctx, caseworker, core.Identify, id, 1, support.Grant{From: today(w), Months: 6}))
		ok(t, w.Support.AddGoal(ctx, worker, core.Protect, file, "language", today(w).AddDays(9), support.GoalWords{Goal: "Read the letters."}))
		c, err := w.Kept.Case(ctx, caseID)
		ok(t, err)
		ok(t, w.ExtendRecovery(ctx, caseworker, core.Identify, caseID, 0, c.RecoveryUntil.AddDays(10), "mental_health"))
		if f, err := w.Kept.File(ctx, file); err != nil || f.State != support.Running {
			t.Errorf("%s: support is %v, %v", choice, f, err)
		}
	}
}

// TestNothingReadsTheChoice: outside the file that keeps it, its page and the
// port, no code of the rooms where rules are names it, and no policy.
func TestNothingReadsTheChoice(t *testing.T) {
	names := []string{"Cooperation", "Redress", "LastRedress", "ViewRedress", "RedressView", "RedressVersion"}
	seen := 0
	for _, room := range []string{".", "../casework", "../safeguarding", "../access", "../letters"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.HasSuffix(path, ".cedar") {
				text, err := os.ReadFile(path)
				if strings.Contains(strings.ToLower(string(text)), "cooperat") || strings.Contains(strings.ToLower(string(text)), "redress ==") {
					t.Errorf("%s reads what the person chose", path)
				}
				seen++
				return err
			}
			base := filepath.Base(path)
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || room == "." && (base == "redress.go" || base == "store.go") {
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			seen++
			ast.Inspect(f, func(n ast.Node) bool {
				if id, isName := n.(*ast.Ident); isName && slices.Contains(names, id.Name) {
					t.Errorf("%s names %s", path, id.Name)
				}
				return true
			})
			return nil
		})
		ok(t, err)
	}
	if seen < 20 {
		t.Errorf("only %d files were read", seen)
	}
}

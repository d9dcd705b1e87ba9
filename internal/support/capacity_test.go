package support_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"clew/internal/access/accesstest"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

func TestCapacityCountsBedsAndPeople(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		w.Housed()
		w.Open(supporttest.Worker, 3, func(f *support.PlaceForm) { f.Region, f.Attributes = "capital", []string{support.Men} })
		c, err := w.Support.Capacity(ctx, caseworktest.Manager.Actor, core.Identify)
		ok(t, err)
		if c.Total.All() != 4 || c.Total.Beds[support.Free] != 3 || c.Total.InUse() != 25 {
			t.Errorf("total %+v, %d %% in use", c.Total, c.Total.InUse())
		}
		want := []support.BedLine{{Code: "capital", Beds: map[support.BedState]int{support.Free: 3}}, {Code: "north", Beds: map[support.BedState]int{support.Reserved: 1}}}
		if diff := cmp.Diff(want, c.ByRegion); diff != "" {
			t.Error(diff)
		}
		w.In("recovery") // a woman, and the free beds are men's
		w.RunJobs()
		c, err = w.Support.Capacity(ctx, caseworktest.Manager.Actor, core.Identify)
		ok(t, err)
		if len(c.Waiting) != 1 || c.Waiting[0].Who != support.Women || c.Waiting[0].N != 1 || !c.Waiting[0].Oldest.Equal(w.Clock.Now()) {
			t.Errorf("who waits: %+v", c.Waiting)
		}
	})
}

func TestTheForecastFollowsTheRunningPeriods(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		caseID, file := w.Housed()
		ok(t, w.Support.Arrive(ctx, worker, core.Protect, file, core.DateIn(w.Clock.Now(), w.Clock.Now().Location())))
		week := func() int {
			t.Helper()
			c, err := w.Support.Capacity(ctx, caseworktest.Manager.Actor, core.Identify)
			ok(t, err)
			for i, n := range c.Ending {
				if n == 1 {
					return i
				}
			}
			return -1
		}
		kept, err := w.Store.Case(ctx, caseID)
		ok(t, err)
		today := core.DateIn(w.Clock.Now(), w.Clock.Now().Location())
		if got, want := week(), kept.RecoveryUntil.Sub(today)/7; got != want {
			t.Errorf("the period ends in week %d, not %d", want, got)
		}
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 14))
		if got, want := week(), (kept.RecoveryUntil.Sub(today)-14)/7; got != want {
			t.Errorf("two weeks later: in week %d, not %d", want, got)
		}
	})
}

func TestWhatIfReckonsWithWhatWasObserved(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		for range 3 {
			_, file := w.Housed()
			ok(t, w.Support.Arrive(ctx, worker, core.Protect, file, core.DateIn(w.Clock.Now(), w.Clock.Now().Location())))
			w.Clock.Set(w.Clock.Now().AddDate(0, 0, 5))
		}
		ask := support.Supposition{Periods: []int{30, 90}, Years: 1, Replications: 40, Seed: 3}
		a, err := w.Support.WhatIf(ctx, caseworktest.Manager.Actor, core.Identify, ask, nil)
		ok(t, err)
		if len(a) != 2 || a[0].Beds != 3 || a[0].Steps[0].Occupied.Middle != 3 || a[1].Enough.Middle <= a[0].Enough.Middle {
			t.Errorf("30 days: %+v; 90 days: %+v", a[0].Answer, a[1].Answer)
		}
		again, err := w.Support.WhatIf(ctx, caseworktest.Manager.Actor, core.Identify, ask, nil)
		ok(t, err)
		if diff := cmp.Diff(a, again); diff != "" {
			t.Error("the same question has another answer: " + diff)
		}
		_, err = w.Support.WhatIf(ctx, caseworktest.Manager.Actor, core.Identify, support.Supposition{Years: 1, Replications: 40}, nil)
		refused(t, err, core.Invalid, "range")
	})
}

func TestOnlyTheAuthorityPlans(t *testing.T) {
	w := supporttest.New(t, dbtest.SQLite(t))
	for _, a := range accesstest.Actors() {
		_, err := w.Support.Capacity(ctx, a.Actor, a.Purpose)
		_, err2 := w.Support.WhatIf(ctx, a.Actor, a.Purpose, support.Supposition{Periods: []int{30}, Years: 1, Replications: 20}, nil)
		plans := a.AgencyKind == core.CompetentAuthority && (a.Has(core.RoleManager) || a.Has(core.RoleCaseworker)) || a.IsSystem()
		if plans != (err == nil) || !plans && core.KindOf(err2) == core.Invalid {
			t.Errorf("%s: %v, %v", a.Name, err, err2)
		}
	}
}

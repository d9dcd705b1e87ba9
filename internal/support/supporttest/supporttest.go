// Package supporttest adds support to caseworktest's world: the service over the
// same database and clock, its jobs, and providers with agreements and places. It
// is for tests.
package supporttest

import (
	"context"
	"database/sql"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/store"
	"clew/internal/support"
)

// World is casework's world with support.
type World struct {
	*caseworktest.World
	Support *support.Service
	Kept    *store.Support
	t       testing.TB
}

// The providers' workers.
var (
	Worker    = accesstest.Of(core.RoleSupportWorker, core.SupportProvider)
	Elsewhere = accesstest.Elsewhere(core.RoleSupportWorker, core.SupportProvider)
	Charity   = accesstest.Of(core.RoleSupportWorker, core.NGO)
)

// Each runs the test on both engines.
func Each(t *testing.T, run func(t *testing.T, w *World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *database.DB) { run(t, New(t, db)) })
}

// New builds a world over a migrated database.
func New(t testing.TB, db *database.DB) *World {
	t.Helper()
	return With(t, caseworktest.New(t, db))
}

// With adds support to a world.
func With(t testing.TB, w *caseworktest.World) *World {
	t.Helper()
	kept := store.NewSupport(w.DB)
	s, err := support.New(kept, w.Policies, w.Vault, w.Schemes, w.Clock, "uk")
	must(t, err)
	for _, kind := range support.JobKinds() {
		w.Jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error { return s.RunJob(ctx, store.SupportIn(tx), j) })
	}
	return &World{World: w, Support: s, Kept: kept, t: t}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Agreement is a running agreement with the agency.
func Agreement(agency core.ID) support.Agreement {
	return support.Agreement{Agency: agency, From: core.MustDate(2024, 1, 1), Standards: "2024-1", Services: support.Services,
		Regions: []string{"north", "capital"}, Languages: []string{"vie"}, Takes: support.Attributes}
}

// Agree makes an agreement with the agency of the actor.
func (w *World) Agree(with accesstest.Actor, change ...func(*support.Agreement)) core.ID {
	w.t.Helper()
	a := Agreement(with.AgencyID)
	for _, f := range change {
		f(&a)
	}
	id, err := w.Support.SaveAgreement(context.Background(), caseworktest.Manager.Actor, core.Identify, a)
	must(w.t, err)
	return id
}

// Place is a complete place for women.
func Place() support.PlaceForm {
	return support.PlaceForm{Region: "north", Attributes: []string{support.Women, support.Families, support.Accessible},
		Where: support.Whereabouts{Name: "Zebra House", Address: "7 Hidden Lane, Testbury"}}
}

// Open adds a place with beds for the actor's agency and returns the beds.
func (w *World) Open(by accesstest.Actor, beds int, change ...func(*support.PlaceForm)) []support.Bed {
	w.t.Helper()
	ctx := context.Background()
	f := Place()
	for _, c := range change {
		c(&f)
	}
	id, err := w.Support.AddPlace(ctx, by.Actor, core.Protect, f, beds, 1)
	must(w.t, err)
	list, err := w.Kept.Beds(ctx, []core.ID{id})
	must(w.t, err)
	return list
}

// Offered brings a new case into recovery and returns it with the offer that
// follows.
func (w *World) Offered(to accesstest.Actor) (caseID core.ID, offer support.OfferView) {
	w.t.Helper()
	caseID = w.In(casework.Recovery)
	w.RunJobs()
	offers, err := w.Support.Offers(context.Background(), to.Actor, core.Protect, 50)
	must(w.t, err)
	for _, o := range offers {
		if o.Case == caseID {
			return caseID, o
		}
	}
	w.t.Fatal("no offer was made")
	return caseID, offer
}

// Housed brings a new case into recovery and into the first free bed of the
// worker's agency, which it opens when there is none.
func (w *World) Housed() (caseID, file core.ID) {
	w.t.Helper()
	ctx := context.Background()
	list, err := w.Kept.Agreements(ctx, Worker.AgencyID)
	must(w.t, err)
	if len(list) == 0 {
		w.Agree(Worker)
	}
	w.Open(Worker, 1)
	caseID, offer := w.Offered(Worker)
	v, err := w.Support.ViewOffer(ctx, Worker.Actor, core.Protect, offer.ID)
	must(w.t, err)
	file, err = w.Support.Accept(ctx, Worker.Actor, core.Protect, offer.ID, v.Beds[0].ID)
	must(w.t, err)
	return caseID, file
}

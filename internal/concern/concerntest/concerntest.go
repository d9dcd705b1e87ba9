// Package concerntest builds the concern service over a test's own world. It is
// for tests.
package concerntest

import (
	"context"
	"database/sql"
	"strconv"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework/caseworktest"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/store"
)

// World is the service with the parts of casework's world beside it.
type World struct {
	*concern.Service
	*caseworktest.World
	Concerns *store.Concerns
	Keys     *concern.Keys
}

// Adviser is who answers at the desk.
var Adviser = accesstest.Of(core.RoleAdviser, core.NGO)

// Each runs the test on both engines.
func Each(t *testing.T, run func(t *testing.T, w *World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *database.DB) { run(t, On(t, caseworktest.New(t, db))) })
}

// On adds the service to a world: its desk is the first non-governmental
// organisation's.
func On(t testing.TB, w *caseworktest.World) *World {
	t.Helper()
	keys, err := concern.NewKeys([]byte("thirty-two bytes that are secret"), true)
	if err != nil {
		t.Fatal(err)
	}
	out := &World{World: w, Concerns: store.NewConcerns(w.DB), Keys: keys}
	out.Service = concern.New(out.Concerns, w.Policies, w.Vault, keys, w.Clock, concern.Options{Desk: accesstest.AgencyOf(core.NGO).Code, Pace: time.Millisecond})
	for _, kind := range concern.JobKinds() {
		w.Jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			return out.Service.RunJob(ctx, store.ConcernsIn(tx), j)
		})
	}
	return out
}

// Work finds a proof of work for a draft.
func Work(d concern.Draft) string {
	for n := uint64(0); ; n++ {
		if s := strconv.FormatUint(n, 10); concern.Worked(d.ID, s) {
			return s
		}
	}
}

// Words is what a report says.
func Words() concern.Words {
	return concern.Words{What: "Three men sleep in the back of the zebra car wash and are never alone.", Where: "Quagga Street, Testbury", When: core.PartialDate{Year: 2025, Month: 3}, Child: true}
}

// File files a report as somebody at the address would, with a proof of work.
func (w *World) File(t testing.TB, words concern.Words, address core.Secret) concern.Draft {
	t.Helper()
	d := w.Begin(words, "en")
	err := w.FileReport(context.Background(), core.SystemActor(), core.Identify, concern.Sent{Draft: d, Proof: Work(d), Address: address})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Package shelter fills an installation with providers, their beds and the support
// they give, in numbers a country never has: for measurements. It writes through
// the stores of casework and support, everything sealed with the keys of made-up
// people, as in life. What it leaves out: the referral forms behind the cases, and
// the jobs that wait for planned contacts.
package shelter

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/vault"
)

// Size is how much there is to be.
type Size struct {
	Beds      int // at least 25 times Providers, so that each has a house
	Files     int // support files; most of them have ended
	Waiting   int // people who wait for a place
	Providers int
}

// National is the size that the page of places is held to.
var National = Size{Beds: 5_000, Files: 50_000, Waiting: 400, Providers: 40}

const (
	bedsOfAPlace = 25
	chunk        = 250 // files in one transaction
)

// World is what is filled, and what it was filled with.
type World struct {
	DB        *database.DB
	Vault     *vault.Vault
	Now       time.Time
	Authority core.ID
	Providers []core.ID // these come first; others are added until there are enough

	ids    *core.IDs
	rand   *rand.Rand
	worker core.ID
	beds   []support.Bed
	place  map[core.ID]*support.Place
}

// Fill adds everything. The same world and size give the same numbers.
func (w *World) Fill(ctx context.Context, size Size, progress func(done, of int)) error {
	w.ids, w.rand, w.place = core.NewIDs(core.NewFixedClock(w.Now)), rand.New(rand.NewPCG(5, 50)), map[core.ID]*support.Place{} //nolint:gosec // a fixed world
	w.worker = w.ids.New()
	if err := w.addProviders(ctx, size); err != nil {
		return err
	}
	if err := w.addPlaces(ctx, size); err != nil {
		return err
	}
	people := size.Files + size.Waiting
	for from := 0; from < people; from += chunk {
		keys := make([]core.ID, min(chunk, people-from))
		for i := range keys { // the key store has a transaction of its own
			var err error
			if keys[i], err = w.Vault.NewPerson(ctx); err != nil {
				return err
			}
		}
		err := w.DB.InTx(ctx, func(t *sql.Tx) error {
			for i, person := range keys {
				if err := w.addPerson(ctx, t, person, from+i, size); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("people from number %d: %w", from, err)
		}
		if progress != nil {
			progress(from+len(keys), people)
		}
	}
	return w.analyze(ctx)
}

// analyze does what autovacuum would have done by then; SQLite plans without
// statistics.
func (w *World) analyze(ctx context.Context) error {
	if w.DB.Engine() != database.Postgres {
		return nil
	}
	_, err := w.DB.Reader().ExecContext(ctx, "VACUUM ANALYZE")
	return err
}

func (w *World) addProviders(ctx context.Context, size Size) error {
	return w.DB.InTx(ctx, func(t *sql.Tx) error {
		for len(w.Providers) < size.Providers {
			id, n := w.ids.New(), len(w.Providers)
			_, err := t.ExecContext(ctx, `INSERT INTO agency (id, rev, kind, name, code, jurisdiction, first_responder, active, created_at) VALUES ($1, 1, $2, $3, $4, 'england-wales', FALSE, TRUE, 0)`,
				id, string(core.SupportProvider), fmt.Sprintf("Provider %d", n), fmt.Sprintf("measured-%d", n))
			if err != nil {
				return err
			}
			w.Providers = append(w.Providers, id)
		}
		for _, id := range w.Providers {
			a := &support.Agreement{ID: w.ids.New(), Rev: 1, Agency: id, From: w.day(-3 * 365), Standards: "2024-1", Services: support.Services, Takes: support.Attributes,
				Regions: regions, Languages: []string{"vie", "sqi"}, UpdatedAt: w.Now}
			if err := store.SupportIn(t).AddAgreement(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

var (
	regions    = []string{"north", "midlands", "south", "capital"}
	attributes = [][]string{{support.Women}, {support.Women, support.Accessible}, {support.Men}, {support.Men, support.Accessible}, {support.Families, support.Women}, {support.Men, support.Women}}
)

// state of the i-th bed: nine in ten are taken.
func bedState(i int) support.BedState {
	switch n := i % 100; {
	case n < 88:
		return support.Occupied
	case n < 91:
		return support.Reserved
	case n < 93:
		return support.OutOfUse
	}
	return support.Free
}

func (w *World) addPlaces(ctx context.Context, size Size) error {
	for at := 0; at < size.Beds; at += bedsOfAPlace {
		n := at / bedsOfAPlace
		p := &support.Place{ID: w.ids.New(), Rev: 1, Agency: w.Providers[n%len(w.Providers)], Region: regions[n%len(regions)], Attributes: attributes[n%len(attributes)], UpdatedAt: w.Now}
		var err error
		if p.Key, err = w.Vault.NewPerson(ctx); err != nil {
			return err
		}
		where := support.Whereabouts{Name: core.Secret(fmt.Sprintf("House %d", n)), Address: core.Secret(fmt.Sprintf("%d Nowhere Street", n))}
		if p.Sealed, err = w.seal(ctx, p.Key, "support_place", p.ID, "whereabouts", where); err != nil {
			return err
		}
		w.place[p.ID] = p
		err = w.DB.InTx(ctx, func(t *sql.Tx) error {
			tx := store.SupportIn(t)
			if err := tx.AddPlace(ctx, p); err != nil {
				return err
			}
			for i := range min(bedsOfAPlace, size.Beds-at) {
				b := support.Bed{ID: w.ids.New(), Rev: 1, Place: p.ID, Agency: p.Agency, Number: i + 1, Sleeps: 1 + i%3, State: bedState(at + i), Since: w.Now}
				if err := tx.AddBed(ctx, &b); err != nil {
					return err
				}
				if b.State == support.Occupied || b.State == support.Reserved {
					w.beds = append(w.beds, b)
				}
			}
			return w.record(ctx, tx, core.ID{}, "place:"+p.ID.String())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *World) day(n int) core.Date { return core.DateIn(w.Now.AddDate(0, 0, n), time.UTC) }

func (w *World) seal(ctx context.Context, person core.ID, table string, row core.ID, field string, words any) ([]byte, error) {
	return vault.SealJSON(ctx, w.Vault, vault.Ref{Person: person, Table: table, Row: row.String(), Field: field, Version: 1}, words)
}

func (w *World) record(ctx context.Context, tx support.Tx, caseID core.ID, object string) error {
	e := ledger.By(core.SystemActor(), core.Protect)
	e.ID, e.At, e.Kind, e.Action, e.Case, e.Object = w.ids.New(), w.Now, ledger.Write, "support.work", caseID, object
	return tx.Append(ctx, e, []byte(object))
}

// addPerson adds the i-th person: the first are in the beds that are taken, then
// those who are helped where they live, then those whose support has ended; the
// last ones wait.
func (w *World) addPerson(ctx context.Context, t *sql.Tx, person core.ID, i int, size Size) error {
	tx := store.SupportIn(t)
	helped := len(w.beds) + (size.Files-len(w.beds))/8
	started := w.Now.AddDate(0, 0, -120-w.rand.IntN(900))
	c := &casework.Case{ID: core.NewIDAt(started), Rev: 1, Reference: fmt.Sprintf("M%07d", i), Kind: casework.Referral, State: casework.Confirmed, Scheme: "uk", Jurisdiction: "england-wales",
		PersonID: person, Round: 1, Authority: w.Authority, ReferringAgency: w.Authority, Author: w.worker, AgeGroup: "adult", AgeBasis: "stated", Gender: "feminine", Nationality: "VNM",
		ConsentSharing: true, SubmittedAt: started, UpdatedAt: started}
	f := &support.File{ID: core.NewIDAt(started), Rev: 1, Case: c.ID, Request: core.NewIDAt(started), Person: person, Agency: w.Providers[i%len(w.Providers)], Authority: w.Authority, Kind: support.Recovery,
		Phase: support.Accommodation, State: support.Ended, EndReason: "moved_on", EndedAt: started.AddDate(0, 0, 90), StartedAt: started}
	r := &support.Request{ID: f.Request, Rev: 1, Case: c.ID, Person: person, Authority: w.Authority, Kind: support.Recovery, State: support.RequestAccepted,
		Needs: support.Needs{Who: []string{support.Women, support.Men, support.Families}[i%3], Languages: []string{"vie"}}, OpenedAt: started, DueAt: started.AddDate(0, 0, 2), ClosedAt: started, AcceptedBy: f.Agency}
	switch {
	case i >= size.Files: // waits
		r.State, r.ClosedAt, r.AcceptedBy = support.RequestOpen, time.Time{}, core.ID{}
		r.OpenedAt = w.Now.Add(-time.Duration(w.rand.IntN(300)) * time.Hour)
		c.State, c.RecoveryUntil = casework.Recovery, w.day(20+w.rand.IntN(60))
	case i < helped:
		f.State, f.EndReason, f.EndedAt, f.NextAt = support.Running, "", time.Time{}, w.Now.Add(time.Duration(i%200)*time.Hour)
		c.SupportAgency, c.State, c.RecoveryUntil = f.Agency, casework.Recovery, w.day(w.rand.IntN(110)-15)
		if i >= len(w.beds) {
			f.Phase, c.State = support.Outreach, casework.CGPending
		}
	}
	c.ClockDay = core.DateIn(started, time.UTC)
	var stay *support.Stay
	if i < len(w.beds) {
		b := w.beds[i]
		f.Agency, c.SupportAgency, r.AcceptedBy = b.Agency, b.Agency, b.Agency
		stay = &support.Stay{ID: w.ids.New(), Rev: 1, File: f.ID, Person: person, Bed: b.ID, Place: b.Place, Agency: b.Agency, State: support.StayHere, ReservedAt: w.Now.AddDate(0, 0, -i%60-1), ArrivedOn: w.day(-i%60 - 1)}
		if b.State == support.Reserved {
			stay.State, stay.ArrivedOn = support.StayReserved, core.Date{}
		}
	} else if i < size.Files && len(w.beds) > 0 {
		b := w.beds[i%len(w.beds)]
		stay = &support.Stay{ID: w.ids.New(), Rev: 1, File: f.ID, Person: person, Bed: b.ID, Place: b.Place, Agency: b.Agency, State: support.StayLeft, ReservedAt: started,
			ArrivedOn: core.DateIn(started, time.UTC), LeftOn: core.DateIn(started.AddDate(0, 0, 30+i%60), time.UTC)}
	}
	if err := store.In(t).AddCase(ctx, c); err != nil {
		return err
	}
	if err := tx.AddRequest(ctx, r); err != nil || i >= size.Files {
		return err
	}
	if err := tx.AddFile(ctx, f); err != nil {
		return err
	}
	if stay != nil {
		if err := tx.AddStay(ctx, stay); err != nil {
			return err
		}
	}
	if err := w.addPlan(ctx, tx, f); err != nil {
		return err
	}
	return w.record(ctx, tx, c.ID, "support:"+f.ID.String())
}

// addPlan writes down an assessment, goals, contacts, an allowance and help given.
func (w *World) addPlan(ctx context.Context, tx support.Tx, f *support.File) error {
	sec := support.Section{File: f.ID, Name: support.SectionAssessment, Version: 1, WrittenAt: f.StartedAt, WrittenBy: w.worker}
	var err error
	if sec.Sealed, err = w.seal(ctx, f.Person, "support_section", f.ID, sec.Name, support.Assessment{Risk: "standard", Health: "Sleeps badly; sees the doctor on Thursday.", Legal: "Needs advice on papers."}); err != nil {
		return err
	}
	if err := tx.AddSection(ctx, sec); err != nil {
		return err
	}
	for _, area := range []string{"language", "health"} {
		g := &support.Goal{ID: w.ids.New(), Rev: 1, File: f.ID, Area: area, State: support.GoalOpen, ReviewOn: w.day(14), CreatedAt: f.StartedAt, ChangedAt: f.StartedAt, ChangedBy: w.worker}
		if g.Sealed, err = w.seal(ctx, f.Person, "support_goal", g.ID, "words", support.GoalWords{Goal: "To stand on my own feet again.", Steps: "A class twice a week."}); err != nil {
			return err
		}
		if err := tx.AddGoal(ctx, g); err != nil {
			return err
		}
	}
	for i := range 2 {
		k := &support.Contact{ID: w.ids.New(), Rev: 1, File: f.ID, PlannedAt: f.StartedAt.AddDate(0, 0, 7*(i+1)), Channel: "worker", State: support.ContactMade, RecordedAt: f.StartedAt.AddDate(0, 0, 7*(i+1)), RecordedBy: w.worker}
		if i == 1 && !f.NextAt.IsZero() {
			k.PlannedAt, k.State, k.RecordedAt, k.RecordedBy = f.NextAt, support.ContactPlanned, time.Time{}, core.ID{}
		}
		if k.Sealed, err = w.seal(ctx, f.Person, "support_contact", k.ID, "words", support.ContactWords{About: "How the week was.", Result: "A good talk."}); err != nil {
			return err
		}
		if err := tx.AddContact(ctx, k); err != nil {
			return err
		}
	}
	p := &support.Payment{ID: w.ids.New(), File: f.ID, Kind: "subsistence", Amount: 4926, Currency: "GBP", PaidOn: core.DateIn(f.StartedAt, time.UTC), RecordedAt: f.StartedAt, RecordedBy: w.worker}
	if p.Sealed, err = w.seal(ctx, f.Person, "support_payment", p.ID, "words", core.Secret("In cash.")); err != nil {
		return err
	}
	return tx.AddPayment(ctx, p)
}

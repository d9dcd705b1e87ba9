package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/scheme"
	"clew/internal/support"
)

// shelterDays is how far back support is told: the present of the providers, and
// not the three years before it.
const shelterDays = 60

// shelter is what the providers of the country do.
type shelter struct {
	sim     *simulation
	rand    *rand.Rand // of its own, so that the rest of the story stays as it is
	store   *shelterStore
	support *support.Service
	since   time.Time
	workers map[core.ID]core.Actor // by agency
	arrived int                    // how many have moved in
}

// shelterStore is the store of support in the simulation, as stretch is that of
// casework.
type shelterStore struct {
	support.Tx
	of *shelter
}

// Write runs fn in the present transaction.
func (s *shelterStore) Write(_ context.Context, fn func(tx support.Tx) error) error { return fn(s) }

// Enqueue plans the job.
func (s *shelterStore) Enqueue(ctx context.Context, j job.Job) error {
	return s.of.enqueue(ctx, j, s.Tx.Enqueue)
}

func newShelter(s *simulation, p Parts) *shelter {
	h := &shelter{sim: s, rand: rand.New(rand.NewPCG(p.Seed, 1807)), since: p.Now.AddDate(0, 0, -shelterDays), workers: map[core.ID]core.Actor{}}
	h.store = &shelterStore{of: h}
	for _, login := range []string{"support", "support-haven", "support-lantern"} {
		a := s.country.actors[login]
		h.workers[a.AgencyID] = a
	}
	s.at(h.since, h.open)
	return h
}

// enqueue turns a job of support that falls due before the story's end into an
// event. What happened before the providers came is left out; a new offer is
// answered by somebody.
func (h *shelter) enqueue(ctx context.Context, j job.Job, keep func(context.Context, job.Job) error) error {
	switch {
	case h.sim.clock.Now().Before(h.since):
		return nil
	case j.Kind == support.JobOfferDue:
		h.plan(h.hours(1, 30), func(ctx context.Context) error { return h.answer(ctx, j) })
	}
	if j.RunAt.After(h.sim.parts.Now) {
		return keep(ctx, j)
	}
	h.sim.at(j.RunAt, func(ctx context.Context) error { return h.support.RunJob(ctx, h.store, j) })
	return nil
}

func (h *shelter) chance(thousandths int) bool { return h.rand.IntN(1000) < thousandths }

func (h *shelter) hours(a, b int) time.Duration {
	return time.Duration(a)*time.Hour + time.Duration(h.rand.IntN((b-a)*60))*time.Minute
}

func (h *shelter) plan(in time.Duration, do func(context.Context) error) {
	h.sim.at(h.sim.clock.Now().Add(in), do)
}

// today is the day where the country is: late in a summer's evening it is ahead of
// Greenwich.
func (h *shelter) today() core.Date {
	zone := time.UTC
	if sch, err := h.sim.parts.Schemes.Scheme("uk"); err == nil {
		if cal, err := sch.Calendar("england-wales"); err == nil {
			zone = cal.Location()
		}
	}
	return core.DateIn(h.sim.clock.Now(), zone)
}

// houses are the places of the country; every address is made up.
var houses = []struct {
	login, name, region string
	attributes          []string
	beds, sleeps        int
}{
	{"support", "Rowan House", "north", []string{support.Women, support.Accessible}, 14, 1},
	{"support", "Alder House", "capital", []string{support.Women}, 12, 1},
	{"support", "Family flats", "midlands", []string{support.Families, support.Women, support.Accessible}, 6, 4},
	{"support-haven", "Quayside", "south", []string{support.Men}, 18, 1},
	{"support-haven", "Mill Lane", "north", []string{support.Men, support.Accessible}, 16, 1},
	{"support-lantern", "Lantern rooms", "capital", []string{support.Men, support.Women}, 14, 1},
}

// open makes the agreements and the places.
func (h *shelter) open(ctx context.Context) error {
	manager := h.sim.country.actors["manager"]
	from := core.DateIn(h.sim.started, time.UTC)
	agree := func(login string, parent core.ID, takes, languages []string) (core.ID, error) {
		return h.support.SaveAgreement(ctx, manager, core.Identify, support.Agreement{Agency: h.sim.country.actors[login].AgencyID, Parent: parent, From: from, Standards: "2024-1",
			Services: support.Services, Takes: takes, Languages: languages, Regions: []string{"north", "midlands", "south", "capital"}})
	}
	first, err := agree("support", core.ID{}, support.Attributes, []string{"sqi", "vie", "ron"})
	if err != nil {
		return err
	}
	if _, err := agree("support-haven", core.ID{}, []string{support.Men, support.Accessible}, []string{"sqi", "ara"}); err != nil {
		return err
	}
	if _, err := agree("support-lantern", first, []string{support.Men, support.Women}, []string{"vie", "zho"}); err != nil {
		return err
	}
	for i, p := range houses {
		f := support.PlaceForm{Region: p.region, Attributes: p.attributes, Where: support.Whereabouts{Name: core.Secret(p.name), Address: core.Secret(fmt.Sprintf("%d Nowhere Street", 3+7*i))}}
		if _, err := h.support.AddPlace(ctx, h.sim.country.actors[p.login], core.Protect, f, p.beds, p.sleeps); err != nil {
			return err
		}
	}
	return nil
}

// answer says yes or no to an offer, as a provider would: mostly yes.
func (h *shelter) answer(ctx context.Context, j job.Job) error {
	var p struct{ ID core.ID }
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("demo: payload of job %s: %w", j.ID, err)
	}
	o, err := h.store.Offer(ctx, p.ID)
	if err != nil {
		return err
	}
	worker := h.workers[o.Agency]
	if h.chance(120) {
		return late(h.support.Decline(ctx, worker, core.Protect, o.ID, []string{"needs", "mix", "unsafe_region"}[h.rand.IntN(3)]))
	}
	v, err := h.support.ViewOffer(ctx, worker, core.Protect, o.ID)
	if err != nil || len(v.Beds) == 0 {
		return step(err)
	}
	file, err := h.support.Accept(ctx, worker, core.Protect, o.ID, v.Beds[h.rand.IntN(len(v.Beds))].ID)
	if err != nil {
		return late(err)
	}
	h.plan(h.hours(3, 40), func(ctx context.Context) error { return h.moveIn(ctx, worker, file) })
	return nil
}

// moveIn is the first day: an assessment, a goal, an allowance, and the first
// contact.
func (h *shelter) moveIn(ctx context.Context, worker core.Actor, file core.ID) error {
	assessed := support.Assessment{Risk: []string{"standard", "standard", "high"}[h.rand.IntN(3)], Safety: "Does not want to be found by the people who brought them. Safe here.",
		Health: "Sleeps badly; sees the doctor on Thursday.", Legal: "Needs advice on papers."}
	steps := []func() error{
		func() error { return h.support.Arrive(ctx, worker, core.Protect, file, h.today()) },
		func() error { return h.support.SaveAssessment(ctx, worker, core.Protect, file, 0, assessed) },
		func() error {
			return h.support.AddGoal(ctx, worker, core.Protect, file, []string{"language", "work", "home", "health"}[h.rand.IntN(4)], h.today().AddDays(14+h.rand.IntN(30)),
				support.GoalWords{Goal: "To stand on my own feet again.", Steps: "A class twice a week; talk about it every fortnight."})
		},
		func() error {
			return h.support.AddPayment(ctx, worker, core.Protect, file, support.Payment{Kind: "subsistence", Amount: 4926, Currency: "GBP", PaidOn: h.today()}, "")
		},
		func() error { return h.planContact(ctx, worker, file) },
		func() error { return h.papers(ctx, worker, file) },
	}
	for _, do := range steps {
		if err := step(do()); err != nil {
			return err
		}
	}
	return nil
}

// planContact plans the next contact and mostly records it.
func (h *shelter) planContact(ctx context.Context, worker core.Actor, file core.ID) error {
	at := h.sim.clock.Now().Add(h.hours(6*24, 8*24))
	if err := h.support.PlanContact(ctx, worker, core.Protect, file, at, "worker", "How the week was."); err != nil {
		return err
	}
	h.sim.at(at.Add(time.Hour), func(ctx context.Context) error { return h.meet(ctx, worker, file) })
	return nil
}

func (h *shelter) meet(ctx context.Context, worker core.Actor, file core.ID) error {
	contacts, err := h.store.Contacts(ctx, file, 1)
	if err != nil || len(contacts) == 0 {
		return err
	}
	switch {
	case h.chance(60): // nobody wrote it down
	case h.chance(150):
		err = h.support.RecordContact(ctx, worker, core.Protect, contacts[0].ID, support.ContactMissed, "Did not come.")
	default:
		err = h.support.RecordContact(ctx, worker, core.Protect, contacts[0].ID, support.ContactMade, "A good talk. Nothing urgent.")
	}
	if err := step(err); err != nil {
		return err
	}
	if h.chance(60) {
		return h.leave(ctx, worker, file)
	}
	return step(h.planContact(ctx, worker, file))
}

// leave gives notice and ends support when it has run out.
func (h *shelter) leave(ctx context.Context, worker core.Actor, file core.ID) error {
	rules, err := h.support.Rules()
	if err != nil {
		return err
	}
	reason := rules.Support.EndReasons[h.rand.IntN(len(rules.Support.EndReasons))]
	ends := h.today()
	if reason.Group != scheme.WithoutNotice {
		ends = ends.AddDays(rules.Support.Notice.Value + 1)
	}
	if err := h.support.GiveNotice(ctx, worker, core.Protect, file, 0, reason.Code, ends); err != nil {
		return step(err)
	}
	h.sim.at(ends.StartIn(time.UTC).Add(10*time.Hour), func(ctx context.Context) error { return step(h.support.End(ctx, worker, core.Protect, file, 0)) })
	return nil
}

// late is step for answers: somebody else may have been quicker.
func late(err error) error {
	if core.KindOf(err) == core.Conflict {
		return nil
	}
	return step(err)
}

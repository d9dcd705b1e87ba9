package demo

import (
	"context"
	"fmt"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/safeguarding"
)

// childStretch is stretch for the room that safeguards children.
type childStretch struct {
	safeguarding.Tx
	sim *simulation
}

// WriteChild runs fn in the present transaction.
func (s *childStretch) WriteChild(_ context.Context, fn func(tx safeguarding.Tx) error) error {
	return fn(s)
}

// Enqueue plans the job.
func (s *childStretch) Enqueue(ctx context.Context, j job.Job) error {
	return s.sim.enqueue(ctx, s.Tx.Enqueue, j)
}

// leadOf is who safeguards the children of a council, and other the one beside it.
func (l *life) lead() (lead core.Actor, other core.Agency) {
	c := l.s.country
	if l.form.Age.Authority == c.agencies["council-east"].ID {
		return c.actors["safeguarding"], c.agencies["council-west"]
	}
	return c.actors["safeguarding-west"], c.agencies["council-east"]
}

// growUp plans the first weeks of a child's track.
func (l *life) growUp() {
	s, now := l.s, l.s.clock.Now()
	s.minors = append(s.minors, l)
	hours := func(a, b int) time.Time { return now.Add(time.Duration(a+s.rand.IntN(b-a)) * time.Hour) }
	_, other := l.lead()
	host := core.ID{}
	if s.chance(300) {
		host = other.ID
	}
	s.at(hours(2, 26), l.record(safeguarding.StepForm{Act: safeguarding.ActAcknowledge, Words: safeguarding.Words{Who: "Duty social worker"}}, false))
	s.at(hours(6, 30), l.record(safeguarding.StepForm{Act: safeguarding.ActPlace, Code: "foster", Host: host, Police: s.country.agencies["police-north"].ID,
		Words: safeguarding.Words{Who: "A carer family", Where: "An address that nobody else needs to know"}}, true))
	s.at(hours(8, 40), l.record(safeguarding.StepForm{Act: safeguarding.ActOfferGuardian, Words: safeguarding.Words{Who: "Guardianship service"}}, true))
	s.at(hours(30, 70), l.record(safeguarding.StepForm{Act: safeguarding.ActMeet, Words: safeguarding.Words{Who: "Social work, police, health, school", Text: "The placement stays; the school is told whom the child may be collected by."}}, true))
	s.at(hours(60, 200), l.record(safeguarding.StepForm{Act: safeguarding.ActAppoint, Words: safeguarding.Words{Who: "An independent guardian"}}, true))
	if s.chance(970) {
		s.at(hours(500, 1050), l.record(safeguarding.StepForm{Act: safeguarding.ActDecide, Code: "looked_after", Words: safeguarding.Words{Who: "Panel of five agencies", Text: "Everybody agreed; the child wants to stay with the carers."}}, true))
	}
}

// record records one act on the child's track, on the day it falls on.
func (l *life) record(f safeguarding.StepForm, dated bool) func(context.Context) error {
	return func(ctx context.Context) error {
		if dated {
			f.Day = core.DateIn(l.s.clock.Now(), time.UTC)
		}
		lead, _ := l.lead()
		return step(l.s.children.Take(ctx, lead, core.Protect, l.id, 0, f))
	}
}

// planMissing lets some children be missing as the story ends: one since this
// afternoon, one who was found yesterday and is not listened to yet, and an adult
// who was presented to three children.
func (s *simulation) planMissing() {
	now := s.parts.Now
	s.at(now.Add(-30*time.Hour), func(ctx context.Context) error { return s.goMissing(ctx, 1, "high", now.Add(-33*time.Hour)) })
	s.at(now.Add(-20*time.Hour), func(ctx context.Context) error { return s.comeBack(ctx, 1) })
	s.at(now.Add(-3*time.Hour), func(ctx context.Context) error { return s.goMissing(ctx, 0, "high", now.Add(-4*time.Hour)) })
	s.at(now.Add(-26*time.Hour), s.presentUncle)
	for _, login := range []string{"safeguarding", "officer", "caseworker"} {
		s.at(now.Add(-29*time.Hour-30*time.Minute), s.hear(login))
	}
	s.at(now.Add(-150*time.Minute), s.hear("officer"))
}

// recent is the n-th newest child of the eastern council whose track runs; nil in a
// country too small to have one.
func (s *simulation) recent(n int) *life {
	for i := len(s.minors) - 1; i >= 0; i-- {
		if l := s.minors[i]; l.form.Age.Authority == s.country.agencies["council-east"].ID && l.s.clock.Now().Sub(l.arrived) > 48*time.Hour {
			if n--; n < 0 {
				return l
			}
		}
	}
	return nil
}

func (s *simulation) goMissing(ctx context.Context, n int, risk string, seen time.Time) error {
	l := s.recent(n)
	if l == nil {
		return nil
	}
	name := l.form.Identity.Names[0]
	_, err := s.children.Raise(ctx, s.country.actors["safeguarding"], core.Protect, l.id, safeguarding.MissingForm{LastSeen: seen, Risk: risk, Police: s.country.agencies["police-north"].ID,
		Alert: safeguarding.Alert{Name: name.Given + " " + name.Family, Description: "Slim, dark hair, grey hooded jacket, small black rucksack", LastSeenWhere: "Bus station, Eastmouth", LastSeenBy: "The carer",
			Circumstances: "Went to meet a friend after school and did not come back.", Phone: "07700 900123"},
		Background: safeguarding.Background{Adults: "Marek Kowal", Places: "Riverside Hand Car Wash, Eastmouth", Why: "Found at the same car wash before."}})
	return step(err)
}

func (s *simulation) comeBack(ctx context.Context, n int) error {
	l := s.recent(n)
	if l == nil {
		return nil
	}
	list, err := s.childStore.Episodes(ctx, l.id)
	if err != nil || len(list) == 0 {
		return err
	}
	return step(s.children.RecordFound(ctx, s.country.actors["officer"], core.Protect, list[len(list)-1].ID, 0,
		safeguarding.SightingForm{When: s.clock.Now(), Code: "safe", Words: safeguarding.Words{Where: "Railway station", Who: "A patrol"}}))
}

// hear lets somebody confirm what their agency was told.
func (s *simulation) hear(login string) func(context.Context) error {
	return func(ctx context.Context) error {
		actor := s.country.actors[login]
		purpose := access.PurposeOf(actor)
		if purpose == core.Investigate {
			purpose = core.Protect
		}
		list, err := s.children.Inbox(ctx, actor, purpose, 50)
		if err != nil {
			return err
		}
		for _, n := range list {
			if _, err := s.children.Acknowledge(ctx, actor, purpose, n.ID); step(err) != nil {
				return err
			}
		}
		return nil
	}
}

// presentUncle lets the same adult be named by three children.
func (s *simulation) presentUncle(ctx context.Context) error {
	for n := range 3 {
		l := s.recent(2 + n)
		if l == nil {
			return nil
		}
		_, err := s.children.AddCarer(ctx, s.country.actors["safeguarding"], core.Protect, l.id, safeguarding.CarerForm{Relation: "uncle_aunt",
			CarerWords: safeguarding.CarerWords{Name: "Marek Kowal", BirthDate: core.PartialDate{Year: 1979, Month: 5, Day: 4}, Phone: core.Secret(fmt.Sprintf("07700 90044%d", n/2))}})
		if err := step(err); err != nil {
			return err
		}
	}
	return nil
}

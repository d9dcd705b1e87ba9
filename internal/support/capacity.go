package support

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/support/whatif"
)

// BedTotal counts the beds of one state in places of one region with the same
// attributes.
type BedTotal struct {
	Region     string
	Attributes []string
	State      BedState
	N          int
}

// WaitingTotal counts open referrals to support of one kind of person.
type WaitingTotal struct {
	Who    string
	N      int
	Oldest time.Time // since when the one waits who waits longest
}

// EndingStays counts people who stay now, by the end of their recovery period;
// zero where none runs.
type EndingStays struct {
	Until core.Date
	N     int
}

// ArrivalDay counts referrals to support on one day.
type ArrivalDay struct {
	Who string
	Day core.Date
	N   int
}

// Housed is from when until when one person was housed by one provider.
type Housed struct {
	Who         string
	From, Until core.Date
	Running     bool
}

// BedLine counts beds by state under one heading.
type BedLine struct {
	Code string // a region or an attribute; "" for all
	Beds map[BedState]int
}

// All is every bed of the line.
func (l BedLine) All() (n int) {
	for _, beds := range l.Beds {
		n += beds
	}
	return n
}

// InUse is the share of usable beds that are occupied or reserved, in percent; 0
// where there is none.
func (l BedLine) InUse() int {
	taken, free := l.Beds[Occupied]+l.Beds[Reserved], l.Beds[Free]
	if taken+free == 0 {
		return 0
	}
	return (100*taken + (taken+free)/2) / (taken + free)
}

// forecastWeeks is how far the forecast looks: ninety days.
const forecastWeeks = 13

// Capacity is places, and people who need one, in numbers. Nobody is in it.
type Capacity struct {
	At          time.Time
	Total       BedLine
	ByRegion    []BedLine
	ByAttribute []BedLine // a place with several attributes stands under each
	Waiting     []WaitingTotal
	Ending      [forecastWeeks]int // people whose recovery period ends in each of the next weeks
	Later       int                // … after that
	Open        int                // people who stay and have no period that runs: children, emergency, past its end
}

// Capacity counts places and who waits for one.
func (s *Service) Capacity(ctx context.Context, actor core.Actor, purpose core.Purpose) (*Capacity, error) {
	if _, err := s.allow(actor, purpose, access.ViewCapacity, access.Whole()); err != nil {
		return nil, s.refused(ctx, actor, purpose, access.ViewCapacity, err)
	}
	beds, err := s.store.BedTotals(ctx)
	if err != nil {
		return nil, err
	}
	c := &Capacity{At: s.clock.Now(), Total: BedLine{Beds: map[BedState]int{}}}
	for _, b := range beds {
		c.Total.Beds[b.State] += b.N
		c.ByRegion = count(c.ByRegion, b.Region, b)
		for _, a := range b.Attributes {
			c.ByAttribute = count(c.ByAttribute, a, b)
		}
	}
	if c.Waiting, err = s.store.WaitingTotals(ctx); err != nil {
		return nil, err
	}
	ending, err := s.store.EndingStays(ctx)
	if err != nil {
		return nil, err
	}
	today := s.today()
	for _, e := range ending {
		switch week := e.Until.Sub(today) / 7; {
		case e.Until.IsZero() || e.Until.Before(today):
			c.Open += e.N
		case week < forecastWeeks:
			c.Ending[week] += e.N
		default:
			c.Later += e.N
		}
	}
	return c, nil
}

func count(lines []BedLine, code string, b BedTotal) []BedLine {
	i := slices.IndexFunc(lines, func(l BedLine) bool { return l.Code == code })
	if i < 0 {
		lines, i = append(lines, BedLine{Code: code, Beds: map[BedState]int{}}), len(lines)
	}
	lines[i].Beds[b.State] += b.N
	return lines
}

// Supposition is what is supposed about the recovery period.
type Supposition struct {
	Periods      []int // days; at most maxPeriods of them
	Years        int   // how far ahead, and how far back arrivals are taken from
	Replications int
	Seed         uint64
}

const maxPeriods = 5

// Supposed is the answer for one period.
type Supposed struct {
	Period int `json:"period"` // days
	*whatif.Answer
}

var errCalculating = core.E(core.TooMany, "whatif.busy", "Another calculation is running. Try again in a few seconds.")

// WhatIf answers what other recovery periods would mean for places, with the
// people who came and the time they stayed. One calculation runs at a time:
// another is asked to come back. progress is told how many of all replications
// are done; it may be nil, and may be called from several goroutines.
func (s *Service) WhatIf(ctx context.Context, actor core.Actor, purpose core.Purpose, p Supposition, progress func(done, total int)) ([]Supposed, error) {
	b, err := s.allow(actor, purpose, access.ViewCapacity, access.Whole())
	if err != nil {
		return nil, s.refused(ctx, actor, purpose, access.ViewCapacity, err)
	}
	if len(p.Periods) == 0 || len(p.Periods) > maxPeriods {
		return nil, core.InvalidFields([]core.Field{{Name: "then", Code: "range", Msg: fmt.Sprintf("Ask about one to %d periods.", maxPeriods)}})
	}
	if p.Years < 1 || p.Years > 10 {
		return nil, core.InvalidFields([]core.Field{{Name: "years", Code: "range", Msg: "Look between one and ten years ahead."}})
	}
	select {
	case s.calculating <- struct{}{}:
		defer func() { <-s.calculating }()
	default:
		return nil, errCalculating
	}
	q, err := s.question(ctx, p)
	if err != nil {
		return nil, err
	}
	answers := make([]Supposed, len(p.Periods))
	for i, days := range p.Periods {
		q.Then = days
		a, err := whatif.Run(ctx, q, func(done, total int) {
			if progress != nil {
				progress(i*total+done, total*len(p.Periods))
			}
		})
		if err != nil {
			return nil, err
		}
		answers[i] = Supposed{days, a}
	}
	return answers, s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, b, core.ID{}, fmt.Sprintf("what-if:%d-years", p.Years)), nil)
	})
}

// question gathers what has been observed. A place that takes several kinds of
// people is shared out evenly between them.
func (s *Service) question(ctx context.Context, p Supposition) (whatif.Question, error) {
	rules, err := s.rules()
	if err != nil {
		return whatif.Question{}, err
	}
	q := whatif.Question{Recovery: rules.Recovery.Value, Days: 365 * p.Years, Replications: p.Replications, Seed: p.Seed}
	groups := map[string]*whatif.Group{}
	of := func(who string) *whatif.Group {
		if groups[who] == nil {
			groups[who] = &whatif.Group{Name: who}
		}
		return groups[who]
	}
	if err := s.bedsOf(ctx, of); err != nil {
		return q, err
	}
	if err := s.peopleOf(ctx, p.Years, of); err != nil {
		return q, err
	}
	for _, who := range []string{Women, Men, Families, Children, ""} {
		if g := groups[who]; g != nil {
			q.Groups = append(q.Groups, *g)
		}
	}
	return q, nil
}

func (s *Service) bedsOf(ctx context.Context, of func(string) *whatif.Group) error {
	beds, err := s.store.BedTotals(ctx)
	if err != nil {
		return err
	}
	for _, b := range beds {
		takes := slices.DeleteFunc(slices.Clone(b.Attributes), func(a string) bool { return a == Accessible })
		if b.State == OutOfUse || len(takes) == 0 {
			continue
		}
		for i, who := range takes {
			share := b.N / len(takes)
			if i < b.N%len(takes) {
				share++
			}
			of(who).Beds += share
		}
	}
	return nil
}

func (s *Service) peopleOf(ctx context.Context, years int, of func(string) *whatif.Group) error {
	waiting, err := s.store.WaitingTotals(ctx)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		of(w.Who).Waiting += w.N
	}
	today := s.today()
	from := today.AddMonths(-12 * years)
	days, err := s.store.ArrivalDays(ctx, from)
	if err != nil {
		return err
	}
	first := today
	for _, d := range days {
		if d.Day.Before(first) {
			first = d.Day // what was observed begins with the first who came
		}
	}
	for _, d := range days {
		g := of(d.Who)
		if g.Arrivals == nil {
			g.Arrivals = make([]int, today.Sub(first)+1)
		}
		if i := d.Day.Sub(first); i < len(g.Arrivals) {
			g.Arrivals[i] += d.N
		}
	}
	housed, err := s.store.Housed(ctx)
	if err != nil {
		return err
	}
	for _, h := range housed {
		g := of(h.Who)
		until := h.Until
		if h.Running {
			until = today
		}
		length := 0
		if !h.From.IsZero() {
			length = max(0, until.Sub(h.From))
		}
		g.Stays = append(g.Stays, whatif.Stay{Days: length, Running: h.Running})
		if h.Running {
			g.Here = append(g.Here, length)
		}
	}
	return nil
}

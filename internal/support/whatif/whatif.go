package whatif

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"clew/internal/core"
)

// Group is people who need the same kind of place, and those places.
type Group struct {
	Name     string
	Beds     int    // that can be used
	Here     []int  // for each person who is there: days since they came
	Waiting  int    // people who wait for a place today
	Arrivals []int  // people who came to need a place, for each observed day, oldest first
	Stays    []Stay // observed lengths
}

// Question is what is asked.
type Question struct {
	Groups       []Group
	Recovery     int // days of the recovery period that was in force
	Then         int // days it would have
	Days         int // how far ahead
	Replications int
	Seed         uint64
}

// The bounds of a question. They stop abuse: a country has fewer.
const (
	MaxDays         = 20 * 366
	MaxReplications = 20000
	maxGroups       = 64
	maxPeople       = 5_000_000
	stepDays        = 30
)

// Range is where a figure lies in the replications: the middle one, and the
// bounds within which nine of ten lie.
type Range struct {
	Low    float64 `json:"low"`
	Middle float64 `json:"middle"`
	High   float64 `json:"high"`
}

// Step is the state of all places after some days.
type Step struct {
	Day      int   `json:"day"`
	Occupied Range `json:"occupied"` // beds
	Waiting  Range `json:"waiting"`  // people
}

// Answer is what was found.
type Answer struct {
	Beds     int    `json:"beds"`
	Steps    []Step `json:"steps"`    // every 30 days, from day 0
	Wait     Range  `json:"wait"`     // mean days that somebody waited for a place
	Longest  Range  `json:"longest"`  // the longest wait, days
	Enough   Range  `json:"enough"`   // beds that were in use at the same time at most, had nobody had to wait
	Arrivals Range  `json:"arrivals"` // people who came
}

// Run answers the question. progress, when not nil, is told after each
// replication how many are done; it may be called from several goroutines.
func Run(ctx context.Context, q Question, progress func(done, total int)) (*Answer, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	models := make([]model, len(q.Groups))
	for i, g := range q.Groups {
		models[i] = newModel(g, q)
	}
	results := make([]outcome, q.Replications)
	var next, done atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), q.Replications) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= q.Replications {
					return
				}
				results[i] = replicate(models, q, uint64(i))
				if n := int(done.Add(1)); progress != nil {
					progress(n, q.Replications)
				}
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return gather(q, results), nil
}

func (q *Question) check() error {
	var f []core.Field
	bad := func(ok bool, name, msg string) {
		if !ok {
			f = append(f, core.Field{Name: name, Code: "range", Msg: msg})
		}
	}
	bad(q.Recovery >= 1 && q.Recovery <= 730, "recovery", "The recovery period in force must be between 1 and 730 days.")
	bad(q.Then >= 1 && q.Then <= 730, "then", "Enter a recovery period between 1 and 730 days.")
	bad(q.Days >= 1 && q.Days <= MaxDays, "days", "Look between one day and twenty years ahead.")
	bad(q.Replications >= 20 && q.Replications <= MaxReplications, "replications", fmt.Sprintf("Ask for 20 to %d replications.", MaxReplications))
	bad(len(q.Groups) >= 1 && len(q.Groups) <= maxGroups, "groups", "There are no places and no people to reckon with yet.")
	people := 0
	for _, g := range q.Groups {
		people += len(g.Here) + g.Waiting + len(g.Stays)
		for _, n := range g.Arrivals {
			if n < 0 {
				bad(false, "arrivals", "A day cannot have fewer than no arrivals.")
				break
			}
			people += n
		}
		bad(g.Beds >= 0 && g.Waiting >= 0, "beds", "Beds and people who wait cannot be fewer than none.")
	}
	bad(people <= maxPeople, "groups", "This is more than five million people. Ask about a shorter time.")
	return core.InvalidFields(f)
}

// model is a group, ready to be drawn from.
type model struct {
	Group
	lengths lengths
	moved   int
	days    int
	longest int // of a stay, with the move: the size of the ring of departures
}

func newModel(g Group, q Question) model {
	m := model{Group: g, lengths: estimate(g.Stays), moved: q.Then - q.Recovery, days: q.Days}
	if m.lengths == nil { // nobody has stayed yet: the period itself is the best there is
		m.lengths = estimate([]Stay{{Days: q.Recovery}})
	}
	m.longest = int(m.lengths[resolution-1]) + max(0, m.moved) + 1
	return m
}

// outcome is one replication.
type outcome struct {
	occupied, waiting []int32 // for each step
	waited            float64 // mean days
	longest           int
	most              int // beds in use at once, had there been enough
	arrivals          int
}

func replicate(models []model, q Question, replication uint64) outcome {
	steps := q.Days/stepDays + 1
	o := outcome{occupied: make([]int32, steps), waiting: make([]int32, steps)}
	unlimited := make([]int32, q.Days+1)
	waited, housed := 0, 0
	for i := range models {
		r := rand.NewPCG(q.Seed, replication*maxGroups+uint64(i))
		w, h := models[i].run(r, &o, unlimited)
		waited, housed = waited+w, housed+h
	}
	if housed > 0 {
		o.waited = float64(waited) / float64(housed)
	}
	o.most = int(slices.Max(unlimited))
	return o
}

// block is how many days of arrivals are taken over together.
const block = 28

// run lives through the days for one group and adds what it finds to o and, for
// beds without limit, to unlimited. It returns the days waited and the people
// who got a place.
func (m *model) run(r *rand.PCG, o *outcome, unlimited []int32) (waited, housed int) {
	leaving := make([]int32, m.longest+1) // by day modulo its length
	leavingFreely := make([]int32, m.longest+1)
	arrived := make([]int32, m.days+1) // who waits, by the day they came
	present, free := len(m.Here), len(m.Here)
	for _, so := range m.Here {
		d := m.lengths.remaining(r, so)
		leaving[d%len(leaving)]++
		leavingFreely[d%len(leaving)]++
	}
	queue, head := 0, 0
	from, left := 0, 0
	for day := range m.days + 1 {
		slot := day % len(leaving)
		if day > 0 {
			present -= int(leaving[slot])
			free -= int(leavingFreely[slot])
			leaving[slot], leavingFreely[slot] = 0, 0
		}
		came := 0
		switch {
		case day == 0:
			came = m.Waiting
		case len(m.Arrivals) > 0:
			if left == 0 {
				from, left = int(r.Uint64()%uint64(len(m.Arrivals))), block
			}
			came = m.Arrivals[from]
			o.arrivals += came
			from, left = (from+1)%len(m.Arrivals), left-1
		}
		arrived[day] = int32(came)
		queue += came
		for range came { // with beds for everybody
			leavingFreely[(day+m.lengths.draw(r, m.moved))%len(leaving)]++
			free++
		}
		for queue > 0 && present < m.Beds {
			for arrived[head] == 0 {
				head++
			}
			arrived[head]--
			queue--
			present++
			housed++
			waited += day - head
			o.longest = max(o.longest, day-head)
			leaving[(day+m.lengths.draw(r, m.moved))%len(leaving)]++
		}
		unlimited[day] += int32(free)
		if day%stepDays == 0 {
			o.occupied[day/stepDays] += int32(present)
			o.waiting[day/stepDays] += int32(queue)
		}
	}
	for ; head < len(arrived); head++ { // who still waits has waited too
		if arrived[head] > 0 {
			o.longest = max(o.longest, m.days-head)
		}
	}
	return waited, housed
}

func gather(q Question, results []outcome) *Answer {
	a := &Answer{}
	for _, g := range q.Groups {
		a.Beds += g.Beds
	}
	across := func(figure func(o *outcome) float64) Range {
		values := make([]float64, len(results))
		for i := range results {
			values[i] = figure(&results[i])
		}
		slices.Sort(values)
		at := func(share float64) float64 { return values[int(share*float64(len(values)-1)+0.5)] }
		return Range{at(0.05), at(0.5), at(0.95)}
	}
	for step := range q.Days/stepDays + 1 {
		a.Steps = append(a.Steps, Step{Day: step * stepDays,
			Occupied: across(func(o *outcome) float64 { return float64(o.occupied[step]) }),
			Waiting:  across(func(o *outcome) float64 { return float64(o.waiting[step]) })})
	}
	a.Wait = across(func(o *outcome) float64 { return o.waited })
	a.Longest = across(func(o *outcome) float64 { return float64(o.longest) })
	a.Enough = across(func(o *outcome) float64 { return float64(o.most) })
	a.Arrivals = across(func(o *outcome) float64 { return float64(o.arrivals) })
	return a
}

package whatif

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"clew/internal/core"
)

func always(n, days int) []int { return slices.Repeat([]int{n}, days) }

func run(t testing.TB, q Question) *Answer {
	t.Helper()
	a, err := Run(t.Context(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fixed is a country where chance has no part: two people a day, thirty days each.
func fixed(beds, then int) Question {
	return Question{Groups: []Group{{Name: "women", Beds: beds, Arrivals: always(2, 100), Stays: []Stay{{Days: 30}}}},
		Recovery: 30, Then: then, Days: 300, Replications: 20, Seed: 7}
}

func TestOccupancyIsArrivalsTimesLength(t *testing.T) { // Little's law
	for then, want := range map[int]float64{30: 60, 45: 90, 90: 180, 15: 30} {
		a := run(t, fixed(1000, then))
		last := a.Steps[len(a.Steps)-1]
		if last.Occupied != (Range{want, want, want}) || last.Waiting.High != 0 || a.Wait.High != 0 || a.Enough.Middle != want {
			t.Errorf("period of %d days: %+v, enough %+v", then, last, a.Enough)
		}
	}
}

func TestWhereBedsAreShortPeopleWait(t *testing.T) {
	a := run(t, fixed(50, 30))
	last := a.Steps[len(a.Steps)-1] // two come a day, 50 beds let 5/3 a day through: a third of a person a day
	if last.Occupied.Middle != 50 || math.Abs(last.Waiting.Middle-100) > 10 {
		t.Errorf("after 300 days: %+v", last)
	}
	if a.Enough.Middle != 60 || a.Longest.Middle < 30 || a.Wait.Middle <= 0 {
		t.Errorf("enough %+v, longest %+v, mean %+v", a.Enough, a.Longest, a.Wait)
	}
}

// Whoever is protected already keeps the rules of their day.
func TestANewPeriodDoesNotMoveStaysThatRun(t *testing.T) {
	q := Question{Groups: []Group{{Beds: 10, Here: []int{3, 10, 29}, Stays: []Stay{{Days: 30}}}}, Recovery: 30, Then: 90, Days: 60, Replications: 20}
	a := run(t, q)
	if a.Steps[0].Occupied.Middle != 3 || a.Steps[1].Occupied.High != 0 {
		t.Errorf("%+v", a.Steps)
	}
}

func TestNobodyIsLostWhileWaiting(t *testing.T) {
	q := Question{Groups: []Group{{Waiting: 5, Arrivals: always(1, 30), Stays: []Stay{{Days: 10}}}}, Recovery: 45, Then: 45, Days: 90, Replications: 20}
	a := run(t, q)
	for i, want := range []float64{5, 35, 65, 95} {
		if a.Steps[i].Waiting.Middle != want {
			t.Errorf("after %d days %v wait, not %v", a.Steps[i].Day, a.Steps[i].Waiting.Middle, want)
		}
	}
	if a.Longest.Middle != 90 {
		t.Errorf("the longest wait is %v", a.Longest.Middle)
	}
}

// The remission times of the 6-MP arm of Freireich et al. (Blood 21, 1963), the
// textbook example of the product-limit estimate.
func TestLengthsFollowTheProductLimitEstimate(t *testing.T) {
	var stays []Stay
	for _, d := range []int{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		stays = append(stays, Stay{Days: d})
	}
	for _, d := range []int{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		stays = append(stays, Stay{Days: d, Running: true})
	}
	l := estimate(stays)
	for day, want := range map[int]float64{5: 1, 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 34: 0.448, 35: 0} {
		beyond := 0
		for _, d := range l {
			if int(d) > day {
				beyond++
			}
		}
		if got := float64(beyond) / float64(len(l)); math.Abs(got-want) > 0.001 {
			t.Errorf("%.4f stay longer than %d days, not %.3f", got, day, want)
		}
	}
}

func TestTheAnswerDependsOnTheSeedAndOnNothingElse(t *testing.T) {
	q := realistic(200, 2)
	q.Replications, q.Days = 50, 400
	want := run(t, q)
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	if diff := cmp.Diff(want, run(t, q)); diff != "" {
		t.Error("another number of processors: " + diff)
	}
	q.Seed++
	if cmp.Equal(want, run(t, q)) {
		t.Error("another seed has the same answer")
	}
}

func TestAShorterPeriodNeverNeedsMoreBeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Question{Recovery: 45, Days: 200, Replications: 20, Seed: rapid.Uint64().Draw(t, "seed")}
		for range rapid.IntRange(1, 3).Draw(t, "groups") {
			g := Group{Beds: 1 << 20, Arrivals: rapid.SliceOfN(rapid.IntRange(0, 4), 1, 60).Draw(t, "arrivals")}
			for _, d := range rapid.SliceOfN(rapid.IntRange(1, 300), 0, 20).Draw(t, "lengths") {
				g.Stays = append(g.Stays, Stay{Days: d, Running: d%3 == 0})
			}
			q.Groups = append(q.Groups, g)
		}
		var before *Answer
		for _, q.Then = range []int{10, 30, 45, 90} {
			a, err := Run(context.Background(), q, nil)
			if err != nil {
				t.Fatal(err)
			}
			if before != nil && (a.Enough.Low < before.Enough.Low || a.Enough.Middle < before.Enough.Middle || a.Enough.High < before.Enough.High) {
				t.Fatalf("%d days need fewer beds: %+v after %+v", q.Then, a.Enough, before.Enough)
			}
			before = a
		}
	})
}

func TestABadQuestionNamesItsFields(t *testing.T) {
	good := fixed(10, 30)
	for field, spoil := range map[string]func(q *Question){
		"then":         func(q *Question) { q.Then = 0 },
		"recovery":     func(q *Question) { q.Recovery = -1 },
		"days":         func(q *Question) { q.Days = MaxDays + 1 },
		"replications": func(q *Question) { q.Replications = MaxReplications + 1 },
		"groups":       func(q *Question) { q.Groups = nil },
		"arrivals":     func(q *Question) { q.Groups = []Group{{Arrivals: []int{1, -1, -1}}} },
		"beds":         func(q *Question) { q.Groups = []Group{{Beds: -1}} },
	} {
		q := good
		spoil(&q)
		_, err := Run(t.Context(), q, nil)
		if f := core.FieldsOf(err); len(f) != 1 || f[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestItStopsWhenAskedTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	q := realistic(5000, 27)
	_, err := Run(ctx, q, func(done, _ int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("went on: %v", err)
	}
}

// realistic is a country of the given number of beds and arrivals a day.
func realistic(beds, perDay int) Question {
	q := Question{Recovery: 45, Then: 90, Days: 5 * 365, Replications: 1000, Seed: 1}
	for i, name := range []string{"women", "men", "families", "children"} {
		g := Group{Name: name, Beds: beds / 4, Waiting: 3 * i}
		for day := range 5 * 365 {
			g.Arrivals = append(g.Arrivals, (perDay*(3+day%3)/4+i%2)/4)
		}
		for n := range 12500 {
			g.Stays = append(g.Stays, Stay{Days: 30 + n*37%400, Running: n%20 == 0})
		}
		for n := range beds / 5 {
			g.Here = append(g.Here, n%200)
		}
		q.Groups = append(q.Groups, g)
	}
	return q
}

// Five years, a thousand replications, 5,000 places and 50,000 stays.
func BenchmarkFiveYears(b *testing.B) {
	q := realistic(5000, 27)
	b.ReportAllocs()
	for b.Loop() {
		run(b, q)
	}
}

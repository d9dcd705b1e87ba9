package likeness_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/likeness"
	"clew/match/score"
)

var ctx = context.Background()

// memory is a source and key store in memory: what the index reads is what the test
// put there. Positions are given by the test, as the ledger gives them.
type memory struct {
	rows    []likeness.Row // in the order of ids
	says    map[core.ID]score.Input
	written []core.ID // by position
	dead    map[core.ID]bool
	away    error // what every read answers
	damaged map[core.ID]bool
	opened  int
}

func newMemory() *memory {
	return &memory{says: map[core.ID]score.Input{}, dead: map[core.ID]bool{}, damaged: map[core.ID]bool{}}
}

var ids = core.NewIDs(core.SystemClock{})

// put writes an identity and gives its entry a position.
func (m *memory) put(id core.ID, in score.Input) {
	m.says[id] = in
	i, there := slices.BinarySearchFunc(m.rows, id, func(r likeness.Row, id core.ID) int { return slices.Compare(r.Case[:], id[:]) })
	if there {
		m.rows[i].Version++
	} else {
		m.rows = slices.Insert(m.rows, i, likeness.Row{Case: id, Person: id, Version: 1})
	}
	m.written = append(m.written, id)
}

func (m *memory) add(name, born string) core.ID {
	id := ids.New()
	m.put(id, score.Input{Name: name, Birth: born})
	return id
}

func (m *memory) Positions(context.Context) (int64, error) { return int64(len(m.written)), m.away }

func (m *memory) Written(_ context.Context, from, to int64) ([]core.ID, int64, error) {
	to = min(to, from+3) // several answers, so that going on is tried
	list := slices.Clone(m.written[from:to])
	slices.SortFunc(list, func(a, b core.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(list), to, m.away
}

func (m *memory) Identities(_ context.Context, after core.ID, limit int) ([]likeness.Row, error) {
	i, there := slices.BinarySearchFunc(m.rows, after, func(r likeness.Row, id core.ID) int { return slices.Compare(r.Case[:], id[:]) })
	if there {
		i++
	}
	return m.rows[i:min(len(m.rows), i+limit)], m.away
}

func (m *memory) IdentitiesOf(_ context.Context, cases []core.ID) ([]likeness.Row, error) {
	var list []likeness.Row
	for _, r := range m.rows {
		if slices.Contains(cases, r.Case) {
			list = append(list, r)
		}
	}
	return list, m.away
}

func (m *memory) Owners(ctx context.Context, after core.ID, limit int) ([]likeness.Row, error) {
	return m.Identities(ctx, after, limit)
}

func (m *memory) CountIdentities(context.Context) (int, error) { return len(m.rows), m.away }

func (m *memory) Living(_ context.Context, people ...core.ID) (map[core.ID]bool, error) {
	living := map[core.ID]bool{}
	for _, p := range people {
		living[p] = !m.dead[p]
	}
	return living, m.away
}

func (m *memory) Warm(context.Context, ...core.ID) error { return m.away }

func (m *memory) open(_ context.Context, r likeness.Row) (score.Input, error) {
	m.opened++
	switch {
	case m.dead[r.Person]:
		return score.Input{}, core.E(core.NotFound, "vault.shredded", "")
	case m.damaged[r.Case]:
		return score.Input{}, likeness.ErrDamaged
	}
	return m.says[r.Case], nil
}

func newIndex(m *memory) *likeness.Index {
	return likeness.New(score.Default(), m, m, m.open, slog.New(slog.DiscardHandler))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T, x *likeness.Index, name, born string) []core.ID {
	t.Helper()
	q := score.NewRecord(score.Input{Name: name, Birth: born})
	hits, whole := x.Search(&q, 10, 0.5)
	if !whole {
		t.Fatal("the index is not built")
	}
	list := make([]core.ID, len(hits))
	for i, h := range hits {
		list[i] = h.Case
	}
	return list
}

func TestUntilItIsWholeItFindsNothingAndSaysSo(t *testing.T) {
	m := newMemory()
	m.add("Amina Warsame", "1990-02-03")
	x := newIndex(m)
	q := score.NewRecord(score.Input{Name: "Amina Warsame"})
	if hits, whole := x.Search(&q, 10, 0.5); whole || len(hits) != 0 || x.Follows(0) {
		t.Errorf("before it is built: %v, whole %v", hits, whole)
	}
	m.away = errors.New("the database is away")
	if err := x.Build(ctx); err == nil || x.Whole() {
		t.Errorf("half an index passes for whole: %v", err)
	}
	m.away = nil
	must(t, x.Build(ctx))
	if s := x.Status(); !s.Whole || s.People != 1 || s.Built != 1 || s.Total != 1 || s.Followed != 1 || !x.Follows(0) || x.Follows(1) {
		t.Errorf("status: %+v", s)
	}
}

func TestAFaultOnTheWayIsCaughtUp(t *testing.T) {
	m := newMemory()
	x := newIndex(m)
	must(t, x.Build(ctx))
	for i := range 10 {
		m.add(fmt.Sprintf("Somebody Number%c", 'a'+i), "1990-02-03")
	}
	m.away = errors.New("the database is away")
	if x.CatchUp(ctx) == nil {
		t.Error("a database that is away was followed")
	}
	m.away = nil
	must(t, x.CatchUp(ctx))
	if s := x.Status(); s.People != 10 || s.Behind != 0 || s.Followed != 10 {
		t.Errorf("status: %+v", s)
	}
}

func TestOnlyWhatChangedIsOpened(t *testing.T) {
	m := newMemory()
	id := m.add("Amina Warsame", "1990-02-03")
	x := newIndex(m)
	must(t, x.Build(ctx))
	m.opened = 0
	m.written = append(m.written, id, id, id) // three notes and a decision, say
	must(t, x.CatchUp(ctx))
	if m.opened != 0 {
		t.Errorf("%d identities were opened that had not changed", m.opened)
	}
	m.put(id, score.Input{Name: "Hodan Jama", Birth: "1990-02-03"})
	must(t, x.CatchUp(ctx))
	if m.opened != 1 || len(found(t, x, "Hodan Jama", "")) != 1 || len(found(t, x, "Amina Warsame", "")) != 0 {
		t.Errorf("after a correction: %d opened", m.opened)
	}
}

func TestTheErasedLeave(t *testing.T) {
	m := newMemory()
	here, followed, swept := m.add("Amina Warsame", "1990"), m.add("Hodan Jama", "1991"), m.add("Sahra Hassan", "1992")
	x := newIndex(m)
	must(t, x.Build(ctx))
	x.Forget(here)
	m.dead[followed], m.dead[swept] = true, true
	m.written = append(m.written, followed)
	must(t, x.CatchUp(ctx))
	if n := x.Status().People; n != 1 {
		t.Errorf("%d people are left, want the one of whom nothing was said", n)
	}
	must(t, x.Sweep(ctx))
	if n := x.Status().People; n != 0 {
		t.Errorf("%d people are left", n)
	}
}

func TestOneDamagedIdentityKeepsNobodyElseOut(t *testing.T) {
	m := newMemory()
	m.damaged[m.add("Amina Warsame", "1990")] = true
	m.add("Hodan Jama", "1991")
	m.put(ids.New(), score.Input{Sex: "f"}) // nothing to know somebody by
	x := newIndex(m)
	must(t, x.Build(ctx))
	if s := x.Status(); s.People != 1 || s.Unreadable != 1 {
		t.Errorf("status: %+v", s)
	}
}

// TestFollowedIsRebuilt: after any changes the index that followed them finds what
// an index built anew finds.
func TestFollowedIsRebuilt(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	names := []string{"Amina Warsame", "Aminah Warsame", "Hodan Jama", "Hoodan Jaamac", "Sergei Ivanov", "Сергей Иванов", "Thi Huong Nguyen", "Huong Nguyen"}
	m := newMemory()
	x := newIndex(m)
	must(t, x.Build(ctx))
	var all []core.ID
	for step := range 400 {
		switch {
		case len(all) == 0 || r.IntN(3) == 0:
			all = append(all, m.add(names[r.IntN(len(names))], strconv.Itoa(1980+r.IntN(3))))
		case r.IntN(4) == 0:
			id := all[r.IntN(len(all))]
			m.dead[id] = true
			m.written = append(m.written, id)
		default:
			m.put(all[r.IntN(len(all))], score.Input{Name: names[r.IntN(len(names))], Birth: strconv.Itoa(1980 + r.IntN(3))})
		}
		if r.IntN(5) > 0 {
			continue
		}
		must(t, x.CatchUp(ctx))
		anew := newIndex(m)
		must(t, anew.Build(ctx))
		if a, b := x.Status().People, anew.Status().People; a != b {
			t.Fatalf("step %d: %d people followed, %d built anew", step, a, b)
		}
		for _, name := range names {
			q := score.NewRecord(score.Input{Name: name, Birth: "1981"})
			a, _ := x.Search(&q, 500, 0.5)
			b, _ := anew.Search(&q, 500, 0.5)
			if !slices.Equal(a, b) {
				t.Fatalf("step %d: %q finds %d followed, %d built anew", step, name, len(a), len(b))
			}
		}
	}
}

// TestANameAloneIsNotCertain: a record and itself score 1 in the library; two people
// of whom only a common name is known are not one for that.
func TestANameAloneIsNotCertain(t *testing.T) {
	m := score.Default()
	common, rare := score.NewRecord(score.Input{Name: "Nguyen"}), score.NewRecord(score.Input{Name: "Quynh Zebra Testperson", Birth: "1996-07-21"})
	if got := m.Compare(&common, &common).Score; got != 1 {
		t.Fatalf("the library gives %v to a record and itself", got)
	}
	if got := likeness.Weigh(m, &common, &common).Score; got >= 0.99 {
		t.Errorf("two people called Nguyen: %v", got)
	}
	if got := likeness.Weigh(m, &rare, &rare).Score; got < 0.9999 {
		t.Errorf("a rare name with its birth date: %v", got)
	}
}

func TestTheLeastScoreIsThatOfTheNextLongerList(t *testing.T) {
	m := &score.Model{Threshold: 0.5, Guidance: []score.Guidance{{ListNames: 100, Rate: 0.01, Score: 0.7}, {ListNames: 1000, Rate: 0.01, Score: 0.8},
		{ListNames: 1000, Rate: 0.001, Score: 0.99}, {ListNames: 10, Rate: 0.01, Score: 0.6}}}
	for n, want := range map[int]float64{0: 0.6, 10: 0.6, 11: 0.7, 100: 0.7, 500: 0.8, 1000: 0.8, 5000: 0.8} {
		if got := likeness.Least(m, n, 0.01); got != want {
			t.Errorf("%d people: %v, want %v", n, got, want)
		}
	}
	if got := likeness.Least(m, 50, 0.5); got != 0.5 {
		t.Errorf("a rate nobody measured: %v, want the model's threshold", got)
	}
}

// TestSearchingWhileFollowing is for the race detector.
func TestSearchingWhileFollowing(t *testing.T) {
	m := newMemory()
	x := newIndex(m)
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	for i := range 300 {
		m.add(fmt.Sprintf("Somebody Number%c%c", 'a'+i%26, 'a'+i/26), "1990-02-03")
	}
	go func() { x.Run(running, time.Millisecond); close(done) }()
	q := score.NewRecord(score.Input{Name: "Somebody Numberab"})
	for range 200 {
		x.Search(&q, 10, 0.5)
		x.Wake()
		_ = x.Status()
	}
	stop()
	<-done
}

// made is a country's worth of people with names of syllables, so that there are
// about as many different names as people.
func made(n int) *memory {
	r := rand.New(rand.NewPCG(1, 2))
	syllables := []string{"ba", "ko", "mi", "ra", "sen", "tu", "lo", "ve", "na", "zhi", "fer", "dan", "gul", "pe", "osh", "ika", "mar", "el", "yu", "tha", "qu", "bri", "sto", "lan"}
	word := func() (w string) {
		for range 2 + r.IntN(3) {
			w += syllables[r.IntN(len(syllables))]
		}
		return w
	}
	m := newMemory()
	m.rows = make([]likeness.Row, n)
	for i := range m.rows {
		id := ids.New()
		m.rows[i] = likeness.Row{Case: id, Person: id, Version: 1}
		m.says[id] = score.Input{Given: word(), Family: word() + " " + word(), Birth: fmt.Sprintf("%d-%02d-%02d", 1955+r.IntN(55), 1+r.IntN(12), 1+r.IntN(28)),
			Sex: []string{"f", "m"}[r.IntN(2)], Countries: []string{[]string{"VNM", "ALB", "GBR", "SDN"}[r.IntN(4)]}, Documents: []string{fmt.Sprintf("P%08d", r.IntN(1e8))}}
	}
	slices.SortFunc(m.rows, func(a, b likeness.Row) int { return cmp.Compare(a.Case.String(), b.Case.String()) })
	return m
}

func heap() uint64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return s.HeapInuse
}

// BenchmarkIndex measures an index of CLEW_BENCH_PEOPLE people (20,000): how long it
// takes to build, without the vault; how many bytes a person takes; how long a search
// takes.
func BenchmarkIndex(b *testing.B) {
	n := 20_000
	if s := os.Getenv("CLEW_BENCH_PEOPLE"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	m := made(n)
	before := heap()
	began := time.Now()
	x := newIndex(m)
	must(b, x.Build(ctx))
	took := time.Since(began)
	used := heap() - before
	var queries []score.Record
	for i := range 1000 {
		in := m.says[m.rows[i*n/1000].Case]
		in.Given = in.Given[:len(in.Given)-1] + "y"
		in.Documents = nil
		queries = append(queries, score.NewRecord(in))
	}
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		x.Search(&queries[i%len(queries)], 50, 0.9)
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	b.ReportMetric(float64(used)/float64(n), "bytes/person")
	b.ReportMetric(took.Seconds(), "s-to-build")
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
	runtime.KeepAlive(x)
}

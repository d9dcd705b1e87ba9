package index

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"clew/match/internal/reference"
	"clew/match/score"
)

// madeList makes persons by recombining and misspelling the names of every
// second traveller of the reference data; the others are the innocent queries.
// It also returns queries for persons on the list, with a slip.
func madeList(t testing.TB, persons int) (list []RawEntry, innocent, listed []score.Input) {
	rows := reference.Rows(t, "names/not_on_any_list.csv")
	byNation := map[string][]int{}
	for i := 0; i < len(rows); i += 2 {
		byNation[rows[i]["nationality"]] = append(byNation[rows[i]["nationality"]], i)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range persons {
		first := rows[r.IntN(len(rows)/2)*2]
		same := byNation[first["nationality"]]
		given, family := first["first_name"], rows[same[r.IntN(len(same))]]["last_name"]
		if r.IntN(3) == 0 {
			family = slip(r, family)
		}
		in := score.Input{Name: given + " " + family, Birth: fmt.Sprintf("%d-%02d-%02d", 1940+r.IntN(66), 1+r.IntN(12), 1+r.IntN(28)), Sex: first["gender"], Countries: []string{first["nationality"]}}
		for range r.IntN(4) {
			in.Aliases = append(in.Aliases, slip(r, given)+" "+rows[same[r.IntN(len(same))]]["first_name"]+" "+slip(r, family))
		}
		list = append(list, RawEntry{ID: strconv.Itoa(i), Input: in})
	}
	for i := 1; i < len(rows); i += 2 {
		innocent = append(innocent, score.Input{Name: rows[i]["full_name"], Birth: rows[i]["date_of_birth"], Sex: rows[i]["gender"], Countries: []string{rows[i]["nationality"]}})
	}
	for range 2000 {
		in := list[r.IntN(len(list))].Input
		in.Name, in.Aliases = slip(r, in.Name), nil
		listed = append(listed, in)
	}
	return list, innocent, listed
}

// slip makes one typing mistake, in letters of the name's own script.
func slip(r *rand.Rand, s string) string {
	rs := []rune(s)
	if len(rs) < 4 {
		return s
	}
	i := 1 + r.IntN(len(rs)-2)
	switch r.IntN(3) {
	case 0:
		rs = slices.Delete(rs, i, i+1)
	case 1:
		rs[i], rs[i+1] = rs[i+1], rs[i]
	default:
		rs[i] = rs[r.IntN(len(rs))]
	}
	return string(rs)
}

// TestSpeed prints the figures of docs/performance/match.md for the number of
// persons in CLEW_BENCH_PERSONS. It asserts nothing about time.
func TestSpeed(t *testing.T) {
	persons, _ := strconv.Atoi(os.Getenv("CLEW_BENCH_PERSONS"))
	if persons == 0 {
		t.Skip("set CLEW_BENCH_PERSONS to a number of persons to measure")
	}
	list, innocent, listed := madeList(t, persons)
	names := 0
	for i := range list {
		names += 1 + len(list[i].Aliases)
	}
	before := heapInUse()
	start, cpu := time.Now(), cpuTime()
	b := NewBuilder(score.Default())
	for i := range list {
		b.Add(list[i])
	}
	x := b.Finish()
	took, used := time.Since(start), cpuTime()-cpu
	t.Logf("%d persons, %d names: built in %v (%v of processor, %.0f names a processor second), %d bytes a name",
		persons, names, took.Round(time.Millisecond), used.Round(time.Millisecond), float64(names)/used.Seconds(), (heapInUse()-before)/uint64(names))
	runtime.KeepAlive(list)
	for name, queries := range map[string][]score.Input{"on no list": innocent, "listed, with a slip": listed} {
		measure(t, x, name, queries)
	}
	start = time.Now()
	x.Put(Entry{ID: "new", Record: score.NewRecord(listed[0])})
	first := time.Since(start)
	start = time.Now()
	x.Put(Entry{ID: "newer", Record: score.NewRecord(listed[1])})
	t.Logf("first change %v, next %v", first, time.Since(start))
}

func measure(t *testing.T, x *Index, name string, queries []score.Input) {
	records := make([]score.Record, len(queries))
	for i := range queries {
		records[i] = score.NewRecord(queries[i])
	}
	// The quietest of three rounds tells most about the engine; the first also
	// meets every word for the first time, and is told apart.
	runtime.LockOSThread() // its time is counted
	defer runtime.UnlockOSThread()
	for round := range 3 {
		var clock, processor []time.Duration
		hits, cpu := 0, cpuTime()
		for i := range records {
			start, used := time.Now(), threadTime()
			hits += len(x.Search(&records[i], Options{}).Hits)
			clock, processor = append(clock, time.Since(start)), append(processor, threadTime()-used)
		}
		used := cpuTime() - cpu
		slices.Sort(clock)
		slices.Sort(processor)
		n := len(records)
		t.Logf("%s, round %d: %.0f searches a processor second; by the clock p50 %v, p99 %v; of processor p50 %v, p99 %v; %.2f hits a search",
			name, round+1, float64(n)/used.Seconds(), clock[n/2], clock[n*99/100], processor[n/2], processor[n*99/100], float64(hits)/float64(n))
	}
}

// heapInUse is what the program holds after a collection.
func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkSearch(b *testing.B) {
	list, innocent, listed := madeList(b, 5350)
	bl := NewBuilder(score.Default())
	for i := range list {
		bl.Add(list[i])
	}
	x := bl.Finish()
	for name, queries := range map[string][]score.Input{"innocent": innocent, "listed": listed} {
		records := make([]score.Record, len(queries))
		for i := range queries {
			records[i] = score.NewRecord(queries[i])
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				x.Search(&records[i%len(records)], Options{})
			}
		})
	}
}

// TestRecall prints what the index loses against comparing everything, on a
// list of CLEW_BENCH_PERSONS persons: the second half of what is said of a
// search's speed. Every hundredth query is tried.
func TestRecall(t *testing.T) {
	persons, _ := strconv.Atoi(os.Getenv("CLEW_BENCH_PERSONS"))
	if persons == 0 {
		t.Skip("set CLEW_BENCH_PERSONS to a number of persons to measure")
	}
	list, innocent, listed := madeList(t, persons)
	m := score.Default()
	entries := make([]Entry, len(list))
	for i := range list {
		entries[i] = Entry{ID: list[i].ID, Record: score.NewRecord(list[i].Input)}
	}
	x := Build(m, entries)
	for name, queries := range map[string][]score.Input{"on no list": innocent, "listed, with a slip": listed} {
		for _, dated := range []bool{true, false} {
			var want, lost, sure int
			for i := 0; i < len(queries); i += len(queries) / 200 {
				in := queries[i]
				if !dated {
					in.Birth = ""
				}
				q := score.NewRecord(in)
				found := map[string]bool{}
				for _, h := range x.Search(&q, Options{Limit: len(entries)}).Hits {
					found[h.ID] = true
				}
				for id, s := range bruteForce(m, entries, &q, m.Threshold) {
					want++
					if !found[id] {
						lost++
						if s > 0.95 {
							sure++
						}
					}
				}
			}
			t.Logf("%s, date of birth %v: lost %d of %d hits, %d of them above 0.95", name, dated, lost, want, sure)
		}
	}
}

// TestCalibrate prints the guidance of the model file for a list of
// CLEW_BENCH_PERSONS persons: the scores that keep false alarms of 10,000
// travellers on no list at the usual rates, and what the thresholds that one
// half of them gives do to the other half. Half of the travellers are rows of
// the reference data, half are recombined from those rows as the list's are
// from the others.
func TestCalibrate(t *testing.T) {
	persons, _ := strconv.Atoi(os.Getenv("CLEW_BENCH_PERSONS"))
	if persons == 0 {
		t.Skip("set CLEW_BENCH_PERSONS to a number of persons to measure")
	}
	list, travellers, _ := madeList(t, persons)
	rows, r := reference.Rows(t, "names/not_on_any_list.csv"), rand.New(rand.NewPCG(2, 2))
	byNation := map[string][]int{}
	for i := 1; i < len(rows); i += 2 {
		byNation[rows[i]["nationality"]] = append(byNation[rows[i]["nationality"]], i)
	}
	for len(travellers) < 10000 {
		row := rows[1+2*r.IntN(len(rows)/2)]
		same := byNation[row["nationality"]]
		other, born := rows[same[r.IntN(len(same))]], rows[same[r.IntN(len(same))]]
		travellers = append(travellers, score.Input{Name: row["first_name"] + " " + other["last_name"], Birth: born["date_of_birth"], Sex: row["gender"], Countries: []string{row["nationality"]}})
	}
	b, names := NewBuilder(score.Default()), 0
	for i := range list {
		names += 1 + len(list[i].Aliases)
		b.Add(list[i])
	}
	x := b.Finish()
	best := make([]float64, len(travellers))
	r.Shuffle(len(travellers), func(i, j int) { travellers[i], travellers[j] = travellers[j], travellers[i] })
	for i := range travellers {
		q := score.NewRecord(travellers[i])
		for _, h := range x.Search(&q, Options{Limit: 1}).Hits {
			best[i] = h.Score
		}
	}
	half := len(best) / 2
	for i, g := range score.Calibrate(best, 0.01, 0.001, 0.0001) {
		alarms := 0
		threshold := score.Calibrate(best[:half], 0.01, 0.001, 0.0001)[i].Score
		for _, s := range best[half:] {
			if s >= threshold {
				alarms++
			}
		}
		t.Logf("%d names, %d travellers: rate %g from %.5f; with the threshold of one half, %.5f, %.3f %% of the other", names, len(best), g.Rate, g.Score, threshold, 100*float64(alarms)/float64(half))
	}
}

// TestOpenSpeed prints what it takes to save and to open a list of
// CLEW_BENCH_PERSONS persons, a third of whom have a document.
func TestOpenSpeed(t *testing.T) {
	persons, _ := strconv.Atoi(os.Getenv("CLEW_BENCH_PERSONS"))
	if persons == 0 {
		t.Skip("set CLEW_BENCH_PERSONS to a number of persons to measure")
	}
	list, _, listed := madeList(t, persons)
	b, names := NewBuilder(score.Default()), 0
	for i := range list {
		if i%3 == 0 {
			list[i].Documents = []string{fmt.Sprintf("P%08d", i*7919)}
		}
		names += 1 + len(list[i].Aliases)
		b.Add(list[i])
	}
	x, path := b.Finish(), filepath.Join(t.TempDir(), "list.idx")
	start := time.Now()
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	saved := time.Since(start)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	start, cpu := time.Now(), cpuTime()
	y, err := Open(score.Default(), path)
	if err != nil {
		t.Fatal(err)
	}
	opened, used := time.Since(start), cpuTime()-cpu
	q := score.NewRecord(listed[0])
	start = time.Now()
	y.Search(&q, Options{})
	t.Logf("%d names: saved %d MiB in %v, opened in %v (%v of processor), first search %v", names, info.Size()>>20, saved.Round(time.Millisecond), opened.Round(time.Millisecond), used.Round(time.Millisecond), time.Since(start))
}

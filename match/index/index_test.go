package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"clew/match/score"
)

// Pools of names for lists made up by the tests.
var (
	givenNames  = []string{"Anna", "Maria", "Mohammed", "Ahmed", "John", "Olena", "Sergey", "Fatima", "Nguyen", "Li", "Kwame", "Rosa", "Viktor", "Amina", "Dmitry", "Grace", "Ibrahim", "Chen", "Yusuf", "Elena"}
	familyNames = []string{"Kowalski", "Petrov", "Hussein", "Okafor", "Smith", "Garcia", "Schmidt", "Tran", "Novak", "Haddad", "Popescu", "Lindqvist", "Moreira", "Shevchenko", "Abdullah", "Mensah", "Yilmaz", "Rossi", "Dubois", "Tesfaye"}
)

// randomEntry makes an entry; few names, so that many are alike.
func randomEntry(r *rand.Rand, id int) Entry {
	given, family := givenNames[r.IntN(len(givenNames))], familyNames[r.IntN(len(familyNames))]
	if r.IntN(3) == 0 {
		family = misspell(r, family)
	}
	in := score.Input{Name: given + " " + family, Birth: fmt.Sprintf("%d-%02d-%02d", 1950+r.IntN(50), 1+r.IntN(12), 1+r.IntN(28))}
	if r.IntN(2) == 0 {
		in.Aliases = []string{family + " " + givenNames[r.IntN(len(givenNames))] + " " + given}
	}
	if r.IntN(5) == 0 {
		in.Documents = []string{fmt.Sprintf("P%07d", r.IntN(1e7))}
	}
	return Entry{ID: fmt.Sprintf("e%06d", id), Partition: []string{"north", "south"}[id%2], Record: score.NewRecord(in)}
}

func misspell(r *rand.Rand, s string) string {
	b := []byte(s)
	i := 1 + r.IntN(len(b)-2)
	switch r.IntN(3) {
	case 0:
		b = slices.Delete(b, i, i+1)
	case 1:
		b[i], b[i+1] = b[i+1], b[i]
	default:
		b[i] = "aeioulnrst"[r.IntN(10)]
	}
	return string(b)
}

// bruteForce is what a search ought to find.
func bruteForce(m *score.Model, entries []Entry, q *score.Record, least float64) map[string]float64 {
	found := map[string]float64{}
	for i := range entries {
		if s := m.Compare(q, &entries[i].Record).Score; s >= least {
			found[entries[i].ID] = s
		}
	}
	return found
}

// The stated loss: of the hits that comparing everything would give, at most one
// in a hundred is not found; none is found with a score of its own.
func TestSearchFindsWhatBruteForceFinds(t *testing.T) {
	m, r := score.Default(), rand.New(rand.NewPCG(7, 7))
	var entries []Entry
	for i := range 3000 {
		entries = append(entries, randomEntry(r, i))
	}
	x := Build(m, entries)
	want, lost := 0, 0
	for i := range 300 {
		e := randomEntry(r, i)
		q := e.Record
		hits := x.Search(&q, Options{Limit: 5000})
		got := map[string]float64{}
		for _, h := range hits.Hits {
			got[h.ID] = h.Score
		}
		all := bruteForce(m, entries, &q, m.Threshold)
		for id, s := range all {
			want++
			if g, ok := got[id]; !ok {
				lost++
				if s > 0.95 {
					t.Errorf("%v does not find %s, which scores %.4f", q.Names, id, s)
				}
			} else if g != s {
				t.Fatalf("%s: search says %v, comparison %v", id, g, s)
			}
		}
		for id := range got {
			if _, ok := all[id]; !ok {
				t.Fatalf("search found %s, which does not reach the threshold", id)
			}
		}
	}
	t.Logf("lost %d of %d", lost, want)
	if want == 0 || lost*100 > want {
		t.Errorf("lost %d of %d hits, more than stated", lost, want)
	}
}

func TestExactNameIsAlwaysFound(t *testing.T) {
	m := score.Default()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[A-Z][a-zäöü]{1,9}( [A-Z][a-z]{1,9}){0,3}|[а-я]{3,8} [а-я]{3,8}|[ابتجدرسشفكلمنهوي]{3,6} [ابتجدرسشفكلمنهوي]{3,6}|[李王张刘陈]{1}[明华伟芳]{1,2}`), 1, 40).Draw(t, "names")
		var entries []Entry
		for i, n := range names {
			entries = append(entries, Entry{ID: fmt.Sprint(i), Record: score.NewRecord(score.Input{Name: n})})
		}
		x := Build(m, entries)
		for i := range entries {
			if len(entries[i].Names) == 0 {
				continue // NN and the like stand for no name
			}
			hits := x.Search(&entries[i].Record, Options{Limit: 1000})
			if !slices.ContainsFunc(hits.Hits, func(h Hit) bool { return h.ID == fmt.Sprint(i) && h.Score == 1 }) {
				t.Fatalf("%q does not find itself: %+v", names[i], hits.Hits)
			}
		}
	})
}

func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	m, r := score.Default(), rand.New(rand.NewPCG(3, 3))
	var entries []Entry
	for i := range 600 {
		entries = append(entries, randomEntry(r, i))
	}
	built, grown := Build(m, entries), New(m)
	for _, i := range r.Perm(len(entries)) {
		grown.Put(entries[i])
	}
	grown.Wait()
	for i := range 60 {
		q := randomEntry(r, i).Record
		a, b := built.Search(&q, Options{Limit: 50}), grown.Search(&q, Options{Limit: 50})
		if fmt.Sprint(ids(a)) != fmt.Sprint(ids(b)) {
			t.Fatalf("%v:\nbuilt %v\ngrown %v", q.Names, ids(a), ids(b))
		}
	}
}

func ids(h Hits) (out []string) {
	for _, x := range h.Hits {
		out = append(out, fmt.Sprintf("%s %.6f", x.ID, x.Score))
	}
	return out
}

func TestReplaceAndRemove(t *testing.T) {
	m := score.Default()
	x := New(m)
	entry := func(id, name string) Entry {
		return Entry{ID: id, Record: score.NewRecord(score.Input{Name: name})}
	}
	search := func(name string) []string {
		q := score.NewRecord(score.Input{Name: name})
		return ids(x.Search(&q, Options{}))
	}
	for i := range 1000 {
		x.Put(entry(fmt.Sprint(i), fmt.Sprintf("Person%d Nobody%d", i*7919%1000, i)))
	}
	x.Put(entry("a", "Olena Shevchenko"))
	if got := search("Olena Shevchenko"); len(got) != 1 {
		t.Fatalf("after adding: %v", got)
	}
	x.Put(entry("a", "Rosa Moreira"))
	if got := search("Olena Shevchenko"); len(got) != 0 {
		t.Fatalf("the replaced name is still found: %v", got)
	}
	if got := search("Rosa Moreira"); len(got) != 1 {
		t.Fatalf("after replacing: %v", got)
	}
	if !x.Remove("a") || x.Remove("a") {
		t.Fatal("Remove does not report whether the entry was there")
	}
	if got := search("Rosa Moreira"); len(got) != 0 {
		t.Fatalf("after removing: %v", got)
	}
	if x.Len() != 1000 {
		t.Fatalf("Len is %d, want 1000", x.Len())
	}
}

func TestPartitionsAreSearchedAlone(t *testing.T) {
	m := score.Default()
	same := score.NewRecord(score.Input{Name: "Viktor Novak"})
	x := Build(m, []Entry{{ID: "1", Partition: "north", Record: same}, {ID: "2", Partition: "south", Record: same}})
	x.Put(Entry{ID: "3", Partition: "south", Record: same})
	for _, c := range []struct {
		lists []string
		want  string
	}{{nil, "[1 2 3]"}, {[]string{"north"}, "[1]"}, {[]string{"south"}, "[2 3]"}, {[]string{"west"}, "[]"}, {[]string{"north", "south"}, "[1 2 3]"}} {
		var got []string
		for _, h := range x.Search(&same, Options{Partitions: c.lists}).Hits {
			got = append(got, h.ID)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("lists %v: got %v, want %s", c.lists, got, c.want)
		}
	}
}

func TestDocumentFindsWhateverTheName(t *testing.T) {
	m := score.Default()
	x := Build(m, []Entry{{ID: "1", Record: score.NewRecord(score.Input{Name: "Anna Kowalska", Documents: []string{"AB 120456"}})}})
	for _, doc := range []string{"AB120456", "ab-120456", "AB12O456"} {
		q := score.NewRecord(score.Input{Name: "Hanna Nowak", Documents: []string{doc}})
		if hits := x.Search(&q, Options{Min: 0.01}); len(hits.Hits) != 1 {
			t.Errorf("%s: %d hits", doc, len(hits.Hits))
		}
	}
}

func TestEmptyIndexAndEmptyQuery(t *testing.T) {
	m := score.Default()
	nobody, somebody := score.NewRecord(score.Input{Name: "-"}), score.NewRecord(score.Input{Name: "Ali"})
	for _, x := range []*Index{New(m), Build(m, nil), NewBuilder(m).Finish(), Build(m, []Entry{{ID: "1", Record: nobody}})} {
		for _, q := range []*score.Record{&nobody, &somebody, {}} {
			if hits := x.Search(q, Options{}); len(hits.Hits) != 0 {
				t.Errorf("found %v", ids(hits))
			}
		}
	}
}

// TestSearchWhileChanging is for the race detector, and checks that an entry
// that is there throughout is found throughout.
func TestSearchWhileChanging(t *testing.T) {
	m := score.Default()
	x := New(m)
	always := score.NewRecord(score.Input{Name: "Rosa Lindqvist", Birth: "1980-01-02"})
	x.Put(Entry{ID: "always", Record: always})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for {
				select {
				case <-stop:
					return
				default:
				}
				hits := x.Search(&always, Options{Limit: 3})
				if !slices.ContainsFunc(hits.Hits, func(h Hit) bool { return h.ID == "always" }) {
					t.Error("an entry that never changed was not found")
					return
				}
				q := randomEntry(r, 0).Record
				x.Search(&q, Options{})
			}
		}()
	}
	r := rand.New(rand.NewPCG(9, 9))
	for i := range 2500 {
		x.Put(randomEntry(r, i%900))
		if i%7 == 0 {
			x.Remove(fmt.Sprintf("e%06d", r.IntN(900)))
		}
	}
	close(stop)
	wg.Wait()
	x.Wait()
}

func TestSearchAllocatesOnlyItsAnswer(t *testing.T) {
	m, r := score.Default(), rand.New(rand.NewPCG(5, 5))
	var entries []Entry
	for i := range 2000 {
		entries = append(entries, randomEntry(r, i))
	}
	x := Build(m, entries)
	q := score.NewRecord(score.Input{Name: "Zzyzx Qwortle"})
	x.Search(&q, Options{})
	if n := testing.AllocsPerRun(200, func() { x.Search(&q, Options{}) }); n > 6 {
		t.Errorf("a search without hits allocates %v times", n)
	}
}

package link

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"clew/match/internal/reference"
	"clew/match/score"
)

// run links rows of the given fields and returns the result.
func run(t testing.TB, fields []Field, rows [][]string, o Options) *Result {
	t.Helper()
	l, err := New(score.Default(), fields, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		l.Add(r)
	}
	res, err := l.Link(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return res
}

var personFields = []Field{{"given", Given}, {"family", Family}, {"dob", Birth}}

// The goals of docs/match.md, with default settings and every field that the
// file has.
func TestLinkageOfReferenceFiles(t *testing.T) {
	for _, c := range []struct {
		file   string
		fields string
		truth  func(row map[string]string) string
		goal   float64
	}{
		{"febrl1.csv", "given=given_name,family=surname,dob=date_of_birth,address=address_1,suburb=suburb,postcode=postcode,state=state,street_number=street_number,soc_sec_id=soc_sec_id", febrlEntity, 0.985},
		{"febrl3.csv", "given=given_name,family=surname,dob=date_of_birth,address=address_1,suburb=suburb,postcode=postcode,state=state,street_number=street_number,soc_sec_id=soc_sec_id", febrlEntity, 0.985},
		{"febrl3.csv", "given=given_name,family=surname,dob=date_of_birth,address=address_1,suburb=suburb,postcode=postcode,state=state,street_number=street_number", febrlEntity, 0.985},
		{"RLdata10000.csv", "given=fname_c1,family=lname_c1,dob=by-bm-bd", func(row map[string]string) string { return row["ent_id"] }, 0.97},
	} {
		var fields []Field
		var columns [][]string
		for part := range strings.SplitSeq(c.fields, ",") {
			name, column, _ := strings.Cut(part, "=")
			fields = append(fields, Field{name, KindOf(name)})
			columns = append(columns, strings.Split(column, "-"))
		}
		var rows [][]string
		var truth []string
		for _, row := range reference.Rows(t, "names/"+c.file) {
			rows = append(rows, valuesOf(row, columns))
			truth = append(truth, c.truth(row))
		}
		res := run(t, fields, rows, Options{})
		q := res.Measure(truth)
		t.Logf("%s: P %.4f R %.4f F1 %.4f, blocking recall %.4f", c.file, q.Precision(), q.Recall(), q.F1(), q.BlockingRecall())
		if q.F1() < c.goal {
			t.Errorf("%s: F1 %.4f, below the goal of %.3f", c.file, q.F1(), c.goal)
		}
	}
}

func febrlEntity(row map[string]string) string { return strings.SplitN(row["rec_id"], "-", 3)[1] }

func valuesOf(row map[string]string, columns [][]string) (out []string) {
	for _, cs := range columns {
		var parts []string
		for _, c := range cs {
			parts = append(parts, fmt.Sprintf("%02s", row[c]))
		}
		if len(parts) == 1 {
			parts[0] = row[cs[0]]
		}
		out = append(out, strings.Join(parts, "-"))
	}
	return out
}

// madeUp makes people, some of them twice with a mistake; truth is the person.
func madeUp(n int) (rows [][]string, truth []string) {
	r := rand.New(rand.NewPCG(4, 4))
	syllables := []string{"ka", "lo", "mi", "ter", "san", "bro", "vin", "del", "ros", "mar"}
	word := func(k int) (s string) {
		for range k {
			s += syllables[r.IntN(len(syllables))]
		}
		return s
	}
	for i := range n {
		row := []string{word(2), word(3), fmt.Sprintf("%d-%02d-%02d", 1940+r.IntN(60), 1+r.IntN(12), 1+r.IntN(28))}
		rows, truth = append(rows, row), append(truth, fmt.Sprint(i))
		if i%4 == 0 {
			again := slices.Clone(row)
			again[1] = again[1][:2] + again[1][3:]
			rows, truth = append(rows, again), append(truth, fmt.Sprint(i))
		}
	}
	return rows, truth
}

func TestClustersDoNotDependOnOrder(t *testing.T) {
	rows, truth := madeUp(800)
	group := func(res *Result, order []int) map[string]string {
		out, members := map[string]string{}, map[uint32][]string{}
		for i, o := range order {
			members[res.Cluster[i]] = append(members[res.Cluster[i]], fmt.Sprint(o))
		}
		for _, m := range members {
			slices.Sort(m)
			for _, x := range m {
				out[x] = strings.Join(m, " ")
			}
		}
		return out
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	first := run(t, personFields, rows, Options{Workers: 2})
	if q := first.Measure(truth); q.F1() < 0.97 {
		t.Errorf("F1 %.3f on people without namesakes", q.F1())
	}
	want := group(first, order)
	shuffled := rand.New(rand.NewPCG(8, 8)).Perm(len(rows))
	var again [][]string
	for _, o := range shuffled {
		again = append(again, rows[o])
	}
	got, different := group(run(t, personFields, again, Options{Workers: 1}), shuffled), 0
	for x, m := range want {
		if got[x] != m {
			different++
		}
	}
	// u is learnt from pairs taken at random by position, so a pair on the very
	// edge may fall to the other side.
	if different > len(rows)/200 {
		t.Errorf("%d of %d records changed cluster with the order", different, len(rows))
	}
}

// A chain a-b-c in which a and c have nothing in common stays apart.
func TestChainsAreRefused(t *testing.T) {
	rows, _ := madeUp(600)
	rows = append(rows, []string{"anton", "feldmann", "1970-05-05"}, []string{"anton", "feldmann", "1970-05-05"}, []string{"berta", "feldmann", "1970-05-05"}, []string{"berta", "feldmann", "1970-05-05"})
	res := run(t, personFields, rows, Options{})
	n := len(rows)
	if res.Cluster[n-4] != res.Cluster[n-3] || res.Cluster[n-2] != res.Cluster[n-1] {
		t.Error("equal records are not one cluster")
	}
	if res.Cluster[n-4] == res.Cluster[n-1] {
		t.Error("twins became one person")
	}
}

func TestBadFiles(t *testing.T) {
	if _, err := New(score.Default(), nil, Options{}); err == nil {
		t.Error("no fields are accepted")
	}
	if _, err := New(score.Default(), personFields, Options{Threshold: 2}); err == nil {
		t.Error("a threshold of 2 is accepted")
	}
	for name, rows := range map[string][][]string{
		"none": nil, "one": {{"a", "b", "c"}}, "empty": {{}, {}, {}}, "short rows": {{"anna"}, {"anna"}, {"anna", "b"}},
		"nothing known":        {{"NA", "-", "unknown"}, {"", "n/a", "0000-00-00"}},
		"strange":              {{"\u202e\u200b", strings.Repeat("x", 10000), "30 February"}, {"1234", "⚓", "1900-01-01"}},
		"one a thousand times": slices.Repeat([][]string{{"Mohammed", "Ali", "1990-01-01"}}, 1000),
	} {
		t.Run(name, func(t *testing.T) {
			res := run(t, personFields, rows, Options{})
			if len(res.Cluster) != len(rows) {
				t.Errorf("%d clusters for %d records", len(res.Cluster), len(rows))
			}
		})
	}
}

func TestLinkStopsWhenToldTo(t *testing.T) {
	rows, _ := madeUp(100)
	l, err := New(score.Default(), personFields, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		l.Add(r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Link(ctx); err == nil {
		t.Error("a cancelled linkage goes on")
	}
}

func TestMeasureCountsPairs(t *testing.T) {
	res := &Result{Cluster: []uint32{0, 0, 0, 1, 1}}
	q := res.Measure([]string{"x", "x", "y", "y", ""})
	if q.TruePairs != 2 || q.FoundPairs != 3 || q.RightPairs != 1 {
		t.Errorf("%+v", q)
	}
}

func TestWaterfallAddsUp(t *testing.T) {
	rows, _ := madeUp(300)
	res := run(t, personFields, rows, Options{})
	if len(res.Edges) == 0 {
		t.Fatal("nothing linked")
	}
	e := res.Edges[len(res.Edges)-1]
	sum := 0.0
	for _, s := range res.Waterfall(e.A, e.B) {
		sum += s.Weight
	}
	if d := sum - float64(e.Weight); d > 0.01 || d < -0.01 {
		t.Errorf("the steps add up to %.3f, the pair weighs %.3f", sum, e.Weight)
	}
	svg := WaterfallSVG(res.Waterfall(e.A, e.B), "pair <1>")
	for _, want := range []string{"<svg", "<title>pair &lt;1&gt;</title>", "<desc>", "given"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the figure lacks %q", want)
		}
	}
}

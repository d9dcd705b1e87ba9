package index

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clew/match/score"
)

// big returns a size: that of the requirement when CLEW_BIG is set, else one
// that an ordinary test run can afford.
func big(full, usual int) int {
	if os.Getenv("CLEW_BIG") != "" {
		return full
	}
	return usual
}

// Names that nobody has, or that hide one, in a list and in a query.
func TestBadNames(t *testing.T) {
	m := score.Default()
	const anna = "Anna Kowalska"
	long, words := strings.Repeat("ab", 5000), strings.Repeat("Ana Bo ", 1500)
	for name, c := range map[string]struct {
		name        string
		findsAnna   bool
		findsItself bool
	}{
		"empty":                   {"", false, false},
		"blank":                   {" \t ", false, false},
		"dash":                    {"-", false, false},
		"FNU":                     {"FNU", false, false},
		"unknown":                 {"unknown", false, false},
		"one letter":              {"A", false, true},
		"one letter each":         {"A K", false, true},
		"numbers":                 {"12345", false, true},
		"only marks":              {"...,,,'''", false, false},
		"10,000 letters":          {long, false, true},
		"10,000 letters of words": {words, false, true},
		"mixed scripts":           {"Anna Ковальская", true, true},
		"zero-width characters":   {"An\u200bna Kowal\u200d\ufeffska", true, true},
		"bidi characters":         {"\u202eAnna\u202c \u2066Kowalska\u2069", true, true},
		"control characters":      {"Anna\x00Kowalska\x1b", true, true},
		"broken UTF-8":            {"Anna\xffKowalska", true, true},
		"full-width letters":      {"Ａｎｎａ Ｋｏｗａｌｓｋａ", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			q := score.NewRecord(score.Input{Name: c.name})
			x := Build(m, []Entry{{ID: "anna", Record: score.NewRecord(score.Input{Name: anna})}, {ID: "self", Record: q}})
			found := map[string]bool{}
			for _, h := range x.Search(&q, Options{}).Hits {
				found[h.ID] = true
			}
			if found["anna"] != c.findsAnna || found["self"] != c.findsItself {
				t.Errorf("finds %v; want Anna %v, itself %v", found, c.findsAnna, c.findsItself)
			}
		})
	}
}

// The work of a search, not its time, is what a test can hold on any machine.
func workOf(x *Index, q *score.Record) (weighed int, bounded bool) {
	sr := &searcher{}
	sr.begin(x.model, q, Options{Limit: 10, Min: x.model.Threshold})
	for _, s := range x.view.Load().segments {
		sr.segment(s)
	}
	return sr.weighed, sr.bounded
}

func logTimes(t *testing.T, x *Index, q *score.Record) {
	var each []time.Duration
	for range 200 {
		start := time.Now()
		x.Search(q, Options{})
		each = append(each, time.Since(start))
	}
	slices.Sort(each)
	t.Logf("%d entries: p50 %v, p99 %v by the clock", x.Len(), each[100], each[197])
}

func TestTwoMillionCalledMohammedAli(t *testing.T) {
	b, n := NewBuilder(score.Default()), big(2_000_000, 60_000)
	for i := range n {
		b.Add(RawEntry{ID: strconv.Itoa(i), Input: score.Input{Name: "Mohammed Ali", Birth: fmt.Sprintf("%d-%02d-%02d", 1930+i%80, 1+i%12, 1+i%28)}})
	}
	x := b.Finish()
	q := score.NewRecord(score.Input{Name: "Mohamed Ali", Birth: "1971-06-14"})
	hits := x.Search(&q, Options{})
	if !hits.Bounded {
		t.Error("the answer does not say that only some were looked at")
	}
	if len(hits.Hits) == 0 || hits.Hits[0].Entry().Birth.String() != "1971-06-14" {
		t.Errorf("the bearer born on the day asked for is not first: %v", ids(hits))
	}
	if weighed, _ := workOf(x, &q); weighed > mostBearers {
		t.Errorf("%d bearers of %d were weighed", weighed, n)
	}
	logTimes(t, x, &q)
}

func TestOneEntryAMillionTimes(t *testing.T) {
	n := big(1_000_000, 30_000)
	q := score.NewRecord(score.Input{Name: "Rosa Lindqvist", Birth: "1980-01-02"})
	for name, id := range map[string]func(i int) string{"ids of their own": strconv.Itoa, "one id": func(int) string { return "1" }} {
		b := NewBuilder(score.Default())
		for i := range n {
			b.Add(RawEntry{ID: id(i), Input: score.Input{Name: "Rosa Lindqvist", Birth: "1980-01-02"}})
		}
		x := b.Finish()
		hits := x.Search(&q, Options{})
		weighed, bounded := workOf(x, &q)
		if weighed > mostBearers || hits.Bounded != bounded {
			t.Errorf("%s: %d weighed, bounded %v", name, weighed, bounded)
		}
		if name == "one id" && (x.Len() != 1 || len(hits.Hits) != 1 || hits.Bounded) {
			t.Errorf("one id: %d entries, %d hits, bounded %v", x.Len(), len(hits.Hits), hits.Bounded)
		}
		if name != "one id" && (x.Len() != n || len(hits.Hits) != 10 || hits.Hits[0].Score != 1 || !hits.Bounded) {
			t.Errorf("%s: %d entries, %d hits, bounded %v", name, x.Len(), len(hits.Hits), hits.Bounded)
		}
		logTimes(t, x, &q)
	}
}

// Twins share all but a first name: each is found by their own, and first.
func TestTwinsWithOneBirthday(t *testing.T) {
	m := score.Default()
	twin := func(name string) score.Record {
		return score.NewRecord(score.Input{Name: name, Birth: "1999-05-06", Sex: "f", Countries: []string{"NG"}, Place: "Benin City"})
	}
	x := Build(m, []Entry{{ID: "blessing", Record: twin("Blessing Osagie")}, {ID: "patience", Record: twin("Patience Osagie")}})
	for id, name := range map[string]string{"blessing": "Blesing Osagie", "patience": "Patiense Osagie"} {
		q := twin(name)
		if got := ids(x.Search(&q, Options{})); len(got) != 1 || !strings.HasPrefix(got[0], id) {
			t.Errorf("%s finds %v", name, got)
		}
	}
}

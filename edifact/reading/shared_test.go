package reading_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/reading"
)

// samplesDir returns where the reference messages are. They are not part of this
// repository: the test says so and is skipped, unless they are required.
func samplesDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CLEW_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "edifact")
	if _, err := os.Stat(filepath.Join(dir, "index.csv")); err != nil {
		if os.Getenv("CLEW_REQUIRE_SHARED") != "" {
			t.Fatalf("reference messages are required and not there: %v", err)
		}
		t.Skipf("reference messages are not there: %v", err)
	}
	return dir
}

// sample is one row of the index.
type sample map[string]string

func samples(t testing.TB) (dir string, rows []sample) {
	t.Helper()
	dir = samplesDir(t)
	f, err := os.Open(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range table[1:] {
		row := sample{}
		for i, column := range table[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return dir, rows
}

func readAll(t testing.TB, text []byte) []manifest.Report {
	t.Helper()
	var out []manifest.Report
	for it, err := range reading.Reports("x", bytes.NewReader(text), reading.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, it.Report)
	}
	return out
}

func sampleText(t testing.TB, dir, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sampleReport reads a sample, which holds one message.
func sampleReport(t testing.TB, dir, file string) manifest.Report {
	t.Helper()
	reports := readAll(t, sampleText(t, dir, file))
	if len(reports) != 1 {
		t.Fatalf("%s: %d messages, want 1", file, len(reports))
	}
	return reports[0]
}

// personSegments counts the segments of a message that each begin a person, by
// the tokenizer alone: NAD of a person, PDT, and TIF before the itinerary.
func personSegments(text []byte) int {
	n := 0
	r := edifact.NewReader(bytes.NewReader(text))
	for {
		h, err := r.Next()
		if err != nil {
			return n
		}
		reservation := true
		for seg := r.Segment(); seg != nil; seg = r.Segment() {
			switch seg.Tag {
			case "SRC":
				reservation = true
			case "TVL", "ABI", "LTS":
				reservation = false
			case "NAD":
				if h.Type == "PAXLST" && slices.Contains([]string{"FL", "FM", "DDU", "DDT", "ZZZ"}, seg.Get(1, 0)) {
					n++
				}
			case "PDT":
				n++
			case "TIF":
				if reservation {
					n++
				}
			}
		}
	}
}

// tifs counts TIF-begun persons only: infants without a TIF come on top.
func fromSegments(rep *manifest.Report) int {
	n := len(rep.Persons)
	for _, q := range rep.Quarantined {
		if q.Reason != "infant_without_tif" {
			n++
		}
	}
	return n
}

func TestNobodyIsLostInAnySample(t *testing.T) {
	dir, rows := samples(t)
	for _, row := range rows {
		text := sampleText(t, dir, row["file"])
		rep := sampleReport(t, dir, row["file"])
		if got, want := fromSegments(&rep), personSegments(text); got != want {
			t.Errorf("%s: %d persons out, %d begun in the message", row["file"], got, want)
		}
		if rep.Type != row["type"][:min(6, len(row["type"]))] && row["type"] != "" {
			t.Errorf("%s: type %s, index says %s", row["file"], rep.Type, row["type"])
		}
	}
}

// The observed_* columns are another tokenizer's reading: where ours differs, the
// difference is named in docs/edifact.md and here.
func TestObservedColumnsOfTheIndex(t *testing.T) {
	differs := map[string]string{
		"paxlst/gtas-inline-APISParsingWithBagWeightAndCountInMEASegment.edi":          "docs", // a document with an expiry and no number is kept
		"paxlst/gtas-inline-APISParsingWithNoMEASegmentAndTwoBagCountOnFTXSegment.edi": "docs",
		"paxlst/gtas-inline-APISParsingWithOnlyBagCountInMEASegment.edi":               "docs",
	}
	dir, rows := samples(t)
	for _, row := range rows {
		rep := sampleReport(t, dir, row["file"])
		if row["type"] == "" { // the malformed UNA: the index could not read it
			if len(rep.Persons) != 2 {
				t.Errorf("%s: %d persons, want 2", row["file"], len(rep.Persons))
			}
			continue
		}
		check := func(what, column string, got int) {
			want, err := strconv.Atoi(row[column])
			if err == nil && got != want && differs[row["file"]] != what {
				t.Errorf("%s: %d %s, index observed %d", row["file"], got, what, want)
			}
		}
		crew, docs := 0, 0
		for _, p := range rep.Persons {
			if p.Type == manifest.Crew {
				crew++
			}
			docs += len(p.Documents)
		}
		if rep.Type == "PAXLST" && !strings.HasPrefix(rep.Version, "001") {
			check("crew", "observed_crew_FM", crew)
			check("passengers", "observed_passengers_FL", len(rep.Persons)-crew)
			check("docs", "observed_docs", docs)
		}
		var replies []string
		for _, r := range rep.Replies {
			replies = append(replies, r.Code)
		}
		if got := strings.Join(replies, " "); got != row["observed_ERC"] {
			t.Errorf("%s: replies %q, index observed %q", row["file"], got, row["observed_ERC"])
		}
		if rep.Type != "PNRGOV" && row["function"] != "" && rep.Function != row["function"] {
			t.Errorf("%s: function %q, index observed %q", row["file"], rep.Function, row["function"])
		}
	}
}

func TestCleaningAnOriginalEqualsItsReference(t *testing.T) {
	dir, rows := samples(t)
	pairs := 0
	for _, row := range rows {
		base, ok := strings.CutSuffix(row["file"], "-original.edi")
		if !ok {
			continue
		}
		pairs++
		a, b := sampleReport(t, dir, row["file"]), sampleReport(t, dir, base+"-reference.edi")
		if x, y := facts(&a), facts(&b); x != y {
			t.Errorf("%s\noriginal  %s\nreference %s", base, x, y)
		}
	}
	if pairs != 6 {
		t.Errorf("%d pairs, want 6", pairs)
	}
}

// facts is everything a report says of flights and persons, without offsets.
func facts(rep *manifest.Report) string {
	persons := make([]manifest.Person, len(rep.Persons))
	for i, p := range rep.Persons {
		persons[i] = *p
		persons[i].Offset = 0
		persons[i].Kept = nil
	}
	return fmt.Sprintf("%+v %+v %+v", rep.Flights, persons, rep.Replies)
}

// asserted are the facts that the messages' own sources assert (columns
// asserted_persons and asserted_facts of the index), file by file.
var asserted = map[string]func(t *testing.T, rep *manifest.Report){
	"paxlst/gtas-apisMessage.edi": func(t *testing.T, rep *manifest.Report) {
		legs(t, rep, "123 ATL-ORD", "124 ORD-JFK")
	},
	"paxlst/gtas-inline-MultipleTdtWithOneLegEach.edi": func(t *testing.T, rep *manifest.Report) {
		legs(t, rep, "123 YVR-JFK", "124 JFK-ATL")
	},
	"paxlst/gtas-inline-MultipleTdtWithLoc92.edi": func(t *testing.T, rep *manifest.Report) {
		legs(t, rep, "250 JFK-ANC", "250 ANC-ICN")
	},
	"paxlst/gtas-inline-SingleTdtWithLoc92.edi": func(t *testing.T, rep *manifest.Report) {
		legs(t, rep, "250 JFK-ANC", "250 ANC-ICN")
	},
	"paxlst/gtas-usedifact-RandomApis.edi": func(t *testing.T, rep *manifest.Report) {
		legs(t, rep, "812 AKL-LAX")
		persons(t, rep, 4)
	},
	"paxlst/gtas-usedifact-ProgressiveFlightDtm.edi": func(t *testing.T, rep *manifest.Report) {
		legs(t, rep, "812 AKL-HNL", "812 HNL-LAX", "812 LAX-JFK")
		persons(t, rep, 1)
	},
	"paxlst/gtas-inline-APISParsingWithBagWeightAndCountInMEASegment.edi": func(t *testing.T, rep *manifest.Report) {
		bags(t, rep, "80", 4)
	},
	"paxlst/gtas-inline-APISParsingWithOnlyBagCountInMEASegment.edi": func(t *testing.T, rep *manifest.Report) {
		bags(t, rep, "", 4)
	},
	"paxlst/gtas-inline-APISParsingWithNoMEASegmentAndTwoBagCountOnFTXSegment.edi": func(t *testing.T, rep *manifest.Report) {
		bags(t, rep, "", 2)
	},
	"pnrgov/gtas-pnrMessageExample.edi": func(t *testing.T, rep *manifest.Report) {
		if rep.Persons[0].From != "WDH" {
			t.Errorf("origin %s, asserted WDH", rep.Persons[0].From)
		}
		if got := rep.Persons[0].Seats[1].Cabin; got != "Y" {
			t.Errorf("cabin of seat 1 %q, asserted Y", got)
		}
		total := 0
		for _, p := range rep.Persons {
			for _, b := range p.Bags {
				total += b.Count
			}
		}
		if total != 18 {
			t.Errorf("%d bags, asserted 18", total)
		}
	},
	"pnrgov/gtas-pnrBadFormat.edi": func(t *testing.T, rep *manifest.Report) { persons(t, rep, 2) },
	"pnrgov/gtas-pnrEdge.edi": func(t *testing.T, rep *manifest.Report) {
		if got := contacts(rep, "email"); len(got) == 0 || got[0] != "MOLLY_LOUUNT+50BB@GMAIL.COM" {
			t.Errorf("e-mail %q", got)
		}
	},
	"pnrgov/gtas-pnrPhoneCTCM.edi":  secondPhone,
	"pnrgov/gtas-pnrPhoneCTC_M.edi": secondPhone,
	"pnrgov/gtas-danglingMetaCharacter.edi": func(t *testing.T, rep *manifest.Report) {
		persons(t, rep, 1)
	},
	"pnrgov/gtas-loader-2_pnrs_basic.edi": func(t *testing.T, rep *manifest.Report) {
		if rep.Flights[0].Number == "" {
			t.Error("the flight has no number")
		}
	},
	"pnrgov/gtas-inline-getSinglePnr.edi": func(t *testing.T, rep *manifest.Report) {
		n := 0
		for _, f := range rep.Findings {
			if f.Code == "traveller_missing" {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d records, asserted 3", n)
		}
	},
}

func secondPhone(t *testing.T, rep *manifest.Report) {
	if got := contacts(rep, "phone"); len(got) != 2 || got[0] != "8675309" || got[1] != "123456789" {
		t.Errorf("phones %q, asserted 8675309 and 123456789", got)
	}
}

func contacts(rep *manifest.Report, kind string) []string {
	var out []string
	for _, c := range rep.Persons[0].Contacts {
		if c.Type == kind {
			out = append(out, c.Value)
		}
	}
	return out
}

func legs(t *testing.T, rep *manifest.Report, want ...string) {
	t.Helper()
	var got []string
	for _, f := range rep.Flights {
		got = append(got, f.Number+" "+f.From+"-"+f.To)
	}
	if !slices.Equal(got, want) {
		t.Errorf("flights %q, asserted %q", got, want)
	}
}

func persons(t *testing.T, rep *manifest.Report, n int) {
	t.Helper()
	if len(rep.Persons) != n {
		t.Errorf("%d persons, asserted %d", len(rep.Persons), n)
	}
}

func bags(t *testing.T, rep *manifest.Report, weight string, n int) {
	t.Helper()
	persons(t, rep, 1)
	if b := rep.Persons[0].Bags; len(b) != 1 || b[0].Weight != weight || b[0].Count != n {
		t.Errorf("bags %+v, asserted %d of %q", b, n, weight)
	}
}

func TestEveryAssertedFactHolds(t *testing.T) {
	dir, rows := samples(t)
	for _, row := range rows {
		claimed := row["asserted_persons"] != "" || row["asserted_facts"] != "" &&
			!strings.HasPrefix(row["asserted_facts"], "(@Ignore") && !strings.HasPrefix(row["asserted_facts"], "cleaning")
		check := asserted[row["file"]]
		if claimed && check == nil {
			t.Errorf("%s: asserted %q is not checked", row["file"], row["asserted_facts"])
		}
		if check != nil {
			rep := sampleReport(t, dir, row["file"])
			t.Run(filepath.Base(row["file"]), func(t *testing.T) { check(t, &rep) })
		}
	}
}

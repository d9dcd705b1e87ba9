package reading_test

import (
	"bytes"
	"strings"
	"testing"

	"clew/edifact"
	"clew/edifact/cusres"
	"clew/edifact/manifest"
	"clew/edifact/paxlst"
	"clew/edifact/pnrgov"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// alike compares two readings of a message. Where a segment stood, and with
// which separators it was written, changes when it is written anew.
var alike = cmp.Options{
	cmpopts.IgnoreFields(manifest.Person{}, "Offset"),
	cmpopts.IgnoreFields(manifest.Quarantined{}, "Offset", "Text"),
	cmpopts.IgnoreFields(pnrgov.SSR{}, "Offset"),
	cmpopts.IgnoreFields(pnrgov.Leg{}, "Offset"),
	cmpopts.IgnoreFields(pnrgov.Record{}, "Offset"),
	cmpopts.IgnoreFields(pnrgov.Traveller{}, "Offset"),
	cmpopts.IgnoreFields(pnrgov.Evidence{}, "Offset"),
	cmpopts.IgnoreFields(cusres.Reply{}, "Offset"),
	cmpopts.IgnoreUnexported(pnrgov.Leg{}, pnrgov.Record{}),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b edifact.Raw) bool { return canonical(a) == canonical(b) }),
	cmp.Comparer(func(a, b edifact.Header) bool {
		return a.Type == b.Type && a.Ref == b.Ref && a.Part == b.Part && a.Last == b.Last && a.AccessRef == b.AccessRef
	}),
}

// canonical is a raw segment in the default separators.
func canonical(r edifact.Raw) string {
	w := edifact.NewWriter(edifact.Default)
	w.Raw(r)
	return string(w.Bytes())
}

// stable checks that decode∘encode∘decode = decode: encoding what was read, and
// reading it again, gives the same message. Encoding may settle a first reading
// (a value with control bytes, say), so the comparison starts from the second.
func stablePaxlst(t testing.TB, m *paxlst.Message) {
	t.Helper()
	second := recodePaxlst(t, m)
	third := recodePaxlst(t, second)
	if diff := cmp.Diff(second, third, alike); diff != "" {
		t.Fatalf("not stable (-once +twice):\n%s", diff)
	}
	if len(m.Persons) != len(second.Persons) {
		t.Fatalf("%d persons, %d after writing and reading", len(m.Persons), len(second.Persons))
	}
}

func recodePaxlst(t testing.TB, m *paxlst.Message) *paxlst.Message {
	t.Helper()
	var out bytes.Buffer
	if err := paxlst.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	again, _, err := paxlst.Decode(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatalf("cannot read what was written: %v\n%q", err, out.String())
	}
	return &again
}

func stablePnrgov(t testing.TB, m *pnrgov.Message) {
	t.Helper()
	second := recodePnrgov(t, m)
	third := recodePnrgov(t, second)
	if diff := cmp.Diff(second, third, alike); diff != "" {
		t.Fatalf("not stable (-once +twice):\n%s", diff)
	}
	if len(m.Persons) != len(second.Persons) {
		t.Fatalf("%d persons, %d after writing and reading", len(m.Persons), len(second.Persons))
	}
}

func recodePnrgov(t testing.TB, m *pnrgov.Message) *pnrgov.Message {
	t.Helper()
	var out bytes.Buffer
	if err := pnrgov.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	again, _, err := pnrgov.Decode(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatalf("cannot read what was written: %v\n%q", err, out.String())
	}
	return &again
}

func stableCusres(t testing.TB, m *cusres.Message) {
	t.Helper()
	second := recodeCusres(t, m)
	third := recodeCusres(t, second)
	if diff := cmp.Diff(second, third, alike); diff != "" {
		t.Fatalf("not stable (-once +twice):\n%s", diff)
	}
	if len(m.Replies) != len(second.Replies) {
		t.Fatalf("%d replies, %d after writing and reading", len(m.Replies), len(second.Replies))
	}
}

func recodeCusres(t testing.TB, m *cusres.Message) *cusres.Message {
	t.Helper()
	var out bytes.Buffer
	if err := cusres.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	again, _, err := cusres.Decode(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatalf("cannot read what was written: %v\n%q", err, out.String())
	}
	return &again
}

// TestWhatWasReadIsWrittenAndReadTheSame holds the first reading equal to the
// second for every message that is not damaged.
func TestWhatWasReadIsWrittenAndReadTheSame(t *testing.T) {
	texts := map[string]string{}
	for name, text := range messages {
		if name != "several" && name != "us" { // the US form is written in the UN form
			texts[name] = text
		}
	}
	for name, text := range texts {
		roundTrip(t, name, text)
	}
}

func TestSamplesAreWrittenAndReadTheSame(t *testing.T) {
	dir, rows := samples(t)
	for _, row := range rows {
		if !strings.Contains(row["file"], "usedifact") {
			roundTrip(t, row["file"], string(sampleText(t, dir, row["file"])))
		}
	}
}

func roundTrip(t *testing.T, name, text string) {
	t.Helper()
	if m, _, err := paxlst.Decode(strings.NewReader(text)); err == nil {
		if diff := cmp.Diff(&m, recodePaxlst(t, &m), alike); diff != "" {
			t.Errorf("%s (-read +written and read):\n%s", name, diff)
		}
	}
	if m, _, err := pnrgov.Decode(strings.NewReader(text)); err == nil {
		if diff := cmp.Diff(&m, recodePnrgov(t, &m), alike); diff != "" {
			t.Errorf("%s (-read +written and read):\n%s", name, diff)
		}
	}
	if m, _, err := cusres.Decode(strings.NewReader(text)); err == nil {
		if diff := cmp.Diff(&m, recodeCusres(t, &m), alike); diff != "" {
			t.Errorf("%s (-read +written and read):\n%s", name, diff)
		}
	}
}

func TestUSFormIsWrittenInTheUNForm(t *testing.T) {
	m, _, err := paxlst.Decode(strings.NewReader(messages["us"]))
	if err != nil {
		t.Fatal(err)
	}
	again := recodePaxlst(t, &m)
	if len(again.Persons) != 2 || again.Persons[1].Surname != "O'LEARY" || again.Persons[1].Type != manifest.Crew || again.Flights[0].To != "LAX" {
		t.Errorf("read again: %+v", again.Persons)
	}
}

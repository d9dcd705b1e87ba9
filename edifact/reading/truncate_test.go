package reading_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/reading"
)

// TestTruncatedAtEveryByte cuts each of the ten messages at every byte: nobody
// whose segment had begun is missing, and the cut is reported.
func TestTruncatedAtEveryByte(t *testing.T) {
	if len(messages) != 10 {
		t.Fatalf("%d messages, want 10", len(messages))
	}
	for name, text := range messages {
		for cut := 0; cut < len(text); cut++ {
			checkCut(t, name, text[:cut])
		}
	}
}

func checkCut(t *testing.T, name, text string) {
	t.Helper()
	persons, findings, messages := 0, 0, 0
	for it, err := range reading.Reports(name, strings.NewReader(text), reading.Options{}) {
		if err != nil {
			if errors.Is(err, edifact.ErrNoMessage) && begun(text) == 0 {
				return
			}
			t.Fatalf("%s cut at %d: %v", name, len(text), err)
		}
		persons += fromSegments(&it.Report)
		findings += len(it.Findings)
		messages++
	}
	if want := begun(text); persons != want {
		t.Fatalf("%s cut at %d: %d persons, %d begun\n…%s", name, len(text), persons, want, text[max(0, len(text)-60):])
	}
	if messages > 0 && findings == 0 && !strings.HasSuffix(strings.TrimSpace(text), "'") && !strings.HasSuffix(strings.TrimSpace(text), "-") {
		t.Fatalf("%s cut at %d: nothing is said of the cut", name, len(text))
	}
}

// begun counts the persons begun in text: whole segments by the tokenizer, and
// the cut one when its tag and qualifier tell that it begins a person.
func begun(text string) int {
	n := 0
	r := edifact.NewReader(strings.NewReader(text))
	for {
		h, err := r.Next()
		if err != nil {
			return n
		}
		flight, reservation := false, true
		for seg := r.Segment(); seg != nil; seg = r.Segment() {
			code := seg.Get(1, 0)
			switch seg.Tag {
			case "SRC":
				reservation = true
			case "TVL", "ABI", "LTS":
				reservation = false
			case "TDT":
				flight = flight || !seg.Cut
			case "PDT":
				n++
			case "TIF":
				if h.Type == "PNRGOV" && reservation {
					n++
				}
			case "NAD":
				if h.Type == "PAXLST" && code != "MS" && (flight || len(code) > 1) {
					n++
				}
			}
		}
	}
}

// A reader that gives a byte at a time, or fails half-way, changes nothing of
// what has been read.
func TestSlowAndFailingReaders(t *testing.T) {
	for name, text := range messages {
		whole := readAll(t, []byte(text))
		i := 0
		for it, err := range reading.Reports("x", iotest.OneByteReader(strings.NewReader(text)), reading.Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			if a, b := facts(&it.Report), facts(&whole[i]); a != b {
				t.Errorf("%s byte by byte\n%s\nwant\n%s", name, a, b)
			}
			i++
		}
		broken := errors.New("line down")
		var last error
		for _, err := range reading.Reports("x", iotest.TimeoutReader(bytes.NewReader(nil)), reading.Options{}) {
			last = err
		}
		if !errors.Is(last, edifact.ErrNoMessage) {
			t.Errorf("empty reader: %v", last)
		}
		last = nil
		for _, err := range reading.Reports("x", iotest.ErrReader(broken), reading.Options{}) {
			last = err
		}
		if !errors.Is(last, broken) {
			t.Errorf("failing reader: %v", last)
		}
	}
}

func TestTruncationKeepsTheRawTextOfThePersonCut(t *testing.T) {
	text := messages["passengers"]
	i := strings.Index(text, "NAD+FL+++MARTINS:RUI")
	rep := one(t, text[:i+len("NAD+FL+++MARTINS:RU")])
	if len(rep.Persons) != 1 || len(rep.Quarantined) != 1 {
		t.Fatalf("%d persons, %d quarantined", len(rep.Persons), len(rep.Quarantined))
	}
	want := manifest.Quarantined{Reason: "person_cut", Segment: "NAD", Offset: int64(i), Text: "NAD+FL+++MARTINS:RU"}
	q := rep.Quarantined[0]
	if q.Reason != want.Reason || q.Segment != want.Segment || q.Offset != want.Offset || q.Text != want.Text {
		t.Errorf("got %+v, want %+v", q, want)
	}
	if !has(&rep, "truncated") || !has(&rep, "person_cut") {
		t.Errorf("findings %v", rep.Findings)
	}
}

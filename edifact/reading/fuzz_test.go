package reading_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"clew/edifact/cusres"
	"clew/edifact/paxlst"
	"clew/edifact/pnrgov"
	"clew/edifact/reading"
)

func addMessages(f *testing.F) {
	for _, text := range messages {
		f.Add([]byte(text))
	}
	for _, text := range hostile(600) {
		f.Add([]byte(text))
	}
}

// FuzzReports: nothing panics, everything can be written as JSON in UTF-8, and
// nobody is lost.
func FuzzReports(f *testing.F) {
	addMessages(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		for it, err := range reading.Reports("x", bytes.NewReader(text), reading.Options{}) {
			if err != nil {
				return
			}
			out, err := json.Marshal(it.Report)
			if err != nil || !utf8.Valid(out) {
				t.Fatalf("JSON: %v", err)
			}
			for i, p := range it.Persons {
				if p.N != i+1 {
					t.Fatalf("person %d has number %d", i+1, p.N)
				}
				for _, r := range p.Relations {
					if r.N < 0 || r.N > len(it.Persons) {
						t.Fatalf("relation to person %d of %d", r.N, len(it.Persons))
					}
				}
			}
			for _, fd := range it.Findings {
				if fd.Code == "" || !strings.Contains(fd.Text, "; ") || fd.Offset < 0 || fd.Offset > int64(len(text))*2 {
					t.Fatalf("finding %+v", fd)
				}
			}
		}
	})
}

// The three decoders: what was read can be written and is then read the same.

func FuzzPaxlst(f *testing.F) {
	addMessages(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, _, err := paxlst.Decode(bytes.NewReader(text))
		if err == nil {
			stablePaxlst(t, &m)
		}
	})
}

func FuzzPnrgov(f *testing.F) {
	addMessages(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, _, err := pnrgov.Decode(bytes.NewReader(text))
		if err == nil {
			stablePnrgov(t, &m)
		}
	})
}

func FuzzCusres(f *testing.F) {
	addMessages(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, _, err := cusres.Decode(bytes.NewReader(text))
		if err == nil {
			stableCusres(t, &m)
		}
	})
}

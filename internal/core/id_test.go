package core

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestIDsIncreaseUnderAnyClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := NewFixedClock(noon)
		ids := NewIDs(clock)
		last := ids.New()
		for _, step := range rapid.SliceOfN(rapid.Int64Range(-3_600_000, 3_600_000), 1, 200).Draw(t, "steps in ms") {
			clock.Advance(time.Duration(step) * time.Millisecond)
			id := ids.New()
			if id.String() <= last.String() {
				t.Fatalf("%v follows %v after a step of %d ms", id, last, step)
			}
			last = id
		}
	})
}

func TestIDsAreVersion7(t *testing.T) {
	id := NewIDs(NewFixedClock(noon)).New()
	if id[6]>>4 != 7 || id[8]>>6 != 2 {
		t.Errorf("%v: version %d, variant %d", id, id[6]>>4, id[8]>>6)
	}
	if !id.Time().Equal(noon) {
		t.Errorf("made at %v, want %v", id.Time(), noon)
	}
	if at := NewIDAt(noon); !at.Time().Equal(noon) || at[6]>>4 != 7 {
		t.Errorf("NewIDAt gives %v of %v", at, at.Time())
	}
}

func TestIDsAreUniqueAcrossGoroutinesAndMakers(t *testing.T) {
	clock := NewFixedClock(noon)
	one, two := NewIDs(clock), NewIDs(clock)
	const workers, each = 8, 2000
	made := make([][]ID, workers)
	var wg sync.WaitGroup
	for w := range workers {
		maker := one
		if w%2 == 1 {
			maker = two
		}
		wg.Go(func() {
			for range each {
				made[w] = append(made[w], maker.New())
			}
		})
	}
	wg.Wait()
	seen := map[ID]bool{}
	for _, list := range made {
		for _, id := range list {
			if seen[id] {
				t.Fatalf("%v was made twice", id)
			}
			seen[id] = true
		}
	}
}

func TestIDTextJSONAndSQL(t *testing.T) {
	id := NewIDAt(noon)
	if back, err := ParseID(id.String()); err != nil || back != id {
		t.Errorf("%v reads back as %v, %v", id, back, err)
	}
	b, err := json.Marshal(struct{ A, B ID }{A: id})
	if err != nil || string(b) != `{"A":"`+id.String()+`","B":""}` {
		t.Errorf("%s, %v", b, err)
	}
	var back struct{ A, B ID }
	if err := json.Unmarshal(b, &back); err != nil || back.A != id || !back.B.IsZero() {
		t.Errorf("%+v, %v", back, err)
	}
	var scanned ID
	v, err := id.Value()
	if err == nil {
		err = scanned.Scan(v)
	}
	if err != nil || scanned != id {
		t.Errorf("through SQL %v becomes %v, %v", id, scanned, err)
	}
	if v, err := (ID{}).Value(); v != nil || err != nil {
		t.Errorf("the zero id is stored as %v, %v", v, err)
	}
	if err := scanned.Scan(nil); err != nil || !scanned.IsZero() {
		t.Errorf("NULL = %v, %v", scanned, err)
	}
	if err := scanned.Scan(12); err == nil {
		t.Error("a number was scanned")
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("0190163d-8694-739b-aea5-966c26f8ad91")
	f.Add("")
	f.Add("0190163d-8694-739b-aea5-966c26f8ad9g")
	f.Add("{190163d-8694-739b-aea5-966c26f8ad91")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			if !id.IsZero() {
				t.Fatalf("%q: an error and an id", s)
			}
			return
		}
		if back, err := ParseID(id.String()); !id.IsZero() && (err != nil || back != id) {
			t.Fatalf("%q: %v reads back as %v, %v", s, id, back, err)
		}
	})
}

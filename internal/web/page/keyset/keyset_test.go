package keyset

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clew/internal/core"
)

func TestAPlaceIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, math.MaxInt64).Draw(t, "n")
		id := core.NewIDAt(time.UnixMilli(rapid.Int64Range(1, 1<<45).Draw(t, "at")))
		gotN, gotID, err := Decode(Encode(n, id))
		if err != nil || gotN != n || gotID != id {
			t.Fatalf("%d %s became %d %s, %v", n, id, gotN, gotID, err)
		}
	})
}

func TestTheBeginningIsEmpty(t *testing.T) {
	if n, id, err := Decode(""); n != 0 || !id.IsZero() || err != nil {
		t.Errorf("%d %s %v", n, id, err)
	}
}

// FuzzDecode holds that whatever is accepted has one form only.
func FuzzDecode(f *testing.F) {
	f.Add("")
	f.Add(Encode(7, core.NewIDAt(time.UnixMilli(1_700_000_000_000))))
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("________________________________")
	f.Fuzz(func(t *testing.T, s string) {
		n, id, err := Decode(s)
		switch {
		case err != nil && core.KindOf(err) != core.Invalid:
			t.Errorf("%q: %v", s, err)
		case err == nil && s != "" && Encode(n, id) != s:
			t.Errorf("%q is read as %d %s, which is written %q", s, n, id, Encode(n, id))
		}
	})
}

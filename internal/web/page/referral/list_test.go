package referral

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Removing a row leaves the other rows as they were typed, in their order.
func TestRemovingARowKeepsTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,5}`), 1, 14).Draw(t, "rows")
		gone := rapid.IntRange(0, len(typed)-1).Draw(t, "gone")
		values := url.Values{"identity.names.count": {strconv.Itoa(len(typed))}, "identity.names.note": {"other"}, "identity.phones.0": {"1"},
			"remove": {"identity.names." + strconv.Itoa(gone)}}
		for i, v := range typed {
			values.Set("identity.names."+strconv.Itoa(i)+".given", v)
		}
		if !changeRows(values) {
			t.Fatal("nothing was removed")
		}
		want := append(append([]string{}, typed[:gone]...), typed[gone+1:]...)
		if n := postedCounts(values)("identity.names", -1); n != len(want) {
			t.Fatalf("%d rows are left, want %d", n, len(want))
		}
		for i, v := range want {
			if got := values.Get("identity.names." + strconv.Itoa(i) + ".given"); got != v {
				t.Fatalf("row %d holds %q, want %q", i, got, v)
			}
		}
		if values.Has("identity.names." + strconv.Itoa(len(want)) + ".given") {
			t.Fatal("the last row is still there")
		}
		if values.Get("identity.names.note") != "other" || values.Get("identity.phones.0") != "1" {
			t.Fatal("an answer that is no row of the list has changed")
		}
	})
}

// FuzzChangeRows sends what no page of ours has: it must end, and never make
// more rows than a page may have.
func FuzzChangeRows(f *testing.F) {
	f.Add("remove", "identity.names.0", "identity.names.count", "2")
	f.Add("add", "identity.phones", "identity.phones.count", "40")
	f.Add("identity.names.count", "99999999999", "identity.names.7.family", "x")
	f.Add("remove", "...", "..count", "-1")
	f.Add("add", "", "remove", ".")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		values := url.Values{name1: {value1}, name2: {value2}}
		changeRows(values)
		for _, prefix := range []string{"identity.names", "identity.phones", strings.TrimSuffix(value1, ".0")} {
			if n := postedCounts(values)(prefix, 0); n < 0 || n > maxRows {
				t.Errorf("%d rows of %q", n, prefix)
			}
		}
	})
}

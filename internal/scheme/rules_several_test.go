package scheme_test

import (
	"slices"
	"testing"

	"clew/internal/core"
	"clew/internal/scheme"
)

// TestTimesInAListComeShortestFirst holds the rules that are several lengths of
// time, which the clocks of permits and returns go by.
func TestTimesInAListComeShortestFirst(t *testing.T) {
	registry, err := scheme.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"ecat-minimum", "uk", "scotland"} {
		s, err := registry.Scheme(id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.On(core.MustDate(2025, 3, 12))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Permit.Warnings.Value, []scheme.CalendarDays{30, 90}) || r.Permit.Warnings.Source == "" {
			t.Errorf("%s: warnings %+v", id, r.Permit.Warnings)
		}
		if !slices.Equal(r.Return.FollowUps.Value, []scheme.Months{1, 3, 6, 12}) || r.Return.FollowUps.Source == "" {
			t.Errorf("%s: follow-ups %+v", id, r.Return.FollowUps)
		}
	}
}

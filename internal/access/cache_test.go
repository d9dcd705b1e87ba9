package access

import "testing"

func TestRecentForgetsTheOldestGeneration(t *testing.T) {
	r, built := newRecent[int, int](4), 0
	ask := func(k int) {
		if got := r.get(k, func() int { built++; return k * k }); got != k*k {
			t.Fatalf("%d: got %d", k, got)
		}
	}
	for range 3 {
		ask(1)
	}
	if built != 1 {
		t.Errorf("built %d times, want once", built)
	}
	for k := range 100 {
		ask(k)
		if n := len(r.young) + len(r.old); n > 8 {
			t.Fatalf("%d entries held", n)
		}
	}
	before := built
	ask(1)
	if built != before+1 {
		t.Error("the oldest entry was still held")
	}
}

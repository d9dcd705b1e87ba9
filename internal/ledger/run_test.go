package ledger_test

import (
	"context"
	"testing"
	"time"

	"clew/internal/database"
	"clew/internal/database/dbtest"
)

// TestRunSignsWhatIsWrittenAndOnceMoreAtItsEnd lets the loop work beside the
// writers, verifies while it does, and stops it.
func TestRunSignsWhatIsWrittenAndOnceMoreAtItsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		h.sign() // the empty tree, so that there is a file to verify with
		running, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); h.log.Run(running, time.Millisecond) }()
		defer func() { cancel(); <-done }()
		for range 20 {
			h.add(7)
			if r := h.verify(); !r.OK() {
				t.Fatalf("while writing goes on: %v", r.Findings)
			}
		}
		for range 1000 {
			if s, err := h.log.Status(ctx); err != nil {
				t.Fatal(err)
			} else if s.Unsigned == 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		h.add(3)
		cancel()
		<-done
		s, err := h.log.Status(ctx)
		if err != nil || s.Unsigned != 0 || s.Latest.N != 143 {
			t.Errorf("after the end: %+v, %v", s, err)
		}
		h.mustVerify(143)
	})
}

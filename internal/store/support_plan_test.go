package store

import (
	"strings"
	"testing"

	"clew/internal/database/dbtest"
)

// TestThePeriodsOfThoseWhoStayAreCountedWithoutThoseWhoLeft holds SQLite to the
// plan that keeps the page of places fast: nine stays in ten are over.
func TestThePeriodsOfThoseWhoStayAreCountedWithoutThoseWhoLeft(t *testing.T) {
	plan := explain(t, dbtest.SQLite(t).Reader(), endingStaysQuery, nil)
	if !strings.Contains(plan, "USING COVERING INDEX support_stay_here") || strings.Contains(plan, "SCAN f") || strings.Contains(plan, "SCAN c") {
		t.Errorf("every stay is read:\n%s", plan)
	}
}

package casefile_test

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

// TestAFullDiskWithholdsTheIdentityAndShowsTheRest: what cannot be recorded is not
// opened, and the page says so.
func TestAFullDiskWithholdsTheIdentityAndShowsTheRest(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	err := s.World.DB.InTx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`PRAGMA max_page_count = 1`) // never below what is there
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 400 { // pages already there hold some more rows
		if err = s.World.AddNote(context.Background(), s.Actor(caseworker), core.Identify, id, false, core.Secret(strings.Repeat("x", 9000))); err != nil {
			break
		}
	}
	var main string
	for range 400 {
		doc, res := v.get("/cases/" + id.String())
		if res.StatusCode != http.StatusOK {
			t.Fatalf("reading on a full disk: status %d", res.StatusCode)
		}
		if main = textOf(doc, "main"); strings.Contains(main, "Withheld just now") {
			break
		}
	}
	if !strings.Contains(main, "Withheld just now") || strings.Contains(main, "Zebra") || strings.Contains(main, "nail salon") {
		t.Errorf("on a full disk the page says:\n%s", main)
	}
	if !strings.Contains(main, "Reasonable grounds pending") || !strings.Contains(main, "Forced or compulsory work") {
		t.Error("the rest of the case is gone")
	}
}

package casefile_test

import (
	"io"
	"net/http"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/webtest"
)

func TestTabsOpen(t *testing.T) {
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	id := s.World.Assigned(caseworktest.Form())
	c := s.SignIn("caseworker@competent_authority")
	for _, tab := range []string{"", "/timeline", "/documents", "/notes", "/requests", "/tasks", "/rounds", "/consent", "/decisions", "/looked", "/facts", "/suspend", "/close", "/withdraw", "/consent/new", "/consent/withdraw", "/age", "/notes/new", "/documents/new", "/requests/new"} {
		res, err := c.Get(s.Server.URL + "/cases/" + id.String() + tab)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", tab, res.StatusCode, b)
		}
	}
}

package web_test

import (
	"net/http"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/webtest"
)

func TestSigningInLeadsHome(t *testing.T) {
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	c := s.SignIn("caseworker@competent_authority")
	res, err := c.Get(s.Server.URL + "/account")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Errorf("account page: %d", res.StatusCode)
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		t.Error("an account page may be cached")
	}
}

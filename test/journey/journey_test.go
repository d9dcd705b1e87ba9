// Package journey_test walks through clew in a real browser as each of its
// users does, and holds every screen to what it must be: no accessibility
// violation and no sideways scrolling, with answers that are fine and with
// answers that are not.
package journey_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/webtest"
)

// serve serves a fresh world.
func serve(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

// signIn signs a member of the cast in through the pages.
func signIn(t *testing.T, ctx context.Context, s *webtest.Site, name string) { //nolint:revive // t comes first in tests
	t.Helper()
	browser.Open(t, ctx, s.Server.URL+"/sign-in")
	browser.Fill(t, ctx, "#login", webtest.Login(name))
	browser.Fill(t, ctx, "#password", webtest.Password)
	browser.Press(t, ctx, "Sign in")
}

// look checks the open page and, when CLEW_SHOTS names a folder, keeps pictures
// of it at both widths.
func look(t *testing.T, ctx context.Context, name string) { //nolint:revive // as above
	t.Helper()
	browser.Check(t, ctx)
	dir := os.Getenv("CLEW_SHOTS")
	if dir == "" {
		return
	}
	browser.Screenshot(t, ctx, filepath.Join(dir, name+"-1280.png"), browser.Desktop)
	browser.Screenshot(t, ctx, filepath.Join(dir, name+"-320.png"), browser.Phone)
}

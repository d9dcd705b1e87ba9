package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"clew/internal/vault"
)

// TestTheAPIIsMountedWhereItsDescriptionSays asks a whole node, as serve makes it.
func TestTheAPIIsMountedWhereItsDescriptionSays(t *testing.T) {
	dir := dataDir(t.TempDir())
	if err := dir.Create(); err != nil {
		t.Fatal(err)
	}
	if err := createVault(t.Context(), vault.FileSource(dir.Keyset(), vault.Unsealed()), dir.Keys()); err != nil {
		t.Fatal(err)
	}
	n, err := openNode(t.Context(), nodeFlags{vaultFlags: vaultFlags{Data: string(dir), Keyset: dir.Keyset()}, Scheme: "uk"}, nodeOptions{log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Close() }()
	handler := n.handler(n.site(), handlerOptions{apiRate: 20})
	for path, want := range map[string]int{"/api/openapi.json": http.StatusOK, "/api/v1/cases": http.StatusUnauthorized, "/api/nothing": http.StatusUnauthorized} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want || !strings.Contains(w.Header().Get("Content-Type"), "json") {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestAssetsAreServedForEverWithTheirTypeAndSmallestForm(t *testing.T) {
	css, err := AssetPath("clew.css")
	if err != nil {
		t.Fatal(err)
	}
	font, err := AssetPath("font-latin.woff2")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, path, accept, encoding, contentType string
	}{
		{"brotli where the browser takes it", css, "gzip, deflate, br, zstd", "br", "text/css; charset=utf-8"},
		{"gzip elsewhere", css, "gzip", "gzip", "text/css; charset=utf-8"},
		{"plain when nothing is offered", css, "", "", "text/css; charset=utf-8"},
		{"a refused coding is not used", css, "br;q=0, gzip;q=0.5", "gzip", "text/css; charset=utf-8"},
		{"fonts are compressed already", font, "br", "", "font/woff2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			resp := get(t, c.path, c.accept)
			want := map[string]string{
				"Content-Type": c.contentType, "Content-Encoding": c.encoding,
				"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
			}
			for name, value := range want {
				if got := resp.Header.Get(name); got != value {
					t.Errorf("%s: got %q, want %q", name, got, value)
				}
			}
		})
	}
}

func TestGzipCopyHoldsTheSameBytes(t *testing.T) {
	for name, a := range assets().files {
		if a.gzip == nil {
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(a.gzip))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, a.plain) {
			t.Errorf("%s: the gzip copy differs (%v)", name, err)
		}
		if len(a.brotli) >= len(a.plain) {
			t.Errorf("%s: the brotli copy is not smaller", name)
		}
	}
}

func TestUnknownAssetsAndOtherMethodsAreRefused(t *testing.T) {
	for _, path := range []string{"/static/", "/static/manifest.json", "/static/../doc.go", "/static/clew.css", "/static/clew-000000000000.css"} {
		if resp := get(t, path, "br"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, resp.StatusCode)
		}
	}
	css, _ := AssetPath("clew.css")
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, httptest.NewRequest(http.MethodPost, css, nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d, want 405", w.Code)
	}
	if _, err := AssetPath("missing.css"); err == nil {
		t.Error("a name that is not in the manifest must be an error, so that its page's test fails")
	}
}

// The budgets are what a telephone on a poor line fetches for a first page; see
// docs/web.md. They are sizes, so they are the same on every machine.
func TestWeightStaysWithinTheBudgets(t *testing.T) {
	const kb = 1024
	set := assets()
	css := set.files[set.names["clew.css"]]
	scripts := len(set.files[set.names["clew.js"]].gzip) + len(set.files[set.names["early.js"]].gzip)
	font := len(set.files[set.names["font-latin.woff2"]].plain)
	t.Logf("css %d, scripts %d, font %d bytes", len(css.gzip), scripts, font)
	if len(css.gzip) > 30*kb || scripts > 25*kb || font > 50*kb {
		t.Errorf("over budget: css %d (30 KB), scripts %d (25 KB), font %d (50 KB)", len(css.gzip), scripts, font)
	}
}

// TestNothingOfAnotherIdentityIsLeft looks for the marks and colours of the
// design system that the components come from, and for anything a strict
// content security policy would block.
func TestNothingOfAnotherIdentityIsLeft(t *testing.T) {
	foreign := regexp.MustCompile(`(?i)gds transport|crown|crest|#1d70b8|#0b0c0c|#005ea5|url\("?data:|url\("?https?:`)
	set := assets()
	for _, name := range []string{"clew.css", "mark.svg"} {
		if hit := foreign.Find(set.files[set.names[name]].plain); hit != nil {
			t.Errorf("%s holds %q", name, hit)
		}
	}
}

// TestBuildReproducesTheCommittedAssets builds again where the packages are
// installed, and compares every byte. CLEW_REQUIRE_ASSETS makes their absence a
// failure.
func TestBuildReproducesTheCommittedAssets(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("assets-src/node_modules")
	}
	if err != nil {
		const why = "cannot build again: install Node and run internal/web/ui/assets-src/build.sh first"
		if os.Getenv("CLEW_REQUIRE_ASSETS") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	before := readDir(t, "static")
	cmd := exec.Command(node, "build.mjs", t.TempDir())
	cmd.Dir = "assets-src"
	out := cmd.Args[len(cmd.Args)-1]
	if log, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, log)
	}
	after := readDir(t, out)
	for name, want := range before {
		if !bytes.Equal(after[name], want) {
			t.Errorf("%s differs from a fresh build: run make assets and commit", name)
		}
	}
	for name := range after {
		if before[name] == nil {
			t.Errorf("%s is built but not committed", name)
		}
	}
}

func readDir(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(dir + "/" + e.Name()); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func get(t *testing.T, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(""))
	r.URL.Path = path
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, r)
	return w.Result()
}

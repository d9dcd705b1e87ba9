package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// recorder notes failures instead of failing, to show that the checks can fail.
type recorder struct {
	testing.TB
	said    []string
	cleanup []func()
}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

func (r *recorder) finish() {
	for i := len(r.cleanup) - 1; i >= 0; i-- {
		r.cleanup[i]()
	}
}

func TestTheChecksFindWhatIsWrong(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'none'")
		_, _ = fmt.Fprint(w, `<!DOCTYPE html><html lang="en"><title>Bad</title><main><h1>Bad</h1><img src="data:,">`+
			`<div style="width:600px">wide</div></main><script>alert(1)</script></html>`)
	}))
	defer server.Close()
	r := &recorder{TB: t}
	defer func() {
		r.finish()
		all := strings.Join(r.said, "\n")
		for _, want := range []string{"image-alt", "scrolls sideways at 320 px", "Content Security Policy"} {
			if !strings.Contains(all, want) {
				t.Errorf("the checks missed %q; they said:\n%s", want, all)
			}
		}
	}()
	ctx := New(r)
	Open(r, ctx, server.URL)
	Check(r, ctx)
}

func TestTextIsQuotedForXPath(t *testing.T) {
	for text, want := range map[string]string{`Save`: `"Save"`, `Say "yes"`: `concat("Say ", '"', "yes", '"', "")`} {
		if got := xpathString(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

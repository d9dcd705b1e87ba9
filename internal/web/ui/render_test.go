package ui

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func templateOf(t *testing.T, content string) *template.Template {
	t.Helper()
	tmpl, err := Templates(fstest.MapFS{"p.html": {Data: []byte(content)}}, "p.html")
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func TestRenderSendsAWholePageThatNobodyKeeps(t *testing.T) {
	w := httptest.NewRecorder()
	tmpl := templateOf(t, `{{define "content"}}<h1>{{.}}</h1>{{end}}`)
	if err := Render(w, http.StatusUnprocessableEntity, tmpl, Page{Title: "Names", Error: true, Lang: "ar", Dir: "rtl", Content: "<b>"}); err != nil {
		t.Fatal(err)
	}
	body := w.Body.String()
	for _, want := range []string{`<html lang="ar" dir="rtl"`, "<title>Error: Names – clew</title>", "<h1>&lt;b&gt;</h1>", "</html>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Content-Type": "text/html; charset=utf-8",
		"Content-Security-Policy": contentSecurityPolicy,
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
}

func TestRenderWritesNothingWhenTheTemplateFails(t *testing.T) {
	w := httptest.NewRecorder()
	tmpl := templateOf(t, `{{define "content"}}<h1>half</h1>{{.Missing.Field}}{{end}}`)
	if err := Render(w, http.StatusOK, tmpl, Page{Title: "x", Content: struct{}{}}); err == nil {
		t.Fatal("want an error")
	}
	if w.Body.Len() != 0 || len(w.Header()) != 0 {
		t.Errorf("something was written: %q %v", w.Body, w.Header())
	}
}

func TestWhatIsNotThereLeavesThePageStanding(t *testing.T) {
	for name, c := range map[string]Component{"group": Group{Text("a"), nil, Text("b")}, "list": List{Items: []Component{nil, Text("a"), Text("b")}}, "reading": Reading{Text("a"), Text("b"), nil}} {
		got, err := c.HTML()
		if err != nil || !strings.Contains(string(got), "a") || !strings.Contains(string(got), "b") || strings.Contains(string(got), "<li></li>") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestCacheablePagesMayBeKept(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Render(w, http.StatusOK, templateOf(t, `{{define "content"}}{{end}}`), Page{Cacheable: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Cache-Control"); got != "" {
		t.Errorf("Cache-Control %q", got)
	}
}

func TestNoPageHasInlineScriptOrStyle(t *testing.T) {
	w := httptest.NewRecorder()
	p := Page{Title: "x", Demo: true, User: &User{Name: "A", SignOut: "/out"}, Nav: []NavItem{{Text: "Home", Href: "/"}}, CSRF: "token"}
	if err := Render(w, http.StatusOK, templateOf(t, `{{define "content"}}{{end}}`), p); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"style=", "<style", "onclick", "javascript:"} {
		if strings.Contains(w.Body.String(), bad) {
			t.Errorf("the frame holds %s", bad)
		}
	}
	if !strings.Contains(w.Body.String(), `name="csrf" value="token"`) {
		t.Error("signing out must carry the form token")
	}
}

func TestClockSaysTheTimeLeftInWords(t *testing.T) {
	cases := []struct {
		clock         Clock
		urgency, says string
		used          int
	}{
		{Clock{Left: -3, Total: 5}, "overdue", "Overdue by 3 working days", 100},
		{Clock{Left: -1, Total: 5}, "overdue", "Overdue by 1 working day", 100},
		{Clock{Left: 0, Total: 5}, "today", "Due today", 100},
		{Clock{Left: 1, Total: 5}, "soon", "1 working day left", 80},
		{Clock{Left: 2}, "soon", "2 working days left", 0},
		{Clock{Left: 3, Total: 5}, "ample", "3 working days left", 40},
		{Clock{Left: 30, Total: 30, Unit: "day"}, "ample", "30 days left", 0},
		{Clock{Left: 9, Total: 5}, "ample", "9 working days left", 0},
		{Clock{Left: -3, State: Stopped}, "stopped", "Clock stopped", 0},
		{Clock{Left: -3, State: Met}, "met", "Done in time", 0},
	}
	for _, c := range cases {
		if got := c.clock.Urgency(); got != c.urgency {
			t.Errorf("%+v: urgency %q, want %q", c.clock, got, c.urgency)
		}
		if got := c.clock.Words(); got != c.says {
			t.Errorf("%+v: says %q, want %q", c.clock, got, c.says)
		}
		if got := c.clock.Used(); got != c.used {
			t.Errorf("%+v: used %d, want %d", c.clock, got, c.used)
		}
		if html, err := c.clock.HTML(); err != nil || !strings.Contains(string(html), c.says) {
			t.Errorf("%+v: markup %q, %v", c.clock, html, err)
		}
	}
}

func TestTypedTextIsNeverMarkup(t *testing.T) {
	const evil = `<script>alert(1)</script>"'`
	for _, c := range []Component{
		Text(evil), Para(evil), Prose(evil), Muted(evil), Heading{2, evil}, Tag{Text: evil}, Badge{Text: evil}, Link{Text: evil, Href: "javascript:alert(1)"},
		Stacked{Text(evil), evil}, SummaryList{Title: evil, Rows: []SummaryRow{{Key: evil, Value: Text(evil)}}},
		Table{Caption: evil, Columns: []Column{{Title: evil}}, Rows: []Row{{Cells: []Component{Text(evil)}}}},
		Versions{Rows: []VersionRow{{evil, evil, evil}}}, Timeline{Items: []TimelineItem{{Title: evil, By: evil}}},
		IdentityBar{Title: evil}, Letter{Lang: evil, Title: Plain(evil), Parts: []LetterPart{{Heading: Plain(evil), Text: Line{{Text: evil, Lang: evil, Dir: evil}}, Items: []Line{Plain(evil)}, Rows: []LetterRow{{Plain(evil), Plain(evil)}}}}}, ErrorSummary{Items: []ErrorItem{{evil, "javascript:alert(1)"}}},
	} {
		html, err := c.HTML()
		if err != nil {
			t.Errorf("%T: %v", c, err)
		}
		if strings.Contains(string(html), "<script") || strings.Contains(string(html), "javascript:alert") {
			t.Errorf("%T lets markup through: %s", c, html)
		}
	}
}

func TestProseKeepsLinesAndParagraphs(t *testing.T) {
	html, err := Prose("one\r\ntwo\n\n\nthree\n").HTML()
	if err != nil {
		t.Fatal(err)
	}
	if want := `<p class="govuk-body">one<br>two</p><p class="govuk-body">three</p>`; string(html) != want {
		t.Errorf("got %s", html)
	}
}

func TestMomentIsSaidAsPeopleSayIt(t *testing.T) {
	at := time.Date(2026, 3, 2, 16, 5, 0, 0, time.UTC)
	if got := (Moment{At: at}).Words(); got != "2 March 2026 at 4:05pm" {
		t.Errorf("got %q", got)
	}
	if got := (Moment{At: at, DateOnly: true}).Words() + (Moment{At: at, DateOnly: true}).Machine(); got != "2 March 20262026-03-02" {
		t.Errorf("got %q", got)
	}
}

func TestTableSaysWhenItIsEmptyAndToleratesShortRows(t *testing.T) {
	table := Table{Caption: "Cases", Columns: []Column{{Title: "A"}, {Title: "B"}}, Empty: "No case matches."}
	if html, _ := table.HTML(); !strings.Contains(string(html), "No case matches.") || strings.Contains(string(html), "<table") {
		t.Errorf("got %s", html)
	}
	table.Rows, table.RowHeader = []Row{{Cells: []Component{Text("x")}}}, true
	html, err := table.HTML()
	if err != nil || strings.Count(string(html), "<td") != 1 || !strings.Contains(string(html), `<th scope="row"`) {
		t.Errorf("got %s, %v", html, err)
	}
}

func TestPagesShareTheirUnderscoredFiles(t *testing.T) {
	pages, err := Pages(fstest.MapFS{
		"t/_part.html": {Data: []byte(`{{define "part"}}shared {{.}}{{end}}`)},
		"t/a.html":     {Data: []byte(`{{define "content"}}A {{template "part" .}}{{end}}`)},
		"t/b.html":     {Data: []byte(`{{define "content"}}B {{template "part" .}}{{end}}`)},
	}, "t")
	if err != nil || len(pages) != 2 {
		t.Fatalf("got %d pages, %v", len(pages), err)
	}
	w := httptest.NewRecorder()
	if err := Render(w, http.StatusOK, pages["b"], Page{Content: "x"}); err != nil || !strings.Contains(w.Body.String(), "B shared x") {
		t.Errorf("got %v, %s", err, w.Body)
	}
}

// Package pagetest reads pages in tests as a browser gets them: by status, by
// what they say, and by selector. It is for tests.
package pagetest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"clew/internal/web/webtest"
)

// Answer is a page as a test looks at it.
type Answer struct {
	Status int
	Header http.Header
	Text   string

	t    testing.TB
	root *html.Node
}

// Get asks for a page of the site.
func Get(t testing.TB, s *webtest.Site, c *http.Client, path string) Answer {
	t.Helper()
	res, err := c.Get(s.Server.URL + path)
	return read(t, res, err)
}

// Post sends a form to the site.
func Post(t testing.TB, s *webtest.Site, c *http.Client, path string, v url.Values) Answer {
	t.Helper()
	res, err := c.PostForm(s.Server.URL+path, v)
	return read(t, res, err)
}

// Read reads a page that a test asked for by itself.
func Read(t testing.TB, res *http.Response) Answer {
	t.Helper()
	return read(t, res, nil)
}

func read(t testing.TB, res *http.Response, err error) Answer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Text: string(b), t: t, root: root}
}

// Want fails the test unless the page has the status and says each text.
func (a Answer) Want(status int, texts ...string) Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("status %d, want %d:\n%.2000s", a.Status, status, a.Text)
	}
	for _, text := range texts {
		if !strings.Contains(a.Text, text) {
			a.t.Errorf("the page does not say %q", text)
		}
	}
	return a
}

// Not fails the test when the page says one of the texts.
func (a Answer) Not(texts ...string) Answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.Text, text) {
			a.t.Errorf("the page says %q", text)
		}
	}
	return a
}

// All returns every element that the CSS selector names.
func (a Answer) All(selector string) []*html.Node {
	a.t.Helper()
	return cascadia.QueryAll(a.root, cascadia.MustCompile(selector))
}

// Attribute returns an attribute of the first element that the selector names.
func (a Answer) Attribute(selector, name string) string {
	a.t.Helper()
	found := a.All(selector)
	if len(found) == 0 {
		a.t.Fatalf("nothing is %s; status %d", selector, a.Status)
	}
	return Attribute(found[0], name)
}

// Token is the form token of the page.
func (a Answer) Token() string {
	a.t.Helper()
	return a.Attribute("input[name=csrf]", "value")
}

// Attribute returns an attribute of an element; "" when it has none.
func Attribute(n *html.Node, name string) string {
	for _, at := range n.Attr {
		if at.Key == name {
			return at.Val
		}
	}
	return ""
}

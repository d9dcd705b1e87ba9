package web_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"

	"clew/internal/concern"
	"clew/internal/concern/concerntest"
	"clew/internal/core"
)

// aPicture is a picture of nothing.
func aPicture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// concerns are a report with a picture that the desk of the first
// non-governmental organisation has looked at, a call of its line, and an
// article.
type concerns struct{ report, call, article core.ID }

func addConcerns(t testing.TB, s *site) concerns {
	t.Helper()
	ctx := context.Background()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	adviser := s.Actor("adviser@ngo")
	d := s.Concerns.Begin(concerntest.Words(), "en")
	ok(s.Concerns.FileReport(ctx, core.SystemActor(), core.Identify, concern.Sent{Draft: d, Proof: concerntest.Work(d), Address: "192.0.2.1",
		Photo: &concern.Photo{Name: "a.png", Content: aPicture(t)}}))
	ok(s.Concerns.Move(ctx, adviser, core.Protect, d.ID, 0, concern.Open, ""))
	call, err := s.Concerns.TakeCall(ctx, adviser, core.Protect, "call")
	ok(err)
	article, err := s.Concerns.SaveAdvice(ctx, s.Actor("administrator@competent_authority"), core.Administer, concern.Article{Lang: "en", Title: "Passport kept", Body: "It is yours.", Active: true})
	ok(err)
	return concerns{d.ID, call, article}
}

// id is what stands for {id} in the routes about concerns; zero elsewhere.
func (c concerns) id(path string) core.ID {
	switch {
	case strings.HasPrefix(path, "/desk/"):
		return c.report
	case strings.HasPrefix(path, "/line/"):
		return c.call
	case strings.HasPrefix(path, "/advice/"), strings.HasPrefix(path, "/admin/advice/"):
		return c.article
	}
	return core.ID{}
}

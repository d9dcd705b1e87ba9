// Package web serves the pages: one table of routes, each with who may reach it,
// behind sessions, strict headers and protection against forged requests.
//
// It promises that a page with a case on it is never cached, that no route is
// without a declared access, and that an error never shows its inside.
package web

import (
	"net/http"
	"runtime/debug"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/page/admin"
	"clew/internal/web/page/cards"
	"clew/internal/web/page/casefile"
	"clew/internal/web/page/children"
	"clew/internal/web/page/decision"
	"clew/internal/web/page/desk"
	"clew/internal/web/page/door"
	"clew/internal/web/page/front"
	"clew/internal/web/page/home"
	"clew/internal/web/page/nonremoval"
	"clew/internal/web/page/oversight"
	"clew/internal/web/page/pairs"
	"clew/internal/web/page/papers"
	"clew/internal/web/page/queue"
	"clew/internal/web/page/referral"
	"clew/internal/web/page/signin"
	"clew/internal/web/page/support"
	"clew/internal/web/ui"
)

// Routes is every page of the site.
func Routes() []page.Route {
	var all []page.Route
	for _, area := range [][]page.Route{front.Routes, door.Routes, desk.Routes, signin.Routes, home.Routes, queue.Routes, pairs.Routes, referral.Routes, casefile.Routes, children.Routes, decision.Routes, cards.Routes,
		support.Routes, papers.Routes, nonremoval.Routes, oversight.Routes, admin.Routes} {
		all = append(all, area...)
	}
	return all
}

// New returns the handler of all pages and assets.
func New(site *page.Site) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.AssetPrefix, ui.Assets())
	for _, r := range Routes() {
		mux.Handle(r.Method+" "+r.Path, &screen{site: site, route: r})
	}
	mux.Handle("/", &screen{site: site, route: page.Route{Access: page.Public, Handle: notFound}})
	return compress(http.NewCrossOriginProtection().Handler(mux))
}

func notFound(*page.Request) error { return page.ErrNotFound }

// screen is one route of the site.
type screen struct {
	site  *page.Site
	route page.Route
}

// ServeHTTP finds out who asks, sees whether they may reach the route, and lets
// it answer.
func (s *screen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rq := &page.Request{Request: r, W: w, Site: s.site}
	defer func() {
		if v := recover(); v != nil {
			s.site.Log.ErrorContext(r.Context(), "page panicked", "route", r.Pattern, "stack", string(debug.Stack()))
			rq.ShowError(core.E(core.Internal, "panic", ""))
		}
	}()
	if err := s.serve(rq); err != nil {
		rq.ShowError(err)
	}
}

func (s *screen) serve(rq *page.Request) error {
	if err := signin.Identify(rq); err != nil && s.route.Access != page.Public {
		return err
	}
	if err := s.reach(rq); err != nil {
		return err
	}
	return s.route.Handle(rq)
}

// reach holds the route's declared access against the session.
func (s *screen) reach(rq *page.Request) error {
	switch {
	case s.route.Access == page.Public:
		return nil
	case rq.Session == nil:
		return auth.ErrSignedOut
	case s.route.Access == page.Pending:
		return nil
	case rq.Session.Stage != auth.StageFull:
		return auth.ErrSignedOut
	case s.route.Access == page.SteppedUp && !rq.Session.SteppedUp:
		return auth.ErrStepUp
	}
	if s.route.Action == "" {
		return nil
	}
	resource := access.Whole()
	if s.route.Action == access.CreateReferral {
		resource = access.OwnAgency(rq.Actor)
	}
	if !s.site.Policies.Check(rq.Actor, rq.Purpose, s.route.Action, resource).Allowed {
		return page.ErrNotFound
	}
	return nil
}

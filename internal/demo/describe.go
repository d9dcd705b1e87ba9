package demo

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/safeguarding"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/web/page"
)

// Describe tells the pages who can sign in and where a case in every state is.
func Describe(ctx context.Context, db *database.DB, a *auth.Service) (*page.Demo, error) {
	d := &page.Demo{}
	agencies := map[string]string{}
	for _, p := range agencyPlans {
		agencies[p.code] = p.name
	}
	for _, p := range userPlans {
		if p.shown {
			d.SignIns = append(d.SignIns, page.DemoSignIn{Login: p.login, Password: Password, Name: p.name, Role: p.roles[0].Label(), Agency: agencies[p.agency]})
		}
	}
	logins, err := loginsByID(ctx, a)
	if err != nil {
		return nil, err
	}
	d.Cases = append(d.Cases, concernJumps...)
	s := store.New(db)
	for _, place := range places() {
		list, err := s.Cases(ctx, place.query)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if place.fits == nil || place.fits(&list[i]) {
				d.Cases = append(d.Cases, page.DemoCase{Title: place.title, Path: "/cases/" + list[i].ID.String(), Login: bestSeenBy(&list[i], logins)})
				break
			}
		}
	}
	if err := addChildren(ctx, s, d); err != nil {
		return nil, err
	}
	if err := addShelter(ctx, db, a, d); err != nil {
		return nil, err
	}
	return d, addPairs(ctx, s, d)
}

// addChildren leads to the children who are missing, as those see them who keep
// the track and as the police see them.
func addChildren(ctx context.Context, s *store.Store, d *page.Demo) error {
	list, err := s.OpenEpisodes(ctx, safeguarding.EpisodeQuery{Scope: access.Scope{Any: []access.Term{{}}}, Limit: 2})
	for _, l := range list {
		d.Cases = append(d.Cases, page.DemoCase{Title: l.Episode.State.Label() + ": the child’s track", Path: "/children/" + l.Subject.CaseID.String(), Login: "safeguarding"},
			page.DemoCase{Title: l.Episode.State.Label() + ": the police’s alert", Path: "/missing/" + l.Episode.ID.String(), Login: "officer"})
	}
	return err
}

// addShelter leads to somebody who is supported and to an offer that waits, as the
// first provider sees them, and to papers wherever there are any.
func addShelter(ctx context.Context, db *database.DB, a *auth.Service, d *page.Demo) error {
	s := store.NewSupport(db)
	seen := map[string]bool{}
	add := func(title, path, login string) {
		if !seen[title] {
			seen[title] = true
			d.Cases = append(d.Cases, page.DemoCase{Title: title, Path: path, Login: login})
		}
	}
	for _, login := range []string{"support", "support-haven", "support-lantern"} {
		u, err := a.UserByLogin(ctx, login)
		if err != nil {
			return err
		}
		files, err := s.Files(ctx, u.AgencyID, false, support.Cursor{}, 200)
		if err != nil {
			return err
		}
		for _, f := range files {
			add("A support file", "/support/files/"+f.ID.String(), login)
			permits, err := s.PermitsOf(ctx, f.Case)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(permits, func(p support.Permit) bool { return p.State == support.PermitGranted }) {
				add("A permit that ends soon", "/cases/"+f.Case.String()+"/papers", login)
			}
			returns, err := s.ReturnsOf(ctx, f.Case)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(returns, func(r support.Return) bool { return r.Held() }) {
				add("A return home, held for safety", "/cases/"+f.Case.String()+"/return", login)
			}
		}
		offers, err := s.OffersTo(ctx, u.AgencyID, []support.OfferState{support.OfferWaiting, support.OfferLapsed}, 1)
		if err != nil {
			return err
		}
		for _, o := range offers {
			add("An offer that waits for a provider", "/support/offers/"+o.ID.String(), login)
		}
	}
	return nil
}

// addPairs leads to the questions whether two rounds are of one person: those with
// the most to see first.
func addPairs(ctx context.Context, s *store.Store, d *page.Demo) error {
	pairs, err := s.Pairs(ctx, casework.PairQuery{Scope: access.Scope{Any: []access.Term{{}}}, State: casework.PairOpen, Limit: 3})
	if err != nil || len(pairs) == 0 {
		return err
	}
	for _, p := range pairs {
		d.Cases = append(d.Cases, page.DemoCase{Title: "Possibly the same person", Path: "/matches/" + p.ID.String(), Login: "caseworker"})
	}
	d.Cases = append(d.Cases, page.DemoCase{Title: "Same person? All the pairs", Path: "/matches", Login: "caseworker"})
	return nil
}

func loginsByID(ctx context.Context, a *auth.Service) (map[core.ID]string, error) {
	users, err := a.Users(ctx, core.ID{})
	m := make(map[core.ID]string, len(users))
	for _, u := range users {
		m[u.ID] = u.Login
	}
	return m, err
}

func bestSeenBy(c *casework.Case, logins map[core.ID]string) string {
	if login := logins[c.Assignee]; login != "" {
		return login
	}
	return "caseworker"
}

// jump is one place of the "jump to" page.
type jump struct {
	title string
	query casework.CaseQuery
	fits  func(*casework.Case) bool
}

func places() []jump {
	all := func(states ...casework.State) casework.CaseQuery {
		return casework.CaseQuery{Scope: access.Scope{Any: []access.Term{{}}}, States: states, Order: casework.ByNewest, Limit: 500}
	}
	var list []jump
	for _, s := range casework.States {
		if s == casework.Draft {
			continue
		}
		list = append(list, jump{title: s.Label(), query: all(s), fits: func(c *casework.Case) bool { return c.Kind == casework.Referral || s != casework.Submitted }})
	}
	review := all()
	review.ReviewOnly = true
	notify := all(casework.Submitted)
	notify.Kind = casework.DutyToNotify
	child := all(casework.Recovery)
	child.ChildOnly = true
	return append(list,
		jump{title: "Waiting for a second reviewer", query: review},
		jump{title: "Duty to notify", query: notify},
		jump{title: "A child in recovery", query: child},
		jump{title: "Information asked for", query: all(casework.RGPending, casework.Recovery), fits: func(c *casework.Case) bool { return !c.InfoRequestedFrom.IsZero() }},
		jump{title: "Recovery period extended", query: all(casework.Recovery), fits: func(c *casework.Case) bool { return c.RecoveryUntil.Sub(c.RecoveryFrom) > 30 }},
	)
}

package page

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/language"
	"clew/internal/ledger"
	"clew/internal/letters"
	"clew/internal/operate"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/support"
)

// Site is the parts that screens call.
type Site struct {
	Auth     *auth.Service
	Cases    *casework.Service
	Letters  *letters.Service
	Children *safeguarding.Service
	Concerns *concern.Service
	Spoken   *language.Service
	Ledger   *ledger.Log
	Operate  *operate.Service
	Support  *support.Service
	Policies *access.Policies
	Schemes  *scheme.Registry
	Scheme   string // of the installation: "uk"
	Clock    core.Clock
	Log      *slog.Logger
	Secure   bool // served over HTTPS: cookies say so
	Demo     *Demo

	LeaveTo   string // where the public's pages lead when somebody leaves them at once
	Emergency string // the number they give for danger; "112" when empty

	names names
}

// Demo is what the demonstration adds to the pages: who can sign in, and a case
// in every state.
type Demo struct {
	SignIns []DemoSignIn
	Cases   []DemoCase
}

// DemoSignIn is one account of the demonstration.
type DemoSignIn struct {
	Login, Password, Name, Role, Agency string
}

// DemoCase is one place to jump to.
type DemoCase struct {
	Title string // "Recovery period, extended"
	Path  string
	Login string // who sees it best
}

// names keeps the names of users and agencies for a moment: screens show them
// beside every line.
type names struct {
	mu       sync.Mutex
	at       time.Time
	users    map[core.ID]string
	agencies map[core.ID]core.Agency
}

const namesFor = 15 * time.Second

func (s *Site) loadNames(ctx context.Context) (map[core.ID]string, map[core.ID]core.Agency) {
	n := &s.names
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.users != nil && s.Clock.Now().Sub(n.at).Abs() < namesFor {
		return n.users, n.agencies
	}
	users, err1 := s.Auth.Users(ctx, core.ID{})
	agencies, err2 := s.Auth.Agencies(ctx)
	systems, err3 := s.Auth.Systems(ctx)
	if err := errors.Join(err1, err2, err3); err != nil {
		s.Log.WarnContext(ctx, "names could not be loaded", "err", err)
		return n.users, n.agencies
	}
	n.users, n.agencies, n.at = make(map[core.ID]string, len(users)), make(map[core.ID]core.Agency, len(agencies)), s.Clock.Now()
	for _, u := range users {
		n.users[u.ID] = u.Name
	}
	for id, label := range systems {
		n.users[id] = label + " (a connected system)"
	}
	for _, a := range agencies {
		n.agencies[a.ID] = a
	}
	return n.users, n.agencies
}

// UserName is the name of a user, for screens: "clew" for clew itself.
func (s *Site) UserName(ctx context.Context, id core.ID) string {
	if id.IsZero() {
		return ""
	}
	if id == core.SystemActor().UserID {
		return "clew"
	}
	users, _ := s.loadNames(ctx)
	if name, ok := users[id]; ok {
		return name
	}
	return "Somebody no longer listed"
}

// AgencyName is the name of an agency.
func (s *Site) AgencyName(ctx context.Context, id core.ID) string {
	if id.IsZero() {
		return ""
	}
	if id == core.SystemActor().AgencyID {
		return "clew"
	}
	_, agencies := s.loadNames(ctx)
	return agencies[id].Name
}

// AgenciesOf lists the active agencies of some kinds, by name; without kinds,
// all.
func (s *Site) AgenciesOf(ctx context.Context, kinds ...core.AgencyKind) ([]core.Agency, error) {
	all, err := s.Auth.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	var list []core.Agency
	for _, a := range all {
		if a.Active && (len(kinds) == 0 || slices.Contains(kinds, a.Kind)) {
			list = append(list, a)
		}
	}
	return list, nil
}

// Rules are today's rules of the installation's scheme, or of the jurisdiction's
// own scheme.
func (s *Site) Rules(jurisdiction string) (scheme.Rules, *scheme.Catalogue, error) {
	sch, err := s.Schemes.Scheme(s.Schemes.ForJurisdiction(s.Scheme, jurisdiction))
	if err != nil {
		return scheme.Rules{}, nil, err
	}
	rules, err := sch.On(core.DateIn(s.Clock.Now(), time.UTC))
	return rules, sch.Catalogue(), err
}

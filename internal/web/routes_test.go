package web_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"
	"clew/internal/safeguarding"
	"clew/internal/support"
	"clew/internal/support/supporttest"
	"clew/internal/web"
	"clew/internal/web/page"
	"clew/internal/web/webtest"
)

// Groups of the cast, in the words of the table below.
var groups = map[string][]string{
	"nobody":     {},
	"authority":  {"caseworker@competent_authority", "reviewer@competent_authority", "manager@competent_authority"},
	"deciders":   {"caseworker@competent_authority"},
	"reviewers":  {"reviewer@competent_authority"},
	"managers":   {"manager@competent_authority"},
	"admin":      {"administrator@competent_authority"},
	"auditor":    {"auditor@oversight"},
	"advisers":   {"adviser@ngo"},
	"removal":    {"immigration_staff@immigration", "immigration_staff@border"},
	"referrer":   {"first_responder@police"}, // of the agency that referred the case
	"keeper":     {"safeguarding_lead@local_authority"},
	"carers":     {"support_worker@support_provider", "support_worker@ngo"},
	"provider":   {"support_worker@support_provider"}, // gives the child support; whose offer, place and file it is
	"force":      {"officer@police"},                  // of the same force, with consent on record
	"prosecutor": {"officer@prosecution"},             // while in recovery, with consent on record
	"responders": {"first_responder@police", "first_responder@border", "first_responder@immigration", "first_responder@local_authority",
		"first_responder@labour_inspectorate", "first_responder@ngo", "first_responder@support_provider", "first_responder@health"},
	"meeters": {"first_responder@police", "first_responder@border", "first_responder@local_authority", "first_responder@labour_inspectorate", "first_responder@ngo",
		"first_responder@support_provider", "first_responder@health", "support_worker@support_provider", "support_worker@ngo", "safeguarding_lead@local_authority"}, // of people who may need a card
	"housers": {"support_worker@support_provider", "support_worker@ngo"},
	"workers": {"support_worker@support_provider", "support_worker@ngo", "safeguarding_lead@local_authority", "officer@police", "officer@prosecution"},
}

// everybodySignedIn is a route that asks nothing of a policy: it shows what the
// person's own session or agency has.
const everybodySignedIn = "everybody"

// allowed reads a cell: groups joined by "+".
func allowed(cell string) map[string]bool {
	set := map[string]bool{}
	for g := range strings.SplitSeq(cell, "+") {
		if g == everybodySignedIn {
			for _, a := range accesstest.Actors() {
				if !a.IsSystem() {
					set[a.Name] = true
				}
			}
			continue
		}
		for _, name := range groups[g] {
			set[name] = true
		}
	}
	return set
}

// site is a served site with one case, one draft and what hangs on them.
type site struct {
	*webtest.Site
	concerns                                                                              concerns
	caseID, draftID, document, draftDocument, request, decision, task, entry, token, pair core.ID
	childID, episode, carer, advocacy, notice                                             core.ID
	reference                                                                             string

	agreement, place, bed, offer, file, goal, contact, permit, ret core.ID
}

// newSite prepares a case of the police in recovery, assigned to the caseworker,
// with a document, an open request, a decision and a task; and a draft.
func newSite(t *testing.T) *site {
	t.Helper()
	ctx := context.Background()
	w := caseworktest.New(t, dbtest.SQLite(t))
	s := &site{Site: webtest.New(t, w)}
	responder, caseworker, manager := s.Actor("first_responder@police"), s.Actor("caseworker@competent_authority"), s.Actor("manager@competent_authority")
	caseworker.SteppedUp = true
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	draft, err := w.StartDraft(ctx, responder, core.Identify, caseworktest.Form(), core.ID{})
	ok(err)
	r, err := w.SubmitDraft(ctx, responder, core.Identify, draft, 0)
	ok(err)
	w.RunJobs()
	s.caseID, s.reference = r.CaseID, r.Reference
	s.document, err = w.AddEvidence(ctx, responder, core.Identify, s.caseID, casework.Upload{Name: "a.txt", Content: []byte("Words.")})
	ok(err)
	ok(w.Assign(ctx, manager, core.Identify, s.caseID, 0, caseworker.UserID))
	ok(w.DecideRG(ctx, caseworker, core.Identify, s.caseID, 0, caseworktest.Decision(casework.Positive)))
	w.ShareWithPolice(s.caseID)
	ok(w.AskInfo(ctx, caseworker, core.Identify, s.caseID, 0, responder.AgencyID, "Who was there?", core.MustDate(2025, 3, 20)))
	requests, err := w.Store.InfoRequests(ctx, s.caseID)
	ok(err)
	decisions, err := w.Store.Decisions(ctx, s.caseID)
	ok(err)
	s.request, s.decision = requests[0].ID, decisions[0].ID
	w.Refer(caseworktest.Form()) // the same person again
	pairs, err := w.Store.PairsOf(ctx, s.caseID)
	ok(err)
	s.pair = pairs[0].ID
	task := casework.Task{ID: core.NewIDs(w.Clock).New(), Rev: 1, CaseID: s.caseID, Kind: casework.TaskDeadlineNear, AgencyID: caseworker.AgencyID, CreatedAt: w.Clock.Now()}
	ok(w.Store.Write(ctx, func(tx casework.Tx) error { return tx.AddTask(ctx, task) }))
	s.task = task.ID
	s.draftID, err = w.StartDraft(ctx, responder, core.Identify, caseworktest.Form(), core.ID{})
	ok(err)
	s.draftDocument, err = w.AddDraftEvidence(ctx, responder, core.Identify, s.draftID, casework.Upload{Name: "b.txt", Content: []byte("Words.")})
	ok(err)
	entries, _, err := s.Ledger.Search(ctx, ledger.Filter{}, ledger.Cursor{}, 1)
	ok(err)
	s.entry = entries[0].ID
	s.missingChild(t)
	admin := s.Actor("administrator@competent_authority")
	_, err = s.Auth.AddToken(ctx, admin, auth.Token{AgencyID: responder.AgencyID, Role: core.RoleFirstResponder, Purpose: core.Identify, Label: "a system", ExpiresAt: w.Clock.Now().AddDate(0, 1, 0)})
	ok(err)
	tokens, err := s.Auth.Tokens(ctx, admin)
	ok(err)
	s.token = tokens[0].ID
	s.concerns = addConcerns(t, s)
	ok(s.giveSupport(caseworker, manager))
	s.permit, err = s.Support.ApplyPermit(ctx, caseworker, core.Identify, s.caseID, support.PermitForm{Kind: support.ResidencePermit, Ground: "compensation", AppliedOn: core.MustDate(2025, 3, 1)})
	ok(err)
	s.ret, err = s.Support.RequestReturn(ctx, caseworker, core.Identify, s.caseID, support.Interview{OwnWish: true, Adviser: accesstest.AgencyOf(core.NGO).ID, AdviserName: "Zoe",
		On: core.MustDate(2025, 3, 1), Language: "vie", Wish: "Home."})
	ok(err)
	_, err = s.Ledger.Integrate(ctx)
	ok(err)
	_, err = s.Ledger.Checkpoint(ctx)
	ok(err)
	return s
}

// missingChild adds a child of the local authority whom the provider cares for and
// the police force looks for.
func (s *site) missingChild(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	w := s.World
	lead, force := s.Actor("safeguarding_lead@local_authority"), s.Actor("officer@police")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.childID = w.Refer(caseworktest.ChildForm()).CaseID
	ok(w.Store.Write(ctx, func(tx casework.Tx) error {
		c, err := tx.Case(ctx, s.childID)
		if err != nil {
			return err
		}
		read := c.Rev
		c.Rev, c.SupportAgency = read+1, s.Actor("support_worker@support_provider").AgencyID
		return tx.SaveCase(ctx, c, read)
	}))
	words := safeguarding.Words{Who: "Who", Where: "Where", Text: "Text"}
	var err error
	s.carer, err = w.Children.AddCarer(ctx, lead, core.Protect, s.childID, safeguarding.CarerForm{Relation: "cousin", CarerWords: safeguarding.CarerWords{Name: "Some Body"}})
	ok(err)
	ok(w.Children.AddAdvocacy(ctx, lead, core.Protect, s.childID, safeguarding.AdvocacyForm{Role: "guardian", Due: core.MustDate(2025, 3, 20), Words: words}))
	s.episode, err = w.Children.Raise(ctx, lead, core.Protect, s.childID, safeguarding.MissingForm{LastSeen: w.Clock.Now(), Risk: "high", Police: force.AgencyID,
		Alert: safeguarding.Alert{Name: "Linh", Description: "Red coat", LastSeenWhere: "School", LastSeenBy: "A teacher"}})
	ok(err)
	w.RunJobs()
	v, err := w.Children.Track(ctx, lead, core.Protect, s.childID)
	ok(err)
	s.advocacy = v.Advocacy[0].ID
	told, err := w.Children.Inbox(ctx, force, core.Protect, 10)
	ok(err)
	s.notice = told[0].ID
}

// giveSupport prepares a provider with a place, an offer about the case of the
// site, and the file of another person who has moved in.
func (s *site) giveSupport(caseworker, manager core.Actor) (err error) {
	ctx, worker := context.Background(), s.Actor("support_worker@support_provider")
	if s.agreement, err = s.Support.SaveAgreement(ctx, manager, core.Identify, supporttest.Agreement(worker.AgencyID)); err != nil {
		return err
	}
	if s.place, err = s.Support.AddPlace(ctx, worker, core.Protect, supporttest.Place(), 3, 1); err != nil {
		return err
	}
	s.World.RunJobs()
	offers, err := s.Support.Offers(ctx, worker, core.Protect, 1)
	if err != nil {
		return err
	}
	s.offer = offers[0].ID
	other := s.World.In(casework.Recovery)
	s.World.RunJobs()
	if offers, err = s.Support.Offers(ctx, worker, core.Protect, 10); err != nil {
		return err
	}
	i := slices.IndexFunc(offers, func(o support.OfferView) bool { return o.Case == other })
	v, err := s.Support.ViewOffer(ctx, worker, core.Protect, offers[i].ID)
	if err != nil {
		return err
	}
	s.bed = v.Beds[0].ID
	if s.file, err = s.Support.Accept(ctx, worker, core.Protect, v.ID, s.bed); err != nil {
		return err
	}
	if err := s.Support.AddGoal(ctx, worker, core.Protect, s.file, "language", core.MustDate(2025, 4, 1), support.GoalWords{Goal: "Speak English at the doctor's."}); err != nil {
		return err
	}
	if err := s.Support.PlanContact(ctx, worker, core.Protect, s.file, s.Clock.Now().Add(48*time.Hour), "worker", ""); err != nil {
		return err
	}
	file, err := s.Support.View(ctx, worker, core.Protect, s.file)
	if err == nil {
		s.goal, s.contact = file.Goals[0].ID, file.Contacts[0].ID
	}
	return err
}

var wildcard = regexp.MustCompile(`\{[a-z]+\}`)

// address fills a route's wildcards with what the site has.
func (s *site) address(path string) string {
	path = strings.TrimSuffix(path, "{$}")
	root := strings.HasPrefix(path, "/drafts/")
	return wildcard.ReplaceAllStringFunc(path, func(name string) string {
		switch name {
		case "{deed}":
			return "noted"
		case "{id}":
			if id := s.concerns.id(path); !id.IsZero() {
				return id.String()
			}
			switch {
			case root:
				return s.draftID.String()
			case strings.HasPrefix(path, "/cases/"), strings.HasPrefix(path, "/decisions/"):
				return s.caseID.String()
			case strings.HasPrefix(path, "/children/"):
				return s.childID.String()
			case strings.HasPrefix(path, "/missing/"):
				return s.episode.String()
			case strings.HasPrefix(path, "/notices/"):
				return s.notice.String()
			case strings.HasPrefix(path, "/matches/"):
				return s.pair.String()
			case strings.HasPrefix(path, "/agreements/"):
				return s.agreement.String()
			case strings.HasPrefix(path, "/support/offers/"):
				return s.offer.String()
			case strings.HasPrefix(path, "/support/places/"):
				return s.place.String()
			case strings.HasPrefix(path, "/support/files/"):
				return s.file.String()
			case strings.HasPrefix(path, "/admin/agencies/"):
				return accesstest.AgencyOf(core.Health).ID.String()
			case strings.HasPrefix(path, "/admin/users/"):
				return s.Users["statistician@statistics"].String()
			case strings.HasPrefix(path, "/admin/tokens/"):
				return s.token.String()
			case strings.HasPrefix(path, "/oversight/entries/"):
				return s.entry.String()
			}
			return s.task.String() // an id that is nobody's
		case "{carer}":
			return s.carer.String()
		case "{action}":
			return s.advocacy.String()
		case "{act}":
			return string(safeguarding.ActOfferGuardian)
		case "{name}":
			return s.Policies.Files()[0].Name
		case "{document}":
			if root {
				return s.draftDocument.String()
			}
			return s.document.String()
		case "{request}":
			return s.request.String()
		case "{decision}":
			return s.decision.String()
		case "{task}":
			return s.task.String()
		case "{reference}":
			return s.reference
		case "{permit}":
			return s.permit.String()
		case "{return}":
			return s.ret.String()
		case "{step}":
			if strings.Contains(path, "/permits/") {
				return "grant"
			}
			if strings.Contains(path, "/returns/") {
				return "withdraw"
			}
			if strings.HasPrefix(path, "/support/") {
				return "goal"
			}
			return "age"
		case "{kind}":
			switch {
			case strings.HasPrefix(path, "/cards/"):
				return "rights"
			case strings.HasPrefix(path, "/support/"):
				return support.TaskWelfareCheck
			}
			return "rg_positive"
		case "{scheme}":
			if strings.HasPrefix(path, "/cards/") {
				return "uk"
			}
			return "any"
		case "{language}":
			return "en"
		case "{bed}":
			return s.bed.String()
		case "{goal}":
			return s.goal.String()
		case "{contact}":
			return s.contact.String()
		}
		return "none"
	})
}

// ask sends one request and returns the status and where it leads.
func ask(t *testing.T, c *http.Client, method, address string, form url.Values) (int, string) {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Location")
}

// refused reports an answer that keeps somebody out.
func refused(status int, location string) bool {
	return status == http.StatusNotFound || status == http.StatusForbidden || status == http.StatusUnauthorized || strings.HasPrefix(location, "/sign-in")
}

// TestEveryRouteIsInTheTable: a route without a line here does not go out.
func TestEveryRouteIsInTheTable(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range web.Routes() {
		key := r.Method + " " + r.Path
		seen[key] = true
		_, listed := reach[key]
		if (r.Access == page.Public || r.Access == page.Pending) == listed {
			t.Errorf("%s: public and sign-in routes are not in the table, every other is", key)
		}
	}
	for key := range reach {
		if !seen[key] {
			t.Errorf("%s is in the table but is no route", key)
		}
	}
}

// TestNobodyReachesAPageWithoutSigningIn asks every route that is not public
// without a session.
func TestNobodyReachesAPageWithoutSigningIn(t *testing.T) {
	s := newSite(t)
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, r := range web.Routes() {
		if r.Access == page.Public {
			continue
		}
		if status, location := ask(t, c, r.Method, s.Server.URL+s.address(r.Path), url.Values{}); status != http.StatusSeeOther || !strings.HasPrefix(location, "/sign-in") {
			t.Errorf("%s %s: %d to %q", r.Method, r.Path, status, location)
		}
	}
}

// TestWhoReachesWhat walks every route with everybody of the cast.
func TestWhoReachesWhat(t *testing.T) {
	s := newSite(t)
	for _, a := range accesstest.Actors() {
		if a.IsSystem() {
			continue
		}
		c := s.SignIn(a.Name)
		token := s.csrf(t, c)
		for _, r := range web.Routes() {
			cell, listed := reach[r.Method+" "+r.Path]
			if !listed || slices.Contains(leftOut, r.Path) {
				continue
			}
			form := url.Values{"csrf": {token}}
			status, location := ask(t, c, r.Method, s.Server.URL+s.address(r.Path), form)
			if got, want := !refused(status, location), allowed(cell)[a.Name]; got != want {
				t.Errorf("%s: %s %s answered %d %s; may reach it: %v, table: %v", a.Name, r.Method, r.Path, status, location, got, want)
			}
		}
	}
}

// leftOut are routes that would end the session the walk uses, or take away what
// it walks over; tests of their own cover them.
var leftOut = []string{"/account/sign-out-everywhere", "/drafts/{id}/delete"}

var csrfValue = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (s *site) csrf(t *testing.T, c *http.Client) string {
	t.Helper()
	res, err := c.Get(s.Server.URL + "/account")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	m := csrfValue.FindSubmatch(body)
	if err != nil || m == nil {
		t.Fatalf("no form token on the account page: %v", err)
	}
	return string(m[1])
}

// TestEveryPostNeedsItsToken posts to every route as somebody who may reach it,
// without the form's token.
func TestEveryPostNeedsItsToken(t *testing.T) {
	s := newSite(t)
	clients := map[string]*http.Client{}
	for _, r := range web.Routes() {
		if r.Method != http.MethodPost || r.Access == page.Public {
			continue
		}
		name := "caseworker@competent_authority"
		for who := range allowed(reach["POST "+r.Path]) {
			name = who
		}
		if clients[name] == nil {
			clients[name] = s.SignIn(name)
		}
		status, location := ask(t, clients[name], r.Method, s.Server.URL+s.address(r.Path), url.Values{"csrf": {"forged"}})
		stepUp := r.Access == page.SteppedUp && strings.HasPrefix(location, "/confirm")
		onward := r.Access == page.Pending && status == http.StatusSeeOther && !strings.Contains(location, "done=")
		if status != http.StatusForbidden && status != http.StatusNotFound && !stepUp && !onward {
			t.Errorf("POST %s as %s with a forged token: %d %s", r.Path, name, status, location)
		}
	}
}

package oversight_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const auditor = "auditor@oversight"

// site serves a world in which a caseworker opened one case; its reference is
// returned.
func site(t *testing.T) (*webtest.Site, string) {
	t.Helper()
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	r := s.World.Refer(caseworktest.Form())
	if _, err := s.World.View(context.Background(), s.Actor("caseworker@competent_authority"), core.Identify, r.CaseID); err != nil {
		t.Fatal(err)
	}
	return s, r.Reference
}

func sign(t *testing.T, s *webtest.Site) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.Ledger.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestTheCheckpointIsShownWithItsKey(t *testing.T) {
	empty := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	pagetest.Get(t, empty, empty.SignIn(auditor), "/oversight").Want(http.StatusOK, "No checkpoint has been signed yet.")
	s, _ := site(t)
	c := s.SignIn(auditor)
	sign(t, s)
	st, err := s.Ledger.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	page := pagetest.Get(t, s, c, "/oversight").Want(http.StatusOK, "Latest checkpoint")
	if !strings.Contains(strings.ReplaceAll(page.Text, "&#43;", "+"), string(st.Key)) {
		t.Error("the public key is not shown")
	}
}

func TestTheRecordIsSearchedByEveryKey(t *testing.T) {
	s, reference := site(t)
	c := s.SignIn(auditor)
	looker := s.Users["caseworker@competent_authority"].String()
	agency := s.Actor("caseworker@competent_authority").AgencyID.String()
	for query, want := range map[string]bool{
		"case=" + reference: true, "actor=" + looker: true, "agency=" + agency: true, "kind=read": true, "action=view_identity": true,
		"action=VIEW_IDENTITY&kind=read&actor=" + looker + "&case=" + reference: true,
		"from-day=12&from-month=3&from-year=2025":                               true, "until-day=12&until-month=3&until-year=2025": true,
		"from-day=13&from-month=3&from-year=2025": false, "until-day=11&until-month=3&until-year=2025": false,
		"kind=denied&case=" + reference: false, "action=no_such_action": false,
	} {
		page := pagetest.Get(t, s, c, "/oversight/entries?"+query).Want(http.StatusOK).Not("Zebra", "Testperson", "ZQ7741209")
		if found := len(page.All("tbody tr")) > 0; found != want {
			t.Errorf("%s: found %v", query, found)
		}
	}
	for query, problem := range map[string]string{
		"case=ZZZZ-9999": "No case has this reference.", "actor=forged": "Choose “Who” from the list.",
		"from-day=31&from-month=2&from-year=2025":                                          "Error: ",
		"from-day=2&from-month=3&from-year=2025&until-day=1&until-month=3&until-year=2025": "The last day must not be before the first.",
		"after=forged": "This address of a later page is not whole.",
	} {
		pagetest.Get(t, s, c, "/oversight/entries?"+query).Want(http.StatusUnprocessableEntity, problem)
	}
}

func TestPagesOfTheRecordFollowOneAnother(t *testing.T) {
	s, _ := site(t)
	for range 30 {
		s.World.Refer(caseworktest.Form())
	}
	c := s.SignIn(auditor)
	seen := map[string]bool{}
	path := "/oversight/entries?kind=write"
	for path != "" {
		page := pagetest.Get(t, s, c, path).Want(http.StatusOK)
		for _, n := range page.All(`tbody a[href^="/oversight/entries/"]`) {
			if href := pagetest.Attribute(n, "href"); seen[href] {
				t.Errorf("%s twice", href)
			} else {
				seen[href] = true
			}
		}
		path = ""
		if len(page.All("a[rel=next]")) > 0 {
			path = page.Attribute("a[rel=next]", "href")
		}
	}
	all, _, err := s.Ledger.Search(context.Background(), ledger.Filter{Kind: ledger.Write}, ledger.Cursor{}, 500)
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 60 || len(seen) != len(all) {
		t.Errorf("%d entries seen of %d", len(seen), len(all))
	}
}

func TestAnEntryComesWithAProofThatHolds(t *testing.T) {
	s, reference := site(t)
	c := s.SignIn(auditor)
	list := pagetest.Get(t, s, c, "/oversight/entries?kind=read&case="+reference)
	path := list.Attribute(`tbody a[href^="/oversight/entries/"]`, "href")
	pagetest.Get(t, s, c, path).Want(http.StatusOK, "view_identity", "No checkpoint covers this entry yet.", "authority_reads")
	pagetest.Get(t, s, c, path+"/proof").Want(http.StatusConflict)
	sign(t, s)
	pagetest.Get(t, s, c, path).Want(http.StatusOK, "Download the proof")
	file := pagetest.Get(t, s, c, path+"/proof").Want(http.StatusOK)
	if _, err := ledger.ParseProof([]byte(file.Text), s.Ledger.PublicKey()); err != nil {
		t.Errorf("the proof does not hold: %v", err)
	}
	if !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the proof is not a download")
	}
	pagetest.Get(t, s, c, "/oversight/entries/forged").Want(http.StatusNotFound)
	pagetest.Get(t, s, c, "/oversight/entries/"+s.Users[auditor].String()).Want(http.StatusNotFound)
}

func TestWhoHasLookedIsToldByCase(t *testing.T) {
	s, reference := site(t)
	c := s.SignIn(auditor)
	pagetest.Get(t, s, c, "/oversight/lookers").Want(http.StatusOK).Not("There is a problem")
	page := pagetest.Get(t, s, c, "/oversight/lookers?case="+url.QueryEscape(strings.ToLower(reference))).Want(http.StatusOK, "Test caseworker@competent_authority")
	pagetest.Get(t, s, c, page.Attribute("tbody a", "href")).Want(http.StatusOK, "view_identity")
	pagetest.Get(t, s, c, "/oversight/lookers?case=").Want(http.StatusUnprocessableEntity, "Enter a case reference.")
	pagetest.Get(t, s, c, "/oversight/lookers?case=ZZZZ-9999").Want(http.StatusUnprocessableEntity, "No case has this reference.")
}

func TestExportsAreListed(t *testing.T) {
	s, _ := site(t)
	c := s.SignIn(auditor)
	pagetest.Get(t, s, c, "/oversight/exports").Want(http.StatusOK, "Nobody has exported anything.")
	worker := s.SignIn("caseworker@competent_authority")
	token := pagetest.Get(t, s, worker, "/queue").Token()
	pagetest.Post(t, s, worker, "/queue/export", url.Values{"csrf": {token}}).Want(http.StatusOK)
	pagetest.Get(t, s, c, "/oversight/exports").Want(http.StatusOK, "export_queue", "Test caseworker@competent_authority")
}

func TestOnlyOversightReadsTheRecord(t *testing.T) {
	s, _ := site(t)
	for _, who := range []string{"caseworker@competent_authority", "manager@competent_authority", "administrator@competent_authority", "first_responder@police", "statistician@statistics"} {
		c := s.SignIn(who)
		for _, path := range []string{"/oversight", "/oversight/entries", "/oversight/entries/" + s.Users[who].String(), "/oversight/lookers", "/oversight/exports"} {
			if a := pagetest.Get(t, s, c, path); a.Status != http.StatusNotFound {
				t.Errorf("%s reaches %s: %d", who, path, a.Status)
			}
		}
	}
}

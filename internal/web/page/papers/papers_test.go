package papers_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/support"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const (
	worker     = "support_worker@support_provider"
	caseworker = "caseworker@competent_authority"
)

var day = core.MustDate(2025, 3, 12)

// site serves somebody who is housed, with an application and a wish to return.
func site(t *testing.T) (s *webtest.Site, caseID, permit, ret core.ID) {
	t.Helper()
	s = webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	caseID, _ = s.Shelter.Housed()
	ctx := context.Background()
	document, err := s.World.AddEvidence(ctx, s.Actor(caseworker), core.Identify, caseID, casework.Upload{Name: "okapi.txt", Content: []byte("Paid 20\n")})
	must(t, err)
	permit, err = s.Support.ApplyPermit(ctx, s.Actor(worker), core.Protect, caseID, support.PermitForm{Kind: support.ResidencePermit, Ground: "personal_situation", AppliedOn: day,
		Evidence: []core.ID{document}, Asylum: "pending", AsylumReference: "A-77"})
	must(t, err)
	ret, err = s.Support.RequestReturn(ctx, s.Actor(worker), core.Protect, caseID, support.Interview{OwnWish: true, Adviser: accesstest.AgencyOf(core.NGO).ID, AdviserName: "Adviser Zoe",
		On: day, Language: "vie", Wish: "Home."})
	must(t, err)
	return s, caseID, permit, ret
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOthersFindNoPapers(t *testing.T) {
	s, caseID, permit, ret := site(t)
	root := "/cases/" + caseID.String()
	paths := []string{root + "/papers", root + "/papers/copy", root + "/papers/apply", root + "/papers/redress", root + "/papers/permits/" + permit.String() + "/grant",
		root + "/return", root + "/return/request", root + "/returns/" + ret.String() + "/withdraw"}
	for _, a := range accesstest.Actors() {
		if a.IsSystem() {
			continue
		}
		// Whoever may see that the case is there is told that this is not for them.
		want := []int{http.StatusNotFound, http.StatusForbidden}
		if a.Name == worker || a.Name == caseworker {
			want = []int{http.StatusOK}
		}
		client := s.SignIn(a.Name)
		for _, path := range paths {
			if p := pagetest.Get(t, s, client, path); !slices.Contains(want, p.Status) {
				t.Errorf("%s gets status %d from %s, want %v", a.Name, p.Status, path, want)
			}
		}
	}
	client := s.SignIn(worker)
	for _, path := range []string{root + "/papers/permits/" + permit.String() + "/resume?x", root + "/papers/permits/" + ret.String() + "/grant", root + "/papers/permits/x/grant",
		root + "/papers/permits/" + permit.String() + "/nothing", root + "/returns/" + permit.String() + "/withdraw", root + "/returns/" + ret.String() + "/lift"} {
		if p := pagetest.Get(t, s, client, path); p.Status != http.StatusNotFound && !strings.Contains(path, "resume") {
			t.Errorf("%s: status %d", path, p.Status)
		}
	}
}

// TestEvidenceIsNamedForWhoMayOpenIt and counted for the others; the person's own
// copy has neither it nor the other procedure.
func TestEvidenceIsNamedForWhoMayOpenIt(t *testing.T) {
	s, caseID, _, _ := site(t)
	papers := "/cases/" + caseID.String() + "/papers"
	shown := pagetest.Get(t, s, s.SignIn(caseworker), papers).Want(http.StatusOK, "okapi.txt")
	if len(shown.All(`a[href*="/documents/"]`)) != 1 {
		t.Error("the document is not linked")
	}
	client := s.SignIn(worker)
	pagetest.Get(t, s, client, papers).Want(http.StatusOK, "A document that you may not open").Not("okapi.txt")
	pagetest.Get(t, s, client, papers+"/copy").Want(http.StatusOK, "Residence permit").Not("okapi.txt", "A-77")
	pagetest.Get(t, s, client, papers+"/apply").Want(http.StatusOK).Not("okapi.txt")
}

// TestPapersThatChangedMeanwhile are said, and what was typed stands there.
func TestPapersThatChangedMeanwhile(t *testing.T) {
	s, caseID, permit, ret := site(t)
	c, root := s.SignIn(caseworker), "/cases/"+caseID.String()
	for path, v := range map[string]url.Values{
		root + "/papers/permits/" + permit.String() + "/pause": {"reason": {"Okapi"}},
		root + "/papers/redress":                               {"cooperation": {"not_asked"}, "claims": {"Okapi"}},
		root + "/returns/" + ret.String() + "/hold":            {"reason": {"Okapi"}},
	} {
		page := pagetest.Get(t, s, c, path).Want(http.StatusOK)
		v["csrf"], v["rev"] = []string{page.Token()}, []string{page.Attribute("input[name=rev]", "value")}
		switch {
		case strings.HasSuffix(path, "/pause"):
			must(t, s.Support.PausePermit(t.Context(), s.Actor(worker), core.Protect, permit, 0, "Waits."))
			must(t, s.Support.ResumePermit(t.Context(), s.Actor(worker), core.Protect, permit, 0))
		case strings.HasSuffix(path, "/redress"):
			must(t, s.Support.SaveRedress(t.Context(), s.Actor(worker), core.Protect, caseID, 0, support.Redress{Cooperation: support.CooperationNotAsked}))
		default:
			must(t, s.Support.AssessReturn(t.Context(), s.Actor(worker), core.Protect, ret, 0, support.ReturnRisk{Grade: support.RiskLow, Words: "x"}))
		}
		pagetest.Post(t, s, c, path, v).Want(http.StatusUnprocessableEntity, "Okapi", "Error: ")
		for _, rev := range []string{"", "0", "x"} {
			v.Set("rev", rev)
			if p := pagetest.Post(t, s, c, path, v); p.Status < 400 {
				t.Errorf("%s with rev %q: status %d", path, rev, p.Status)
			}
		}
	}
}

func TestWhatWasTypedOnPapersIsKept(t *testing.T) {
	s, caseID, permit, _ := site(t)
	c, root := s.SignIn(worker), "/cases/"+caseID.String()
	long := strings.Repeat("long words ", 4000)
	for _, k := range []struct {
		path, says, kept string
		v                url.Values
	}{
		{root + "/papers/apply", "Choose", `value="Okapi"`, url.Values{"kind": {"nothing"}, "reference": {"Okapi"}}},
		{root + "/papers/apply", "Choose what is applied for.", `value="A-77"`, url.Values{"asylumReference": {"A-77"}}},
		{root + "/papers/apply", "Choose the ground.", `value="2025"`, url.Values{"kind": {"permit"}, "appliedOn-day": {"12"}, "appliedOn-month": {"3"}, "appliedOn-year": {"2025"}, "evidence": {permit.String()}}},
		{root + "/papers/permits/" + permit.String() + "/grant", "not after the first day", `value="2025"`,
			url.Values{"from-day": {"12"}, "from-month": {"3"}, "from-year": {"2025"}, "until-day": {"12"}, "until-month": {"3"}, "until-year": {"2025"}}},
		{root + "/papers/permits/" + permit.String() + "/refuse", "characters", "long words long", url.Values{"reason": {long}}},
		{root + "/papers/redress", "Choose what the person has said.", "Okapi", url.Values{"ownWords": {"Okapi"}}},
		{root + "/return/request", "only when the person asked", "Okapi", url.Values{"wish": {"Okapi"}}},
	} {
		page := pagetest.Get(t, s, c, k.path).Want(http.StatusOK)
		k.v["csrf"] = []string{page.Token()}
		if rev := page.All("input[name=rev]"); len(rev) > 0 {
			k.v["rev"] = []string{pagetest.Attribute(rev[0], "value")}
		}
		pagetest.Post(t, s, c, k.path, k.v).Want(http.StatusUnprocessableEntity, k.says, k.kept)
	}
}

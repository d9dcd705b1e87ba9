package referral_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"testing"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	kept "clew/internal/evidence"
)

// upload sends a file with the page's form.
func (v *visitor) upload(draft, button, name string, content []byte) *sheet {
	v.t.Helper()
	path := draft + "/evidence"
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, list := range v.get(path).status(http.StatusOK).csrf() {
		_ = w.WriteField(field, list[0])
	}
	_ = w.WriteField(button, "yes")
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		v.t.Fatal(err)
	}
	_, _ = part.Write(content)
	if err := w.Close(); err != nil {
		v.t.Fatal(err)
	}
	res, err := v.Post(v.site.Server.URL+path, w.FormDataContentType(), &body)
	return v.read(path, res, err)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesAreAddedListedAndRemoved(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	page := v.follow(v.upload(draft, "add", "C:\\Users\\x\\photo.exe", picture(t)))
	must(t, page.text("main table"), "photo.png", "image/png", "Not on this installation")
	must(t, v.get(draft+"/check").text("main"), "photo.png")
	remove := attr(page.all("form[action$='/remove']")[0], "action")
	other := visit(t, v.site, "first_responder@ngo")
	other.post(remove, other.get("/referrals/new").csrf()).status(http.StatusNotFound)
	v.post(remove, page.csrf()).leads()
	mustNot(t, v.get(draft+"/evidence").text("main"), "photo.png")
	v.post(remove, page.csrf()).status(http.StatusNotFound)
}

func TestSavingTakesAFileThatWasChosen(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.upload(draft, "go", "notes.txt", []byte("What was seen on the day.")).leads()
	must(t, v.get(draft+"/evidence").text("main table"), "notes.txt")
	must(t, v.get(draft).text("#evidence-status"), "Completed")
}

func TestFilesThatCannotBeKeptSayWhy(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	for name, c := range map[string]struct {
		content []byte
		problem string
	}{
		"empty.pdf":    {nil, "empty"},
		"page.pdf":     {[]byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), "This type of file cannot be kept"},
		"program.jpg":  {append([]byte("MZ"), make([]byte, 100)...), "This type of file cannot be kept"},
		"large.txt":    {bytes.Repeat([]byte("a"), kept.MaxSize+1), "larger than 25 MB"},
		"larger.txt":   {bytes.Repeat([]byte("a"), kept.MaxSize+3<<20), "larger than 25 MB"},
		"damaged.docx": {[]byte("PK\x03\x04broken"), "cannot be kept"},
	} {
		s := v.upload(draft, "add", name, c.content).status(http.StatusUnprocessableEntity)
		must(t, s.text(".govuk-error-summary"), c.problem)
		if len(s.all(".govuk-error-summary a[href='#file']")) != 1 {
			t.Errorf("%s: the summary does not lead to the field", name)
		}
	}
	s := v.post(draft+"/evidence", v.get(draft+"/evidence").with("add", "file")).status(http.StatusUnprocessableEntity)
	must(t, s.text(".govuk-error-summary"), "Choose a file first")
	mustNot(t, v.get(draft+"/evidence").text("main"), "Files added")
}

func TestSearchingTheCatalogueKeepsWhatIsChosen(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	path := draft + "/indicators"
	all := v.get(path).status(http.StatusOK)
	if n := len(all.all("input[name^='indicator.']")); n < 60 {
		t.Fatalf("%d indicators are offered", n)
	}
	found := v.post(path, all.with("indicator.general", "GEN-01", "q", "passport", "find", "yes"))
	page := v.follow(found).status(http.StatusOK)
	if len(page.all("input[value='GEN-01'][checked]")) != 1 {
		t.Error("what was chosen is gone from the search")
	}
	if n := len(page.all("input[name^='indicator.']")); n < 2 || n > 20 {
		t.Errorf("the search shows %d indicators", n)
	}
	must(t, v.get(draft).text("#indicators-status"), "Optional")
	form := page.every()
	form.Del("find")
	form["indicator.general"] = []string{"GEN-01", "GEN-03"}
	seen := v.post(path, form)
	if seen.leads() != path+"/seen" {
		t.Errorf("led to %s", seen.to)
	}
	say := v.follow(seen).status(http.StatusOK)
	say.status(http.StatusOK)
	v.post(path+"/seen", say.with("seen.GEN-03.by", "colleague", "seen.GEN-03.on-year", "2025", "seen.GEN-03.note", "At the airport.")).leads()
	must(t, v.get(draft+"/check").text("main"), "Is watched or never left alone", "seen by a colleague, 2025, At the airport.")
	none := v.follow(v.post(path, v.get(path).with("q", "zzzz", "find", "yes")))
	must(t, none.text("main"), "Nothing in the catalogue matches", "Is watched or never left alone")
	forged := v.get(path).values()
	forged["indicator.general"] = []string{"XXX-99"}
	v.post(path, forged).status(http.StatusUnprocessableEntity)
	gone := v.get(path+"/seen").with("seen.GEN-03.on-year", "2031")
	s := v.post(path+"/seen", gone).status(http.StatusUnprocessableEntity)
	if len(s.all(".govuk-error-summary a[href='#seen-GEN-03-on-day']")) != 1 {
		t.Errorf("the error is not at its indicator: %s", s.text(".govuk-error-summary"))
	}
}

func TestSearchBeforeCreateSaysOnlyPossibleMatch(t *testing.T) {
	site := newSite(t)
	site.World.Refer(caseworktest.Form())
	v := visit(t, site, "first_responder@ngo")
	first := v.get("/referrals/new")
	s := v.post("/referrals/new", first.with("do", "look")).status(http.StatusUnprocessableEntity)
	must(t, s.text(".govuk-error-summary"), "or begin without looking")
	typed := first.with("given", "Quynh Zebra", "family", "Testperson", "born-day", "21", "born-month", "7", "born-year", "1996", "do", "look")
	s = v.post("/referrals/new", typed).status(http.StatusOK)
	must(t, s.text("h1"), "Possible match")
	mustNot(t, s.text("main"), "Quynh", "Police A", "2025", "Vietnam", "Testbury")
	draft := v.post("/referrals/new", s.with("do", "begin")).leads()
	page := v.get(draft + "/check").text("main")
	must(t, page, "Quynh Zebra Testperson", "21 July 1996")
	mustNot(t, page, "ZQ7741209", "nail salon")
	nobody := v.post("/referrals/new", first.with("document", "XX0000001", "do", "look"))
	must(t, v.follow(nobody).text(".govuk-notification-banner"), "No earlier referral was found")
	must(t, v.get(nobody.leads()+"/check").text("main"), "XX0000001")
}

func TestMyReferralsArePagedWithoutRepeats(t *testing.T) {
	site := newSite(t)
	author := site.Actor(responder)
	for i := range 27 {
		form := caseworktest.Form()
		form.Identity.Names[0].Family = core.Secret(fmt.Sprintf("Testperson-%d", i))
		id, err := site.Cases.StartDraft(t.Context(), author, core.Identify, form, core.ID{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := site.Cases.SubmitDraft(t.Context(), author, core.Identify, id, 0); err != nil {
			t.Fatal(err)
		}
	}
	v := visit(t, site, responder)
	v.begin()
	page := v.get("/referrals").status(http.StatusOK)
	must(t, page.text("main"), "Draft of 12 March 2025")
	seen := map[string]bool{}
	count := func(s *sheet) {
		for _, a := range s.all("main table a[href^='/cases/']") {
			if seen[attr(a, "href")] {
				t.Errorf("%s is listed twice", attr(a, "href"))
			}
			seen[attr(a, "href")] = true
		}
	}
	count(page)
	older := v.get(attr(page.all("a[rel=next]")[0], "href")).status(http.StatusOK)
	mustNot(t, older.text("main"), "Draft of")
	count(older)
	if len(seen) != 27 || len(older.all("a[rel=next]")) != 0 {
		t.Errorf("%d referrals on two pages, want 27", len(seen))
	}
	mustNot(t, page.text("main")+older.text("main"), "Testperson")
	if n := len(visit(t, site, "first_responder@ngo").get("/referrals").all("main table a[href^='/cases/']")); n != 0 {
		t.Errorf("another agency sees %d of them", n)
	}
}

func TestEveryStepHasItsPage(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	for _, step := range casework.Steps {
		s := v.get(draft + "/" + string(step))
		switch step {
		case casework.StepAuthority, casework.StepNotify: // not before the age or the consent is known
			s.leads()
		default:
			s.status(http.StatusOK)
			if n := len(s.all("h1")); n != 1 {
				t.Errorf("%s has %d first headings", step, n)
			}
		}
	}
}

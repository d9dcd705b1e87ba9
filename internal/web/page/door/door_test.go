package door_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/casework/caseworktest"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/language"
	"clew/internal/web/page/door"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

func serve(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

// plain is a browser without an account.
func plain() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var words = url.Values{"what": {"Three men sleep in the back of the zebra car wash."}, "where": {"Quagga Street"}, "when-month": {"2"}, "when-year": {"2025"}, "child": {"yes"}}

// sendPart posts the second page with a file of some bytes.
func sendPart(t *testing.T, s *webtest.Site, lang, state, name string, file []byte) *http.Response {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("state", state)
	_ = m.WriteField("work", "")
	if name != "" {
		part, err := m.CreateFormFile("photo", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(file)
	}
	_ = m.Close()
	res, err := plain().Post(s.Server.URL+"/write/"+lang+"/send", m.FormDataContentType(), &b)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestEveryPageSpeaksEveryLanguage(t *testing.T) {
	s := serve(t)
	for _, l := range language.Languages {
		for _, path := range []string{"/write/" + l.Tag, "/write/" + l.Tag + "/answer", "/know/" + l.Tag, "/know/" + l.Tag + "/work"} {
			a := pagetest.Get(t, s, plain(), path).Want(200)
			if got := a.Attribute("html", "lang"); got != l.Tag {
				t.Errorf("%s: lang %q", path, got)
			}
			if got := a.Attribute("html", "dir"); got != l.Dir() {
				t.Errorf("%s: dir %q", path, got)
			}
			first := a.All("body a, body button, body input")[0]
			if pagetest.Attribute(first, "href") != "/leave" {
				t.Errorf("%s: the way out is not first", path)
			}
			remark := strings.Contains(a.Text, `class="door-review"`)
			if remark != (l.Tag != language.English) {
				t.Errorf("%s: says that nobody has reviewed it: %t", path, remark)
			}
			quiet(t, path, a)
		}
	}
	pagetest.Get(t, s, plain(), "/write/xx").Want(404)
}

var title = regexp.MustCompile(`<title>([^<]*)</title>`)

// quiet holds a page to what these pages promise about what they leave behind.
func quiet(t *testing.T, path string, a pagetest.Answer) {
	t.Helper()
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s: Cache-Control %q", path, got)
	}
	if got := a.Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("%s: Referrer-Policy %q", path, got)
	}
	if got := a.Header.Values("Set-Cookie"); len(got) > 0 {
		t.Errorf("%s sets %q", path, got)
	}
	for _, word := range []string{"trafficking", "report", "clew", "police"} {
		if strings.Contains(strings.ToLower(title.FindString(a.Text)), word) || strings.Contains(path, word) {
			t.Errorf("%s: title %q", path, title.FindString(a.Text))
		}
	}
}

func TestNobodyHasReviewedUntilSomebodyApproves(t *testing.T) {
	s := serve(t)
	admin := s.Actor("administrator@competent_authority")
	for _, c := range door.Catalogues() {
		if err := s.Spoken.Approve(context.Background(), admin, core.Administer, c, "ar", c.Digest("ar")); err != nil {
			t.Fatal(err)
		}
	}
	pagetest.Get(t, s, plain(), "/write/ar").Want(200).Not("door-review")
	pagetest.Get(t, s, plain(), "/know/ar/work").Want(200).Not("door-review")
	pagetest.Get(t, s, plain(), "/write/ro").Want(200, "door-review")
}

func TestTheReadersLanguageIsTakenFromTheBrowser(t *testing.T) {
	s := serve(t)
	for header, want := range map[string]string{"ar-EG,en;q=0.5": "ar", "zh-CN": "zh-Hans", "sw": "en", "": "en", "ro-MD, ru;q=0.9": "ro"} {
		req, err := http.NewRequest("GET", s.Server.URL+"/write", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", header)
		res, err := plain().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Location"); got != "/write/"+want {
			t.Errorf("%q leads to %q", header, got)
		}
	}
}

func TestWritingWithoutScriptsAndReadingTheAnswer(t *testing.T) {
	s, ctx := serve(t), context.Background()
	a := pagetest.Post(t, s, plain(), "/write/en", words).Want(200, "zebra car wash", "2025-02")
	quiet(t, "/write/en", a)
	state := a.Attribute("input[name=state]", "value")
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	res := sendPart(t, s, "en", state, "IMG_0042.PNG", pic.Bytes())
	page := pagetest.Read(t, res)
	page.Want(200)
	quiet(t, "/write/en/send", page)
	number := regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`).FindString(page.Text)
	if number == "" {
		t.Fatal("no number is shown")
	}
	state = page.Attribute("input[name=state]", "value")
	wrong := pagetest.Post(t, s, plain(), "/write/en/number", url.Values{"state": {state}, "receipt": {"1111222233334444"}}).Want(422, "This is not the number above", number)
	state = wrong.Attribute("input[name=state]", "value")
	pagetest.Post(t, s, plain(), "/write/en/number", url.Values{"state": {state}, "receipt": {"12"}}).Want(422, "all 16 digits", number)
	pagetest.Post(t, s, plain(), "/write/en/number", url.Values{"state": {state}, "receipt": {number}}).Want(200, "Thank you").Not(number)

	adviser := s.Actor("adviser@ngo")
	list, err := s.Concerns.List(ctx, adviser, core.Protect, concern.Query{Kind: concern.Report})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d reports, %v", len(list), err)
	}
	f, err := s.Concerns.Open(ctx, adviser, core.Protect, list[0].ID)
	if err != nil || f.Photo == nil || f.ConfirmedAt.IsZero() || f.Words.When != (core.PartialDate{Year: 2025, Month: 2}) || !f.Child || f.Danger {
		t.Fatalf("the desk opens %+v (%v)", f, err)
	}
	if err := s.Concerns.Move(ctx, adviser, core.Protect, f.ID, 0, concern.Open, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Concerns.Reply(ctx, adviser, core.Protect, f.ID, "Is anybody hurt?"); err != nil {
		t.Fatal(err)
	}
	talk := pagetest.Post(t, s, plain(), "/write/pl/answer", url.Values{"receipt": {number}}).Want(200, "Is anybody hurt?", "Twoje wiadomości")
	quiet(t, "/write/pl/answer", talk)
	talk.Not(number, strings.ReplaceAll(number, " ", ""))
	pagetest.Post(t, s, plain(), "/write/pl/message", url.Values{"state": {talk.Attribute("input[name=state]", "value")}, "text": {"One of them limps."}}).Want(200, "One of them limps.")
	pagetest.Post(t, s, plain(), "/write/pl/message", url.Values{"state": {talk.Attribute("input[name=state]", "value")}, "text": {""}}).Want(422, "Is anybody hurt?")
	pagetest.Post(t, s, plain(), "/write/pl/message", url.Values{"state": {"forged"}, "text": {"x"}}).Want(422)
	pagetest.Post(t, s, plain(), "/write/ar/answer", url.Values{"receipt": {"0000111122223333"}}).Want(422).Not("Is anybody hurt?")
}

func TestWhatIsWrongIsSaidInTheReadersLanguageAndKept(t *testing.T) {
	s := serve(t)
	with := func(name, value string) url.Values {
		v := url.Values{}
		for k := range words {
			v[k] = slices.Clone(words[k])
		}
		v.Set(name, value)
		return v
	}
	for name, c := range map[string]struct {
		form url.Values
		lang string
		says string
		kept string
	}{
		"nothing":         {with("what", ""), "en", "Write what you saw or what happened.", "Quagga Street"},
		"too long":        {with("what", strings.Repeat("ж", 4001)), "ru", "Сократите до 4000", "Quagga Street"},
		"a long place":    {with("where", strings.Repeat("x", 501)), "vi", "500 ký tự", "zebra car wash"},
		"no date":         {with("when-day", "soon"), "pl", "To nie jest data", "soon"},
		"no such day":     {with("when-day", "31"), "en", "This is no date", "zebra car wash"},
		"a day to come":   {with("when-year", "2031"), "ar", "هذا اليوم لم يأت بعد", "2031"},
		"invalid UTF-8":   {with("what", "a zebra \xff\xfe car"), "en", "characters that cannot be read", "a zebra"},
		"hidden turns":    {with("what", "a zebra \u202eraw"), "ro", "nu pot fi citite", "a zebra raw"},
		"markup is words": {with("what", ""), "ha", "Rubuta abin da ka gani", "Quagga Street"},
	} {
		t.Run(name, func(t *testing.T) {
			a := pagetest.Post(t, s, plain(), "/write/"+c.lang, c.form).Want(422, c.says, c.kept)
			quiet(t, "/write/"+c.lang, a)
		})
	}
	pagetest.Post(t, s, plain(), "/write/en", with("what", "<script>alert(1)</script>")).Want(200, "&lt;script&gt;").Not("<script>alert")
}

func TestAPictureThatCannotBeKeptLosesNothing(t *testing.T) {
	s := serve(t)
	state := func() string {
		return pagetest.Post(t, s, plain(), "/write/bg", words).Want(200).Attribute("input[name=state]", "value")
	}
	for name, c := range map[string]struct {
		file   []byte
		status int
		says   string
	}{
		"a program":        {[]byte("MZ\x90\x00\x03"), 422, "не е снимка JPEG или PNG"},
		"half a picture":   {[]byte("\xff\xd8\xff\xe0\x00"), 422, "Снимката е повредена"},
		"eleven megabytes": {make([]byte, 11<<20), 413, "по-голяма от 10 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			a := pagetest.Read(t, sendPart(t, s, "bg", state(), "a.jpg", c.file))
			a.Want(c.status, c.says, "zebra car wash")
			if a.Attribute("input[name=state]", "value") == "" {
				t.Error("what was written is not carried on")
			}
		})
	}
	pagetest.Read(t, sendPart(t, s, "bg", "forged", "", nil)).Want(422, "твърде дълго")
}

// endless is a picture of four gigabytes that counts what is read of it.
type endless struct {
	head       []byte
	left, read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.head) > 0 {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	n := min(int64(len(p)), e.left)
	clear(p[:n])
	e.left -= n
	e.read += n
	return int(n), nil
}

func TestFourGigabytesAreRefusedEarly(t *testing.T) {
	s := serve(t)
	state := pagetest.Post(t, s, plain(), "/write/en", words).Want(200).Attribute("input[name=state]", "value")
	const size = 4 << 30
	body := &endless{left: size, head: []byte("--b\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\n" + state +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n")}
	req, err := http.NewRequest("POST", s.Server.URL+"/write/en/send", body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	res, err := plain().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Read(t, res).Want(413, "larger than 10 MB", "zebra car wash")
	if body.read > 200<<20 {
		t.Errorf("%d MB were read before the answer", body.read>>20)
	}
}

func TestLeavingClearsAndLeadsAway(t *testing.T) {
	s := serve(t)
	pagetest.Get(t, s, plain(), "/leave").Want(200, `content="0;url=/leave/now"`)
	a := pagetest.Get(t, s, plain(), "/leave/now").Want(303)
	if got := a.Header.Get("Clear-Site-Data"); !strings.Contains(got, "cache") || !strings.Contains(got, "storage") {
		t.Errorf("Clear-Site-Data %q", got)
	}
	if to, err := url.Parse(a.Header.Get("Location")); err != nil || to.Host == "" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("leads to %v", to)
	}
}

// A form of another site is refused: there is no session whose token it could
// lack.
func TestAnotherSiteCannotSendTheForm(t *testing.T) {
	s := serve(t)
	req, err := http.NewRequest("POST", s.Server.URL+"/write/en", strings.NewReader(words.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := plain().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", res.StatusCode)
	}
}

// Whoever begins to send pictures and never goes on keeps nobody else from
// writing, and has only so many places for pictures.
func TestSlowSendersKeepNobodyOut(t *testing.T) {
	s := serve(t)
	var held []*io.PipeWriter
	answers := make(chan int, 20)
	for range 8 {
		r, w := io.Pipe()
		held = append(held, w)
		go func() {
			req, err := http.NewRequest("POST", s.Server.URL+"/write/en/send", r)
			if err != nil {
				panic(err)
			}
			req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
			res, err := plain().Do(req)
			if err != nil {
				answers <- 0
				return
			}
			_ = res.Body.Close()
			answers <- res.StatusCode
		}()
		if _, err := io.WriteString(w, "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n\xff\xd8"); err != nil {
			t.Fatal(err)
		}
	}
	state := pagetest.Post(t, s, plain(), "/write/en", words).Want(200).Attribute("input[name=state]", "value")
	pagetest.Read(t, sendPart(t, s, "en", state, "", nil)).Want(200, "Your number")
	for _, w := range held {
		_ = w.CloseWithError(io.ErrUnexpectedEOF)
	}
	for range held {
		<-answers
	}
	state = pagetest.Post(t, s, plain(), "/write/en", words).Want(200).Attribute("input[name=state]", "value")
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	pagetest.Read(t, sendPart(t, s, "en", state, "a.png", pic.Bytes())).Want(200, "Your number")
}

// A browser's history keeps what a page sent: sent again, it does not show the
// number to whoever holds the device next.
func TestThePagesBeforeDoNotGiveTheNumberAway(t *testing.T) {
	s := serve(t)
	number := regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`)
	draft := pagetest.Post(t, s, plain(), "/write/en", words).Want(200).Attribute("input[name=state]", "value")
	first := pagetest.Read(t, sendPart(t, s, "en", draft, "", nil)).Want(200)
	receipt := number.FindString(first.Text)
	if again := pagetest.Read(t, sendPart(t, s, "en", draft, "", nil)).Want(200); number.FindString(again.Text) != receipt || receipt == "" {
		t.Errorf("a double click shows %q, then %q", receipt, number.FindString(again.Text))
	}
	shown := first.Attribute("input[name=state]", "value")
	pagetest.Post(t, s, plain(), "/write/en/number", url.Values{"state": {shown}, "receipt": {receipt}}).Want(200, "Thank you")
	pagetest.Read(t, sendPart(t, s, "en", draft, "", nil)).Want(200, "Thank you").Not(receipt)
	pagetest.Post(t, s, plain(), "/write/en/number", url.Values{"state": {shown}, "receipt": {"1111222233334444"}}).Not(receipt)

	draft = pagetest.Post(t, s, plain(), "/write/en", words).Want(200).Attribute("input[name=state]", "value")
	pagetest.Read(t, sendPart(t, s, "en", draft, "", nil)).Want(200)
	s.World.Clock.Advance(31 * time.Minute)
	if late := pagetest.Read(t, sendPart(t, s, "en", draft, "", nil)).Want(422); number.MatchString(late.Text) {
		t.Error("a number that was never typed back is shown half an hour later")
	}
}

func TestAMessageThatTookLongIsNotLost(t *testing.T) {
	s := serve(t)
	draft := pagetest.Post(t, s, plain(), "/write/en", words).Want(200).Attribute("input[name=state]", "value")
	number := regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`).FindString(pagetest.Read(t, sendPart(t, s, "en", draft, "", nil)).Want(200).Text)
	open := url.Values{"receipt": {number}}
	state := pagetest.Post(t, s, plain(), "/write/en/answer", open).Want(200).Attribute("input[name=state]", "value")
	s.World.Clock.Advance(31 * time.Minute)
	late := pagetest.Post(t, s, plain(), "/write/en/message", url.Values{"state": {state}, "text": {"A long gnu message."}}).Want(422, "open too long", "A long gnu message.")
	if late.Attribute("form", "action") != "/write/en/answer" {
		t.Error("the number is not asked for again")
	}
	pagetest.Post(t, s, plain(), "/write/en/answer", url.Values{"receipt": {"0000111122223333"}, "text": {"A long gnu message."}}).Want(422, "A long gnu message.")
	open.Set("text", "A long gnu message.")
	again := pagetest.Post(t, s, plain(), "/write/en/answer", open).Want(200, "A long gnu message.")
	pagetest.Post(t, s, plain(), "/write/en/message", url.Values{"state": {again.Attribute("input[name=state]", "value")}, "text": {"A long gnu message."}}).Want(200, "A long gnu message.")
}

func TestFarTooLongATextComesBackToBeShortened(t *testing.T) {
	s := serve(t)
	long := strings.Repeat("a gnu ", 50_000)
	pagetest.Post(t, s, plain(), "/write/en", url.Values{"what": {long}}).Want(422, "Shorten it", strings.TrimSpace(long))
	pagetest.Post(t, s, plain(), "/write/en", url.Values{"what": {strings.Repeat(long, 5)}}).Want(413, "Shorten it").Not("Write what you saw")
}

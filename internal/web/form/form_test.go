package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clew/internal/core"
	"clew/internal/web/ui"
)

func post(values url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func parse(t *testing.T, f *Form, values url.Values) {
	t.Helper()
	if err := f.Parse(post(values)); err != nil {
		t.Fatal(err)
	}
}

func TestTextIsCleanedAndBounded(t *testing.T) {
	cases := []struct {
		name, typed, value, problem string
	}{
		{"fine", "Nguyễn", "Nguyễn", ""},
		{"trimmed", "  Amina \t\n", "Amina", ""},
		{"pasted from a table", "Amina\tRah", "Amina Rah", ""},
		{"spaces around", " \u00a0Amina  ", "Amina", ""},
		{"composed", "Nguye\u0302\u0303n", "Nguyễn", ""},
		{"absent", "   ", "", "Enter the name"},
		{"exactly as long as allowed", strings.Repeat("é", 10), strings.Repeat("é", 10), ""},
		{"one character too long", strings.Repeat("é", 11), strings.Repeat("é", 11), "Shorten “Name” to 10 characters or fewer; it has 11 now."},
		{"not UTF-8", "Jos\xe9", "Jos\uFFFD", "could not be read"},
		{"a text-direction override", "abc\u202Ecba", "abccba", "turns text around"},
		{"an isolate", "\u2066abc\u2069", "abc", "turns text around"},
		{"a control character", "a\x00b", "ab", "control character"},
		{"a byte order mark", "\uFEFFabc", "abc", "control character"},
		{"marks of mixed scripts stay", "علي\u200f-\u200eAli", "علي\u200f-\u200eAli", ""},
		{"joiners stay", "می\u200cخواهم", "می\u200cخواهم", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := New("/", "")
			name := f.Text("name", "Name", Max(10), Required("Enter the name"))
			parse(t, f, url.Values{"name": {c.typed}})
			if got := name.Text(); got != c.value {
				t.Errorf("value %q, want %q", got, c.value)
			}
			if c.problem == "" && name.Error != "" || !strings.Contains(name.Error, c.problem) {
				t.Errorf("error %q, want %q", name.Error, c.problem)
			}
		})
	}
}

func TestErrorsNeverRepeatWhatWasTyped(t *testing.T) {
	const typed = "Zebediah\u202E\x00"
	f := New("/", "")
	f.Text("a", "A", Max(3))
	f.Radios("b", "B", []Option{{Value: "x", Label: "X"}})
	f.Date("c", "C")
	parse(t, f, url.Values{"a": {typed}, "b": {typed}, "c-day": {typed}, "c-month": {"1"}, "c-year": {"2020"}})
	for _, item := range f.Errors().Items {
		if strings.Contains(item.Text, "Zebediah") {
			t.Errorf("%q repeats the answer", item.Text)
		}
	}
	if len(f.Errors().Items) != 3 {
		t.Errorf("got %v", f.Errors().Items)
	}
}

func TestTextareaKeepsLines(t *testing.T) {
	f := New("/", "")
	story := f.Textarea("story", "Story", Max(7))
	parse(t, f, url.Values{"story": {"one\r\ntwo\r\n"}})
	if story.Text() != "one\ntwo" || story.Error != "" {
		t.Errorf("got %q, %q: a line end counts as one character", story.Text(), story.Error)
	}
}

func TestChoicesAreOnlyThoseOffered(t *testing.T) {
	options := []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "none", Label: "None", Only: true}}
	cases := []struct {
		name    string
		sent    []string
		chosen  []string
		problem string
	}{
		{"one", []string{"a"}, []string{"a"}, ""},
		{"several", []string{"a", "b"}, []string{"a", "b"}, ""},
		{"twice the same", []string{"a", "a"}, []string{"a"}, ""},
		{"nothing", nil, nil, "Choose one"},
		{"forged", []string{"a", "z"}, nil, "from the list"},
		{"none and another", []string{"a", "none"}, []string{"a", "none"}, "not both"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := New("/", "")
			kind := f.Checkboxes("kind", "Kind", options, Required("Choose one"))
			parse(t, f, url.Values{"kind": c.sent})
			if diff := cmp.Diff(c.chosen, kind.Choices()); diff != "" {
				t.Error(diff)
			}
			if c.problem == "" && kind.Error != "" || !strings.Contains(kind.Error, c.problem) {
				t.Errorf("error %q, want %q", kind.Error, c.problem)
			}
		})
	}
}

func TestRevealedFieldsCountOnlyWithTheirOption(t *testing.T) {
	build := func() (*Form, *Field) {
		f := New("/", "")
		phone := f.Text("phone", "Telephone", Required("Enter the telephone"))
		f.Radios("contact", "Contact", []Option{{Value: "yes", Label: "Yes", Reveal: []*Field{phone}}, {Value: "no", Label: "No"}})
		return f, phone
	}
	f, phone := build()
	parse(t, f, url.Values{"contact": {"no"}, "phone": {"123"}})
	if !f.Valid() || phone.Text() != "" {
		t.Errorf("not revealed: got %q, %v", phone.Text(), f.Errors())
	}
	f, _ = build()
	parse(t, f, url.Values{"contact": {"yes"}})
	if diff := cmp.Diff(ui.ErrorSummary{Items: []ui.ErrorItem{{Text: "Enter the telephone", Href: "#phone"}}}, f.Errors()); diff != "" {
		t.Error(diff)
	}
}

func TestDates(t *testing.T) {
	cases := []struct {
		name             string
		day, month, year string
		want             core.Date
		problem, anchor  string
	}{
		{"a day", "14", "3", "2021", core.MustDate(2021, 3, 14), "", "#d-day"},
		{"leading zeros", "04", "03", "2021", core.MustDate(2021, 3, 4), "", "#d-day"},
		{"a month by name", "4", "march", "2021", core.MustDate(2021, 3, 4), "", "#d-day"},
		{"a month by its first letters", "4", "Sep", "2021", core.MustDate(2021, 9, 4), "", "#d-day"},
		{"Arabic digits", "٤", "٣", "٢٠٢١", core.MustDate(2021, 3, 4), "", "#d-day"},
		{"29 February in a leap year", "29", "2", "2024", core.MustDate(2024, 2, 29), "", "#d-day"},
		{"29 February in a common year", "29", "2", "2023", core.Date{}, "exists in the calendar", "#d-day"},
		{"month 13", "1", "13", "2021", core.Date{}, "between 1 and 12", "#d-month"},
		{"year 99", "1", "1", "99", core.Date{}, "year between", "#d-year"},
		{"no month", "1", "", "2021", core.Date{}, "must include a month.", "#d-month"},
		{"only a day", "1", "", "", core.Date{}, "must include a month and a year.", "#d-month"},
		{"words", "first", "3", "2021", core.Date{}, "must be a date in numbers", "#d-day"},
		{"zero", "0", "3", "2021", core.Date{}, "must be a date in numbers", "#d-day"},
		{"very long", strings.Repeat("9", 500), "3", "2021", core.Date{}, "must be a date in numbers", "#d-day"},
		{"nothing", "", "", "", core.Date{}, "Enter the day", "#d-day"},
		{"in the future", "3", "3", "2026", core.Date{}, "today or earlier", "#d-day"},
		{"today", "2", "3", "2026", core.MustDate(2026, 3, 2), "", "#d-day"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := New("/", "")
			d := f.Date("d", "The day", Required("Enter the day"), NotAfter(core.MustDate(2026, 3, 2), "It must be today or earlier"))
			parse(t, f, url.Values{"d-day": {c.day}, "d-month": {c.month}, "d-year": {c.year}})
			if d.Date() != c.want || d.Anchor() != c.anchor {
				t.Errorf("got %v at %s", d.Date(), d.Anchor())
			}
			if c.problem == "" && d.Error != "" || !strings.Contains(d.Error, c.problem) {
				t.Errorf("error %q, want %q", d.Error, c.problem)
			}
		})
	}
}

func TestNumbersAreWholeAndWithinTheirBounds(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  int
		fine  bool
	}{{"30", 30, true}, {"1", 1, true}, {"٣٠", 30, true}, {"", 0, true}, {"0", 0, false}, {"31", 0, false}, {"-1", 0, false}, {"1.5", 0, false}, {"99999999999999999999", 0, false}} {
		f := New("/", "")
		days := f.Number("days", "Days", 1, 30)
		parse(t, f, url.Values{"days": {c.typed}})
		if days.Int() != c.want || f.Valid() != c.fine {
			t.Errorf("%q: got %d, %q", c.typed, days.Int(), days.Error)
		}
	}
}

func TestPartialDates(t *testing.T) {
	about := func(y, m int) core.PartialDate { return core.PartialDate{Year: y, Month: m, About: true} }
	cases := []struct {
		name    string
		values  url.Values
		want    core.PartialDate
		problem string
	}{
		{"a year", url.Values{"d-year": {"2009"}}, core.PartialDate{Year: 2009}, ""},
		{"about a month", url.Values{"d-year": {"2009"}, "d-month": {"5"}, "d-about": {"yes"}}, about(2009, 5), ""},
		{"nothing", url.Values{}, core.PartialDate{}, ""},
		{"only about", url.Values{"d-about": {"yes"}}, core.PartialDate{}, "at least a year"},
		{"a day without its month", url.Values{"d-year": {"2009"}, "d-day": {"5"}}, core.PartialDate{}, "month as well"},
		{"a month without its year", url.Values{"d-month": {"5"}}, core.PartialDate{}, "Enter a year"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := New("/", "")
			d := f.PartialDate("d", "When")
			parse(t, f, c.values)
			if d.PartialDate() != c.want {
				t.Errorf("got %v, want %v", d.PartialDate(), c.want)
			}
			if c.problem == "" && d.Error != "" || !strings.Contains(d.Error, c.problem) {
				t.Errorf("error %q, want %q", d.Error, c.problem)
			}
		})
	}
}

func TestSavedDatesComeBackAsTheyWere(t *testing.T) {
	f := New("/", "")
	d := f.PartialDate("d", "When").SetPartialDate(core.PartialDate{Year: 2009, Month: 5, About: true})
	html, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`value="2009"`, `value="5"`, `value="yes" checked`} {
		if !strings.Contains(string(html), want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestErrorsOfAUseCaseLandOnTheirFields(t *testing.T) {
	f := New("/", "")
	family := f.Text("family", "Family name", Alias("identity.names.0.family"))
	country := f.Country("country", "Country")
	f.Hidden("rev", "3")
	err := fmt.Errorf("save: %w", core.InvalidFields([]core.Field{
		{Name: "identity.names.0.family", Msg: "Enter the family name."},
		{Name: "country.code", Msg: "Choose a country."},
		{Name: "rev", Msg: "Load the page again."},
	}))
	if !f.SetErrors(err) {
		t.Fatal("the error has fields")
	}
	want := ui.ErrorSummary{Items: []ui.ErrorItem{
		{Text: "Load the page again."},
		{Text: "Enter the family name.", Href: "#family"},
		{Text: "Choose a country.", Href: "#country"},
	}}
	if diff := cmp.Diff(want, f.Errors()); diff != "" {
		t.Error(diff)
	}
	if family.Error == "" || country.Error == "" || f.SetErrors(errors.New("the disk is full")) {
		t.Error("field errors must be set; other errors are not the form's")
	}
}

func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	f := New("/", "")
	f.Textarea("story", "Story")
	err := f.Parse(post(url.Values{"story": {strings.Repeat("a", maxFormBytes)}}))
	if core.KindOf(err) != core.TooLarge {
		t.Errorf("got %v", err)
	}
	f = New("/", "")
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := f.Parse(r); core.KindOf(err) != core.Invalid {
		t.Errorf("got %v", err)
	}
}

func upload(t *testing.T, name, content string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestFiles(t *testing.T) {
	cases := []struct{ name, file, content, shown, problem string }{
		{"fine", "photo.jpg", "12345", "photo.jpg", ""},
		{"a path of another system", `C:\Users\a\photo.jpg`, "1", "photo.jpg", ""},
		{"a name with a hidden turn", "gpj.\u202Eexe", "1", "gpj.exe", ""},
		{"a very long name keeps its end", strings.Repeat("x", 300) + ".pdf", "1", strings.Repeat("x", 116) + ".pdf", ""},
		{"empty", "photo.jpg", "", "photo.jpg", "is empty"},
		{"too large", "photo.jpg", strings.Repeat("1", 1025), "photo.jpg", "larger than 1 KB"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := New("/", "")
			file := f.File("file", "File", 1024, Required("Choose a file"))
			if err := f.Parse(upload(t, c.file, c.content)); err != nil {
				t.Fatal(err)
			}
			if file.File() == nil || file.File().Name != c.shown {
				t.Fatalf("got %+v, want %s", file.File(), c.shown)
			}
			if c.problem == "" && file.Error != "" || !strings.Contains(file.Error, c.problem) {
				t.Errorf("error %q, want %q", file.Error, c.problem)
			}
			body, err := file.File().Open()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = body.Close() }()
			if got, err := io.ReadAll(body); err != nil || string(got) != c.content {
				t.Errorf("read %d bytes, %v", len(got), err)
			}
		})
	}
	f := New("/", "")
	file := f.File("file", "File", 1024, Required("Choose a file"))
	parse(t, f, url.Values{})
	if file.Error != "Choose a file" || file.File() != nil {
		t.Errorf("no file: got %q", file.Error)
	}
}

func TestTheTokenIsCompared(t *testing.T) {
	for _, c := range []struct {
		sent, want string
		ok         bool
	}{{"abc", "abc", true}, {"abd", "abc", false}, {"", "abc", false}, {"", "", false}} {
		err := CheckCSRF(post(url.Values{CSRFField: {MaskToken(c.sent)}}), c.want)
		if (err == nil) != c.ok {
			t.Errorf("%+v: got %v", c, err)
		}
	}
}

func TestPasswordsAreNeverSentBack(t *testing.T) {
	f := New("/", "")
	password := f.Password("password", "Password")
	parse(t, f, url.Values{"password": {"correct horse"}})
	html, err := password.HTML()
	if err != nil || strings.Contains(string(html), "horse") || password.Secret().Reveal() != "correct horse" {
		t.Errorf("got %s, %v", html, err)
	}
}

func TestPickersOfferEveryCountryAndLanguage(t *testing.T) {
	f := New("/", "")
	country, language := f.Country("c", "Country", Value("VNM")), f.Language("l", "Language")
	html, err := country.HTML()
	if err != nil || !strings.Contains(string(html), `<option value="VNM" selected`) || strings.Count(string(html), "<option") != len(core.Countries())+1 {
		t.Errorf("%v", err)
	}
	parse(t, f, url.Values{"c": {"XYZ"}, "l": {"vie"}})
	if country.Error == "" || language.Choice() != "vie" {
		t.Errorf("got %q and %q", country.Error, language.Choice())
	}
}

func TestSearchesAreReadFromTheAddress(t *testing.T) {
	f := NewSearch("/queue")
	find := f.Text("q", "Find")
	if err := f.Parse(httptest.NewRequest(http.MethodGet, "/queue?q=TW4", nil)); err != nil || find.Text() != "TW4" {
		t.Errorf("got %q, %v", find.Text(), err)
	}
	if html, _ := f.HTML(); strings.Contains(string(html), CSRFField) {
		t.Error("a token must never be part of an address")
	}
}

func TestWhatWasTypedIsKept(t *testing.T) {
	f := New("/", "")
	f.Text("name", "Name", Max(3))
	f.Textarea("story", "Story", Max(3))
	f.Radios("r", "R", []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}})
	f.Date("d", "D")
	parse(t, f, url.Values{"name": {"O'Brien & co"}, "story": {"\nlong story"}, "r": {"b"}, "d-day": {"31"}, "d-month": {"2"}, "d-year": {"2020"}})
	html, err := f.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`value="O&#39;Brien &amp; co"`, "\nlong story</textarea>", `value="b" checked`, `value="31"`, `value="2020"`} {
		if !strings.Contains(string(html), want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestAMaskedTokenIsAnotherTextEachTime(t *testing.T) {
	a, b := MaskToken("secret-token"), MaskToken("secret-token")
	if a == b || strings.Contains(a, "secret") {
		t.Errorf("masked as %q and %q", a, b)
	}
	for _, sent := range []string{"", "secret-token", "!!!", "YQ"} {
		if CheckCSRF(post(url.Values{CSRFField: {sent}}), "secret-token") == nil {
			t.Errorf("%q passes", sent)
		}
	}
}

package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/exchange"
)

var ctx = context.Background()

// file is n good rows in clew's columns; change may spoil some.
func file(t testing.TB, n int, change func(i int, f *casework.ReferralForm)) string {
	t.Helper()
	var b strings.Builder
	like := caseworktest.Form()
	w, err := exchange.NewWriter(&b, directory, like)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		f := caseworktest.Form()
		f.Identity.Names = []casework.Name{{Given: core.Secret(fmt.Sprint("Given", i)), Family: core.Secret(fmt.Sprint("Family", i)), Kind: "main"}}
		f.Identity.Documents[0].Number = core.Secret(fmt.Sprintf("DOC%07d", i))
		f.Identity.Phones = nil
		if change != nil {
			change(i, &f)
		}
		if err := w.Write(fmt.Sprint("X-", i), "police", &f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// problemList gathers what is reported.
type problemList []exchange.Problem

func (p *problemList) add(b exchange.Problem) error {
	*p = append(*p, b)
	return nil
}

func run(t testing.TB, w *caseworktest.World, text string, o exchange.Options) (exchange.Summary, problemList) {
	t.Helper()
	var problems problemList
	o.Directory, o.Report, o.User = directory, problems.add, core.SystemActor().UserID
	sum, err := exchange.Import(ctx, w, open(t, text, exchange.ReadOptions{Rules: rules(t)}), o)
	if err != nil {
		t.Fatal(err)
	}
	return sum, problems
}

func cases(t testing.TB, w *caseworktest.World) (n int) {
	t.Helper()
	if err := w.DB.Reader().QueryRow(`SELECT count(*) FROM case_file`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestGoodRowsAreImportedAndBadOnesNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		w := caseworktest.New(t, db)
		text := file(t, 25, func(i int, f *casework.ReferralForm) {
			switch i {
			case 3:
				f.Narrative.Account = ""
			case 7:
				f.Facts.Exploitation = []string{"nothing_known"}
			case 11:
				f.Consent.On = core.MustDate(2030, 1, 1)
			}
		})
		text = strings.Replace(text, "X-20,police,", "X-20,nowhere,", 1)
		sum, problems := run(t, w, text, exchange.Options{Batch: 4})
		if sum != (exchange.Summary{Rows: 25, Made: 21, Failed: 4}) || cases(t, w) != 21 {
			t.Errorf("summary %+v, %d cases", sum, cases(t, w))
		}
		want := map[int]string{5: "narrative.account", 9: "facts.exploitation", 13: "consent.on", 22: "agency"}
		for _, p := range problems {
			if want[p.Line] != p.Field || p.Code == "" || p.Msg == "" {
				t.Errorf("problem %+v", p)
			}
			delete(want, p.Line)
		}
		if len(want) > 0 {
			t.Errorf("nothing was said of lines %v", want)
		}
	})
}

func TestAnImportThatWasStoppedGoesOn(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	text := file(t, 30, nil)
	stopping, stop := context.WithCancel(ctx)
	sum, err := exchange.Import(stopping, w, open(t, text, exchange.ReadOptions{}), exchange.Options{Directory: directory, Batch: 5,
		Progress: func(s exchange.Summary) {
			if s.Rows == 10 {
				stop()
			}
		}})
	if !errors.Is(err, context.Canceled) || sum.Made < 10 || sum.Made > 20 {
		t.Fatalf("stopped: %+v, %v", sum, err)
	}
	again, problems := run(t, w, text, exchange.Options{Batch: 7})
	if again.Made != 30-sum.Made || again.Repeated != sum.Made || len(problems) > 0 || cases(t, w) != 30 {
		t.Errorf("first %+v, then %+v; %d cases; %v", sum, again, cases(t, w), problems)
	}
}

// failing gives the text and then an error, as a disk or a pipe does.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the disk is gone")
	}
	return n, err
}

func TestWhatWasReadBeforeAFileFailedIsImported(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	r, err := exchange.Open(failing{strings.NewReader(file(t, 50, nil))}, exchange.ReadOptions{Format: "csv", Directory: directory})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := exchange.Import(ctx, w, r, exchange.Options{Directory: directory, Batch: 7})
	if sum.Made != 50 || cases(t, w) != 50 {
		t.Errorf("%+v, %d cases", sum, cases(t, w))
	}
	if err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("the failure is not told: %v", err)
	}
}

func TestAChangedRowIsNoticedByItsNumber(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	run(t, w, file(t, 2, nil), exchange.Options{})
	changed := file(t, 2, func(i int, f *casework.ReferralForm) {
		if i == 1 {
			f.Narrative.Account = "It says something else now."
		}
	})
	sum, problems := run(t, w, changed, exchange.Options{})
	if sum.Repeated != 1 || sum.Failed != 1 || problems[0].Code != "import.changed" || problems[0].Line != 3 {
		t.Errorf("%+v %+v", sum, problems)
	}
}

func TestWithoutANumberTheContentCounts(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	text := file(t, 3, nil)
	for i := range 3 {
		text = strings.Replace(text, fmt.Sprintf("X-%d,", i), ",", 1)
	}
	lines := strings.SplitAfter(text, "\n")
	text += lines[1] // one row twice
	first, _ := run(t, w, text, exchange.Options{})
	second, _ := run(t, w, text, exchange.Options{})
	if first.Made != 3 || first.Repeated != 1 || second.Made != 0 || second.Repeated != 4 {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	text := file(t, 6, func(i int, f *casework.ReferralForm) {
		if i == 2 {
			f.Age.Stated = ""
		}
	})
	sum, problems := run(t, w, text, exchange.Options{DryRun: true})
	if sum.Made != 5 || sum.Failed != 1 || len(problems) == 0 || cases(t, w) != 0 {
		t.Errorf("%+v, %d cases", sum, cases(t, w))
	}
}

func TestOnlyAnAgencyThatMayReferIsImportedFor(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	text := strings.Replace(strings.Replace(file(t, 2, nil), "X-0,police", "X-0,prosecution", 1), "X-1,police", "X-1,", 1)
	sum, problems := run(t, w, text, exchange.Options{})
	if sum.Failed != 2 || problems[0].Code != "agency.no_first_responder" || problems[1].Code != "required" {
		t.Errorf("%+v %+v", sum, problems)
	}
	sum, _ = run(t, w, text, exchange.Options{Agency: accesstest.AgencyOf(core.NGO)})
	if sum.Made != 1 || sum.Failed != 1 {
		t.Errorf("with an agency for the rest: %+v", sum)
	}
}

func TestAnAgencyThatPolicyRefusesStopsNoOther(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	statistics := accesstest.AgencyOf(core.Statistics)
	statistics.FirstResponder = true
	d := exchange.NewDirectory([]core.Agency{statistics, accesstest.AgencyOf(core.Police)})
	text := strings.Replace(file(t, 2, nil), "X-0,police", "X-0,"+statistics.Code, 1)
	var problems problemList
	sum, err := exchange.Import(ctx, w, open(t, text, exchange.ReadOptions{}), exchange.Options{Directory: d, Report: problems.add})
	if err != nil || sum.Made != 1 || sum.Failed != 1 || problems[0].Code != "agency.not_allowed" {
		t.Errorf("%+v %v %+v", sum, err, problems)
	}
}

func TestRecordsOfTheStandardAreImportedWithDefaults(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	defaults := map[string]string{"consent.noticeVersion": "2024-1", "consent.language": "vie", "consent.interpreter": "no", "consent.on": "2025-03-10"}
	text := strings.ReplaceAll(record, "\n", " ") + "\n" + `{"cas_Status": "Closed", "prs_FirstName": "B"}` + "\n"
	var problems problemList
	sum, err := exchange.Import(ctx, w, open(t, text, exchange.ReadOptions{Rules: rules(t), Defaults: defaults}),
		exchange.Options{Directory: directory, Agency: accesstest.AgencyOf(core.NGO), Report: problems.add})
	if err != nil || sum.Made != 1 || sum.Failed != 1 {
		t.Fatalf("%+v %v %+v", sum, err, problems)
	}
	if problems[0].Code != "case.closed" || problems[0].Line != 2 {
		t.Errorf("%+v", problems)
	}
}

type broken struct{ exchange.Submitter }

func (broken) SubmitMany(context.Context, core.Actor, core.Purpose, access.Action, []casework.Submission) ([]casework.Handed, error) {
	return nil, core.E(core.Unavailable, "storage.full", "Nothing can be saved because the disk is full.")
}

func TestAFullDiskEndsTheImport(t *testing.T) {
	sum, err := exchange.Import(ctx, broken{}, open(t, file(t, 9, nil), exchange.ReadOptions{}), exchange.Options{Directory: directory, Batch: 2})
	if core.KindOf(err) != core.Unavailable || sum.Made != 0 {
		t.Errorf("%+v %v", sum, err)
	}
}

func utf16File(text string, order func(v uint16) [2]byte, mark bool) string {
	var b bytes.Buffer
	if mark {
		text = "\uFEFF" + text
	}
	for _, v := range utf16.Encode([]rune(text)) {
		two := order(v)
		b.Write(two[:])
	}
	return b.String()
}

func little(v uint16) [2]byte { return [2]byte{byte(v), byte(v >> 8)} }
func big(v uint16) [2]byte    { return [2]byte{byte(v >> 8), byte(v)} }

func TestEncodingsAndSeparatorsAreFoundAndSaid(t *testing.T) {
	const plain = "external_id,identity.names.0.given,age.stated\n1,Zoë,adult\n2,Ödön,child\n"
	semicolons, tabs := strings.ReplaceAll(plain, ",", ";"), strings.ReplaceAll(plain, ",", "\t")
	for name, tc := range map[string]struct{ text, encoding, note string }{
		"plain":                  {plain, "", ""},
		"byte-order mark":        {"\xEF\xBB\xBF" + plain, "", ""},
		"semicolons":             {semicolons, "", "semicolons"},
		"tabs":                   {tabs, "", "tabs"},
		"UTF-16 with mark":       {utf16File(tabs, little, true), "", "UTF-16"},
		"UTF-16 big with mark":   {utf16File(plain, big, true), "", "UTF-16"},
		"UTF-16 little, no mark": {utf16File(plain, little, false), "", "little-endian"},
		"UTF-16 big, no mark":    {utf16File(plain, big, false), "", "big-endian"},
		"Windows-1252":           {"external_id;identity.names.0.given;age.stated\n1;Zo\xEB;adult\n2;\xD6d\xF6n;child\n", "windows-1252", "Windows-1252"},
		"old Macintosh":          {strings.ReplaceAll(plain, "\n", "\r"), "", "carriage returns"},
		"names in any case":      {strings.Replace(plain, "identity.names.0.given", " Identity.Names.0.GIVEN ", 1), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, tc.text, exchange.ReadOptions{Encoding: tc.encoding})
			if notes := strings.Join(r.Notes(), " "); !strings.Contains(notes, tc.note) || tc.note == "" && notes != "" {
				t.Errorf("notes %q", notes)
			}
			rows := all(t, r)
			if len(rows) != 2 || rows[0].Form.Identity.Names[0].Given != "Zoë" || rows[1].Form.Identity.Names[0].Given != "Ödön" {
				t.Errorf("%d rows: %+v", len(rows), rows)
			}
		})
	}
}

func TestALineInAnotherEncodingIsNamedAndTheRestRead(t *testing.T) {
	rows := all(t, open(t, "identity.names.0.given,age.stated\nZo\xEB,adult\nZoë,adult\n", exchange.ReadOptions{}))
	if len(rows) != 2 || len(rows[0].Faults) != 1 || rows[0].Faults[0].Code != "text.encoding" || len(rows[1].Faults) != 0 {
		t.Errorf("%+v", rows)
	}
}

func TestAFileThatCannotBeReadIsRefusedWithoutRepeatingIt(t *testing.T) {
	for name, tc := range map[string]struct{ text, code string }{
		"empty":           {" \n", "import.empty"},
		"Excel":           {"PK\x03\x04 Jane Roe", "import.not_text"},
		"PDF":             {"%PDF-1.7 Jane Roe", "import.not_text"},
		"no header":       {"Jane,Roe,1990\nJohn,Doe,1991\n", "import.header"},
		"unknown column":  {"age.stated,age.statedd\nadult,adult\n", "input.invalid"},
		"a column twice":  {"age.stated,AGE.STATED\nadult,adult\n", "input.invalid"},
		"an item too far": {"age.stated,identity.names.40.given\nadult,Jane Roe\n", "input.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := exchange.Open(strings.NewReader(tc.text), exchange.ReadOptions{Directory: directory})
			var e *core.Error
			if !errors.As(err, &e) || e.Code != tc.code {
				t.Fatalf("%v, want %s", err, tc.code)
			}
			if strings.Contains(err.Error(), "Jane") {
				t.Errorf("the refusal repeats the file: %v", err)
			}
		})
	}
}

func TestADefaultThatIsWrongIsRefusedAtOnce(t *testing.T) {
	for _, d := range []map[string]string{{"consent.on": "yesterday"}, {"no.such.column": "x"}} {
		_, err := exchange.Open(strings.NewReader("age.stated\nadult\n"), exchange.ReadOptions{Directory: directory, Defaults: d})
		if core.KindOf(err) != core.Invalid {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestTheTemplateCanBeImported(t *testing.T) {
	var b strings.Builder
	if err := exchange.Template(&b); err != nil {
		t.Fatal(err)
	}
	w := caseworktest.New(t, dbtest.SQLite(t))
	sum, problems := run(t, w, b.String(), exchange.Options{Agency: accesstest.AgencyOf(core.Police)})
	if sum.Made != 1 {
		t.Errorf("%+v %+v", sum, problems)
	}
}

func TestReportsHoldNoFormula(t *testing.T) {
	var b strings.Builder
	r, err := exchange.NewReportWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Add(exchange.Problem{Line: 2, Field: "=cmd()", Code: "x", Msg: "+1"}), r.Flush()); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "line,field,code,message\n2,'=cmd(),x,'+1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// BenchmarkImport is a whole import on SQLite: reading, checking, sealing,
// writing with a ledger entry each.
func BenchmarkImport(b *testing.B) {
	const rows = 2000
	text := file(b, rows, func(i int, f *casework.ReferralForm) {
		f.Identity.BirthDate = core.PartialDate{Year: 1950 + i%50, Month: 1 + i%12, Day: 1 + i%28}
	})
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		w := caseworktest.New(b, dbtest.SQLite(b))
		b.StartTimer()
		if sum, _ := run(b, w, text, exchange.Options{}); sum.Made != rows {
			b.Fatalf("%+v", sum)
		}
	}
	b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
}

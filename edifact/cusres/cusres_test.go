package cusres_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"clew/edifact"
	"clew/edifact/cusres"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

const top = "UNB+UNOA:4+S+C+260301:1200+R'UNH+1+CUSRES:D:05B:UN:IATA'"

func decode(t testing.TB, body string) (cusres.Message, map[string]bool) {
	t.Helper()
	m, findings, err := cusres.Decode(strings.NewReader(top + body + "UNT+1+1'UNZ+1+R'"))
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, f := range findings {
		codes[f.Code] = true
	}
	return m, codes
}

const leg = "RFF+AF:CA339'DTM+189:2603011620:201'DTM+232:2603012035:201'LOC+92+SSN'LOC+92+ICN'RFF+AF:CA339'DTM+189:2603012050:201'DTM+232:2603012335:201'LOC+125+ICN'LOC+87+CAN'"

func TestReplies(t *testing.T) {
	m, codes := decode(t, "BGM+962'RFF+TN:100'"+leg+"ERP+2'RFF+AVF:MW'RFF+ABO:4001'ERC+0Z'FTX+AAP+++OK TO BOARD'ERP+2'RFF+ABO:4002'ERC+1Z'ERC+4Z'FTX+AAP+++NO: ASK'")
	if m.Code != "962" || m.Transaction != "100" || len(m.Replies) != 2 {
		t.Fatalf("%+v", m)
	}
	a, b := m.Replies[0], m.Replies[1]
	if a.Ref() != "4001" || a.AVF != "MW" || a.Code() != "0Z" || a.Texts[0].Value != "OK TO BOARD" {
		t.Errorf("first %+v", a)
	}
	if b.Ref() != "4002" || len(b.Codes) != 2 || b.Texts[0].Value != "NO: ASK" {
		t.Errorf("second %+v", b)
	}
	if f := m.Flights; len(f) != 2 || f[0].From != "SSN" || f[0].Departure.String() != "2026-03-01T16:20" || f[1].To != "CAN" || !f[1].Crossing || f[1].Arrival.String() != "2026-03-01T23:35" {
		t.Errorf("flights %+v", f)
	}
	if codes["reply_unknown"] || codes["reply_empty"] {
		t.Errorf("findings %v", codes)
	}
}

func TestOddReplies(t *testing.T) {
	for name, c := range map[string]struct {
		body, code, ref, reply string
		level                  string
	}{
		"no code":                {"BGM+962'ERP+2'RFF+ABO:1'", "reply_empty", "1", "", "2"},
		"no reference":           {"BGM+962'ERP+2'ERC+0Z'", "reply_ref_missing", "", "0Z", "2"},
		"unknown code":           {"BGM+962'ERP+2'RFF+ABO:1'ERC+9Q'", "reply_unknown", "1", "9Q", "2"},
		"locator only":           {"BGM+132'ERP+2'RFF+AVF:MW'ERC+1Z'", "unt_count", "MW", "1Z", "2"},
		"header level":           {"BGM+312'ERP+1'ERC+0'", "unt_count", "", "0", "1"},
		"code before any ERP":    {"BGM+962'ERC+1'", "segment_misplaced", "", "1", "1"},
		"unknown document":       {"BGM+777'ERP+2'RFF+ABO:1'ERC+0Z'", "bgm_unknown", "1", "0Z", "2"},
		"no document":            {"ERP+2'RFF+ABO:1'ERC+0Z'", "bgm_missing", "1", "0Z", "2"},
		"unknown segment":        {"BGM+962'ERP+2'RFF+ABO:1'ERC+0Z'QQQ+1'", "segment_unknown", "1", "0Z", "2"},
		"second character apart": {"BGM+962'ERP+2'RFF+ABO:1'ERC+0B'", "unt_count", "1", "0B", "2"},
	} {
		m, codes := decode(t, c.body)
		if len(m.Replies) != 1 || !codes[c.code] {
			t.Errorf("%s: %d replies, findings %v", name, len(m.Replies), codes)
			continue
		}
		if r := m.Replies[0]; r.Ref() != c.ref || r.Code() != c.reply || r.Level != c.level {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestMeaningIsNeverMadeUp(t *testing.T) {
	for code, want := range map[string]string{"0Z": "board", "1Z": "do not board", "0A": "board", "4Z": "insufficient data", "8501": "board", "8502": "do not board, override possible", "9Z": "", "": "", "0ZZ": ""} {
		if got := cusres.Meaning(profile.Default(), code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestNoMessage(t *testing.T) {
	if _, _, err := cusres.Decode(strings.NewReader("UNB+UNOA:4+A+B'UNH+2+PAXLST:D:05B'BGM+745'UNT+3+2'UNZ+1'")); !errors.Is(err, edifact.ErrNoMessage) {
		t.Error(err)
	}
}

func TestTypedRepliesSurviveTheWire(t *testing.T) {
	text := rapid.Map(rapid.StringMatching(`[A-Z0-9+:?'*. ]{0,10}[A-Z0-9?']`), strings.TrimSpace)
	rapid.Check(t, func(t *rapid.T) {
		m := cusres.Message{Code: "962", Transaction: text.Draw(t, "tn"),
			Flights: []manifest.Flight{{Kind: "reported", Carrier: "XX", Number: "339", Designator: "XX339", From: "ICN", To: "CAN", Crossing: true,
				Departure: edifact.Local{Date: edifact.Date{Year: 2026, Month: 3, Day: 1}, Hour: 16, HasTime: true}, DepartureZone: "local to ICN"}}}
		for range rapid.IntRange(0, 5).Draw(t, "replies") {
			m.Replies = append(m.Replies, cusres.Reply{Level: "2", ABO: text.Draw(t, "abo"), AVF: text.Draw(t, "avf"),
				Codes: []cusres.Code{{Value: rapid.SampledFrom([]string{"0Z", "1Z", "2Z", "4Z", "8502"}).Draw(t, "code")}},
				Texts: []cusres.Text{{Subject: "AAP", Value: text.Draw(t, "text")}}})
		}
		var out bytes.Buffer
		if err := cusres.Encode(&out, &m); err != nil {
			t.Fatal(err)
		}
		got, _, err := cusres.Decode(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, got, cmpopts.IgnoreFields(cusres.Message{}, "Header"), cmpopts.IgnoreFields(cusres.Reply{}, "Offset"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-built +read)\n%s\n%s", diff, out.String())
		}
	})
}

func ExampleDecode() {
	m, _, err := cusres.Decode(strings.NewReader("UNB+SIRE:4+STATE+XX+260301:1000+1'UNH+1+CUSRES:D:05B:UN:IATA'BGM+962'ERP+2'RFF+ABO:4001'ERC+1Z'UNT+6+1'UNZ+1+1'"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range m.Replies {
		r := &m.Replies[i]
		fmt.Println(r.Ref(), r.Code(), cusres.Meaning(profile.Default(), r.Code()))
	}
	// Output: 4001 1Z do not board
}

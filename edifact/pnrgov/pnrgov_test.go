package pnrgov_test

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
	"clew/edifact/manifest"
	"clew/edifact/pnrgov"
)

const (
	top    = "UNA:+.?*'UNB+IATA:1+XX+S+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX:MUC'TVL+010326:1430:010326:2205+SIN+LHR+XX+602'EQN+1'"
	record = "SRC'RCI+XX:ABC123::190126:1354'"
	leg    = "TVL+010326:1430::2205+SIN+LHR+XX+602:D'RPI+1+HK'APD+333'"
	bottom = "UNT+1+1'UNZ+1+3'"
)

func decode(t testing.TB, body string) (pnrgov.Message, map[string]edifact.Finding) {
	t.Helper()
	m, findings, err := pnrgov.Decode(strings.NewReader(top + body + bottom))
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]edifact.Finding{}
	for _, f := range findings {
		codes[f.Code] = f
	}
	return m, codes
}

func docs(text string) string { return "SSR+DOCS:HK:1:XX:::::" + text + "'" }

func TestDocsTexts(t *testing.T) {
	for text, want := range map[string]string{
		"/P/GBR/123/GBR/12JUL64/M/23AUG29/DOE/JOHN/ROBERT":      "P GBR 123 GBR 1964-07-12 M 2029-08-23 ROBERT",
		"P/GBR/123/GBR/12JUL64/M/23AUG29/DOE/JOHN":              "P GBR 123 GBR 1964-07-12 M 2029-08-23 ",
		"/P/GBR/123//12JUL64/M/23AUG29/DOE/JOHN":                "P GBR 123  1964-07-12 M 2029-08-23 ",
		"/P//123//12JUL64/M/23AUG29/DOE/JOHN":                   "P  123  1964-07-12 M 2029-08-23 ",
		"////GBR/12JUL64/M//DOE/JOHN":                           "   GBR 1964-07-12 M  ",
		"/////12JUL64/M//DOE/JOHN":                              "    1964-07-12 M  ",
		"//P/P00266142/14JUL71/M/28MAY33/DOE/JOHN":              "P  P00266142  1971-07-14 M 2033-05-28 ",
		"/P/GBR/123/GBR/12JUL1964/M/23AUG2029/DOE/JOHN/H":       "P GBR 123 GBR 1964-07-12 M 2029-08-23 ",
		"/P/GBR/123/GBR/12JUL64/M/23AUG29/DOE/JOHN/ROBERT/H":    "P GBR 123 GBR 1964-07-12 M 2029-08-23 ROBERT",
		"/P/GBR/123/GBR//M/23AUG29/DOE/JOHN":                    "P GBR 123 GBR  M 2029-08-23 ",
		"/P/GBR/123/GBR/12JUL64/M/23AUG29/DOE/JOHN-1DOE/JOHNMR": "P GBR 123 GBR 1964-07-12 M 2029-08-23 JOHNMR",
		"/P/GBR/123/GBR/12JUL64/M/DOE/JOHN":                     "P GBR 123 GBR 1964-07-12 M  ",
	} {
		m, _ := decode(t, record+"TIF+DOE+JOHNMR:A:1'"+docs(text))
		p := m.Persons[0]
		var d manifest.Document
		if len(p.Documents) > 0 {
			d = p.Documents[0]
		}
		got := fmt.Sprint(d.Type, " ", d.Issuer, " ", d.Number, " ", p.Nationality, " ", p.BirthDate, " ", p.Sex, " ", d.Expiry, " ", p.Second)
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
		if len(m.Quarantined) != 0 || p.Surname != "DOE" || p.Given != "JOHN" || p.Title != "MR" {
			t.Errorf("%s: %+v", text, p)
		}
	}
}

func TestBadBookingsGiveFindingsAndLoseNobody(t *testing.T) {
	const doe, roe = "TIF+DOE+JOHN:A:1'", "TIF+ROE+JANE:A:2'"
	for name, c := range map[string]struct {
		body, code    string
		persons, rest int
	}{
		"DOCS under the wrong TIF":    {record + doe + docs("/P/GBR/1/GBR/12JUL64/F//ROE/JANE") + roe, "docs_moved", 2, 0},
		"DOCS of nobody":              {"SRC'RCI+XX:A'" + docs("/P/GBR/1/GBR/12JUL64/F//POE/JIM") + doe + roe, "docs_unmatched", 2, 0},
		"DOCS of unusual form":        {record + doe + docs("//P/P1/12JUL64/M//DOE/JOHN"), "docs_form", 1, 0},
		"impossible birth date":       {record + doe + docs("/P/GBR/1/GBR/30FEB64/M//DOE/JOHN"), "date_invalid", 1, 0},
		"a child or past a hundred":   {record + doe + docs("/P/GBR/1/GBR/12JUL14/M//DOE/JOHN"), "birth_century", 1, 0},
		"infant in DOCS only":         {record + doe + docs("/P/GBR/1/GBR/12JUL25/FI//DOE/BABY"), "infant_without_tif", 1, 1},
		"infant in INFT only":         {record + doe + "SSR+INFT:HK:1:XX:::SIN:LHR:DOE/BABY 12JUL25+::1'", "infant_without_tif", 1, 1},
		"infant in both":              {record + doe + docs("/P/GBR/1/GBR/12JUL25/FI//DOE/BABY") + "SSR+INFT:HK:1:XX:::SIN:LHR:DOE/BABY 12JUL25+::1'", "infant_without_tif", 1, 1},
		"infant by mark only":         {record + "TIF+DOE+JOHN:A:1:1'", "infant_without_tif", 1, 1},
		"infant without adult":        {record + doe + roe + "TIF+POE+BABY:IN:3'", "infant_without_adult", 3, 0},
		"group name":                  {record + "TIF+SEETHE WORLD:G'" + doe, "group_name", 2, 0},
		"no locator":                  {"SRC'" + doe, "locator_missing", 1, 0},
		"no traveller":                {record, "traveller_missing", 0, 0},
		"no SRC":                      {"RCI+XX:A'" + doe, "src_missing", 1, 0},
		"no name":                     {record + "TIF++:A:1'", "name_missing", 1, 0},
		"reference twice":             {record + doe + "TIF+ROE+JANE:A:1'", "traveller_ref_repeated", 2, 0},
		"reference of nobody":         {record + doe + roe + "SSR+WCHR:HK:1:XX+::9'", "reference_unmatched", 2, 0},
		"two given names in one TIF":  {record + "TIF+DOE+JOHN:A:1+JANE:A:2'", "two_persons", 1, 1},
		"check-in of a stranger":      {record + doe + leg + "TRI++1:::9'TIF+POE+JIM:A'SSD+1A'", "checkin_unmatched", 1, 0},
		"itinerary before travellers": {record + leg + doe + roe, "segment_misplaced", 2, 0},
		"traveller out of place":      {record + doe + leg + roe, "segment_misplaced", 2, 0},
		"unknown segment":             {record + doe + "QQQ+1'", "segment_unknown", 1, 0},
		"ticket before traveller":     {record + "TKT+1:T'" + doe, "segment_misplaced", 1, 0},
		"wrong EQN":                   {record + doe + record + roe, "eqn_differs", 2, 0},
	} {
		m, codes := decode(t, c.body)
		if _, ok := codes[c.code]; !ok || len(m.Persons) != c.persons || len(m.Quarantined) != c.rest {
			t.Errorf("%s: %d persons, %d quarantined, findings %v", name, len(m.Persons), len(m.Quarantined), codes)
		}
		for _, q := range m.Quarantined {
			if q.Reason == "infant_without_tif" && (len(q.Relations) != 1 || q.Relations[0] != manifest.Relation{Kind: manifest.InfantOf, N: 1}) {
				t.Errorf("%s: infant is tied to %v", name, q.Relations)
			}
		}
	}
}

func TestInfantsAreTiedToTheirAdults(t *testing.T) {
	for name, body := range map[string]string{
		"reference with I":          "TIF+DYE+DOLAN:A:77'TIF+DYE+KAYLA:A:78'TIF+DYE+ARCHER:IN:78I'",
		"INFT by reference":         "TIF+DYE+DOLAN:A:77'TIF+DYE+KAYLA:A:78'TIF+DYE+ARCHER:IN:79'SSR+INFT:HK:1:XX:::SIN:LHR:DYE/ARCHER 15APR25+::78'",
		"adult marked":              "TIF+DYE+DOLAN:A:77'TIF+DYE+KAYLA:A:78:1'TIF+DYE+ARCHER:IN:79'",
		"INFT under the adult":      "TIF+DYE+DOLAN:A:77'TIF+DYE+KAYLA:A:78'SSR+INFT:HK:1:XX:::::DYE/ARCHERMSTR 15APR25'TIF+DYE+ARCHER:IN:79'",
		"surname before it":         "TIF+ROE+DOLAN:A:77'TIF+DYE+KAYLA:A:78'TIF+DYE+ARCHER:IN:79'",
		"infant of another surname": "TIF+ROE+DOLAN:A:77'TIF+DYE+KAYLA:A:78'TIF+POE+ARCHER:IN:79'SSR+INFT:HK:1:XX:::SIN:LHR:POE/ARCHER 15APR25+::78'",
	} {
		m, codes := decode(t, record+body)
		if len(m.Persons) != 3 || len(m.Quarantined) != 0 {
			t.Fatalf("%s: %d persons, %d quarantined %v", name, len(m.Persons), len(m.Quarantined), codes)
		}
		baby := m.Persons[2]
		if baby.Age != "infant" || len(baby.Relations) == 0 || baby.Relations[0] != (manifest.Relation{Kind: manifest.InfantOf, N: 2}) {
			t.Errorf("%s: %+v", name, baby.Relations)
		}
		if r := m.Persons[1].Relations; len(r) == 0 || r[0] != (manifest.Relation{Kind: manifest.AdultOf, N: 3}) {
			t.Errorf("%s: adult %+v", name, r)
		}
	}
}

func TestRequestsReachTheirTravellers(t *testing.T) {
	m, _ := decode(t, record+"SSR+AVML:HK:2:XX'"+
		"TIF+DOE+JOHN:A:1'SSR+CTCE:HK:1:XX:::::/J..DOE//MAIL.EXAMPLE-1DOE/JOHN'SSR+DOCO:HK:1:XX:::::/PARIS FRA/V/12345/LONDON/12JAN25/GBR'"+
		"TIF+DOE+KID:C:2'SSR+UMNR:HK:1:XX:::::UM09'SSR+DOCA:HK:1:XX:::::/R/GBR/1 ROAD/TOWN//AB1'"+
		leg+"SSR+SEAT:HK:2:XX:::SIN:LHR+11A::1+11B::2'SSR+CHLD:HK:1:XX:::SIN:LHR:12MAY17+::2'SSR+TKNE:HK:1:XX:::SIN:LHR:0061234567890C1+::1'"+
		"DAT+2:010326:1200'TRI++5:::1'TIF+DOE+JOHN:A:1'SSD+011A++++Y'TBD++2:30:700++HP+XX:618001:2:LHR'")
	a, b := m.Persons[0], m.Persons[1]
	if a.Contacts[0] != (manifest.Contact{Type: "email", Value: "J_DOE@MAIL.EXAMPLE"}) || a.BirthPlace.Name != "PARIS FRA" {
		t.Errorf("contacts %+v, birth place %+v", a.Contacts, a.BirthPlace)
	}
	if d := a.Documents[0]; d.Type != "V" || d.Number != "12345" || d.AppliesTo != "GBR" || d.Issued.String() != "2025-01-12" {
		t.Errorf("visa %+v", d)
	}
	if !b.UnaccompaniedMinor || b.Age != "child" || b.BirthDate.String() != "2017-05-12" || b.Residence.Code != "GBR" || b.Address.City != "TOWN" {
		t.Errorf("child %+v", b)
	}
	if a.Seat != "11A" || b.Seat != "11B" || len(a.Seats) != 1 || a.Seats[0].Cabin != "Y" {
		t.Errorf("seats %+v %+v", a.Seats, b.Seats)
	}
	if bag := a.Bags[0]; bag.Count != 2 || bag.Weight != "30" || bag.Unit != "kg" || bag.Pool != "head" || strings.Join(bag.Tags, " ") != "XX618001 XX618002" {
		t.Errorf("bags %+v", bag)
	}
	if a.Tickets[0].Number != "0061234567890" {
		t.Errorf("ticket %+v", a.Tickets)
	}
	if a.Services[0].Code != "AVML" || b.Services[0].Code != "AVML" {
		t.Errorf("services %+v %+v", a.Services, b.Services)
	}
	if a.Locator != "ABC123" || a.Booked != "2026-01-19T13:54" || a.From != "SIN" || a.To != "LHR" {
		t.Errorf("booking %s %s %s-%s", a.Locator, a.Booked, a.From, a.To)
	}
	if fmt.Sprint(b.Relations) != "[{minor_with 1 }]" {
		t.Errorf("relations %v", b.Relations)
	}
}

func TestPaymentsAndContacts(t *testing.T) {
	m, _ := decode(t, record+"IFT+4:28::XX+CTCP 0207 555 0100+CTCM 4479:1'ORG+1A:MUC+32393340:SIN+++A+SG:SGD'ADD++700:1 ROAD:TOWN:::SG:018:65622'ADD++E:::::::A.B@MAIL.EXAMPLE'"+
		"TIF+DOE+JOHN:A:1'IFT+4:28::YY+CTC H 123'TKT+006123:T:1'MON+B:1.00:GBP+T:2.50:GBP'DAT+710:190126'FOP+CC::2.50:VI:XX1186:0229+CA::1'IFT+4:43+T PAYER+2 STREET+6562'ADD++702:3 LANE:CITY'")
	p := m.Persons[0]
	want := []manifest.Contact{
		{Type: "address", Value: "1 ROAD, TOWN, 018, SG", Scope: "booking"}, {Type: "phone", Value: "65622", Scope: "booking"},
		{Type: "email", Value: "A.B@MAIL.EXAMPLE", Scope: "booking"}, {Type: "phone", Value: "0207 555 0100", Scope: "booking"},
		{Type: "phone", Value: "4479:1", Use: "mobile", Scope: "booking"}, {Type: "phone", Value: "123", Use: "home"},
		{Type: "address", Value: "3 LANE, CITY", Scope: "payer"},
	}
	if diff := cmp.Diff(want, p.Contacts); diff != "" {
		t.Errorf("contacts (-want +got)\n%s", diff)
	}
	if len(p.Payments) != 2 || p.Payments[0].Payer != "T PAYER" || p.Payments[0].Phone != "6562" || p.Payments[0].Account != "XX1186" || p.Payments[1].Form != "CA" {
		t.Errorf("payments %+v", p.Payments)
	}
	if tk := p.Tickets[0]; tk.Number != "006123" || tk.Total != "2.50" || tk.Currency != "GBP" || tk.Issued.String() != "2026-01-19" {
		t.Errorf("ticket %+v", tk)
	}
	if p.Agency != "32393340" {
		t.Errorf("agency %q", p.Agency)
	}
}

func TestLegsSplitsAndHistory(t *testing.T) {
	m, codes := decode(t, record+"TIF+DOE+JOHN:A:1'TVL+010326:2305:020326:0600+SIN+LHR+AC:LH+9099:U'TVL+++++474:U'RCI+LH:LLL'TVL+030326:0100::0200+LHR+JFK+XX+8A:Y'TRA+YY+77:Y'"+
		"EQN+2'RCI+XX:SPLIT1+YY:SPLIT2'MSG+8'TVL+030326+LHR:HOTEL'ABI+1+:X'TIF+DOE+OLD:A:1'SAC+++X'LTS+0/O'")
	if len(m.Persons) != 1 || len(m.Records[0].Legs) != 2 || len(m.Records[0].Other) != 2 || len(m.Records[0].History) != 4 {
		t.Fatalf("%d persons, record %+v %v", len(m.Persons), m.Records[0], codes)
	}
	f := m.Flights()
	if len(f) != 3 || f[0].Kind != "reported" || f[1].OperatingCarrier != "LH" || f[1].OperatingNumber != "474" || f[1].Arrival.String() != "2026-03-02T06:00" {
		t.Errorf("flights %+v", f)
	}
	if f[0].Arrival.String() != "2026-03-01T22:05" {
		t.Errorf("reported flight %+v", f[0])
	}
	if f[2].Number != "8" || f[2].Suffix != "A" || f[2].OperatingCarrier != "YY" || f[2].OperatingNumber != "77" || f[2].Arrival.String() != "2026-03-03T02:00" {
		t.Errorf("operating flight of 14.1: %+v", f[2])
	}
	if got := fmt.Sprint(m.Persons[0].Relations); got != "[{split_into 0 SPLIT1} {split_into 0 SPLIT2}]" {
		t.Errorf("split %s", got)
	}
}

func TestTitles(t *testing.T) {
	for given, want := range map[string]string{
		"JOHNMR": "JOHN MR", "LIYAMRS": "LIYA MRS", "JOHN MR": "JOHN MR", "NINA MS": "NINA MS", "TIMMSTR": "TIM MSTR", "ANNAMISS": "ANNA MISS",
		"WILLIAMS": "WILLIAMS ", "AMR": "AMR ", "OMR": "OMR ", "MR": "MR ", "LI CHD": "LI CHD",
	} {
		m, _ := decode(t, record+"TIF+DOE+"+given+":A:1'")
		if got := m.Persons[0].Given + " " + m.Persons[0].Title; got != want {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
	m, _ := decode(t, record+"TIF+DOE+KAYLAMS:A:1'"+docs("/P/USA/1/USA/07APR93/F//DOE/KAYLA"))
	if p := m.Persons[0]; p.Given != "KAYLA" || p.Title != "MS" || p.NameSentAs != "DOE/KAYLAMS" {
		t.Errorf("MS confirmed by DOCS: %+v", p)
	}
}

func TestSeatsInTheTextOfARequest(t *testing.T) {
	const two = "TIF+DOE+JOHN:A:1'TIF+DOE+JANE:A:2'"
	for name, c := range map[string]struct{ body, want string }{
		"one, by reference":   {two + leg + "SSR+SEAT:HK:1:XX:::SIN:LHR:.07BN+::2'", " 07B"},
		"two, by references":  {two + leg + "SSR+SEAT:HK:2:XX:::SIN:LHR:.07BN07CN+::1+::2'", "07B 07C"},
		"two, no reference":   {two + leg + "SSR+SEAT:HK:2:XX:::SIN:LHR:.07BN07CN'", " "},
		"the only traveller":  {"TIF+DOE+JOHN:A:1'" + leg + "SSR+NSST:HK:1:XX:::SIN:LHR:12A'", "12A"},
		"in the details":      {two + leg + "SSR+SEAT:HK:2:XX:::SIN:LHR++17A::1+17B::2'", "17A 17B"},
		"no seat in the text": {two + leg + "SSR+SEAT:HK:1:XX:::SIN:LHR:WINDOW PLEASE+::1'", " "},
	} {
		m, _ := decode(t, record+c.body)
		var got []string
		for _, p := range m.Persons {
			got = append(got, p.Seat)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestADocumentNamedAgainIsOneDocument(t *testing.T) {
	m, _ := decode(t, record+"TIF+DOE+JOHN:A:1'"+docs("/P/KR/JR1/KR/10SEP72/M/05JUL36/DOE/JOHN")+leg+"SSR+DOCS:HK:1:XX:::SIN:LHR:/P/KOR/JR1/KOR/10SEP72/M/05JUL36/DOE/JOHN+::1'")
	p := m.Persons[0]
	if len(p.Documents) != 1 || p.Documents[0].Issuer != "KOR" || p.Nationality != "KOR" || len(p.Nationalities) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestNumbersBehindTagsAreRunsOnlyWhereTheyAddUp(t *testing.T) {
	for tbd, want := range map[string]string{
		"TBD++3:84:700++HP+KL:407:3:MSP":                             "3 KL407 KL408 KL409",
		"TBD++2:34:700++MP+618:001:2:MPM+618:002:3:MPM":              "2 618001 618002",
		"TBD++5:155:701+++KL:100:2:MSP+KL:200:3:JFK":                 "5 KL100 KL101 KL200 KL201 KL202",
		"TBD++01:46:701+++ET:0847::FRA:006":                          "1 ET0847",
		"TBD+++MP:0741234123456":                                     "0",
		"TBD++3:33:700++HP+618:9:2:ICN+618:8:3:ICN+618:7:722356:ICN": "3 6189 6188 6187",
	} {
		m, _ := decode(t, record+"TIF+DOE+JOHN:A:1'"+leg+"TRI++1:::1'TIF+DOE+JOHN:A:1'"+tbd+"'")
		b := m.Persons[0].Bags[0]
		if got := strings.TrimSpace(fmt.Sprint(b.Count, " ", strings.Join(b.Tags, " "))); got != want {
			t.Errorf("%s: %q, want %q", tbd, got, want)
		}
	}
}

func TestNoMessage(t *testing.T) {
	if _, _, err := pnrgov.Decode(strings.NewReader("UNB+UNOA:4+A+B'UNH+2+CUSRES:D:05B'BGM+962'UNT+3+2'UNZ+1'")); !errors.Is(err, edifact.ErrNoMessage) {
		t.Error(err)
	}
}

// TestTypedRecordsSurviveTheWire: encode∘decode = identity on records built from
// types.
func TestTypedRecordsSurviveTheWire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMessage(t)
		var out bytes.Buffer
		if err := pnrgov.Encode(&out, &m); err != nil {
			t.Fatal(err)
		}
		got, _, err := pnrgov.Decode(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		ignore := cmp.Options{
			cmpopts.IgnoreFields(pnrgov.Message{}, "Header", "Persons", "Quarantined"), cmpopts.EquateEmpty(),
			cmpopts.IgnoreFields(pnrgov.Record{}, "Offset", "Evidence"), cmpopts.IgnoreFields(pnrgov.SSR{}, "Offset"), cmpopts.IgnoreFields(pnrgov.Leg{}, "Offset"),
			cmpopts.IgnoreFields(pnrgov.Traveller{}, "Offset"), cmpopts.IgnoreFields(pnrgov.Office{}, "Elements", "Agency"), cmpopts.IgnoreUnexported(pnrgov.Leg{}, pnrgov.Record{}),
		}
		if diff := cmp.Diff(m, got, ignore); diff != "" {
			t.Fatalf("(-built +read)\n%s\n%s", diff, out.String())
		}
		if n := len(m.Records[0].Travellers); len(got.Persons) != n {
			t.Fatalf("%d travellers, %d persons", n, len(got.Persons))
		}
	})
}

func drawMessage(t *rapid.T) pnrgov.Message {
	text := rapid.Map(rapid.StringMatching(`[A-Z0-9+:?'*./ ]{0,10}[A-Z0-9?']`), strings.TrimSpace)
	code := rapid.StringMatching(`[A-Z]{3}`)
	rec := pnrgov.Record{
		Locators: []pnrgov.Locator{{Carrier: "XX", Code: text.Draw(t, "locator"), Date: "190126", Time: "1354"}},
		Office:   pnrgov.Office{System: "1A", Location: code.Draw(t, "office"), IATANumber: "1", Country: "SG"},
	}
	ssr := func(label string) pnrgov.SSR {
		s := pnrgov.SSR{Code: rapid.SampledFrom([]string{"WCHR", "AVML", "DOCS", "INFT", "SEAT", "CTCM"}).Draw(t, label), Status: "HK", Carrier: "XX", Text: text.Draw(t, "text")}
		if rapid.Bool().Draw(t, "detail") {
			s.Details = []pnrgov.Detail{{Data: text.Draw(t, "data"), Ref: text.Draw(t, "ref")}}
		}
		return s
	}
	for range rapid.IntRange(1, 4).Draw(t, "travellers") {
		tr := &pnrgov.Traveller{Surname: text.Draw(t, "surname"), Given: text.Draw(t, "given"), Type: rapid.SampledFrom([]string{"A", "C", "IN", ""}).Draw(t, "type"), Ref: text.Draw(t, "tref")}
		for range rapid.IntRange(0, 2).Draw(t, "ssrs") {
			tr.SSRs = append(tr.SSRs, ssr("tssr"))
		}
		if rapid.Bool().Draw(t, "ticket") {
			tr.Tickets = []pnrgov.Ticket{{Number: text.Draw(t, "number"), Type: "T", Amounts: []pnrgov.Amount{{Type: "T", Value: "1.00", Currency: "SGD"}},
				Payments: []pnrgov.Payment{{Form: "CC", Account: text.Draw(t, "account")}}, Texts: []pnrgov.Text{{Subject: []string{"4", "43"}, Lines: []string{text.Draw(t, "payer")}}}}}
		}
		rec.Travellers = append(rec.Travellers, tr)
	}
	for range rapid.IntRange(0, 2).Draw(t, "legs") {
		l := pnrgov.Leg{DepartureDate: "010326", DepartureTime: "1430", From: code.Draw(t, "from"), To: code.Draw(t, "to"), Carrier: "XX", Number: "602", Class: "D", Count: "1", Status: "HK"}
		l.SSRs = append(l.SSRs, ssr("lssr"))
		if rapid.Bool().Draw(t, "checkin") {
			l.CheckIns = []pnrgov.CheckIn{{HasTRI: true, Sequence: "1", Ref: text.Draw(t, "cref"), HasTIF: true, Surname: text.Draw(t, "csur"), Seat: "11A", Cabin: "Y",
				Bags: &pnrgov.Bags{Count: "1", Weight: "20", Unit: "700", Pool: "HP", Tags: []pnrgov.BagTag{{Carrier: "XX", Number: "1", Count: "1", To: "LHR"}}}}}
		}
		rec.Legs = append(rec.Legs, l)
	}
	return pnrgov.Message{Function: "22", Office: pnrgov.Office{System: "XX", Location: "MUC"}, Stated: "1",
		Flight:  pnrgov.Leg{DepartureDate: "010326", DepartureTime: "1430", From: "SIN", To: "LHR", Carrier: "XX", Number: "602"},
		Records: []pnrgov.Record{rec}}
}

func ExampleDecode() {
	m, _, err := pnrgov.Decode(strings.NewReader(
		"UNB+IATA:1+XX+STATE+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX'TVL+010326:1430+SIN+LHR+XX+602'EQN+1'SRC'RCI+XX:3PGZOV'" +
			"TIF+BELT+ISABELLEMRS:A:2'SSR+INFT:HK:1:XX:::SIN:LHR:BELT/SOPHY 20SEP24+::2'UNT+10+1'UNZ+1+3'"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range m.Persons {
		fmt.Println(p.N, p.Surname, p.Given, p.Locator)
	}
	for _, q := range m.Quarantined {
		fmt.Println(q.Reason, q.Surname, q.Given, q.BirthDate, q.Relations[0].Kind, q.Relations[0].N)
	}
	// Output:
	// 1 BELT ISABELLE 3PGZOV
	// infant_without_tif BELT SOPHY 2024-09-20 infant_of 1
}

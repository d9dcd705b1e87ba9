package paxlst_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/paxlst"
	"clew/edifact/profile"
)

const (
	top    = "UNA:+.? 'UNB+UNOA:4+CARRIER+STATE+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'"
	flight = "TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'DTM+232:2603011540:201'"
	bottom = "UNT+1+1'UNZ+1+R'"
)

func decode(t testing.TB, body string, opts ...paxlst.Option) (paxlst.Message, map[string]edifact.Finding) {
	t.Helper()
	m, findings, err := paxlst.Decode(strings.NewReader(top+body+bottom), opts...)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]edifact.Finding{}
	for _, f := range findings {
		codes[f.Code] = f
	}
	return m, codes
}

func TestEveryFieldOfAPerson(t *testing.T) {
	m, codes := decode(t, "BGM+745+CP'RFF+TN:T1:::2'NAD+MS+ID9++DESK'COM+1:TE+2:FX+A?@B.ORG:EM'"+flight+
		"NAD+DDU+++SANTOS COSTA:ANA:RITA+1 RUA:B+PORTO+:::NORTE+4050+PRT'ATT+2++F'DTM+329:880229'MEA+CT++:3'MEA+WT++LBR:44'FTX+BAG+++XX0009:2'FTX+BAG+++NULL'"+
		"GEI+4+174'LOC+22+LHR'LOC+178+LIS'LOC+179+JFK'LOC+174+PRT'LOC+180+AGO:::LUANDA'COM+351 1:TE'EMP+1+CR3:110:111'NAT+2+PRT'NAT+2+AGO'"+
		"RFF+AVF:ABC123'RFF+ABO:P1'RFF+SEA:12A'RFF+YZY:7840001'RFF+CR:FF1'RFF+AEA:AG'"+
		"DOC+P:110:111+CA1'DTM+36:310512'DTM+182:210512'GEI+4+173'RFF+ACD:Z'LOC+91+PRT:::LISBOA'DOC+V+V1'LOC+91+GBR'CNT+42:1'")
	if len(m.Persons) != 1 || m.Transaction != "T1" || m.Revision != "2" || m.Status != "changed" {
		t.Fatalf("message %+v", m)
	}
	want := manifest.Person{
		N: 1, Type: "transit_passenger", Code: "DDU", Surname: "SANTOS COSTA", Given: "ANA", Second: "RITA", Sex: "F",
		BirthDate: edifact.Date{Year: 1988, Month: 2, Day: 29}, BirthSentAs: "880229", Nationality: "PRT", Nationalities: []string{"AGO"},
		Residence: manifest.Place{Code: "PRT"}, BirthPlace: manifest.Place{Code: "AGO", Name: "LUANDA"},
		Address: manifest.Address{Street: "1 RUA B", City: "PORTO", Region: "NORTE", Postcode: "4050", Country: "PRT"},
		From:    "LIS", To: "JFK", Clearance: "LHR", Locator: "ABC123", AVF: "ABC123", Ref: "P1", ABO: "P1", Seat: "12A",
		Role: "CR3", Status: "changed", Verified: "no",
		Contacts:   []manifest.Contact{{Type: "phone", Value: "351 1"}},
		Bags:       []manifest.Bags{{Count: 3, Stated: true, Weight: "44", Unit: "lb", Tags: []string{"XX0009", "XX0010"}}},
		References: []manifest.Reference{{Qualifier: "YZY", Value: "7840001"}, {Qualifier: "CR", Value: "FF1"}, {Qualifier: "AEA", Value: "AG"}},
		Documents: []manifest.Document{
			{Type: "P", Number: "CA1", Issuer: "PRT", Place: "LISBOA", Codes: "110:111", Verified: "yes",
				Expiry: edifact.Date{Year: 2031, Month: 5, Day: 12}, ExpirySent: "310512", Issued: edifact.Date{Year: 2021, Month: 5, Day: 12}, IssuedSent: "210512",
				References: []manifest.Reference{{Qualifier: "ACD", Value: "Z"}}},
			{Type: "V", Number: "V1", Issuer: "GBR"},
		},
	}
	if diff := cmp.Diff(want, *m.Persons[0], cmpopts.IgnoreFields(manifest.Person{}, "Offset")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if p := m.Parties[0]; p.ID != "ID9" || p.Name != "DESK" || len(p.Contacts) != 3 || p.Contacts[2].Type != "email" {
		t.Errorf("party %+v", p)
	}
	if _, ok := codes["bags_differ"]; !ok {
		t.Error("three bags and two tags: no finding")
	}
}

func TestFunctionsOfAMessage(t *testing.T) {
	for bgm, want := range map[string]string{
		"745": "", "745+CP": "changed", "745+XR": "cancelled", "745+RP": "reduced", "266+CLOB": "on_board", "266+CLNB": "not_on_board",
		"266+CL": "closed", "266+XF": "flight_cancelled", "266+CF": "flight_changed", "336+G": "added", "336+H": "deleted", "336+I": "changed",
		"250+C": "", "250+CC": "", "250+BC": "", "655": "",
	} {
		m, codes := decode(t, "BGM+"+bgm+"'"+flight+"NAD+FL+++DOE:JANE'")
		if m.Persons[0].Status != want || len(codes) != 1 { // unt_count only
			t.Errorf("BGM+%s: status %q, findings %v", bgm, m.Persons[0].Status, codes)
		}
	}
	m, codes := decode(t, "BGM+745+C'"+flight+"NAD+FL+++DOE:JANE'")
	if _, ok := codes["function_unknown"]; !ok || m.Function != "C" || len(m.Persons) != 1 {
		t.Errorf("745+C: %v", codes)
	}
}

// Every bad input gives its finding, and the person stays.
func TestBadInputGivesAFindingAndLosesNobody(t *testing.T) {
	for name, c := range map[string]struct{ body, code string }{
		"no BGM":                   {flight + "NAD+FL+++DOE:JANE'", "bgm_missing"},
		"unknown BGM":              {"BGM+999'" + flight + "NAD+FL+++DOE:JANE'", "bgm_unknown"},
		"no flight":                {"BGM+745'NAD+FL+++DOE:JANE'", "flight_missing"},
		"leg without arrival":      {"BGM+745'TDT+20+XX1+++XX'LOC+125+LIS'NAD+FL+++DOE:JANE'", "leg_incomplete"},
		"carrier missing":          {"BGM+745'TDT+20+XX1'LOC+125+LIS'LOC+87+LHR'NAD+FL+++DOE:JANE'", "carrier_missing"},
		"carrier mismatch":         {"BGM+745'TDT+20+ZX877+++XZ'LOC+125+LIS'LOC+87+LHR'NAD+FL+++DOE:JANE'", "carrier_mismatch"},
		"designator unread":        {"BGM+745'TDT+20+XX-ABC'LOC+125+LIS'LOC+87+LHR'NAD+FL+++DOE:JANE'", "designator_unread"},
		"unknown TDT":              {"BGM+745'TDT+99+XX1+++XX'LOC+125+LIS'LOC+87+LHR'NAD+FL+++DOE:JANE'", "qualifier_unknown"},
		"unknown NAD":              {"BGM+745'" + flight + "NAD+QQ+++DOE:JANE'", "nad_unknown"},
		"empty NAD":                {"BGM+745'" + flight + "NAD+FL'", "name_missing"},
		"name in element 2":        {"BGM+745'" + flight + "NAD+FL+DOE:JANE'", "name_misplaced"},
		"name in one component":    {"BGM+745'" + flight + "NAD+FL+++DOE JANE'", "name_unsplit"},
		"sex unknown":              {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'ATT+2++Q'", "sex_unknown"},
		"attribute unknown":        {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'ATT+9++Q'", "qualifier_unknown"},
		"location unknown":         {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'LOC+999+X'", "qualifier_unknown"},
		"reference unknown":        {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'RFF+QQQ:1'", "reference_unknown"},
		"contact unknown":          {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'COM+1:QQ'", "qualifier_unknown"},
		"date unknown":             {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+999:1'", "qualifier_unknown"},
		"measure unknown":          {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'MEA+QQ++:1'", "qualifier_unknown"},
		"bag count no number":      {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'MEA+CT++:TWO'", "number_invalid"},
		"bag run no number":        {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'FTX+BAG+++A1:X'", "number_invalid"},
		"GEI unknown":              {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'GEI+4+999'", "gei_unknown"},
		"segment unknown":          {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'QQQ+1'", "segment_unknown"},
		"person data before any":   {"BGM+745'" + flight + "ATT+2++F'NAD+FL+++DOE:JANE'", "orphan"},
		"expiry without document":  {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+36:300101'", "segment_misplaced"},
		"issuer without document":  {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'LOC+91+PRT'", "segment_misplaced"},
		"departure in a person":    {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+189:2603011300:201'", "segment_misplaced"},
		"empty document":           {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DOC++'", "document_empty"},
		"birth 30 February":        {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+329:880230'", "date_invalid"},
		"birth empty":              {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+329:'", "date_empty"},
		"birth after journey":      {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+329:20270101:102'", "birth_future"},
		"birth a child or 100":     {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+329:150101'", "birth_century"},
		"birth in words":           {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'DTM+329:07SEP72'", "date_form"},
		"flight time empty":        {"BGM+745'TDT+20+XX1+++XX'LOC+125+LIS'DTM+189:'LOC+87+LHR'NAD+FL+++DOE:JANE'", "date_empty"},
		"twelve digits marked 201": {"BGM+745'TDT+20+XX1+++XX'LOC+125+LIS'DTM+189:202603011300:201'LOC+87+LHR'NAD+FL+++DOE:JANE'", "date_label"},
		"leading blank":            {"BGM+745'TDT+20+XX1+++XX'LOC+125+LIS'DTM+189: 2603011300:201'LOC+87+LHR'NAD+FL+++DOE:JANE'", "date_blank"},
		"count of the flight":      {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'CNT+42:130'", "count_differs"},
		"count no number":          {"BGM+745'" + flight + "NAD+FL+++DOE:JANE'CNT+42:X'", "count_differs"},
	} {
		m, codes := decode(t, c.body)
		f, ok := codes[c.code]
		if len(m.Persons) != 1 || len(m.Quarantined) != 0 || !ok {
			t.Errorf("%s: %d persons, findings %v", name, len(m.Persons), codes)
		}
		if f.Offset <= 0 || !strings.Contains(f.Text, "; ") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestTwoPersonsInOneNAD(t *testing.T) {
	for name, c := range map[string]struct {
		nad           string
		persons, rest int
	}{
		"terminator lost":          {"NAD+FL+++DOE:JANENAD+FL+++ROE:JOHN'", 2, 0},
		"a third after a lost one": {"NAD+FL+++DOE:JANENAD+FM+++ROE:JOHNNAD+DDU+++POE:JIM'", 3, 0},
		"after a gap":              {"NAD+FL+++DOE:JANE::ROE:JOHN'", 1, 1},
		"past the composite":       {"NAD+FL+++DOE:JANE:A:B:C:D:ROE:JOHN'", 1, 1},
		"five names are one":       {"NAD+FL+++DOE:JANE:A:B:C'", 1, 0},
		"a title behind a gap":     {"NAD+FL+++DOE:JANE::MRS'", 1, 0},
	} {
		m, codes := decode(t, "BGM+745'"+flight+c.nad)
		if len(m.Persons) != c.persons || len(m.Quarantined) != c.rest {
			t.Errorf("%s: %d persons, %d quarantined", name, len(m.Persons), len(m.Quarantined))
		}
		if _, ok := codes["two_persons"]; ok != (c.rest > 0) {
			t.Errorf("%s: findings %v", name, codes)
		}
	}
	if m, _ := decode(t, "BGM+745'"+flight+"NAD+FL+++DOE:JANE::MRS'NAD+FL+++ROE:JOHN:A:B:DR'"); m.Persons[0].Title != "MRS" || m.Persons[0].Second != "" || m.Persons[1].Second != "A B" || m.Persons[1].Title != "DR" {
		t.Errorf("titles: %+v", m.Persons)
	}
	m, _, err := paxlst.Decode(strings.NewReader(strings.Replace(top, "UNA:+.? ", "UNA:+.?*", 1) + "BGM+745'" + flight + "NAD+FL+++DOE:JANE*ROE:JOHN'" + bottom))
	if err != nil || len(m.Persons) != 1 || m.Persons[0].Given != "JANE" || len(m.Quarantined) != 1 || m.Quarantined[0].Surname != "ROE" {
		t.Errorf("repetition: %+v %+v %v", m.Persons, m.Quarantined, err)
	}
}

func TestFlightLegs(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"one leg":              {flight, "XX 100 LIS-LHR 2026-03-01T13:00 2026-03-01T15:40 crossing"},
		"pairs":                {"TDT+20+XX1+++XX'LOC+92+A'LOC+92+B'LOC+125+B'LOC+87+C'", "XX 1 A-B | XX 1 B-C crossing"},
		"two transports":       {"TDT+20+XX1+++XX'LOC+125+A'LOC+87+B'TDT+20+XX2+++XX'LOC+92+B'LOC+92+C'", "XX 1 A-B crossing | XX 2 B-C"},
		"reached and left":     {"TDT+20+XX1+++XX'LOC+125+A'DTM+189:2603010100:201'LOC+92+B'DTM+232:2603010200:201'DTM+189:2603010300:201'LOC+87+C'DTM+232:2603010400:201'", "XX 1 A-B 2026-03-01T01:00 2026-03-01T02:00 | XX 1 B-C 2026-03-01T03:00 2026-03-01T04:00"},
		"final destination":    {"TDT+20+XX1+++XX'LOC+125+A'LOC+130+B'", "XX 1 A-B"},
		"arrival first":        {"TDT+20+XX1+++XX'LOC+87+B'LOC+125+A'", "XX 1 A-B crossing"},
		"ICAO carrier, suffix": {"TDT+20+BAW0123A'LOC+125+A'LOC+87+B'", "BAW 0123 A-B crossing"},
		"numeric carrier":      {"TDT+20+6X77'LOC+125+A'LOC+87+B'", "6X 77 A-B crossing"},
		"blank in designator":  {"TDT+20+AF 011+++AF'LOC+125+A'LOC+87+B'", "AF 011 A-B crossing"},
		"clearance among them": {"TDT+20+XX1+++XX'LOC+22+B'LOC+125+A'LOC+87+B'LOC+22+B'", "XX 1 A-B crossing"},
		"overflight":           {"TDT+34+XX9+++XX'LOC+125+A'LOC+87+B'", "XX 9 A-B crossing"},
		"no place":             {"TDT+20+XX9+++XX'", "XX 9 -"},
	} {
		m, _ := decode(t, "BGM+745'"+c.body+"NAD+FL+++DOE:JANE'")
		var got []string
		for _, f := range m.Flights {
			s := strings.TrimSpace(fmt.Sprintf("%s %s %s-%s %s %s", f.Carrier, f.Number, f.From, f.To, f.Departure, f.Arrival))
			if f.Crossing {
				s += " crossing"
			}
			got = append(got, s)
		}
		if strings.Join(got, " | ") != c.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, " | "), c.want)
		}
	}
	m, _ := decode(t, "BGM+336+G'TDT+20+SK01MCL+++SK'LOC+188+OSL'DTM+554:2603010000:201'LOC+172+LHR'DTM+554:2603020000:201'NAD+FM+++DOE:JANE'")
	if f := m.Flights[0]; f.Kind != "crew_list" || f.From != "OSL" || f.Arrival.String() != "2026-03-02T00:00" || f.Suffix != "MCL" {
		t.Errorf("master crew list: %+v", f)
	}
	m, _ = decode(t, "BGM+745'"+flight)
	if f := m.Flights[0]; f.DepartureZone != "local to LIS" || f.ArrivalZone != "local to LHR" {
		t.Errorf("zones %q %q", f.DepartureZone, f.ArrivalZone)
	}
}

func TestMinorsAreTiedToTheAdultsOfTheirBooking(t *testing.T) {
	m, _ := decode(t, "BGM+745'"+flight+
		"NAD+FL+++DOE:CHILD'DTM+329:130714'RFF+AVF:AAA'NAD+FL+++ROE:ADULT'DTM+329:700101'RFF+AVF:AAA'"+
		"NAD+FL+++POE:OTHER'DTM+329:700101'RFF+AVF:BBB'NAD+FL+++LONE:CHILD'DTM+329:130714'")
	if got := fmt.Sprint(m.Persons[0].Relations, m.Persons[1].Relations, m.Persons[2].Relations, m.Persons[3].Relations); got != "[{minor_with 2 }] [{adult_with 1 }] [] []" {
		t.Errorf("relations %s", got)
	}
}

func TestDialectsChangeWhatACodeMeans(t *testing.T) {
	set, err := profile.NewSet([]byte("name: xx\nmatch: {sender: CARR*}\nnad: {QQ: crew}\nfunction: {ZZ: on_board}\ncarrier_from: designator\n"))
	if err != nil {
		t.Fatal(err)
	}
	body := "BGM+745+ZZ'TDT+20+ZX877+++XZ'LOC+125+LIS'LOC+87+LHR'NAD+QQ+++DOE:JANE'"
	m, codes := decode(t, body, paxlst.Dialects(set))
	if p := m.Persons[0]; p.Type != "crew" || p.Status != "on_board" || m.Flights[0].Carrier != "ZX" {
		t.Errorf("with the dialect: %+v %+v", p, m.Flights)
	}
	if _, ok := codes["nad_unknown"]; ok {
		t.Error("the dialect's qualifier is called unknown")
	}
	m, _ = decode(t, body)
	if p := m.Persons[0]; p.Type != "unknown" || p.Code != "QQ" || m.Flights[0].Carrier != "XZ" {
		t.Errorf("without it: %+v", p)
	}
}

func TestStreamOfMessages(t *testing.T) {
	one := "UNB+UNOA:4+A+B+260301:1200+R'UNH+1+PAXLST:D:05B:UN'BGM+745'" + flight + "NAD+FL+++DOE:JANE'UNT+8+1'UNH+2+CUSRES:D:05B'BGM+962'UNT+3+2'UNZ+2+R'"
	d := paxlst.NewDecoder(strings.NewReader(strings.Repeat(one, 3)))
	for i := range 4 {
		m, _, err := d.Decode()
		if i == 3 {
			if !errors.Is(err, io.EOF) {
				t.Errorf("at the end: %v", err)
			}
			break
		}
		if err != nil || len(m.Persons) != 1 {
			t.Errorf("message %d: %v", i, err)
		}
	}
	for _, text := range []string{"", "UNB+UNOA:4+A+B'UNH+2+CUSRES:D:05B'BGM+962'UNT+3+2'UNZ+1'"} {
		if _, _, err := paxlst.Decode(strings.NewReader(text)); !errors.Is(err, edifact.ErrNoMessage) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// TestTypedMessagesSurviveTheWire builds messages from types and reads back what
// was built: encode∘decode = identity.
func TestTypedMessagesSurviveTheWire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMessage(t)
		var out bytes.Buffer
		if err := paxlst.Encode(&out, &m); err != nil {
			t.Fatal(err)
		}
		got, findings, err := paxlst.Decode(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Severity > edifact.Info {
				t.Fatalf("finding %+v in\n%s", f, out.String())
			}
		}
		ignore := cmp.Options{
			cmpopts.IgnoreFields(paxlst.Message{}, "Header"), cmpopts.IgnoreFields(manifest.Person{}, "Offset", "Relations", "BirthAmbiguous"), cmpopts.EquateEmpty(),
		}
		if diff := cmp.Diff(m, got, ignore); diff != "" {
			t.Fatalf("(-built +read)\n%s\n%s", diff, out.String())
		}
	})
}

func drawMessage(t *rapid.T) paxlst.Message {
	text := rapid.StringMatching(`[A-Z0-9+:?'*. ]{0,10}[A-Z0-9?']`)
	code := rapid.StringMatching(`[A-Z]{3}`)
	maybe := func(g *rapid.Generator[string], name string) string {
		return rapid.OneOf(rapid.Just(""), g).Draw(t, name)
	}
	trim := func(s string) string { return strings.TrimSpace(s) }
	m := paxlst.Message{
		Header: edifact.Header{Ref: "1", Interchange: edifact.Interchange{Date: "260301", Time: "1200", Delims: edifact.Default}},
		Code:   "745", Transaction: trim(maybe(text, "tn")),
		Flights: []manifest.Flight{{Kind: "reported", Carrier: "XX", Number: "100", Designator: "XX100", CarrierStated: true, Crossing: true,
			From: code.Draw(t, "from"), To: code.Draw(t, "to"),
			Departure: edifact.Local{Date: edifact.Date{Year: 2026, Month: 3, Day: 1}, Hour: 13, HasTime: true}}},
	}
	m.Flights[0].DepartureZone = "local to " + m.Flights[0].From
	for i := range rapid.IntRange(0, 4).Draw(t, "persons") {
		p := manifest.Person{N: i + 1, Type: "passenger", Code: "FL", Surname: trim(text.Draw(t, "surname")), Given: trim(text.Draw(t, "given")), Second: trim(maybe(text, "second")),
			Sex: rapid.SampledFrom([]string{"", "M", "F", "X", "U"}).Draw(t, "sex"), Nationality: maybe(code, "nat"),
			From: maybe(code, "board"), To: maybe(code, "off"), Seat: trim(maybe(text, "seat"))}
		if born := maybe(rapid.StringMatching(`19[3-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])`), "born"); born != "" {
			p.BirthSentAs = born
			p.BirthDate = edifact.DateReader{}.Read(born, "102").Date
		}
		p.AVF = trim(maybe(text, "avf"))
		p.Locator = p.AVF
		p.ABO = trim(maybe(text, "abo"))
		p.Ref = p.ABO
		for range rapid.IntRange(0, 2).Draw(t, "documents") {
			p.Documents = append(p.Documents, manifest.Document{Type: rapid.SampledFrom([]string{"P", "V", "I"}).Draw(t, "type"), Number: trim(text.Draw(t, "number")), Issuer: maybe(code, "issuer")})
		}
		if rapid.Bool().Draw(t, "bags") {
			p.Bags = []manifest.Bags{{Count: rapid.IntRange(0, 9).Draw(t, "count"), Stated: true}}
		}
		m.Persons = append(m.Persons, &p)
	}
	return m
}

func ExampleDecode() {
	m, findings, err := paxlst.Decode(strings.NewReader(
		"UNB+UNOA:4+CARRIER+STATE+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100+++XX'" +
			"LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'NAD+FL+++MARTINS:RUI'DTM+329:20130714:101'UNT+9+1'UNZ+1+R'"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range m.Persons {
		fmt.Println(p.Surname, p.Given, p.BirthDate)
	}
	for _, f := range findings {
		fmt.Println(f.Segment, f.Code)
	}
	// Output:
	// MARTINS RUI 2013-07-14
	// DTM date_label
}

func ExampleEncode() {
	m := paxlst.Message{
		Header:  edifact.Header{Ref: "1", Interchange: edifact.Interchange{Sender: edifact.Party{ID: "CARRIER"}, Recipient: edifact.Party{ID: "STATE"}, Date: "260301", Time: "1200", Ref: "R"}},
		Code:    "745",
		Flights: []manifest.Flight{{Kind: "reported", Carrier: "XX", Number: "100", From: "LIS", To: "LHR", Crossing: true}},
		Persons: []*manifest.Person{{Type: manifest.Passenger, Surname: "O'NEIL", Given: "SEAN", BirthDate: edifact.Date{Year: 1950, Month: 1, Day: 1}}},
	}
	var out strings.Builder
	if err := paxlst.Encode(&out, &m); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.ReplaceAll(out.String(), "'", "'\n"))
	// Output:
	// UNA:+.? '
	// UNB+UNOA:4+CARRIER+STATE+260301:1200+R'
	// UNH+1+PAXLST:D:05B:UN:IATA'
	// BGM+745'
	// TDT+20+XX100+++XX'
	// LOC+125+LIS'
	// LOC+87+LHR'
	// NAD+FL+++O?'
	// NEIL:SEAN'
	// DTM+329:19500101:102'
	// UNT+8+1'
	// UNZ+1+R'
}

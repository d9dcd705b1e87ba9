package reading_test

import (
	"strings"
	"testing"

	"clew/edifact/manifest"
)

// The five ways in which the best-known open system loses people. Each was seen
// in its code; each must never happen here.

func one(t *testing.T, text string) manifest.Report {
	t.Helper()
	reports := readAll(t, []byte(text))
	if len(reports) != 1 {
		t.Fatalf("%d messages, want 1", len(reports))
	}
	return reports[0]
}

const head = "UNA:+.? 'UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'"
const flight = "TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'DTM+232:2603011540:201'"

func has(rep *manifest.Report, code string) bool {
	for _, f := range rep.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

func TestPeerFailure1WholeMessageLostToOneUnknownCode(t *testing.T) {
	for code, body := range map[string]string{
		"reference_unknown": "BGM+745'" + flight + "NAD+FL+++DOE:JANE'RFF+QQQ:1'NAD+FL+++ROE:JOHN'",
		"qualifier_unknown": "BGM+745'" + flight + "NAD+FL+++DOE:JANE'LOC+999+LHR'NAD+FL+++ROE:JOHN'",
		"bgm_unknown":       "BGM+777'" + flight + "NAD+FL+++DOE:JANE'NAD+FL+++ROE:JOHN'",
		"location_unknown":  "BGM+745'" + "TDT+20+XX100+++XX'LOC+125+LIS'LOC+777+LHR'NAD+FL+++DOE:JANE'NAD+FL+++ROE:JOHN'",
	} {
		rep := one(t, head+body+"UNT+9+1'UNZ+1+R'")
		if len(rep.Persons) != 2 || len(rep.Flights) != 1 || !has(&rep, code) {
			t.Errorf("%s: %d persons, %d flights, findings %v", code, len(rep.Persons), len(rep.Flights), rep.Findings)
		}
	}
}

func TestPeerFailure2AdultOrInfantOfAPairLost(t *testing.T) {
	const docsInfant = "SSR+DOCS:HK:1:XX:::::/P/GBR/512731999/GBR/20SEP24/FI/25OCT29/BELT/SOPHY OLIVIA/'"
	const docsAdult = "SSR+DOCS:HK:1:XX:::::/P/GBR/509229987/GBR/01JUL78/F/12NOV32/BELT/ISABELLE RUTH/'"
	const start = "UNB+IATA:1+XX+S+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX'TVL+010326:1430+SIN+LHR+XX+602'EQN+1'SRC'RCI+XX:3PGZOV'"
	const tail = "UNT+1+1'UNZ+1+3'"
	for _, order := range []string{docsInfant + docsAdult, docsAdult + docsInfant} {
		rep := one(t, start+"TIF+BELT:I+ISABELLE MRS:A:2:1'"+order+"TIF+BELT:I+SOPHY:IN:3'"+tail)
		if len(rep.Persons) != 2 || len(rep.Quarantined) != 0 {
			t.Fatalf("%d persons, %d quarantined, want 2 and 0", len(rep.Persons), len(rep.Quarantined))
		}
		adult, baby := rep.Persons[0], rep.Persons[1]
		if adult.BirthDate.String() != "1978-07-01" || adult.Documents[0].Number != "509229987" {
			t.Errorf("adult has the infant's data: %+v", adult)
		}
		if baby.BirthDate.String() != "2024-09-20" || baby.Documents[0].Number != "512731999" {
			t.Errorf("infant has no data of its own: %+v", baby)
		}
		if baby.Relations[0] != (manifest.Relation{Kind: manifest.InfantOf, N: 1}) {
			t.Errorf("infant is not tied to the adult: %+v", baby.Relations)
		}
		// The other way: the infant has no TIF of its own.
		rep = one(t, start+"TIF+BELT:I+ISABELLE MRS:A:2:1'"+order+"TVL+010326:1430+SIN+LHR+XX+602:D'SSR+INFT:HK:1:XX:::SIN:LHR:BELT/SOPHY 20SEP24+::2'"+tail)
		if len(rep.Persons) != 1 || len(rep.Quarantined) != 1 {
			t.Fatalf("%d persons, %d quarantined, want 1 and 1", len(rep.Persons), len(rep.Quarantined))
		}
		q := rep.Quarantined[0]
		if q.Surname != "BELT" || !strings.HasPrefix(q.Given, "SOPHY") || q.BirthDate.String() != "2024-09-20" || q.Relations[0].N != 1 {
			t.Errorf("infant without TIF: %+v", q)
		}
		if rep.Persons[0].BirthDate.String() != "1978-07-01" {
			t.Errorf("adult: %+v", rep.Persons[0])
		}
	}
}

func TestPeerFailure3BirthDateWithCenturyUnderAnotherLabel(t *testing.T) {
	for _, label := range []string{"", ":101", ":102", ":201", ":ZZZ"} {
		rep := one(t, head+"BGM+745'"+flight+"NAD+FL+++DOE:JANE'DTM+329:20130714"+label+"'UNT+9+1'UNZ+1+R'")
		if got := rep.Persons[0].BirthDate.String(); got != "2013-07-14" {
			t.Errorf("label %q: a child of 12 was read as born %s", label, got)
		}
	}
}

func TestPeerFailure4ReleasedReleaseMergesTwoPeople(t *testing.T) {
	rep := one(t, head+"BGM+745'"+flight+"NAD+FL+++DOE:JANE??'NAD+FL+++ROE:JOHN'UNT+9+1'UNZ+1+R'")
	if len(rep.Persons) != 2 || rep.Persons[0].Given != "JANE?" || rep.Persons[1].Surname != "ROE" {
		t.Errorf("got %+v", rep.Persons)
	}
	rep = one(t, head+"BGM+745'"+flight+"NAD+FL+++O?'NEIL:JANE???''NAD+FL+++ROE:JOHN'UNT+9+1'UNZ+1+R'")
	if len(rep.Persons) != 2 || rep.Persons[0].Surname != "O'NEIL" || rep.Persons[0].Given != "JANE?'" {
		t.Errorf("got %+v", rep.Persons)
	}
}

func TestPeerFailure5NoFlightWhereLoc22StandsForAnEnd(t *testing.T) {
	for _, body := range []string{
		"TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+22+LHR'DTM+232:2603011540:201'",
		"TDT+20+XX100+++XX'LOC+22+LIS'DTM+189:2603011300:201'LOC+22+LHR'DTM+232:2603011540:201'",
		"TDT+20+XX100+++XX'LOC+22+LIS'LOC+22+LHR'",
	} {
		rep := one(t, head+"BGM+745'"+body+"NAD+FL+++DOE:JANE'UNT+9+1'UNZ+1+R'")
		if len(rep.Flights) != 1 || rep.Flights[0].From != "LIS" || rep.Flights[0].To != "LHR" || len(rep.Persons) != 1 {
			t.Errorf("%s\n%+v", body, rep.Flights)
		}
		if !has(&rep, "location_unknown") {
			t.Error("nothing is said of the location")
		}
	}
}

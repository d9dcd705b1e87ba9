package reading_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"clew/edifact"
	"clew/edifact/manifest"
)

// conform checks v against the part of JSON Schema that manifest.Schema uses. It
// refuses a keyword it does not know, so that none is silently passed over.
func conform(root, schema map[string]any, v any, at string) (wrong []string) {
	say := func(format string, a ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, a...)) }
	for keyword, k := range schema {
		switch keyword {
		case "$schema", "$defs", "title", "description", "properties", "additionalProperties":
		case "$ref":
			name := strings.TrimPrefix(k.(string), "#/$defs/")
			def, ok := root["$defs"].(map[string]any)[name].(map[string]any)
			if !ok {
				say("no definition %s", name)
				continue
			}
			wrong = append(wrong, conform(root, def, v, at)...)
		case "type":
			if !isType(k.(string), v) {
				say("%v is no %s", v, k)
			}
		case "enum":
			if !slices.Contains(k.([]any), v) {
				say("%v is none of %v", v, k)
			}
		case "pattern":
			if s, ok := v.(string); ok && !regexp.MustCompile(k.(string)).MatchString(s) {
				say("%q does not match %s", s, k)
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < k.(float64) {
				say("%v is less than %v", n, k)
			}
		case "required":
			for _, name := range k.([]any) {
				if _, ok := v.(map[string]any)[name.(string)]; !ok {
					say("no %s", name)
				}
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				wrong = append(wrong, conform(root, k.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		default:
			say("unknown keyword %s", keyword)
		}
	}
	object, ok := v.(map[string]any)
	props, has := schema["properties"].(map[string]any)
	if !ok || !has {
		return wrong
	}
	for name, value := range object {
		p, ok := props[name].(map[string]any)
		if !ok {
			say("field %s is not in the schema", name)
			continue
		}
		wrong = append(wrong, conform(root, p, value, at+"."+name)...)
	}
	return wrong
}

func isType(kind string, v any) bool {
	switch v := v.(type) {
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return false
}

func checkSchema(t *testing.T, name string, rep *manifest.Report) {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(manifest.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range conform(schema, schema, v, "report") {
		t.Errorf("%s: %s", name, wrong)
	}
}

func TestReportsConformToThePublishedSchema(t *testing.T) {
	for name, text := range messages {
		for _, rep := range readAll(t, []byte(text)) {
			checkSchema(t, name, &rep)
		}
	}
	for name, text := range hostile(2000) {
		for _, rep := range readAll(t, []byte(text)) {
			checkSchema(t, name, &rep)
		}
	}
}

func TestSamplesConformToThePublishedSchema(t *testing.T) {
	dir, rows := samples(t)
	for _, row := range rows {
		rep := sampleReport(t, dir, row["file"])
		checkSchema(t, row["file"], &rep)
	}
}

// A report with every field set conforms too: what no message here happens to
// hold is in the schema all the same.
func TestAFullReportConforms(t *testing.T) {
	day := edifact.Date{Year: 2026, Month: 3, Day: 1}
	noon := edifact.Local{Date: day, Hour: 12, HasTime: true}
	rel := []manifest.Relation{{Kind: manifest.InfantOf, N: 1, Locator: "A"}}
	rep := manifest.Report{File: "f", Type: "PAXLST", Version: "D:05B", Function: "745",
		Flights: []manifest.Flight{{Kind: "reported", Carrier: "XX", Number: "1", Suffix: "A", From: "A", To: "B", Departure: noon, Arrival: noon, DepartureZone: "z", ArrivalZone: "z",
			Designator: "XX1A", OperatingCarrier: "YY", OperatingNumber: "2", Class: "Y", Status: "HK", Aircraft: "333", Locator: "L", DepartureSentAs: "x", ArrivalSentAs: "x",
			Crossing: true, FinalDestination: "C", Travellers: "1"}},
		Persons: []*manifest.Person{{N: 1, Type: "passenger", Code: "FL", Age: "adult", Surname: "S", Given: "G", Second: "M", Title: "MR", NameSentAs: "S/G", Sex: "M", BirthDate: day,
			BirthSentAs: "x", BirthAmbiguous: true, Nationality: "PRT", Nationalities: []string{"AGO"}, Residence: manifest.Place{Code: "A", Name: "B"}, BirthPlace: manifest.Place{Code: "A", Name: "B"},
			Address: manifest.Address{Kind: "k", Street: "s", City: "c", Region: "r", Postcode: "p", Country: "x"}, From: "A", To: "B", Clearance: "C", Locator: "L", Ref: "R", ABO: "R", AVF: "L",
			Seat: "1A", Role: "CR1", Status: "on_board", Verified: "yes", Booked: "2026-01-01", Agency: "AG", UnaccompaniedMinor: true, Relations: rel,
			Documents: []manifest.Document{{Type: "P", Number: "1", Issuer: "PRT", Expiry: day, Issued: day, Nationality: "PRT", Place: "x", ExpirySent: "x", IssuedSent: "x", Verified: "yes", Codes: "110:111",
				AppliesTo: "GBR", References: []manifest.Reference{{Qualifier: "Q", Value: "v"}}, Kept: []edifact.Raw{{Text: "X"}}}},
			Contacts: []manifest.Contact{{Type: "phone", Value: "1", Use: "home", Scope: "booking"}}, Seats: []manifest.Seat{{Flight: "XX1", From: "A", To: "B", Number: "1A", Cabin: "Y"}},
			Bags: []manifest.Bags{{Flight: "XX1", Count: 1, Weight: "2", Unit: "kg", Tags: []string{"T"}, Pool: "head"}}, Tickets: []manifest.Ticket{{Number: "1", Type: "T", Issued: day, Total: "1", Currency: "GBP"}},
			Payments: []manifest.Payment{{Form: "CC", Amount: "1", Vendor: "VI", Account: "X", Expiry: "0229", Payer: "P", Address: "A", Phone: "1"}},
			Services: []manifest.Service{{Code: "UMNR", Status: "HK", Text: "t", Flight: "XX1"}}, References: []manifest.Reference{{Qualifier: "Q", Value: "v"}}, Kept: []edifact.Raw{{Text: "QQQ+1"}}, Offset: 9}},
		Quarantined: []manifest.Quarantined{{Reason: "person_cut", Segment: "NAD", Offset: 9, Text: "t", Surname: "S", Given: "G", BirthDate: day, Age: "infant", Locator: "L", Relations: rel}},
		Findings:    []edifact.Finding{edifact.FindingAt("unt_count", "UNT", 9, "")},
		Replies:     []manifest.Reply{{Ref: "R", Code: "0Z"}},
	}
	checkSchema(t, "full", &rep)
	text, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var back manifest.Report
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), `"kept":["X"],`, "")), &back); err == nil && back.Persons[0].BirthDate != day {
		t.Errorf("read back %+v", back.Persons[0])
	}
}

// TestFieldsOfTheContract: the fields that scripts rely on, by name and order.
func TestFieldsOfTheContract(t *testing.T) {
	rep := manifest.Report{Findings: []edifact.Finding{{Code: "c"}}, Replies: []manifest.Reply{{}}}.Filled()
	text, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"file":"","type":"","version":"","function":"","flights":[],"persons":[],"quarantined":[],` +
		`"findings":[{"severity":"info","segment":"","offset":0,"code":"c","text":""}],"cusres":[{"ref":"","code":""}]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

package profile_test

import (
	"strings"
	"testing"

	"clew/edifact"
	"clew/edifact/profile"
)

func header(sender, recipient, kind, version, release string) *edifact.Header {
	return &edifact.Header{Type: kind, Version: version, Release: release,
		Interchange: edifact.Interchange{Sender: edifact.Party{ID: sender}, Recipient: edifact.Party{ID: recipient}}}
}

func TestTheFirstDialectThatMatchesIsUsed(t *testing.T) {
	set, err := profile.NewSet([]byte("name: one\nmatch: {sender: AB*, type: PAXLST}\n---\nname: two\nmatch: {sender: ABC}\n---\nname: three\nmatch: {recipient: Z, version: \"D:05*\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for want, h := range map[string]*edifact.Header{
		"one":     header("ABC", "Z", "PAXLST", "D", "05B"),
		"two":     header("ABC", "Q", "CUSRES", "D", "05B"),
		"three":   header("Q", "Z", "PAXLST", "D", "05B"),
		"default": header("Q", "Z", "PAXLST", "D", "02B"),
	} {
		if got := set.For(h).Name; got != want {
			t.Errorf("%+v: %s, want %s", h.Interchange, got, want)
		}
	}
	var none *profile.Set
	if none.For(header("A", "B", "PAXLST", "D", "05B")) != profile.Default() {
		t.Error("without dialects the default holds")
	}
}

func TestADialectHoldsOnlyWhatDiffers(t *testing.T) {
	set, err := profile.NewSet([]byte("name: x\nnad: {FL: crew, QQ: party}\ntitles: [HERR]\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := set.For(header("", "", "", "", ""))
	if p.NAD["FL"] != "crew" || p.NAD["QQ"] != "party" || p.NAD["FM"] != "crew" || p.RFF["AVF"] != "locator" || len(p.Titles) != 1 || len(p.GluedTitles) == 0 {
		t.Errorf("%+v", p)
	}
	if profile.Default().NAD["FL"] != "passenger" || profile.Default().NAD["QQ"] != "" {
		t.Error("the default has changed")
	}
}

func TestBuiltinDialects(t *testing.T) {
	if got := profile.Builtin().For(header("SAMPLE", "USCS", "PAXLST", "001", "000")).Name; got != "us-edifact" {
		t.Errorf("001:000 is read as %s", got)
	}
	if len(profile.Builtin().Names()) == 0 {
		t.Error("no dialects")
	}
}

func TestMistakesInAFileAreErrors(t *testing.T) {
	for name, text := range map[string]string{
		"unknown key": "name: x\nnads: {FL: crew}\n",
		"no name":     "nad: {FL: crew}\n",
		"no YAML":     "name: [",
	} {
		if _, err := profile.NewSet([]byte(text)); err == nil || !strings.Contains(err.Error(), "document") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every role that the tables name is one that the decoders know: a slip in the
// data would silently make a passenger unknown.
func TestRolesAreKnown(t *testing.T) {
	known := func(list string) map[string]bool {
		m := map[string]bool{}
		for _, w := range strings.Fields(list) {
			m[w] = true
		}
		return m
	}
	p := profile.Default()
	for name, c := range map[string]struct {
		table map[string]string
		roles map[string]bool
	}{
		"nad":          {p.NAD, known("passenger crew transit_passenger transit_crew unnamed party")},
		"flight_loc":   {p.FlightLOC, known("departure arrival point final stop")},
		"person_loc":   {p.PersonLOC, known("clearance from to residence birth")},
		"document_loc": {p.DocumentLOC, known("issuer")},
		"dtm":          {p.DTM, known("departure arrival both birth expiry issued")},
		"rff":          {p.RFF, known("message flight locator person seat ticket agency customer document")},
		"com":          {p.COM, known("phone fax email")},
		"sex":          {p.Sex, known("M F U X")},
	} {
		if len(c.table) == 0 {
			t.Errorf("%s is empty", name)
		}
		for code, role := range c.table {
			if !c.roles[role] {
				t.Errorf("%s %s: role %q", name, code, role)
			}
		}
	}
}

func FuzzNewSet(f *testing.F) {
	f.Add("name: x\nnad: {FL: crew}\n---\nname: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := profile.NewSet([]byte(text))
		if err == nil {
			set.For(header("A", "B", "PAXLST", "D", "05B"))
		}
	})
}

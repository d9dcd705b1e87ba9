package paxlst

import (
	"io"
	"strconv"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

// Encode writes m as an interchange of its own, with the separators of its
// header. Every leg gets a TDT of its own, and what m kept raw is written where
// it is read again as kept. A US-EDIFACT message is written in the UN form.
func Encode(out io.Writer, m *Message) error {
	h := m.Header
	h.Type = "PAXLST"
	if h.Version == "" || h.Version == "001" {
		h.Version, h.Release, h.Agency, h.Association = "D", "05B", "UN", "IATA"
	}
	e := encoder{edifact.NewWriter(h.Interchange.Delims)}
	e.Begin(&h)
	e.head(m)
	for i := range m.Flights {
		e.flight(&m.Flights[i])
	}
	if len(m.Flights) == 0 && len(m.Persons) > 0 && m.Persons[0].Type == manifest.Unknown {
		// Before any flight a NAD that nobody knows is a party. People matter more
		// than a flight that is not there.
		e.Segment("TDT").Element("20").End()
	}
	for _, p := range m.Persons {
		e.person(p)
	}
	for _, c := range m.Counts {
		e.Segment("CNT").Element(c.Qualifier, c.Value).End()
	}
	e.Finish()
	_, err := e.WriteTo(out)
	return err
}

type encoder struct{ *edifact.Writer }

func (e encoder) head(m *Message) {
	if m.Code != "" || m.Function != "" {
		e.Segment("BGM").Element(m.Code).Element(m.Function).End()
	}
	if m.Transaction != "" {
		e.Segment("RFF").Element("TN", m.Transaction, "", "", m.Revision).End()
	}
	for _, r := range m.References {
		e.Segment("RFF").Element(r.Qualifier, r.Value).End()
	}
	for _, k := range m.Kept {
		e.Raw(k)
	}
	for _, p := range m.Parties {
		if p.Role != "" || p.Name != "" || p.ID != "" {
			e.Segment("NAD").Element(p.Role).Element(p.ID).Element().Element(p.Name).End()
		}
		e.contacts(p.Contacts)
	}
}

var comCodes = map[string]string{"phone": "TE", "fax": "FX", "email": "EM"}

func (e encoder) contacts(list []manifest.Contact) {
	for _, c := range list {
		code := comCodes[c.Type]
		if code == "" {
			code = "ZZZ"
		}
		e.Segment("COM").Element(c.Value, code).End()
	}
}

func (e encoder) flight(f *manifest.Flight) {
	qualifier := "20"
	if f.Kind == "overflight" {
		qualifier = "34"
	}
	designator := f.Designator
	if designator == "" {
		designator = f.Carrier + f.Number + f.Suffix
	}
	carrier := f.Carrier
	if f.Designator != "" && !f.CarrierStated {
		carrier = "" // the designator says it
	}
	e.Segment("TDT").Element(qualifier).Element(designator).Element().Element().Element(carrier).End()
	from, to := "92", "92"
	switch {
	case f.Kind == "crew_list":
		from, to = "188", "172"
	case f.Crossing:
		from, to = "125", "87"
	case f.From == "":
		to = "87"
	}
	e.end(from, "189", f.From, f.Departure, f.DepartureSentAs)
	e.end(to, "232", f.To, f.Arrival, f.ArrivalSentAs)
	if f.FinalDestination != "" {
		e.Segment("LOC").Element("130").Element(f.FinalDestination).End()
	}
}

func (e encoder) end(loc, dtm, place string, t edifact.Local, sent string) {
	if place != "" {
		e.Segment("LOC").Element(loc).Element(place).End()
	}
	switch {
	case sent != "":
		e.Segment("DTM").Element(dtm, sent, "201").End()
	case t.HasTime:
		e.Segment("DTM").Element(dtm, whole(t.Date)[2:]+digits(t.String()[len(t.Date.String()):]), "201").End()
	case !t.Date.IsZero():
		e.Segment("DTM").Element(dtm, whole(t.Date)[2:], "101").End()
	}
}

// digits drops the marks of an ISO date.
func digits(iso string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, iso)
}

// whole is a date as CCYYMMDD, its unknown parts 00.
func whole(d edifact.Date) string {
	text := digits(d.String())
	for len(text) < 8 {
		text += "00"
	}
	return text
}

// date writes a date as it was sent, else with its century.
func (e encoder) date(qualifier string, d edifact.Date, sent string) {
	if sent == "" {
		if d.IsZero() {
			return
		}
		sent = whole(d)
	}
	format := ""
	if len(sent) == 8 {
		format = "102"
	}
	e.Segment("DTM").Element(qualifier, sent, format).End()
}

var nadCodes = map[string]string{
	manifest.Passenger: "FL", manifest.Crew: "FM", manifest.TransitPassenger: "DDU", manifest.TransitCrew: "DDT", manifest.Unnamed: "ZZZ",
}

func (e encoder) person(p *manifest.Person) {
	code := p.Code
	if profile.Default().NAD[code] != p.Type && nadCodes[p.Type] != "" {
		code = nadCodes[p.Type]
	}
	name := []string{p.Surname, p.Given, p.Second, p.Title}
	if p.NameSentAs != "" {
		name = []string{p.NameSentAs}
	}
	a := &p.Address
	e.Segment("NAD").Element(code).Element().Element().Element(name...).
		Element(a.Street).Element(a.City).Element(a.Region).Element(a.Postcode).Element(a.Country).End()
	if p.Sex != "" {
		e.Segment("ATT").Element("2").Element().Element(p.Sex).End()
	}
	e.date("329", p.BirthDate, p.BirthSentAs)
	for i := range p.Bags {
		e.bags(&p.Bags[i])
	}
	e.verified(p.Verified)
	e.place("22", manifest.Place{Code: p.Clearance})
	e.place("178", manifest.Place{Code: p.From})
	e.place("179", manifest.Place{Code: p.To})
	e.place("174", p.Residence)
	e.place("180", p.BirthPlace)
	e.contacts(p.Contacts)
	if p.Role != "" {
		e.Segment("EMP").Element("1").Element(p.Role).End()
	}
	for _, n := range append([]string{p.Nationality}, p.Nationalities...) {
		if n != "" {
			e.Segment("NAT").Element("2").Element(n).End()
		}
	}
	e.references(p)
	for _, k := range p.Kept {
		e.Raw(k)
	}
	for i := range p.Documents {
		e.document(&p.Documents[i])
	}
}

func (e encoder) references(p *manifest.Person) {
	avf, abo := p.AVF, p.ABO
	if avf == "" {
		avf = p.Locator
	}
	if abo == "" {
		abo = p.Ref
	}
	for _, r := range append([]manifest.Reference{{Qualifier: "AVF", Value: avf}, {Qualifier: "ABO", Value: abo}, {Qualifier: "SEA", Value: p.Seat}}, p.References...) {
		if r.Value != "" || r.Qualifier != "AVF" && r.Qualifier != "ABO" && r.Qualifier != "SEA" {
			e.Segment("RFF").Element(r.Qualifier, r.Value).End()
		}
	}
}

func (e encoder) verified(v string) {
	switch v {
	case "yes":
		e.Segment("GEI").Element("4").Element("173").End()
	case "no":
		e.Segment("GEI").Element("4").Element("174").End()
	}
}

func (e encoder) place(qualifier string, p manifest.Place) {
	if p != (manifest.Place{}) {
		e.Segment("LOC").Element(qualifier).Element(p.Code, "", "", p.Name).End()
	}
}

func (e encoder) bags(b *manifest.Bags) {
	if b.Stated || len(b.Tags) == 0 && b.Weight == "" {
		e.Segment("MEA").Element("CT").Element().Element("", strconv.Itoa(b.Count)).End()
	}
	if b.Weight != "" {
		unit := b.Unit
		switch unit {
		case "kg", "":
			unit = "KGM"
		case "lb":
			unit = "LBR"
		}
		e.Segment("MEA").Element("WT").Element().Element(unit, b.Weight).End()
	}
	for _, tag := range b.Tags {
		e.Segment("FTX").Element("BAG").Element().Element().Element(tag).End()
	}
}

func (e encoder) document(d *manifest.Document) {
	list, agency, _ := strings.Cut(d.Codes, ":")
	e.Segment("DOC").Element(d.Type, list, agency).Element(d.Number).End()
	e.date("36", d.Expiry, d.ExpirySent)
	e.date("182", d.Issued, d.IssuedSent)
	e.verified(d.Verified)
	for _, r := range d.References {
		e.Segment("RFF").Element(r.Qualifier, r.Value).End()
	}
	e.place("91", manifest.Place{Code: d.Issuer, Name: d.Place})
}

package pnrgov

import (
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// docsText is what a DOCS text says:
// /P/issuer/number/nationality/birth/sex/expiry/surname/given/second.
type docsText struct {
	Evidence
	infant    bool
	birth     edifact.ParsedDate
	birthSent string
	unusual   bool
}

var docsSex = map[string]bool{"M": true, "F": true, "MI": true, "FI": true, "U": true, "X": true, "UI": true, "XI": true}

// readDocs reads a DOCS text. Senders drop leading fields and slashes, so the
// birth date with the sex after it is the anchor, and the rest is read from
// there outwards.
func readDocs(text string, on edifact.Date) docsText {
	var all fields
	all.split(strings.TrimSpace(text))
	f := all.list[:all.n]
	anchor := docsAnchor(f)
	if anchor < 0 {
		return docsByPlace(f, on)
	}
	t := docsText{birthSent: f[anchor]}
	t.birth = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Recent, Reference: on}.Read(f[anchor], "")
	t.BirthDate = t.birth.Date
	t.before(f[:anchor])
	t.after(f[anchor+1:], on)
	return t
}

// docsAnchor finds the birth date: DDMMMYY before a sex, else DDMMMYY in the
// first six fields.
func docsAnchor(f []string) int {
	found := -1
	for i, v := range f {
		if !isNamedDate(v) {
			continue
		}
		if i+1 < len(f) && docsSex[f[i+1]] {
			return i
		}
		if found < 0 && i < 6 {
			found = i
		}
	}
	if found >= 0 {
		return found
	}
	for i, v := range f {
		if i > 0 && docsSex[v] && i <= 6 && f[i-1] == "" {
			return i - 1
		}
	}
	return -1
}

func isNamedDate(v string) bool {
	return (len(v) == 7 || len(v) == 9) && isDigits(v[:2]) && !isDigits(v[2:5]) && isDigits(v[5:])
}

// before reads type, issuer, number and nationality, which stand before the
// birth date: from right to left, since fields are dropped on the left.
func (t *docsText) before(f []string) {
	n := len(f)
	at := func(i int) string {
		if i < 0 || i >= n {
			return ""
		}
		return f[i]
	}
	if nat := at(n - 1); strings.ContainsAny(nat, "0123456789") {
		// //P/P00266142/14JUL71: the number stands where the nationality should.
		t.Document.Number, t.Document.Type = nat, at(n-2)
		t.unusual = true
		return
	}
	t.Document.Nationality, t.Document.Number = at(n-1), at(n-2)
	t.Document.Issuer, t.Document.Type = at(n-3), at(n-4)
	t.unusual = n > 5 || n == 5 && f[0] != ""
}

// after reads sex, expiry and the names.
func (t *docsText) after(f []string, on edifact.Date) {
	if len(f) > 0 {
		t.Sex, t.infant = strings.CutSuffix(f[0], "I")
		f = f[1:]
	}
	if len(f) > 0 {
		if f[0] != "" {
			t.Document.Expiry = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming, Reference: on}.Read(f[0], "").Date
			t.Document.ExpirySent = f[0]
			if t.Document.Expiry.IsZero() && !isDigits(f[0]) && !isNamedDate(f[0]) {
				// No expiry at all: the names begin here.
				t.Document.ExpirySent, t.unusual = "", true
				t.names(f)
				return
			}
		}
		t.names(f[1:])
	}
}

func (t *docsText) names(f []string) {
	var all [maxFields]string
	names := all[:0]
	for _, v := range f {
		if v != "H" || len(names) < 2 { // H marks the primary holder
			names = append(names, v)
		}
	}
	get := func(i int) string {
		if i < len(names) {
			// A trailing -1SURNAME/GIVEN repeats whose request it is.
			v, _, _ := strings.Cut(names[i], "-1")
			return v
		}
		return ""
	}
	t.Surname, t.Given, t.Second = get(0), get(1), get(2)
}

// docsByPlace reads a DOCS without a birth date by the places of its fields.
func docsByPlace(f []string, on edifact.Date) docsText {
	for len(f) > 0 && f[0] == "" {
		f = f[1:]
	}
	t := docsText{unusual: true}
	for i, dst := range [...]*string{&t.Document.Type, &t.Document.Issuer, &t.Document.Number, &t.Document.Nationality, &t.birthSent} {
		if i < len(f) {
			*dst = f[i]
		}
	}
	if t.birthSent != "" {
		t.birth = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Recent, Reference: on}.Read(t.birthSent, "")
		t.BirthDate = t.birth.Date
	}
	if len(f) > 5 {
		t.after(f[5:], on)
	}
	return t
}

// docs gives a DOCS to the traveller it belongs to: the infant it names, the one
// a reference names, the one whose name it bears, else the one it stands under.
func (r *resolver) docs(s *SSR, p *manifest.Person, sure bool) {
	if r.read.docs != s {
		r.read.docs, r.read.text = s, readDocs(s.read(), r.on)
	}
	t := r.read.text
	if t.unusual {
		r.note("docs_form", "SSR", s.Offset, "")
	}
	if t.infant {
		if baby := r.infantNamed(t.Surname, t.Given, p); baby != nil {
			r.fill(baby, &t, s)
		} else {
			r.remember(infant{Evidence: t.Evidence, ssr: s}, p)
		}
		return
	}
	named := r.named(t.Surname, t.Given)
	switch {
	case p == nil && named == nil:
		r.note("docs_unmatched", "SSR", s.Offset, "")
		t.Offset = s.Offset
		r.rec.Evidence = append(r.rec.Evidence, t.Evidence)
	case p == nil:
		r.fill(named, &t, s)
	case named == nil || named == p || sure && sameSurname(p, t.Surname) || r.bears(p, t.Surname, t.Given):
		r.fill(p, &t, s)
	default:
		r.note("docs_moved", "SSR", s.Offset, "")
		r.fill(named, &t, s)
	}
}

// named returns the only traveller of that name, or nil.
func (r *resolver) named(surname, given string) *manifest.Person {
	var found *manifest.Person
	if surname == "" {
		return nil
	}
	for _, i := range r.index.alike(r.persons, surname) {
		if r.bears(r.persons[i], surname, given) {
			if found != nil {
				return nil
			}
			found = r.persons[i]
		}
	}
	return found
}

// bears reports whether a traveller bears that name, titles and missing further
// given names allowed for.
func (r *resolver) bears(p *manifest.Person, surname, given string) bool {
	if !sameSurname(p, surname) {
		return false
	}
	if a, b := initial(p.Given), initial(given); a == 0 || a != b {
		return false
	}
	return beginsAlike(p.Given, given) || strings.HasPrefix(compact(given), r.untitled(compact(p.Given)))
}

func sameSurname(p *manifest.Person, surname string) bool {
	return sameName(p.Surname, surname)
}

// fill gives a person what a DOCS says.
func (r *resolver) fill(p *manifest.Person, t *docsText, s *SSR) {
	if p.BirthSentAs == "" && t.birthSent != "" {
		p.BirthDate, p.BirthSentAs = t.BirthDate, t.birthSent
		if t.BirthDate.IsZero() {
			r.note("date_invalid", "SSR", s.Offset, "")
		} else if t.birth.TwoDigit && !r.on.IsZero() && t.BirthDate.YearsTo(r.on) <= 18 {
			p.BirthAmbiguous = true
			r.note("birth_century", "SSR", s.Offset, "")
		}
	}
	if p.Sex == "" {
		p.Sex = t.Sex
	}
	if p.Second == "" {
		p.Second = t.Second
	}
	if t.infant && p.Age == "" {
		p.Age, r.babies = "infant", true
	}
	if have := sameDocument(p, &t.Document); have != nil {
		refine(&p.Nationality, t.Document.Nationality)
		refine(&have.Nationality, t.Document.Nationality)
		refine(&have.Issuer, t.Document.Issuer)
		return
	}
	if p.Nationality == "" {
		p.Nationality = t.Document.Nationality
	} else if n := t.Document.Nationality; n != "" && n != p.Nationality && len(p.Nationalities) < maxEach && !contains(p.Nationalities, n) {
		p.Nationalities = r.mem.strings.Append(p.Nationalities, n)
	}
	if t.Document.Number == "" && t.Document.Type == "" && t.Document.Issuer == "" {
		return // a DOCS of birth date and sex only
	}
	if len(p.Documents) < maxEach {
		p.Documents = r.mem.documents.Append(p.Documents, t.Document)
	}
}

// sameDocument finds the document that a DOCS names again, as those under a
// flight often do.
func sameDocument(p *manifest.Person, d *manifest.Document) *manifest.Document {
	if d.Number == "" {
		return nil
	}
	for i := range p.Documents {
		if have := &p.Documents[i]; have.Number == d.Number && have.Type == d.Type {
			return have
		}
	}
	return nil
}

// refine puts a state's code of three letters in place of one of two, or of none.
func refine(have *string, now string) {
	if *have == "" || len(*have) == 2 && len(now) == 3 {
		*have = now
	}
}

func contains(list []string, v string) bool {
	for _, have := range list {
		if have == v {
			return true
		}
	}
	return false
}

// doco reads a visa: birth place/type/number/place of issue/date/applies to.
func (r *resolver) doco(s *SSR, p *manifest.Person) {
	if p == nil {
		return
	}
	var f fields
	f.split(strings.TrimPrefix(s.read(), "/"))
	doc := manifest.Document{Type: f.at(1), Number: f.at(2), Place: f.at(3), IssuedSent: f.at(4), AppliesTo: f.at(5)}
	if doc.IssuedSent != "" {
		doc.Issued = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming}.Read(doc.IssuedSent, "").Date
	}
	if p.BirthPlace == (manifest.Place{}) {
		p.BirthPlace.Name = f.at(0)
	}
	if doc.Number != "" || doc.Type != "" {
		for i := range p.Documents {
			if p.Documents[i].Number == doc.Number && p.Documents[i].Type == doc.Type {
				return
			}
		}
		if len(p.Documents) < maxEach {
			p.Documents = r.mem.documents.Append(p.Documents, doc)
		}
	}
}

// maxFields bounds the fields that are read of one SSR text, maxSSRText its
// bytes: the text is read once for each traveller the request refers to.
const (
	maxFields  = 32
	maxSSRText = 512
)

// fields are those of an SSR text.
type fields struct {
	list [maxFields]string
	n    int
}

// at is field i, or "".
func (f *fields) at(i int) string {
	if i < 0 || i >= f.n {
		return ""
	}
	return f.list[i]
}

// split parts a text at its slashes. What goes past the bound stays in the last
// field.
func (f *fields) split(text string) {
	for f.n = 0; f.n < maxFields-1; f.n++ {
		field, rest, more := strings.Cut(text, "/")
		if !more {
			break
		}
		f.list[f.n], text = strings.TrimSpace(field), rest
	}
	f.list[f.n] = strings.TrimSpace(text)
	f.n++
}

// read is the text of a request, as much of it as is read.
func (s *SSR) read() string {
	return strings.TrimSpace(s.Text[:min(len(s.Text), maxSSRText)])
}

// doca reads an address: D destination or R residence/country/street/city/…
func (r *resolver) doca(s *SSR, p *manifest.Person) {
	if p == nil {
		return
	}
	var f fields
	f.split(strings.TrimPrefix(s.read(), "/"))
	if f.n < 2 {
		return
	}
	a := manifest.Address{Kind: "destination", Country: f.at(1), Street: f.at(2), City: f.at(3), Region: f.at(4), Postcode: f.at(5)}
	if f.at(0) == "R" {
		a.Kind = "residence"
		p.Residence.Code = a.Country
	}
	if p.Address == (manifest.Address{}) || p.Address.Kind == "destination" && a.Kind == "residence" {
		p.Address, a = a, p.Address
	}
	if a != (manifest.Address{}) && a != p.Address && len(p.Contacts) < maxEach {
		value := r.mem.text.Join(", ", a.Street, a.City, a.Region, a.Postcode, a.Country)
		p.Contacts = r.mem.contacts.Append(p.Contacts, manifest.Contact{Type: "address", Value: value, Use: a.Kind})
	}
}

// tkne adds a ticket number that no TKT has.
func (r *resolver) tkne(s *SSR, p *manifest.Person) {
	if p == nil {
		return
	}
	number := strings.TrimLeft(strings.TrimPrefix(s.read(), "INF"), ".")
	number = strings.TrimPrefix(number, "TKT NBR ")
	number, _, _ = strings.Cut(number, " ")
	number, _, _ = strings.Cut(number, "C")
	for i := range min(len(p.Tickets), maxEach) {
		if p.Tickets[i].Number == number {
			return
		}
	}
	if number != "" && isDigits(number) && len(p.Tickets) < maxEach {
		p.Tickets = r.mem.ticketed.Append(p.Tickets, manifest.Ticket{Number: number})
	}
}

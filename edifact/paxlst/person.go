package paxlst

import (
	"slices"
	"strconv"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// nad begins a party or a person.
func (d *decoder) nad(seg *edifact.Segment) {
	code := get(seg, 1, 0)
	role, known := d.p.NAD[code]
	if role == "party" || !known && d.at < inFlight && d.person == nil {
		if !known {
			d.note("qualifier_unknown", seg, code)
		}
		d.endPerson()
		d.party(seg, code)
		return
	}
	if first, second, joined := d.joined(seg); joined {
		d.nad(&first)
		if d.parted++; d.parted < maxJoined {
			d.nad(&second)
		} else {
			d.note("two_persons", &second, "")
			d.quarantine("two_persons", &second, second.Text)
		}
		d.parted--
		return
	}
	if !known {
		d.note("nad_unknown", seg, code)
		role = manifest.Unknown
	}
	d.begin(role, code, seg)
	d.name(seg)
	d.address(seg)
}

// maxJoined bounds how often one segment is parted.
const maxJoined = 20

func (d *decoder) party(seg *edifact.Segment, code string) {
	name := get(seg, 4, 0)
	if given := get(seg, 4, 1); given != "" {
		name += " " + given
	}
	if name == "" {
		name = get(seg, 3, 0)
	}
	d.m.Parties = append(d.m.Parties, Party{Role: code, ID: get(seg, 2, 0), Name: name})
	if d.at < inParty {
		d.at = inParty
	}
}

// joined finds two persons whose NADs lost the terminator between them:
// NAD+FL+++DOE:JOHNNAD+FL+++DOE:JANE.
func (d *decoder) joined(seg *edifact.Segment) (first, second edifact.Segment, ok bool) {
	for e := 2; e < seg.Elements(); e++ {
		last := seg.Get(e, seg.Components(e)-1)
		if !strings.HasSuffix(last, "NAD") {
			continue
		}
		if role := d.p.NAD[get(seg, e+1, 0)]; role == "" || role == "party" {
			continue
		}
		delims := seg.Delimiters()
		i := strings.Index(seg.Text, "NAD"+string(rune(delims.Element))+seg.Get(e+1, 0))
		for i == 0 {
			j := strings.Index(seg.Text[1:], "NAD"+string(rune(delims.Element)))
			if j < 0 {
				return first, second, false
			}
			i = j + 1
		}
		if i < 0 {
			continue
		}
		d.note("terminator_missing", seg, "")
		a, b := seg.Raw(), seg.Raw()
		a.Text, b.Text = seg.Text[:i], seg.Text[i:]
		b.Offset += int64(i)
		return a.Parse(), b.Parse(), true
	}
	return first, second, false
}

// begin closes the last person and begins a new one.
func (d *decoder) begin(role, code string, seg *edifact.Segment) {
	d.endPerson()
	d.legs.End()
	if d.at < inPerson {
		d.ref = d.journey()
	}
	p := d.slabs.persons.New()
	p.Type, p.Code, p.Status, p.Offset = role, code, d.m.Status, seg.Offset
	d.person, d.tags = p, false
	d.at = inPerson
}

// journey is the day of the first departure, else of the first arrival, else
// the day the message was prepared.
func (d *decoder) journey() edifact.Date {
	if day := d.legs.Day(); !day.IsZero() {
		return day
	}
	return d.sent
}

func (d *decoder) endPerson() {
	if d.person == nil {
		return
	}
	p := d.person
	d.slabs.list.Add(p)
	p.N = d.slabs.list.Len()
	p.Documents = d.slabs.documents.Take()
	p.Contacts = d.slabs.contacts.Take()
	p.References = d.slabs.references.Take()
	p.Kept = d.slabs.kept.Take()
	d.endBags()
	p.Bags = d.slabs.bags.Take()
	if p.Type == manifest.Crew || p.Type == manifest.TransitCrew {
		d.crew++
	}
	d.born = d.born || !p.BirthDate.IsZero()
	d.person = nil
}

// name reads C080. The standard puts it in the fourth element; some senders
// write it into an earlier one, or whole into one component.
func (d *decoder) name(seg *edifact.Segment) {
	e := 4
	for ; e > 1 && blank(seg, e); e-- {
	}
	p := d.person
	switch {
	case e == 1:
		if p.Type != manifest.Unnamed {
			d.note("name_missing", seg, "")
		}
		return
	case e < 4:
		d.note("name_misplaced", seg, "element "+strconv.Itoa(e))
	}
	d.further(seg, e)
	p.Surname = first(seg, e, 0)
	p.Given = first(seg, e, 1)
	p.Second = first(seg, e, 2)
	for c := 3; c < 5; c++ {
		switch v := first(seg, e, c); {
		case v == "" || p.Second == "" && get(seg, e, 4) != "": // another person's
		case slices.Contains(d.p.Titles, v):
			p.Title = v
		default:
			p.Second = strings.TrimSpace(p.Second + " " + v)
		}
	}
	if p.Given == "" && p.Type != manifest.Unnamed {
		d.whole(seg)
	}
}

// whole parts a name that stands in one component: SMITH/JOHN as bookings write
// it; anything else stays whole.
func (d *decoder) whole(seg *edifact.Segment) {
	p := d.person
	surname, given, parted := strings.Cut(p.Surname, "/")
	if !parted || surname == "" {
		d.note("name_unsplit", seg, "")
		return
	}
	p.NameSentAs = p.Surname
	given, second, _ := strings.Cut(given, "/")
	p.Surname, p.Given = surname, given
	if p.Second == "" {
		p.Second = second
	}
}

// first is component c of element e up to a repetition mark.
func first(seg *edifact.Segment, e, c int) string {
	v := get(seg, e, c)
	if d := seg.Delimiters(); d.Repetition > ' ' && strings.IndexByte(v, d.Repetition) >= 0 {
		return strings.TrimSpace(seg.Repetitions(e, c)[0])
	}
	return v
}

func blank(seg *edifact.Segment, e int) bool {
	for c := 0; c < seg.Components(e); c++ {
		if get(seg, e, c) != "" {
			return false
		}
	}
	return true
}

// further quarantines every person but the first whom one NAD names: past the
// composite's end, after a gap in it, or as a repetition of it.
func (d *decoder) further(seg *edifact.Segment, e int) {
	n := seg.Components(e)
	if n < 3 {
		return
	}
	var names []string
	repeats := seg.Delimiters().Repetition > ' '
	for c := 0; repeats && c < n; c++ {
		if reps := seg.Repetitions(e, c); len(reps) > 1 {
			names = append(names, reps[len(reps)-1]+"/"+get(seg, e, c+1))
		}
	}
	if len(names) == 0 && get(seg, e, 2) == "" && get(seg, e, 3) != "" && get(seg, e, 4) != "" {
		names = append(names, get(seg, e, 3)+"/"+get(seg, e, 4))
	}
	for c := 6; c < n; c += 2 {
		if get(seg, e, c) != "" {
			names = append(names, get(seg, e, c)+"/"+get(seg, e, c+1))
		}
	}
	for _, name := range names {
		d.note("two_persons", seg, "")
		q := d.quarantine("two_persons", seg, name)
		q.Surname, q.Given, _ = strings.Cut(name, "/")
	}
}

func (d *decoder) address(seg *edifact.Segment) {
	if seg.Elements() < 5 {
		return
	}
	street := get(seg, 5, 0)
	if n := seg.Components(5); n > 1 {
		lines := make([]string, 1, n)
		lines[0] = street
		for c := 1; c < n; c++ {
			if v := get(seg, 5, c); v != "" {
				lines = append(lines, v)
			}
		}
		street = d.slabs.text.Join(" ", lines...)
	}
	region := get(seg, 7, 0)
	if region == "" {
		region = get(seg, 7, 3)
	}
	d.person.Address = manifest.Address{
		Street: street, City: get(seg, 6, 0), Region: region,
		Postcode: get(seg, 8, 0), Country: get(seg, 9, 0),
	}
}

func (d *decoder) att(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	if q := get(seg, 1, 0); q != "2" {
		d.note("qualifier_unknown", seg, q)
		d.keep(seg)
		return
	}
	code := get(seg, 3, 0)
	if code == "" {
		code = get(seg, 2, 0)
	}
	if code == "" {
		code = get(seg, 3, 3)
	}
	sex, known := d.p.Sex[strings.ToUpper(code)]
	if !known {
		if code != "" {
			d.note("sex_unknown", seg, "")
			d.keep(seg)
		}
		return
	}
	d.person.Sex = sex
}

func (d *decoder) nat(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	code := get(seg, 2, 0)
	if code == "" {
		code = get(seg, 2, 3)
	}
	switch p := d.person; {
	case p.Nationality == "":
		p.Nationality = code
	case code != "" && code != p.Nationality:
		p.Nationalities = append(p.Nationalities, code)
	}
}

func (d *decoder) emp(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	d.person.Role = get(seg, 2, 0)
	if d.person.Role == "" {
		d.person.Role = get(seg, 2, 3)
	}
}

func (d *decoder) gei(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	var verified string
	switch code := get(seg, 2, 0); code {
	case "173":
		verified = "yes"
	case "174":
		verified = "no"
	default:
		if code != "" && code != "ZZZ" {
			d.note("gei_unknown", seg, code)
		}
		d.keep(seg)
		return
	}
	if doc := d.slabs.documents.Last(); doc != nil && d.at == inDocument {
		doc.Verified = verified
		return
	}
	d.person.Verified = verified
}

func (d *decoder) doc(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	doc := manifest.Document{Type: get(seg, 1, 0), Number: get(seg, 2, 0)}
	if list := get(seg, 1, 1); list != "" {
		doc.Codes = d.slabs.text.Join(":", list, get(seg, 1, 2))
	}
	if doc.Number == "" && doc.Type == "" {
		d.note("document_empty", seg, "")
	}
	d.slabs.documents.Add(doc)
	d.at = inDocument
}

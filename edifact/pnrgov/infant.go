package pnrgov

import (
	"slices"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// infant is a child on somebody's lap whom the record names without a TIF.
type infant struct {
	Evidence
	ssr   *SSR
	adult int // index of the adult in the record, or -1
}

// inft reads an INFT request, which names the infant of the adult it refers to:
// DYE/ARCHER 15APR12.
func (r *resolver) inft(s *SSR, adult *manifest.Person) {
	if s.Status == "XX" || s.Status == "HX" {
		return
	}
	if r.read.inft != s {
		r.read.inft = s
		r.read.infant, r.read.named = r.readInft(s)
	}
	e := r.read.infant
	if !r.read.named && e.BirthDate.IsZero() && (r.index.infants > 0 || len(r.infants) > 0) {
		// The request says only that there is an infant; a TIF or a DOCS names it.
		return
	}
	if baby := r.infantNamed(e.Surname, e.Given, adult); baby != nil {
		if baby.BirthDate.IsZero() {
			baby.BirthDate = e.BirthDate
		}
		if baby.Age == "" {
			baby.Age, r.babies = "infant", true
		}
		r.tie(baby, adult)
		return
	}
	r.remember(infant{Evidence: e, ssr: s}, adult)
}

// readInft reads the text of an INFT, and reports whether it has a name.
func (r *resolver) readInft(s *SSR) (e Evidence, named bool) {
	e.Offset = s.Offset
	var few [16]string
	kept := few[:0]
	for w := range strings.FieldsSeq(strings.TrimPrefix(s.read(), "/")) {
		if isNamedDate(strings.Trim(w, "()/")) && e.BirthDate.IsZero() {
			e.BirthDate = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Recent, Reference: r.on}.Read(strings.Trim(w, "()/"), "").Date
			continue
		}
		kept = append(kept, w)
	}
	name := r.mem.text.Join(" ", kept...)
	var given string
	e.Surname, given, _ = strings.Cut(name, "/")
	e.Given, e.Second, _ = strings.Cut(given, "/")
	if d := strings.Index(e.Given, "-1"); d >= 0 {
		e.Given = e.Given[:d]
	}
	return e, name != ""
}

// chld marks a child and reads the birth date that the request may hold.
func (r *resolver) chld(s *SSR, p *manifest.Person) {
	if p.Age == "" || p.Age == "adult" {
		p.Age = "child"
	}
	if p.BirthSentAs != "" {
		return
	}
	if r.read.chld != s {
		r.read.chld, r.read.born = s, ""
		for w := range strings.FieldsFuncSeq(s.read(), func(c rune) bool { return c == ' ' || c == '/' }) {
			if isNamedDate(w) {
				r.read.born = w
				break
			}
		}
	}
	if born := r.read.born; born != "" {
		p.BirthSentAs = born
		p.BirthDate = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Recent, Reference: r.on}.Read(born, "").Date
	}
}

// infantNamed finds the infant's own TIF: by name, else the infant who is the
// only one, when no name contradicts.
func (r *resolver) infantNamed(surname, given string, adult *manifest.Person) *manifest.Person {
	if surname == "" && adult != nil && adult.Age == "infant" {
		return adult
	}
	for _, i := range r.index.alike(r.persons, surname) {
		p := r.persons[i]
		if (p != adult || p.Age == "infant") && p.Age != "adult" && r.bears(p, surname, given) {
			return p
		}
	}
	if r.index.infants != 1 {
		return nil
	}
	only := r.persons[r.index.infant]
	if surname == "" || sameSurname(only, surname) && (given == "" || only.Given == "") {
		return only
	}
	return nil
}

// remember keeps an infant without TIF, once however often the record names it.
func (r *resolver) remember(b infant, adult *manifest.Person) {
	b.adult = -1
	if adult != nil {
		b.adult = adult.N - 1 - r.rec.first
	}
	for i := max(0, len(r.infants)-maxAlike); i < len(r.infants); i++ {
		have := &r.infants[i]
		if !sameInfant(have, &b) {
			continue
		}
		if have.BirthDate.IsZero() {
			have.BirthDate = b.BirthDate
		}
		if have.adult < 0 {
			have.adult = b.adult
		}
		if have.Given == "" {
			have.Surname, have.Given = b.Surname, b.Given
		}
		return
	}
	r.infants = r.mem.infants.Append(r.infants, b)
}

// sameInfant: no name contradicts and no two adults are named.
func sameInfant(a, b *infant) bool {
	if a.adult >= 0 && b.adult >= 0 && a.adult != b.adult {
		return false
	}
	if initial(a.Given) == 0 || initial(b.Given) == 0 {
		return a.adult == b.adult || a.adult < 0 || b.adult < 0
	}
	return sameName(a.Surname, b.Surname) && beginsAlike(a.Given, b.Given)
}

// tie ties an infant to its adult, both ways, once.
func (r *resolver) tie(baby, adult *manifest.Person) {
	if adult == nil || baby == adult || adult.Age == "infant" {
		return
	}
	for _, rel := range baby.Relations {
		if rel.Kind == manifest.InfantOf {
			return
		}
	}
	baby.Relations = r.mem.relations.Append(baby.Relations, manifest.Relation{Kind: manifest.InfantOf, N: adult.N})
	adult.Relations = r.mem.relations.Append(adult.Relations, manifest.Relation{Kind: manifest.AdultOf, N: baby.N})
}

// infantRelations ties the infants that no INFT has tied: by a reference that
// is the adult's with I behind it, by the adult marked as accompanied before it,
// by the only adult, or by the adult before it who has the same surname.
func (r *resolver) infantRelations() {
	for i, baby := range r.persons {
		if baby.Age != "infant" || tied(baby) {
			continue
		}
		if adult := r.adultOf(i); adult != nil {
			r.tie(baby, adult)
		} else {
			r.note("infant_without_adult", "TIF", baby.Offset, "")
		}
	}
}

func tied(p *manifest.Person) bool {
	for _, rel := range p.Relations {
		if rel.Kind == manifest.InfantOf {
			return true
		}
	}
	return false
}

func (r *resolver) adultOf(i int) *manifest.Person {
	baby := r.persons[i]
	if base, cut := strings.CutSuffix(baby.Ref, "I"); cut {
		if p := r.byRef(base); p != nil && p.Age != "infant" {
			return p
		}
	}
	if r.index.adult >= 0 {
		return r.persons[r.index.adult]
	}
	for j := i - 1; r.rec.accompanied && j >= max(0, i-maxAlike); j-- {
		if r.rec.Travellers[j].Accompanied == "1" && !accompanies(r.persons[j]) {
			return r.persons[j]
		}
	}
	for j := i - 1; r.index.adults > 0 && j >= max(0, i-maxAlike); j-- {
		if p := r.persons[j]; p.Age != "infant" && p.Age != "child" && sameSurname(p, baby.Surname) && !accompanies(p) {
			return p
		}
	}
	return nil
}

func accompanies(p *manifest.Person) bool {
	for _, rel := range p.Relations {
		if rel.Kind == manifest.AdultOf {
			return true
		}
	}
	return false
}

// quarantineInfants brings out the infants who have no TIF of their own: they
// travel, whatever the booking system made of them.
func (r *resolver) quarantineInfants() {
	if len(r.infants) == 0 && !r.rec.accompanied {
		return
	}
	unknown := false // whose infant one of them is
	r.carries = slices.Grow(r.carries[:0], len(r.persons))[:len(r.persons)]
	clear(r.carries)
	var source *SSR
	var text string // several infants of one request share its text
	for i := range r.infants {
		b := &r.infants[i]
		if b.ssr != source {
			source = b.ssr
			text = r.mem.text.Join(" ", source.Code, source.Text[:min(len(source.Text), maxQuarantinedText)])
		}
		r.note("infant_without_tif", "SSR", source.Offset, source.Code)
		q := manifest.Quarantined{
			Segment: "SSR", Offset: source.Offset, Text: text, Surname: b.Surname, Given: b.Given, BirthDate: b.BirthDate,
		}
		unknown = unknown || b.adult < 0
		r.quarantine(q, b.adult)
		if b.adult >= 0 {
			r.carries[b.adult] = true
		}
	}
	if unknown || !r.rec.accompanied {
		return
	}
	// An adult marked as accompanied whose infant nothing else names.
	for i, p := range r.persons {
		if r.rec.Travellers[i].Accompanied == "1" && !r.carries[i] && !accompanies(p) && p.Age != "infant" {
			r.note("infant_without_tif", "TIF", p.Offset, "")
			r.quarantine(manifest.Quarantined{Segment: "TIF", Offset: p.Offset}, i)
		}
	}
}

// quarantine sets an infant aside, with the adult on whose lap it is.
func (r *resolver) quarantine(q manifest.Quarantined, adult int) {
	q.Reason, q.Age, q.Locator = "infant_without_tif", "infant", r.rec.Locator()
	if adult >= 0 {
		q.Relations = r.mem.relations.Append(nil, manifest.Relation{Kind: manifest.InfantOf, N: r.persons[adult].N})
	}
	m := &r.d.m
	m.Quarantined = r.mem.quarantined.Append(m.Quarantined, q)
}

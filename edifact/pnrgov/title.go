package pnrgov

import "strings"

// finishName takes the title off a given name. Reservation systems write it
// behind the name, most without a blank: JOHNMR. MS is taken off only where a
// DOCS shows the name without it, since ADAMS and WILLIAMS end so.
func (r *resolver) finishName(i int) {
	p := r.persons[i]
	sent := p.Given
	name, title := r.title(p.Given)
	if title == "" {
		if base, cut := strings.CutSuffix(p.Given, "MS"); cut && len(base) > 1 && r.docsBear(i, base) {
			name, title = base, "MS"
		}
	}
	// KEVINMICHAEL is KEVIN where a DOCS gives MICHAEL as a further name.
	if first, cut := strings.CutSuffix(name, p.Second); cut && p.Second != "" && first != "" {
		name = strings.TrimSpace(first)
	}
	if name != p.Given {
		p.NameSentAs = r.mem.text.Join("/", r.rec.Travellers[i].Surname, sent)
		p.Given, p.Title = name, title
	}
}

// title parts a given name and the title behind it.
func (r *resolver) title(given string) (name, title string) {
	if i := strings.LastIndexByte(given, ' '); i > 0 {
		for _, t := range r.d.p.Titles {
			if given[i+1:] == t {
				return strings.TrimSpace(given[:i]), t
			}
		}
	}
	for _, t := range r.d.p.GluedTitles {
		if base, cut := strings.CutSuffix(given, t); cut && len(base) > 1 {
			return strings.TrimSpace(base), t
		}
	}
	return given, ""
}

// untitled is a compact given name without a title.
func (r *resolver) untitled(given string) string {
	name, title := r.title(given)
	if title == "" {
		if base, cut := strings.CutSuffix(given, "MS"); cut && len(base) > 1 {
			return base
		}
	}
	return name
}

// docsBear reports whether a DOCS of the traveller, or of the record, gives the
// given name as base.
func (r *resolver) docsBear(i int, base string) bool {
	for j := range r.rec.Travellers[i].SSRs {
		if s := &r.rec.Travellers[i].SSRs[j]; s.Code == "DOCS" {
			if t := readDocs(s.read(), r.on); sameName(t.Given, base) {
				return true
			}
		}
	}
	return r.given.has(r, base)
}

package pnrgov

import "strings"

// finishName takes the title off a given name. Reservation systems write it
// behind the name, most without a blank: JOHNMR. MS is taken off only where a
// DOCS shows the name without it, since ADAMS and WILLIAMS end so.
func (r *resolver) finishName(i int) {
	p := &r.persons[i]
	sent := r.rec.Travellers[i].Surname + "/" + p.Given
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
		p.NameSentAs = sent
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
	lists := [][]SSR{r.rec.Travellers[i].SSRs, r.rec.SSRs}
	for _, list := range lists {
		for j := range list {
			if list[j].Code != "DOCS" {
				continue
			}
			if t := readDocs(list[j].Text, r.on); compact(t.Given) == compact(base) {
				return true
			}
		}
	}
	return false
}

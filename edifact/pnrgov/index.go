package pnrgov

import (
	"strings"

	"clew/edifact/manifest"
)

// index finds persons of a record without walking it: a record can hold a group
// of hundreds, and a hostile one far more. A record of few is walked.
type index struct {
	refs     map[string]int   // empty in a record of few
	referred bool             // somebody has a reference
	surnames map[string][]int // at most maxAlike a name; made when first asked for
	found    [fewPersons]int  // what alike found in a record of few
	people   int
	adults   int
	only     int // the only person, -1 when there are several
	adult    int // the only adult, -1 likewise
	infants  int
	infant   int // the last infant
}

const (
	// fewPersons is up to where walking a record costs less than an index of it.
	fewPersons = 12
	// maxAlike bounds the persons of one surname that are compared with each other.
	maxAlike = 99
)

// enter puts the record's last person so far into the index.
func (r *resolver) enter(p *manifest.Person) {
	x, i := &r.index, len(r.persons)-1
	if p.Ref != "" && !x.addRef(r.persons, i) {
		r.note("traveller_ref_repeated", "TIF", p.Offset, "")
	}
	if p.Type == manifest.GroupName {
		return
	}
	x.people++
	x.only = i
	switch p.Age {
	case "infant":
		x.infants++
		x.infant = i
	case "child":
	default:
		x.adults++
		x.adult = i
	}
}

// settle ends the entering of persons.
func (x *index) settle(persons []*manifest.Person) {
	if x.referred && len(persons) > fewPersons && len(x.refs) == 0 {
		x.indexRefs(persons)
	}
	if x.people != 1 {
		x.only = -1
	}
	if x.adults != 1 {
		x.adult = -1
	}
}

// addRef notes the reference of person i and reports whether it is the first to
// have it.
func (x *index) addRef(persons []*manifest.Person, i int) bool {
	ref := persons[i].Ref
	x.referred = true
	if i < fewPersons {
		return x.ref(persons, ref) == i
	}
	if len(x.refs) == 0 {
		x.indexRefs(persons[:i])
	}
	if _, twice := x.refs[ref]; twice {
		return false
	}
	x.refs[ref] = i
	return true
}

// indexRefs begins the map of references, once a record is no longer one of few.
func (x *index) indexRefs(persons []*manifest.Person) {
	if x.refs == nil {
		x.refs = make(map[string]int)
	}
	for i, p := range persons {
		if _, twice := x.refs[p.Ref]; p.Ref != "" && !twice {
			x.refs[p.Ref] = i
		}
	}
}

// ref returns the index of the first person with that reference, or -1.
func (x *index) ref(persons []*manifest.Person, ref string) int {
	if ref == "" || !x.referred {
		return -1
	}
	if len(x.refs) > 0 {
		if i, ok := x.refs[ref]; ok {
			return i
		}
		return -1
	}
	for i, p := range persons {
		if p.Ref == ref {
			return i
		}
	}
	return -1
}

// alike returns the persons whose surname reads as that one, valid until the
// next call.
func (x *index) alike(persons []*manifest.Person, surname string) []int {
	if len(persons) > fewPersons {
		if x.surnames == nil {
			x.indexSurnames(persons)
		}
		return x.surnames[compact(surname)]
	}
	list := x.found[:0]
	for i, p := range persons {
		if p.Type != manifest.GroupName && sameName(p.Surname, surname) {
			list = append(list, i)
		}
	}
	return list
}

func (x *index) indexSurnames(persons []*manifest.Person) {
	x.surnames = make(map[string][]int)
	for i, p := range persons {
		if p.Type == manifest.GroupName {
			continue
		}
		key := compact(p.Surname)
		if list := x.surnames[key]; len(list) < maxAlike {
			x.surnames[key] = append(list, i)
		}
	}
}

// givenNames are the given names that the DOCS of a record bear, as compact
// makes them; made when the first is asked for.
type givenNames struct {
	known bool
	names map[string]bool
}

func (g *givenNames) has(r *resolver, name string) bool {
	if !g.known {
		g.known = true
		for i := range r.rec.SSRs {
			if s := &r.rec.SSRs[i]; s.Code == "DOCS" {
				if g.names == nil {
					g.names = make(map[string]bool)
				}
				t := readDocs(s.read(), r.on)
				g.names[compact(t.Given)] = true
			}
		}
	}
	return g.names[compact(name)]
}

// markAt reports how many bytes at i are a blank or a mark that does not count
// when names are compared.
func markAt(s string, i int) int {
	switch c := s[i]; {
	case c == ' ' || c == '-' || c == '\'' || c == '.':
		return 1
	case c == 0xE2 && strings.HasPrefix(s[i:], "’"):
		return len("’")
	}
	return 0
}

// common walks two names side by side, blanks, marks and case not counted, and
// reports what is left of each where they part or one ends.
func common(a, b string) (restA, restB bool) {
	i, j := 0, 0
	for {
		for i < len(a) {
			n := markAt(a, i)
			if n == 0 {
				break
			}
			i += n
		}
		for j < len(b) {
			n := markAt(b, j)
			if n == 0 {
				break
			}
			j += n
		}
		if i == len(a) || j == len(b) || upper(a[i]) != upper(b[j]) {
			return i < len(a), j < len(b)
		}
		i++
		j++
	}
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// sameName reports whether two names are one, blanks, marks and case not counted.
func sameName(a, b string) bool {
	if a == b {
		return true
	}
	if a != "" && b != "" && a[0] != b[0] && isUpper(a[0]) && isUpper(b[0]) {
		return false
	}
	restA, restB := common(a, b)
	return !restA && !restB
}

// beginsAlike reports whether one of two names is the beginning of the other.
func beginsAlike(a, b string) bool {
	restA, restB := common(a, b)
	return !restA || !restB
}

// initial is the first byte of a name that counts, or 0.
func initial(name string) byte {
	for i := 0; i < len(name); {
		n := markAt(name, i)
		if n == 0 {
			return upper(name[i])
		}
		i += n
	}
	return 0
}

// compact is a name without blanks and marks, for keys.
func compact(name string) string {
	plain := true
	for i := 0; i < len(name); i++ {
		if c := name[i]; c < 'A' || c > 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ' || c == '-' || c == '\'' || c == '.' || c == '’':
			return -1
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		}
		return c
	}, name)
}

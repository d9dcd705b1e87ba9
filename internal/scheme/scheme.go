package scheme

import (
	"fmt"
	"slices"

	"clew/internal/core"
)

// Scheme is the dated rules of one jurisdiction. It does not change once loaded
// and is safe for concurrent use.
type Scheme struct {
	ID, Name      string
	Description   string
	Start         core.Date // the first day with rules
	Jurisdictions []string  // calendar keys; the first is the scheme's own
	File          string    // where it was read

	extends   string
	elsewhere map[string]string // jurisdiction → the scheme that has its rules
	timelines map[string][]entry
	periods   []Rules // each from its Day until the next one's
	catalogue *Catalogue
	calendars map[string]*Calendar
}

// On returns the rules of a day. A case keeps the rules of the day on which its
// clock started: callers pass that day. A day before the scheme began has none.
// The lists are shared between callers, who only read them.
func (s *Scheme) On(day core.Date) (Rules, error) {
	i, found := slices.BinarySearchFunc(s.periods, day, func(r Rules, d core.Date) int { return r.Day.Compare(d) })
	if !found {
		i--
	}
	if i < 0 {
		return Rules{}, core.E(core.Invalid, "scheme.day_before_start",
			fmt.Sprintf("The scheme %s has no rules before %s.", s.ID, s.Start.Long()))
	}
	r := s.periods[i]
	r.Day = day
	return r, nil
}

// settle puts together the rules of each period between two changes.
func (s *Scheme) settle() {
	for _, day := range s.Changes() {
		r := Rules{Scheme: s.ID, Day: day}
		for _, def := range ruleDefs {
			e := onDay(s.timelines[def.key], day)
			def.set(&r, e)
			r.sources = append(r.sources, Provenance{Key: def.key, Label: def.label, Value: e.words, From: e.from, Source: e.source, Scheme: e.scheme})
		}
		s.periods = append(s.periods, r)
	}
}

// onDay returns the entry that holds on the day: the last one that began by then.
func onDay(timeline []entry, day core.Date) entry {
	i, found := slices.BinarySearchFunc(timeline, day, func(e entry, d core.Date) int { return e.from.Compare(d) })
	if !found {
		i--
	}
	return timeline[i]
}

// Changes returns every day from which some rule differs, in order; the first is
// the scheme's start.
func (s *Scheme) Changes() []core.Date {
	days := []core.Date{s.Start}
	for _, timeline := range s.timelines {
		for _, e := range timeline {
			if e.from.After(s.Start) {
				days = append(days, e.from)
			}
		}
	}
	slices.SortFunc(days, core.Date.Compare)
	return slices.Compact(days)
}

// History returns every value that a rule has had, oldest first.
func (s *Scheme) History(key string) []Provenance {
	var out []Provenance
	for _, def := range ruleDefs {
		if def.key != key {
			continue
		}
		for _, e := range s.timelines[key] {
			out = append(out, Provenance{Key: key, Label: def.label, Value: e.words, From: e.from, Source: e.source, Scheme: e.scheme})
		}
	}
	return out
}

// Catalogue returns the scheme's catalogue of indicators.
func (s *Scheme) Catalogue() *Catalogue { return s.catalogue }

// Calendar returns the working calendar of a jurisdiction; the empty text means
// the scheme's own.
func (s *Scheme) Calendar(jurisdiction string) (*Calendar, error) {
	if jurisdiction == "" {
		jurisdiction = s.Jurisdictions[0]
	}
	c, ok := s.calendars[jurisdiction]
	if !ok {
		return nil, core.E(core.Invalid, "jurisdiction.unknown", "Choose a jurisdiction whose working days are known.")
	}
	return c, nil
}

// Registry is every scheme that was loaded.
type Registry struct {
	schemes map[string]*Scheme
	ids     []string
}

// Scheme returns the scheme with the id.
func (r *Registry) Scheme(id string) (*Scheme, error) {
	s, ok := r.schemes[id]
	if !ok {
		return nil, core.E(core.NotFound, "scheme.unknown", "There is no scheme of this name.")
	}
	return s, nil
}

// IDs returns the ids of every scheme, sorted.
func (r *Registry) IDs() []string { return slices.Clone(r.ids) }

// ForJurisdiction returns the id of the scheme whose rules hold in a jurisdiction
// for an installation that runs the given scheme: that of the jurisdiction where
// it has one of its own, else the installation's.
func (r *Registry) ForJurisdiction(id, jurisdiction string) string {
	if s, ok := r.schemes[id]; ok {
		if other, ok := s.elsewhere[jurisdiction]; ok {
			return other
		}
	}
	return id
}

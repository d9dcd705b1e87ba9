package safeguarding

import (
	"context"
	"slices"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/vault"
)

// phoneRegion is where a number without a country code is taken to be from.
const phoneRegion = "GB"

// fingerprints is how a value of each kind is brought into one form and hashed.
var fingerprints = map[TraceKind]struct {
	blind     vault.BlindKind
	normalise func(string) string
}{
	TracePhone:    {vault.BlindPhone, func(s string) string { return vault.NormalisePhone(s, phoneRegion) }},
	TraceAddress:  {vault.BlindAddress, vault.NormaliseWords},
	TraceAdult:    {vault.BlindFullName, fullName},
	TracePlace:    {vault.BlindPlace, vault.NormaliseWords},
	TraceDocument: {vault.BlindDocument, vault.NormaliseDocument},
	TraceNameBorn: {vault.BlindNameAndBirthDate, func(s string) string { return s }},
}

// fullName has no form of a single word: “Ali” alone would join every child.
func fullName(s string) string {
	if len(vault.NormaliseName(s)) < 2 {
		return ""
	}
	return vault.NormaliseWords(s)
}

// traces hashes one value a line, under every key in use, so that a value which
// was written before a key was changed still meets one written after.
func (s *Service) traces(child *Subject, source Source, id core.ID, kind TraceKind, lines core.Secret, at time.Time) []Trace {
	var out []Trace
	f := fingerprints[kind]
	for line := range strings.Lines(lines.Reveal()) {
		for _, digest := range s.vault.BlindAll(f.blind, f.normalise(strings.TrimSpace(line))) {
			out = append(out, Trace{Digest: digest, CaseID: child.CaseID, SourceID: id, Source: source, Kind: kind, At: at})
		}
	}
	return out
}

func (s *Service) tracesOf(child *Subject, episode core.ID, phone core.Secret, b Background, at time.Time) []Trace {
	return slices.Concat(
		s.traces(child, FromEpisode, episode, TracePhone, phone, at),
		s.traces(child, FromEpisode, episode, TracePhone, b.Phones, at),
		s.traces(child, FromEpisode, episode, TraceAdult, b.Adults, at),
		s.traces(child, FromEpisode, episode, TraceAddress, b.Addresses, at),
		s.traces(child, FromEpisode, episode, TracePlace, b.Places, at))
}

func (s *Service) placeTrace(child *Subject, episode core.ID, where core.Secret, at time.Time) []Trace {
	return s.traces(child, FromEpisode, episode, TracePlace, core.Secret(strings.ReplaceAll(where.Reveal(), "\n", " ")), at)
}

func (s *Service) carerTraces(child *Subject, id core.ID, w CarerWords, at time.Time) []Trace {
	both := ""
	if !w.BirthDate.IsZero() {
		both = vault.NameAndBirthDate(w.Name.Reveal(), w.BirthDate.String())
	}
	return slices.Concat(
		s.traces(child, FromCarer, id, TraceAdult, w.Name, at),
		s.traces(child, FromCarer, id, TraceNameBorn, core.Secret(both), at),
		s.traces(child, FromCarer, id, TracePhone, w.Phone, at),
		s.traces(child, FromCarer, id, TraceDocument, w.Document, at))
}

// Pattern is what one other child has in common with this one. Which value it is,
// the two tracks say to whoever may read both; to others it says whom to ask.
type Pattern struct {
	Kinds     []TraceKind
	CaseID    core.ID // zero where the reader may not see the other child
	Reference string
	Ask       core.ID // the agency that keeps the other child's track
}

// patterns gathers what other children have in common with this one.
func (s *Service) patterns(ctx context.Context, actor core.Actor, purpose core.Purpose, child *Subject) ([]Pattern, error) {
	list, err := s.store.SharedTraces(ctx, child.CaseID)
	if err != nil {
		return nil, err
	}
	var out []Pattern
	index := map[core.ID]int{}
	for _, v := range list {
		i, known := index[v.Other.CaseID]
		if !known {
			i = len(out)
			index[v.Other.CaseID] = i
			out = append(out, s.patternWith(actor, purpose, &v.Other))
		}
		if !slices.Contains(out[i].Kinds, v.Kind) {
			out[i].Kinds = append(out[i].Kinds, v.Kind)
		}
	}
	return out, nil
}

func (s *Service) patternWith(actor core.Actor, purpose core.Purpose, other *Subject) Pattern {
	if s.may(actor, purpose, access.ViewSafeguarding, other) {
		return Pattern{CaseID: other.CaseID, Reference: other.Reference, Ask: keeper(other)}
	}
	return Pattern{Ask: keeper(other)}
}

// keeper is who answers for a child's track: the local authority, or the competent
// authority where there is none.
func keeper(c *Subject) core.ID {
	if c.LocalAuthority.IsZero() {
		return c.Authority
	}
	return c.LocalAuthority
}

// Package profile says what the codes of border messages mean, as data: the
// standards' tables in default.yaml, and beside them the dialects of senders
// who use a code otherwise. A dialect holds only what differs.
//
// A code that no profile knows is never an error: the message keeps it as sent.
package profile

import (
	_ "embed"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"clew/edifact"
)

// Profile is how one sender's messages are read.
type Profile struct {
	Name  string `yaml:"name"`
	Match Match  `yaml:"match"`

	NAD         map[string]string `yaml:"nad"`
	FlightLOC   map[string]string `yaml:"flight_loc"`
	PersonLOC   map[string]string `yaml:"person_loc"`
	DocumentLOC map[string]string `yaml:"document_loc"`
	DTM         map[string]string `yaml:"dtm"`
	RFF         map[string]string `yaml:"rff"`
	COM         map[string]string `yaml:"com"`
	BGM         map[string]string `yaml:"bgm"`
	Function    map[string]string `yaml:"function"`
	Sex         map[string]string `yaml:"sex"`
	Reply       map[string]string `yaml:"reply"`

	CarrierFrom string   `yaml:"carrier_from"`
	Titles      []string `yaml:"titles"`
	GluedTitles []string `yaml:"glued_titles"`
}

// Match says whose messages a dialect is for. An empty field matches anything;
// a star at the end matches any ending.
type Match struct {
	Sender    string `yaml:"sender"`    // UNB or UNG sender
	Recipient string `yaml:"recipient"` // UNB or UNG recipient
	Type      string `yaml:"type"`      // PAXLST, PNRGOV, CUSRES
	Version   string `yaml:"version"`   // D:05B
}

//go:embed default.yaml
var defaultYAML []byte

//go:embed dialects.yaml
var dialectsYAML []byte

// The built-in files are read when they are first needed: a program that links
// this package for something else must not pay for it at every start.
var (
	standard = sync.OnceValue(func() *Profile { return &mustParse(defaultYAML)[0] })
	builtin  = sync.OnceValue(func() *Set {
		s, err := NewSet(dialectsYAML)
		if err != nil {
			panic("edifact/profile: built-in dialects: " + err.Error())
		}
		return s
	})
)

// Default returns the profile that holds where no dialect does. It is shared:
// change a copy made by With.
func Default() *Profile { return standard() }

// Builtin returns the dialects that come with this package.
func Builtin() *Set { return builtin() }

// With returns a copy of p with what d says put over it.
func (p *Profile) With(d *Profile) *Profile {
	q := *p
	q.Name, q.Match = d.Name, d.Match
	q.NAD = over(p.NAD, d.NAD)
	q.FlightLOC = over(p.FlightLOC, d.FlightLOC)
	q.PersonLOC = over(p.PersonLOC, d.PersonLOC)
	q.DocumentLOC = over(p.DocumentLOC, d.DocumentLOC)
	q.DTM = over(p.DTM, d.DTM)
	q.RFF = over(p.RFF, d.RFF)
	q.COM = over(p.COM, d.COM)
	q.BGM = over(p.BGM, d.BGM)
	q.Function = over(p.Function, d.Function)
	q.Sex = over(p.Sex, d.Sex)
	q.Reply = over(p.Reply, d.Reply)
	if d.CarrierFrom != "" {
		q.CarrierFrom = d.CarrierFrom
	}
	if d.Titles != nil {
		q.Titles = d.Titles
	}
	if d.GluedTitles != nil {
		q.GluedTitles = d.GluedTitles
	}
	return &q
}

func over(base, top map[string]string) map[string]string {
	if len(top) == 0 {
		return base
	}
	m := maps.Clone(base)
	if m == nil {
		m = make(map[string]string, len(top))
	}
	maps.Copy(m, top)
	return m
}

// Set is a list of dialects; the first that matches a message is used.
type Set struct{ dialects []*Profile }

// NewSet reads dialects from YAML: one document each.
func NewSet(text []byte) (*Set, error) {
	list, err := parse(text)
	if err != nil {
		return nil, err
	}
	s := &Set{}
	for i := range list {
		s.dialects = append(s.dialects, standard().With(&list[i]))
	}
	return s, nil
}

// Names returns the dialects' names in order.
func (s *Set) Names() []string {
	var names []string
	for _, d := range s.dialects {
		names = append(names, d.Name)
	}
	return names
}

// For returns the profile of a message: the first dialect that matches its
// header, else Default.
func (s *Set) For(h *edifact.Header) *Profile {
	if s != nil {
		for _, d := range s.dialects {
			if d.Match.matches(h) {
				return d
			}
		}
	}
	return Default()
}

func (m Match) matches(h *edifact.Header) bool {
	return (fits(m.Sender, h.Interchange.Sender.ID) || fits(m.Sender, h.Group.Sender.ID)) &&
		(fits(m.Recipient, h.Interchange.Recipient.ID) || fits(m.Recipient, h.Group.Recipient.ID)) &&
		fits(m.Type, h.Type) && fits(m.Version, h.Version+":"+h.Release)
}

func fits(pattern, v string) bool {
	if head, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(v, head)
	}
	return pattern == "" || pattern == v
}

// parse reads YAML documents strictly: an unknown key is a mistake in the file.
func parse(text []byte) ([]Profile, error) {
	var list []Profile
	for i, doc := range strings.Split("\n"+string(text), "\n---") {
		if strings.TrimSpace(doc) == "" {
			continue
		}
		var p Profile
		if err := yaml.UnmarshalWithOptions([]byte(doc), &p, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("edifact/profile: document %d: %w", i+1, err)
		}
		if p.Name == "" {
			return nil, fmt.Errorf("edifact/profile: document %d has no name", i+1)
		}
		list = append(list, p)
	}
	return list, nil
}

func mustParse(text []byte) []Profile {
	list, err := parse(text)
	if err != nil || len(list) == 0 {
		panic(fmt.Sprintf("edifact/profile: built-in profile: %v", err))
	}
	return list
}

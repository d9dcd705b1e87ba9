package scheme

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"clew/internal/core"
)

//go:embed data
var embedded embed.FS

// The kinds of file.
const (
	kindScheme    = "scheme"
	kindCatalogue = "catalogue"
	kindCalendars = "calendars"
)

// maxFiles bounds how many files of a directory are read.
const maxFiles = 200

// Load reads the schemes that come with clew and then, when dir is not empty, the
// *.yaml files of dir, which add to them or replace those with the same id. The
// error, when it is about what the files say, is Problems.
func Load(dir string) (*Registry, error) {
	l, err := loadEmbedded()
	if err != nil {
		return nil, err
	}
	if dir != "" {
		if err := l.readDir(os.DirFS(dir), "."); err != nil {
			return nil, fmt.Errorf("read schemes of %s: %w", dir, err)
		}
	}
	return l.registry()
}

// CheckFile is Check for a file on disk.
func CheckFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return Check(name, text)
}

// Check reads one file as if it were the only one in a directory given to Load
// and returns what is wrong with it, or nil.
func Check(name string, text []byte) error {
	l, err := loadEmbedded()
	if err != nil {
		return err
	}
	l.layer++
	l.read(name, text)
	_, err = l.registry()
	return err
}

// embeddedOnce has read the embedded files; nobody resolves it, only its clones.
var embeddedOnce = sync.OnceValues(func() (*loader, error) {
	l := &loader{schemes: map[string]*draft{}, catalogues: map[string]loaded[*Catalogue]{}, calendars: map[string]loaded[*Calendar]{}}
	if err := l.readDir(embedded, "data"); err != nil {
		return nil, fmt.Errorf("read embedded schemes: %w", err)
	}
	return l, nil
})

func loadEmbedded() (*loader, error) {
	l, err := embeddedOnce()
	if err != nil {
		return nil, err
	}
	return l.clone(), nil
}

// clone copies what adding files and resolving changes. Calendars and catalogues
// are finished once read, and shared.
func (l *loader) clone() *loader {
	c := &loader{layer: l.layer, schemes: map[string]*draft{}, catalogues: maps.Clone(l.catalogues), calendars: maps.Clone(l.calendars)}
	files := map[*file]*file{}
	for _, f := range l.files {
		files[f] = &file{name: f.name, problems: slices.Clone(f.problems)}
		c.files = append(c.files, files[f])
	}
	for id, d := range l.schemes {
		c.schemes[id] = d.clone(files)
	}
	return c
}

// loaded is something read, with where and in which layer.
type loaded[T any] struct {
	what  T
	at    node
	layer int
}

// draft is a scheme as its own file states it, before it inherits.
type draft struct {
	*Scheme
	at, extendsAt, catalogueAt node
	jurisdictionsAt            []node
	catalogueID                string
	layer                      int
	resolved, resolving        bool
}

// clone copies a scheme that is not resolved yet; its problems go to the copies
// of the files.
func (d *draft) clone(files map[*file]*file) *draft {
	c, s := *d, *d.Scheme
	s.timelines = maps.Clone(d.timelines)
	c.Scheme, c.jurisdictionsAt = &s, slices.Clone(d.jurisdictionsAt)
	places := []*node{&c.at, &c.extendsAt, &c.catalogueAt}
	for i := range c.jurisdictionsAt {
		places = append(places, &c.jurisdictionsAt[i])
	}
	for _, n := range places {
		if !n.absent() {
			n.f = files[n.f]
		}
	}
	return &c
}

// loader gathers files. A later layer replaces what an earlier one has.
type loader struct {
	layer      int
	files      []*file
	schemes    map[string]*draft
	catalogues map[string]loaded[*Catalogue]
	calendars  map[string]loaded[*Calendar]
}

// readDir reads the *.yaml files of a directory as one layer, in order of name.
func (l *loader) readDir(fsys fs.FS, dir string) error {
	l.layer++
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() || path.Ext(e.Name()) != ".yaml" })
	if len(entries) > maxFiles {
		return core.E(core.TooLarge, "scheme.too_many_files", fmt.Sprintf("Put %d files or fewer into the directory.", maxFiles))
	}
	for _, e := range entries {
		text, err := readBounded(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		l.read(e.Name(), text)
	}
	return nil
}

// readBounded reads a file up to one byte over the bound, which parse refuses.
func readBounded(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// read reads one file of any kind.
func (l *loader) read(name string, text []byte) {
	f := &file{name: name}
	l.files = append(l.files, f)
	root := f.parse(text)
	if root == nil {
		return
	}
	m := node{f, root}.mapping()
	switch m.need("kind").oneOf(kindScheme, kindCatalogue, kindCalendars) {
	case kindScheme:
		l.readScheme(m)
	case kindCatalogue:
		c, at := readCatalogue(m)
		put(l, l.catalogues, c.ID, c, at)
	case kindCalendars:
		for _, item := range m.need("calendars").items() {
			c, at := readCalendar(item.mapping())
			put(l, l.calendars, c.ID, c, at)
		}
		m.done()
	}
}

// put files something under its id, unless the layer has one of that id already.
func put[T any](l *loader, into map[string]loaded[T], id string, what T, at node) {
	if old, ok := into[id]; ok && old.layer == l.layer {
		at.failf("%q is defined already in %s", id, old.at.f.name)
		return
	}
	if id != "" {
		into[id] = loaded[T]{what, at, l.layer}
	}
}

// readScheme reads what a scheme's own file states.
func (l *loader) readScheme(m *mapping) {
	d := &draft{layer: l.layer, at: m.need("id")}
	d.Scheme = &Scheme{ID: d.at.code(), Name: m.need("name").needText(), Description: m.get("description").text(), Start: m.need("start").date(),
		File: m.f.name, timelines: map[string][]entry{}, elsewhere: map[string]string{}}
	d.extendsAt, d.catalogueAt = m.get("extends"), m.get("catalogue")
	d.extends, d.catalogueID = d.extendsAt.text(), d.catalogueAt.text()
	d.jurisdictionsAt = m.need("jurisdictions").items()
	for _, j := range d.jurisdictionsAt {
		d.Jurisdictions = append(d.Jurisdictions, j.code())
	}
	elsewhere := m.get("elsewhere").mapping()
	for _, jurisdiction := range elsewhere.order {
		d.elsewhere[jurisdiction] = elsewhere.get(jurisdiction).code()
	}
	rules, lists := m.get("rules").mapping(), m.get("lists").mapping()
	for _, def := range ruleDefs {
		if def.list {
			d.timelines[def.key] = d.readTimeline(lists.get(def.key), def, "values")
		} else {
			d.timelines[def.key] = d.readTimeline(rules.get(def.key), def, "value")
		}
	}
	rules.done()
	lists.done()
	m.done()
	if old, ok := l.schemes[d.ID]; ok && old.layer == l.layer {
		d.at.failf("the scheme %q is defined already in %s", d.ID, old.File)
		return
	}
	if d.ID != "" {
		l.schemes[d.ID] = d
	}
}

// readTimeline reads the values that a rule has had and checks that they follow
// one another without gap or overlap.
func (d *draft) readTimeline(n node, def ruleDef, valueKey string) []entry {
	var out []entry
	for _, item := range n.items() {
		m := item.mapping()
		from, to, value := m.need("from"), m.get("to"), m.need(valueKey)
		e := entry{at: from, from: from.date(), to: to.date(), source: m.need("source").needText(), scheme: d.ID}
		e.value, e.words = def.read(value)
		m.done()
		d.checkNext(out, e, to)
		out = append(out, e)
	}
	if len(out) > 0 {
		if first := out[0]; !d.Start.IsZero() && first.from.After(d.Start) {
			first.at.failf("no value from %s, the scheme's start, until %s", d.Start, first.from.AddDays(-1))
		}
		if last := out[len(out)-1]; !last.to.IsZero() {
			last.at.failf("no value after %s: the last entry of a rule has no %q", last.to, "to")
		}
	}
	return out
}

// checkNext checks an entry against the one before it.
func (d *draft) checkNext(before []entry, e entry, to node) {
	if !e.to.IsZero() && e.to.Before(e.from) {
		to.failf("the entry ends on %s, before it begins", e.to)
	}
	if len(before) == 0 {
		return
	}
	last := before[len(before)-1]
	switch {
	case e.from.IsZero() || last.from.IsZero():
	case !e.from.After(last.from):
		e.at.failf("dates overlap: this entry begins on %s, the one before it on %s", e.from, last.from)
	case last.to.IsZero():
	case !e.from.After(last.to):
		e.at.failf("dates overlap: this entry begins on %s, the one before it ends on %s", e.from, last.to)
	case e.from.Sub(last.to) > 1:
		e.at.failf("no value from %s until %s", last.to.AddDays(1), e.from.AddDays(-1))
	}
}

// registry resolves what the files refer to and returns the schemes.
func (l *loader) registry() (*Registry, error) {
	calendars := map[string]*Calendar{}
	for id, c := range l.calendars {
		calendars[id] = c.what
	}
	r := &Registry{schemes: map[string]*Scheme{}, ids: slices.Sorted(maps.Keys(l.schemes))}
	for _, id := range r.ids {
		d := l.schemes[id]
		l.resolve(d)
		d.calendars = calendars
		l.checkReferences(d)
		r.schemes[id] = d.Scheme
	}
	var all Problems
	for _, f := range l.files {
		all = append(all, f.problems...)
	}
	if err := all.err(); err != nil {
		return nil, err
	}
	for _, s := range r.schemes {
		s.settle()
	}
	return r, nil
}

// resolve gives a scheme what it inherits: every rule of which its own file says nothing.
func (l *loader) resolve(d *draft) {
	if d.resolved {
		return
	}
	d.resolving = true
	defer func() { d.resolving, d.resolved = false, true }()
	if d.extends != "" {
		parent, ok := l.schemes[d.extends]
		switch {
		case !ok:
			d.extendsAt.failf("there is no scheme %q to extend", d.extends)
			return
		case parent.resolving:
			d.extendsAt.failf("%q extends itself by way of %q", d.ID, d.extends)
			return
		}
		l.resolve(parent)
		d.inherit(parent)
	}
	var missing []string
	for _, def := range ruleDefs {
		if len(d.timelines[def.key]) == 0 {
			missing = append(missing, def.key)
		}
	}
	if len(missing) > 0 {
		d.at.failf("these rules have no value, and there is nothing to inherit them from: %s", strings.Join(missing, ", "))
	}
	c, ok := l.catalogues[d.catalogueID]
	if !ok {
		d.at.failf("there is no catalogue %q", d.catalogueID)
	}
	d.catalogue = c.what
}

// inherit takes from the parent what d does not state. The parent has a value for
// every day from its start, so d may not start before.
func (d *draft) inherit(parent *draft) {
	if !d.Start.IsZero() && d.Start.Before(parent.Start) {
		d.at.failf("%q starts on %s, before %q, which it extends (%s)", d.ID, d.Start, parent.ID, parent.Start)
	}
	for key, timeline := range parent.timelines {
		if len(d.timelines[key]) == 0 {
			d.timelines[key] = timeline
		}
	}
	if d.catalogueID == "" {
		d.catalogueID = parent.catalogueID
	}
}

// checkReferences checks the jurisdictions and schemes that a scheme names.
func (l *loader) checkReferences(d *draft) {
	if len(d.Jurisdictions) == 0 {
		d.at.failf("a scheme has one jurisdiction at least")
	}
	for i, j := range d.Jurisdictions {
		if _, ok := d.calendars[j]; !ok && j != "" {
			d.jurisdictionsAt[i].failf("there is no calendar %q; there are %s", j, strings.Join(slices.Sorted(maps.Keys(d.calendars)), ", "))
		}
	}
	for _, jurisdiction := range slices.Sorted(maps.Keys(d.elsewhere)) {
		id := d.elsewhere[jurisdiction]
		if _, ok := l.schemes[id]; !ok {
			d.at.failf("elsewhere: there is no scheme %q", id)
		}
		if _, ok := d.calendars[jurisdiction]; !ok {
			d.at.failf("elsewhere: there is no calendar %q", jurisdiction)
		}
	}
}

package index

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"clew/match/norm"
	"clew/match/score"
)

// Entry is one record of a list, with the id by which its owner knows it.
type Entry struct {
	ID        string
	Partition string // the list it is on; searches may name the lists they want
	score.Record
}

// segment is an immutable part of an index; only its tombstones change. Names
// that several entries bear are held once.
type segment struct {
	words words

	// names has one more element than there are names: the words of name n are
	// nameWords[names[n].first:names[n+1].first].
	names     []nameInfo
	nameWords []uint32

	// postings[postFirst[w]:postFirst[w+1]] are the names that hold word w, by how
	// many findable words they have; postSingle[w] of them have one.
	postFirst  []uint32
	postSingle []uint32
	postings   []uint32

	joined []nearKey // neighbouring words run together: hash of sound, and name

	// bearers[bearFirst[n]:bearFirst[n+1]] are the entries with name n, by date of birth.
	bearFirst []uint32
	bearers   []uint32

	byID []nearKey // sorted hashes of ids, and entries

	attributes []attribute
	ids        text
	documents  []exactKey // sorted: documents, phones and e-mails of entries
	more       map[uint32]*score.Record
	countries  [][]string
	partitions []string
	entryNames []uint32 // distinct names of entry e: entryNames[entryFirst[e]:entryFirst[e+1]]
	entryFirst []uint32

	lately memory

	dead  []atomic.Uint64 // tombstones, a bit an entry
	alive atomic.Int64
}

// nameInfo is what a search asks of a distinct name, in one place of memory.
type nameInfo struct {
	first uint32 // in nameWords
	birth packedDate
	big   uint8 // how many findable words the name has
	kind  norm.Kind
}

// count is the number of distinct names.
func (s *segment) count() int { return len(s.names) - 1 }

// wordsOf returns the words of a distinct name.
func (s *segment) wordsOf(n uint32) []uint32 {
	return s.nameWords[s.names[n].first:s.names[n+1].first]
}

// attribute is what is weighed of an entry besides its names, packed.
type attribute struct {
	birth     norm.Date
	country   uint32 // index into countries
	partition uint16
	sex       norm.Sex
	kind      norm.Kind
	more      bool // has documents, phones, e-mails or a place: see segment.more
}

type exactKey struct {
	key   uint64
	entry uint32
}

// text holds many strings in one piece of memory.
type text struct {
	bytes []byte
	first []uint32
}

func (t *text) add(s string) {
	if len(t.first) == 0 {
		t.first = append(t.first, 0)
	}
	t.bytes = append(t.bytes, s...)
	t.first = append(t.first, uint32(len(t.bytes)))
}

func (t *text) at(i uint32) string { return string(t.of(i)) }

// of returns the bytes of a string, which must not be changed.
func (t *text) of(i uint32) []byte { return t.bytes[t.first[i]:t.first[i+1]] }

// builder makes a segment of entries.
type builder struct {
	s          *segment
	names      numbers
	bearing    []pair // name, entry
	countryIDs map[string]uint32
	parts      map[string]uint16
	key        []byte
}

type pair struct{ name, entry uint32 }

func newBuilder() *builder {
	s := &segment{words: newWords(), more: map[uint32]*score.Record{}, names: []nameInfo{{}}, entryFirst: []uint32{0}, countries: [][]string{nil}}
	return &builder{s: s, countryIDs: map[string]uint32{"": 0}, parts: map[string]uint16{}}
}

// add takes one entry.
func (b *builder) add(e *Entry) {
	s := b.s
	id := uint32(len(s.attributes))
	s.ids.add(e.ID)
	a := attribute{birth: e.Birth, sex: e.Sex, kind: e.Kind, partition: b.partition(e.Partition), country: b.country(e.Countries)}
	if len(e.Documents)+len(e.Phones)+len(e.Emails) > 0 || e.Place != "" || e.Vehicle != nil {
		a.more = true
		s.more[id] = &score.Record{Documents: e.Documents, Phones: e.Phones, Emails: e.Emails, Place: e.Place, Vehicle: e.Vehicle}
		for _, k := range exactKeys(&e.Record) {
			s.documents = append(s.documents, exactKey{k, id})
		}
	}
	s.attributes = append(s.attributes, a)
	from := len(s.entryNames)
	for i := range e.Names {
		if n := b.name(&e.Names[i]); !slices.Contains(s.entryNames[from:], n) {
			s.entryNames = append(s.entryNames, n)
			b.bearing = append(b.bearing, pair{n, id})
		}
	}
	s.entryFirst = append(s.entryFirst, uint32(len(s.entryNames)))
}

func (b *builder) partition(name string) uint16 {
	if id, ok := b.parts[name]; ok {
		return id
	}
	id := uint16(min(len(b.s.partitions), math.MaxUint16))
	if int(id) == len(b.s.partitions) {
		b.s.partitions = append(b.s.partitions, name)
	}
	b.parts[name] = id
	return id
}

func (b *builder) country(cs []string) uint32 {
	b.key = b.key[:0]
	for _, c := range cs {
		b.key = append(append(b.key, c...), ';')
	}
	if id, ok := b.countryIDs[string(b.key)]; ok {
		return id
	}
	id := uint32(len(b.s.countries))
	b.s.countries = append(b.s.countries, cs)
	b.countryIDs[string(b.key)] = id
	return id
}

// name returns the number of a distinct name.
func (b *builder) name(n *norm.Name) uint32 {
	s := b.s
	from, hash := len(s.nameWords), uint64(n.Kind)
	big := uint8(0)
	for i := range n.Tokens {
		w := s.words.add(&n.Tokens[i])
		s.nameWords = append(s.nameWords, w)
		hash = (hash ^ uint64(w)) * 0x9e3779b97f4a7c15
		hash ^= hash >> 29
		if findable(&n.Tokens[i]) {
			big++
		}
	}
	ws := s.nameWords[from:]
	id, known := b.names.find(hash, func(id uint32) bool { return s.names[id].kind == n.Kind && slices.Equal(s.wordsOf(id), ws) })
	if known {
		s.nameWords = s.nameWords[:from]
		return id
	}
	last := &s.names[id]
	last.big, last.kind = big, n.Kind
	s.names = append(s.names, nameInfo{first: uint32(len(s.nameWords))})
	return id
}

// numbers gives the same number to the same thing, counting up from 0. What a
// thing is, and where it is kept, is the caller's: it holds only hashes.
type numbers struct {
	slots []numbered
	n     uint32
}

type numbered struct{ hash, id uint32 } // id counts from 1

// find returns the number of the thing with a hash that is says is the one, and
// whether it was there before.
func (t *numbers) find(hash uint64, is func(id uint32) bool) (uint32, bool) {
	if int(t.n)*4 >= len(t.slots)*3 {
		t.grow()
	}
	short := uint32(hash >> 32)
	mask := uint32(len(t.slots) - 1)
	for i := short & mask; ; i = (i + 1) & mask {
		switch at := &t.slots[i]; {
		case at.id == 0:
			t.n++
			*at = numbered{short, t.n}
			return t.n - 1, false
		case at.hash == short && is(at.id-1):
			return at.id - 1, true
		}
	}
}

func (t *numbers) grow() {
	old := t.slots
	t.slots = make([]numbered, max(256, 2*len(old)))
	mask := uint32(len(t.slots) - 1)
	for _, o := range old {
		if o.id == 0 {
			continue
		}
		i := o.hash & mask
		for t.slots[i].id != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = o
	}
}

// finish builds the look-up structures. It uses what cores there are. Of
// entries with one id the last counts.
func (b *builder) finish() *segment {
	s := b.s
	b.names = numbers{}
	s.dead = make([]atomic.Uint64, (len(s.attributes)+63)/64)
	s.alive.Store(int64(len(s.attributes)))
	var wg sync.WaitGroup
	for _, work := range []func(){s.words.finish, s.post, s.joinWords, func() { s.identify(); s.replaceEarlier(); s.bear(b.bearing) }, s.sortDocuments} {
		wg.Go(work)
	}
	wg.Wait()
	s.ids.bytes = slices.Clip(s.ids.bytes)
	return s
}

func (s *segment) sortDocuments() {
	slices.SortFunc(s.documents, func(a, b exactKey) int {
		if a.key != b.key {
			if a.key < b.key {
				return -1
			}
			return 1
		}
		return int(a.entry) - int(b.entry)
	})
}

// post builds the postings by counting.
func (s *segment) post() {
	count := make([]uint32, len(s.words.tokens)+1)
	single := make([]uint32, len(s.words.tokens))
	s.eachPosting(func(name, word uint32) {
		count[word+1]++
		if s.names[name].big == 1 {
			single[word]++
		}
	})
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	s.postFirst = slices.Clone(count)
	s.postSingle = single
	s.postings = make([]uint32, count[len(count)-1])
	s.eachPosting(func(name, word uint32) {
		s.postings[count[word]] = name
		count[word]++
	})
}

// bySize returns the names by how many findable words they have.
func (s *segment) bySize() []uint32 {
	var count [norm.MaxTokens + 2]uint32
	for i := range s.count() {
		count[s.names[i].big+1]++
	}
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	out := make([]uint32, s.count())
	for n := range out {
		at := &count[s.names[n].big]
		out[*at] = uint32(n)
		*at++
	}
	return out
}

// eachPosting calls f once for every findable word of every name, shorter names
// first.
func (s *segment) eachPosting(f func(name, word uint32)) {
	for _, n := range s.bySize() {
		ws := s.wordsOf(n)
		for i, w := range ws {
			if findable(&s.words.tokens[w]) && !slices.Contains(ws[:i], w) {
				f(n, w)
			}
		}
	}
}

// joinWords builds the look-up of neighbouring words written as one.
func (s *segment) joinWords() {
	var buf, folded []byte
	for n := range s.count() {
		ws := s.wordsOf(uint32(n))
		if s.names[n].big == 0 {
			buf = buf[:0]
			for _, w := range ws {
				buf = append(append(buf, s.words.tokens[w].Text...), ' ')
			}
			s.joined = append(s.joined, nearKey{hashBytes(buf, wholeName), uint32(n)})
		}
		for i := 0; i+1 < len(ws); i++ {
			a, b := &s.words.tokens[ws[i]], &s.words.tokens[ws[i+1]]
			if !findable(a) && !findable(b) || len(a.Text)+len(b.Text) < 5 || a.Script.Vowelless() != b.Script.Vowelless() {
				continue
			}
			buf = append(append(buf[:0], a.Text...), b.Text...)
			folded = norm.AppendFold(folded[:0], buf)
			s.joined = append(s.joined, nearKey{hashBytes(folded, 'j'), uint32(n)})
		}
	}
	s.joined = slices.Clip(sortKeys(s.joined))
}

// bear lists the entries of every name, by date of birth.
func (s *segment) bear(bearing []pair) {
	count := make([]uint32, s.count()+1)
	bearing = slices.DeleteFunc(bearing, func(p pair) bool { return s.isDead(p.entry) })
	for _, p := range bearing {
		count[p.name+1]++
	}
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	s.bearFirst = slices.Clone(count)
	s.bearers = make([]uint32, len(bearing))
	for _, p := range bearing {
		s.bearers[count[p.name]] = p.entry
		count[p.name]++
	}
	for n := range s.count() {
		group := s.bearers[s.bearFirst[n]:s.bearFirst[n+1]]
		if len(group) == 1 {
			s.names[n].birth = pack(s.attributes[group[0]].birth)
		}
		if len(group) > 1 {
			slices.SortFunc(group, func(a, b uint32) int {
				if d := dayNumber(s.attributes[a].birth) - dayNumber(s.attributes[b].birth); d != 0 {
					return d
				}
				return int(a) - int(b)
			})
		}
	}
}

// dayNumber orders dates: by year, then month, then day.
func dayNumber(d norm.Date) int { return int(d.Year)*10000 + int(d.Month)*100 + int(d.Day) }

// born returns the part of a group whose date of birth is between two day
// numbers, both included.
func (s *segment) born(group []uint32, from, to int) []uint32 {
	day := func(e uint32) int { return dayNumber(s.attributes[e].birth) }
	lo := sort.Search(len(group), func(i int) bool { return day(group[i]) >= from })
	hi := sort.Search(len(group), func(i int) bool { return day(group[i]) > to })
	return group[lo:max(lo, hi)]
}

// identify builds the look-up of ids.
func (s *segment) identify() {
	keys := make([]nearKey, len(s.attributes))
	for e := range keys {
		keys[e] = nearKey{hashBytes(s.ids.of(uint32(e)), 'i'), uint32(e)}
	}
	s.byID = sortKeys(keys)
}

// replaceEarlier takes out the entries that have the id of a later one.
func (s *segment) replaceEarlier() {
	for i, k := range s.byID {
		for _, later := range s.byID[i+1:] {
			if later.key != k.key {
				break
			}
			if bytes.Equal(s.ids.of(later.word), s.ids.of(k.word)) {
				s.kill(k.word)
				break
			}
		}
	}
}

// find returns the living entry with an id.
func (s *segment) find(id string) (uint32, bool) {
	key := hashText(id, 'i')
	i, _ := slices.BinarySearchFunc(s.byID, key, func(k nearKey, key uint32) int { return cmp.Compare(k.key, key) })
	for ; i < len(s.byID) && s.byID[i].key == key; i++ {
		if e := s.byID[i].word; s.ids.at(e) == id && !s.isDead(e) {
			return e, true
		}
	}
	return 0, false
}

func (s *segment) kill(entry uint32) {
	word, bit := &s.dead[entry/64], uint64(1)<<(entry%64)
	for {
		old := word.Load()
		if old&bit != 0 {
			return
		}
		if word.CompareAndSwap(old, old|bit) {
			s.alive.Add(-1)
			return
		}
	}
}

func (s *segment) isDead(entry uint32) bool {
	return s.dead[entry/64].Load()&(1<<(entry%64)) != 0
}

// name copies distinct name n into out, which is reused.
func (s *segment) name(n uint32, out *norm.Name) {
	out.Kind = s.names[n].kind
	out.Tokens = out.Tokens[:0]
	for _, w := range s.wordsOf(n) {
		out.Tokens = append(out.Tokens, s.words.tokens[w])
	}
}

// rest fills everything but the names of an entry's record.
func (s *segment) rest(entry uint32, out *score.Record) {
	a := &s.attributes[entry]
	*out = score.Record{Kind: a.kind, Birth: a.birth, Sex: a.sex, Countries: s.countries[a.country], Names: out.Names[:0]}
	if a.more {
		m := s.more[entry]
		out.Documents, out.Phones, out.Emails, out.Place, out.Vehicle = m.Documents, m.Phones, m.Emails, m.Place, m.Vehicle
	}
}

// entry returns an entry as it was added.
func (s *segment) entry(id uint32) Entry {
	e := Entry{ID: s.ids.at(id), Partition: s.partitions[s.attributes[id].partition]}
	s.rest(id, &e.Record)
	e.Names = nil
	for _, n := range s.entryNames[s.entryFirst[id]:s.entryFirst[id+1]] {
		var name norm.Name
		s.name(n, &name)
		e.Names = append(e.Names, name)
	}
	return e
}

func exactKeys(r *score.Record) (out []uint64) {
	numbers := func(kind, shapeKind byte, list ...string) {
		for _, d := range list {
			if d != "" {
				out = append(out, hash64(kind, d))
			}
			if len(d) >= 6 {
				out = append(out, hash64(shapeKind, norm.DocumentShape(d)))
			}
		}
	}
	numbers('d', 's', r.Documents...)
	if r.Vehicle != nil {
		numbers('l', 'm', r.Vehicle.Plates...)
		numbers('c', 'h', r.Vehicle.Chassis)
	}
	for _, p := range r.Phones {
		out = append(out, hash64('p', p))
	}
	for _, e := range r.Emails {
		out = append(out, hash64('e', e))
	}
	return out
}

func hash64(kind byte, s string) uint64 {
	h := uint64(14695981039346656037) ^ uint64(kind)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

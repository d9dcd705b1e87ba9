package index

import (
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

	// nameWords[nameFirst[n]:nameFirst[n+1]] are the words of distinct name n.
	nameFirst []uint32
	nameWords []uint32
	nameKind  []norm.Kind
	nameBig   []uint8 // how many findable words the name has

	// postings[postFirst[w]:postFirst[w+1]] are the names that hold word w,
	// those with a single findable word first, postSingle[w] of them.
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

func (t *text) at(i uint32) string { return string(t.bytes[t.first[i]:t.first[i+1]]) }

// builder makes a segment of entries.
type builder struct {
	s          *segment
	names      map[string]uint32
	bearing    []pair // name, entry
	countryIDs map[string]uint32
	parts      map[string]uint16
	key        []byte
}

type pair struct{ name, entry uint32 }

func newBuilder() *builder {
	s := &segment{words: newWords(), more: map[uint32]*score.Record{}, nameFirst: []uint32{0}, entryFirst: []uint32{0}, countries: [][]string{nil}}
	return &builder{s: s, names: map[string]uint32{}, countryIDs: map[string]uint32{"": 0}, parts: map[string]uint16{}}
}

// add takes one entry.
func (b *builder) add(e *Entry) {
	s := b.s
	id := uint32(len(s.attributes))
	s.ids.add(e.ID)
	a := attribute{birth: e.Birth, sex: e.Sex, kind: e.Kind, partition: b.partition(e.Partition), country: b.country(e.Countries)}
	if len(e.Documents)+len(e.Phones)+len(e.Emails) > 0 || e.Place != "" {
		a.more = true
		s.more[id] = &score.Record{Documents: e.Documents, Phones: e.Phones, Emails: e.Emails, Place: e.Place}
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
	b.key = append(b.key[:0], byte(n.Kind))
	from := len(s.nameWords)
	for i := range n.Tokens {
		w := s.words.add(&n.Tokens[i])
		s.nameWords = append(s.nameWords, w)
		b.key = append(b.key, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
	}
	if id, ok := b.names[string(b.key)]; ok {
		s.nameWords = s.nameWords[:from]
		return id
	}
	id := uint32(len(s.nameKind))
	b.names[string(b.key)] = id
	s.nameFirst = append(s.nameFirst, uint32(len(s.nameWords)))
	s.nameKind = append(s.nameKind, n.Kind)
	big := 0
	for i := range n.Tokens {
		if findable(&n.Tokens[i]) {
			big++
		}
	}
	s.nameBig = append(s.nameBig, uint8(big))
	return id
}

// finish builds the look-up structures. It uses what cores there are.
func (b *builder) finish() *segment {
	s := b.s
	var wg sync.WaitGroup
	for _, work := range []func(){s.words.finish, s.post, s.joinWords, s.identify, func() { s.bear(b.bearing) }, s.sortDocuments} {
		wg.Add(1)
		go func() { defer wg.Done(); work() }()
	}
	wg.Wait()
	s.dead = make([]atomic.Uint64, (len(s.attributes)+63)/64)
	s.alive.Store(int64(len(s.attributes)))
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
		if s.nameBig[name] == 1 {
			single[word]++
		}
	})
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	s.postFirst = slices.Clone(count)
	s.postSingle = single
	s.postings = make([]uint32, count[len(count)-1])
	at := slices.Clone(count[:len(count)-1])
	rest := make([]uint32, len(single))
	for w := range rest {
		rest[w] = at[w] + single[w]
	}
	s.eachPosting(func(name, word uint32) {
		if s.nameBig[name] == 1 {
			s.postings[at[word]] = name
			at[word]++
		} else {
			s.postings[rest[word]] = name
			rest[word]++
		}
	})
}

// eachPosting calls f once for every findable word of every name.
func (s *segment) eachPosting(f func(name, word uint32)) {
	for n := range s.nameKind {
		ws := s.nameWords[s.nameFirst[n]:s.nameFirst[n+1]]
		for i, w := range ws {
			if findable(&s.words.tokens[w]) && !slices.Contains(ws[:i], w) {
				f(uint32(n), w)
			}
		}
	}
}

// joinWords builds the look-up of neighbouring words written as one.
func (s *segment) joinWords() {
	var buf, folded []byte
	for n := range s.nameKind {
		ws := s.nameWords[s.nameFirst[n]:s.nameFirst[n+1]]
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
	count := make([]uint32, len(s.nameKind)+1)
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
	for n := range s.nameKind {
		group := s.bearers[s.bearFirst[n]:s.bearFirst[n+1]]
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
		keys[e] = nearKey{hashText(s.ids.at(uint32(e)), 'i'), uint32(e)}
	}
	s.byID = sortKeys(keys)
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
	out.Kind = s.nameKind[n]
	out.Tokens = out.Tokens[:0]
	for _, w := range s.nameWords[s.nameFirst[n]:s.nameFirst[n+1]] {
		out.Tokens = append(out.Tokens, s.words.tokens[w])
	}
}

// rest fills everything but the names of an entry's record.
func (s *segment) rest(entry uint32, out *score.Record) {
	a := &s.attributes[entry]
	*out = score.Record{Kind: a.kind, Birth: a.birth, Sex: a.sex, Countries: s.countries[a.country], Names: out.Names[:0]}
	if a.more {
		m := s.more[entry]
		out.Documents, out.Phones, out.Emails, out.Place = m.Documents, m.Phones, m.Emails, m.Place
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
	for _, d := range r.Documents {
		out = append(out, hash64('d', d))
		if shape := norm.DocumentShape(d); len(d) >= 6 {
			out = append(out, hash64('s', shape))
		}
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

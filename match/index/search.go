package index

import (
	"cmp"
	"math"
	"slices"

	"clew/match/norm"
	"clew/match/score"
)

// Options say what a search wants. The zero Options want the ten best hits at
// the model's threshold, from all lists.
type Options struct {
	Limit      int      // how many hits; 0 is 10
	Min        float64  // the least score; 0 is the model's threshold
	Partitions []string // only these lists; none is all
}

// Hit is an entry that may be who was asked for.
type Hit struct {
	ID        string
	Partition string
	Score     float64
	entry     Entry
	at        place
}

// Hits are the answer to a search, best first; equal scores in the order of ids.
type Hits struct {
	Hits []Hit
	// Bounded says that more entries were worth looking at than a search looks
	// at: thousands of bearers of one name, or of names with one rare word.
	Bounded bool
}

// Bounds of the work of one search in one segment.
const (
	mostScored    = 320     // names compared in full
	mostBearers   = 2048    // bearers of one name that are weighed
	mostPostings  = 1 << 20 // postings read for one word of the query
	mostCandidate = 1 << 16 // names that one search takes notice of
	mostQueries   = 16      // names of the query that are searched
)

// Search finds entries like q.
func (x *Index) Search(q *score.Record, o Options) Hits {
	if o.Limit <= 0 {
		o.Limit = 10
	}
	if o.Min <= 0 {
		o.Min = x.model.Threshold
	}
	sr := x.pool.Get().(*searcher)
	defer x.pool.Put(sr)
	sr.begin(x.model, q, o)
	v := x.view.Load()
	for _, s := range v.segments {
		sr.segment(s)
	}
	for _, r := range v.recent {
		sr.one(r)
	}
	return sr.answer()
}

// Entry returns the entry of a hit, for its explanation.
func (h *Hit) Entry() *Entry {
	if h.at.segment != nil {
		h.entry = h.at.segment.entry(h.at.entry)
		h.at.segment = nil
	}
	return &h.entry
}

// searcher is the working memory of a search; it is used again and again so
// that a search allocates only its answer.
type searcher struct {
	model   *score.Model
	q       *score.Record
	o       Options
	least   float64 // score that a hit must have to be kept, rises as hits come in
	bounded bool
	weighed int // entries scored
	hits    []Hit
	reach   reach

	generation uint32
	words      []uint32 // by word: see stamp
	round      uint32
	seen       []uint32 // by word: round of the look-up that saw it
	names      []uint32 // by name: generation
	found      []uint32 // names in order of discovery
	joinedTo   int      // those before here were found by words run together
	// contradictable says that so low a score is wanted that a name with a
	// contradicted word can be a hit.
	contradictable bool
	ranked         []rankedName
	keys           []uint32
	run, runFold   []byte // words of the query run together, and their sound
	slots          [norm.MaxTokens]slot
	name           norm.Name
	record         score.Record
	allowed        []bool
}

type rankedName struct {
	name uint32
	rank int32
}

func (sr *searcher) begin(m *score.Model, q *score.Record, o Options) {
	sr.model, sr.q, sr.o, sr.least, sr.bounded, sr.weighed = m, q, o, o.Min, false, 0
	sr.hits = sr.hits[:0]
	sr.reach.begin(m, q, o.Min)
}

// next starts a new generation, so that nothing needs clearing.
func (sr *searcher) next(s *segment) {
	sr.generation++
	if sr.generation >= lastGeneration || sr.round > math.MaxUint32-64 || len(sr.words) < len(s.words.tokens) || len(sr.names) < s.count() {
		sr.generation, sr.round = 1, 0
		sr.words = make([]uint32, len(s.words.tokens))
		sr.seen = make([]uint32, len(s.words.tokens))
		sr.names = make([]uint32, s.count())
	}
	sr.found = sr.found[:0]
}

// segment searches one segment for every name of the query.
func (sr *searcher) segment(s *segment) {
	if !sr.wanted(s) {
		return
	}
	sr.exact(s)
	for i := range sr.q.Names[:min(len(sr.q.Names), mostQueries)] {
		sr.next(s)
		n := &sr.q.Names[i]
		used := sr.lookUp(s, n)
		sr.contradictable = sr.mayContradict()
		sr.collectJoined(s, n)
		sr.joinedTo = len(sr.found)
		sr.collect(s, used)
		sr.rank(s, used)
		sr.weigh(s, n)
	}
}

// mayContradict reports whether a name with a contradicted word can still reach
// the least score.
func (sr *searcher) mayContradict() bool {
	e := &sr.model.Evidence
	contradicted := sr.model.Name.Contradicted
	weight := e.NameSlope * (e.EvenPerson - float64(contradicted)) / 100
	return sr.model.Ceiling(score.NameEvidence{Distance: contradicted, Level: score.Different, Weight: weight}, sr.q) >= sr.o.Min
}

// wanted notes which partitions of the segment the search is for.
func (sr *searcher) wanted(s *segment) bool {
	sr.allowed = sr.allowed[:0]
	any := false
	for _, p := range s.partitions {
		ok := len(sr.o.Partitions) == 0 || slices.Contains(sr.o.Partitions, p)
		sr.allowed = append(sr.allowed, ok)
		any = any || ok
	}
	return any
}

// weigh compares the best names in full and scores those who bear them.
func (sr *searcher) weigh(s *segment, n *norm.Name) {
	for _, r := range sr.ranked {
		s.name(r.name, &sr.name)
		evidence := sr.model.CompareNames(n, &sr.name)
		if sr.model.Ceiling(evidence, sr.q) < sr.least {
			continue
		}
		sr.bearers(s, r.name, evidence)
	}
}

// bearers scores the entries with a name. Of very many, those born on the day
// asked for come first, then those of that year and the ones beside it, then
// those whose birth is not known, then the others.
func (sr *searcher) bearers(s *segment, name uint32, evidence score.NameEvidence) {
	group := s.bearers[s.bearFirst[name]:s.bearFirst[name+1]]
	if len(group) <= mostBearers {
		for _, e := range group {
			sr.score(s, e, evidence)
		}
		return
	}
	left := mostBearers
	take := func(part []uint32) {
		for _, e := range part[:min(left, len(part))] {
			sr.score(s, e, evidence)
		}
		left -= min(left, len(part))
	}
	if d := sr.q.Birth; d.Known() {
		year := int(d.Year) * 10000
		swapped := norm.Date{Year: d.Year, Month: d.Day, Day: d.Month}
		for _, day := range []int{dayNumber(d), dayNumber(swapped), year} { // the day, the other way round, the year alone
			take(s.born(group, day, day))
		}
		take(s.born(group, year, year+9999))
		take(s.born(group, year-10000, year-1))
		take(s.born(group, year+10000, year+19999))
	}
	take(s.born(group, 0, 9999))
	take(group)
	sr.bounded = true
}

// score scores one entry and keeps it when it is among the best.
func (sr *searcher) score(s *segment, e uint32, evidence score.NameEvidence) {
	if s.isDead(e) || !sr.allowed[s.attributes[e].partition] {
		return
	}
	sr.weighed++
	s.rest(e, &sr.record)
	r := sr.model.WithName(evidence, sr.q, &sr.record)
	v := r.Score
	if v < sr.least {
		return
	}
	if evidence.Distance == 0 && v < 1 {
		if entry := s.entry(e); score.Identical(sr.q, &entry.Record) {
			v = 1
		}
	}
	at := place{segment: s, entry: e}
	for i := range sr.hits {
		if h := &sr.hits[i]; h.at == at {
			h.Score = max(h.Score, v) // found by another of its names
			return
		}
	}
	sr.keep(Hit{Score: v, at: at})
}

// one scores an entry that is not in a segment yet.
func (sr *searcher) one(r *recent) {
	if r.dead.Load() || len(sr.o.Partitions) > 0 && !slices.Contains(sr.o.Partitions, r.Partition) {
		return
	}
	if result := sr.model.Compare(sr.q, &r.Record); result.Score >= sr.least {
		sr.keep(Hit{Score: result.Score, at: place{recent: r}})
	}
}

// keep adds a hit. When there are many more than wanted the worst go, and what
// comes later must be as good as the worst that stays.
func (sr *searcher) keep(h Hit) {
	sr.hits = append(sr.hits, h)
	if len(sr.hits) >= 4*sr.o.Limit+64 {
		sr.sort()
		sr.hits = sr.hits[:2*sr.o.Limit]
		sr.least = max(sr.least, sr.hits[len(sr.hits)-1].Score)
	}
}

func (sr *searcher) sort() {
	slices.SortFunc(sr.hits, func(a, b Hit) int {
		if a.Score != b.Score {
			return -cmp.Compare(a.Score, b.Score)
		}
		return cmp.Compare(a.at.id(), b.at.id())
	})
}

func (p place) id() string {
	if p.recent != nil {
		return p.recent.ID
	}
	return p.segment.ids.at(p.entry)
}

// answer returns the best hits, each id once.
func (sr *searcher) answer() Hits {
	sr.sort()
	out := Hits{Bounded: sr.bounded}
	for _, h := range sr.hits {
		h.ID = h.at.id()
		if h.at.recent != nil {
			h.Partition, h.entry = h.at.recent.Partition, h.at.recent.Entry
		} else {
			h.Partition = h.at.segment.partitions[h.at.segment.attributes[h.at.entry].partition]
		}
		if !slices.ContainsFunc(out.Hits, func(o Hit) bool { return o.ID == h.ID }) {
			out.Hits = append(out.Hits, h)
		}
		if len(out.Hits) == sr.o.Limit {
			break
		}
	}
	return out
}

// exact scores the entries that share a document, a telephone number or an
// e-mail address, whatever their names.
func (sr *searcher) exact(s *segment) {
	if len(s.documents) == 0 {
		return
	}
	for _, key := range exactKeys(sr.q) {
		i, _ := slices.BinarySearchFunc(s.documents, key, func(k exactKey, key uint64) int { return cmp.Compare(k.key, key) })
		for n := 0; i < len(s.documents) && s.documents[i].key == key; i, n = i+1, n+1 {
			if n == mostBearers {
				sr.bounded = true
				break
			}
			sr.exactEntry(s, s.documents[i].entry)
		}
	}
}

func (sr *searcher) exactEntry(s *segment, e uint32) {
	if s.isDead(e) || !sr.allowed[s.attributes[e].partition] {
		return
	}
	entry := s.entry(e)
	if r := sr.model.Compare(sr.q, &entry.Record); r.Score >= sr.least {
		at := place{segment: s, entry: e}
		if !slices.ContainsFunc(sr.hits, func(h Hit) bool { return h.at == at }) {
			sr.keep(Hit{Score: r.Score, at: at})
		}
	}
}

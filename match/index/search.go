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
	hits    []Hit

	generation uint32
	words      []uint32 // by word: generation<<12 | slot<<8 | cost
	round      uint32
	seen       []uint32 // by word: round of the look-up that saw it
	names      []uint32 // by name: generation
	found      []uint32 // names in order of discovery
	joinedFrom int      // those from here on were found by words run together
	// contradictable says that so low a score is wanted that a name with a
	// contradicted word can be a hit.
	contradictable bool
	ranked         []rankedName
	keys           []uint32
	slots          [norm.MaxTokens]slot
	name           norm.Name
	record         score.Record
	allowed        []bool
}

// slot is one word of the query and the words of the dictionary that are near.
type slot struct {
	token *norm.Token
	near  []uint32
	posts int
}

type rankedName struct {
	name uint32
	rank int32
}

func (sr *searcher) begin(m *score.Model, q *score.Record, o Options) {
	sr.model, sr.q, sr.o, sr.least, sr.bounded = m, q, o, o.Min, false
	sr.hits = sr.hits[:0]
}

// next starts a new generation, so that nothing needs clearing.
func (sr *searcher) next(s *segment) {
	sr.generation++
	if sr.generation >= 1<<20 || sr.round > math.MaxUint32-64 || len(sr.words) < len(s.words.tokens) || len(sr.names) < len(s.nameKind) {
		sr.generation, sr.round = 1, 0
		sr.words = make([]uint32, len(s.words.tokens))
		sr.seen = make([]uint32, len(s.words.tokens))
		sr.names = make([]uint32, len(s.nameKind))
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
		slots := sr.lookUp(s, n)
		sr.collect(s, slots)
		sr.joinedFrom = len(sr.found)
		sr.contradictable = sr.mayContradict()
		sr.collectJoined(s, n)
		sr.rank(s, slots)
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

// lookUp finds the dictionary's words near each word of the query, also for
// neighbouring words of the query run together. It returns how many slots are
// in use, the rarest first.
func (sr *searcher) lookUp(s *segment, n *norm.Name) int {
	used := 0
	for i := range n.Tokens {
		t := &n.Tokens[i]
		if !findable(t) || used == 15 {
			continue
		}
		sl := &sr.slots[used]
		sl.token, sl.near, sl.posts = t, sl.near[:0], 0
		sr.near(s, sl, t, used)
		if sl.posts == 0 && len(t.Text) <= 3 {
			continue // the list has no such word: it may be initials (JC)
		}
		used++
	}
	slices.SortStableFunc(sr.slots[:used], func(a, b slot) int { return cmp.Compare(a.posts, b.posts) })
	return used
}

// near fills a slot, from what the segment remembers of an earlier search for
// the same word if it can.
func (sr *searcher) near(s *segment, sl *slot, t *norm.Token, number int) {
	place := s.lately.place(t)
	if r := place.Load(); r != nil && r.is(t) {
		for i, w := range r.words {
			sr.stamp(s, sl, w, uint32(r.costs[i]), number)
		}
		return
	}
	costs := sr.lookNear(s, sl, t, number)
	if len(sl.near) <= longestRemembered {
		place.Store(&nearWords{t.Text, t.Orig, t.Role, slices.Clone(sl.near), costs})
	}
}

// stamp notes that a word of the dictionary is near word number of the query.
func (sr *searcher) stamp(s *segment, sl *slot, w, cost uint32, number int) {
	if stamp := sr.words[w]; stamp>>12 != sr.generation || stamp&255 > cost {
		sr.words[w] = sr.generation<<12 | uint32(number)<<8 | cost
	}
	sl.near = append(sl.near, w)
	sl.posts += int(s.postFirst[w+1] - s.postFirst[w])
}

// lookNear looks the words near t up and returns their costs.
func (sr *searcher) lookNear(s *segment, sl *slot, t *norm.Token, number int) (costs []uint8) {
	limit, letters := sr.model.Evidence.OtherName-1, score.LettersOf(t)
	sr.round++
	s.words.candidates(t, &sr.keys, func(w uint32) {
		if sr.seen[w] == sr.round {
			return
		}
		sr.seen[w] = sr.round
		if sr.model.Name.Unrelated(letters, s.words.letters[w]) {
			return
		}
		if c := sr.model.Name.Words(t, &s.words.tokens[w]); c <= limit {
			sr.stamp(s, sl, w, uint32(c), number)
			costs = append(costs, uint8(c))
		}
	})
	return costs
}

// collect gathers the names that could agree throughout. A name with no fewer
// words than the query must hold a word like the rarest one; a shorter name of
// two or more words must hold a word like one of all but the commonest; a name of one
// word may be like any.
func (sr *searcher) collect(s *segment, used int) {
	for i := range sr.slots[:used] {
		whole := i == 0 || i < used-1
		for _, w := range sr.slots[i].near {
			from, to := s.postFirst[w], s.postFirst[w+1]
			if !whole {
				to = from + s.postSingle[w]
			}
			if to-from > mostPostings {
				to, sr.bounded = from+mostPostings, true
			}
			sr.gather(s, s.postings[from:to], i, used)
		}
	}
}

// gather notes names. From the second slot on only names shorter than the query
// are new; the longer ones hold the rarest word or contradict it.
func (sr *searcher) gather(s *segment, names []uint32, slotIndex, used int) {
	for _, n := range names {
		if slotIndex > 0 && int(s.nameBig[n]) >= used || sr.names[n] == sr.generation {
			continue
		}
		sr.names[n] = sr.generation
		sr.found = append(sr.found, n)
	}
}

// collectJoined adds names in which words of the query stand joined, or parted.
func (sr *searcher) collectJoined(s *segment, n *norm.Name) {
	var buf, folded []byte
	for i := range n.Tokens {
		t := &n.Tokens[i]
		if len(t.Text) >= 5 && !t.Script.Vowelless() {
			sr.byJoinedKey(s, hashText(t.Fold, 'j'))
		}
		if i+1 == len(n.Tokens) {
			break
		}
		u := &n.Tokens[i+1]
		if len(t.Text)+len(u.Text) < 5 || !findable(t) && !findable(u) {
			continue
		}
		buf = append(append(buf[:0], t.Text...), u.Text...)
		folded = norm.AppendFold(folded[:0], buf)
		key := hashBytes(folded[:min(len(folded), prefix)], 'd')
		for _, k := range s.words.row(key) {
			if k.key == key && s.words.tokens[k.word].Fold == string(folded) {
				sr.gather(s, s.postings[s.postFirst[k.word]:s.postFirst[k.word+1]], 0, 0)
			}
		}
	}
}

func (sr *searcher) byJoinedKey(s *segment, key uint32) {
	i, _ := slices.BinarySearchFunc(s.joined, key, func(k nearKey, key uint32) int { return cmp.Compare(k.key, key) })
	for ; i < len(s.joined) && s.joined[i].key == key && len(sr.found) < mostCandidate; i++ {
		if n := s.joined[i].word; sr.names[n] != sr.generation {
			sr.names[n] = sr.generation
			sr.found = append(sr.found, n)
		}
	}
}

// rank orders the names found by a distance estimated from integer look-ups.
func (sr *searcher) rank(s *segment, used int) {
	sr.ranked = sr.ranked[:0]
	w := &sr.model.Name
	mend := sr.contradictable
	for i, n := range sr.found {
		sum, matched := 0, 0
		for _, word := range s.nameWords[s.nameFirst[n]:s.nameFirst[n+1]] {
			stamp := sr.words[word]
			if stamp>>12 != sr.generation {
				continue
			}
			matched++
			sum += int(stamp & 255)
		}
		size := int(s.nameBig[n])
		missing := min(size, used) - matched
		if missing > 0 && !mend && i < sr.joinedFrom {
			continue // a word contradicts, and not because words are run together
		}
		omitted := max(size, used) - min(size, used)
		rank := sum + max(missing, 0)*w.Contradicted + omitted*w.Omitted
		sr.ranked = append(sr.ranked, rankedName{n, int32(rank)})
	}
	if len(sr.ranked) > mostScored {
		sr.bestRanked()
	}
	slices.SortFunc(sr.ranked, func(a, b rankedName) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return cmp.Compare(a.name, b.name)
	})
}

// bestRanked keeps the mostScored best, by counting.
func (sr *searcher) bestRanked() {
	const top = 512
	var count [top + 1]int
	for _, r := range sr.ranked {
		count[min(int(r.rank), top)]++
	}
	limit, n := 0, 0
	for limit < top && n+count[limit] <= mostScored {
		n += count[limit]
		limit++
	}
	kept := sr.ranked[:0]
	for _, r := range sr.ranked {
		if int(r.rank) < limit || int(r.rank) == limit && len(kept) < mostScored {
			kept = append(kept, r)
		}
	}
	if limit < sr.model.Name.Contradicted {
		sr.bounded = true
	}
	sr.ranked = kept
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

package link

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"clew/match/score"
)

// Options vary a linkage. The zero Options are the defaults.
type Options struct {
	// Threshold is the chance of a match from which a pair is one; 0 is 0.5.
	Threshold float64
	// Progress is told the share of the work that is done, in order; it may be nil.
	Progress func(stage string, done float64)
	// Workers is how many cores are used; 0 is all.
	Workers int
}

// Linker gathers records and links them.
type Linker struct {
	model   *score.Model
	options Options
	r       records
}

// New returns a linker for records of the given fields.
func New(model *score.Model, fields []Field, o Options) (*Linker, error) {
	if len(fields) == 0 || len(fields) > maxFields {
		return nil, fmt.Errorf("link: between 1 and %d fields are needed, not %d", maxFields, len(fields))
	}
	if o.Threshold == 0 {
		o.Threshold = 0.5
	}
	if !(o.Threshold > 0 && o.Threshold < 1) {
		return nil, fmt.Errorf("link: threshold must be between 0 and 1")
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	l := &Linker{model: model, options: o}
	for _, f := range fields {
		l.r.columns = append(l.r.columns, newColumn(f))
	}
	return l, nil
}

// Add takes the next record: the values in the order of the fields. Records are
// known by their number, from 0.
func (l *Linker) Add(values []string) {
	for i, c := range l.r.columns {
		v := ""
		if i < len(values) {
			v = values[i]
		}
		c.add(v)
	}
	l.r.n++
}

// Len returns how many records were added.
func (l *Linker) Len() int { return l.r.n }

// Edge is a pair that is a match.
type Edge struct {
	A, B   uint32
	Weight float32 // natural logarithm of the odds
}

// Score returns the chance of a match.
func (e Edge) Score() float64 { return 1 / (1 + math.Exp(-float64(e.Weight))) }

// Result is what was found.
type Result struct {
	Cluster []uint32 // by record; numbered from 0 in the order of their first records
	Size    []uint32 // by cluster
	Edges   []Edge   // the matching pairs, by record numbers
	Blocks  []Block
	Weights Weights
	Pairs   int64 // pairs compared
	// Refused is how many times two groups were kept apart although one pair
	// between them matched, because their other pairs did not.
	Refused int
	// Missed estimates the share of true pairs that no rule proposes, from how the
	// rules overlap on likely matches.
	Missed float64

	records *records
	model   *score.Model
}

// Link finds the clusters.
func (l *Linker) Link(ctx context.Context) (*Result, error) {
	r := &l.r
	for _, c := range r.columns {
		c.finish()
	}
	if r.n == 0 {
		return &Result{records: r, model: l.model}, nil
	}
	r.prepare()
	res := &Result{Blocks: l.block(), records: r, model: l.model}
	l.tell("blocked", 1)
	res.Weights = learnU(r, l.model)
	counts, err := l.count(ctx, res)
	if err != nil {
		return nil, err
	}
	res.Weights.learnM(counts, float64(r.n)*float64(r.n-1)/2, r)
	l.tell("learnt", 1)
	if err := l.score(ctx, res); err != nil {
		return nil, err
	}
	l.cluster(res)
	return res, nil
}

func (l *Linker) tell(stage string, done float64) {
	if l.options.Progress != nil {
		l.options.Progress(stage, done)
	}
}

// block applies the rules, all cores at work.
func (l *Linker) block() []Block {
	rules := l.r.rules()
	blocks := make([]Block, len(rules))
	l.each(len(rules), func(_, i int) { blocks[i] = l.r.block(rules[i]) })
	return blocks
}

// each runs f for 0 to n-1 on all workers.
func (l *Linker) each(n int, f func(worker, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range min(l.options.Workers, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(w, i)
			}
		}()
	}
	wg.Wait()
}

// ratios holds the logarithms of the likelihood ratios.
type ratios [][levels]float64

func (w *Weights) ratios() ratios {
	out := make(ratios, len(w.Fields))
	for f := range w.Fields {
		for l := range out[f] {
			out[f][l] = math.Log(w.Fields[f].M[l] / w.Fields[f].U[l])
		}
	}
	return out
}

// scorer is the working memory of one worker.
type scorer struct {
	c       *comparer
	edges   []Edge
	pairs   int64
	covered []float64 // by rule: likely matches that it proposes
	likely  float64
}

// likelyMatch is the weight from which a pair counts for the estimate of recall.
const likelyMatch = 4.6 // 99 in 100

// eachPair calls f once with every proposed pair and the first rule that
// proposes it.
func (l *Linker) eachPair(ctx context.Context, res *Result, stage string, f func(worker, rule int, x, y uint32)) error {
	for k := range res.Blocks {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("link: %w", err)
		}
		b := &res.Blocks[k]
		chunks := b.chunks()
		l.each(len(chunks), func(w, i int) {
			b.pairsIn(chunks[i], func(x, y uint32) {
				for e := range k {
					if res.Blocks[e].proposes(x, y) {
						return
					}
				}
				f(w, k, x, y)
			})
		})
		l.tell(stage, float64(k+1)/float64(len(res.Blocks)))
	}
	return nil
}

// learnPairs is about how many pairs are counted to learn m.
const learnPairs = 4_000_000

// count counts the patterns of the proposed pairs; of very many, those of every
// so many-th record stand for the others.
func (l *Linker) count(ctx context.Context, res *Result) (map[pattern]float64, error) {
	total := int64(0)
	for i := range res.Blocks {
		total += res.Blocks[i].Pairs
	}
	every := uint32(total/learnPairs + 1)
	comparers := make([]*comparer, l.options.Workers)
	counts := make([]map[pattern]float64, l.options.Workers)
	for i := range counts {
		comparers[i], counts[i] = newComparer(&l.r, l.model), map[pattern]float64{}
	}
	err := l.eachPair(ctx, res, "learning", func(w, _ int, x, y uint32) {
		if (x+y)%every == 0 {
			var p pattern
			comparers[w].compare(x, y, &p)
			counts[w][p] += float64(every)
		}
	})
	for _, more := range counts[1:] {
		for p, n := range more {
			counts[0][p] += n
		}
	}
	return counts[0], err
}

// score weighs every proposed pair.
func (l *Linker) score(ctx context.Context, res *Result) error {
	table, prior := res.Weights.ratios(), res.Weights.start()
	least := float32(math.Log(l.options.Threshold / (1 - l.options.Threshold)))
	workers := make([]scorer, l.options.Workers)
	for i := range workers {
		workers[i] = scorer{c: newComparer(&l.r, l.model), covered: make([]float64, len(res.Blocks))}
	}
	err := l.eachPair(ctx, res, "scoring", func(w, k int, x, y uint32) { workers[w].pair(res, table, prior, k, x, y, least) })
	res.gather(workers)
	return err
}

// gather puts the workers' findings together, in an order that does not depend
// on them.
func (res *Result) gather(workers []scorer) {
	likely, covered := 0.0, make([]float64, len(res.Blocks))
	for i := range workers {
		res.Edges = append(res.Edges, workers[i].edges...)
		res.Pairs += workers[i].pairs
		likely += workers[i].likely
		for k, n := range workers[i].covered {
			covered[k] += n
		}
	}
	res.Missed = 1
	for k := range covered {
		res.Blocks[k].Covered = covered[k] / math.Max(likely, 1)
		res.Missed *= 1 - res.Blocks[k].Covered
	}
	slices.SortFunc(res.Edges, func(a, b Edge) int {
		switch {
		case a.Weight != b.Weight:
			return btoi(a.Weight < b.Weight)*2 - 1
		case a.A != b.A:
			return int(a.A) - int(b.A)
		}
		return int(a.B) - int(b.B)
	})
}

// pair weighs one pair.
func (s *scorer) pair(res *Result, table ratios, prior float64, k int, x, y uint32, least float32) {
	s.pairs++
	weight := prior + s.weight(table, x, y)
	if float32(weight) >= least {
		s.edges = append(s.edges, Edge{min(x, y), max(x, y), float32(weight)})
	}
	if weight >= likelyMatch {
		s.likely++
		for e := k; e < len(res.Blocks); e++ {
			if res.Blocks[e].proposes(x, y) {
				s.covered[e]++
			}
		}
	}
}

// weight adds up the fields. A value that is the same counts by how common that
// value is, not by how common values are.
func (s *scorer) weight(table ratios, x, y uint32) float64 {
	var p pattern
	s.c.compare(x, y, &p)
	siblings, sum := s.c.r.siblings(&p, x)
	for f, col := range s.c.r.columns {
		l := p[f]
		if l == missing {
			continue
		}
		w := s.fieldWeight(table, f, l, col.of[x], col.of[y])
		if siblings && w > 0 && s.c.r.household(f) {
			continue
		}
		sum += w
	}
	return sum
}

// twins is the share of people who were born together with another.
const twins = 0.03

// likeSiblings reports whether a pair looks like twins: another given name, the
// same family name and date of birth.
func (r *records) likeSiblings(p *pattern) bool {
	given, family, birth := r.first(Given), r.first(Family), r.first(Birth)
	return given >= 0 && family >= 0 && birth >= 0 && p[given] == levelDifferent && p[family] <= levelClose && p[birth] <= levelClose
}

// siblings adds what looking like twins takes from the weight: chance alone
// would hardly make such pairs, but families do.
func (r *records) siblings(p *pattern, x uint32) (bool, float64) {
	if !r.likeSiblings(p) {
		return false, 0
	}
	family := r.columns[r.first(Family)]
	return true, r.siblingWeight(math.Max(family.values[family.of[x]].share, 1/float64(r.n)))
}

// siblingWeight compares how many twins there are in the file with how many
// strangers share a family name, of the given share, and a date of birth.
func (r *records) siblingWeight(share float64) float64 {
	return -math.Log1p(twins / (float64(r.n) * share * r.columns[r.first(Birth)].same))
}

// household says which fields brothers and sisters share: addresses and the
// like, and codes unless they are nearly unique to a person.
func (r *records) household(f int) bool {
	switch c := r.columns[f]; c.Kind {
	case Text, Exact:
		return true
	case Code:
		return !c.unique
	}
	return false
}

// first returns the first column of a kind, or -1.
func (r *records) first(k Kind) int {
	for i, c := range r.columns {
		if c.Kind == k {
			return i
		}
	}
	return -1
}

// fieldWeight is what one field says.
func (s *scorer) fieldWeight(table ratios, f int, l uint8, a, b uint32) float64 {
	weight, col := table[f][l], s.c.r.columns[f]
	switch {
	case l == levelSame && a == b:
		weight += s.c.r.frequency(f, a)
	case l == levelClose || l == levelNear:
		weight += col.bothCommon(a, b)
	}
	return weight
}

// misspelt is how often, at most, one mistake is made of a word.
const misspelt = 0.02

// bothCommon is the correction for two values that are alike: a misspelling is
// rare beside the word it comes from, so where both are common they are two
// words (Schmitt and Schmidt), however alike.
func (c *column) bothCommon(a, b uint32) float64 {
	if c.Kind != Given && c.Kind != Family && c.Kind != Full && c.Kind != Text {
		return 0
	}
	rare, common := float64(c.values[a].count), float64(c.values[b].count)
	if rare > common {
		rare, common = common, rare
	}
	return math.Max(-4, -math.Log(math.Max(1, rare/(1+misspelt*common))))
}

// frequency is the correction for how common a value is, bounded: a single
// occurrence says little about the population.
func (r *records) frequency(f int, v uint32) float64 {
	col := r.columns[f]
	if col.Kind == Birth || col.Kind == Exact {
		return 0
	}
	share := math.Max(col.values[v].share, 2/float64(r.n+2))
	return math.Max(-4, math.Min(4, math.Log(col.same/share)))
}

// chunk is a part of a block's order that holds whole groups.
type chunk struct{ from, to int }

// chunks parts the groups of a block so that all cores have work.
func (b *Block) chunks() (out []chunk) {
	const size = 4096
	start := 0
	for start < len(b.order) {
		end := min(start+size, len(b.order))
		for end < len(b.order) && b.keys[b.order[end]] == b.keys[b.order[end-1]] {
			end++
		}
		out = append(out, chunk{start, end})
		start = end
	}
	return out
}

// pairsIn calls f with the pairs of a chunk.
func (b *Block) pairsIn(c chunk, f func(x, y uint32)) {
	part := Block{keys: b.keys, order: b.order[c.from:c.to]}
	part.groups(func(g []uint32) {
		for i := range g {
			for j := i + 1; j < len(g); j++ {
				f(g[i], g[j])
			}
		}
	})
}

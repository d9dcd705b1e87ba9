package index

import (
	"runtime"
	"sync"
	"sync/atomic"

	"clew/match/score"
)

// Index is a searchable set of entries. All methods may be called at the same
// time from any number of goroutines.
type Index struct {
	model *score.Model
	view  atomic.Pointer[view]

	mu      sync.Mutex // held by changes, never by searches
	merging bool
	merged  sync.WaitGroup
	pool    sync.Pool
}

// view is what one search sees.
type view struct {
	segments []*segment
	recent   []*recent // newest last; searched one by one
}

// recent is an entry that is not in a segment yet.
type recent struct {
	Entry
	dead atomic.Bool
}

// place says where the current version of an entry is.
type place struct {
	segment *segment
	entry   uint32
	recent  *recent
}

// Sizes of the parts of an index that change.
const (
	mostRecent = 256 // entries searched one by one before they become a segment
	mergeRatio = 4   // a segment is merged with a later one that is a quarter of its size
	mostParts  = 12
)

// New returns an empty index that scores with the given model.
func New(model *score.Model) *Index {
	x := &Index{model: model}
	x.view.Store(&view{})
	x.pool.New = func() any { return &searcher{} }
	return x
}

// Build returns an index of many entries, made on all cores. Of entries with
// one id the last counts.
func Build(model *score.Model, entries []Entry) *Index {
	x := New(model)
	b := newBuilder()
	for i := range entries {
		b.add(&entries[i])
	}
	x.view.Store(&view{segments: []*segment{b.finish()}})
	return x
}

// Builder makes an index of a stream of entries, normalising them on all cores
// while they are read.
type Builder struct {
	model *score.Model
	b     *builder
	jobs  chan job
	done  chan struct{}
	order chan chan []Entry
	batch []RawEntry
}

// RawEntry is an entry as it was written.
type RawEntry struct {
	ID, Partition string
	score.Input
}

type job struct {
	raw []RawEntry
	out chan []Entry
}

// batchSize is how many entries are normalised at a time.
const batchSize = 1024

// NewBuilder returns a builder; Finish must be called.
func NewBuilder(model *score.Model) *Builder {
	workers := runtime.GOMAXPROCS(0)
	b := &Builder{model: model, b: newBuilder(), jobs: make(chan job, workers), order: make(chan chan []Entry, 2*workers), done: make(chan struct{})}
	for range workers {
		go func() {
			for j := range b.jobs {
				out := make([]Entry, len(j.raw))
				for i := range j.raw {
					out[i] = Entry{ID: j.raw[i].ID, Partition: j.raw[i].Partition, Record: score.NewRecord(j.raw[i].Input)}
				}
				j.out <- out
			}
		}()
	}
	go b.collect()
	return b
}

// collect adds batches in the order in which they were read.
func (b *Builder) collect() {
	for out := range b.order {
		for _, e := range <-out {
			b.b.add(&e)
		}
	}
	close(b.done)
}

// Add takes an entry.
func (b *Builder) Add(e RawEntry) {
	b.batch = append(b.batch, e)
	if len(b.batch) == batchSize {
		b.send()
	}
}

func (b *Builder) send() {
	out := make(chan []Entry, 1)
	b.order <- out
	b.jobs <- job{b.batch, out}
	b.batch = make([]RawEntry, 0, batchSize)
}

// Finish returns the index of everything added.
func (b *Builder) Finish() *Index {
	b.send()
	close(b.jobs)
	close(b.order)
	<-b.done
	s := b.b.finish()
	x := New(b.model)
	x.view.Store(&view{segments: []*segment{s}})
	return x
}

// Len returns how many entries there are.
func (x *Index) Len() int {
	v := x.view.Load()
	n := 0
	for _, s := range v.segments {
		n += int(s.alive.Load())
	}
	for _, r := range v.recent {
		if !r.dead.Load() {
			n++
		}
	}
	return n
}

// Put adds an entry, or replaces the one with its id. A search that begins
// after Put returned sees it.
func (x *Index) Put(e Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	v := x.view.Load()
	old, replaced := v.find(e.ID)
	r := &recent{Entry: e}
	next := &view{segments: v.segments, recent: append(v.recent, r)}
	x.view.Store(next)
	if replaced {
		old.kill()
	}
	if len(next.recent) >= mostRecent {
		x.settle(next)
	}
}

// Remove takes an entry out and reports whether it was there.
func (x *Index) Remove(id string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	old, ok := x.view.Load().find(id)
	if ok {
		old.kill()
	}
	return ok
}

func (p place) kill() {
	if p.recent != nil {
		p.recent.dead.Store(true)
	} else {
		p.segment.kill(p.entry)
	}
}

// find returns where the living entry with an id is.
func (v *view) find(id string) (place, bool) {
	for i := len(v.recent) - 1; i >= 0; i-- {
		if r := v.recent[i]; r.ID == id && !r.dead.Load() {
			return place{recent: r}, true
		}
	}
	for i := len(v.segments) - 1; i >= 0; i-- {
		if e, ok := v.segments[i].find(id); ok {
			return place{segment: v.segments[i], entry: e}, true
		}
	}
	return place{}, false
}

// settle makes a segment of the recent entries and starts a merge when there
// are many segments. The caller holds mu.
func (x *Index) settle(v *view) {
	b := newBuilder()
	for _, r := range v.recent {
		if !r.dead.Load() {
			b.add(&r.Entry)
		}
	}
	s := b.finish()
	segments := append(append([]*segment(nil), v.segments...), s)
	x.view.Store(&view{segments: segments})
	x.startMerge(segments)
}

// startMerge merges the last segments in the background, as long as the one
// before is not much larger.
func (x *Index) startMerge(segments []*segment) {
	from := len(segments) - 1
	size := len(segments[from].attributes)
	for from > 0 && (len(segments[from-1].attributes) <= mergeRatio*size || len(segments) > mostParts && from > len(segments)-3) {
		from--
		size += len(segments[from].attributes)
	}
	if x.merging || len(segments)-from < 3 {
		return
	}
	x.merging = true
	x.merged.Add(1)
	go x.merge(segments[from:])
}

// merge replaces neighbouring segments by one that holds their living entries.
// What changes while it works is carried over at the end.
func (x *Index) merge(old []*segment) {
	defer x.merged.Done()
	b := newBuilder()
	var from []place
	for _, s := range old {
		for e := range s.attributes {
			if !s.isDead(uint32(e)) {
				entry := s.entry(uint32(e))
				b.add(&entry)
				from = append(from, place{segment: s, entry: uint32(e)})
			}
		}
	}
	merged := b.finish()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.merging = false
	for i, p := range from {
		if p.segment.isDead(p.entry) {
			merged.kill(uint32(i))
		}
	}
	v := x.view.Load()
	var segments []*segment
	for _, s := range v.segments {
		if s == old[0] {
			segments = append(segments, merged)
		} else if !contains(old, s) {
			segments = append(segments, s)
		}
	}
	x.view.Store(&view{segments: segments, recent: v.recent})
}

func contains(list []*segment, s *segment) bool {
	for _, o := range list {
		if o == s {
			return true
		}
	}
	return false
}

// Wait returns when no merge is under way.
func (x *Index) Wait() { x.merged.Wait() }

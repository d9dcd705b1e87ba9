package link

import (
	"slices"
	"strings"

	"clew/match/norm"
)

// Rule proposes pairs: records whose keys are equal.
type Rule struct {
	Name string
	key  func(r *records, i int) uint64
}

// Block is what a rule did.
type Block struct {
	Rule
	Pairs   int64 // proposed
	Skipped int64 // not proposed: their blocks were too large
	Covered float64
	keys    []uint64 // by record; 0 is no key
	order   []uint32 // records by key
	large   int      // largest block that is paired
}

// records are the columns of a file.
type records struct {
	n       int
	columns []*column
	// forms by value of each column, for keys.
	sound, short, bones [][]uint64
}

func hash(parts ...uint64) uint64 {
	h := uint64(14695981039346656037)
	for _, p := range parts {
		if p == 0 {
			return 0 // a missing part: no key
		}
		h = (h ^ p) * 1099511628211
		h ^= h >> 29
	}
	h *= 0xbf58476d1ce4e5b9
	return h ^ h>>32 | 1
}

func hashText(s string) uint64 {
	if s == "" {
		return 0
	}
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h | 1
}

// prepare computes the forms of every distinct value that keys are made of.
func (r *records) prepare() {
	for f, c := range r.columns {
		c.unique = r.nearlyUnique(f)
		sound, short, bones := make([]uint64, len(c.values)), make([]uint64, len(c.values)), make([]uint64, len(c.values))
		for i := range c.values {
			v := &c.values[i]
			if i == 0 || v.raw == "" {
				continue
			}
			full, first, key := formsOf(c.Kind, v)
			sound[i], short[i], bones[i] = hashText(full), hashText(first), hashText(key)
		}
		r.sound, r.short, r.bones = append(r.sound, sound), append(r.short, short), append(r.bones, bones)
	}
}

// formsOf returns how a value sounds, a short form, and a coarse one.
func formsOf(k Kind, v *value) (full, short, bones string) {
	switch k {
	case Given, Family, Full:
		var b strings.Builder
		for i := range v.name.Tokens {
			b.WriteString(v.name.Tokens[i].Fold)
		}
		full = b.String()
		if full == "" {
			return v.raw, v.raw, v.raw
		}
		return full, full[:1], norm.Consonants(full)
	case Birth:
		if len(v.raw) == 8 {
			return v.raw, v.raw[:4], v.raw[4:]
		}
		return v.raw, v.raw[:min(4, len(v.raw))], v.raw
	}
	return v.raw, v.raw[:min(4, len(v.raw))], v.raw
}

func (r *records) soundOf(col, i int) uint64 { return r.sound[col][r.columns[col].of[i]] }
func (r *records) shortOf(col, i int) uint64 { return r.short[col][r.columns[col].of[i]] }
func (r *records) bonesOf(col, i int) uint64 { return r.bones[col][r.columns[col].of[i]] }

// rules proposes blocking rules for the fields there are, the best first. None
// rests on a single field that is not nearly unique, and every field is left
// out by some rule, so that a mistake in one field does not hide a pair.
func (r *records) rules() (out []Rule) {
	by := map[Kind][]int{}
	for i, c := range r.columns {
		by[c.Kind] = append(by[c.Kind], i)
	}
	add := func(name string, key func(*records, int) uint64) {
		out = append(out, Rule{name, key})
	}
	for _, d := range by[Birth] {
		for _, g := range by[Given] {
			add("birth date and initial of given name", func(r *records, i int) uint64 { return hash(r.soundOf(d, i), r.shortOf(g, i)) })
		}
		for _, f := range append(slices.Clone(by[Family]), by[Full]...) {
			add("birth date and initial of family name", func(r *records, i int) uint64 { return hash(r.soundOf(d, i), r.shortOf(f, i)) })
			add("family name and year of birth", func(r *records, i int) uint64 { return hash(r.bonesOf(f, i), r.shortOf(d, i)) })
			add("family name and day of birth", func(r *records, i int) uint64 { return hash(r.bonesOf(f, i), r.bonesOf(d, i)) })
		}
		for _, g := range by[Given] {
			add("given name and year of birth", func(r *records, i int) uint64 { return hash(r.soundOf(g, i), r.shortOf(d, i)) })
			add("given name and day of birth", func(r *records, i int) uint64 { return hash(r.soundOf(g, i), r.bonesOf(d, i)) })
		}
	}
	for _, g := range by[Given] {
		for _, f := range by[Family] {
			add("both names in either order", func(r *records, i int) uint64 {
				a, b := r.bonesOf(g, i), r.bonesOf(f, i)
				return hash(min(a, b), max(a, b))
			})
		}
	}
	for _, f := range by[Full] {
		add("name", func(r *records, i int) uint64 { return hash(r.bonesOf(f, i)) })
	}
	out = append(out, r.otherRules(by)...)
	if r.n > smallFile {
		return out
	}
	for _, k := range []Kind{Birth, Family, Given, Full} { // a small file can afford one field alone
		for _, c := range by[k] {
			add(r.columns[c].Name+" alone", func(r *records, i int) uint64 { return hash(r.bonesOf(c, i), r.columns[c].aloneKey(k, i)) })
		}
	}
	return out
}

// smallFile is how many records a file may have for single fields to be rules.
const smallFile = 100_000

// aloneKey is the whole date for dates, where bones are the day only.
func (c *column) aloneKey(k Kind, i int) uint64 {
	if k != Birth {
		return 1
	}
	return hashText(c.values[c.of[i]].raw)
}

// otherRules use addresses and codes: alone where they are nearly unique, else
// with a name or with each other.
func (r *records) otherRules(by map[Kind][]int) (out []Rule) {
	others := append(slices.Clone(by[Code]), by[Text]...)
	names := append(append(slices.Clone(by[Given]), by[Family]...), by[Full]...)
	for _, c := range others {
		if r.columns[c].unique {
			out = append(out, Rule{r.columns[c].Name, func(r *records, i int) uint64 { return hash(r.soundOf(c, i)) }})
			continue
		}
		for _, n := range names {
			out = append(out, Rule{r.columns[c].Name + " and " + r.columns[n].Name, func(r *records, i int) uint64 { return hash(r.soundOf(c, i), r.bonesOf(n, i)) }})
		}
		for _, d := range by[Birth] {
			out = append(out, Rule{r.columns[c].Name + " and day of birth", func(r *records, i int) uint64 { return hash(r.soundOf(c, i), r.bonesOf(d, i)) }})
		}
	}
	return out
}

// nearlyUnique reports whether few records share a value of a column.
func (r *records) nearlyUnique(c int) bool {
	col := r.columns[c]
	var pairs, known float64
	for _, v := range col.values[1:] {
		pairs += float64(v.count) * float64(v.count-1) / 2
		known += float64(v.count)
	}
	return known > 0 && pairs/known < 3
}

// Bounds of blocking.
const (
	pairsPerRecord = 20   // of one rule; a rule that wants more gets only its small blocks
	largestBlock   = 5000 // records with one key that are ever paired
)

// block applies a rule: records sorted by key, and the largest block that keeps
// the number of pairs linear in the records.
func (r *records) block(rule Rule) Block {
	b := Block{Rule: rule, keys: make([]uint64, r.n)}
	for i := range b.keys {
		b.keys[i] = rule.key(r, i)
	}
	for i, k := range b.keys {
		if k != 0 {
			b.order = append(b.order, uint32(i))
		}
	}
	slices.SortFunc(b.order, func(x, y uint32) int {
		if b.keys[x] != b.keys[y] {
			if b.keys[x] < b.keys[y] {
				return -1
			}
			return 1
		}
		return int(x) - int(y)
	})
	sizes := map[int]int64{}
	b.groups(func(g []uint32) { sizes[len(g)]++ })
	budget := int64(pairsPerRecord) * int64(max(r.n, 5000))
	for _, size := range sortedSizes(sizes) {
		pairs := sizes[size] * int64(size) * int64(size-1) / 2
		if size > largestBlock || b.Pairs+pairs > budget || b.Skipped > 0 {
			b.Skipped += pairs
			continue
		}
		b.Pairs += pairs
		b.large = size
	}
	b.dropLarge()
	return b
}

// dropLarge takes the keys of blocks that are too large away, so that they
// propose nothing.
func (b *Block) dropLarge() {
	if b.Skipped == 0 {
		return
	}
	b.groups(func(g []uint32) {
		if len(g) > b.large {
			for _, i := range g {
				b.keys[i] = 0
			}
		}
	})
	b.order = slices.DeleteFunc(b.order, func(i uint32) bool { return b.keys[i] == 0 })
}

func sortedSizes(sizes map[int]int64) (out []int) {
	for s := range sizes {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// groups calls f with every group of two or more records of one key.
func (b *Block) groups(f func(g []uint32)) {
	for from := 0; from < len(b.order); {
		to := from + 1
		for to < len(b.order) && b.keys[b.order[to]] == b.keys[b.order[from]] {
			to++
		}
		if to-from > 1 {
			f(b.order[from:to])
		}
		from = to
	}
}

// proposes reports whether the block proposes a pair.
func (b *Block) proposes(x, y uint32) bool { return b.keys[x] != 0 && b.keys[x] == b.keys[y] }

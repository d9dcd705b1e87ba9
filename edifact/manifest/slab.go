package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// Slab hands out values and lists that share large allocations: a list of ten
// thousand persons has ten thousand short lists of documents, and one allocation
// each would cost more than reading them.
type Slab[T any] struct {
	buf   []T   // the open chunk
	start int   // where the open list begins in it
	full  [][]T // the chunks that a long list has filled before it
	size  int   // the values in these
}

// maxChunk bounds the values of one allocation.
const maxChunk = 1024

// longList is from where on a list keeps the chunks it has filled until it is
// taken: moving it at every chunk would copy it many times over.
const longList = 256

// chunk is how many values the next allocation holds.
func chunk[T any](last []T) int { return max(4, min(maxChunk, 2*cap(last))) }

// Add appends to the list that Take will return.
func (s *Slab[T]) Add(v T) *T {
	p := s.next()
	*p = v
	return p
}

// next appends a zero value to the open list.
func (s *Slab[T]) next() *T {
	if len(s.buf) == cap(s.buf) {
		s.turn()
	}
	s.buf = s.buf[:len(s.buf)+1]
	return &s.buf[len(s.buf)-1]
}

// turn begins a new chunk.
func (s *Slab[T]) turn() {
	list := s.buf[s.start:]
	if len(list) >= longList {
		s.full, s.size = append(s.full, list), s.size+len(list)
		list = nil
	}
	buf := make([]T, len(list), max(2*len(list), chunk(s.buf)))
	copy(buf, list)
	s.buf, s.start = buf, 0
}

// New returns a zero value that belongs to no list.
func (s *Slab[T]) New() *T {
	p := s.next()
	s.start = len(s.buf)
	return p
}

// Last returns the last value added since Take, or nil.
func (s *Slab[T]) Last() *T {
	switch {
	case len(s.buf) > s.start:
		return &s.buf[len(s.buf)-1]
	case len(s.full) > 0:
		list := s.full[len(s.full)-1]
		return &list[len(list)-1]
	}
	return nil
}

// Len returns how many values were added since Take.
func (s *Slab[T]) Len() int { return s.size + len(s.buf) - s.start }

// Take returns what was added since the last Take; nil when nothing was.
func (s *Slab[T]) Take() []T {
	if len(s.buf) == s.start && len(s.full) == 0 {
		return nil
	}
	list := s.buf[s.start:len(s.buf):len(s.buf)]
	s.start = len(s.buf)
	if len(s.full) > 0 {
		list = slices.Concat(append(s.full, list)...)
		s.full, s.size = nil, 0
	}
	return list
}

// Arena does for lists that are kept elsewhere what Slab does for one at a time.
type Arena[T any] struct{ buf []T }

// Append returns list with v behind it, as append does. A list that grows while
// no other does grows in place.
func (a *Arena[T]) Append(list []T, v T) []T {
	n, room := len(list), len(a.buf) < cap(a.buf)
	switch {
	case cap(list) > n:
		return append(list, v)
	case room && a.endsWith(list):
	case n >= longList || n >= 4 && room:
		// A list of its own, which grows by doubling: append alone would copy a
		// very long one five times over.
		return append(slices.Grow(list, n), v)
	default:
		if len(a.buf)+n >= cap(a.buf) {
			a.buf = make([]T, 0, max(2*n, chunk(a.buf)))
		}
		a.buf = append(a.buf, list...)
	}
	a.buf = append(a.buf, v)
	return a.buf[len(a.buf)-n-1 : len(a.buf) : len(a.buf)]
}

// endsWith reports whether list is what the open chunk ends with.
func (a *Arena[T]) endsWith(list []T) bool {
	n := len(list)
	return n > 0 && n <= len(a.buf) && &a.buf[len(a.buf)-n] == &list[0]
}

// Texts makes strings that share large allocations.
type Texts struct {
	b    strings.Builder
	size int
}

// maxTexts bounds one allocation of Texts.
const maxTexts = 16 << 10

// Join returns the parts with sep between them.
func (t *Texts) Join(sep string, parts ...string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	n := len(sep) * max(0, len(parts)-1)
	for _, p := range parts {
		n += len(p)
	}
	switch {
	case n == 0:
		return ""
	case n > maxTexts/4:
		return strings.Join(parts, sep)
	}
	from := t.room(n)
	for i, p := range parts {
		if i > 0 {
			t.b.WriteString(sep)
		}
		t.b.WriteString(p)
	}
	return t.b.String()[from:]
}

// room makes room for n bytes and returns where they will begin. What a Builder
// has given out stays as it is while it writes on behind it.
func (t *Texts) room(n int) int {
	if t.b.Cap()-t.b.Len() < n {
		t.size = max(256, min(maxTexts, 2*t.size))
		t.b = strings.Builder{}
		t.b.Grow(max(n, t.size))
	}
	return t.b.Len()
}

// NextTag returns the bag tag that is i places after tag: its trailing digits
// counted on, their width kept.
func (t *Texts) NextTag(tag string, i int) string {
	n := len(tag)
	for n > 0 && tag[n-1] >= '0' && tag[n-1] <= '9' && len(tag)-n < 9 {
		n--
	}
	if i == 0 || n == len(tag) {
		return tag
	}
	v, _ := strconv.Atoi(tag[n:])
	var buf [20]byte
	digits := strconv.AppendInt(buf[:0], int64(v+i), 10)
	from := t.room(n + max(len(tag)-n, len(digits)))
	t.b.WriteString(tag[:n])
	for range len(tag) - n - len(digits) {
		t.b.WriteByte('0')
	}
	t.b.Write(digits)
	return t.b.String()[from:]
}

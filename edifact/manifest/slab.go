package manifest

// Slab hands out slices that share large allocations: a list of ten thousand
// persons has ten thousand short lists of documents, and one allocation each
// would cost more than reading them.
type Slab[T any] struct {
	buf   []T
	start int
}

// Add appends to the list that Take will return.
func (s *Slab[T]) Add(v T) *T {
	if len(s.buf) == cap(s.buf) {
		list := s.buf[s.start:]
		buf := make([]T, len(list), max(32, 2*len(list), min(1024, 2*cap(s.buf))))
		copy(buf, list)
		s.buf, s.start = buf, 0
	}
	s.buf = append(s.buf, v)
	return &s.buf[len(s.buf)-1]
}

// Last returns the last value added since Take, or nil.
func (s *Slab[T]) Last() *T {
	if len(s.buf) == s.start {
		return nil
	}
	return &s.buf[len(s.buf)-1]
}

// Take returns what was added since the last Take; nil when nothing was.
func (s *Slab[T]) Take() []T {
	if len(s.buf) == s.start {
		return nil
	}
	list := s.buf[s.start:len(s.buf):len(s.buf)]
	s.start = len(s.buf)
	return list
}

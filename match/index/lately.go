package index

import (
	"sync/atomic"

	"clew/match/norm"
)

// memory remembers, for words lately searched for, which words of a segment are
// near. A segment never changes, so what is remembered stays true. It holds a
// fixed number of words.
type memory [1 << 12]atomic.Pointer[nearWords]

// longestRemembered bounds one answer that is remembered.
const longestRemembered = 2048

// nearWords is the answer to one look-up.
type nearWords struct {
	text, orig string
	role       norm.Role
	told       bool // otherwise only that the word was asked for
	words      []uint32
	costs      []uint8
	posts      int
}

func (m *memory) place(t *norm.Token) *atomic.Pointer[nearWords] {
	return &m[hashText(t.Text, byte(t.Role))%uint32(len(m))]
}

func (n *nearWords) is(t *norm.Token) bool {
	return n.text == t.Text && n.orig == t.Orig && n.role == t.Role
}

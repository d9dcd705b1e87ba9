package index

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"unsafe"

	"clew/match/norm"
	"clew/match/score"
)

// ErrDamaged says that a snapshot is not what was written, or was written by
// another version of the program, by other tables or on another kind of
// machine. It is never half used: build the index anew.
var ErrDamaged = errors.New("index snapshot is damaged or out of date")

// A snapshot is a header, the sections one after another, each on a multiple of
// eight, and a checksum of everything before it. The large sections are used
// where they lie in the mapped file.
const (
	magic   = "clewidx1"
	version = 5
)

// header begins a snapshot. Byte order and struct sizes tell another machine.
type header struct {
	Magic         [8]byte
	Version       uint32
	Order         uint32
	AttributeSize uint32
	Sections      uint32
	Tables        uint64
}

const byteOrder = 0x01020304

// small holds what is read rather than mapped.
type small struct {
	Words      []storedWord
	More       map[uint32]*score.Record
	Countries  [][]string
	Partitions []string
	Shift      uint8
}

// storedWord is what norm.Restored makes a token of.
type storedWord struct {
	Text, Orig string
	Alts       []string
	Class      uint16
	Script     norm.Script
	Role       norm.Role
	Part       norm.Part
}

// Save writes the index to a file, all or nothing, without stopping searches. A
// change made while it is written may or may not be in it.
func (x *Index) Save(path string) error {
	s := x.whole()
	f, err := os.CreateTemp(filepath.Dir(path), ".clewidx-*")
	if err != nil {
		return fmt.Errorf("save index: %w", err)
	}
	defer os.Remove(f.Name()) // gone already once it was renamed
	err = s.write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save index: %w", err)
	}
	return nil
}

// whole returns one segment with everything that is alive.
func (x *Index) whole() *segment {
	v := x.view.Load()
	if len(v.segments) == 1 && len(v.recent) == 0 && int(v.segments[0].alive.Load()) == len(v.segments[0].attributes) {
		return v.segments[0]
	}
	b := newBuilder()
	for _, s := range v.segments {
		for e := range s.attributes {
			if !s.isDead(uint32(e)) {
				entry := s.entry(uint32(e))
				b.add(&entry)
			}
		}
	}
	for _, r := range v.recent {
		if !r.dead.Load() {
			b.add(&r.Entry)
		}
	}
	return b.finish()
}

// checked writes and sums up.
type checked struct {
	w   *bufio.Writer
	sum hash.Hash32
	n   int
}

func (c *checked) bytes(b []byte) error {
	c.sum.Write(b)
	c.n += len(b)
	_, err := c.w.Write(b)
	return err
}

func (s *segment) write(w io.Writer) error {
	c := &checked{w: bufio.NewWriterSize(w, 1<<20), sum: crc32.New(crc32.MakeTable(crc32.Castagnoli))}
	var rest bytes.Buffer
	if err := gob.NewEncoder(&rest).Encode(s.small()); err != nil {
		return err
	}
	parts := s.sections()
	h := header{Version: version, Order: byteOrder, AttributeSize: uint32(unsafe.Sizeof(attribute{})), Sections: uint32(len(parts) + 1), Tables: norm.TablesVersion()}
	copy(h.Magic[:], magic)
	var head bytes.Buffer
	if err := binary.Write(&head, binary.NativeEndian, h); err != nil {
		return err
	}
	if err := c.bytes(head.Bytes()); err != nil {
		return err
	}
	for _, p := range append(parts, rest.Bytes()) {
		if err := c.section(p); err != nil {
			return err
		}
	}
	if err := c.bytes(binary.NativeEndian.AppendUint32(nil, c.sum.Sum32())); err != nil {
		return err
	}
	return c.w.Flush()
}

// section writes a length and the bytes, padded to a multiple of eight.
func (c *checked) section(b []byte) error {
	if err := c.bytes(binary.NativeEndian.AppendUint64(nil, uint64(len(b)))); err != nil {
		return err
	}
	if err := c.bytes(b); err != nil {
		return err
	}
	return c.bytes(make([]byte, -len(b)&7))
}

func (s *segment) small() small {
	out := small{More: s.more, Countries: s.countries, Partitions: s.partitions, Shift: s.words.shift}
	for i := range s.words.tokens {
		t := &s.words.tokens[i]
		out.Words = append(out.Words, storedWord{t.Text, t.Orig, t.Alts, t.Class, t.Script, t.Role, t.Part})
	}
	return out
}

// sections returns the mapped parts as bytes, in the order of fields.
func (s *segment) sections() [][]byte {
	return [][]byte{
		raw(s.names), raw(s.nameWords), raw(s.postFirst), raw(s.postSingle), raw(s.postings), raw(s.joined),
		raw(s.bearFirst), raw(s.bearers), raw(s.attributes), s.ids.bytes, raw(s.ids.first), raw(s.documents), raw(s.entryNames), raw(s.entryFirst),
		raw(s.words.near), raw(s.words.first),
	}
}

// raw returns the memory of a slice of plain values.
func raw[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}

// cooked is the reverse of raw. The bytes must lie on a multiple of eight.
func cooked[T any](b []byte) []T {
	var zero T
	n := len(b) / int(unsafe.Sizeof(zero))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

// Open maps a snapshot into memory. The file must not be changed while the index
// is in use; Save replaces it without touching what is mapped. The mapping lasts
// as long as the process.
func Open(model *score.Model, path string) (*Index, error) {
	data, err := mapFile(path)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	s, err := parseSnapshot(data)
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", path, err)
	}
	x := New(model)
	x.view.Store(&view{segments: []*segment{s}})
	return x, nil
}

// OpenOrBuild opens a snapshot, or builds and saves it when it is absent or
// damaged.
func OpenOrBuild(model *score.Model, path string, build func() (*Index, error)) (*Index, error) {
	x, err := Open(model, path)
	if err == nil || !errors.Is(err, ErrDamaged) && !errors.Is(err, os.ErrNotExist) {
		return x, err
	}
	if x, err = build(); err != nil {
		return nil, err
	}
	return x, x.Save(path)
}

func parseSnapshot(data []byte) (*segment, error) {
	var h header
	size := binary.Size(h)
	if len(data) < size+4 {
		return nil, ErrDamaged
	}
	if err := binary.Read(bytes.NewReader(data), binary.NativeEndian, &h); err != nil {
		return nil, ErrDamaged
	}
	body := data[:len(data)-4]
	switch {
	case string(h.Magic[:]) != magic, h.Version != version, h.Order != byteOrder, h.AttributeSize != uint32(unsafe.Sizeof(attribute{})), h.Tables != norm.TablesVersion(),
		crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) != binary.NativeEndian.Uint32(data[len(body):]):
		return nil, ErrDamaged
	}
	parts, err := splitSections(body[size:], int(h.Sections))
	if err != nil {
		return nil, err
	}
	return assembleSegment(parts)
}

func splitSections(b []byte, n int) (parts [][]byte, err error) {
	if n != len((&segment{}).sections())+1 {
		return nil, ErrDamaged
	}
	for range n {
		if len(b) < 8 {
			return nil, ErrDamaged
		}
		length := binary.NativeEndian.Uint64(b)
		padded := length + -length&7
		if padded < length || padded > uint64(len(b)-8) {
			return nil, ErrDamaged
		}
		parts = append(parts, b[8:8+length:8+length])
		b = b[8+padded:]
	}
	return parts, nil
}

func assembleSegment(p [][]byte) (*segment, error) {
	var rest small
	if err := gob.NewDecoder(bytes.NewReader(p[len(p)-1])).Decode(&rest); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	s := &segment{
		words: words{near: cooked[nearKey](p[14]), first: cooked[uint32](p[15]), shift: rest.Shift, groups: map[uint16][]uint32{}},
		names: cooked[nameInfo](p[0]), nameWords: cooked[uint32](p[1]),
		postFirst: cooked[uint32](p[2]), postSingle: cooked[uint32](p[3]), postings: cooked[uint32](p[4]), joined: cooked[nearKey](p[5]),
		bearFirst: cooked[uint32](p[6]), bearers: cooked[uint32](p[7]), attributes: cooked[attribute](p[8]),
		ids: text{p[9], cooked[uint32](p[10])}, documents: cooked[exactKey](p[11]), entryNames: cooked[uint32](p[12]), entryFirst: cooked[uint32](p[13]),
		more: rest.More, countries: rest.Countries, partitions: rest.Partitions,
	}
	s.words.tokens = make([]norm.Token, len(rest.Words))
	for i, w := range rest.Words {
		t := norm.Restored(norm.Token{Text: w.Text, Orig: w.Orig, Alts: w.Alts, Class: w.Class, Script: w.Script, Role: w.Role, Part: w.Part})
		s.words.tokens[i] = t
		if findable(&t) {
			for _, g := range t.Groups {
				s.words.groups[g] = append(s.words.groups[g], uint32(i))
			}
		}
	}
	if !s.sound() {
		return nil, ErrDamaged
	}
	s.words.spell()
	s.identify()
	s.dead = make([]atomic.Uint64, (len(s.attributes)+63)/64)
	s.alive.Store(int64(len(s.attributes)))
	return s, nil
}

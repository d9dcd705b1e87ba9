package disclosure

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Noise draws discrete Laplace (two-sided geometric) noise with integer
// arithmetic only, after Canonne, Kamath and Steinke (NeurIPS 2020):
// floating point noise leaks through its low bits (Mironov 2012).
type Noise struct {
	in     io.Reader
	buffer []byte
	left   []byte // unread part of buffer
	err    error
}

// NewNoise draws from the operating system's random numbers.
func NewNoise() *Noise { return NewNoiseFrom(rand.Reader) }

// NewNoiseFrom draws from in, which must be cryptographically random wherever
// the result is published; tests pass a stream of their own.
func NewNoiseFrom(in io.Reader) *Noise { return &Noise{in: in, buffer: make([]byte, 1<<14)} }

// Err is the first failure to read random numbers. Noise drawn after it is zero,
// so nothing may be released without asking.
func (n *Noise) Err() error { return n.err }

func (n *Noise) uint32() uint32 {
	if len(n.left) < 4 && !n.fill() {
		return 0
	}
	v := binary.LittleEndian.Uint32(n.left)
	n.left = n.left[4:]
	return v
}

func (n *Noise) fill() bool {
	if n.err != nil {
		return false
	}
	if _, err := io.ReadFull(n.in, n.buffer); err != nil {
		n.err = fmt.Errorf("disclosure: read random numbers: %w", err)
		return false
	}
	n.left = n.buffer
	return true
}

// below is uniform on 0..m-1: the high half of a product, with the few values
// rejected that would make some results likelier (Lemire 2019).
func (n *Noise) below(m uint32) uint32 {
	product := uint64(n.uint32()) * uint64(m)
	if uint32(product) < m {
		for uint32(product) < -m%m && n.err == nil {
			product = uint64(n.uint32()) * uint64(m)
		}
	}
	return uint32(product >> 32)
}

// bernoulliExp is true with probability exp(-p/q), p ≤ q ≤ scaleUnit.
func (n *Noise) bernoulliExp(p, q uint32) bool {
	// The chance to pass k rounds is (p/q)^k/k!, so k beyond 4,000 does not happen.
	for k := uint32(1); k < 4000; k++ {
		if n.below(q*k) >= p || n.err != nil { // true but with probability p/(q·k)
			return k%2 == 1
		}
	}
	return false
}

// scaleUnit is the finest step of ε: budgets are whole numbers of millionths.
const scaleUnit = 1_000_000

// Laplace draws an integer x with probability proportional to exp(-ε·|x|), for
// counts that one person changes by at most one. ε is rounded down to millionths.
func (n *Noise) Laplace(epsilon float64) int64 {
	s := int64(epsilon * scaleUnit) // P(|x| = y) falls by exp(-s/scaleUnit) a step
	if s < 1 {
		n.err = fmt.Errorf("disclosure: noise needs ε of at least a millionth")
		return 0
	}
	for n.err == nil {
		// x = u + t·v is geometric with ratio exp(-1/t), t = scaleUnit; dividing by s
		// leaves ratio exp(-s/t).
		u := n.below(scaleUnit)
		if !n.bernoulliExp(u, scaleUnit) {
			continue
		}
		v := int64(0)
		for n.bernoulliExp(1, 1) && n.err == nil {
			v++
		}
		y := (int64(u) + scaleUnit*v) / s
		negative := n.uint32()&1 == 1
		if negative && y == 0 {
			continue // zero would be drawn twice as often
		}
		if negative {
			return -y
		}
		return y
	}
	return 0
}

// laplaceVariance is the variance of [Noise.Laplace].
func laplaceVariance(epsilon float64) float64 {
	q := math.Exp(-epsilon)
	return 2 * q / ((1 - q) * (1 - q))
}

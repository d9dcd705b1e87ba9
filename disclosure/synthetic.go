package disclosure

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Defaults of synthetic data.
const (
	DefaultRare   = 5    // combinations of fewer people are never told
	DefaultLength = 3    // combinations up to this length are matched
	DefaultDelta  = 1e-6 // chance that the guard against rare combinations must act
)

// maxDomain bounds the combinations that get noise: all of them must, those that
// nobody has included, or their absence would tell who is there.
const maxDomain = 1 << 22

// SyntheticOptions says how synthetic records are made. Ledger is required: no
// release without its charge.
type SyntheticOptions struct {
	Ledger  *Ledger
	Release string  // the name the charge is kept under
	Epsilon float64 // the privacy cost
	// DecideByNoise makes noisy counts alone decide which combinations are told, so
	// that the whole release is (ε, δ)-differentially private. Combinations must
	// then be so much larger than Rare that noise cannot be the reason, which costs
	// the smaller ones. Without it the true counts decide: see [Synthesize].
	DecideByNoise bool
	Delta         float64 // with DecideByNoise; 0 means [DefaultDelta]
	Rare          int64   // 0 means [DefaultRare]
	Length        int     // 0 means [DefaultLength]
	Noise         *Noise  // nil draws from the operating system
}

// Synthetic is a set of records that describe nobody.
type Synthetic struct {
	Records *Records
	Epsilon float64
	Delta   float64
	Rare    int64
	Length  int
	// Guarded is how many combinations the guard of DecideByNoise took out although
	// their noisy counts had passed: almost always 0.
	Guarded int
}

// Synthesize makes records whose counts of combinations are like those of r,
// from noisy marginals, in the manner of the Counter-Trafficking Data
// Collaborative's releases. Each person of r must be in it once (see
// [BoundContributions]); the names of the categories are taken as public.
//
// Two protections work together. Every count comes from measurements that are
// ε-differentially private. And every record, and so every combination in it of
// any length, is one that at least Rare people of r have, and occurs at least Rare
// times; attributes that would make a record rare are left blank. By default the
// second rule is applied to the true counts: it is a rule of disclosure control
// and not itself differentially private, since whether a combination has reached
// Rare can be seen. With DecideByNoise the noisy counts decide, and the release as
// a whole is (ε, δ)-differentially private, at a price in detail.
func Synthesize(r *Records, o SyntheticOptions) (*Synthetic, error) {
	o, err := o.complete(r)
	if err != nil {
		return nil, err
	}
	c, err := newCoder(r)
	if err != nil {
		return nil, err
	}
	all := subset(1)<<len(r.Attributes) - 1
	if n := c.domain(all); n > maxDomain {
		return nil, fmt.Errorf("disclosure: the attributes have %.0f combinations; at most %d can be given noise: group rare categories first", n, maxDomain)
	}
	delta := 0.0
	if o.DecideByNoise {
		// The guard makes the release differ from a pure ε release with probability δ.
		delta = o.Delta * (1 + math.Exp(o.Epsilon))
	}
	if err := o.Ledger.Spend(o.Release, o.Epsilon, delta); err != nil {
		return nil, err
	}
	m := measure(r, c, o)
	if err := o.Noise.Err(); err != nil {
		return nil, err
	}
	guarded := m.findCommon(r, o)
	s := newSynthesizer(m, o)
	s.solve(float64(o.Rare))
	return &Synthetic{Records: s.records(r), Epsilon: o.Epsilon, Delta: delta, Rare: o.Rare, Length: o.Length, Guarded: guarded}, nil
}

func (o SyntheticOptions) complete(r *Records) (SyntheticOptions, error) {
	if o.Ledger == nil {
		return o, errors.New("disclosure: synthetic records need a ledger to charge")
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return o, err
	}
	if o.Delta == 0 {
		o.Delta = DefaultDelta
	}
	if !(o.Delta > 0 && o.Delta <= 1e-3) {
		return o, errors.New("disclosure: δ must lie between 0 and a thousandth")
	}
	if o.Rare == 0 {
		o.Rare = DefaultRare
	}
	if o.Rare < 2 {
		return o, errors.New("disclosure: a combination of one person is always rare: the bound must be 2 or more")
	}
	if o.Length == 0 {
		o.Length = DefaultLength
	}
	o.Length = min(o.Length, len(r.Attributes))
	if o.Length < 1 {
		return o, errors.New("disclosure: combinations have at least one attribute")
	}
	if o.Noise == nil {
		o.Noise = NewNoise()
	}
	if r.Total() == 0 {
		return o, errors.New("disclosure: there are no records")
	}
	for _, row := range r.Rows {
		if slices.Contains(row.Values, Blank) {
			return o, errors.New("disclosure: a record leaves an attribute blank: name the category, such as \"unknown\"")
		}
	}
	return o, nil
}

// Package decoding is the front that the decoders of PAXLST, PNRGOV and CUSRES
// have in common: which messages of a stream are theirs, and which dialect each
// is read in. Use it through their packages.
package decoding

import (
	"errors"
	"io"

	"clew/edifact"
	"clew/edifact/profile"
)

// Type is one message type: its name in UNH, and how a message is read once its
// header is known.
type Type[M any] struct {
	Name string
	Body func(*edifact.Reader, *edifact.Header, *profile.Profile) (M, []edifact.Finding)
}

type options struct{ dialects *profile.Set }

// Option changes how a message is read.
type Option func(*options)

// Dialects uses s in place of the built-in dialects.
func Dialects(s *profile.Set) Option { return func(o *options) { o.dialects = s } }

func apply(opts []Option) options {
	o := options{dialects: profile.Builtin()}
	for _, f := range opts {
		f(&o)
	}
	return o
}

// Decoder reads the messages of one type in a stream one by one; messages of
// other types are passed over.
type Decoder[M any] struct {
	kind *Type[M]
	r    *edifact.Reader
	o    options
}

// Decoder returns a Decoder of r.
func (k *Type[M]) Decoder(r io.Reader, opts []Option) *Decoder[M] {
	return &Decoder[M]{kind: k, r: edifact.NewReader(r), o: apply(opts)}
}

// Decode returns the next message, or io.EOF after the last.
func (d *Decoder[M]) Decode() (M, []edifact.Finding, error) {
	for {
		h, err := d.r.Next()
		if err != nil {
			var none M
			return none, d.r.Findings(), err
		}
		if h.Type == d.kind.Name {
			m, f := d.kind.Body(d.r, h, d.o.dialects.For(h))
			return m, f, nil
		}
	}
}

// First reads the first message of the type in r. The error is
// edifact.ErrNoMessage when r holds none, or the error of r.
func (k *Type[M]) First(r io.Reader, opts []Option) (M, []edifact.Finding, error) {
	m, f, err := k.Decoder(r, opts).Decode()
	if errors.Is(err, io.EOF) {
		err = edifact.ErrNoMessage
	}
	return m, f, err
}

// Read reads the message whose header r.Next has just returned.
func (k *Type[M]) Read(r *edifact.Reader, h *edifact.Header, opts []Option) (M, []edifact.Finding) {
	return k.Body(r, h, apply(opts).dialects.For(h))
}

// Package cusres reads and writes CUSRES, the answer of a government to the
// carrier who sent a PAXLST, or the carrier's acknowledgement of it.
//
// It promises that every ERP group comes out as one Reply, whatever codes it
// holds, and that a code is never translated into a permission: Meaning says
// what the profile in use says of a code, and "" is no permission to board.
package cusres

import (
	"errors"
	"io"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

// Message is one CUSRES message.
type Message struct {
	Header      edifact.Header
	Code        string // BGM 1001: 962 solicited, 132 unsolicited, 312 acknowledgement
	Number      string // BGM 1004
	Transaction string // RFF+TN
	References  []manifest.Reference
	Flights     []manifest.Flight
	Replies     []Reply
	Kept        []edifact.Raw // segments with no field here
}

// Reply is one ERP group: what is said of one person, or of the whole message.
type Reply struct {
	Level      string // ERP 1049: 1 the message, 2 a person
	ABO        string // the carrier's own reference of the person
	AVF        string // the booking's locator
	References []manifest.Reference
	Codes      []Code
	Texts      []Text
	Kept       []edifact.Raw
	Offset     int64
}

// Code is an error or status code (ERC 9321).
type Code struct {
	Value string // as sent: 0Z
	List  string // code list and agency, when given
}

// Text is a free text (FTX).
type Text struct {
	Subject string // AAP
	Value   string
}

// Ref returns the reference that says whom the reply concerns: the carrier's own
// (ABO), else the booking's (AVF), else the first other one.
func (r *Reply) Ref() string {
	switch {
	case r.ABO != "":
		return r.ABO
	case r.AVF != "":
		return r.AVF
	case len(r.References) > 0:
		return r.References[0].Value
	}
	return ""
}

// Code returns the first code, or "".
func (r *Reply) Code() string {
	if len(r.Codes) == 0 {
		return ""
	}
	return r.Codes[0].Value
}

// Meaning says what p makes of a code. The two characters of a code are
// independent (the second is an authority's own), so a code that is not listed
// whole is looked up by its first. "" is unknown.
func Meaning(p *profile.Profile, code string) string {
	if m := p.Reply[code]; m != "" || code == "" {
		return m
	}
	if len(code) == 2 {
		return p.Reply[code[:1]]
	}
	return ""
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

// Decode reads the first CUSRES message of r. The error is edifact.ErrNoMessage
// when r holds none, or the error of r.
func Decode(r io.Reader, opts ...Option) (Message, []edifact.Finding, error) {
	m, f, err := NewDecoder(r, opts...).Decode()
	if errors.Is(err, io.EOF) {
		err = edifact.ErrNoMessage
	}
	return m, f, err
}

// Decoder reads the CUSRES messages of a stream one by one; messages of other
// types are passed over.
type Decoder struct {
	r *edifact.Reader
	o options
}

// NewDecoder returns a Decoder of r.
func NewDecoder(r io.Reader, opts ...Option) *Decoder {
	return &Decoder{r: edifact.NewReader(r), o: apply(opts)}
}

// Decode returns the next message, or io.EOF after the last.
func (d *Decoder) Decode() (Message, []edifact.Finding, error) {
	for {
		h, err := d.r.Next()
		if err != nil {
			return Message{}, d.r.Findings(), err
		}
		if h.Type == "CUSRES" {
			m, f := read(d.r, h, d.o.dialects.For(h))
			return m, f, nil
		}
	}
}

// Read reads the message whose header r.Next has just returned.
func Read(r *edifact.Reader, h *edifact.Header, opts ...Option) (Message, []edifact.Finding) {
	return read(r, h, apply(opts).dialects.For(h))
}

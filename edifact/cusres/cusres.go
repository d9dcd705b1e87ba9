// Package cusres reads and writes CUSRES, the answer of a government to the
// carrier who sent a PAXLST, or the carrier's acknowledgement of it.
//
// It promises that every ERP group comes out as one Reply, whatever codes it
// holds, and that a code is never translated into a permission: Meaning says
// what the profile in use says of a code, and "" is no permission to board.
package cusres

import (
	"io"

	"clew/edifact"
	"clew/edifact/decoding"
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

// messages is how a CUSRES is found and read.
var messages = decoding.Type[Message]{Name: "CUSRES", Body: read}

// Option changes how a message is read.
type Option = decoding.Option

// Decoder reads the CUSRES messages of a stream one by one with its method
// Decode; messages of other types are passed over.
type Decoder = decoding.Decoder[Message]

// Dialects uses s in place of the built-in dialects.
func Dialects(s *profile.Set) Option { return decoding.Dialects(s) }

// Decode reads the first CUSRES message of r. The error is edifact.ErrNoMessage
// when r holds none, or the error of r.
func Decode(r io.Reader, opts ...Option) (Message, []edifact.Finding, error) {
	return messages.First(r, opts)
}

// NewDecoder returns a Decoder of r.
func NewDecoder(r io.Reader, opts ...Option) *Decoder { return messages.Decoder(r, opts) }

// Read reads the message whose header r.Next has just returned.
func Read(r *edifact.Reader, h *edifact.Header, opts ...Option) (Message, []edifact.Finding) {
	return messages.Read(r, h, opts)
}

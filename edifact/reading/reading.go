// Package reading reads a file of border messages of any kind into flat reports:
// one manifest.Report a message, the object that `clew screen parse --json`
// prints and that others script against.
//
// It promises one report for every message header it meets, in order, also for
// messages of types it does not read: these come without content and say so.
package reading

import (
	"errors"
	"io"
	"iter"

	"clew/edifact"
	"clew/edifact/cusres"
	"clew/edifact/manifest"
	"clew/edifact/paxlst"
	"clew/edifact/pnrgov"
	"clew/edifact/profile"
)

// Options say how to read.
type Options struct {
	Dialects *profile.Set // nil: the built-in ones
	Parts    *Parts       // follows parts over several inputs; nil: over this one
	Join     bool         // the caller has a Joiner: nothing is said of parts here
}

// Reports reads r message by message. name stands in each report's File. The
// last pair holds an error when r fails, or edifact.ErrNoMessage when it held no
// message; nothing follows an error.
func Reports(name string, r io.Reader, o Options) iter.Seq2[Item, error] {
	if o.Dialects == nil {
		o.Dialects = profile.Builtin()
	}
	return func(yield func(Item, error) bool) {
		rd := edifact.NewReader(r)
		parts := o.Parts
		if parts == nil {
			parts = NewParts()
		}
		for {
			h, err := rd.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Item{}, err)
				return
			}
			it := Item{Sender: h.Sender(), AccessRef: h.AccessRef, Part: h.Part, Last: h.Last, Offset: h.Offset, Sent: sent(h)}
			var seen []edifact.Finding
			if !o.Join {
				seen = parts.See(h)
			}
			it.Report = read(rd, h, o)
			it.File = name
			it.Findings = append(it.Findings, seen...)
			if !yield(it, nil) {
				return
			}
		}
	}
}

// read reads the message at h.
func read(rd *edifact.Reader, h *edifact.Header, o Options) manifest.Report {
	switch h.Type {
	case "PAXLST":
		m, f := paxlst.Read(rd, h, paxlst.Dialects(o.Dialects))
		return Paxlst(&m, f)
	case "PNRGOV":
		m, f := pnrgov.Read(rd, h, pnrgov.Dialects(o.Dialects))
		return Pnrgov(&m, f)
	case "CUSRES":
		m, f := cusres.Read(rd, h, cusres.Dialects(o.Dialects))
		return Cusres(&m, f)
	}
	for rd.Segment() != nil {
	}
	f := append(rd.Findings(), edifact.FindingAt("not_ours", "UNH", h.Offset, h.Type))
	return report(h, "", f)
}

// sent is the day the message was prepared.
func sent(h *edifact.Header) edifact.Date {
	return edifact.DateReader{Century: edifact.Coming}.Read(h.Interchange.Date, "").Date
}

func version(h *edifact.Header) string {
	if h.Release == "" {
		return h.Version
	}
	return h.Version + ":" + h.Release
}

func report(h *edifact.Header, function string, f []edifact.Finding) manifest.Report {
	return manifest.Report{Type: h.Type, Version: version(h), Function: function, Findings: f}.Filled()
}

func join(code, function string) string {
	if function == "" {
		return code
	}
	return code + "+" + function
}

// Paxlst makes the flat report of a PAXLST.
func Paxlst(m *paxlst.Message, f []edifact.Finding) manifest.Report {
	rep := report(&m.Header, join(m.Code, m.Function), f)
	rep.Flights, rep.Persons, rep.Quarantined = m.Flights, m.Persons, m.Quarantined
	return rep.Filled()
}

// Pnrgov makes the flat report of a PNRGOV: the flight reported first, then the
// legs of each booking; persons in the order of the bookings.
func Pnrgov(m *pnrgov.Message, f []edifact.Finding) manifest.Report {
	rep := report(&m.Header, m.Function, f)
	rep.Flights, rep.Persons, rep.Quarantined = m.Flights(), m.Persons, m.Quarantined
	return rep.Filled()
}

// Cusres makes the flat report of a CUSRES. A reply to the whole message has the
// transaction as its reference.
func Cusres(m *cusres.Message, f []edifact.Finding) manifest.Report {
	rep := report(&m.Header, m.Code, f)
	rep.Flights = m.Flights
	n := 0
	for i := range m.Replies {
		n += max(1, len(m.Replies[i].Codes))
	}
	rep.Replies = make([]manifest.Reply, 0, n)
	for i := range m.Replies {
		r := &m.Replies[i]
		ref := r.Ref()
		if ref == "" && r.Level == "1" {
			ref = m.Transaction
		}
		if len(r.Codes) == 0 {
			rep.Replies = append(rep.Replies, manifest.Reply{Ref: ref})
		}
		for _, c := range r.Codes {
			rep.Replies = append(rep.Replies, manifest.Reply{Ref: ref, Code: c.Value})
		}
	}
	return rep.Filled()
}

package cusres

import (
	"io"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// Encode writes m as an interchange of its own, with the separators of its
// header.
func Encode(out io.Writer, m *Message) error {
	h := m.Header
	h.Type = "CUSRES"
	if h.Version == "" {
		h.Version, h.Release, h.Agency, h.Association = "D", "05B", "UN", "IATA"
	}
	w := edifact.NewWriter(h.Interchange.Delims)
	w.Begin(&h)
	if m.Code != "" || m.Number != "" {
		w.Segment("BGM").Element(m.Code).Element(m.Number).End()
	}
	if m.Transaction != "" {
		w.Segment("RFF").Element("TN", m.Transaction).End()
	}
	references(w, m.References)
	for _, k := range m.Kept {
		w.Raw(k)
	}
	for i := range m.Flights {
		flight(w, &m.Flights[i])
	}
	for i := range m.Replies {
		reply(w, &m.Replies[i])
	}
	w.Finish()
	_, err := w.WriteTo(out)
	return err
}

func references(w *edifact.Writer, list []manifest.Reference) {
	for _, r := range list {
		w.Segment("RFF").Element(r.Qualifier, r.Value).End()
	}
}

// flight writes a leg: the times before the places, as the guide has it.
func flight(w *edifact.Writer, f *manifest.Flight) {
	designator := f.Designator
	if designator == "" {
		designator = f.Carrier + f.Number + f.Suffix
	}
	w.Segment("RFF").Element("AF", designator).End()
	moment(w, "189", f.Departure, f.DepartureSentAs)
	moment(w, "232", f.Arrival, f.ArrivalSentAs)
	from, to := "92", "92"
	if f.Crossing {
		from, to = "125", "87"
	}
	if f.From != "" {
		w.Segment("LOC").Element(from).Element(f.From).End()
	} else {
		to = "87"
	}
	if f.To != "" {
		w.Segment("LOC").Element(to).Element(f.To).End()
	}
	if f.FinalDestination != "" {
		w.Segment("LOC").Element("130").Element(f.FinalDestination).End()
	}
}

func moment(w *edifact.Writer, qualifier string, t edifact.Local, sent string) {
	format := "201"
	if sent == "" {
		if sent = strings.NewReplacer("-", "", "T", "", ":", "").Replace(t.String()); len(sent) < 8 {
			return
		}
		sent = sent[2:]
		if !t.HasTime {
			format = "101"
		}
	}
	w.Segment("DTM").Element(qualifier, sent, format).End()
}

func reply(w *edifact.Writer, r *Reply) {
	w.Segment("ERP").Element(r.Level).End()
	if r.AVF != "" {
		w.Segment("RFF").Element("AVF", r.AVF).End()
	}
	if r.ABO != "" {
		w.Segment("RFF").Element("ABO", r.ABO).End()
	}
	references(w, r.References)
	for _, k := range r.Kept {
		w.Raw(k)
	}
	for _, c := range r.Codes {
		list, agency, _ := strings.Cut(c.List, ":")
		w.Segment("ERC").Element(c.Value, list, agency).End()
	}
	for _, t := range r.Texts {
		w.Segment("FTX").Element(t.Subject).Element().Element().Element(t.Value).End()
	}
}

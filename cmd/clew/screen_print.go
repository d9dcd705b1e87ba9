package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	stdio "io"
	"strconv"
	"strings"
	"text/tabwriter"

	"clew/edifact/manifest"
)

// reportPrinter prints reports as tables for people or as lines of JSON.
type reportPrinter struct {
	w    *bufio.Writer
	json *json.Encoder
	n    int
}

func newReportPrinter(w stdio.Writer, asJSON bool) *reportPrinter {
	p := &reportPrinter{w: bufio.NewWriter(w)}
	if asJSON {
		p.json = json.NewEncoder(p.w)
		p.json.SetEscapeHTML(false)
	}
	return p
}

// print prints one report and hands it on at once: who reads a stream wants each
// message as it comes.
func (p *reportPrinter) print(rep *manifest.Report) error {
	if p.json != nil {
		if err := p.json.Encode(rep); err != nil {
			return err
		}
		return p.w.Flush()
	}
	if p.n > 0 {
		fmt.Fprintln(p.w)
	}
	p.n++
	p.table(rep)
	return p.w.Flush()
}

func (p *reportPrinter) close() error { return p.w.Flush() }

func (p *reportPrinter) table(rep *manifest.Report) {
	fmt.Fprintf(p.w, "%s  %s %s %s\n", printable(rep.File), rep.Type, rep.Version, rep.Function)
	fmt.Fprintf(p.w, "%d flights, %d persons, %d quarantined, %d replies, %d findings\n",
		len(rep.Flights), len(rep.Persons), len(rep.Quarantined), len(rep.Replies), len(rep.Findings))
	tw := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	flights(tw, rep.Flights)
	persons(tw, rep.Persons)
	quarantined(tw, rep.Quarantined)
	for i, r := range rep.Replies {
		if i == 0 {
			row(tw, "\nREF", "REPLY")
		}
		row(tw, r.Ref, r.Code)
	}
	for i, f := range rep.Findings {
		if i == 0 {
			row(tw, "\nFINDING", "AT", "BYTE", "WHAT")
		}
		row(tw, f.Severity.String(), f.Segment, strconv.FormatInt(f.Offset, 10), f.Text)
	}
	tw.Flush()
}

// row writes cells; what a message holds must not steer the terminal.
func row(w stdio.Writer, cells ...string) {
	for i, c := range cells {
		lead, c := strings.HasPrefix(c, "\n"), printable(c)
		if lead {
			fmt.Fprint(w, "\n")
		}
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, c)
	}
	fmt.Fprintln(w)
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}

func flights(w stdio.Writer, list []manifest.Flight) {
	for i, f := range list {
		if i == 0 {
			row(w, "\nFLIGHT", "FROM", "TO", "DEPARTS", "ARRIVES", "KIND")
		}
		row(w, f.Carrier+f.Number+f.Suffix, f.From, f.To, f.Departure.String(), f.Arrival.String(), f.Kind)
	}
}

func persons(w stdio.Writer, list []*manifest.Person) {
	for i := range list {
		if i == 0 {
			row(w, "\nN", "NAME", "SEX", "BORN", "NAT", "TYPE", "DOCUMENT", "SEAT", "BOOKING", "WITH")
		}
		p := list[i]
		kind := p.Type
		if p.Age != "" {
			kind = p.Age
		}
		row(w, strconv.Itoa(p.N), name(p.Surname, p.Given, p.Second), p.Sex, p.BirthDate.String(), p.Nationality,
			kind, firstDocument(p.Documents), p.Seat, p.Locator, relations(p.Relations))
	}
}

func name(surname, given, second string) string {
	return strings.TrimRight(strings.TrimSpace(surname+", "+given+" "+second), ", ")
}

func firstDocument(list []manifest.Document) string {
	if len(list) == 0 {
		return ""
	}
	text := strings.TrimSpace(list[0].Type + " " + list[0].Number)
	if len(list) > 1 {
		text += fmt.Sprintf(" (+%d)", len(list)-1)
	}
	return text
}

func relations(list []manifest.Relation) string {
	var parts []string
	for _, r := range list {
		what := r.Locator
		if r.N > 0 {
			what = strconv.Itoa(r.N)
		}
		parts = append(parts, strings.ReplaceAll(r.Kind, "_", " ")+" "+what)
	}
	return strings.Join(parts, ", ")
}

func quarantined(w stdio.Writer, list []manifest.Quarantined) {
	for i := range list {
		if i == 0 {
			row(w, "\nQUARANTINED", "BYTE", "NAME", "WITH", "TEXT")
		}
		q := &list[i]
		text := q.Text
		if len(text) > 60 {
			text = strings.ToValidUTF8(text[:60], "") + " …"
		}
		row(w, q.Reason, strconv.FormatInt(q.Offset, 10), name(q.Surname, q.Given, ""), relations(q.Relations), text)
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	stdio "io" // io is the streams of a command
	"strconv"
	"strings"

	"clew/disclosure"
)

type protectCmd struct {
	File       string   `arg:"" name:"table" help:"Table or records as CSV; - reads standard input."`
	Profile    string   `required:"" enum:"suppressed,rounded-3,rounded-5,rounded-10,noisy,synthetic,check,attack" help:"What to do, one of ${enum}; see above."`
	Threshold  int64    `default:"5" help:"Smallest count that is told. Counts from 1 to one less are hidden, grouped or rare."`
	Epsilon    float64  `default:"1" help:"Privacy cost ε of a noisy or synthetic release."`
	ByNoise    bool     `help:"synthetic: let the noisy counts decide what is common, so that the whole release is (ε, δ)-private."`
	Budget     string   `placeholder:"FILE" help:"Ledger of the privacy budget, needed for noisy and synthetic. It is charged before anything is written."`
	OpenBudget float64  `placeholder:"ε" help:"Open the ledger with this limit if it is not there yet."`
	Release    string   `placeholder:"NAME" help:"Name that the charge is kept under; the file's name if not given."`
	Group      []string `sep:"none" placeholder:"ATTRIBUTE=N" help:"First put the categories of fewer than N people together as Other. May be given again."`
	TopBottom  []string `sep:"none" placeholder:"ATTRIBUTE=A,B" help:"First code a numeric attribute as A or less, B or more. May be given again."`
	Published  []string `sep:"none" placeholder:"FILE" help:"A table already published about the same people; the attack knows it, too. May be given again."`
	Earlier    string   `placeholder:"FILE" help:"An earlier release of the same table about fewer people: cells that differ by few people are refused."`
	Out        string   `short:"o" placeholder:"FILE" help:"Where the release goes; standard output if not given."`
	JSON       bool     `name:"json" help:"Write the report as JSON on the error stream."`
}

// Help is what `clew protect --help` says besides the flags.
func (protectCmd) Help() string {
	return `Protects a table of counts, or records, before it is published.

TABLE has a column for each attribute and last the count (n, people, count …), or is a cross-table of two attributes, or has one row for each person. Totals may be in it and must add up.

suppressed: hides counts from 1 to threshold-1 (written c), and as many others as it takes so that no hidden count can be worked out from sums: each could be at least the threshold more.

rounded-5: rounds to a multiple of 5 (rounded-3: of 3, rounded-10: of 10), at random to one of the two nearest and right on average, and so that all totals still add up (controlled rounding).

noisy: discrete Laplace noise of cost ε on every interior cell; totals are sums of what is released.

synthetic: records that describe nobody, made from noisy marginals; no combination in them of any length is one that fewer than threshold people have. Says how far counts of combinations are off, which is for those who hold the data and not for publication.

check: writes nothing but the combinations that fewer than threshold people share, and which attributes make them so (k-anonymity).

attack: takes TABLE as already published, with c for hidden, and tries to work hidden counts out.

A suppressed or rounded table is attacked before it is written: differencing and linear programming over it and all --published tables. If a hidden count can be worked out, nothing is written and the status is 1.`
}

// protection is a release, with what its maker should know about it.
type protection struct {
	Profile   string                     `json:"profile"`
	People    int64                      `json:"people"`
	Dropped   int                        `json:"dropped_contributions"`
	Grouped   []string                   `json:"grouped"`
	Hidden    int                        `json:"hidden_cells"`
	Small     int                        `json:"small_cells"`
	Exposed   []string                   `json:"exposed"`
	Rare      []string                   `json:"rare"`
	Epsilon   float64                    `json:"epsilon,omitempty"`
	Delta     float64                    `json:"delta,omitempty"`
	LeftOver  float64                    `json:"epsilon_left,omitempty"`
	Utility   []disclosure.LengthUtility `json:"utility,omitempty"`
	MeanError float64                    `json:"mean_error"`

	write func(stdio.Writer) error
}

// Run protects the table and writes it where asked.
func (c protectCmd) Run(_ context.Context, io streams) error {
	if c.Profile == "attack" {
		return c.attackPublished(io)
	}
	in, err := readFile(c.File, io.in, disclosure.ReadCSV)
	if err != nil {
		return err
	}
	p := &protection{Profile: c.Profile, People: in.Records.Total(), Dropped: in.Dropped, Grouped: []string{}, Exposed: []string{}, Rare: []string{}}
	records, err := c.recode(in.Records, p)
	if err != nil {
		return err
	}
	switch c.Profile {
	case "check":
		return c.check(io, records, p)
	case "synthetic":
		err = c.synthesize(records, in.Form, p)
	default:
		err = c.protectTable(io, records, in.Form, p)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := c.deliver(io, p); err != nil {
		return err
	}
	return p.report(io.err, c.JSON)
}

// recode groups and codes as the flags say.
func (c protectCmd) recode(r *disclosure.Records, p *protection) (*disclosure.Records, error) {
	for _, flag := range c.Group {
		attribute, n, err := cutNumber(flag, "--group")
		if err != nil {
			return nil, err
		}
		var gone []string
		if r, gone, err = disclosure.GroupRare(r, attribute, n, "Other"); err != nil {
			return nil, err
		}
		p.Grouped = append(p.Grouped, gone...)
	}
	for _, flag := range c.TopBottom {
		attribute, bounds, ok := strings.Cut(flag, "=")
		a, b, ok2 := strings.Cut(bounds, ",")
		bottom, err := strconv.Atoi(a)
		top, err2 := strconv.Atoi(b)
		if !ok || !ok2 || err != nil || err2 != nil {
			return nil, errors.New("--top-bottom takes ATTRIBUTE=A,B with whole numbers")
		}
		if r, err = disclosure.TopBottom(r, attribute, bottom, top); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func cutNumber(flag, name string) (string, int64, error) {
	attribute, number, ok := strings.Cut(flag, "=")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || n < 1 {
		return "", 0, fmt.Errorf("%s takes ATTRIBUTE=N with a whole number", name)
	}
	return attribute, n, nil
}

func (c protectCmd) check(io streams, r *disclosure.Records, p *protection) error {
	rare, err := disclosure.CheckAnonymity(r, c.Threshold, r.Attributes...)
	if err != nil {
		return err
	}
	for _, one := range rare {
		p.Rare = append(p.Rare, strings.Join(one.Values, ", ")+": "+one.Reason)
	}
	if err := p.report(io.err, c.JSON); err != nil {
		return err
	}
	if len(rare) > 0 {
		return fmt.Errorf("%s: %d combinations of attributes are shared by fewer than %d people", c.File, len(rare), c.Threshold)
	}
	return nil
}

func (c protectCmd) synthesize(r *disclosure.Records, form disclosure.Form, p *protection) error {
	return c.withBudget(p, func(ledger *disclosure.Ledger) error {
		s, err := disclosure.Synthesize(r, disclosure.SyntheticOptions{
			Ledger: ledger, Release: c.releaseName(), Epsilon: c.Epsilon, Rare: c.Threshold, DecideByNoise: c.ByNoise,
		})
		if err != nil {
			return err
		}
		p.Epsilon, p.Delta = s.Epsilon, s.Delta
		if p.Utility, err = disclosure.CompareCounts(r, s.Records, c.Threshold, s.Length); err != nil {
			return err
		}
		if form == disclosure.Wide {
			form = disclosure.Long
		}
		p.write = func(w stdio.Writer) error { return s.Records.WriteCSV(w, form) }
		return nil
	})
}

func (c protectCmd) protectTable(io streams, r *disclosure.Records, form disclosure.Form, p *protection) error {
	table, err := disclosure.Crosstab(r, r.Attributes...)
	if err != nil {
		return err
	}
	release, err := c.release(table, p)
	if err != nil {
		return err
	}
	p.compare(table, release, c.Threshold)
	published, err := c.published(io)
	if err != nil {
		return err
	}
	if err := c.attack(append(published, release), p); err != nil {
		return err
	}
	if err := c.difference(io, release, p); err != nil {
		return err
	}
	p.write = func(w stdio.Writer) error { return release.WriteCSV(w, form) }
	return nil
}

// difference refuses a release from which an earlier one can be subtracted.
func (c protectCmd) difference(io streams, release *disclosure.Release, p *protection) error {
	if c.Earlier == "" {
		return nil
	}
	earlier, err := readFile(c.Earlier, io.in, func(r stdio.Reader) (*disclosure.Release, error) { return disclosure.ReadRelease(r, 1) })
	if err != nil {
		return err
	}
	exposed, err := disclosure.Difference(release, earlier, c.Threshold)
	if err != nil {
		return err
	}
	for _, e := range exposed {
		p.Exposed = append(p.Exposed, e.Cell+": "+e.Reason)
	}
	if len(exposed) > 0 {
		return fmt.Errorf("subtracting %s gives %d small counts away, so nothing is written: %s", c.Earlier, len(exposed), strings.Join(p.Exposed[:min(5, len(p.Exposed))], "; "))
	}
	return nil
}

func (c protectCmd) release(table *disclosure.Table, p *protection) (*disclosure.Release, error) {
	base, rounded := strings.CutPrefix(c.Profile, "rounded-")
	switch {
	case rounded:
		n, err := strconv.ParseInt(base, 10, 64)
		if err != nil {
			return nil, err
		}
		return disclosure.Round(table, n, nil)
	case c.Profile == "noisy":
		var release *disclosure.Release
		err := c.withBudget(p, func(ledger *disclosure.Ledger) (err error) {
			p.Epsilon = c.Epsilon
			release, err = disclosure.AddNoise(table, ledger, c.releaseName(), c.Epsilon, nil)
			return err
		})
		return release, err
	}
	return disclosure.Suppress(table, c.Threshold)
}

// published reads the tables that are out already.
func (c protectCmd) published(io streams) ([]*disclosure.Release, error) {
	var out []*disclosure.Release
	for _, name := range c.Published {
		r, err := readFile(name, io.in, func(r stdio.Reader) (*disclosure.Release, error) { return disclosure.ReadRelease(r, 1) })
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// attack refuses what a hidden count can be worked out of. Rounded counts of few
// people are told as they are, so only exact recovery counts against them.
func (c protectCmd) attack(releases []*disclosure.Release, p *protection) error {
	threshold := c.Threshold
	if strings.HasPrefix(c.Profile, "rounded-") {
		threshold = 0
	}
	exposed, err := disclosure.Attack(threshold, releases...)
	if err != nil {
		return err
	}
	for _, e := range exposed {
		if c.Profile != "suppressed" && c.Profile != "attack" && e.Upper == 0 {
			continue // rounding says openly that nobody may be there
		}
		p.Exposed = append(p.Exposed, e.Cell+" "+e.Reason)
	}
	if len(p.Exposed) > 0 {
		return fmt.Errorf("%d hidden counts can be worked out, so nothing is written: %s", len(p.Exposed), strings.Join(p.Exposed[:min(5, len(p.Exposed))], "; "))
	}
	return nil
}

func (c protectCmd) attackPublished(io streams) error {
	first, err := readFile(c.File, io.in, func(r stdio.Reader) (*disclosure.Release, error) { return disclosure.ReadRelease(r, 1) })
	if err != nil {
		return err
	}
	published, err := c.published(io)
	if err != nil {
		return err
	}
	p := &protection{Profile: c.Profile, Grouped: []string{}, Exposed: []string{}, Rare: []string{}}
	if err := c.attack(append(published, first), p); err != nil {
		return fmt.Errorf("%s: %w", c.File, errors.New(strings.Replace(err.Error(), ", so nothing is written", "", 1)))
	}
	fmt.Fprintln(io.out, "No hidden count can be worked out.")
	return nil
}

func (c protectCmd) releaseName() string {
	if c.Release != "" {
		return c.Release
	}
	return c.File
}

// deliver writes the release, and nothing when writing it fails half way.
func (c protectCmd) deliver(io streams, p *protection) error {
	var b bytes.Buffer
	if err := p.write(&b); err != nil {
		return err
	}
	if c.Out == "" {
		_, err := io.out.Write(b.Bytes())
		return err
	}
	return writeFile(c.Out, func(w stdio.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
}

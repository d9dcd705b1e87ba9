package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"clew/disclosure"
)

// compare counts what a released table hides and how far its numbers are off.
func (p *protection) compare(truth *disclosure.Table, release *disclosure.Release, threshold int64) {
	known := 0
	for cell := range truth.Cells() {
		n := truth.Count(cell)
		if n > 0 && n < threshold {
			p.Small++
		}
		if !release.Known(cell) {
			p.Hidden++
			continue
		}
		known++
		p.MeanError += math.Abs(float64(release.Count(cell) - n))
	}
	p.MeanError /= float64(max(1, known))
}

// report tells the maker of a release what was done; it is not for publication.
func (p *protection) report(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, p)
	}
	fmt.Fprintf(w, "%s: %d people\n", p.Profile, p.People)
	if p.Dropped > 0 {
		fmt.Fprintf(w, "%d further records of the same people were left out: each person counts once\n", p.Dropped)
	}
	if len(p.Grouped) > 0 {
		fmt.Fprintf(w, "grouped as Other: %s\n", strings.Join(p.Grouped, ", "))
	}
	switch p.Profile {
	case "check":
		for _, line := range p.Rare {
			fmt.Fprintln(w, line)
		}
		if len(p.Rare) == 0 {
			fmt.Fprintln(w, "no combination of attributes is rare")
		}
	case "suppressed":
		fmt.Fprintf(w, "%d counts are small; %d cells are hidden so that none of them can be worked out\n", p.Small, p.Hidden)
	case "synthetic":
		p.reportUtility(w)
	default:
		fmt.Fprintf(w, "numbers are off by %.2f on average\n", p.MeanError)
	}
	if p.Epsilon > 0 {
		fmt.Fprintf(w, "this release cost ε %g, δ %.2g; ε %g is left\n", p.Epsilon, p.Delta, math.Round(p.LeftOver*1e6)/1e6)
	}
	return nil
}

func (p *protection) reportUtility(w io.Writer) {
	fmt.Fprintf(w, "%-8s %12s %12s %12s %12s %12s\n", "length", "combinations", "mean error", "mean count", "suppressed", "fabricated")
	for _, u := range p.Utility {
		fmt.Fprintf(w, "%-8d %12d %12.2f %12.1f %12d %12d\n", u.Length, u.Combinations, u.MeanError, u.MeanCount, u.Suppressed, u.Fabricated)
	}
}

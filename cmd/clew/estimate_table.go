package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"

	"clew/mse"
)

// histogramBins and histogramWidth are the size of the histogram on a terminal.
const (
	histogramBins  = 16
	histogramWidth = 40
)

// writeEstimate prints an estimate the way it must be read: never one number.
func writeEstimate(w io.Writer, r *mse.Result) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "Lists     %s\n", strings.Join(r.Lists, ", "))
	fmt.Fprintf(out, "Observed  %s people on at least one list\n", mse.People(float64(r.Observed)))
	fmt.Fprintf(out, "Estimate  %s people in all, by %s (%s on no list)\n\n", mse.People(r.Estimate), r.Method, mse.People(r.Estimate-float64(r.Observed)))
	writeIntervals(out, r)
	writeModel(out, r)
	writeHistogram(out, r.Bootstrap)
	for _, warning := range r.Warnings {
		fmt.Fprintf(out, "Warning: %s.\n", warning)
	}
	return out.Flush()
}

func writeIntervals(w io.Writer, r *mse.Result) {
	fmt.Fprintf(w, "%-50s %12s %12s %12s\n", "Number of people", "lower", "point", "upper")
	line := func(label string, lower, point, upper float64) {
		at := mse.People(point)
		if math.IsNaN(point) {
			at = "–"
		}
		fmt.Fprintf(w, "%-50s %12s %12s %12s\n", label, mse.People(lower), at, mse.People(upper))
	}
	if r.BCa != nil {
		line(fmt.Sprintf("%s, bootstrap 95 %% (BCa, %s resamples)", r.Method, mse.People(float64(r.BCa.Replicates))), r.BCa.Lower, r.Estimate, r.BCa.Upper)
	}
	if r.Wald != nil {
		line(fmt.Sprintf("%s, 95 %% if the model were known (Wald)", r.Method), r.Wald.Lower, r.Estimate, r.Wald.Upper)
	}
	if r.NearBest != nil {
		line(fmt.Sprintf("%d near-best models, range of estimates", r.NearBest.Models), r.NearBest.Lower, math.NaN(), r.NearBest.Upper)
	}
	for _, o := range r.Others {
		line(fmt.Sprintf("%s, 95 %%", o.Method), o.Lower, o.Median, o.Upper)
	}
	if r.BCa != nil {
		fmt.Fprintf(w, "Another seed would move the bootstrap limits by about %s.\n", mse.People(r.BCa.MonteCarloSE))
	}
	fmt.Fprintln(w)
}

func writeModel(w io.Writer, r *mse.Result) {
	if r.Wald == nil {
		return
	}
	fmt.Fprintf(w, "Model: the lists' own effects and %d interactions", len(r.Steps))
	if r.Method == mse.Stepwise && len(r.Steps) > 0 {
		fmt.Fprint(w, ", in order of entry")
	}
	fmt.Fprintln(w)
	for _, s := range r.Steps {
		fmt.Fprintf(w, "  %s", r.InteractionName(s.Interaction))
		if !math.IsNaN(s.P) {
			fmt.Fprintf(w, "  p = %.2g", s.P)
		}
		if s.Empty {
			fmt.Fprint(w, "  nobody in common: minus infinity")
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "Existence code of the model with every pair: %d (%s)\n\n", r.ExistenceCode, r.ExistenceCode)
}

func writeHistogram(w io.Writer, b *mse.Bootstrap) {
	if b == nil {
		return
	}
	bins := b.Histogram(histogramBins)
	tallest := 1
	for _, bin := range bins {
		tallest = max(tallest, bin.Count)
	}
	fmt.Fprintln(w, "Estimates of the resamples (the ends hold what lies beyond)")
	for _, bin := range bins {
		length := (bin.Count*histogramWidth + tallest - 1) / tallest
		fmt.Fprintf(w, "%12s – %-12s %s %d\n", mse.People(bin.Lower), mse.People(bin.Upper), strings.Repeat("#", length), bin.Count)
	}
	fmt.Fprintln(w)
}

package main

import (
	"context"
	"fmt"
	"sync"
	"text/tabwriter"

	"clew/internal/core"
	"clew/internal/support"
)

type whatifCmd struct {
	nodeFlags
	Periods      []int  `default:"30,45,90" help:"Recovery periods to compare, in days."`
	Years        int    `default:"5" help:"How many years ahead; arrivals are taken from as many years back."`
	Replications int    `default:"1000" help:"How often the years are lived through."`
	Seed         uint64 `default:"1" help:"Seed of everything random. The same seed gives the same answer, whatever the number of processors."`
	JSON         bool   `name:"json" help:"Write JSON instead of the table."`
}

// Help is what `clew what-if --help` says besides the flags.
func (whatifCmd) Help() string {
	return `Tells what another length of the recovery period would mean for places of safety: how many beds would be needed, how many people would wait and how long.

People come as they came, in blocks of four weeks drawn from the days that were observed. They stay as long as people stayed (Kaplan–Meier estimate), longer or shorter by as many days as the period. Whoever is protected already keeps the period of their day. Nobody is sent away: who finds no free bed waits.

Every figure comes with the bounds between which nine of ten replications lie. It is no forecast of who will come.`
}

// Run lives through the years and prints what was found.
func (c whatifCmd) Run(ctx context.Context, io streams) error {
	n, err := openNode(ctx, c.nodeFlags, nodeOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = n.Close() }()
	show := progress(io.err, "living through the years")
	var one sync.Mutex // replications run on all processors
	answers, err := n.support.WhatIf(ctx, core.SystemActor(), core.Identify,
		support.Supposition{Periods: c.Periods, Years: c.Years, Replications: c.Replications, Seed: c.Seed}, func(done, total int) {
			one.Lock()
			defer one.Unlock()
			show(done, total)
		})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, answers)
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "period\tbeds\tneeded at once\twaiting at the end\tdays waited\tlongest wait\t")
	for _, a := range answers {
		last := a.Steps[len(a.Steps)-1].Waiting
		_, _ = fmt.Fprintf(w, "%d days\t%d\t%.0f (%.0f–%.0f)\t%.0f (%.0f–%.0f)\t%.1f (%.1f–%.1f)\t%.0f (%.0f–%.0f)\t\n", a.Period, a.Beds,
			a.Enough.Middle, a.Enough.Low, a.Enough.High, last.Middle, last.Low, last.High, a.Wait.Middle, a.Wait.Low, a.Wait.High, a.Longest.Middle, a.Longest.Low, a.Longest.High)
	}
	return w.Flush()
}

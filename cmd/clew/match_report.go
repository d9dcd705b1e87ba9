package main

import (
	"os"

	"clew/match/link"
)

// writeReport writes the page that explains a linkage.
func (j *linkJob) writeReport(r *link.Result) error {
	report := link.Report{Title: "Linkage of " + j.cmd.File, IDs: j.ids}
	if j.truth >= 0 {
		q := r.Measure(j.truths)
		report.Quality = &q
	}
	f, err := os.Create(j.cmd.Report)
	if err != nil {
		return err
	}
	err = r.WriteReport(f, report)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

package main

import "clew/match/link"

func (j *linkJob) writeReport(r *link.Result) error { return nil }

package manifest

import "clew/edifact"

// Filled returns the report with empty lists in place of missing ones, and each
// person's main lists likewise: a script finds a list where it looks for one.
func (r Report) Filled() Report {
	r.Flights = orEmpty(r.Flights)
	r.Persons = orEmpty(r.Persons)
	r.Quarantined = orEmpty(r.Quarantined)
	r.Findings = orEmpty(r.Findings)
	r.Replies = orEmpty(r.Replies)
	for _, p := range r.Persons {
		p.Relations = orEmpty(p.Relations)
		p.Documents = orEmpty(p.Documents)
		p.Contacts = orEmpty(p.Contacts)
		p.Bags = orEmpty(p.Bags)
	}
	return r
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Worst returns the gravest severity among the findings and whether there is any.
func (r *Report) Worst() (worst edifact.Severity, any bool) {
	for _, f := range r.Findings {
		worst, any = max(worst, f.Severity), true
	}
	return worst, any
}

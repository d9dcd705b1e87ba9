package mse

import "encoding/json"

// The JSON of a result is a stable contract: scripts and pages read it.
type (
	resultJSON struct {
		Lists         []string      `json:"lists"`
		Observed      int64         `json:"observed"`
		Method        Method        `json:"method"`
		Estimate      *float64      `json:"estimate"`
		Wald          *intervalJSON `json:"wald"`
		BCa           *bcaJSON      `json:"bca"`
		Interactions  []string      `json:"interactions"`
		EmptyPairs    []string      `json:"empty_pairs"`
		ExistenceCode Code          `json:"existence_code"`
		NearBest      *nearBestJSON `json:"near_best"`
		Others        []otherJSON   `json:"others"`
		Warnings      []string      `json:"warnings"`
	}
	intervalJSON struct {
		Lower float64 `json:"lower"`
		Upper float64 `json:"upper"`
	}
	bcaJSON struct {
		Lower        float64 `json:"lower"`
		Upper        float64 `json:"upper"`
		Replicates   int     `json:"replicates"`
		MonteCarloSE float64 `json:"monte_carlo_se"`
	}
	nearBestJSON struct {
		Lower  float64 `json:"lower"`
		Upper  float64 `json:"upper"`
		Models int     `json:"models"`
	}
	otherJSON struct {
		Method Method  `json:"method"`
		Median float64 `json:"median"`
		Lower  float64 `json:"lower"`
		Upper  float64 `json:"upper"`
	}
)

// MarshalJSON writes the stable form. What a method does not have is null;
// estimate is null only in a result made by [Refused].
func (r *Result) MarshalJSON() ([]byte, error) {
	out := resultJSON{
		Lists: r.Lists, Observed: r.Observed, Method: r.Method, ExistenceCode: r.ExistenceCode,
		Interactions: []string{}, EmptyPairs: []string{}, Others: []otherJSON{}, Warnings: append([]string{}, r.Warnings...),
	}
	if r.Estimate > 0 {
		out.Estimate = &r.Estimate
	}
	if r.Wald != nil {
		out.Wald = &intervalJSON{r.Wald.Lower, r.Wald.Upper}
	}
	if r.BCa != nil {
		out.BCa = &bcaJSON{r.BCa.Lower, r.BCa.Upper, r.BCa.Replicates, r.BCa.MonteCarloSE}
	}
	for _, s := range r.Steps {
		out.Interactions = append(out.Interactions, r.table.Name(s.Interaction))
		if s.Empty {
			out.EmptyPairs = append(out.EmptyPairs, r.table.Name(s.Interaction))
		}
	}
	if r.NearBest != nil {
		out.NearBest = &nearBestJSON{r.NearBest.Lower, r.NearBest.Upper, r.NearBest.Models}
	}
	for _, o := range r.Others {
		out.Others = append(out.Others, otherJSON{o.Method, o.Median, o.Lower, o.Upper})
	}
	return json.Marshal(out)
}

// Refused is the result to show where the estimate was refused: no number, and
// the reason as its first warning.
func Refused(t *Table, o Options, refusal *Refusal) *Result {
	r := &Result{Lists: t.Lists(), Observed: t.total, Method: o.Method, table: t}
	r.warnf("refused (%s): %s", refusal.Reason, refusal.Detail)
	if r.Method == "" || r.Method == All {
		r.Method = Stepwise
	}
	if t.Check() == nil {
		r.checkTable()
	}
	return r
}

// InteractionName writes a term of the result's model: "PF:NCA".
func (r *Result) InteractionName(h History) string { return r.table.Name(h) }

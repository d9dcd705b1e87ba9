package disclosure

import (
	"errors"
	"math"
	"slices"
)

// LengthUtility compares the counts of all combinations of one length.
type LengthUtility struct {
	Length       int     `json:"length"`
	Combinations int     `json:"combinations"` // that at least Rare people have, or the release tells
	MeanError    float64 `json:"mean_error"`   // mean absolute error of their counts, in people
	MeanCount    float64 `json:"mean_count"`   // mean count of those that at least Rare people have
	Suppressed   int     `json:"suppressed"`   // at least Rare people have it, the release does not tell it
	Fabricated   int     `json:"fabricated"`   // the release tells it, nobody has it
	Leaked       int     `json:"leaked"`       // the release tells it, fewer than Rare people have it
}

// CompareCounts reports how well a release keeps the counts of combinations of up
// to length attributes. It looks at the true counts, so it is for those who hold
// the data, and publishing it costs privacy.
func CompareCounts(truth, release *Records, rare int64, length int) ([]LengthUtility, error) {
	truth, release, err := sameCategories(truth, release)
	if err != nil {
		return nil, err
	}
	c, err := newCoder(truth)
	if err != nil {
		return nil, err
	}
	var report []LengthUtility
	for n := 1; n <= min(length, len(truth.Attributes)); n++ {
		u := LengthUtility{Length: n}
		var sum, people float64
		common := 0
		for _, s := range subsets(len(truth.Attributes), n) {
			was, is := truth.marginal(c, s), release.marginal(c, s)
			for code, count := range was {
				if count >= rare {
					common++
					people += float64(count)
				}
				if count >= rare || is[code] > 0 {
					u.Combinations++
					sum += math.Abs(float64(count - is[code]))
				}
				switch {
				case count >= rare && is[code] == 0:
					u.Suppressed++
				case count < rare && is[code] > 0:
					u.Leaked++
				}
			}
			for code, count := range is {
				if was[code] == 0 && count > 0 {
					u.Combinations++
					u.Fabricated++
					u.Leaked++
					sum += float64(count)
				}
			}
		}
		u.MeanError = sum / float64(max(1, u.Combinations))
		u.MeanCount = people / float64(max(1, common))
		report = append(report, u)
	}
	return report, nil
}

// sameCategories numbers the categories of both data sets alike.
func sameCategories(a, b *Records) (*Records, *Records, error) {
	if !slices.Equal(a.Attributes, b.Attributes) {
		return nil, nil, errors.New("disclosure: the two data sets have different attributes")
	}
	both := make([][]string, len(a.Attributes))
	index := make([]map[string]int32, len(both))
	for j := range both {
		index[j] = map[string]int32{}
		for _, name := range slices.Concat(a.Categories[j], b.Categories[j]) {
			if _, ok := index[j][name]; !ok {
				index[j][name] = int32(len(both[j]))
				both[j] = append(both[j], name)
			}
		}
	}
	renumber := func(r *Records) *Records {
		out := &Records{Attributes: r.Attributes, Categories: both}
		for _, row := range r.Rows {
			values := slices.Clone(row.Values)
			for j, v := range values {
				if v != Blank {
					values[j] = index[j][r.Categories[j][v]]
				}
			}
			out.Rows = append(out.Rows, Row{values, row.People})
		}
		return out
	}
	return renumber(a), renumber(b), nil
}

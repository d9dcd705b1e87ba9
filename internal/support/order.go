package support

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"clew/internal/core"
)

// Candidate is a provider with an agreement in force that takes whom the needs
// are about.
type Candidate struct {
	Agency    core.ID
	Regions   []string // of the agreement
	Languages []string
	Free      map[string]int // free beds that fit, by region
	Waiting   int            // offers that wait for its answer
}

// Ranked is a candidate with the reasons for its place in the order.
type Ranked struct {
	Candidate
	Reasons []string
	score   []int
}

// order puts those first who have a free bed that fits in the region that is
// wished for, then those who speak the language, then those with more free beds
// and fewer offers to answer. Whoever has no free bed outside the region that is
// not safe is left out. The reasons say all of it.
func order(all []Candidate, n Needs) []Ranked {
	var list []Ranked
	for _, c := range all {
		free := 0
		for region, beds := range c.Free {
			if region != n.Avoid || n.Avoid == "" {
				free += beds
			}
		}
		if free == 0 {
			continue
		}
		near := n.Region != "" && n.Region != n.Avoid && c.Free[n.Region] > 0
		spoken := sharedWord(c.Languages, n.Languages)
		list = append(list, Ranked{Candidate: c, Reasons: reasonsOf(free, near, spoken, n), score: []int{flag(near), flag(spoken), free, -c.Waiting}})
	}
	slices.SortStableFunc(list, func(a, b Ranked) int {
		return cmp.Or(slices.Compare(b.score, a.score), slices.Compare(a.Agency[:], b.Agency[:]))
	})
	return list
}

func reasonsOf(free int, near, spoken bool, n Needs) []string {
	reasons := []string{"free_" + strconv.Itoa(free)}
	switch {
	case near:
		reasons = append(reasons, "region")
	case n.Region != "":
		reasons = append(reasons, "other_region")
	}
	switch {
	case spoken:
		reasons = append(reasons, "language")
	case len(n.Languages) > 0:
		reasons = append(reasons, "no_language")
	}
	return reasons
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sharedWord(a, b []string) bool {
	return slices.ContainsFunc(a, func(w string) bool { return slices.Contains(b, w) })
}

// ReasonText says a reason for a place in the order in plain words.
func ReasonText(code string) string {
	if n, ok := strings.CutPrefix(code, "free_"); ok {
		if n == "1" {
			return "1 free bed that fits"
		}
		return n + " free beds that fit"
	}
	return map[string]string{"region": "in the region that is wished for", "other_region": "in another region than is wished for",
		"language": "speaks a language that is understood", "no_language": "an interpreter would be needed"}[code]
}

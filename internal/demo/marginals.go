package demo

import "math/rand/v2"

// share is one value of a marginal and how often it occurs, in thousandths.
type share[T any] struct {
	value T
	parts int
}

// pick draws a value by the shares.
func pick[T any](r *rand.Rand, shares []share[T]) T {
	total := 0
	for _, s := range shares {
		total += s.parts
	}
	n := r.IntN(total)
	for _, s := range shares {
		if n -= s.parts; n < 0 {
			return s.value
		}
	}
	return shares[len(shares)-1].value
}

// The shares below are rounded from the referrals of 2022 Q2 to 2023 Q4 (30,197
// people): Home Office, National Referral Mechanism statistics, Open Government
// Licence v3.0.

var nationalities = []share[string]{
	{"ALB", 254}, {"GBR", 255}, {"ERI", 59}, {"SDN", 56}, {"VNM", 52}, {"IRN", 22}, {"IND", 19}, {"AFG", 17}, {"ROU", 16}, {"SOM", 16},
	{"CHN", 13}, {"IRQ", 12}, {"ETH", 11}, {"SYR", 11}, {"PAK", 11}, {"NGA", 9}, {"PHL", 8}, {"EGY", 8}, {"BGD", 6}, {"POL", 6},
	{"BRA", 5}, {"THA", 4}, {"SSD", 4}, {"GHA", 4}, {"NAM", 3}, {"LTU", 3}, {"TCD", 3}, {"LKA", 3}, {"BGR", 3}, {"XXX", 6},
}

// exploitations are the published combinations, told in the scheme's codes.
var exploitations = []share[[]string]{
	{[]string{"forced_labour"}, 292}, {[]string{"criminal_drugs"}, 175}, {[]string{"county_lines"}, 100},
	{[]string{"forced_labour", "criminal_drugs"}, 115}, {[]string{"unknown"}, 107}, {[]string{"sexual_prostitution"}, 97},
	{[]string{"forced_labour", "domestic_servitude"}, 33}, {[]string{"sexual_prostitution", "forced_labour"}, 27}, {[]string{"domestic_servitude"}, 16},
	{[]string{"sexual_prostitution", "criminal_theft"}, 14}, {[]string{"sexual_prostitution", "forced_labour", "domestic_servitude"}, 8},
	{[]string{"sexual_other", "domestic_servitude"}, 6}, {[]string{"organ_removal"}, 1},
}

var genders = []share[string]{{"masculine", 771}, {"feminine", 227}, {"non_conforming", 1}, {"unspecified", 1}}

// ages are the age groups at exploitation; a little under half of the children
// of then are still children at the referral.
var ages = []share[string]{{"adult", 511}, {"child", 431}, {"unknown", 58}}

var referrers = []share[string]{
	{"visas", 298}, {"immigration", 179}, {"border", 16}, {"labour", 7}, {"police-north", 100}, {"police-south", 128},
	{"council-east", 110}, {"council-west", 114}, {"charity-harbour", 27}, {"charity-lantern", 16}, {"health", 5},
}

// Outcomes, in thousandths: the annual figures of 2022 and 2023 together.
const (
	notifyShare      = 190 // duty to notify, of all reports
	positiveRG       = 700
	positiveCG       = 680
	reconsiderShare  = 140 // of negatives
	overturnedShare  = 350 // of reconsiderations
	withdrawnShare   = 25
	suspendedShare   = 45
	extendedShare    = 120
	policeShare      = 280 // of adults who consent
	infoShare        = 180
	ageDisputedShare = 90 // of children
)

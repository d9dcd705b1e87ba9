package mse

import "fmt"

// Reason is why an estimate, or a part of one, is refused. The value is stable.
type Reason string

// The reasons.
const (
	NoMLE           Reason = "no_mle"           // the likelihood has no maximum: some parameter runs to infinity
	NotIdentifiable Reason = "not_identifiable" // different parameters give the same fit
	EmptyList       Reason = "empty_list"       // a list has nobody on it
	DuplicateLists  Reason = "duplicate_lists"  // two lists have exactly the same people
	TooFewLists     Reason = "too_few_lists"    // fewer than three
	TooManyLists    Reason = "too_many_lists"   // more than the search can cover
	OneSided        Reason = "one_sided"        // every replicate lies on one side of the estimate
	NoReplicates    Reason = "no_replicates"    // too few replicates for an interval
	NotConverged    Reason = "not_converged"    // the numbers are outside what floating point can fit
)

// Refusal says why no number is given. It is what errors.As finds in the errors
// of this package that are about the data and not about the form of a file.
type Refusal struct {
	Reason Reason
	Detail string // a plain sentence
}

// Error implements error.
func (r *Refusal) Error() string { return "no estimate: " + r.Detail }

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// refusalOf turns an existence code into its refusal.
func refusalOf(code Code, what string) *Refusal {
	if code&CodeNotIdentifiable != 0 {
		return refuse(NotIdentifiable, "the model %s is not identifiable: the overlaps between the lists do not determine it", what)
	}
	return refuse(NoMLE, "the model %s has no maximum likelihood estimate: with these overlaps some parameter runs to infinity", what)
}

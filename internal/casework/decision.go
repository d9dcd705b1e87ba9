package casework

import (
	"time"

	"clew/internal/core"
)

// DecisionKind is what a decision is about.
type DecisionKind string

// The kinds of decision.
const (
	NoDecision        DecisionKind = ""
	ReasonableGrounds DecisionKind = "rg"
	ConclusiveGrounds DecisionKind = "cg"
	Reconsidered      DecisionKind = "reconsideration"
	EndOfRecovery     DecisionKind = "end_recovery"
)

var decisionLabels = map[DecisionKind]string{ReasonableGrounds: "Reasonable grounds decision", ConclusiveGrounds: "Conclusive grounds decision",
	Reconsidered: "Reconsideration", EndOfRecovery: "Early end of the recovery period"}

// Label returns the decision in plain words.
func (k DecisionKind) Label() string { return decisionLabels[k] }

// Outcome is what was decided.
type Outcome string

// The outcomes. For an early end of recovery, Negative ends it.
const (
	Positive Outcome = "positive"
	Negative Outcome = "negative"
)

// DecisionStatus is how far a decision has come.
type DecisionStatus string

// The statuses. Only Served and Overturned decisions are in force.
const (
	Proposed   DecisionStatus = "proposed"
	Served     DecisionStatus = "served"
	Overturned DecisionStatus = "overturned" // the second reviewer decided the other way
	Returned   DecisionStatus = "returned"   // not served: the second reviewer sent it back, or the case went on without it
)

// Finding is what was found on one element of the definition of trafficking.
type Finding string

// The findings. NotRequired is for the means, when the person is a child
// (Palermo Protocol art. 3(c)).
const (
	Found       Finding = "found"
	NotFound    Finding = "not_found"
	NotRequired Finding = "not_required"
)

// Decision is a reasoned decision. What it says in words is sealed.
type Decision struct {
	ID         core.ID
	Rev        int
	CaseID     core.ID
	Kind       DecisionKind
	Outcome    Outcome
	Status     DecisionStatus
	Act        Finding
	Means      Finding
	Purpose    Finding
	Indicators []string  // catalogue codes relied on
	Evidence   []core.ID // documents relied on
	Ground     string    // early end of recovery: the scheme's ground
	Late       bool      // reconsideration: asked for after the window
	Sealed     []byte    // Reasons
	ProposerID core.ID
	ProposedAt time.Time
	ReviewerID core.ID
	ReviewedAt time.Time
	ServedAt   time.Time
}

// Reasons is what a decision says in words.
type Reasons struct {
	Act        core.Secret `json:"act,omitempty"`
	Means      core.Secret `json:"means,omitempty"`
	Purpose    core.Secret `json:"purpose,omitempty"`
	Reasons    core.Secret `json:"reasons,omitempty"`
	Review     core.Secret `json:"review,omitempty"`     // the second reviewer's words
	LateReason core.Secret `json:"lateReason,omitempty"` // reconsideration
	Request    core.Secret `json:"request,omitempty"`    // reconsideration: what the person says
	Proposed   *Findings   `json:"proposed,omitempty"`   // what the caseworker had found, where the second reviewer found otherwise
}

// Findings are what was found on the three elements of the definition.
type Findings struct {
	Act     Finding `json:"act"`
	Means   Finding `json:"means"`
	Purpose Finding `json:"purpose"`
}

// DecisionForm is what a caseworker decides on one screen.
type DecisionForm struct {
	Outcome    Outcome
	Act        Finding
	Means      Finding
	Purpose    Finding
	Indicators []string
	Evidence   []core.ID
	Reasons    Reasons
	Ground     string // early end of recovery
}

// ReviewForm is the second reviewer's answer. Who overturns a decision about the
// person finds on act, means and purpose anew: a positive decision rests on
// findings that carry it.
type ReviewForm struct {
	Answer   ReviewAnswer
	Words    core.Secret
	Findings Findings
}

// ReviewAnswer is what a second reviewer can say.
type ReviewAnswer string

// The answers.
const (
	Confirm  ReviewAnswer = "confirm"  // the decision is served
	Overturn ReviewAnswer = "overturn" // it is served with the other outcome
	SendBack ReviewAnswer = "return"   // back to the caseworker, nothing is served
)

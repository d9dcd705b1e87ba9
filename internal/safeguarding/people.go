package safeguarding

import (
	"time"

	"clew/internal/core"
)

// CarerState is what is known about an adult who is presented as a carer.
type CarerState string

// The states.
const (
	Presented  CarerState = "presented" // nobody has looked yet
	CarerTrue  CarerState = "confirmed" // the relation is as said
	CarerFalse CarerState = "not_safe"  // the relation is not as said, or the adult is a danger
)

var carerLabels = map[CarerState]string{Presented: "Not checked yet", CarerTrue: "Relation confirmed", CarerFalse: "Not safe"}

// Label returns the state in plain words.
func (s CarerState) Label() string { return carerLabels[s] }

// CarerStates lists every state.
var CarerStates = []CarerState{Presented, CarerTrue, CarerFalse}

// nextCarer is the state table: what was found may have to be looked at again.
var nextCarer = map[CarerState][]CarerState{
	Presented:  {CarerTrue, CarerFalse},
	CarerTrue:  {CarerFalse},
	CarerFalse: {CarerTrue},
}

// Carer links a child with an adult who was presented as belonging to the child.
type Carer struct {
	ID        core.ID
	Rev       int
	CaseID    core.ID
	Relation  string
	State     CarerState
	CreatedAt time.Time
	ActorID   core.ID
	AgencyID  core.ID
	CheckedAt time.Time
	CheckedBy core.ID
	Sealed    []byte // CarerWords
	Finding   []byte // Words, once checked
}

// CarerWords identify the adult.
type CarerWords struct {
	Name      core.Secret      `json:"name"`
	BirthDate core.PartialDate `json:"born,omitzero"`
	Phone     core.Secret      `json:"phone,omitempty"`
	Document  core.Secret      `json:"document,omitempty"`
	Text      core.Secret      `json:"text,omitempty"`
}

// CarerView is a link in words.
type CarerView struct {
	Carer
	CarerWords
	Found Words
}

// ActionState is where a step of somebody who speaks for the child stands.
type ActionState string

// The states.
const (
	ActionOpen    ActionState = "open"
	ActionDone    ActionState = "done"
	ActionDropped ActionState = "dropped"
)

var actionLabels = map[ActionState]string{ActionOpen: "To do", ActionDone: "Done", ActionDropped: "Not done"}

// Label returns the state in plain words.
func (s ActionState) Label() string { return actionLabels[s] }

// ActionStates lists every state.
var ActionStates = []ActionState{ActionOpen, ActionDone, ActionDropped}

// nextAction is the state table.
var nextAction = map[ActionState][]ActionState{ActionOpen: {ActionDone, ActionDropped}}

// Advocacy is one line of the advocacy tracker: who speaks for the child, what
// they do next, and what came of it.
type Advocacy struct {
	ID        core.ID
	Rev       int
	CaseID    core.ID
	Role      string
	State     ActionState
	Due       core.Date
	CreatedAt time.Time
	ActorID   core.ID
	AgencyID  core.ID
	EndedAt   time.Time
	EndedBy   core.ID
	Sealed    []byte // Words: Who, and Text the next action
	Outcome   []byte // Words, once ended
}

// AdvocacyView is a line in words.
type AdvocacyView struct {
	Advocacy
	Words
	Result Words
}

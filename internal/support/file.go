package support

import (
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
)

// FileState is where support stands.
type FileState string

// The states of support. It never ends by itself.
const (
	Running FileState = "running"
	Notice  FileState = "notice" // an end is announced; it can be taken back
	Ended   FileState = "ended"
)

var fileNext = map[FileState][]FileState{
	Running: {Notice},
	Notice:  {Running, Ended},
}

// MayBecome reports whether support may go from one state to the other.
func (s FileState) MayBecome(to FileState) bool { return slices.Contains(fileNext[s], to) }

var fileLabels = map[FileState]string{Running: "Running", Notice: "Notice given", Ended: "Ended"}

// Label returns the state in plain words.
func (s FileState) Label() string { return fileLabels[s] }

// phaseNext is what support may turn into: after the period it goes on outside.
var phaseNext = map[string][]string{
	Accommodation: {Outreach, Resettlement},
	Outreach:      {Resettlement, Accommodation},
	Resettlement:  {Outreach},
}

// NextPhases lists what support may turn into from a phase.
func NextPhases(phase string) []string { return slices.Clone(phaseNext[phase]) }

// File is the support that one provider gives one person.
type File struct {
	ID        core.ID
	Rev       int
	Case      core.ID
	Request   core.ID
	Person    core.ID
	Agency    core.ID
	Authority core.ID
	Kind      string
	Phase     string
	State     FileState
	Shared    bool // the person lets the authority read the notes
	StartedAt time.Time
	NoticeAt  time.Time
	EndsOn    core.Date
	EndReason string
	EndedAt   time.Time
	NextAt    time.Time // the next planned contact; zero: none is planned
}

// Resource is what the policies see of the file.
func (f *File) Resource() access.Resource {
	return access.Resource{Type: access.Support, ID: f.ID, Provider: f.Agency, Authority: f.Authority, Shared: f.Shared}
}

// Assessment is what the person needs and what threatens them. It is stored only
// sealed, every version.
type Assessment struct {
	Health      core.Secret `json:"health,omitempty"`
	Mind        core.Secret `json:"mind,omitempty"`
	Legal       core.Secret `json:"legal,omitempty"`
	Interpreter string      `json:"interpreter,omitempty"` // ISO 639-3; "" when none is needed
	Dependants  core.Secret `json:"dependants,omitempty"`
	Safety      core.Secret `json:"safety,omitempty"`
	Risk        string      `json:"risk,omitempty"` // "standard", "high"
}

// MoveOn is the plan for afterwards. It is stored only sealed, every version.
type MoveOn struct {
	Home   core.Secret `json:"home,omitempty"`
	Income core.Secret `json:"income,omitempty"`
	People core.Secret `json:"people,omitempty"` // who is there for them
	Safety core.Secret `json:"safety,omitempty"`
}

// The sealed sections of a file.
const (
	SectionAssessment = "assessment"
	SectionMoveOn     = "move_on"
	SectionContact    = "contact" // terms of safe contact that are newer than the referral's
)

// Section is one version of a sealed section.
type Section struct {
	File      core.ID
	Name      string
	Version   int
	Sealed    []byte
	WrittenAt time.Time
	WrittenBy core.ID
}

// Goal is one thing the person wants to reach. What it is, and how reviews went,
// is sealed.
type Goal struct {
	ID        core.ID
	Rev       int
	File      core.ID
	Area      string
	State     GoalState
	ReviewOn  core.Date
	Sealed    []byte // GoalWords
	CreatedAt time.Time
	ChangedAt time.Time
	ChangedBy core.ID
}

// GoalWords are the words of a goal.
type GoalWords struct {
	Goal   core.Secret `json:"goal"`
	Steps  core.Secret `json:"steps,omitempty"`
	Review core.Secret `json:"review,omitempty"` // the latest
}

// GoalState is where a goal stands.
type GoalState string

// The states of a goal.
const (
	GoalOpen    GoalState = "open"
	GoalMet     GoalState = "met"
	GoalDropped GoalState = "dropped"
)

var goalNext = map[GoalState][]GoalState{GoalOpen: {GoalOpen, GoalMet, GoalDropped}}

// MayBecome reports whether a goal may go from one state to the other.
func (s GoalState) MayBecome(to GoalState) bool { return slices.Contains(goalNext[s], to) }

var goalLabels = map[GoalState]string{GoalOpen: "Under way", GoalMet: "Reached", GoalDropped: "Given up"}

// Label returns the state in plain words.
func (s GoalState) Label() string { return goalLabels[s] }

// Contact is one contact with the person, planned or made.
type Contact struct {
	ID         core.ID
	Rev        int
	File       core.ID
	PlannedAt  time.Time
	Channel    string
	State      ContactState
	RecordedAt time.Time
	RecordedBy core.ID // zero: clew, because nobody did
	Sealed     []byte  // ContactWords
}

// ContactWords are the words of a contact.
type ContactWords struct {
	About  core.Secret `json:"about,omitempty"`
	Result core.Secret `json:"result,omitempty"`
}

// ContactState is where a contact stands.
type ContactState string

// The states of a contact. A missed one that was made after all is put right.
const (
	ContactPlanned   ContactState = "planned"
	ContactMade      ContactState = "made"
	ContactMissed    ContactState = "missed"
	ContactCancelled ContactState = "cancelled"
)

var contactNext = map[ContactState][]ContactState{
	ContactPlanned: {ContactMade, ContactMissed, ContactCancelled},
	ContactMissed:  {ContactMade},
}

// MayBecome reports whether a contact may go from one state to the other.
func (s ContactState) MayBecome(to ContactState) bool { return slices.Contains(contactNext[s], to) }

var contactLabels = map[ContactState]string{ContactPlanned: "Planned", ContactMade: "Made", ContactMissed: "Missed", ContactCancelled: "Cancelled"}

// Label returns the state in plain words.
func (s ContactState) Label() string { return contactLabels[s] }

// Payment is an allowance paid.
type Payment struct {
	ID         core.ID
	File       core.ID
	Kind       string
	Amount     int64 // in the smallest unit
	Currency   string
	PaidOn     core.Date
	RecordedAt time.Time
	RecordedBy core.ID
	Sealed     []byte
}

// Activity is help given on a day: advice, counselling, a lesson, a note.
type Activity struct {
	ID         core.ID
	File       core.ID
	Kind       string
	On         core.Date
	RecordedAt time.Time
	RecordedBy core.ID
	Sealed     []byte
}

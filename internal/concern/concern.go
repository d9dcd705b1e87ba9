package concern

import (
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safecontact"
)

// Kind is by which door a concern came.
type Kind string

// The kinds.
const (
	Report Kind = "report" // written by somebody without an account
	Call   Kind = "call"   // a call or chat of the advice line
)

// State is where a concern is.
type State string

// The states. The zero State is invalid.
const (
	Quarantined State = "quarantined" // a report nobody at the desk has looked at
	Running     State = "running"     // a call that is being taken
	Open        State = "open"
	Closed      State = "closed"
	Discarded   State = "discarded" // abuse, or nothing in it; erased after a while
)

// States lists every state.
var States = []State{Quarantined, Running, Open, Closed, Discarded}

var stateLabels = map[State]string{Quarantined: "New, not looked at", Running: "On the line", Open: "Open", Closed: "Closed", Discarded: "Discarded"}

// Label returns the state in plain words.
func (s State) Label() string { return stateLabels[s] }

// next is where each state leads, by a decision of somebody at the desk.
var next = map[State][]State{
	Quarantined: {Open, Discarded},
	Running:     {Open, Closed},
	Open:        {Closed, Discarded},
	Closed:      {Open},
	Discarded:   {Open},
}

// Leads reports whether the desk may move a concern from one state to another. A
// call is never discarded: it happened.
func (s State) Leads(kind Kind, to State) bool {
	return slices.Contains(next[s], to) && (kind == Report || to != Discarded)
}

// Concern is one row: codes only, no words.
type Concern struct {
	ID       core.ID
	Rev      int
	Kind     Kind
	State    State
	Desk     core.ID // the agency that answers
	PassedTo core.ID // the police force that may read it; zero for none
	PersonID core.ID // whose key of the vault seals it
	Author   core.ID // who took the call; zero for a report
	Lang     string  // ISO 639-3, in which it was made
	Channel  string  // "web", "call", "chat"
	Caller   string  // a code of CallerTypes, or ""
	Outcome  string  // a code of Outcomes, or ""
	Child    bool
	Danger   bool // somebody is in danger now
	Unread   bool // the reporter wrote something nobody has answered or read
	Grading  Grading

	CreatedAt, UpdatedAt, ClosedAt time.Time
}

// Resource is what policies look at.
func (c *Concern) Resource() access.Resource {
	return access.Resource{Type: access.Concern, ID: c.ID, Desk: c.Desk, PassedTo: c.PassedTo}
}

// Grading says how far the source can be relied on, in the words of one scheme:
// the same code means different things in different schemes, so the three
// belong together.
type Grading struct{ Scheme, Code, Text string }

// GradingScheme is the scheme in which reports are graded here.
const GradingScheme = "uk-3x5x2"

// Gradings are the codes for a source in GradingScheme. The agency that adopts
// them checks the wording.
var Gradings = []Grading{
	{GradingScheme, "1", "Reliable"},
	{GradingScheme, "2", "Untested"},
	{GradingScheme, "3", "Not reliable"},
}

// Untested is how every report begins: nobody knows who wrote it.
var Untested = Gradings[1]

// Choice is one answer of a closed question.
type Choice struct{ Code, Label string }

// CallerTypes are who calls.
var CallerTypes = []Choice{
	{"self", "The person themselves"}, {"relative", "A relative, partner or friend"}, {"public", "A member of the public"},
	{"worker", "A worker of a service (health, social work, school)"}, {"responder", "A first responder"}, {"business", "A business or employer"},
	{"unknown", "Did not want to say"},
}

// Outcomes are how a concern ends.
var Outcomes = []Choice{
	{"advised", "Advice given"}, {"referred", "A referral was begun"}, {"intelligence", "Handed on as intelligence"}, {"safeguarding", "A child was reported to safeguarding"},
	{"police", "Passed to the police"}, {"elsewhere", "Pointed to another service"}, {"not_ours", "Not about exploitation"}, {"broken_off", "The contact broke off"},
}

// Channels of a call.
var Channels = []Choice{{"call", "Telephone call"}, {"chat", "Chat"}}

// Discards are why a report is discarded.
var Discards = []Choice{{"abuse", "Abuse or advertising"}, {"empty", "Nothing in it that can be used"}, {"twice", "The same as another report"}}

// Label finds a code's words.
func Label(list []Choice, code string) string {
	for _, c := range list {
		if c.Code == code {
			return c.Label
		}
	}
	return ""
}

func known(list []Choice, code string) bool { return Label(list, code) != "" }

// ReportRow is what a report has besides its Concern.
type ReportRow struct {
	ConcernID   core.ID
	Locator     []byte // by which a receipt finds it
	ReceiptSlot []byte // the content key, for the receipt
	DeskSlot    []byte // the content key, for the desk; sealed again by the vault
	ConfirmedAt time.Time
}

// MessageRow is one sealed message of a report; number 0 is the report itself.
type MessageRow struct {
	ConcernID core.ID
	N         int
	FromDesk  bool
	Author    core.ID // of the desk; zero for the reporter
	Sealed    []byte
	At        time.Time
}

// Message is a message that was opened.
type Message struct {
	N        int
	FromDesk bool
	Author   core.ID
	Text     core.Secret
	At       time.Time
}

// PhotoRow is the picture of a report, cleaned and sealed.
type PhotoRow struct {
	ConcernID core.ID
	MediaType string
	Size      int
	Sealed    []byte
}

// RecordRow is one version of a call's record.
type RecordRow struct {
	ConcernID core.ID
	Version   int
	Author    core.ID
	Sealed    []byte
	At        time.Time
}

// Record is what is typed while a call runs.
type Record struct {
	Channel  string            `json:"channel,omitempty"`
	Caller   string            `json:"caller,omitempty"` // CallerTypes
	Lang     string            `json:"lang,omitempty"`   // ISO 639-3
	Danger   bool              `json:"danger,omitempty"`
	Child    bool              `json:"child,omitempty"`
	Name     core.Secret       `json:"name,omitempty"` // as they want to be called
	Place    core.Secret       `json:"place,omitempty"`
	Said     core.Secret       `json:"said,omitempty"`
	Advice   core.Secret       `json:"advice,omitempty"`
	Contact  safecontact.Terms `json:"contact,omitzero"`
	Articles []core.ID         `json:"articles,omitempty"` // of the knowledge base, that were read out
}

// Event is one line of what happened to a concern.
type Event struct {
	ID        core.ID
	ConcernID core.ID
	At        time.Time
	Actor     core.ID
	Kind      string // "moved", "replied", "passed", "graded", "handed_on", …
	Detail    string // codes and ids
}

// FollowUp is something to be done about a concern by a day.
type FollowUp struct {
	ID         core.ID
	Rev        int
	ConcernID  core.ID
	Desk       core.ID
	Sealed     []byte
	What       core.Secret // opened
	DueAt      time.Time
	RemindedAt time.Time // when its time came and it was not done
	DoneAt     time.Time
	DoneBy     core.ID
	Author     core.ID
	CreatedAt  time.Time
}

// Article is a piece of the advice line's knowledge. A change makes a new
// version; the older ones stay, because calls name the one that was read out.
type Article struct {
	ID      core.ID
	Version int
	Lang    string // BCP 47 tag of the room language
	Title   string
	Body    string
	Words   string // how it is searched besides: synonyms, other spellings
	Active  bool
	Author  core.ID
	At      time.Time
}

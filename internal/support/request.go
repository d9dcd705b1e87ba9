package support

import (
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
)

// Needs are the coarse needs by which a place is looked for. They tell nobody who
// the person is.
type Needs struct {
	Who        string // Women, Men, Families; "" when it is not known
	Accessible bool
	Region     string // wished for; "" for any
	Avoid      string // not safe for them
	Languages  []string
	Dependants int
}

// The kinds of support.
const (
	Recovery  = "recovery"
	Emergency = "emergency"
)

// KindLabel returns the kind in plain words.
func KindLabel(kind string) string {
	if kind == Emergency {
		return "Emergency support"
	}
	return "Support"
}

// RequestState is where a referral to support stands.
type RequestState string

// The states of a referral to support.
const (
	RequestOpen      RequestState = "open"
	RequestAccepted  RequestState = "accepted"
	RequestWithdrawn RequestState = "withdrawn"
)

var requestNext = map[RequestState][]RequestState{RequestOpen: {RequestAccepted, RequestWithdrawn}}

// MayBecome reports whether a referral to support may go from one state to the
// other.
func (s RequestState) MayBecome(to RequestState) bool { return slices.Contains(requestNext[s], to) }

// Request is a referral to support: somebody needs a place.
type Request struct {
	ID           core.ID
	Rev          int
	Case         core.ID
	Person       core.ID
	Authority    core.ID
	Kind         string
	State        RequestState
	Needs        Needs
	OpenedAt     time.Time
	DueAt        time.Time
	EscalatedAt  time.Time
	ClosedAt     time.Time
	ClosedReason string
	AcceptedBy   core.ID
}

// OfferState is where an offer stands.
type OfferState string

// The states of an offer. One that lapsed may still be accepted while nobody
// else has: a late yes is better than none.
const (
	OfferWaiting  OfferState = "waiting"
	OfferAccepted OfferState = "accepted"
	OfferDeclined OfferState = "declined"
	OfferLapsed   OfferState = "lapsed"
	OfferTaken    OfferState = "taken_back" // another accepted, or it is needed no longer
)

var offerNext = map[OfferState][]OfferState{
	OfferWaiting: {OfferAccepted, OfferDeclined, OfferLapsed, OfferTaken},
	OfferLapsed:  {OfferAccepted, OfferDeclined, OfferTaken},
}

// MayBecome reports whether an offer may go from one state to the other.
func (s OfferState) MayBecome(to OfferState) bool { return slices.Contains(offerNext[s], to) }

var offerLabels = map[OfferState]string{OfferWaiting: "Waiting for an answer", OfferAccepted: "Accepted", OfferDeclined: "Declined",
	OfferLapsed: "Not answered in time", OfferTaken: "No longer needed"}

// Label returns the state in plain words.
func (s OfferState) Label() string { return offerLabels[s] }

// Offer is a referral to support put before one provider.
type Offer struct {
	ID         core.ID
	Rev        int
	Request    core.ID
	Case       core.ID
	Agency     core.ID
	State      OfferState
	Place      int      // in the order of asking, from 1
	Reasons    []string // why this provider, as codes; see ReasonText
	OfferedAt  time.Time
	AnswerBy   time.Time
	AnsweredAt time.Time
	AnsweredBy core.ID
	Declined   string // a reason of the scheme
}

// Resource is what the policies see of the offer.
func (o *Offer) Resource() access.Resource {
	return access.Resource{Type: access.Offer, ID: o.ID, Provider: o.Agency}
}

// Case is what support knows of a case: where it stands and whose it is, and the
// coded facts by which a place is looked for.
type Case struct {
	ID             core.ID
	Rev            int
	Reference      string
	Scheme         string
	Jurisdiction   string
	ClockDay       core.Date
	Person         core.ID
	Authority      core.ID
	LocalAuthority core.ID
	SupportAgency  core.ID
	State          string
	Live           bool
	Referral       bool // not a duty to notify
	Child          bool
	WasChild       bool // at referral
	Consent        bool
	Gender         string
	UrgentNeeds    []string
	SupportWanted  string
	RecoveryUntil  core.Date
	Resource       access.Resource
}

// Event is a line on the case's timeline.
type Event struct {
	ID     core.ID
	Case   core.ID
	At     time.Time
	Actor  core.ID
	Agency core.ID
	Kind   string
	State  string
	Detail string
}

// Task is something an agency has to do about a case.
type Task struct {
	ID        core.ID
	Case      core.ID
	Kind      string
	Agency    core.ID
	DueAt     time.Time
	CreatedAt time.Time
	Detail    string // codes and references only
}

// The kinds of task that support raises. Their labels stand with casework's.
const (
	TaskUnanswered   = "support_unanswered" // authority: nobody has accepted
	TaskWelfareCheck = "welfare_check"      // provider, authority: contacts missed in a row
	TaskMissed       = "contact_missed"     // provider: a planned contact has no record
	TaskReview       = "support_review"     // provider: a goal is to be reviewed
	TaskArrival      = "arrival_overdue"    // provider: a reserved bed is not filled
	TaskEnd          = "support_end_due"    // provider: the notice has run out; end it or extend it
	TaskWindDown     = "support_wind_down"  // provider: consent withdrawn, negative decision, period over
)

// TaskKinds lists them.
var TaskKinds = []string{TaskUnanswered, TaskWelfareCheck, TaskMissed, TaskReview, TaskArrival, TaskEnd, TaskWindDown, TaskPermitExpiring, TaskReturnFollowUp}

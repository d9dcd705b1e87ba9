package casework

import (
	"math"
	"time"

	"clew/internal/access"
	"clew/internal/core"
)

// NoDeadline sorts a case without a clock after every case that has one.
const NoDeadline = math.MaxInt64

// Case is the part of a referral round that is stored in clear: where it
// stands, whose it is, and the coded facts. It names nobody.
type Case struct {
	ID            core.ID
	Rev           int
	Reference     string
	Kind          Kind
	State         State
	Prior         State // before Suspended
	Scheme        string
	Jurisdiction  string
	PersonID      core.ID // the owner of the data key
	Round         int     // 1 for a first referral; a re-referral is the next round
	EarlierCaseID core.ID

	ReferringAgency core.ID
	Author          core.ID
	Authority       core.ID
	LocalAuthority  core.ID
	SupportAgency   core.ID
	Assignee        core.ID

	AgeGroup          string // "adult" or "child", at referral
	Child             bool   // a child, or presumed one; ends on the eighteenth birthday
	AgeBasis          string // "stated", "presumed", "birth_date", "assessed"
	AgeDisputed       bool
	AgeContradiction  bool // stated age and date of birth disagree
	Gender            string
	Nationality       string
	SecondNationality string
	Facts             Facts

	ConsentSharing    bool // an adult agreed to the referral and to support
	ConsentPolice     bool // the person agreed to share with an investigation
	InfoRequestedFrom core.ID

	ReviewOf   DecisionKind // the decision that waits for a second reviewer
	ProposerID core.ID
	DeciderID  core.ID // of the newest served decision
	ReviewerID core.ID

	SubmittedAt     time.Time
	NotifiedAt      time.Time // DtN, kept after an upgrade
	ClockDay        core.Date // picks the rules of the day
	DueAt           time.Time // zero: no deadline
	DueFor          Deadline
	RGDueAt         time.Time
	RGDecidedAt     time.Time
	RecoveryFrom    core.Date
	RecoveryUntil   core.Date
	RecoveryEndedAt time.Time
	CGDecidedAt     time.Time
	ReconsiderUntil core.Date
	SuspendedAt     time.Time
	ClosedAt        time.Time
	EndReason       string
	UpdatedAt       time.Time
}

// Deadline says what a case's clock is for.
type Deadline string

// The deadlines.
const (
	NoClock             Deadline = ""
	DueRG               Deadline = "rg"
	DueRecoveryEnd      Deadline = "recovery_end"
	DueReconsideration  Deadline = "reconsideration"
	DueReconsiderWindow Deadline = "reconsider_window"
)

var deadlineLabels = map[Deadline]string{DueRG: "Reasonable grounds decision", DueRecoveryEnd: "Recovery period ends",
	DueReconsideration: "Reconsideration", DueReconsiderWindow: "Reconsideration may be asked for until"}

// Label returns what the clock is for in plain words.
func (d Deadline) Label() string { return deadlineLabels[d] }

// Resource is what the policies see of the case.
func (c *Case) Resource() access.Resource {
	return access.Resource{
		Type: access.Case, ID: c.ID,
		Author: c.Author, ReferringAgency: c.ReferringAgency, Authority: c.Authority, LocalAuthority: c.LocalAuthority,
		SupportAgency: c.SupportAgency, InfoRequestedFrom: c.InfoRequestedFrom,
		Assignee: c.Assignee, Proposer: c.ProposerID, Decider: c.DeciderID, Reviewer: c.ReviewerID,
		State: string(c.State), Kind: string(c.Kind), Child: c.Child, ConsentSharing: c.ConsentSharing, ConsentPolice: c.ConsentPolice,
	}
}

// WasChild reports whether the person was a child, or presumed one, when
// referred: then no means need be found, also after the eighteenth birthday.
func (c *Case) WasChild() bool { return c.Child || c.AgeGroup == "child" }

// Event is one line of a case's timeline. Detail holds codes, days and
// references only.
type Event struct {
	ID       core.ID
	CaseID   core.ID
	At       time.Time
	ActorID  core.ID
	AgencyID core.ID
	Kind     string // a Command, or what time brought: "clock_started", "recovery_ended"
	State    State  // after it
	Detail   string
	Shared   bool // the referring agency sees it too
}

// Section names one sealed part of a case.
type Section string

// The sections.
const (
	SectionIdentity  Section = "identity"
	SectionNarrative Section = "narrative"
	SectionContact   Section = "contact"
)

// SealedSection is one version of a section as stored.
type SealedSection struct {
	CaseID    core.ID
	Name      Section
	Version   int
	Sealed    []byte
	WrittenAt time.Time
}

// Consent is one record of an informed consent and its withdrawal.
type Consent struct {
	ID            core.ID
	CaseID        core.ID
	Purpose       string // "referral_and_support", "share_with_police", …
	Recipient     string
	NoticeVersion string
	Language      string
	Interpreter   bool
	GivenAt       time.Time
	RecordedBy    core.ID
	AgencyID      core.ID
	WithdrawnAt   time.Time
	WithdrawnBy   core.ID
}

// InfoRequest is a question to another agency. It stops no clock.
type InfoRequest struct {
	ID         core.ID
	Rev        int
	CaseID     core.ID
	AgencyID   core.ID // who is asked
	AskedBy    core.ID
	AskedAt    time.Time
	DueAt      time.Time
	Question   []byte // sealed
	Answer     []byte // sealed
	AnsweredBy core.ID
	AnsweredAt time.Time
}

// Task is something somebody has to do about a case.
type Task struct {
	ID        core.ID
	Rev       int
	CaseID    core.ID
	Kind      TaskKind
	AgencyID  core.ID
	Assignee  core.ID
	DueAt     time.Time
	CreatedAt time.Time
	DoneAt    time.Time
	DoneBy    core.ID
	Detail    string // codes and references only
}

// TaskKind is what a task asks for.
type TaskKind string

// The kinds of task.
const (
	TaskChildNotified    TaskKind = "child_notified"    // local authority: a child was referred
	TaskPossibleMatch    TaskKind = "possible_match"    // authority: may be an earlier person
	TaskAgeContradiction TaskKind = "age_contradiction" // authority: stated age and birth date disagree
	TaskTurnsEighteen    TaskKind = "turns_eighteen"    // authority and local authority: 100 days before
	TaskConsentAtAge     TaskKind = "consent_at_age"    // authority: the person is an adult today and must consent to stay
	TaskSecondReview     TaskKind = "second_review"     // authority: reviewer's inbox
	TaskDecisionReturned TaskKind = "decision_returned" // authority: the second reviewer sent the decision back to who proposed it
	TaskSupportWindDown  TaskKind = "support_wind_down" // support agency: consent was withdrawn; wind down, do not cut
	TaskDeadlineNear     TaskKind = "deadline_near"     // authority: the clock is nearly out
	TaskDeadlinePassed   TaskKind = "deadline_passed"   // authority: the clock has run out
	TaskInfoOverdue      TaskKind = "info_overdue"      // authority: a request for information has had no answer

	TaskSupportUnanswered TaskKind = "support_unanswered" // authority: no provider has accepted the person
	TaskWelfareCheck      TaskKind = "welfare_check"      // provider, authority: contacts were missed in a row
	TaskContactMissed     TaskKind = "contact_missed"     // provider: a planned contact was missed or has no record
	TaskSupportReview     TaskKind = "support_review"     // provider: a goal is to be looked at together
	TaskArrivalOverdue    TaskKind = "arrival_overdue"    // provider: a reserved bed is still empty
	TaskSupportEndDue     TaskKind = "support_end_due"    // provider: the notice has run out
	TaskPermitExpiring    TaskKind = "permit_expiring"    // provider, authority: a permit ends soon
	TaskReturnFollowUp    TaskKind = "return_follow_up"   // provider, authority: ask how somebody is who has returned
)

var taskLabels = map[TaskKind]string{
	TaskChildNotified: "A child has been referred", TaskPossibleMatch: "Possibly the same person",
	TaskAgeContradiction: "Stated age and date of birth disagree", TaskTurnsEighteen: "Turns 18 soon",
	TaskConsentAtAge: "Now an adult: ask for consent", TaskSecondReview: "Second review",
	TaskDecisionReturned: "Sent back by the second reviewer: decide anew",
	TaskSupportWindDown:  "Wind support down, do not cut it", TaskSupportUnanswered: "No provider has accepted yet",
	TaskWelfareCheck: "Welfare check: contacts were missed in a row", TaskContactMissed: "A contact was missed",
	TaskPermitExpiring: "A permit ends soon", TaskReturnFollowUp: "Ask how they are after the return",
	TaskSupportReview: "Look at a goal together", TaskArrivalOverdue: "A reserved bed is still empty", TaskSupportEndDue: "The notice has run out: end support or take it back",
	TaskDeadlineNear:   "Deadline is near",
	TaskDeadlinePassed: "Deadline has passed", TaskInfoOverdue: "No answer to a request for information",
}

// Label returns the task in plain words.
func (k TaskKind) Label() string { return taskLabels[k] }

// Note is a caseworker's note. Internal notes stay inside the authority.
type Note struct {
	ID       core.ID
	CaseID   core.ID
	AuthorID core.ID
	AgencyID core.ID
	At       time.Time
	Shared   bool
	Sealed   []byte
}

// Document is a file kept with a draft or a case. Title and content are sealed.
type Document struct {
	ID        core.ID
	OwnerID   core.ID // draft, then case
	PersonID  core.ID
	AuthorID  core.ID
	AgencyID  core.ID
	At        time.Time
	MediaType string
	Size      int64
	Scan      string // "clean", "not_scanned"
	Title     []byte // sealed
	Content   []byte // sealed; empty in lists
}

// SavedView is a queue filter a caseworker keeps.
type SavedView struct {
	ID     core.ID
	UserID core.ID
	Name   string
	Query  string
}

// DraftRow is a referral that is still being written.
type DraftRow struct {
	ID            core.ID
	Rev           int
	PersonID      core.ID
	Author        core.ID
	Agency        core.ID
	Shared        bool
	EarlierCaseID core.ID // a re-referral of this case
	UpgradesCase  core.ID // turns this duty to notify into a referral
	Sealed        []byte
	CreatedAt     time.Time
	UpdatedAt     time.Time
	ExpiresAt     time.Time
	WarnedAt      time.Time
}

// Resource is what the policies see of the draft.
func (d *DraftRow) Resource() access.Resource {
	return access.Resource{Type: access.Draft, ID: d.ID, Author: d.Author, ReferringAgency: d.Agency, State: string(Draft), Shared: d.Shared}
}

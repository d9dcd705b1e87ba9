package safeguarding

import (
	"time"

	"clew/internal/core"
)

// NoticeKind is what a notice tells.
type NoticeKind string

// The kinds.
const (
	NoticeChild          NoticeKind = "child_referred"         // local authority: a child was referred in your area
	NoticeChildUnknown   NoticeKind = "child_not_acknowledged" // authority: the local authority has not confirmed
	NoticeStep           NoticeKind = "step_overdue"           // local authority: a step's time is out
	NoticeMissing        NoticeKind = "missing"                // everybody with a duty
	NoticeMissingUnheard NoticeKind = "missing_not_acknowledged"
	NoticeSighting       NoticeKind = "sighting"
	NoticeFound          NoticeKind = "found"
	NoticeInterview      NoticeKind = "interview_overdue"
	NoticeSameAdult      NoticeKind = "same_adult" // the same adult is presented to several children
	NoticeAdult          NoticeKind = "found_adult"
	NoticeHandover       NoticeKind = "handover"         // local authority: turns 18 soon
	NoticeHandoverLate   NoticeKind = "handover_overdue" // 18 today, and nobody has taken over
)

var noticeLabels = map[NoticeKind]string{
	NoticeChild: "A child was referred in your area", NoticeChildUnknown: "The local authority has not confirmed that it knows of the child",
	NoticeStep: "A step for a child is overdue", NoticeMissing: "A child is missing", NoticeMissingUnheard: "Not confirmed yet: a child is missing",
	NoticeSighting: "A missing child was seen", NoticeFound: "A missing child was found", NoticeInterview: "A return interview is overdue",
	NoticeSameAdult: "The same adult is presented by several children", NoticeAdult: "An age assessment found an adult: look at the age",
	NoticeHandover: "Turns 18 soon: plan the hand-over", NoticeHandoverLate: "Is 18 today, and no hand-over is recorded",
}

// Label returns the kind in plain words.
func (k NoticeKind) Label() string { return noticeLabels[k] }

// Urgent reports whether the notice is about a child who may be in danger now.
func (k NoticeKind) Urgent() bool {
	return k == NoticeMissing || k == NoticeMissingUnheard || k == NoticeSighting
}

// Notice tells an agency something about a child. It stays in the agency's inbox
// until somebody there confirms it by name. Key makes it unique: the same thing is
// told to the same agency once, however often a job runs.
type Notice struct {
	ID             core.ID
	Rev            int
	Key            string
	AgencyID       core.ID
	CaseID         core.ID
	SubjectID      core.ID // the episode, step or link it is about; zero: the child
	Kind           NoticeKind
	Detail         string // a step's name; codes only
	CreatedAt      time.Time
	DueAt          time.Time // zero: nobody waits for an answer
	Level          int       // how often it was passed on for want of an answer
	AcknowledgedAt time.Time
	AcknowledgedBy core.ID
}

// NoticeView is a notice with the case's reference, for those who may see it.
type NoticeView struct {
	Notice
	Reference string
}

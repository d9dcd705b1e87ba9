package casework

import (
	"clew/internal/core"
)

// ReferralForm is everything a first responder can answer: a draft while it is
// being written, a case when it is submitted. It is stored only sealed.
type ReferralForm struct {
	Jurisdiction string       `json:"jurisdiction,omitempty"`
	Age          Age          `json:"age,omitzero"`
	Consent      ConsentGiven `json:"consent,omitzero"`
	Identity     Identity     `json:"identity,omitzero"`
	Narrative    Narrative    `json:"narrative,omitzero"`
	Contact      Contact      `json:"contact,omitzero"`
	Facts        Facts        `json:"facts,omitzero"`
	Done         []Step       `json:"done,omitempty"` // the pages that were completed
}

// Step is one page of the referral journey.
type Step string

// The steps, in the order of the task list. Not every referral has all of
// them; see ReferralForm.Steps.
const (
	StepPlace      Step = "place"
	StepAge        Step = "age"
	StepAuthority  Step = "local-authority"
	StepConsent    Step = "consent"
	StepNotify     Step = "duty-to-notify"
	StepName       Step = "name"
	StepAbout      Step = "about-the-person"
	StepDocuments  Step = "identity-documents"
	StepTypes      Step = "exploitation"
	StepWhere      Step = "where-and-when"
	StepElements   Step = "circumstances"
	StepAccount    Step = "what-happened"
	StepIndicators Step = "indicators"
	StepRisks      Step = "risks-and-needs"
	StepExploiters Step = "others-involved"
	StepPolice     Step = "police"
	StepLocation   Step = "current-location"
	StepContact    Step = "safe-contact"
	StepResponder  Step = "your-details"
	StepEvidence   Step = "evidence"
)

// Steps lists every step in the order of the task list.
var Steps = []Step{StepPlace, StepAge, StepAuthority, StepConsent, StepNotify, StepName, StepAbout, StepDocuments, StepTypes, StepWhere,
	StepElements, StepAccount, StepIndicators, StepRisks, StepExploiters, StepPolice, StepLocation, StepContact, StepResponder, StepEvidence}

// Track is which way a referral goes: by age and consent.
type Track string

// The tracks.
const (
	TrackUnknown Track = ""
	TrackAdult   Track = "adult"
	TrackChild   Track = "child"
	TrackNotify  Track = "notify"
)

// Track follows from the answers about age and consent. Somebody whose age is in
// doubt is presumed a child (Convention art. 10(3)); a date of birth that makes
// the person a child outweighs "adult" for the same reason.
func (f *ReferralForm) Track(today core.Date, adultAge int) Track {
	switch {
	case f.PresumedChild(today, adultAge):
		return TrackChild
	case f.Age.Stated == "":
		return TrackUnknown
	case f.Consent.Answer == "no":
		return TrackNotify
	case f.Consent.Answer == "yes":
		return TrackAdult
	}
	return TrackUnknown
}

// PresumedChild reports whether the person is a child, may be one by the date
// of birth, or is of doubtful age.
func (f *ReferralForm) PresumedChild(today core.Date, adultAge int) bool {
	if f.Age.Stated == "child" || f.Age.Stated == "unsure" {
		return true
	}
	return f.childByBirthDate(today, adultAge)
}

func (f *ReferralForm) childByBirthDate(today core.Date, adultAge int) bool {
	if f.Identity.BirthDate.IsZero() {
		return false
	}
	least, _ := f.Identity.BirthDate.AgeOn(today)
	return least < adultAge
}

// AgeContradiction reports whether the stated age and the date of birth cannot
// both be right.
func (f *ReferralForm) AgeContradiction(today core.Date, adultAge int) bool {
	if f.Identity.BirthDate.IsZero() {
		return false
	}
	least, greatest := f.Identity.BirthDate.AgeOn(today)
	switch f.Age.Stated {
	case "adult":
		return greatest < adultAge
	case "child":
		return least >= adultAge
	}
	return false
}

// StepsFor lists the steps that this referral needs, given its track.
func StepsFor(track Track) []Step {
	list := make([]Step, 0, len(Steps))
	for _, s := range Steps {
		if stepApplies(s, track) {
			list = append(list, s)
		}
	}
	return list
}

func stepApplies(s Step, track Track) bool {
	switch s {
	case StepAuthority:
		return track == TrackChild
	case StepConsent:
		return track != TrackChild
	case StepNotify:
		return track == TrackNotify
	case StepName, StepDocuments, StepContact, StepLocation:
		return track != TrackNotify // a notification carries no identity and no place
	}
	return true
}

// Submission is a finished referral and how it came in.
type Submission struct {
	Form           ReferralForm
	EarlierCaseID  core.ID
	IdempotencyKey string // API and import: the same key submits once
	Digest         []byte // of the request, so that a key used for something else is refused
}

// Receipt is what the first responder is told.
type Receipt struct {
	CaseID        core.ID
	Reference     string
	Kind          Kind
	PossibleMatch bool
	Repeated      bool // this idempotency key was submitted before; nothing new was made
}

package casework

import (
	"clew/internal/core"
	"clew/internal/safecontact"
)

// Identity is who the person is, as far as known. It is stored only sealed.
type Identity struct {
	Names             []Name             `json:"names,omitempty"`
	BirthDate         core.PartialDate   `json:"birthDate,omitzero"`
	Gender            string             `json:"gender,omitempty"`
	Nationality       string             `json:"nationality,omitempty"` // ISO 3166-1 alpha-3
	SecondNationality string             `json:"secondNationality,omitempty"`
	Documents         []IdentityDocument `json:"documents,omitempty"`
	Phones            []core.Secret      `json:"phones,omitempty"`
	Emails            []core.Secret      `json:"emails,omitempty"`
	CaseNumbers       []core.Secret      `json:"caseNumbers,omitempty"` // other agencies' references
}

// Name is one name the person is known by.
type Name struct {
	Given  core.Secret `json:"given,omitempty"`
	Family core.Secret `json:"family,omitempty"`
	Kind   string      `json:"kind,omitempty"` // "main", "alias", "nickname", "birth"
}

// Full returns given and family name as one line. It reveals.
func (n Name) Full() string {
	switch {
	case n.Given == "":
		return n.Family.Reveal()
	case n.Family == "":
		return n.Given.Reveal()
	}
	return n.Given.Reveal() + " " + n.Family.Reveal()
}

// IdentityDocument is a passport, identity card or similar.
type IdentityDocument struct {
	Type    string      `json:"type"` // "passport", "identity_card", "visa", "residence_permit", "birth_certificate", "other"
	Number  core.Secret `json:"number"`
	Country string      `json:"country,omitempty"`
}

// Narrative is what happened, in words and places. It is stored only sealed.
type Narrative struct {
	Account        core.Secret            `json:"account,omitempty"`
	HowStarted     core.Secret            `json:"howStarted,omitempty"`
	Control        core.Secret            `json:"control,omitempty"` // what keeps or kept them there, how they left
	Exploiters     core.Secret            `json:"exploiters,omitempty"`
	OthersAtRisk   core.Secret            `json:"othersAtRisk,omitempty"`
	RiskDetail     core.Secret            `json:"riskDetail,omitempty"`
	Observations   core.Secret            `json:"observations,omitempty"` // the responder's professional view
	NotifyReason   core.Secret            `json:"notifyReason,omitempty"` // DtN: why there is no consent
	IndicatorNotes map[string]core.Secret `json:"indicatorNotes,omitempty"`
	Situations     []Situation            `json:"situations,omitempty"`
	CrimeReference core.Secret            `json:"crimeReference,omitempty"`
	CrimeForce     string                 `json:"crimeForce,omitempty"`
	Referrer       Referrer               `json:"referrer,omitzero"`
}

// Situation is one place and time of exploitation.
type Situation struct {
	Country string           `json:"country,omitempty"` // ISO 3166-1 alpha-3
	Town    core.Secret      `json:"town,omitempty"`
	Address core.Secret      `json:"address,omitempty"`
	From    core.PartialDate `json:"from,omitzero"`
	Until   core.PartialDate `json:"until,omitzero"`
	Ongoing bool             `json:"ongoing,omitempty"`
}

// Referrer is how the authority reaches the worker who referred.
type Referrer struct {
	Name         core.Secret `json:"name,omitempty"`
	JobTitle     string      `json:"jobTitle,omitempty"`
	Phone        core.Secret `json:"phone,omitempty"`
	Email        core.Secret `json:"email,omitempty"`
	OwnReference core.Secret `json:"ownReference,omitempty"`
}

// Contact is where the person is and how to reach them safely. It is stored
// only sealed, apart from the narrative, because fewer people may see it.
type Contact struct {
	safecontact.Terms
	Town      core.Secret   `json:"town,omitempty"`
	Region    string        `json:"region,omitempty"`
	Address   core.Secret   `json:"address,omitempty"`
	Guardians []core.Secret `json:"guardians,omitempty"` // child: adults responsible
}

// Facts are the coded answers. They hold nothing that names a person and are
// stored in clear, so that queues can be filtered and people counted.
type Facts struct {
	Exploitation      []string    `json:"exploitation,omitempty"`
	ExploitedWhere    string      `json:"exploitedWhere,omitempty"` // "domestic", "overseas", "both", "unknown"
	MoreThanOne       string      `json:"moreThanOne,omitempty"`    // "yes", "no", "unknown"
	Act               []string    `json:"act,omitempty"`
	Means             []string    `json:"means,omitempty"`
	Purpose           []string    `json:"purpose,omitempty"`
	Indicators        []Indicator `json:"indicators,omitempty"`
	Risks             []string    `json:"risks,omitempty"`
	UrgentNeeds       []string    `json:"urgentNeeds,omitempty"`
	OthersAtRisk      string      `json:"othersAtRisk,omitempty"`
	StillExploited    string      `json:"stillExploited,omitempty"`
	LastContact       string      `json:"lastContact,omitempty"`
	PoliceReport      string      `json:"policeReport,omitempty"`      // "yes", "no", "unknown"
	WillingToAssist   string      `json:"willingToAssist,omitempty"`   // with an investigation; never a condition of help
	SupportWanted     string      `json:"supportWanted,omitempty"`     // "yes", "no", "later"
	AgeAtExploitation string      `json:"ageAtExploitation,omitempty"` // "adult", "child", "both", "unknown"
	CurrentLocation   string      `json:"currentLocation,omitempty"`   // "safe", "still_there", "detained", "unknown"
}

// Indicator is one sign from the catalogue that somebody saw.
type Indicator struct {
	Code       string           `json:"code"`
	ObservedBy string           `json:"observedBy,omitempty"` // "me", "colleague", "person", "third_party"
	On         core.PartialDate `json:"on,omitzero"`
}

// Age is what was said about the person's age at the time of referral.
type Age struct {
	Stated    string  `json:"stated,omitempty"` // "child", "adult", "unsure"
	Reason    string  `json:"reason,omitempty"`
	Authority core.ID `json:"authority,omitzero"` // the local authority told about a child
}

// ConsentGiven is what the first responder records about consent. The
// explanation and the answer are separate questions on purpose: agreement
// without explanation is not consent.
type ConsentGiven struct {
	Explained     string    `json:"explained,omitempty"` // "yes", "no"
	Answer        string    `json:"answer,omitempty"`    // "yes", "no"
	NoticeVersion string    `json:"noticeVersion,omitempty"`
	Language      string    `json:"language,omitempty"`
	Interpreter   string    `json:"interpreter,omitempty"` // "yes", "no"
	On            core.Date `json:"on,omitzero"`
}

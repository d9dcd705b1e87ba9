package api

// Referral is what a client sends. Its properties are named as the errors name
// them. Dates that are known in part are text: "1996", "1996-07", "1996-07-21",
// with "~" after them for about.
type Referral struct {
	Jurisdiction string    `json:"jurisdiction,omitempty" maxLength:"60" doc:"Where the referral is made, as listed by the scheme. Default: the agency's own." example:"england-wales"`
	EarlierCase  string    `json:"earlierCase,omitempty" maxLength:"36" doc:"The id of the case of the person's earlier round, if you know it."`
	Age          Age       `json:"age" doc:"What was said about the age."`
	Consent      Consent   `json:"consent,omitempty" doc:"Adults only. No consent makes a duty to notify: it carries no identity, whatever is sent."`
	Identity     Identity  `json:"identity,omitempty" doc:"Who the person is, as far as known. Stored sealed."`
	Narrative    Narrative `json:"narrative,omitempty" doc:"What happened, in words. Stored sealed."`
	Contact      Contact   `json:"contact,omitempty" doc:"Where the person is and how to reach them safely. Stored sealed."`
	Facts        Facts     `json:"facts" doc:"The coded answers. Codes are those of GET /api/v1/schemes/{id}."`
}

// Age is what was said about the person's age.
type Age struct {
	Stated    string `json:"stated" enum:"child,adult,unsure" doc:"Whoever may be a child is treated as one."`
	Reason    string `json:"reason,omitempty" maxLength:"200" doc:"Why the age is unsure."`
	Authority string `json:"authority,omitempty" maxLength:"40" doc:"For a child: the code of the local authority that is told." example:"council-east"`
}

// Consent is what the responder records about consent.
type Consent struct {
	Explained     string `json:"explained,omitempty" enum:"yes,no" doc:"Was the referral explained to the person?"`
	Answer        string `json:"answer,omitempty" enum:"yes,no" doc:"What the person answered."`
	NoticeVersion string `json:"noticeVersion,omitempty" maxLength:"60" doc:"Version of the privacy notice that was given."`
	Language      string `json:"language,omitempty" maxLength:"60" doc:"ISO 639 code of the explanation's language." example:"vie"`
	Interpreter   string `json:"interpreter,omitempty" enum:"yes,no" doc:"Did an interpreter help?"`
	On            string `json:"on,omitempty" maxLength:"10" doc:"The day of the answer, YYYY-MM-DD." example:"2025-03-11"`
}

// Identity is who the person is.
type Identity struct {
	Names             []Name             `json:"names,omitempty" maxItems:"40" doc:"Every name the person is known by."`
	BirthDate         string             `json:"birthDate,omitempty" maxLength:"40" doc:"As far as known." example:"1996-07"`
	Gender            string             `json:"gender,omitempty" enum:"feminine,masculine,transgender_feminine,transgender_masculine,non_conforming,unspecified" doc:"As the person says; unspecified when not said."`
	Nationality       string             `json:"nationality,omitempty" maxLength:"60" doc:"ISO 3166-1 code; XXX when not known, XXA for a stateless person." example:"VNM"`
	SecondNationality string             `json:"secondNationality,omitempty" maxLength:"60" doc:"ISO 3166-1 code."`
	Documents         []IdentityDocument `json:"documents,omitempty" maxItems:"40" doc:"Identity documents."`
	Phones            []string           `json:"phones,omitempty" maxItems:"40" doc:"The person's own numbers."`
	Emails            []string           `json:"emails,omitempty" maxItems:"40" doc:"The person's own addresses."`
	CaseNumbers       []string           `json:"caseNumbers,omitempty" maxItems:"40" doc:"Other agencies' references."`
}

// Name is one name.
type Name struct {
	Given  string `json:"given,omitempty" maxLength:"200"`
	Family string `json:"family,omitempty" maxLength:"200"`
	Kind   string `json:"kind,omitempty" enum:"main,alias,nickname,birth"`
}

// IdentityDocument is a passport, identity card or similar.
type IdentityDocument struct {
	Type    string `json:"type" enum:"passport,identity_card,visa,residence_permit,birth_certificate,other"`
	Number  string `json:"number" minLength:"1" maxLength:"200"`
	Country string `json:"country,omitempty" maxLength:"60" doc:"ISO 3166-1 code of who issued it."`
}

// Narrative is what happened.
type Narrative struct {
	Account        string            `json:"account,omitempty" maxLength:"15000" doc:"What happened, as far as known. A few lines are enough."`
	HowStarted     string            `json:"howStarted,omitempty" maxLength:"15000"`
	Control        string            `json:"control,omitempty" maxLength:"15000" doc:"What keeps or kept them there, how they left."`
	Exploiters     string            `json:"exploiters,omitempty" maxLength:"15000"`
	OthersAtRisk   string            `json:"othersAtRisk,omitempty" maxLength:"15000"`
	RiskDetail     string            `json:"riskDetail,omitempty" maxLength:"15000"`
	Observations   string            `json:"observations,omitempty" maxLength:"15000" doc:"The responder's professional view."`
	NotifyReason   string            `json:"notifyReason,omitempty" maxLength:"15000" doc:"Duty to notify: why there is no consent."`
	IndicatorNotes map[string]string `json:"indicatorNotes,omitempty" maxProperties:"200" doc:"What was seen, by the indicator's code."`
	Situations     []Situation       `json:"situations,omitempty" maxItems:"40" doc:"Places and times of exploitation."`
	CrimeReference string            `json:"crimeReference,omitempty" maxLength:"200"`
	CrimeForce     string            `json:"crimeForce,omitempty" maxLength:"200"`
	Referrer       Referrer          `json:"referrer" doc:"How the authority comes back to who referred."`
}

// Situation is one place and time of exploitation.
type Situation struct {
	Country string `json:"country,omitempty" maxLength:"60" doc:"ISO 3166-1 code."`
	Town    string `json:"town,omitempty" maxLength:"200"`
	Address string `json:"address,omitempty" maxLength:"500"`
	From    string `json:"from,omitempty" maxLength:"40" doc:"As far as known."`
	Until   string `json:"until,omitempty" maxLength:"40" doc:"As far as known."`
	Ongoing bool   `json:"ongoing,omitempty"`
}

// Referrer is the worker who refers.
type Referrer struct {
	Name         string `json:"name" minLength:"1" maxLength:"200"`
	JobTitle     string `json:"jobTitle,omitempty" maxLength:"200"`
	Phone        string `json:"phone,omitempty" maxLength:"200" doc:"This or the e-mail address is needed."`
	Email        string `json:"email,omitempty" maxLength:"200"`
	OwnReference string `json:"ownReference,omitempty" maxLength:"200" doc:"Your own number. Do not use names."`
}

// Contact is where the person is and how to reach them.
type Contact struct {
	Town        string   `json:"town,omitempty" maxLength:"200"`
	Region      string   `json:"region,omitempty" maxLength:"200"`
	Address     string   `json:"address,omitempty" maxLength:"500"`
	SafeToReach string   `json:"safeToReach,omitempty" enum:"yes,only_through,no" doc:"No if in doubt."`
	Channels    []string `json:"channels,omitempty" maxItems:"5" enum:"call,text,email,post,worker"`
	Phone       string   `json:"phone,omitempty" maxLength:"200"`
	Email       string   `json:"email,omitempty" maxLength:"200"`
	Through     string   `json:"through,omitempty" maxLength:"500" doc:"Whom to go through instead."`
	Hours       string   `json:"hours,omitempty" maxLength:"500"`
	NeverSay    string   `json:"neverSay,omitempty" maxLength:"500" doc:"What must never be left in a message."`
	CodeWord    string   `json:"codeWord,omitempty" maxLength:"200"`
	Language    string   `json:"language,omitempty" maxLength:"60" doc:"ISO 639 code."`
	Interpreter bool     `json:"interpreter,omitempty"`
	Aids        []string `json:"aids,omitempty" maxItems:"40" doc:"Help to communicate."`
	Guardians   []string `json:"guardians,omitempty" maxItems:"40" doc:"Child: the adults responsible."`
}

// Facts are the coded answers.
type Facts struct {
	Exploitation      []string    `json:"exploitation" maxItems:"40" doc:"At least one type."`
	ExploitedWhere    string      `json:"exploitedWhere" enum:"domestic,overseas,both,unknown"`
	MoreThanOne       string      `json:"moreThanOne,omitempty" enum:"yes,no,unknown" doc:"More than one situation."`
	Act               []string    `json:"act,omitempty" maxItems:"40"`
	Means             []string    `json:"means,omitempty" maxItems:"40"`
	Purpose           []string    `json:"purpose,omitempty" maxItems:"40"`
	Indicators        []Indicator `json:"indicators,omitempty" maxItems:"200"`
	Risks             []string    `json:"risks,omitempty" maxItems:"40"`
	UrgentNeeds       []string    `json:"urgentNeeds,omitempty" maxItems:"40"`
	OthersAtRisk      string      `json:"othersAtRisk,omitempty" enum:"yes,no,unknown"`
	StillExploited    string      `json:"stillExploited,omitempty" enum:"yes,no,unknown"`
	LastContact       string      `json:"lastContact,omitempty" enum:"week,month,three_months,six_months,year,longer,unknown" doc:"When the exploiter was last in contact: within the last week, month, three months, six months, year, or longer ago."`
	PoliceReport      string      `json:"policeReport,omitempty" enum:"yes,no,unknown"`
	WillingToAssist   string      `json:"willingToAssist,omitempty" enum:"yes,no,unknown" doc:"With an investigation. Never a condition of help."`
	SupportWanted     string      `json:"supportWanted,omitempty" enum:"yes,no,later"`
	AgeAtExploitation string      `json:"ageAtExploitation,omitempty" enum:"adult,child,both,unknown"`
	CurrentLocation   string      `json:"currentLocation,omitempty" enum:"safe,still_there,detained,unknown"`
}

// Indicator is one sign of the catalogue that somebody saw.
type Indicator struct {
	Code       string `json:"code" maxLength:"20" example:"GEN-01"`
	ObservedBy string `json:"observedBy,omitempty" enum:"me,colleague,person,third_party"`
	On         string `json:"on,omitempty" maxLength:"40" doc:"As far as known."`
}

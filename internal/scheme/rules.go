package scheme

import (
	"slices"
	"time"

	"clew/internal/core"
)

// WorkingDays counts days of a jurisdiction's working calendar.
type WorkingDays int

// CalendarDays counts days as core.Date.AddDays does.
type CalendarDays = int

// Months and years are counted as core.Date.AddMonths and Birthday do.
type (
	Months = int
	Years  = int
)

// Value is one rule with the day from which it holds and where it is written.
type Value[T any] struct {
	Value  T
	From   core.Date
	Source string
}

// Code is one choice of a coded list.
type Code struct {
	Code  string
	Label string   // what a form shows
	Plain string   // the same said to the person concerned, where that differs
	Group string   // heading in a long list
	HTCDS []string // the values of the case data standard it stands for
}

// Codes returns the codes of a list, for checking a choice.
func Codes(list []Code) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Code
	}
	return out
}

// ByCode returns the choice with the code.
func ByCode(list []Code, code string) (Code, bool) {
	i := slices.IndexFunc(list, func(c Code) bool { return c.Code == code })
	if i < 0 {
		return Code{}, false
	}
	return list[i], true
}

// ExploitationType is one type of exploitation.
type ExploitationType struct {
	Code, Label     string
	Plain           string   // the same said to the person concerned
	HTCDS           []string // the values of the case data standard it stands for
	Adult, Child    bool     // whom it can concern, by the age at exploitation
	ContradictsWith []string // codes that cannot be true as well; always both ways
	CountedAs       string   // the category of published tables
}

// Authority is a competent authority of a scheme on a day.
type Authority struct {
	Code, Name string
	Handles    string // in words: whose cases
}

// CGRules are the rules of the conclusive-grounds decision.
type CGRules struct {
	NegativeNotBeforeRecoveryEnds Value[bool]
	Target                        Value[WorkingDays] // 0: no target
}

// PermitRules are the rules of the residence permit.
type PermitRules struct {
	Grounds   []Code
	MinMonths Value[Months]
	Warnings  Value[[]CalendarDays] // before its last day; the shortest first
}

// ReturnRules are the rules of a voluntary return.
type ReturnRules struct {
	FollowUps Value[[]Months] // after the journey; the shortest first, and one at least
}

// RedressRules are the choices about criminal justice and compensation.
type RedressRules struct {
	SpecialMeasures []Code // that protect a witness
	Routes          []Code // to compensation
}

// ChildLeaveRules are the rules of a child's leave to remain: until the age or for
// the longest time, whichever ends first.
type ChildLeaveRules struct {
	UntilAge Value[Months] // age in months: 210 is seventeen and a half years
	Longest  Value[Months]
}

// Until returns the day on which a child's leave ends, given the birth and the
// day of the grant.
func (c ChildLeaveRules) Until(born, granted core.Date) core.Date {
	byAge, byTime := born.AddMonths(c.UntilAge.Value), granted.AddMonths(c.Longest.Value)
	if byAge.Before(byTime) {
		return byAge
	}
	return byTime
}

// ChildRules are the times and choices of a child's own track.
type ChildRules struct {
	Acknowledge        Value[Hours]        // the local authority confirms that it was told
	GuardianOffer      Value[Hours]        // an independent guardian is offered
	StrategyMeeting    Value[WorkingDays]  // the agencies meet
	Panel              Value[CalendarDays] // the multi-agency panel decides
	MissingAcknowledge Value[Hours]        // each agency confirms that it was told of a missing child
	ReturnInterview    Value[Hours]        // after the child is found

	Placements             []Code
	GuardianDeclineReasons []Code
	PanelOutcomes          []Code
	AdvocateRoles          []Code
	CarerRelations         []Code
	MissingRisks           []Code
	FoundStates            []Code // how the child was found
	MissingEndings         []Code // why an episode is closed
}

// NonRemovalRules say in which states of a case nobody may be removed.
type NonRemovalRules struct {
	States Value[[]string]
}

// Hours counts hours of the clock, day and night.
type Hours int

// Of returns the moment so many hours after t.
func (h Hours) After(t time.Time) time.Time { return t.Add(time.Duration(h) * time.Hour) }

// WithoutNotice is the group of the reasons for which support may end at once.
const WithoutNotice = "Without notice"

// SupportRules are the rules of finding and giving support.
type SupportRules struct {
	OfferAnswer     Value[Hours] // a provider answers an offer
	EmergencyAnswer Value[Hours] // the same before a decision
	Target          Value[Hours] // from the asking until a provider has accepted
	Arrival         Value[Hours] // a reserved bed is filled
	ContactGrace    Value[Hours] // a planned contact without a record counts as missed
	MissedContacts  Value[int]   // so many in a row raise a welfare check
	Notice          Value[CalendarDays]
	Regions         []Code // coarse on purpose
	DeclineReasons  []Code
	EndReasons      []Code // those in the group WithoutNotice need none
	GoalAreas       []Code
	Allowances      []Code
	Activities      []Code
}

// ConsentNotice is the notice that an adult is given before consenting.
type ConsentNotice struct {
	Version   string
	Title     string
	Text      []string // paragraphs, in English
	Languages []string // ISO 639-3: the languages in which it is to be offered
}

// Rules are the rules of one scheme on one day.
type Rules struct {
	Scheme string
	Day    core.Date

	RGTarget              Value[WorkingDays]
	RGStandard            Value[string] // the test, in words
	Recovery              Value[CalendarDays]
	RecoveryExtendable    Value[bool]
	ExtendGrounds         []Code
	EndEarlyGrounds       []Code
	ReconsiderationWindow Value[CalendarDays]
	ReconsiderationTarget Value[WorkingDays] // 0: no target
	ReconsiderGrounds     []Code
	LateReasons           []Code // for a request after the window
	CG                    CGRules
	Permit                PermitRules
	Return                ReturnRules
	ChildLeave            ChildLeaveRules
	Redress               RedressRules
	NonRemoval            NonRemovalRules
	Children              ChildRules

	AdultAge              Value[Years]
	AgeDoubtPresumedChild Value[bool]
	TurningEighteenNotice Value[CalendarDays]
	DutyToNotify          Value[bool]
	HelpWithoutTestimony  Value[bool]
	DraftDays             CalendarDays
	DraftWarningDays      CalendarDays
	ConsentNotice         Value[ConsentNotice]

	Support                SupportRules
	Authorities            []Authority
	ExploitationTypes      []ExploitationType
	Acts, Means, Purposes  []Code
	PlaceTypes, Sectors    []Code
	Risks, UrgentNeeds     []Code
	Recruitment            []Code
	Vulnerabilities        []Code
	ExploiterRelations     []Code
	NotifyReasons          []Code // why a duty to notify instead of a referral
	ObservationContexts    []Code // where an indicator was observed
	EvidenceTypes          []Code
	InfoRequestReasons     []Code
	ContactMethods         []Code // of safe contact
	NeverInMessages        []Code // what must never be left in one
	AgeEvidence            []Code // on what an age rests
	ConsentWithdrawReasons []Code
	WithdrawReasons        []Code
	SuspendReasons         []Code
	CloseReasons           []Code

	sources []Provenance
}

// Provenance says where one rule comes from, for a page or a letter.
type Provenance struct {
	Key    string // as in the file: "recovery"
	Label  string // "Recovery and reflection period"
	Value  string // in words: "30 calendar days"; for a list "12 choices"
	From   core.Date
	Source string
	Scheme string // the file that gives it: a scheme inherits what it does not state
}

// Sources returns where every rule comes from, in a fixed order.
func (r Rules) Sources() []Provenance { return slices.Clone(r.sources) }

// Source returns where the rule with the key comes from.
func (r Rules) Source(key string) (Provenance, bool) {
	i := slices.IndexFunc(r.sources, func(p Provenance) bool { return p.Key == key })
	if i < 0 {
		return Provenance{}, false
	}
	return r.sources[i], true
}

// Protects reports whether nobody may be removed while a case is in the state.
func (r Rules) Protects(state string) bool { return slices.Contains(r.NonRemoval.States.Value, state) }

// ExploitationType returns the type with the code.
func (r Rules) ExploitationType(code string) (ExploitationType, bool) {
	i := slices.IndexFunc(r.ExploitationTypes, func(t ExploitationType) bool { return t.Code == code })
	if i < 0 {
		return ExploitationType{}, false
	}
	return r.ExploitationTypes[i], true
}

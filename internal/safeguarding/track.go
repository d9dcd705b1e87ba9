package safeguarding

import (
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/scheme"
)

// Subject is what this room reads of a child's case: who is responsible and where
// it stands. It names nobody.
type Subject struct {
	CaseID, PersonID core.ID
	Reference        string
	Scheme           string
	Jurisdiction     string
	ClockDay         core.Date
	State            string
	Kind             string
	Live             bool
	Child            bool // as the case has it
	AgeDisputed      bool
	AgeBasis         string
	Gender           string
	Nationality      string
	ConsentSharing   bool
	SubmittedAt      time.Time

	Author, Assignee core.ID
	ReferringAgency  core.ID
	Authority        core.ID
	LocalAuthority   core.ID // places the child
	SupportAgency    core.ID

	Host    core.ID // the local authority in whose area the child is placed
	Missing core.ID // the episode that is not closed yet
	Alerted core.ID // the police force that looks for the child

	Track *Track // nil until it is open
}

// Resource is what the policies see. Somebody who went missing as a child is
// looked for as a child until the episode is closed, also past a birthday: a
// missing child must not vanish from the pages of those who look. Whoever came of
// age stays in the local authority's hands until adult support has taken over.
func (s *Subject) Resource() access.Resource {
	return access.Resource{
		Type: access.Case, ID: s.CaseID, Author: s.Author, Assignee: s.Assignee,
		ReferringAgency: s.ReferringAgency, Authority: s.Authority, LocalAuthority: s.LocalAuthority, SupportAgency: s.SupportAgency,
		HostAuthority: s.Host, Alerted: s.Alerted,
		State: s.State, Kind: s.Kind, Child: s.Child || !s.Missing.IsZero() || s.handingOver(), ConsentSharing: s.ConsentSharing,
	}
}

// handingOver is Track.Ended of a track that ends when adult support has taken
// over.
const handingOver = "handing_over"

// handingOver reports whether the person came of age and nobody has taken over yet.
func (s *Subject) handingOver() bool {
	return s.Track != nil && s.Track.EndedAt.IsZero() && s.Track.Ended == handingOver
}

// Track is one child's track.
type Track struct {
	CaseID   core.ID
	Rev      int
	OpenedAt time.Time
	Host     core.ID   // zero: placed with the placing authority, or not placed
	Police   core.ID   // the force of the area where the child lives
	NextDue  time.Time // the earliest clock of its steps; zero: none runs
	EndedAt  time.Time
	Ended    string // "adult"; "handing_over" while EndedAt is zero: an adult whom nobody has taken over yet
	Updated  time.Time
}

// Step is one part of the track.
type Step string

// The steps, in the order of the page.
const (
	Notify    Step = "notify"    // the local authority knows
	Guardian  Step = "guardian"  // an independent guardian
	Meeting   Step = "meeting"   // the agencies meet
	Placement Step = "placement" // where the child lives
	Age       Step = "age"       // only where the age is in doubt
	Panel     Step = "panel"     // the multi-agency panel decides
	Handover  Step = "handover"  // to adult support
)

// Steps lists every step.
var Steps = []Step{Notify, Guardian, Meeting, Placement, Age, Panel, Handover}

var stepLabels = map[Step]string{Notify: "Local authority told", Guardian: "Independent guardian", Meeting: "Strategy meeting",
	Placement: "Placement", Age: "Age assessment", Panel: "Multi-agency panel", Handover: "Hand-over to adult support"}

// Label returns the step in plain words.
func (s Step) Label() string { return stepLabels[s] }

// Status is where a step stands.
type Status string

// The statuses. Which of them a step can have, its moves say.
const (
	NotNeeded    Status = "not_needed"
	Waiting      Status = "waiting"
	Acknowledged Status = "acknowledged"
	Offered      Status = "offered"
	Appointed    Status = "appointed"
	Declined     Status = "declined"
	Held         Status = "held"
	Placed       Status = "placed"
	Left         Status = "left"
	UnderWay     Status = "under_way"
	FoundChild   Status = "found_child"
	FoundAdult   Status = "found_adult"
	Scheduled    Status = "scheduled"
	Decided      Status = "decided"
	Planned      Status = "planned"
	HandedOver   Status = "handed_over"
)

var statusLabels = map[Status]string{NotNeeded: "Not needed now", Waiting: "To do", Acknowledged: "Confirmed", Offered: "Offered", Appointed: "Appointed",
	Declined: "Not appointed", Held: "Held", Placed: "Placed", Left: "Left the placement", UnderWay: "Under way", FoundChild: "Found to be a child",
	FoundAdult: "Found to be an adult", Scheduled: "Day is set", Decided: "Decided", Planned: "Planned", HandedOver: "Handed over"}

// Label returns the status in plain words.
func (s Status) Label() string { return statusLabels[s] }

// Act is one thing that is recorded about a step.
type Act string

// The acts.
const (
	ActAcknowledge   Act = "acknowledge"
	ActOfferGuardian Act = "offer-guardian"
	ActAppoint       Act = "appoint-guardian"
	ActDecline       Act = "no-guardian"
	ActMeet          Act = "meeting"
	ActPlace         Act = "placement"
	ActLeave         Act = "placement-ended"
	ActStartAge      Act = "age-started"
	ActFindChild     Act = "age-child"
	ActFindAdult     Act = "age-adult"
	ActSchedule      Act = "panel-day"
	ActDecide        Act = "panel-decision"
	ActPlanHandover  Act = "handover-plan"
	ActHandOver      Act = "handed-over"
)

// Move is one line of the state table: an act takes a step from one of the
// statuses to another.
type Move struct {
	Act   Act
	Step  Step
	From  []Status
	To    Status
	Label string // on the button that leads to it
	Asks  []Question
	Codes func(scheme.ChildRules) []scheme.Code // the choices of AskCode
}

// Ask is what a question fills in.
type Ask string

// What can be asked.
const (
	AskDay    Ask = "day"    // when it happened
	AskNext   Ask = "next"   // when the next one is due
	AskCode   Ask = "code"   // a choice from the scheme
	AskHost   Ask = "host"   // a local authority
	AskPolice Ask = "police" // a police force
	AskWho    Ask = "who"
	AskWhere  Ask = "where"
	AskText   Ask = "text"
)

// Question is one thing an act asks. Missing is the sentence shown when it is
// left out; without one it may be.
type Question struct {
	Ask     Ask
	Label   string
	Hint    string
	Missing string
}

// Moves is the state table of the track.
var Moves = []Move{
	{Act: ActAcknowledge, Step: Notify, From: []Status{Waiting}, To: Acknowledged, Label: "Confirm that you know of this child", Asks: []Question{
		{AskWho, "Social worker for the child", "Who answers for the child from today.", "Enter who answers for the child from today."},
		{AskText, "First steps taken", "If something is agreed already. You need not write down again what the referral says.", ""}}},
	{Act: ActOfferGuardian, Step: Guardian, From: []Status{Waiting, Declined, Appointed}, To: Offered, Label: "Record the offer of a guardian", Asks: []Question{
		{AskDay, "Day of the offer", "", "Enter the day on which a guardian was offered."},
		{AskWho, "Guardianship service", "", "Enter which service was asked."},
		{AskText, "How it was explained to the child", "In which language, and what the child said.", ""}}},
	{Act: ActAppoint, Step: Guardian, From: []Status{Offered}, To: Appointed, Label: "Record who was appointed", Asks: []Question{
		{AskDay, "Day of the appointment", "", "Enter the day of the appointment."},
		{AskWho, "Guardian", "Name and how to reach them.", "Enter who the guardian is."}}},
	{Act: ActDecline, Step: Guardian, From: []Status{Waiting, Offered}, To: Declined, Label: "Record that none was appointed", Codes: func(r scheme.ChildRules) []scheme.Code { return r.GuardianDeclineReasons }, Asks: []Question{
		{AskDay, "Day", "", "Enter the day."},
		{AskCode, "Why no guardian was appointed", "A child may ask for one again at any time.", "Choose why no guardian was appointed."},
		{AskText, "More about it", "", ""}}},
	{Act: ActMeet, Step: Meeting, From: []Status{Waiting, Held}, To: Held, Label: "Record a strategy meeting", Asks: []Question{
		{AskDay, "Day of the meeting", "", "Enter the day of the meeting."},
		{AskWho, "Who took part", "Agencies and names.", "Enter who took part."},
		{AskText, "What was agreed", "Who does what, until when, and what the child wants.", "Enter what was agreed."},
		{AskNext, "Next meeting, if one is set", "", ""}}},
	{Act: ActPlace, Step: Placement, From: []Status{Waiting, Placed, Left}, To: Placed, Label: "Record a placement", Codes: func(r scheme.ChildRules) []scheme.Code { return r.Placements }, Asks: []Question{
		{AskDay, "From", "", "Enter the day on which the placement began."},
		{AskCode, "Kind of placement", "", "Choose the kind of placement."},
		{AskHost, "Local authority of the place", "Only when it is not your own. It can then see the child's track for as long as the child lives there.", ""},
		{AskPolice, "Police force of the area", "It is told if the child goes missing.", "Choose the police force of the area: it is told if the child goes missing."},
		{AskWho, "Carer", "", "Enter who cares for the child."},
		{AskWhere, "Address", "Sealed. Shown on this track only.", "Enter the address."},
		{AskText, "What keeps the child safe there", "Phones, visits, the way to school, who must not know the address.", ""}}},
	{Act: ActLeave, Step: Placement, From: []Status{Placed}, To: Left, Label: "Record that the placement ended", Asks: []Question{
		{AskDay, "Last day", "", "Enter the last day."},
		{AskText, "Why it ended, and where the child is", "If nobody knows where the child is, report the child missing instead.", "Enter why it ended and where the child is."}}},
	{Act: ActStartAge, Step: Age, From: []Status{NotNeeded, Waiting, FoundChild, FoundAdult}, To: UnderWay, Label: "Begin an age assessment", Asks: []Question{
		{AskDay, "Begun on", "", "Enter the day on which it begins."},
		{AskWho, "Two social workers who assess", "", "Enter who assesses."},
		{AskText, "Why it is needed", "Only where there is a real doubt. The person is treated as a child all the while.", "Enter why it is needed."}}},
	{Act: ActFindChild, Step: Age, From: []Status{UnderWay}, To: FoundChild, Label: "Record: found to be a child", Asks: []Question{
		{AskDay, "Day of the finding", "", "Enter the day of the finding."}, {AskText, "What it rests on", "", "Enter what the finding rests on."}}},
	{Act: ActFindAdult, Step: Age, From: []Status{UnderWay}, To: FoundAdult, Label: "Record: found to be an adult", Asks: []Question{
		{AskDay, "Day of the finding", "", "Enter the day of the finding."},
		{AskText, "What it rests on", "The person stays a child here until the competent authority has looked at it and corrected the age.", "Enter what the finding rests on."}}},
	{Act: ActSchedule, Step: Panel, From: []Status{Waiting, Scheduled, Decided}, To: Scheduled, Label: "Set a day for the panel", Asks: []Question{
		{AskNext, "Day of the panel", "", "Enter the day of the panel."}, {AskWho, "Who is invited", "", "Enter who is invited."}}},
	{Act: ActDecide, Step: Panel, From: []Status{Waiting, Scheduled}, To: Decided, Label: "Record the panel's decision", Codes: func(r scheme.ChildRules) []scheme.Code { return r.PanelOutcomes }, Asks: []Question{
		{AskDay, "Day of the decision", "", "Enter the day of the decision."},
		{AskCode, "Decision", "", "Choose what the panel decided."},
		{AskWho, "Who decided", "Chair and members, with their agencies.", "Enter who decided."},
		{AskText, "Reasons, and what the child said", "The record of the panel: views of each agency, of the child, and any dissent.", "Enter the panel's reasons."}}},
	{Act: ActPlanHandover, Step: Handover, From: []Status{NotNeeded, Waiting, Planned}, To: Planned, Label: "Record the plan for turning 18", Asks: []Question{
		{AskDay, "Agreed with the young person on", "", "Enter the day on which it was agreed with the young person."},
		{AskWho, "Who takes over", "The adult support service and the named worker.", "Enter who takes over."},
		{AskText, "What was agreed", "Housing, money, papers, education, who stays in touch. And whether they wish to stay in the procedure: the competent authority asks for their consent on the day.", "Enter what was agreed."}}},
	{Act: ActHandOver, Step: Handover, From: []Status{Planned}, To: HandedOver, Label: "Record that adult support has taken over", Asks: []Question{
		{AskDay, "Taken over on", "", "Enter the day."}, {AskWho, "Taken over by", "", "Enter who has taken over."}}},
}

// moves finds acts by name.
var moves = func() map[Act]*Move {
	m := make(map[Act]*Move, len(Moves))
	for i := range Moves {
		m[Moves[i].Act] = &Moves[i]
	}
	return m
}()

// MoveOf returns the line of an act.
func MoveOf(a Act) (*Move, bool) {
	m, ok := moves[a]
	return m, ok
}

// AllowedFrom reports whether the act is possible at the status.
func (m *Move) AllowedFrom(s Status) bool { return slices.Contains(m.From, s) }

// Question returns what the act asks of a kind.
func (m *Move) Question(a Ask) (Question, bool) {
	i := slices.IndexFunc(m.Asks, func(q Question) bool { return q.Ask == a })
	if i < 0 {
		return Question{}, false
	}
	return m.Asks[i], true
}

// StepRow is where one step of one child stands.
type StepRow struct {
	CaseID  core.ID
	Step    Step
	Status  Status
	Rev     int
	DueAt   time.Time // zero: no clock runs
	Changed time.Time
}

// Record is one act as it was recorded: codes in clear, words sealed.
type Record struct {
	ID       core.ID
	CaseID   core.ID
	Step     Step
	Act      Act
	On       core.Date
	Next     core.Date
	Code     string
	Agency   core.ID // the host authority of a placement
	At       time.Time
	ActorID  core.ID
	AgencyID core.ID
	Sealed   []byte
}

// Words are what a record says.
type Words struct {
	Who   core.Secret `json:"who,omitempty"`
	Where core.Secret `json:"where,omitempty"`
	Text  core.Secret `json:"text,omitempty"`
}

// RecordView is a record with its words.
type RecordView struct {
	Record
	Words
}

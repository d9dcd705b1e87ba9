package casework

import (
	"slices"

	"clew/internal/access"
)

// State is where a case stands. The zero State is invalid.
type State string

// The states.
const (
	Draft           State = "draft"
	Submitted       State = "submitted"
	RGPending       State = "rg_pending"
	RGNegative      State = "rg_negative"
	Recovery        State = "recovery"
	CGPending       State = "cg_pending"
	CGNegative      State = "cg_negative"
	Confirmed       State = "confirmed"
	Reconsideration State = "reconsideration"
	Suspended       State = "suspended"
	Withdrawn       State = "withdrawn"
	Closed          State = "closed"
)

// States lists every state in the order of the procedure.
var States = []State{Draft, Submitted, RGPending, RGNegative, Recovery, CGPending, CGNegative, Confirmed, Reconsideration,
	Suspended, Withdrawn, Closed}

var stateLabels = map[State]string{
	Draft: "Draft", Submitted: "Submitted", RGPending: "Reasonable grounds pending", RGNegative: "Negative reasonable grounds",
	Recovery: "Recovery period", CGPending: "Conclusive grounds pending", CGNegative: "Negative conclusive grounds",
	Confirmed: "Confirmed victim", Reconsideration: "Reconsideration", Suspended: "Suspended", Withdrawn: "Withdrawn", Closed: "Closed",
}

// Label returns the state in plain words.
func (s State) Label() string { return stateLabels[s] }

// Live reports whether the case is submitted and has not ended.
func (s State) Live() bool {
	return s != Draft && s != Withdrawn && s != Closed && stateLabels[s] != ""
}

// Kind is what was submitted. A duty to notify becomes a referral by Upgrade
// and stays one case, so that it is counted once.
type Kind string

// The kinds.
const (
	Referral     Kind = "referral"
	DutyToNotify Kind = "duty_to_notify"
)

// Label returns the kind in plain words.
func (k Kind) Label() string {
	if k == DutyToNotify {
		return "Duty to notify"
	}
	return "Referral"
}

// Command is one step that somebody takes with a case.
type Command string

// The commands.
const (
	CmdSubmit                 Command = "submit"
	CmdReceive                Command = "receive"
	CmdAssign                 Command = "assign"
	CmdRequestInfo            Command = "request_info"
	CmdAnswerInfo             Command = "answer_info"
	CmdDecideRG               Command = "decide_rg"
	CmdReviewRG               Command = "review_rg"
	CmdExtendRecovery         Command = "extend_recovery"
	CmdEndRecovery            Command = "end_recovery"
	CmdReviewEndRecovery      Command = "review_end_recovery"
	CmdFinishRecovery         Command = "finish_recovery"
	CmdDecideCG               Command = "decide_cg"
	CmdReviewCG               Command = "review_cg"
	CmdRequestReconsideration Command = "request_reconsideration"
	CmdReconsider             Command = "reconsider"
	CmdReviewReconsideration  Command = "review_reconsideration"
	CmdSuspend                Command = "suspend"
	CmdResume                 Command = "resume"
	CmdWithdraw               Command = "withdraw"
	CmdClose                  Command = "close"
	CmdUpgrade                Command = "upgrade"
	CmdRecordConsent          Command = "record_consent"
	CmdWithdrawConsent        Command = "withdraw_consent"
	CmdCorrectAge             Command = "correct_age"
	CmdEditFacts              Command = "edit_facts"
	CmdAddNote                Command = "add_note"
	CmdAddSharedNote          Command = "add_shared_note"
	CmdAddEvidence            Command = "add_evidence"
	CmdReferAgain             Command = "refer_again"
)

// step is one row of the state table: from which states a command may be given,
// to which it may lead, and under which action access allows it. A command
// whose To is empty leaves the state as it is.
type step struct {
	From   []State
	To     []State
	Action access.Action
	Kind   Kind // when set, only this kind of case
}

var (
	undecided = []State{Submitted, RGPending, Recovery, CGPending, Reconsideration}
	inWork    = []State{Submitted, RGPending, Recovery, CGPending, Reconsideration, Suspended}
	live      = []State{Submitted, RGPending, RGNegative, Recovery, CGPending, CGNegative, Confirmed, Reconsideration, Suspended}
	ended     = []State{RGNegative, CGNegative, Confirmed, Withdrawn, Closed}
)

// table is the procedure. A command that is not allowed from a state is NotNow.
var table = map[Command]step{
	CmdSubmit:                 {From: []State{Draft}, To: []State{Submitted}, Action: access.SubmitReferral},
	CmdReceive:                {From: []State{Submitted}, To: []State{RGPending}, Action: access.ReceiveCase, Kind: Referral},
	CmdAssign:                 {From: live, Action: access.AssignCase},
	CmdRequestInfo:            {From: []State{RGPending, Recovery, CGPending, Reconsideration}, Action: access.RequestInfo},
	CmdAnswerInfo:             {From: live, Action: access.AnswerInfoRequest},
	CmdDecideRG:               {From: []State{RGPending}, To: []State{Recovery}, Action: access.ProposeRG},
	CmdReviewRG:               {From: []State{RGPending}, To: []State{RGNegative, Recovery}, Action: access.ReviewDecision},
	CmdExtendRecovery:         {From: []State{Recovery}, Action: access.ExtendRecovery},
	CmdEndRecovery:            {From: []State{Recovery}, Action: access.EndRecoveryEarly},
	CmdReviewEndRecovery:      {From: []State{Recovery}, To: []State{CGPending}, Action: access.ReviewDecision},
	CmdFinishRecovery:         {From: []State{Recovery}, To: []State{CGPending}, Action: access.AdvanceClock},
	CmdDecideCG:               {From: []State{Recovery, CGPending}, To: []State{Confirmed}, Action: access.ProposeCG},
	CmdReviewCG:               {From: []State{CGPending}, To: []State{CGNegative, Confirmed}, Action: access.ReviewDecision},
	CmdRequestReconsideration: {From: []State{RGNegative, CGNegative}, To: []State{Reconsideration}, Action: access.RequestReconsideration},
	CmdReconsider:             {From: []State{Reconsideration}, To: []State{Recovery, Confirmed}, Action: access.DecideReconsideration},
	CmdReviewReconsideration:  {From: []State{Reconsideration}, To: []State{RGNegative, CGNegative, Recovery, Confirmed}, Action: access.ReviewDecision},
	CmdSuspend:                {From: undecided, To: []State{Suspended}, Action: access.SuspendCase},
	CmdResume:                 {From: []State{Suspended}, To: undecided, Action: access.ResumeCase},
	CmdWithdraw:               {From: live, To: []State{Withdrawn}, Action: access.WithdrawCase},
	CmdClose:                  {From: live, To: []State{Closed}, Action: access.CloseCase},
	CmdUpgrade:                {From: []State{Submitted}, To: []State{Submitted}, Action: access.UpgradeNotification, Kind: DutyToNotify},
	CmdRecordConsent:          {From: live, Action: access.RecordConsent},
	CmdWithdrawConsent:        {From: live, To: []State{Withdrawn}, Action: access.WithdrawConsent},
	CmdCorrectAge:             {From: inWork, Action: access.CorrectAge},
	CmdEditFacts:              {From: inWork, Action: access.EditSections},
	CmdAddNote:                {From: live, Action: access.AddNote},
	CmdAddSharedNote:          {From: live, Action: access.AddSharedNote},
	CmdAddEvidence:            {From: live, Action: access.AddEvidence, Kind: Referral}, // a notification is anonymous, and a file may show who it is about
	CmdReferAgain:             {From: ended, Action: access.ReferAgain},
}

// Commands lists every command, sorted by name.
func Commands() []Command {
	list := make([]Command, 0, len(table))
	for c := range table {
		list = append(list, c)
	}
	slices.Sort(list)
	return list
}

// allowedFrom reports whether the command may be given in the state to that
// kind of case.
func (c Command) allowedFrom(s State, k Kind) bool {
	row, ok := table[c]
	return ok && slices.Contains(row.From, s) && (row.Kind == "" || row.Kind == k)
}

// leadsTo reports whether the command may leave a case in the state.
func (c Command) leadsTo(from, to State) bool {
	return from == to || slices.Contains(table[c].To, to)
}

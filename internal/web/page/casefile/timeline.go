package casefile

import (
	"slices"
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func timeline(rq *page.Request) error {
	f, err := Open(rq, casework.PartTimeline)
	if err != nil {
		return err
	}
	if len(f.Events) == 0 {
		return show(rq, f, casework.PartTimeline, ui.Para("Nothing has happened yet that is shared with you."))
	}
	return show(rq, f, casework.PartTimeline, ui.Timeline{Items: happened(rq, f, f.Events)})
}

// happened are events as the timeline shows them, newest first.
func happened(rq *page.Request, f *casework.File, events []casework.Event) []ui.TimelineItem {
	items := make([]ui.TimelineItem, 0, len(events))
	for _, e := range slices.Backward(events) {
		item := ui.TimelineItem{Title: eventTitle(e), By: who(rq, e.ActorID, e.AgencyID), When: moment(f, e.At), Key: turning[casework.Command(e.Kind)]}
		if words := eventDetail(rq, f, e); words != "" {
			item.Body = []ui.Component{ui.Para(words)}
		}
		items = append(items, item)
	}
	return items
}

// turning are the steps that change where a case stands.
var turning = map[casework.Command]bool{casework.CmdSubmit: true, casework.CmdDecideRG: true, casework.CmdReviewRG: true, casework.CmdDecideCG: true,
	casework.CmdReviewCG: true, casework.CmdReconsider: true, casework.CmdReviewReconsideration: true, casework.CmdWithdraw: true,
	casework.CmdWithdrawConsent: true, casework.CmdClose: true, casework.CmdSuspend: true, casework.CmdResume: true}

var eventTitles = map[string]string{
	string(casework.CmdSubmit): "Submitted", string(casework.CmdReceive): "Received by the authority", string(casework.CmdAssign): "Assigned",
	string(casework.CmdRequestInfo): "Information asked for", string(casework.CmdAnswerInfo): "A request for information was answered",
	string(casework.CmdDecideRG): "Reasonable grounds decision", string(casework.CmdReviewRG): "Second review of the reasonable grounds decision",
	string(casework.CmdExtendRecovery): "Recovery period extended", string(casework.CmdEndRecovery): "Early end of the recovery period proposed",
	string(casework.CmdReviewEndRecovery): "Second review of the early end of recovery", string(casework.CmdFinishRecovery): "Recovery period ended",
	string(casework.CmdDecideCG): "Conclusive grounds decision", string(casework.CmdReviewCG): "Second review of the conclusive grounds decision",
	string(casework.CmdRequestReconsideration): "Reconsideration asked for", string(casework.CmdReconsider): "Reconsideration decided",
	string(casework.CmdReviewReconsideration): "Second review of the reconsideration", string(casework.CmdSuspend): "Suspended",
	string(casework.CmdResume): "Resumed", string(casework.CmdWithdraw): "Withdrawn", string(casework.CmdClose): "Closed",
	string(casework.CmdUpgrade): "The notification became a referral", string(casework.CmdRecordConsent): "Consent recorded",
	string(casework.CmdWithdrawConsent): "Consent withdrawn", string(casework.CmdCorrectAge): "Age corrected",
	string(casework.CmdEditFacts): "Coded facts corrected", string(casework.CmdAddNote): "Internal note added",
	string(casework.CmdAddSharedNote): "Shared note added", string(casework.CmdAddEvidence): "Evidence added", string(casework.CmdReferAgain): "Referred again",
	"clock_started": "The clock started", "turned_eighteen": "Turned eighteen", "recovery_ended": "Recovery period ended", "task_done": "Task done",
	"pair_same": "Answered: the same person as another round", "pair_not_same": "Answered: not the same person as another round",
	"pair_later": "Whether another round is of the same person: to be answered later", "pair_open": "Whether another round is of the same person: answer taken back",
	"support_asked": "Support asked for", "support_accepted": "A provider accepted", "support_phase": "Support goes on in another way",
	"permit_applied": "Permit applied for", "permit_paused": "Permit application paused", "permit_granted": "Permit granted", "permit_refused": "Permit refused",
	"permit_renewed": "Permit renewed", "permit_expired": "Permit expired", "permit_ended": "Permit ended",
	"return_requested": "The person asked to return", "return_assessed": "Risk of a return assessed", "return_prepared": "Return prepared", "return_travelled": "Returned",
	"return_follow_up": "Followed up after the return", "return_followed_up": "Followed up after the return", "return_closed": "Return closed", "return_withdrawn": "No longer wants to return",
	"return_held": "Return held for safety", "return_hold_lifted": "Hold on the return lifted",
	"support_notice": "Notice given that support ends", "support_goes_on": "Support goes on", "support_ended": "Support ended",
}

func eventTitle(e casework.Event) string {
	if t, ok := eventTitles[e.Kind]; ok {
		return t
	}
	return strings.ReplaceAll(e.Kind, "_", " ")
}

// eventDetail puts an event's codes into words.
func eventDetail(rq *page.Request, f *casework.File, e casework.Event) string {
	first, rest, _ := strings.Cut(e.Detail, ":")
	switch casework.Command(e.Kind) {
	case casework.CmdAssign:
		return assignedTo(rq, e.Detail)
	case casework.CmdRequestInfo:
		if id, err := core.ParseID(e.Detail); err == nil {
			return "From " + rq.Site.AgencyName(rq.Context(), id)
		}
	case casework.CmdDecideRG, casework.CmdDecideCG, casework.CmdReconsider, casework.CmdEndRecovery:
		return decisionDetail(rest)
	case casework.CmdReviewRG, casework.CmdReviewCG, casework.CmdReviewReconsideration, casework.CmdReviewEndRecovery:
		return reviewDetail[casework.ReviewAnswer(rest)]
	case casework.CmdExtendRecovery:
		if d, err := core.ParseDate(first); err == nil {
			return "Until " + d.Long() + ": " + label(f.Rules.ExtendGrounds, rest)
		}
	case casework.CmdSuspend, casework.CmdWithdraw, casework.CmdClose:
		return reason(f, e.Detail)
	case casework.CmdRecordConsent, casework.CmdWithdrawConsent:
		return consentWords[e.Detail]
	case casework.CmdCorrectAge:
		return ageFindings[first]
	}
	if strings.HasPrefix(e.Kind, "pair_") && e.Detail != "" {
		return "Case " + e.Detail
	}
	if e.Kind == "task_done" {
		return casework.TaskKind(e.Detail).Label()
	}
	return ""
}

var ageFindings = map[string]string{"child": "The person is a child.", "adult": "The person is an adult.", "disputed": "The age is disputed; the person is treated as a child."}

var reviewDetail = map[casework.ReviewAnswer]string{casework.Confirm: "Confirmed", casework.Overturn: "Overturned", casework.SendBack: "Sent back to the caseworker"}

func decisionDetail(rest string) string {
	outcome, proposed, _ := strings.Cut(rest, ":")
	words := map[string]string{"positive": "Positive", "negative": "Negative"}[outcome]
	if proposed != "" {
		words += ", proposed: a second reviewer must confirm it"
	}
	return words
}

func assignedTo(rq *page.Request, detail string) string {
	id, err := core.ParseID(detail)
	if err != nil || id.IsZero() {
		return "To nobody"
	}
	return "To " + rq.Site.UserName(rq.Context(), id)
}

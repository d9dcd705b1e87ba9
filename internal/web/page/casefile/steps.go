package casefile

import (
	"clew/internal/casework"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// step is one thing that can be done with a case, where it is offered.
type step struct {
	do    casework.Command
	path  string
	text  string
	first bool // what usually comes next: a button in the head
}

// offered is every step that a page offers, in the order of the procedure.
var offered = []step{
	{casework.CmdReceive, "receive", "Receive", true},
	{casework.CmdReviewRG, "review", "Review the decision", true},
	{casework.CmdReviewCG, "review", "Review the decision", true},
	{casework.CmdReviewReconsideration, "review", "Review the decision", true},
	{casework.CmdReviewEndRecovery, "review", "Review the early end of recovery", true},
	{casework.CmdDecideRG, "decide", "Decide reasonable grounds", true},
	{casework.CmdDecideCG, "decide", "Decide conclusive grounds", true},
	{casework.CmdReconsider, "decide", "Decide the reconsideration", true},
	{casework.CmdResume, "resume", "Resume the case", true},
	{casework.CmdAssign, "assign", "Assign", true},
	{casework.CmdRequestInfo, "requests/new", "Ask for information", false},
	{casework.CmdAddEvidence, "documents/new", "Add evidence", false},
	{casework.CmdAddNote, "notes/new", "Add a note", false},
	{casework.CmdAddSharedNote, "notes/shared", "Add a shared note", false},
	{casework.CmdEditFacts, "facts", "Correct the coded facts", false},
	{casework.CmdCorrectAge, "age", "Correct the age", false},
	{casework.CmdRecordConsent, "consent/new", "Record consent", false},
	{casework.CmdWithdrawConsent, "consent/withdraw", "Record that consent is withdrawn", false},
	{casework.CmdExtendRecovery, "recovery/extend", "Extend the recovery period", false},
	{casework.CmdEndRecovery, "recovery/end", "Propose to end the recovery period early", false},
	{casework.CmdRequestReconsideration, "reconsideration", "Ask for a reconsideration", false},
	{casework.CmdSuspend, "suspend", "Suspend the case", false},
	{casework.CmdWithdraw, "withdraw", "Withdraw the case", false},
	{casework.CmdClose, "close", "Close the case", false},
}

// firstSteps are the buttons in the head: what usually comes next.
func firstSteps(f *casework.File) []ui.Button {
	var list []ui.Button
	for _, s := range offered {
		if s.first && f.Can[s.do] {
			b := ui.Button{Text: s.text, Href: Path(f, s.path)}
			if len(list) > 0 {
				b.Kind = ui.Secondary
			}
			list = append(list, b)
		}
	}
	return list
}

// begun are steps that begin a draft somewhere else: they are posted, and say
// what they begin.
var begun = []struct {
	do         casework.Command
	path, text string
}{
	{casework.CmdUpgrade, "upgrade", "Turn this notification into a referral"},
	{casework.CmdReferAgain, "refer-again", "Refer this person again"},
}

// steps are all other things the reader may do now.
func steps(rq *page.Request, f *casework.File) ui.Component {
	var begin ui.Group
	for _, b := range begun {
		if f.Can[b.do] {
			begin = append(begin, form.New(Path(f, b.path), rq.CSRF()).Buttons(ui.Button{Text: b.text, Kind: ui.Secondary}))
		}
	}
	if len(begin) == 0 {
		return links(f)
	}
	return append(begin, links(f))
}

// links are the steps that have a page of their own.
func links(f *casework.File) ui.Component {
	var links []ui.Component
	for _, s := range offered {
		if !s.first && f.Can[s.do] && !(s.do == casework.CmdAddSharedNote && f.Can[casework.CmdAddNote]) {
			links = append(links, ui.Link{Text: s.text, Href: Path(f, s.path)})
		}
	}
	if len(links) == 0 {
		return ui.Text("")
	}
	return ui.Details{Summary: "What else you can do with this case", Body: []ui.Component{ui.List{Items: links, Plain: true}}}
}

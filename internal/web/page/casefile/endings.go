package casefile

import (
	"context"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var extendRecovery = command{do: casework.CmdExtendRecovery, path: "recovery/extend", title: "Extend the recovery period",
	why:    "The person stays protected and supported for longer.",
	button: ui.Button{Text: "Extend the period"}, done: page.Flash("recovery-extended", "The recovery period is extended."),
	fill: func(s *sheet) error {
		s.form.Date("until", "Until which day?", form.Required("Enter the new last day."), form.Hint("The period now ends on "+s.f.RecoveryUntil.Long()))
		s.form.Radios("ground", "Why is it extended?", options(s.f.Rules.ExtendGrounds), form.Required("Choose why the period is extended."))
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.ExtendRecovery(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, s.form.Field("until").Date(), s.form.Field("ground").Choice())
	}}

// Proposing to end recovery early is a decision: its route asks to confirm who
// is deciding.
var endRecovery = command{do: casework.CmdEndRecovery, path: "recovery/end", title: "Propose to end the recovery period early",
	why:    "The law allows this on few grounds. It takes effect only when a second reviewer, who is somebody else, confirms it.",
	warn:   "Ending the period takes time to recover away from somebody. Be sure that there is no other way.",
	button: ui.Button{Text: "Send to a second reviewer", Kind: ui.Harmful}, done: page.Flash("recovery-end-proposed", "The proposal waits for a second reviewer."), back: "decisions",
	fill: func(s *sheet) error {
		s.form.Radios("ground", "Ground", options(s.f.Rules.EndEarlyGrounds), form.Required("Choose one of the grounds on which the period may end early."))
		s.form.Textarea("reasons.reasons", "Reasons", form.Required("Give the reasons. They are part of the letter."), form.Max(casework.MaxAccount), form.Rows(8),
			form.Hint("They are part of the letter that the person receives."))
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.EndRecovery(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, casework.DecisionForm{
			Ground: s.form.Field("ground").Choice(), Reasons: casework.Reasons{Reasons: s.form.Field("reasons.reasons").Secret()}})
	}}

var suspend = withReason(command{do: casework.CmdSuspend, path: "suspend", title: "Suspend the case",
	why:    "The clocks stand still while the person cannot be reached, and get the time back when the case goes on. The protection from removal stays.",
	button: ui.Button{Text: "Suspend the case"}, done: page.Flash("case-suspended", "The case is suspended.")},
	"Why is it suspended?", func(f *casework.File) []scheme.Code { return f.Rules.SuspendReasons }, (*casework.Service).Suspend)

var resume = command{do: casework.CmdResume, path: "resume", title: "Resume the case",
	why:    "The case goes on where it stood, and its clock gets back the time it stood still.",
	button: ui.Button{Text: "Resume the case"}, done: page.Flash("case-resumed", "The case goes on."), fill: nothing,
	give: func(s *sheet) error {
		return s.rq.Site.Cases.Resume(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev)
	}}

var withdraw = withReason(command{do: casework.CmdWithdraw, path: "withdraw", title: "Withdraw the case",
	why: "Support is wound down, not cut: whoever gives it is told and has time.", warn: "A withdrawn case cannot be opened again. The person can be referred again.",
	button: ui.Button{Text: "Withdraw the case", Kind: ui.Harmful}, done: page.Flash("case-withdrawn", "The case is withdrawn.")},
	"Why is it withdrawn?", func(f *casework.File) []scheme.Code { return f.Rules.WithdrawReasons }, (*casework.Service).Withdraw)

var closeCase = withReason(command{do: casework.CmdClose, path: "close", title: "Close the case",
	why: "Support is wound down, not cut: whoever gives it is told and has time.", warn: "A closed case cannot be opened again. The person can be referred again.",
	button: ui.Button{Text: "Close the case", Kind: ui.Harmful}, done: page.Flash("case-closed", "The case is closed.")},
	"Why is it closed?", func(f *casework.File) []scheme.Code { return f.Rules.CloseReasons }, (*casework.Service).Close)

// withReason completes a command that asks for one coded reason.
func withReason(c command, question string, list func(*casework.File) []scheme.Code,
	give func(*casework.Service, context.Context, core.Actor, core.Purpose, core.ID, int, string) error) command {
	c.fill = func(s *sheet) error {
		s.form.Radios("reason", question, options(list(s.f)), form.Required("Choose a reason from the list."), form.Bold())
		return nil
	}
	c.give = func(s *sheet) error {
		return give(s.rq.Site.Cases, s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, s.form.Field("reason").Choice())
	}
	return c
}

var reconsideration = command{do: casework.CmdRequestReconsideration, path: "reconsideration", title: "Ask for a reconsideration",
	why:    "Somebody who had no part in the decision looks at it again. It costs the person nothing.",
	button: ui.Button{Text: "Ask for a reconsideration"}, done: page.Flash("reconsideration-asked", "The reconsideration is asked for."), back: "decisions",
	fill: func(s *sheet) error {
		s.form.Textarea("request", "What is wrong with the decision, or what was not known?", form.Required("Say why the decision should be looked at again."),
			form.Max(casework.MaxAccount), form.Rows(8), form.Hint("In the person’s own words where you can."))
		if s.f.Today.After(s.f.ReconsiderUntil) {
			s.form.Textarea("lateReason", "Why does the request come late?", form.Required("The time to ask ended on "+s.f.ReconsiderUntil.Long()+". Say why the request comes late."),
				form.Max(casework.MaxAccount), form.Hint("The time to ask ended on "+s.f.ReconsiderUntil.Long()+". Being late alone is no reason to refuse."))
		}
		return nil
	},
	give: func(s *sheet) error {
		f := casework.ReconsiderationForm{Request: s.form.Field("request").Secret()}
		if late := s.form.Field("lateReason"); late != nil {
			f.LateReason = late.Secret()
		}
		return s.rq.Site.Cases.RequestReconsideration(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, f)
	}}

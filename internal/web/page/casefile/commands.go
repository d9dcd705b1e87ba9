package casefile

import (
	"io"
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/evidence"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func nothing(*sheet) error { return nil }

var receive = command{do: casework.CmdReceive, path: "receive", title: "Receive the referral",
	why:    "Receiving says that the authority has the referral and begins to work on it. The clock has been running since it was submitted.",
	button: ui.Button{Text: "Receive"}, done: page.Flash("case-received", "The referral is received."), fill: nothing,
	give: func(s *sheet) error {
		return s.rq.Site.Cases.Receive(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev)
	}}

// nobody takes a case off everybody's desk.
const nobody = "nobody"

var assign = command{do: casework.CmdAssign, path: "assign", title: "Assign the case",
	why:    "One named person answers for the decision. The person it is assigned to can decide; others can read and add.",
	button: ui.Button{Text: "Assign"}, done: page.Flash("case-assigned", "The case is assigned."),
	fill: func(s *sheet) error {
		users, err := s.rq.Site.Auth.Users(s.rq.Context(), s.f.Authority)
		if err != nil {
			return err
		}
		var choices []form.Option
		for _, u := range users {
			if !u.Active || !slices.Contains(u.Roles, core.RoleCaseworker) {
				continue
			}
			o := form.Option{Value: u.ID.String(), Label: u.Name}
			if u.ID == s.rq.Actor.UserID {
				o.Label = "Me, " + u.Name
				choices = append([]form.Option{o}, choices...)
				continue
			}
			choices = append(choices, o)
		}
		choices = append(choices, form.Option{Value: nobody, Label: "Nobody", Hint: "The case goes back to the queue"})
		now := nobody
		if !s.f.Assignee.IsZero() {
			now = s.f.Assignee.String()
		}
		s.form.Radios("assignee", "Who works on this case?", choices, form.Required("Choose a caseworker, or nobody."), form.Value(now), form.Bold())
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.Assign(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, id(s.form.Field("assignee")))
	}}

var askInfo = command{do: casework.CmdRequestInfo, path: "requests/new", title: "Ask for information",
	why:    "Ask only for what the decision needs. The agency sees your question and the reference, nothing else that it does not see already. No clock stops.",
	button: ui.Button{Text: "Send the question"}, done: page.Flash("info-asked", "The question is sent."), back: "requests",
	fill: func(s *sheet) error {
		choices, err := s.agencies(core.Police, core.Border, core.Immigration, core.LocalAuthority, core.LabourInspectorate, core.NGO, core.SupportProvider, core.Health, core.Prosecution)
		if err != nil {
			return err
		}
		s.form.Select("agency", "Whom do you ask?", choices, form.Required("Choose whom to ask."), form.Value(s.f.ReferringAgency.String()))
		s.form.Textarea("question", "What do you need to know?", form.Required("Write what you need to know."), form.Max(casework.MaxAccount))
		s.form.Date("due", "By when?", form.Required("Enter the day by which you need the answer."), form.Hint("For example "+s.f.Today.AddDays(3).Long()),
			form.NotBefore(s.f.Today, "Choose today or a later day."))
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.AskInfo(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, id(s.form.Field("agency")), s.form.Field("question").Secret(), s.form.Field("due").Date())
	}}

var answerInfo = command{do: casework.CmdAnswerInfo, path: "requests/{request}", title: "Answer a request for information",
	why:    "The competent authority needs this for its decision. “We do not know” is an answer too, and it saves time.",
	button: ui.Button{Text: "Send the answer"}, done: page.Flash("info-answered", "The answer is sent."), parts: []casework.Part{casework.PartRequests},
	fill: func(s *sheet) error {
		r, err := s.request()
		if err != nil {
			return err
		}
		s.note = []ui.Component{ui.Inset{Body: []ui.Component{ui.Prose(r.Ask.Reveal()), ui.Para("Answer by " + core.DateIn(r.DueAt, s.f.Calendar.Location()).Long() + ".")}}}
		s.form.Textarea("answer", "Your answer", form.Required("Write an answer. “We do not know” is an answer too."), form.Max(casework.MaxAccount))
		return nil
	},
	give: func(s *sheet) error {
		r, err := s.request()
		if err != nil {
			return err
		}
		return s.rq.Site.Cases.AnswerInfo(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, r.ID, s.form.Field("answer").Secret())
	}}

// request is the request for information that the path names, if it is one of
// the case's that the reader sees.
func (s *sheet) request() (*casework.InfoRequestView, error) {
	want, err := s.rq.ID("request")
	if err != nil {
		return nil, err
	}
	for i := range s.f.Requests {
		if s.f.Requests[i].ID == want {
			return &s.f.Requests[i], nil
		}
	}
	return nil, page.ErrNotFound
}

var addNote = command{do: casework.CmdAddNote, path: "notes/new", title: "Add a note",
	button: ui.Button{Text: "Add the note"}, done: page.Flash("note-added", "The note is added."), back: "notes",
	fill: func(s *sheet) error {
		s.form.Radios("shared", "Who may read it?", []form.Option{
			{Value: "no", Label: "Only the authority", Hint: "Internal: thinking, questions, next steps"},
			{Value: "yes", Label: "The agencies of this case too", Hint: "Shared: the agency that referred, and those who support or protect the person"},
		}, form.Required("Choose who may read the note."), form.Bold())
		s.form.Textarea("text", "The note", form.Required("Write the note."), form.Max(casework.MaxAccount), form.Rows(8))
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.AddNote(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.form.Field("shared").Chose("yes"), s.form.Field("text").Secret())
	}}

// addSharedNote is for those outside the authority: all their notes are shared.
var addSharedNote = command{do: casework.CmdAddSharedNote, path: "notes/shared", title: "Add a shared note",
	why:    "The authority and the other agencies of this case will read it.",
	button: ui.Button{Text: "Add the note"}, done: page.Flash("shared-note-added", "The note is added."), back: "notes",
	fill: func(s *sheet) error {
		s.form.Textarea("text", "The note", form.Required("Write the note."), form.Max(casework.MaxAccount), form.Rows(8))
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.AddNote(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, true, s.form.Field("text").Secret())
	}}

var addEvidence = command{do: casework.CmdAddEvidence, path: "documents/new", title: "Add evidence",
	why:    "Photographs lose where and when they were taken before they are kept. Every file is encrypted.",
	button: ui.Button{Text: "Add the file"}, done: page.Flash("evidence-added", "The file is added."), back: "documents",
	fill: func(s *sheet) error {
		s.form.File("file", "Choose a file", evidence.MaxSize, form.Required("Choose a file."), form.Accept(".pdf,.jpg,.jpeg,.png,.txt,.docx,.eml"),
			form.Hint("PDF, photograph, text, document or e-mail, up to 25 MB"))
		return nil
	},
	give: func(s *sheet) error {
		up := s.form.Field("file").File()
		r, err := up.Open()
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		content, err := io.ReadAll(io.LimitReader(r, evidence.MaxSize+1))
		if err != nil {
			return err
		}
		_, err = s.rq.Site.Cases.AddEvidence(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, casework.Upload{Name: up.Name, Content: content})
		return err
	}}

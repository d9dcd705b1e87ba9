package papers

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"clew/internal/core"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func returnPath(caseID core.ID) string { return "/cases/" + caseID.String() + "/return" }

func openReturns(rq *page.Request) (*domain.Returns, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Support.Returns(rq.Context(), rq.Actor, rq.Purpose, id)
}

func returns(rq *page.Request) error {
	v, err := openReturns(rq)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Voluntary return"}, tabs(v.Case, "Voluntary return"),
		ui.Para("Case " + v.Reference + ". A return is the person’s own wish, told to somebody independent. Nobody suggests it to them.")}
	if len(v.Due) > 0 {
		body = append(body, ui.Warning("A follow-up after the journey is due."))
	}
	if len(v.List) == 0 {
		body = append(body, ui.Para("The person has not asked to return."))
	}
	for i := range v.List {
		body = append(body, returnCard(rq, v, &v.List[i]))
	}
	if v.MayWork && (len(v.List) == 0 || ended(v.List[0].State)) {
		body = append(body, ui.List{Plain: true, Items: []ui.Component{ui.Link{Text: "Record that the person asked to return", Href: returnPath(v.Case) + "/request"}}})
	}
	return rq.Show(ui.Page{Title: "Voluntary return", Back: "/cases/" + v.Case.String()}, body...)
}

func ended(s domain.ReturnState) bool {
	return s == domain.ReturnClosed || s == domain.ReturnWithdrawn
}

func returnCard(rq *page.Request, v *domain.Returns, r *domain.ReturnView) ui.Component {
	list := ui.SummaryList{Title: "Asked for on " + r.InterviewOn.Long(), Rows: []ui.SummaryRow{{Key: "State", Value: ui.Tag{Text: r.State.Label(), Tone: returnTones[r.State]}}}}
	row := func(key, words string) {
		if words != "" {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: key, Value: ui.Prose(words)})
		}
	}
	if r.Held() {
		row("Safety hold", r.Words.Holds[len(r.Words.Holds)-1].Reason.Reveal())
		if !r.MayLift {
			row("What next", "Somebody other than who set the hold has to look before it is lifted. The person can change their mind at any time.")
		}
	}
	row("Adviser", r.Words.Adviser.Reveal()+", "+rq.Site.AgencyName(rq.Context(), r.Adviser))
	row("In their own words", r.Words.Wish.Reveal())
	row("Risk of being trafficked again", strings.TrimSpace(riskLabels[r.Risk]+"\n"+r.Words.Risk.Reveal()))
	row("Best interests of the child", r.Words.BestInterests.Reveal())
	if !r.TravelOn.IsZero() {
		row("Day of the journey", r.TravelOn.Long())
	}
	row("Journey", r.Words.Travel.Reveal())
	row("Who receives them", r.Words.Partner.Reveal())
	for _, n := range r.Words.FollowUps {
		row("After "+months(n.Month), n.On.Long()+"\n"+n.Words.Reveal())
	}
	row("Why it was closed", r.Words.Ending.Reveal())
	for _, name := range returnStepNames {
		if s := returnSteps[name]; s.open(v, r) {
			list.Action = append(list.Action, ui.Link{Text: s.title, Href: "/cases/" + v.Case.String() + "/returns/" + r.ID.String() + "/" + name, Hidden: "of the return asked for on " + r.InterviewOn.Long()})
		}
	}
	return list
}

func months(n int) string {
	if n == 1 {
		return "1 month"
	}
	return strconv.Itoa(n) + " months"
}

var riskLabels = map[string]string{domain.RiskLow: "Low", domain.RiskMedium: "Medium", domain.RiskHigh: "High"}

var returnRequested = page.Flash("papers-return", "The wish was recorded.")

func requestReturn(rq *page.Request) error {
	v, err := openReturns(rq)
	if err != nil {
		return err
	}
	if !v.MayWork {
		return page.ErrNotFound
	}
	var kinds []core.AgencyKind
	for _, k := range core.AgencyKinds {
		if domain.Independent(k) {
			kinds = append(kinds, k)
		}
	}
	agencies, err := rq.Site.AgenciesOf(rq.Context(), kinds...)
	if err != nil {
		return err
	}
	var of []form.Option
	for _, a := range agencies {
		if a.ID != v.Authority {
			of = append(of, form.Option{Value: a.ID.String(), Label: a.Name, Also: a.Code})
		}
	}
	f := rq.Form()
	own := f.Checkboxes("ownWish", "Whose wish is it?", []form.Option{{Value: "yes", Label: "The person asked, and nobody had suggested it"}},
		form.Required("A return is recorded only when the person asked for it. If anybody suggested it to them, do not go on."))
	name := f.Text("adviserName", "Who listened to them?", form.Hint("An independent adviser."), form.Max(domain.MaxShort), form.Required("Enter who listened to the person."))
	agency := f.Select("adviser", "Of which organisation?", of, form.Required("Choose the organisation of the independent adviser."))
	on := f.Date("on", "When?", form.Required("Enter the day."))
	language := f.Language("language", "In which language?", form.Required("Choose the language in which they talked."))
	interpreter := f.Checkboxes("interpreter", "Interpreter", []form.Option{{Value: "yes", Label: "An interpreter helped"}})
	wish := f.Textarea("wish", "What they want, in their own words", form.Rows(4), form.Required("Write in the person’s own words what they want, and why."))
	f.Buttons(ui.Button{Text: "Record the wish"}, ui.Button{Text: "Cancel", Href: returnPath(v.Case), Kind: ui.Quiet})
	return answer(rq, f, sheet{title: "The person asked to return", why: "Case " + v.Reference + ". They can change their mind at any time, without a reason. Support goes on.", back: returnPath(v.Case), done: returnRequested},
		func() error {
			adviser, _ := core.ParseID(agency.Choice())
			_, err := rq.Site.Support.RequestReturn(rq.Context(), rq.Actor, rq.Purpose, v.Case, domain.Interview{OwnWish: own.Chose("yes"), Adviser: adviser, AdviserName: name.Secret(),
				On: on.Date(), Language: language.Choice(), Interpreter: interpreter.Chose("yes"), Wish: wish.Secret()})
			return err
		})
}

// rstep is a short page for one step of a return.
type rstep struct {
	title string
	open  func(v *domain.Returns, r *domain.ReturnView) bool
	fill  func(rq *page.Request, f *form.Form, v *domain.Returns, r *domain.ReturnView) func(rev int) error
}

var returnStepNames = []string{"assess", "prepare", "travel", "follow-up", "close", "withdraw", "hold", "lift"}

var returnSteps = map[string]rstep{
	"assess":  {"Record the assessment of risk", toward(domain.ReturnAssessed), fillAssess},
	"prepare": {"Record the journey and who receives them", toward(domain.ReturnPrepared), fillPrepare},
	"travel":  {"Record that they have left", toward(domain.ReturnTravelled), fillTravel},
	"follow-up": {"Record a follow-up", func(v *domain.Returns, r *domain.ReturnView) bool {
		return v.MayWork && r.State == domain.ReturnTravelled
	}, fillFollowUp},
	"close": {"Close", toward(domain.ReturnClosed), fillClose},
	"withdraw": {"The person no longer wants to", func(v *domain.Returns, r *domain.ReturnView) bool {
		return v.MayWork && r.State.MayBecome(domain.ReturnWithdrawn)
	}, fillWithdraw},
	"hold": {"Hold for safety", func(v *domain.Returns, r *domain.ReturnView) bool {
		return v.MayHold && !r.Held() && r.State.MayBecome(domain.ReturnWithdrawn)
	}, fillHold},
	"lift": {"Lift the hold", func(_ *domain.Returns, r *domain.ReturnView) bool { return r.MayLift }, fillLift},
}

func toward(to domain.ReturnState) func(*domain.Returns, *domain.ReturnView) bool {
	return func(v *domain.Returns, r *domain.ReturnView) bool {
		return v.MayWork && !r.Held() && r.State.MayBecome(to)
	}
}

func returnStep(rq *page.Request) error {
	v, err := openReturns(rq)
	if err != nil {
		return err
	}
	id, err := rq.ID("return")
	if err != nil {
		return err
	}
	s, known := returnSteps[rq.PathValue("step")]
	var r *domain.ReturnView
	for i := range v.List {
		if v.List[i].ID == id {
			r = &v.List[i]
		}
	}
	if r == nil || !known || !s.open(v, r) {
		return page.ErrNotFound
	}
	f := rq.Form()
	give := s.fill(rq, f, v, r)
	rev := f.Hidden("rev", strconv.Itoa(r.Rev))
	f.Buttons(ui.Button{Text: "Record"}, ui.Button{Text: "Cancel", Href: returnPath(v.Case), Kind: ui.Quiet})
	return answer(rq, f, sheet{title: s.title, why: "Case " + v.Reference + ".", back: returnPath(v.Case), done: stepSaved}, func() error { return atRev(rev, give) })
}

func fillAssess(rq *page.Request, f *form.Form, v *domain.Returns, r *domain.ReturnView) func(int) error {
	grade := f.Radios("grade", "Risk of being trafficked again", []form.Option{{Value: domain.RiskLow, Label: "Low"}, {Value: domain.RiskMedium, Label: "Medium"},
		{Value: domain.RiskHigh, Label: "High", Hint: "Nothing goes on until another person has looked."}}, form.Required("Choose how high the risk is."))
	words := f.Textarea("words", "What was found", form.Rows(4), form.Required("Write what was found: who might exploit the person again, and what protects them."))
	var day, interests *form.Field
	if v.Child {
		day = f.Date("bestInterestsOn", "Best interests assessed on", form.Required("Enter the day."))
		interests = f.Textarea("bestInterests", "What the assessment of best interests found", form.Rows(4), form.Required("A child does not return without an assessment of best interests. Write what it found."))
	}
	return func(rev int) error {
		a := domain.ReturnRisk{Grade: grade.Choice(), Words: words.Secret()}
		if v.Child {
			a.BestInterestsOn, a.BestInterests = day.Date(), interests.Secret()
		}
		return rq.Site.Support.AssessReturn(rq.Context(), rq.Actor, rq.Purpose, r.ID, rev, a)
	}
}

func fillPrepare(rq *page.Request, f *form.Form, _ *domain.Returns, r *domain.ReturnView) func(int) error {
	on := f.Date("travelOn", "Day of the journey", form.Required("Enter the day of the journey."))
	partner := f.Textarea("partner", "Who receives them?", form.Rows(3), form.Required("Enter who receives the person. Nobody travels without somebody waiting."))
	travel := f.Textarea("travel", "The journey", form.Rows(3), form.Hint("Optional."))
	return func(rev int) error {
		return rq.Site.Support.PrepareReturn(rq.Context(), rq.Actor, rq.Purpose, r.ID, rev, on.Date(), travel.Secret(), partner.Secret())
	}
}

func fillTravel(rq *page.Request, f *form.Form, _ *domain.Returns, r *domain.ReturnView) func(int) error {
	on := f.Date("on", "Day on which they left", form.Required("Enter the day."))
	return func(rev int) error {
		return rq.Site.Support.TravelReturn(rq.Context(), rq.Actor, rq.Purpose, r.ID, rev, on.Date())
	}
}

func fillFollowUp(rq *page.Request, f *form.Form, v *domain.Returns, r *domain.ReturnView) func(int) error {
	var left []form.Option
	for _, m := range v.Rules.Return.FollowUps.Value {
		if m > r.Followed {
			left = append(left, form.Option{Value: strconv.Itoa(m), Label: "After " + months(m)})
		}
	}
	month := f.Radios("month", "Which follow-up?", left, form.Required("Choose a follow-up that is not recorded yet."))
	on := f.Date("on", "When?", form.Required("Enter the day."))
	words := f.Textarea("words", "How are they?", form.Rows(4), form.Required("Write how the person is, or that they could not be reached."))
	return func(rev int) error {
		m, _ := strconv.Atoi(month.Choice())
		return rq.Site.Support.FollowUpReturn(rq.Context(), rq.Actor, rq.Purpose, r.ID, rev, m, on.Date(), words.Secret())
	}
}

// because is a step that only asks why.
func because(label, msg string, do reasonedStep) func(*page.Request, *form.Form, *domain.Returns, *domain.ReturnView) func(int) error {
	return func(rq *page.Request, f *form.Form, _ *domain.Returns, r *domain.ReturnView) func(int) error {
		reason := f.Textarea("reason", label, form.Rows(3), form.Required(msg))
		return func(rev int) error {
			return do(rq.Site.Support, rq.Context(), rq.Actor, rq.Purpose, r.ID, rev, reason.Secret())
		}
	}
}

var (
	fillClose = because("Why does nobody ask any more?", "Write why nobody asks any more.", (*domain.Service).CloseReturn)
	fillHold  = because("What makes the return unsafe?", "Write what makes the return unsafe.", (*domain.Service).HoldReturn)
	fillLift  = because("What has changed?", "Write what has changed, or why it is safe.", (*domain.Service).LiftHold)
)

func fillWithdraw(rq *page.Request, _ *form.Form, _ *domain.Returns, r *domain.ReturnView) func(int) error {
	return func(rev int) error {
		return rq.Site.Support.WithdrawReturn(rq.Context(), rq.Actor, rq.Purpose, r.ID, rev)
	}
}

// reasonedStep is a use case that takes a reason.
type reasonedStep = func(s *domain.Service, ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason core.Secret) error //nolint:revive // a method's receiver comes first

// sheet is what stands around a form.
type sheet struct {
	title, why, back string
	next             string // back, unless it says otherwise
	done             string
	nav              ui.Component
}

// answer shows a form, or takes its answer.
func answer(rq *page.Request, f *form.Form, s sheet, give func() error) error {
	if s.next == "" {
		s.next = s.back
	}
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			err := give()
			if err == nil {
				return rq.Done(s.next, s.done)
			}
			if !(len(core.FieldsOf(err)) > 0 && f.SetErrors(err)) && !page.Refused(f, err) {
				return err
			}
		}
	}
	body := ui.Reading{ui.Heading{Level: 1, Text: s.title}}
	if s.nav != nil {
		body = append(body, s.nav)
	}
	return rq.ShowForm(ui.Page{Title: s.title, Back: s.back}, f, append(body, ui.Para(s.why), f))
}

// atRev runs a step at the revision that the form carried.
func atRev(f *form.Field, give func(rev int) error) error {
	rev, err := page.Revision(f)
	if err != nil {
		return err
	}
	return give(rev)
}

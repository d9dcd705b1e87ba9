package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/safecontact"
)

// life is one person's way through the procedure.
type life struct {
	s          *simulation
	form       casework.ReferralForm
	responder  core.Actor
	caseworker core.Actor
	id         core.ID
	arrived    time.Time
	lookedAt   bool // the negative decision in force has been reconsidered: nobody is left who had no part in it
}

func (s *simulation) chance(thousandths int) bool { return s.rand.IntN(1000) < thousandths }

// days is a duration of between a and b days, by day, in office hours.
func (s *simulation) days(a, b int) time.Duration {
	return time.Duration(a+s.rand.IntN(max(1, b-a+1)))*24*time.Hour + time.Duration(s.rand.IntN(6*60))*time.Minute
}

var caseworkers = []string{"caseworker", "caseworker2", "caseworker3", "caseworker4", "caseworker5"}

// plan lets one person arrive, on a working morning of the three years. Newer
// years have more arrivals.
func (s *simulation) plan() {
	span := int(s.parts.Now.Sub(s.started).Hours() / 24)
	day := max(s.rand.IntN(span), s.rand.IntN(span))
	at := s.started.AddDate(0, 0, day).Truncate(24 * time.Hour).Add(8*time.Hour + time.Duration(s.rand.IntN(10*60))*time.Minute)
	l := &life{s: s, responder: s.country.actors[responderOf[pick(s.rand, referrers)]], caseworker: s.country.actors[draw(s.rand, caseworkers)]}
	s.at(at, l.arrive)
}

func (l *life) arrive(ctx context.Context) error {
	l.s.done++
	l.write()
	r, err := l.s.cases.Submit(ctx, l.responder, core.Identify, access.ImportReferrals, casework.Submission{Form: l.form})
	if err != nil {
		return err
	}
	l.id = r.CaseID
	now := l.s.clock.Now()
	if r.Kind == casework.DutyToNotify {
		if l.s.chance(60) {
			l.s.at(now.Add(l.s.days(10, 90)), l.closeWith("finished"))
		}
		return nil
	}
	l.s.at(now.Add(l.s.days(0, 2)), l.assign)
	l.arrived = now
	if l.form.Age.Stated != "adult" {
		l.growUp()
	}
	return nil
}

// write makes up the referral.
func (l *life) write() {
	r, now := l.s.rand, l.s.clock.Now()
	today := core.DateIn(now, time.UTC)
	nationality, gender := pick(r, nationalities), pick(r, genders)
	then := pick(r, ages)
	child := then == "child" && l.s.chance(620) || then == "unknown" && l.s.chance(200)
	f := casework.ReferralForm{Jurisdiction: "england-wales"}
	f.Identity = casework.Identity{Names: []casework.Name{nameFor(r, nationality, gender)}, Gender: gender, Nationality: nationality}
	age := 19 + r.IntN(28)
	if child {
		age = 12 + r.IntN(5)
	}
	born := today.AddDays(-365*age - r.IntN(360))
	f.Identity.BirthDate = core.PartialDateOf(born)
	if l.s.chance(150) && !child {
		f.Identity.BirthDate = core.PartialDate{Year: born.Year}
	}
	if l.s.chance(400) {
		f.Identity.Documents = []casework.IdentityDocument{{Type: "passport", Number: core.Secret(fmt.Sprintf("%s%07d", nationality[:2], r.IntN(1e7))), Country: nationality}}
		if nationality == "XXX" {
			f.Identity.Documents[0].Country = ""
		}
	}
	l.writeAge(&f, child, today)
	l.writeFacts(&f, then, today)
	l.form = f
}

func (l *life) writeAge(f *casework.ReferralForm, child bool, today core.Date) {
	if child {
		council := "council-east"
		if l.s.rand.IntN(2) == 0 {
			council = "council-west"
		}
		f.Age = casework.Age{Stated: "child", Authority: l.s.country.agencies[council].ID}
		if l.s.chance(100) {
			f.Age.Stated = "unsure"
		}
		return
	}
	f.Age = casework.Age{Stated: "adult"}
	language := languageOf[f.Identity.Nationality]
	if language == "" {
		language = "eng"
	}
	f.Consent = casework.ConsentGiven{Explained: "yes", Answer: "yes", NoticeVersion: "2", Language: language, Interpreter: "no", On: today}
	if language != "eng" {
		f.Consent.Interpreter = "yes"
	}
	if l.s.chance(notifyShare * 10 / 7) { // of adults, so that it is the share of all
		f.Consent = casework.ConsentGiven{Explained: "yes", Answer: "no"}
	}
}

func (l *life) writeFacts(f *casework.ReferralForm, then string, today core.Date) {
	r := l.s.rand
	from := core.PartialDate{Year: today.Year - 1, Month: 1 + r.IntN(12)}
	f.Facts = casework.Facts{Exploitation: pick(r, exploitations), ExploitedWhere: draw(r, []string{"domestic", "domestic", "overseas", "both"}),
		AgeAtExploitation: then, Act: []string{draw(r, []string{"recruited", "transported", "harboured"})}, Means: []string{draw(r, []string{"threat", "deception", "debt", "abuse_of_vulnerability"})},
		CurrentLocation: draw(r, []string{"safe", "safe", "unknown", "detained"}), SupportWanted: draw(r, []string{"yes", "yes", "later", "no"}),
		PoliceReport: draw(r, []string{"yes", "no"}), OthersAtRisk: draw(r, []string{"yes", "no", "unknown"})}
	seen := map[string]bool{}
	for range 2 + r.IntN(5) {
		code := draw(r, l.s.indicatorCodes())
		if !seen[code] {
			seen[code] = true
			f.Facts.Indicators = append(f.Facts.Indicators, casework.Indicator{Code: code, ObservedBy: draw(r, []string{"me", "colleague", "person"})})
		}
	}
	f.Narrative = casework.Narrative{Account: core.Secret(draw(r, accounts)),
		Situations: []casework.Situation{{Country: "GBR", Town: core.Secret(draw(r, towns)), From: from}},
		Referrer:   casework.Referrer{Name: "Duty desk", JobTitle: "First responder", Phone: core.Secret(fmt.Sprintf("01632 96%04d", r.IntN(10000)))}}
	f.Contact = casework.Contact{Town: core.Secret(draw(r, towns)), Terms: safecontact.Terms{SafeToReach: "only_through", Through: "The worker who referred", Language: f.Consent.Language}}
}

func (s *simulation) indicatorCodes() []string {
	return []string{"GEN-01", "GEN-02", "GEN-03", "GEN-04", "GEN-05", "GEN-06"}
}

func (l *life) assign(ctx context.Context) error {
	if err := l.s.cases.Assign(ctx, l.s.country.actors["manager"], core.Identify, l.id, 0, l.caseworker.UserID); err != nil {
		return err
	}
	l.s.desks = append(l.s.desks, l)
	now := l.s.clock.Now()
	if l.s.chance(infoShare) {
		l.s.at(now.Add(l.s.days(0, 2)), l.askInfo)
	}
	if l.form.Consent.Answer == "yes" && l.s.chance(withdrawnShare) {
		l.s.at(now.Add(l.s.days(1, 60)), l.withdraw)
	}
	if l.form.Consent.Answer == "yes" && l.s.chance(policeShare) {
		l.s.at(now.Add(l.s.days(1, 20)), l.shareWithPolice)
	}
	if l.s.chance(suspendedShare) {
		l.s.at(now.Add(l.s.days(1, 90)), l.suspend)
	}
	wait := l.s.days(1, 9)
	if l.s.chance(250) {
		wait = l.s.days(8, 60)
	}
	l.s.at(now.Add(wait), l.decideRG)
	return nil
}

// step runs one step of a life. A step that the case no longer allows was
// overtaken by another, and is left out.
func step(err error) error {
	switch core.KindOf(err) {
	case core.NotNow, core.Forbidden, core.NotFound:
		return nil
	}
	return err
}

func (l *life) askInfo(ctx context.Context) error {
	if l.responder.AgencyKind == core.Immigration {
		return nil // behind the firewall: they refer, and hear no more
	}
	due := core.DateIn(l.s.clock.Now(), time.UTC).AddDays(7)
	if err := step(l.s.cases.AskInfo(ctx, l.caseworker, core.Identify, l.id, 0, l.responder.AgencyID, "Do you have the notes of the first interview?", due)); err != nil {
		return err
	}
	l.s.at(l.s.clock.Now().Add(l.s.days(1, 12)), l.answerInfo)
	return nil
}

func (l *life) answerInfo(ctx context.Context) error {
	requests, err := l.s.store.InfoRequests(ctx, l.id)
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.AnsweredAt.IsZero() {
			return step(l.s.cases.AnswerInfo(ctx, l.responder, core.Identify, l.id, r.ID, "Attached to the file on the day of the referral."))
		}
	}
	return nil
}

func (l *life) shareWithPolice(ctx context.Context) error {
	given := l.form.Consent
	given.On = core.DateIn(l.s.clock.Now(), time.UTC)
	return step(l.s.cases.RecordConsent(ctx, l.caseworker, core.Identify, l.id, 0, casework.ConsentPolice, given))
}

func (l *life) withdraw(ctx context.Context) error {
	return step(l.s.cases.WithdrawConsent(ctx, l.caseworker, core.Identify, l.id, 0, casework.ConsentReferral))
}

func (l *life) suspend(ctx context.Context) error {
	if err := step(l.s.cases.Suspend(ctx, l.caseworker, core.Identify, l.id, 0, "whereabouts_unknown")); err != nil {
		return err
	}
	if l.s.chance(600) {
		l.s.at(l.s.clock.Now().Add(l.s.days(5, 80)), func(ctx context.Context) error {
			err := step(l.s.cases.Resume(ctx, l.caseworker, core.Identify, l.id, 0))
			l.s.at(l.s.clock.Now().Add(l.s.days(2, 8)), l.decideRG)
			l.s.at(l.s.clock.Now().Add(l.s.days(90, 400)), l.decideCG)
			return err
		})
	}
	return nil
}

func (l *life) closeWith(reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		return step(l.s.cases.Close(ctx, l.caseworker, core.Identify, l.id, 0, reason))
	}
}

// decision makes up a reasoned decision.
func (l *life) decision(positive bool) casework.DecisionForm {
	f := casework.DecisionForm{Outcome: casework.Positive, Act: casework.Found, Means: casework.Found, Purpose: casework.Found,
		Reasons: casework.Reasons{Reasons: "The account is consistent in itself and with the indicators that were observed; nothing in the file speaks against it."}}
	if l.form.Age.Stated != "adult" {
		f.Means = casework.NotRequired
	}
	for _, i := range l.form.Facts.Indicators {
		f.Indicators = append(f.Indicators, i.Code)
	}
	if !positive {
		f.Outcome, f.Purpose = casework.Negative, casework.NotFound
		f.Reasons.Reasons = "There is not enough in the file to find that the person was moved or kept for the purpose of exploitation."
	}
	return f
}

func (l *life) decideRG(ctx context.Context) error {
	positive := l.s.chance(positiveRG)
	if err := step(l.s.cases.DecideRG(ctx, l.caseworker, core.Identify, l.id, 0, l.decision(positive))); err != nil {
		return err
	}
	now := l.s.clock.Now()
	if !positive {
		l.s.at(now.Add(l.s.days(0, 3)), l.review)
		return nil
	}
	if l.s.chance(extendedShare) {
		l.s.at(now.Add(l.s.days(10, 28)), l.extend)
	}
	l.s.at(now.Add(l.s.days(60, 700)), l.decideCG)
	return nil
}

// leaveForReview proposes negative decisions on the newest cases, so that the
// story ends with something in the second reviewers' inbox.
func (s *simulation) leaveForReview(ctx context.Context) error {
	const wanted = 4
	left := wanted
	for _, l := range slices.Backward(s.desks) {
		c, err := s.store.Case(ctx, l.id)
		if err != nil {
			return err
		}
		if c.State != casework.RGPending || c.ReviewOf != casework.NoDecision {
			continue
		}
		if err := step(s.cases.DecideRG(ctx, l.caseworker, core.Identify, l.id, 0, l.decision(false))); err != nil {
			return err
		}
		if left--; left == 0 {
			return nil
		}
	}
	return nil
}

func (l *life) extend(ctx context.Context) error {
	c, err := l.s.store.Case(ctx, l.id)
	if err != nil || c.State != casework.Recovery {
		return err
	}
	return step(l.s.cases.ExtendRecovery(ctx, l.caseworker, core.Identify, l.id, 0, c.RecoveryUntil.AddDays(30), "mental_health"))
}

func (l *life) decideCG(ctx context.Context) error {
	positive := l.s.chance(positiveCG)
	l.lookedAt = false
	if err := step(l.s.cases.DecideCG(ctx, l.caseworker, core.Identify, l.id, 0, l.decision(positive))); err != nil {
		return err
	}
	now := l.s.clock.Now()
	if !positive {
		l.s.at(now.Add(l.s.days(0, 4)), l.review)
		return nil
	}
	l.s.at(now.Add(l.s.days(60, 300)), l.closeWith("finished"))
	return nil
}

func (l *life) review(ctx context.Context) error {
	f := casework.ReviewForm{Answer: casework.Confirm, Words: "I have read the whole file and agree."}
	switch {
	case l.s.chance(60):
		f = casework.ReviewForm{Answer: casework.Overturn, Words: "The indicators outweigh the gaps in the account.",
			Findings: casework.Findings{Act: casework.Found, Means: casework.Found, Purpose: casework.Found}}
	case l.s.chance(40):
		f = casework.ReviewForm{Answer: casework.SendBack, Words: "Please ask the first responder before deciding."}
	}
	c, err := l.s.store.Case(ctx, l.id)
	if err != nil {
		return err
	}
	reviewer := "reviewer"
	if c.State == casework.Reconsideration {
		reviewer = "reviewer2" // the first one had a part in the decision that is looked at again
	}
	if err := step(l.s.cases.Review(ctx, l.s.country.actors[reviewer], core.Identify, l.id, 0, f)); err != nil {
		return err
	}
	if c, err = l.s.store.Case(ctx, l.id); err != nil {
		return err
	}
	now := l.s.clock.Now()
	switch c.State {
	case casework.RGNegative, casework.CGNegative:
		if !l.lookedAt && l.s.chance(reconsiderShare) {
			l.s.at(now.Add(l.s.days(3, 28)), l.askReconsideration)
		} else {
			l.s.at(now.Add(l.s.days(40, 90)), l.closeWith("finished"))
		}
	case casework.RGPending:
		l.s.at(now.Add(l.s.days(2, 10)), l.decideRG)
	case casework.CGPending, casework.Recovery:
		l.s.at(now.Add(l.s.days(20, 200)), l.decideCG)
	}
	return nil
}

func (l *life) askReconsideration(ctx context.Context) error {
	l.lookedAt = true
	err := step(l.s.cases.RequestReconsideration(ctx, l.caseworker, core.Identify, l.id, 0,
		casework.ReconsiderationForm{Request: "The person’s solicitor sends a medical report that was not in the file.", LateReason: "The letter was forwarded late."}))
	l.s.at(l.s.clock.Now().Add(l.s.days(5, 25)), l.reconsider)
	return err
}

// reconsider is done by the reviewer with a case's other role: somebody who had
// no part in the first decision.
func (l *life) reconsider(ctx context.Context) error {
	other := l.s.country.actors["caseworker4"]
	if other.UserID == l.caseworker.UserID {
		other = l.s.country.actors["caseworker2"]
	}
	if err := step(l.s.cases.Assign(ctx, l.s.country.actors["manager"], core.Identify, l.id, 0, other.UserID)); err != nil {
		return err
	}
	positive := l.s.chance(overturnedShare)
	if err := step(l.s.cases.Reconsider(ctx, other, core.Identify, l.id, 0, l.decision(positive))); err != nil {
		return err
	}
	l.caseworker = other
	if positive {
		l.s.at(l.s.clock.Now().Add(l.s.days(60, 400)), l.decideCG)
	} else {
		l.s.at(l.s.clock.Now().Add(l.s.days(1, 4)), l.review)
	}
	return nil
}

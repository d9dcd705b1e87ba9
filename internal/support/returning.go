package support

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
)

// ReturnState is where a voluntary return stands.
type ReturnState string

// The states of a voluntary return.
const (
	ReturnRequested  ReturnState = "requested"
	ReturnAssessed   ReturnState = "assessed"
	ReturnPrepared   ReturnState = "prepared"
	ReturnTravelled  ReturnState = "travelled"
	ReturnFollowedUp ReturnState = "followed_up" // the last follow-up was made
	ReturnClosed     ReturnState = "closed"
	ReturnWithdrawn  ReturnState = "withdrawn"
)

// A person may change their mind until they have left.
var returnNext = map[ReturnState][]ReturnState{
	ReturnRequested:  {ReturnAssessed, ReturnWithdrawn},
	ReturnAssessed:   {ReturnPrepared, ReturnWithdrawn},
	ReturnPrepared:   {ReturnTravelled, ReturnWithdrawn},
	ReturnTravelled:  {ReturnFollowedUp, ReturnClosed},
	ReturnFollowedUp: {ReturnClosed},
}

// MayBecome reports whether a return may go from one state to the other.
func (s ReturnState) MayBecome(to ReturnState) bool { return slices.Contains(returnNext[s], to) }

// beforeTravel reports whether the person is still here.
func (s ReturnState) beforeTravel() bool { return s.MayBecome(ReturnWithdrawn) }

var returnLabels = map[ReturnState]string{ReturnRequested: "Asked for", ReturnAssessed: "Risk assessed", ReturnPrepared: "Prepared", ReturnTravelled: "Travelled",
	ReturnFollowedUp: "Followed up", ReturnClosed: "Closed", ReturnWithdrawn: "Withdrawn"}

// Label returns the state in plain words.
func (s ReturnState) Label() string { return returnLabels[s] }

// The grades of the risk of being trafficked again.
const (
	RiskLow    = "low"
	RiskMedium = "medium"
	RiskHigh   = "high" // holds the return until another person has looked
)

// ReturnRisks lists them.
var ReturnRisks = []string{RiskLow, RiskMedium, RiskHigh}

// TaskReturnFollowUp tells provider and authority that a follow-up is due.
const TaskReturnFollowUp = "return_follow_up"

const jobFollowUp = "support.return_follow_up"

// Return is a voluntary return. It begins with the person's own wish, said to an
// adviser who is independent, and with nothing else: no job and no other use case
// begins one.
type Return struct {
	ID              core.ID
	Rev             int
	Case            core.ID
	Person          core.ID
	State           ReturnState
	Adviser         core.ID // the adviser's agency
	InterviewOn     core.Date
	Language        string
	Interpreter     bool
	Risk            string
	BestInterestsOn core.Date // of a child
	TravelOn        core.Date
	Followed        int // the month of the last follow-up that was made
	HeldAt          time.Time
	HeldBy          core.ID // zero: not held
	ChangedAt       time.Time
	ChangedBy       core.ID
	Sealed          []byte
}

// Held reports whether a safety hold stands.
func (r *Return) Held() bool { return !r.HeldBy.IsZero() }

// ReturnWords is what is stored only sealed.
type ReturnWords struct {
	Adviser       core.Secret    `json:"adviser,omitempty"` // who listened
	Wish          core.Secret    `json:"wish,omitempty"`    // in the person's own words
	Risk          core.Secret    `json:"risk,omitempty"`
	BestInterests core.Secret    `json:"bestInterests,omitempty"`
	Travel        core.Secret    `json:"travel,omitempty"`
	Partner       core.Secret    `json:"partner,omitempty"` // who receives them
	Ending        core.Secret    `json:"ending,omitempty"`
	Holds         []HoldWords    `json:"holds,omitempty"`
	FollowUps     []FollowUpNote `json:"followUps,omitempty"`
}

// HoldWords is one safety hold and how it ended.
type HoldWords struct {
	By       core.ID     `json:"by"`
	At       time.Time   `json:"at"`
	Reason   core.Secret `json:"reason"`
	LiftedBy core.ID     `json:"liftedBy,omitzero"`
	LiftedAt time.Time   `json:"liftedAt,omitzero"`
	Why      core.Secret `json:"why,omitempty"`
}

// FollowUpNote is one follow-up after the journey.
type FollowUpNote struct {
	Month int         `json:"month"`
	On    core.Date   `json:"on"`
	Words core.Secret `json:"words"`
}

// Interview is the talk in which a person asks to return.
type Interview struct {
	OwnWish     bool    // the person asked, and nobody had offered it
	Adviser     core.ID // the adviser's agency
	AdviserName core.Secret
	On          core.Date
	Language    string
	Interpreter bool
	Wish        core.Secret
}

// notIndependent are the kinds of agency whose people are no independent advisers
// on whether to leave.
var notIndependent = []core.AgencyKind{core.CompetentAuthority, core.Immigration, core.Border, core.Police, core.Prosecution}

// Independent reports whether people of a kind of agency may be the adviser.
func Independent(kind core.AgencyKind) bool {
	return kind.Valid() && !slices.Contains(notIndependent, kind)
}

// RequestReturn records that a person asked to return.
func (s *Service) RequestReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, i Interview) (id core.ID, err error) {
	err = s.onCase(ctx, actor, purpose, caseID, access.WorkReturn, func(t *caseTurn) error {
		if err := s.checkInterview(ctx, t, i); err != nil {
			return err
		}
		list, err := t.tx.ReturnsOf(ctx, t.c.ID)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.State != ReturnClosed && r.State != ReturnWithdrawn {
				return core.E(core.Conflict, "return.open", "A return is recorded already. Go on with that one, or withdraw it first.")
			}
		}
		r := &Return{ID: s.ids.New(), Rev: 1, Case: t.c.ID, Person: t.c.Person, State: ReturnRequested, Adviser: i.Adviser, InterviewOn: i.On, Language: i.Language,
			Interpreter: i.Interpreter, ChangedAt: t.now, ChangedBy: t.actor.UserID}
		if err := s.sealReturn(ctx, r, ReturnWords{Adviser: i.AdviserName, Wish: i.Wish}); err != nil {
			return err
		}
		id = r.ID
		if err := t.tx.AddReturn(ctx, r); err != nil {
			return err
		}
		return s.returnDone(ctx, t, r, "return_requested")
	})
	return id, err
}

func (s *Service) checkInterview(ctx context.Context, t *caseTurn, i Interview) error {
	k := &checker{}
	k.need(i.OwnWish, "ownWish", "A return is recorded only when the person asked for it. If anybody suggested it to them, do not go on.")
	k.need(i.AdviserName != "", "adviserName", "Enter who listened to the person.")
	k.text("adviserName", i.AdviserName, MaxShort)
	k.need(i.Wish != "", "wish", "Write in the person’s own words what they want, and why.")
	k.text("wish", i.Wish, MaxText)
	k.need(i.Language != "", "language", "Choose the language in which they talked.")
	k.languages("language", i.Language)
	s.checkPast(k, t.c, "on", i.On)
	switch kind, err := t.tx.AgencyKind(ctx, i.Adviser); {
	case core.KindOf(err) == core.NotFound:
		k.add("adviser", "required", "Choose the organisation of the independent adviser.")
	case err != nil:
		return err
	case i.Adviser == t.c.Authority || !Independent(kind):
		k.add("adviser", "return.not_independent", "The adviser has to be independent: not of an authority that decides, and not of immigration, border, police or prosecution. Choose another organisation.")
	}
	return k.err()
}

// returnTurn is one change of a return.
type returnTurn struct {
	*caseTurn
	r *Return
	w *ReturnWords
	k *checker
}

// onReturn takes a return to a state, when its table allows that and no hold
// stands in the way.
func (s *Service) onReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, to ReturnState, change func(t *returnTurn) error) error {
	return s.changeReturn(ctx, actor, purpose, id, rev, access.WorkReturn, "return_"+string(to), func(t *returnTurn) error {
		if !t.r.State.MayBecome(to) {
			return core.E(core.NotNow, "return.not_now", fmt.Sprintf("This return is %s, so it cannot become %s.", lower(t.r.State.Label()), lower(to.Label())))
		}
		if t.r.Held() && to != ReturnWithdrawn {
			return core.E(core.NotNow, "return.held", "A safety hold stands, so nothing goes on. Somebody other than who set it has to look and lift it.")
		}
		if err := change(t); err != nil {
			return err
		}
		t.r.State = to
		return nil
	})
}

// changeReturn loads a return with its words, lets change do the work, and writes
// both if nothing was found wrong.
func (s *Service) changeReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, action access.Action, kind string, change func(t *returnTurn) error) error {
	known, err := s.store.Return(ctx, id)
	if err != nil {
		return err
	}
	return s.onCase(ctx, actor, purpose, known.Case, action, func(c *caseTurn) error {
		r, err := c.tx.Return(ctx, id)
		if err != nil {
			return err
		}
		if rev != 0 && rev != r.Rev {
			return errChanged
		}
		w, err := s.openReturn(ctx, r)
		if err != nil {
			return err
		}
		t := &returnTurn{caseTurn: c, r: r, w: &w, k: &checker{}}
		if err := change(t); err != nil {
			return err
		}
		if err := t.k.err(); err != nil {
			return err
		}
		readRev := r.Rev
		r.Rev, r.ChangedAt, r.ChangedBy = readRev+1, c.now, c.actor.UserID
		if err := s.sealReturn(ctx, r, w); err != nil {
			return err
		}
		if err := c.tx.SaveReturn(ctx, r, readRev); err != nil {
			return err
		}
		return s.returnDone(ctx, c, r, kind)
	})
}

func (s *Service) returnDone(ctx context.Context, t *caseTurn, r *Return, kind string) error {
	if err := s.event(ctx, t.tx, t.c, t.by, kind, ""); err != nil {
		return err
	}
	return s.record(ctx, t.tx, t.by, t.c.ID, "return:"+r.ID.String(), r)
}

// ReturnRisk is the assessment before a return.
type ReturnRisk struct {
	Grade           string
	Words           core.Secret
	BestInterestsOn core.Date // a child's
	BestInterests   core.Secret
}

// AssessReturn records the risk of being trafficked again and, for a child, the
// assessment of best interests. A high risk holds the return at once.
func (s *Service) AssessReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, a ReturnRisk) error {
	return s.onReturn(ctx, actor, purpose, id, rev, ReturnAssessed, func(t *returnTurn) error {
		t.k.words("grade", []string{a.Grade}, ReturnRisks)
		t.k.need(a.Words != "", "words", "Write what was found: who might exploit the person again, and what protects them.")
		t.k.text("words", a.Words, MaxText)
		if t.c.Child {
			s.checkPast(t.k, t.c, "bestInterestsOn", a.BestInterestsOn)
			t.k.need(a.BestInterests != "", "bestInterests", "A child does not return without an assessment of best interests. Write what it found.")
			t.k.text("bestInterests", a.BestInterests, MaxText)
			t.r.BestInterestsOn, t.w.BestInterests = a.BestInterestsOn, a.BestInterests
		}
		t.r.Risk, t.w.Risk = a.Grade, a.Words
		if a.Grade == RiskHigh {
			t.hold("The risk of being trafficked again was assessed as high.")
		}
		return nil
	})
}

// PrepareReturn records the journey and who receives the person.
func (s *Service) PrepareReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, travelOn core.Date, travel, partner core.Secret) error {
	return s.onReturn(ctx, actor, purpose, id, rev, ReturnPrepared, func(t *returnTurn) error {
		t.k.need(!travelOn.IsZero(), "travelOn", "Enter the day of the journey.")
		t.k.need(partner != "", "partner", "Enter who receives the person. Nobody travels without somebody waiting.")
		t.k.text("partner", partner, MaxText)
		t.k.text("travel", travel, MaxText)
		if !travelOn.IsZero() && travelOn.Before(s.todayOf(t.c)) {
			t.k.add("travelOn", "date.past", "This day is past. Enter today or a later one.")
		}
		t.r.TravelOn, t.w.Travel, t.w.Partner = travelOn, travel, partner
		return nil
	})
}

// TravelReturn records the journey; the follow-ups are counted from it.
func (s *Service) TravelReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, on core.Date) error {
	return s.onReturn(ctx, actor, purpose, id, rev, ReturnTravelled, func(t *returnTurn) error {
		s.checkPast(t.k, t.c, "on", on)
		if len(t.k.fields) > 0 {
			return nil
		}
		t.r.TravelOn = on
		for _, month := range t.rules.Return.FollowUps.Value {
			at := on.AddMonths(month).StartIn(s.zone(t.c.Scheme, t.c.Jurisdiction))
			if err := s.enqueue(ctx, t.tx, jobFollowUp, t.c.ID, t.r.ID, strconv.Itoa(month), at); err != nil {
				return err
			}
		}
		return nil
	})
}

// FollowUpReturn records one follow-up. After the last, the return is followed up.
func (s *Service) FollowUpReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev, month int, on core.Date, words core.Secret) error {
	return s.changeReturn(ctx, actor, purpose, id, rev, access.WorkReturn, "return_follow_up", func(t *returnTurn) error {
		if t.r.State != ReturnTravelled {
			return core.E(core.NotNow, "return.not_now", "Follow-ups are recorded after the journey, until the return is closed.")
		}
		months := t.rules.Return.FollowUps.Value
		if !slices.Contains(months, month) || month <= t.r.Followed {
			t.k.add("month", "unknown", "Choose a follow-up that is not recorded yet.")
		}
		s.checkPast(t.k, t.c, "on", on)
		t.k.need(words != "", "words", "Write how the person is, or that they could not be reached.")
		t.k.text("words", words, MaxText)
		t.r.Followed = month
		t.w.FollowUps = append(t.w.FollowUps, FollowUpNote{Month: month, On: on, Words: words})
		if month == months[len(months)-1] {
			t.r.State = ReturnFollowedUp
		}
		return s.closeFollowUps(ctx, t, month)
	})
}

// closeFollowUps closes the follow-up tasks up to a month.
func (s *Service) closeFollowUps(ctx context.Context, t *returnTurn, upTo int) error {
	return closeMarked(ctx, t.caseTurn, TaskReturnFollowUp, func(mark string) bool {
		month, err := strconv.Atoi(mark)
		return err == nil && month <= upTo
	})
}

// CloseReturn ends following up.
func (s *Service) CloseReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason core.Secret) error {
	return s.onReturn(ctx, actor, purpose, id, rev, ReturnClosed, func(t *returnTurn) error {
		t.k.need(reason != "", "reason", "Write why nobody asks any more.")
		t.k.text("reason", reason, MaxText)
		t.w.Ending = reason
		return s.closeFollowUps(ctx, t, math.MaxInt)
	})
}

// WithdrawReturn records that the person no longer wants to return. No reason is
// asked for, and a hold does not stand in the way.
func (s *Service) WithdrawReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int) error {
	return s.onReturn(ctx, actor, purpose, id, rev, ReturnWithdrawn, func(*returnTurn) error { return nil })
}

func (t *returnTurn) hold(reason core.Secret) {
	t.r.HeldAt, t.r.HeldBy = t.now, t.actor.UserID
	t.w.Holds = append(t.w.Holds, HoldWords{By: t.actor.UserID, At: t.now, Reason: reason})
}

// HoldReturn sets a safety hold: every step but a withdrawal waits.
func (s *Service) HoldReturn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason core.Secret) error {
	return s.changeReturn(ctx, actor, purpose, id, rev, access.HoldReturn, "return_held", func(t *returnTurn) error {
		if !t.r.State.beforeTravel() || t.r.Held() {
			return core.E(core.NotNow, "return.no_hold", "A hold is set once, and before the journey.")
		}
		t.k.need(reason != "", "reason", "Write what makes the return unsafe.")
		t.k.text("reason", reason, MaxText)
		t.hold(reason)
		return nil
	})
}

// LiftHold lifts a safety hold. Whoever set it cannot.
func (s *Service) LiftHold(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, why core.Secret) error {
	return s.changeReturn(ctx, actor, purpose, id, rev, access.LiftHold, "return_hold_lifted", func(t *returnTurn) error {
		if !t.r.Held() {
			return core.E(core.NotNow, "return.not_held", "No hold stands.")
		}
		if t.r.HeldBy == t.actor.UserID {
			return core.E(core.Forbidden, "return.same_person", "You set this hold, so somebody else has to look before it is lifted.")
		}
		t.k.need(why != "", "reason", "Write what has changed, or why it is safe.")
		t.k.text("reason", why, MaxText)
		last := &t.w.Holds[len(t.w.Holds)-1]
		last.LiftedBy, last.LiftedAt, last.Why = t.actor.UserID, t.now, why
		t.r.HeldAt, t.r.HeldBy = time.Time{}, core.ID{}
		return nil
	})
}

// followUpDue raises a follow-up that nobody has recorded.
func (s *Service) followUpDue(ctx context.Context, tx Tx, j payload) error {
	r, err := tx.Return(ctx, j.ID)
	if err != nil || r.State != ReturnTravelled {
		return err
	}
	month, err := strconv.Atoi(j.Mark)
	if err != nil {
		return fmt.Errorf("support: follow-up after %q months: %w", j.Mark, err)
	}
	if month <= r.Followed {
		return nil
	}
	c, err := tx.Case(ctx, r.Case)
	if err != nil {
		return err
	}
	for _, agency := range []core.ID{c.SupportAgency, c.Authority} {
		if err := s.raise(ctx, tx, c, TaskReturnFollowUp, agency, s.clock.Now(), j.Mark); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sealReturn(ctx context.Context, r *Return, w ReturnWords) (err error) {
	r.Sealed, err = seal(ctx, s, r.Person, "support_return", r.ID, r.Rev, w)
	return err
}

func (s *Service) openReturn(ctx context.Context, r *Return) (ReturnWords, error) {
	return open[ReturnWords](ctx, s, r.Person, "support_return", r.ID, r.Rev, r.Sealed)
}

// ReturnView is a return as those who work with it see it.
type ReturnView struct {
	Return
	Words   ReturnWords
	MayLift bool // somebody else set the hold that stands
}

// Returns is what stands on a case about a voluntary return.
type Returns struct {
	Case      core.ID
	Reference string
	Child     bool
	Authority core.ID
	Zone      *time.Location
	Rules     scheme.Rules
	List      []ReturnView // the newest first
	Due       []Task       // follow-ups of the reader's agency
	MayWork   bool
	MayHold   bool
}

// Returns opens the voluntary returns of a case.
func (s *Service) Returns(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (*Returns, error) {
	v := &Returns{}
	err := s.onCase(ctx, actor, purpose, caseID, access.ViewReturn, func(t *caseTurn) error {
		may := func(a access.Action) bool { return s.policies.Check(actor, purpose, a, t.c.Resource).Allowed }
		*v = Returns{Case: t.c.ID, Reference: t.c.Reference, Child: t.c.Child, Authority: t.c.Authority, Zone: s.zone(t.c.Scheme, t.c.Jurisdiction), Rules: t.rules,
			MayWork: may(access.WorkReturn), MayHold: may(access.HoldReturn)}
		list, err := t.tx.ReturnsOf(ctx, t.c.ID)
		if err != nil {
			return err
		}
		for i := range slices.Backward(list) {
			w, err := s.openReturn(ctx, &list[i])
			if err != nil {
				return err
			}
			mayLift := list[i].Held() && list[i].HeldBy != actor.UserID && may(access.LiftHold)
			v.List = append(v.List, ReturnView{Return: list[i], Words: w, MayLift: mayLift})
		}
		if v.Due, err = s.ownTasks(ctx, t, TaskReturnFollowUp); err != nil {
			return err
		}
		return t.tx.Append(ctx, s.entry(ledger.Read, t.by, t.c.ID, "returns:"+t.c.ID.String()), nil)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

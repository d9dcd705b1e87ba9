package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/likeness"
	"clew/match/score"
)

// PairState is where the question whether two rounds are of one person stands.
type PairState string

// The states. Every answer can be changed and taken back.
const (
	PairOpen    PairState = "open"     // nobody has answered, or the answer was taken back
	PairSame    PairState = "same"     // the same person: the rounds are linked
	PairNotSame PairState = "not_same" // two people
	PairLater   PairState = "later"    // to be answered by a day
)

// PairStates lists every state, in the order pages show them.
var PairStates = []PairState{PairOpen, PairLater, PairSame, PairNotSame}

var pairLabels = map[PairState]string{PairOpen: "Not answered", PairSame: "Same person", PairNotSame: "Not the same person", PairLater: "Later"}

// Label returns the state in plain words.
func (s PairState) Label() string { return pairLabels[s] }

// Valid reports whether s is one of PairStates.
func (s PairState) Valid() bool { return slices.Contains(PairStates, s) }

// Pair is two rounds that may be of one person. It holds nothing about the person.
type Pair struct {
	ID             core.ID
	Rev            int
	Earlier, Later core.ID // cases, by the order of their ids
	State          PairState
	Exact          bool    // a document, telephone number, e-mail, or name with birth date is the same
	Likeness       float64 // when it was raised
	EarlierVersion int     // of the identities that were compared
	LaterVersion   int
	RaisedAt       time.Time
	Until          core.Date // PairLater: answer by
	AnsweredBy     core.ID
	AnsweredAt     time.Time
}

// PairAnswer is one answer to a pair, as kept.
type PairAnswer struct {
	ID       core.ID
	Pair     core.ID
	At       time.Time
	ActorID  core.ID
	AgencyID core.ID
	State    PairState
	Until    core.Date
	Reason   []byte // sealed
}

// PairQuery is one page of a list of pairs.
type PairQuery struct {
	Scope access.Scope
	State PairState
	After core.ID
	Limit int
}

// PeopleCount is how many rounds there are and of how many people.
type PeopleCount struct{ Rounds, People int }

// PairLine is a pair in a list, with what may be shown of its cases.
type PairLine struct {
	Pair
	Older, Newer Case
}

// PairPage is one page of pairs; Next is zero on the last.
type PairPage struct {
	Pairs []PairLine
	Next  core.ID
}

// PairSide is one of the two rounds. Without an identity it is another authority's,
// or the person was erased.
type PairSide struct {
	Case
	Identity *Identity
	Erased   bool
}

// PairReason is one piece of evidence in words.
type PairReason struct {
	Text    string
	Details []string
	Weight  float64 // above zero speaks for one person, below against
}

// PairHistory is one answer in words.
type PairHistory struct {
	PairAnswer
	Words core.Secret
}

// PairView is a pair side by side.
type PairView struct {
	Pair
	Older, Newer PairSide
	Elsewhere    core.ID // the other authority, when one of the rounds is not the actor's to see; then Newer is the actor's own
	Task         core.ID // then: the open task of the actor's authority, if there is one
	Score        float64 // of what is known now
	Reasons      []PairReason
	History      []PairHistory
	May          bool // answer it
}

var errNoPair = core.E(core.NotFound, "pair.not_found", "There is no such pair.")

// Pairs lists pairs of the actor's own authority in a state, newest first. It opens
// no identity.
func (s *Service) Pairs(ctx context.Context, actor core.Actor, purpose core.Purpose, state PairState, after core.ID, limit int) (PairPage, error) {
	if _, err := s.require(actor, purpose, access.SearchPersons, access.Whole()); err != nil {
		return PairPage{}, err
	}
	limit = min(max(limit, 1), 200)
	pairs, err := s.store.Pairs(ctx, PairQuery{Scope: s.policies.Scope(actor, purpose), State: state, After: after, Limit: limit + 1})
	if err != nil {
		return PairPage{}, err
	}
	var p PairPage
	if len(pairs) > limit {
		pairs = pairs[:limit]
		p.Next = pairs[limit-1].ID
	}
	p.Pairs, err = s.pairLines(ctx, actor, purpose, pairs)
	return p, err
}

func (s *Service) pairLines(ctx context.Context, actor core.Actor, purpose core.Purpose, pairs []Pair) ([]PairLine, error) {
	ids := make([]core.ID, 0, 2*len(pairs))
	for _, p := range pairs {
		ids = append(ids, p.Earlier, p.Later)
	}
	cases, err := s.store.CasesByID(ctx, distinctIDs(ids), s.policies.Scope(actor, purpose))
	if err != nil {
		return nil, err
	}
	byID := make(map[core.ID]Case, len(cases))
	for _, c := range cases {
		if s.may(actor, purpose, access.ViewMatches, &c) {
			byID[c.ID] = c
		}
	}
	lines := make([]PairLine, 0, len(pairs))
	for _, p := range pairs {
		older, one := byID[p.Earlier]
		newer, two := byID[p.Later]
		if one && two {
			lines = append(lines, PairLine{p, older, newer})
		}
	}
	return lines, nil
}

func distinctIDs(ids []core.ID) []core.ID {
	slices.SortFunc(ids, func(a, b core.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// CountPairs counts the pairs of a state in the actor's authority.
func (s *Service) CountPairs(ctx context.Context, actor core.Actor, purpose core.Purpose, state PairState) (int, error) {
	if _, err := s.require(actor, purpose, access.SearchPersons, access.Whole()); err != nil {
		return 0, err
	}
	return s.store.CountPairs(ctx, s.policies.Scope(actor, purpose), state)
}

// CountPeople counts the rounds the actor may see and the people they are of: a
// person with several linked rounds is one.
func (s *Service) CountPeople(ctx context.Context, actor core.Actor, purpose core.Purpose) (PeopleCount, error) {
	if _, err := s.require(actor, purpose, access.SearchPersons, access.Whole()); err != nil {
		return PeopleCount{}, err
	}
	return s.store.CountPeople(ctx, s.policies.Scope(actor, purpose))
}

// pairCases loads a pair and its two cases.
func pairCases(ctx context.Context, r Reader, id core.ID) (p *Pair, older, newer *Case, err error) {
	if p, err = r.Pair(ctx, id); err != nil {
		return nil, nil, nil, err
	}
	if older, err = r.Case(ctx, p.Earlier); err != nil {
		return nil, nil, nil, err
	}
	newer, err = r.Case(ctx, p.Later)
	return p, older, newer, err
}

// Pair opens a pair side by side. The opening of each identity is in the ledger
// before anything is returned. To an authority that has one of the two rounds it
// says only that there is another, and whose.
func (s *Service) Pair(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*PairView, error) {
	p, older, newer, err := pairCases(ctx, s.store, id)
	if err != nil {
		return nil, err
	}
	seesOlder, seesNewer := s.maySeePair(actor, purpose, older), s.maySeePair(actor, purpose, newer)
	v := &PairView{Pair: *p, Older: PairSide{Case: *older}, Newer: PairSide{Case: *newer}}
	switch {
	case !seesOlder && !seesNewer:
		return nil, errNoPair
	case !seesNewer:
		v.Elsewhere, v.Newer, v.Older = newer.Authority, v.Older, PairSide{}
	case !seesOlder:
		v.Elsewhere, v.Older = older.Authority, PairSide{}
	}
	if !v.Elsewhere.IsZero() {
		v.Pair = Pair{ID: p.ID, Later: v.Newer.ID} // nothing of the person is needed to ask a colleague
		v.Task, err = s.taskOfPair(ctx, actor, v)
		return v, err
	}
	v.May = s.may(actor, purpose, access.LinkRounds, older) && s.may(actor, purpose, access.LinkRounds, newer)
	if err := s.recordPair(ctx, actor, purpose, p, older, newer); err != nil {
		return nil, err
	}
	if err := s.openPair(ctx, v); err != nil {
		return nil, err
	}
	v.History, err = s.pairHistory(ctx, p, older)
	return v, err
}

func (s *Service) taskOfPair(ctx context.Context, actor core.Actor, v *PairView) (core.ID, error) {
	tasks, err := s.store.Tasks(ctx, v.Newer.ID)
	for i := range tasks {
		if id, ok := PairOfTask(&tasks[i]); ok && id == v.ID && tasks[i].DoneAt.IsZero() && tasks[i].AgencyID == actor.AgencyID {
			return tasks[i].ID, nil
		}
	}
	return core.ID{}, err
}

func (s *Service) maySeePair(actor core.Actor, purpose core.Purpose, c *Case) bool {
	return s.may(actor, purpose, access.ViewMatches, c) && s.may(actor, purpose, access.ViewIdentity, c)
}

func (s *Service) recordPair(ctx context.Context, actor core.Actor, purpose core.Purpose, p *Pair, cases ...*Case) error {
	return s.store.Write(ctx, func(tx Tx) error {
		for _, c := range cases {
			d := s.policies.Check(actor, purpose, access.ViewIdentity, c.Resource())
			if err := tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.ViewIdentity, c.ID, "pair:"+p.ID.String(), d.Policies), nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) openPair(ctx context.Context, v *PairView) error {
	rows, err := s.store.IdentitiesOf(ctx, []core.ID{v.Earlier, v.Later})
	if err != nil {
		return err
	}
	for _, side := range []*PairSide{&v.Older, &v.Newer} {
		i := slices.IndexFunc(rows, func(r likeness.Row) bool { return r.Case == side.ID })
		if i < 0 {
			continue
		}
		id, err := s.openIdentity(ctx, rows[i])
		switch {
		case core.KindOf(err) == core.NotFound:
			side.Erased = true
		case err != nil:
			return err
		default:
			side.Identity = &id
		}
	}
	if v.Older.Identity == nil || v.Newer.Identity == nil {
		return nil
	}
	q := score.NewRecord(inputOf(v.Older.Identity))
	result, sentences := s.explain(&q, v.Newer.Identity)
	v.Score, v.Reasons = result.Score, reasonsOf(score.Messages("en"), sentences)
	return nil
}

// reasonsOf says the sentences; what only adds detail stands under what it details.
func reasonsOf(words score.Catalogue, sentences []score.Sentence) []PairReason {
	var list []PairReason
	for _, one := range sentences {
		text := words.Say(one)
		if one.Weight == 0 && len(list) > 0 {
			last := &list[len(list)-1]
			last.Details = append(last.Details, text)
			continue
		}
		list = append(list, PairReason{Text: text, Weight: one.Weight})
	}
	return list
}

func (s *Service) pairHistory(ctx context.Context, p *Pair, keyOf *Case) ([]PairHistory, error) {
	answers, err := s.store.PairAnswers(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	list := make([]PairHistory, 0, len(answers))
	for _, a := range answers {
		h := PairHistory{PairAnswer: a}
		h.Words, err = s.openText(ctx, keyOf.PersonID, "pair_answer", a.ID, "reason", a.Reason)
		if err != nil && core.KindOf(err) != core.NotFound { // the person was erased, and the words with them
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

// PairForm is an answer to a pair.
type PairForm struct {
	State  PairState // PairOpen takes the last answer back
	Reason core.Secret
	Until  core.Date
}

func (f *PairForm) check(today core.Date) error {
	k := &checker{}
	k.need(f.State.Valid(), "state", "Choose an answer.")
	k.text("reason", f.Reason.Reveal(), MaxLine)
	if f.State == PairLater {
		k.need(f.Reason != "", "reason", "Say what you are waiting for.")
		k.need(!f.Until.IsZero(), "until", "Enter the day by which you will answer.")
		if !f.Until.IsZero() && !today.Before(f.Until) {
			k.add("until", "pair.past", "Enter a day after today.")
		}
	}
	return core.InvalidFields(k.fields)
}

// AnswerPair records whether two rounds are of one person, and links or unlinks
// them. Nothing of either round is changed; each keeps its own record. The answer can be changed and taken back, and every one is kept.
func (s *Service) AnswerPair(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, form PairForm) error {
	if err := form.check(s.today("")); err != nil {
		return err
	}
	if form.State != PairLater {
		form.Until = core.Date{}
	}
	err := s.store.Write(ctx, func(tx Tx) error { return s.answerPair(ctx, tx, actor, purpose, id, rev, &form) })
	if core.KindOf(err) == core.Forbidden {
		s.recordDenied(ctx, actor, purpose, core.ID{}, access.LinkRounds)
	}
	return err
}

var errAnswered = core.E(core.Conflict, "pair.answered_meanwhile", "Somebody else answered this while you were looking at it. Their answer stands below; change it only if you are sure.")

func (s *Service) answerPair(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, id core.ID, rev int, form *PairForm) error {
	p, older, newer, err := pairCases(ctx, tx, id)
	if err != nil {
		return err
	}
	var policies []string
	for _, c := range []*Case{older, newer} {
		if !s.maySeePair(actor, purpose, c) {
			return errNoPair
		}
		d, err := s.require(actor, purpose, access.LinkRounds, c.Resource())
		if err != nil {
			return err
		}
		policies = append(policies, d.Policies...)
	}
	if rev != 0 && rev != p.Rev {
		return errAnswered
	}
	if form.State == p.State && form.State != PairLater {
		return core.E(core.NotNow, "pair.no_change", "This is the answer already.")
	}
	before, readRev := p.State, p.Rev
	if err := s.noteVersions(ctx, tx, p); err != nil {
		return err
	}
	p.Rev, p.State, p.Until, p.AnsweredBy, p.AnsweredAt = readRev+1, form.State, form.Until, actor.UserID, s.clock.Now()
	if err := tx.SavePair(ctx, *p, readRev); err != nil {
		return err
	}
	if before == PairSame || form.State == PairSame || form.State == PairNotSame {
		if err := s.relink(ctx, tx, p); err != nil {
			return err
		}
	}
	if err := s.tendPairTasks(ctx, tx, actor, p, newer); err != nil {
		return err
	}
	return s.traceAnswer(ctx, tx, actor, purpose, p, older, newer, before, form, distinct(policies))
}

// noteVersions remembers which identities the answer is about.
func (s *Service) noteVersions(ctx context.Context, tx Tx, p *Pair) error {
	rows, err := tx.IdentitiesOf(ctx, []core.ID{p.Earlier, p.Later})
	for _, r := range rows {
		if r.Case == p.Earlier {
			p.EarlierVersion = r.Version
		} else {
			p.LaterVersion = r.Version
		}
	}
	return err
}

// traceAnswer keeps the answer with its reason sealed, a line on both timelines,
// and an entry about each case.
func (s *Service) traceAnswer(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, p *Pair, older, newer *Case, before PairState, form *PairForm, policies []string) error {
	a := PairAnswer{ID: s.ids.New(), Pair: p.ID, At: p.AnsweredAt, ActorID: actor.UserID, AgencyID: actor.AgencyID, State: p.State, Until: p.Until}
	if form.Reason != "" {
		var err error
		if a.Reason, err = s.sealText(ctx, older.PersonID, "pair_answer", a.ID, "reason", form.Reason); err != nil {
			return err
		}
	}
	if err := tx.AddPairAnswer(ctx, a); err != nil {
		return err
	}
	content, err := json.Marshal(struct {
		Pair   Pair
		Before PairState
		Answer PairAnswer
	}{*p, before, a})
	if err != nil {
		return fmt.Errorf("casework: describe the answer for the ledger: %w", err)
	}
	for _, side := range [][2]*Case{{older, newer}, {newer, older}} {
		event := Event{ID: s.ids.New(), CaseID: side[0].ID, At: p.AnsweredAt, ActorID: actor.UserID, AgencyID: actor.AgencyID, Kind: "pair_" + string(p.State),
			State: side[0].State, Detail: side[1].Reference}
		if err := tx.AddEvent(ctx, event); err != nil {
			return err
		}
		if err := tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.LinkRounds, side[0].ID, "pair:"+p.ID.String(), policies), content); err != nil {
			return err
		}
	}
	// With one question answered there is room for the next likely one.
	return s.enqueue(ctx, tx, jobMatch, newer, s.clock.Now(), fmt.Sprintf("answered:%s:%d", p.ID, p.Rev))
}

// tendPairTasks ends the task of a pair that is answered, moves it to the day for
// one that waits, and brings it back for one whose answer was taken back.
func (s *Service) tendPairTasks(ctx context.Context, tx Tx, actor core.Actor, p *Pair, newer *Case) error {
	tasks, err := tx.Tasks(ctx, newer.ID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Kind != TaskPossibleMatch || t.Detail != p.ID.String() || !t.DoneAt.IsZero() {
			continue
		}
		readRev := t.Rev
		t.Rev++
		switch p.State {
		case PairOpen:
			return nil
		case PairLater:
			t.DueAt = p.Until.StartIn(s.location(newer.Scheme, newer.Jurisdiction))
		default:
			t.DoneAt, t.DoneBy = p.AnsweredAt, actor.UserID
		}
		return tx.SaveTask(ctx, t, readRev)
	}
	switch p.State {
	case PairOpen:
		return tx.AddTask(ctx, s.pairTask(newer, p))
	case PairLater:
		t := s.pairTask(newer, p)
		t.DueAt = p.Until.StartIn(s.location(newer.Scheme, newer.Jurisdiction))
		return tx.AddTask(ctx, t)
	}
	return nil
}

func (s *Service) pairTask(c *Case, p *Pair) Task {
	return s.newTask(c, TaskPossibleMatch, c.Authority, c.RGDueAt, p.ID.String())
}

// PairOfTask is the pair a task is about, if it is about one.
func PairOfTask(t *Task) (core.ID, bool) {
	if t.Kind != TaskPossibleMatch {
		return core.ID{}, false
	}
	id, err := core.ParseID(t.Detail)
	return id, err == nil
}

// answeredElsewhere refuses to tick off a pair that the actor's own authority can
// answer: the task ends with the answer. Where the other round is another
// authority's there is nothing to answer here, and asking ends the task.
func (s *Service) answeredElsewhere(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, t *Task) error {
	id, ok := PairOfTask(t)
	if !ok {
		return nil
	}
	_, older, newer, err := pairCases(ctx, tx, id)
	if err != nil {
		return err
	}
	if s.maySeePair(actor, purpose, older) && s.maySeePair(actor, purpose, newer) {
		return core.E(core.NotNow, "task.pair", "This task is done by answering whether the two rounds are of one person. It cannot be ticked off.")
	}
	return nil
}

package support

import (
	"context"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/safecontact"
	"clew/internal/scheme"
)

// opened writes that something was read, before it is shown.
func (s *Service) opened(ctx context.Context, b by, caseID core.ID, object string) error {
	return s.store.Write(ctx, func(tx Tx) error { return tx.Append(ctx, s.entry(ledger.Read, b, caseID, object), nil) })
}

// FileView is a support file with its words. Of one that has ended only the
// outline is left.
type FileView struct {
	File
	Reference   string
	CaseState   string
	Rules       scheme.Rules
	Zone        *time.Location
	Terms       safecontact.Terms
	Assessment  Assessment
	AssessedAt  time.Time
	MoveOn      MoveOn
	MovePlanned time.Time
	Goals       []GoalView
	Contacts    []ContactView
	Payments    []PaymentView
	Activities  []ActivityView
	Stay        *Stay
	StayPlace   core.ID // where the stay is; its name stays with the provider
	Tasks       []Task
	Works       bool // the actor may write in it
}

// GoalView, ContactView, PaymentView and ActivityView are rows in words.
type (
	GoalView struct {
		Goal
		Words GoalWords
	}
	ContactView struct {
		Contact
		Words ContactWords
	}
	PaymentView struct {
		Payment
		Note core.Secret
	}
	ActivityView struct {
		Activity
		Words core.Secret
	}
)

// recent is how many rows of a kind one page of a file shows.
const recent = 100

// View opens a support file. The opening is in the ledger before anything is
// returned.
func (s *Service) View(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*FileView, error) {
	f, err := s.store.File(ctx, id)
	if err != nil {
		return nil, err
	}
	b, err := s.allow(actor, purpose, access.ViewSupportFile, f.Resource())
	if err != nil {
		return nil, s.refused(ctx, actor, purpose, access.ViewSupportFile, err)
	}
	c, err := s.store.Case(ctx, f.Case)
	if err != nil {
		return nil, err
	}
	v := &FileView{File: *f, Reference: c.Reference, CaseState: c.State, Zone: s.zone(c.Scheme, c.Jurisdiction)}
	if v.Rules, err = s.rulesOf(c); err != nil {
		return nil, err
	}
	if err := s.opened(ctx, b, c.ID, "support:"+f.ID.String()); err != nil {
		return nil, err
	}
	if f.State == Ended {
		return v, nil
	}
	own := actor.AgencyID == f.Agency
	v.Works = own && s.policies.Check(actor, purpose, access.WorkSupport, f.Resource()).Allowed
	return v, s.fill(ctx, v, c, own)
}

// fill opens the words. Where the person sleeps and how they are reached is for
// the provider alone.
func (s *Service) fill(ctx context.Context, v *FileView, c *Case, own bool) error {
	steps := []func() error{
		func() error { return s.fillSections(ctx, v) },
		func() error { return s.fillGoals(ctx, v) },
		func() error { return s.fillContacts(ctx, v) },
		func() error { return s.fillPayments(ctx, v) },
		func() error { return s.fillActivities(ctx, v) },
	}
	if own {
		steps = append(steps, func() error { return s.fillOwn(ctx, v, c) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) fillSections(ctx context.Context, v *FileView) (err error) {
	var sec *Section
	if v.Assessment, sec, err = openSection[Assessment](ctx, s, s.store, &v.File, SectionAssessment); err != nil {
		return err
	}
	if sec != nil {
		v.AssessedAt = sec.WrittenAt
	}
	if v.MoveOn, sec, err = openSection[MoveOn](ctx, s, s.store, &v.File, SectionMoveOn); err == nil && sec != nil {
		v.MovePlanned = sec.WrittenAt
	}
	return err
}

func (s *Service) fillOwn(ctx context.Context, v *FileView, c *Case) (err error) {
	if v.Terms, err = s.terms(ctx, s.store, &v.File, c); err != nil {
		return err
	}
	stays, err := s.store.StaysOf(ctx, v.ID)
	if err != nil {
		return err
	}
	v.Stay = live(stays)
	tasks, err := s.store.TasksOf(ctx, c.ID)
	for _, t := range tasks {
		if t.Agency == v.Agency {
			v.Tasks = append(v.Tasks, t)
		}
	}
	return err
}

func (s *Service) fillGoals(ctx context.Context, v *FileView) error {
	goals, err := s.store.Goals(ctx, v.ID)
	if err != nil {
		return err
	}
	for _, g := range goals {
		words, err := open[GoalWords](ctx, s, v.Person, "support_goal", g.ID, g.Rev, g.Sealed)
		if err != nil {
			return err
		}
		v.Goals = append(v.Goals, GoalView{g, words})
	}
	return nil
}

func (s *Service) fillContacts(ctx context.Context, v *FileView) error {
	contacts, err := s.store.Contacts(ctx, v.ID, recent)
	if err != nil {
		return err
	}
	for _, k := range contacts {
		words, err := open[ContactWords](ctx, s, v.Person, "support_contact", k.ID, k.Rev, k.Sealed)
		if err != nil {
			return err
		}
		v.Contacts = append(v.Contacts, ContactView{k, words})
	}
	return nil
}

func (s *Service) fillPayments(ctx context.Context, v *FileView) error {
	payments, err := s.store.Payments(ctx, v.ID, recent)
	if err != nil {
		return err
	}
	for _, p := range payments {
		note, err := open[core.Secret](ctx, s, v.Person, "support_payment", p.ID, 1, p.Sealed)
		if err != nil {
			return err
		}
		v.Payments = append(v.Payments, PaymentView{p, note})
	}
	return nil
}

func (s *Service) fillActivities(ctx context.Context, v *FileView) error {
	activities, err := s.store.Activities(ctx, v.ID, recent)
	if err != nil {
		return err
	}
	for _, a := range activities {
		words, err := open[core.Secret](ctx, s, v.Person, "support_activity", a.ID, 1, a.Sealed)
		if err != nil {
			return err
		}
		v.Activities = append(v.Activities, ActivityView{a, words})
	}
	return nil
}

// FileLine is one line of a provider's list: which case, how far, what next.
type FileLine struct {
	File
	Reference string
}

// Files is one page of the people the actor's agency supports, by what comes
// next; or of the support that has ended.
func (s *Service) Files(ctx context.Context, actor core.Actor, purpose core.Purpose, ended bool, after Cursor, limit int) (list []FileLine, next *Cursor, err error) {
	if _, err := s.allow(actor, purpose, access.GiveSupport, access.Whole()); err != nil {
		return nil, nil, err
	}
	limit = min(max(limit, 1), pageMax)
	files, err := s.store.Files(ctx, actor.AgencyID, ended, after, limit+1)
	if err != nil {
		return nil, nil, err
	}
	if len(files) > limit {
		files = files[:limit]
		last := files[limit-1]
		next = &Cursor{Key: NextKey(last.NextAt), ID: last.ID}
	}
	for _, f := range files {
		line := FileLine{File: f}
		if f.State != Ended {
			c, err := s.store.Case(ctx, f.Case)
			if err != nil {
				return nil, nil, err
			}
			line.Reference = c.Reference
		}
		list = append(list, line)
	}
	return list, next, nil
}

// NextKey is how a next contact sorts: none comes last.
func NextKey(t time.Time) int64 {
	if t.IsZero() {
		return 1<<63 - 1
	}
	return t.UnixMicro()
}

// TaskLine is a task with the file it is about.
type TaskLine struct {
	Task
	File      core.ID
	Reference string
}

// Today is what needs the provider today.
type Today struct {
	Offers []OfferView
	Tasks  []TaskLine
	Next   []FileLine // by their next contact
	Beds   map[BedState]int
	Ended  bool // no agreement runs
}

// Today gathers what needs the actor's agency, a short list of each.
func (s *Service) Today(ctx context.Context, actor core.Actor, purpose core.Purpose, limit int) (*Today, error) {
	if _, err := s.allow(actor, purpose, access.GiveSupport, access.Whole()); err != nil {
		return nil, err
	}
	var d Today
	running, err := s.inForce(ctx, s.store, actor.AgencyID)
	if err != nil {
		return nil, err
	}
	d.Ended = !running
	if d.Offers, err = s.Offers(ctx, actor, purpose, limit); err != nil {
		return nil, err
	}
	if d.Tasks, err = s.tasks(ctx, actor, limit); err != nil {
		return nil, err
	}
	if d.Next, _, err = s.Files(ctx, actor, purpose, false, Cursor{}, limit); err != nil {
		return nil, err
	}
	d.Beds, err = s.store.BedCounts(ctx, actor.AgencyID)
	return &d, err
}

// tasks lists the agency's open tasks of support, most urgent first. A task of a
// case that is not in its hands is not shown.
func (s *Service) tasks(ctx context.Context, actor core.Actor, limit int) ([]TaskLine, error) {
	tasks, err := s.store.OpenTasks(ctx, actor.AgencyID, limit)
	if err != nil {
		return nil, err
	}
	var list []TaskLine
	for _, t := range tasks {
		f, err := s.store.FileOf(ctx, t.Case)
		if core.KindOf(err) == core.NotFound || err == nil && (f.Agency != actor.AgencyID || f.State == Ended) {
			continue
		}
		if err != nil {
			return nil, err
		}
		c, err := s.store.Case(ctx, t.Case)
		if err != nil {
			return nil, err
		}
		list = append(list, TaskLine{Task: t, File: f.ID, Reference: c.Reference})
	}
	return list, nil
}

// CompleteTask ticks off a task that no deed of its own closes: a welfare check
// that was made.
func (s *Service) CompleteTask(ctx context.Context, actor core.Actor, purpose core.Purpose, file core.ID, kind string) error {
	return s.on(ctx, actor, purpose, file, 0, access.WorkSupport, func(t *turn) error {
		if kind != TaskWelfareCheck && kind != TaskArrival {
			return core.E(core.NotNow, "task.by_deed", "This task is done by doing it: record the contact, review the goal, or end support. It cannot be ticked off.")
		}
		t.what, t.body = "task:"+kind, nil
		return t.tx.CloseTasks(ctx, t.c.ID, t.f.Agency, []string{kind}, "", t.now, t.actor.UserID)
	})
}

// State is how far support of a case is, for the authority: no word of the file,
// and where nobody.
type State struct {
	Requests []Request
	Offers   []Offer // of the newest referral to support
	File     *File   // the newest; its place is not in it
	Can      bool    // the actor may ask for support now
}

// StateOf says how far support of a case is.
func (s *Service) StateOf(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (*State, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	if _, err := s.allow(actor, purpose, access.ViewSupportState, c.Resource); err != nil {
		return nil, err
	}
	st := &State{}
	if st.Requests, err = s.store.RequestsOf(ctx, caseID); err != nil {
		return nil, err
	}
	if n := len(st.Requests); n > 0 {
		if st.Offers, err = s.store.OffersOf(ctx, st.Requests[n-1].ID); err != nil {
			return nil, err
		}
	}
	if st.File, err = s.store.FileOf(ctx, caseID); err != nil && core.KindOf(err) != core.NotFound {
		return nil, err
	}
	st.Can = s.policies.Check(actor, purpose, access.AskSupport, c.Resource).Allowed && s.mayOpen(ctx, s.store, c) == nil
	return st, nil
}

// NeedsOf are the coarse needs of a case, as a form to ask for support starts.
func (s *Service) NeedsOf(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (Needs, scheme.Rules, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return Needs{}, scheme.Rules{}, err
	}
	if _, err := s.allow(actor, purpose, access.AskSupport, c.Resource); err != nil {
		return Needs{}, scheme.Rules{}, err
	}
	rules, err := s.rulesOf(c)
	if err != nil {
		return Needs{}, rules, err
	}
	n, err := s.coarse(ctx, s.store, c, rules)
	return n, rules, err
}

// Rules are today's rules of the installation, for forms.
func (s *Service) Rules() (scheme.Rules, error) { return s.rules() }

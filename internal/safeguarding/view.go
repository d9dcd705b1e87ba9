package safeguarding

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/scheme"
)

// View is a child's track as far as the actor may see it.
type View struct {
	Subject
	Rules    scheme.ChildRules
	Steps    []StepRow // in the order of Steps
	Records  []RecordView
	Episodes []Episode
	Carers   []CarerView
	Advocacy []AdvocacyView
	Patterns []Pattern
	Notices  []Notice // who was told, and who has confirmed
	Can      map[access.Action]bool
	Withheld bool // words could not be shown, because nothing can be recorded just now
}

// Step returns where a step stands.
func (v *View) Step(s Step) StepRow {
	i := slices.IndexFunc(v.Steps, func(r StepRow) bool { return r.Step == s })
	if i < 0 {
		return StepRow{Step: s}
	}
	return v.Steps[i]
}

// work are the actions a page may offer.
var work = []access.Action{access.WorkSafeguarding, access.RaiseMissing, access.RecordSighting, access.RecordFound, access.CloseMissing, access.ViewSafeguarding}

func (s *Service) can(actor core.Actor, purpose core.Purpose, c *Subject) map[access.Action]bool {
	asker := s.policies.For(actor, purpose, c.Resource())
	can := map[access.Action]bool{}
	for _, a := range work {
		can[a] = asker.May(a)
	}
	return can
}

// Track opens a child's track. That it was opened is in the ledger before anything
// is returned.
func (s *Service) Track(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (*View, error) {
	child, err := s.store.Subject(ctx, caseID)
	if err != nil {
		return nil, err
	}
	grounds, err := s.require(actor, purpose, access.ViewSafeguarding, child)
	if err != nil {
		return nil, err
	}
	if child.Track == nil {
		return nil, errNotFound
	}
	v := &View{Subject: *child, Can: s.can(actor, purpose, child)}
	if v.Rules, err = s.Choices(child); err != nil {
		return nil, err
	}
	written, err := s.recordRead(ctx, actor, purpose, access.ViewSafeguarding, caseID, "track", grounds)
	if err != nil {
		return nil, err
	}
	v.Withheld = !written
	for _, part := range []func(context.Context, *View) error{s.openSteps, s.openRecords, s.openCarers, s.openAdvocacy} {
		if err := part(ctx, v); err != nil {
			return nil, err
		}
	}
	if v.Episodes, err = s.store.Episodes(ctx, caseID); err != nil {
		return nil, err
	}
	if v.Notices, err = s.store.NoticesOf(ctx, caseID); err != nil {
		return nil, err
	}
	v.Patterns, err = s.patterns(ctx, actor, purpose, child)
	return v, err
}

func (s *Service) openSteps(ctx context.Context, v *View) error {
	rows, err := s.store.TrackSteps(ctx, v.CaseID)
	slices.SortFunc(rows, func(a, b StepRow) int { return slices.Index(Steps, a.Step) - slices.Index(Steps, b.Step) })
	v.Steps = rows
	return err
}

func (s *Service) openRecords(ctx context.Context, v *View) error {
	list, err := s.store.TrackRecords(ctx, v.CaseID)
	if err != nil {
		return err
	}
	for _, r := range list {
		view := RecordView{Record: r}
		if !v.Withheld {
			if view.Words, err = open[Words](ctx, s, v.PersonID, "child_record", r.ID, "words", 1, r.Sealed); err != nil {
				return err
			}
		}
		view.Sealed = nil
		v.Records = append(v.Records, view)
	}
	return nil
}

func (s *Service) openCarers(ctx context.Context, v *View) error {
	list, err := s.store.Carers(ctx, v.CaseID)
	if err != nil {
		return err
	}
	for _, c := range list {
		view := CarerView{Carer: c}
		if !v.Withheld {
			if view.CarerWords, err = open[CarerWords](ctx, s, v.PersonID, "child_carer", c.ID, "words", 1, c.Sealed); err != nil {
				return err
			}
			if view.Found, err = open[Words](ctx, s, v.PersonID, "child_carer", c.ID, "finding", c.Rev, c.Finding); err != nil {
				return err
			}
		}
		v.Carers = append(v.Carers, view)
	}
	return nil
}

func (s *Service) openAdvocacy(ctx context.Context, v *View) error {
	list, err := s.store.Advocacies(ctx, v.CaseID)
	if err != nil {
		return err
	}
	for _, a := range list {
		view := AdvocacyView{Advocacy: a}
		if !v.Withheld {
			if view.Words, err = open[Words](ctx, s, v.PersonID, "child_advocacy", a.ID, "words", 1, a.Sealed); err != nil {
				return err
			}
			if view.Result, err = open[Words](ctx, s, v.PersonID, "child_advocacy", a.ID, "outcome", 1, a.Outcome); err != nil {
				return err
			}
		}
		v.Advocacy = append(v.Advocacy, view)
	}
	return nil
}

// EpisodeView is one missing episode as far as the actor may see it: the alert,
// and to those who keep or follow the track what lies behind it.
type EpisodeView struct {
	Subject
	Episode
	Rules      scheme.ChildRules
	Alert      Alert
	Background Background
	Behind     bool // the background may be shown, and the interview's words
	Notes      []NoteView
	Notices    []Notice
	Can        map[access.Action]bool
	Withheld   bool
}

// Missing opens a missing episode. One that is closed is opened by those who may
// see the track alone.
func (s *Service) Missing(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*EpisodeView, error) {
	e, err := s.store.Episode(ctx, id)
	if err != nil {
		return nil, err
	}
	child, err := s.store.Subject(ctx, e.CaseID)
	if err != nil {
		return nil, err
	}
	action := access.ViewMissing
	if child.Missing != e.ID {
		action = access.ViewSafeguarding
	}
	grounds, err := s.require(actor, purpose, action, child)
	if err != nil {
		return nil, err
	}
	v := &EpisodeView{Subject: *child, Episode: *e, Can: s.can(actor, purpose, child)}
	v.Behind = v.Can[access.ViewSafeguarding]
	if v.Rules, err = s.Choices(child); err != nil {
		return nil, err
	}
	written, err := s.recordRead(ctx, actor, purpose, action, e.CaseID, "episode:"+e.ID.String(), grounds)
	if err != nil {
		return nil, err
	}
	v.Withheld = !written
	if v.Notices, err = s.store.NoticesOf(ctx, e.CaseID); err != nil {
		return nil, err
	}
	return v, s.openEpisode(ctx, v)
}

func (s *Service) openEpisode(ctx context.Context, v *EpisodeView) error {
	e := &v.Episode
	var err error
	if !v.Withheld {
		if v.Alert, err = open[Alert](ctx, s, v.PersonID, "missing_episode", e.ID, "alert", 1, e.Alert); err != nil {
			return err
		}
		if v.Behind {
			if v.Background, err = open[Background](ctx, s, v.PersonID, "missing_episode", e.ID, "background", 1, e.Background); err != nil {
				return err
			}
		}
	}
	notes, err := s.store.EpisodeNotes(ctx, e.ID)
	if err != nil {
		return err
	}
	for _, n := range notes {
		view := NoteView{EpisodeNote: n}
		if !v.Withheld && (v.Behind || n.Kind == NoteSighting || n.Kind == NoteFound) {
			if view.Words, err = open[Words](ctx, s, v.PersonID, "missing_note", n.ID, "words", 1, n.Sealed); err != nil {
				return err
			}
		}
		v.Notes = append(v.Notes, view)
	}
	e.Alert, e.Background = nil, nil
	return nil
}

// TrackPage is one page of a list of children.
type TrackPage struct {
	Children []TrackLine
	Next     *TrackCursor
}

// Children lists the children whose track the actor may see, least time left
// first. It opens nothing that is sealed.
func (s *Service) Children(ctx context.Context, actor core.Actor, purpose core.Purpose, after TrackCursor, limit int) (*TrackPage, error) {
	list, err := s.store.ChildTracks(ctx, TrackQuery{Scope: s.policies.ScopeOf(actor, purpose, access.ViewSafeguarding), After: after, Limit: limit + 1})
	if err != nil {
		return nil, err
	}
	p := &TrackPage{Children: list}
	if len(list) > limit {
		p.Children = list[:limit]
		last := p.Children[limit-1]
		p.Next = &TrackCursor{Due: last.Due, ID: last.CaseID}
	}
	return p, nil
}

// MissingPage is one page of missing children.
type MissingPage struct {
	Children []MissingLine
	Next     core.ID // zero: there are no more
}

// MissingChildren lists the children whom the actor has a duty to look for or
// after, from the report until the episode is closed, newest first.
func (s *Service) MissingChildren(ctx context.Context, actor core.Actor, purpose core.Purpose, before core.ID, limit int) (*MissingPage, error) {
	list, err := s.store.OpenEpisodes(ctx, EpisodeQuery{Scope: s.policies.ScopeOf(actor, purpose, access.ViewMissing), Before: before, Limit: limit + 1})
	if err != nil {
		return nil, err
	}
	p := &MissingPage{Children: list}
	if len(list) > limit {
		p.Children = list[:limit]
		p.Next = p.Children[limit-1].Episode.ID
	}
	return p, nil
}

// Inbox lists what the actor's agency was told and has not confirmed, urgent first.
func (s *Service) Inbox(ctx context.Context, actor core.Actor, purpose core.Purpose, limit int) ([]NoticeView, error) {
	return s.store.OpenNotices(ctx, NoticeQuery{Agency: actor.AgencyID, Scope: s.policies.ScopeOf(actor, purpose, access.ViewMissing), Limit: limit})
}

// Child is what a form about a child needs before there is anything to open: that
// the actor may do it, and the choices.
func (s *Service) Child(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID) (*Subject, scheme.ChildRules, error) {
	child, err := s.store.Subject(ctx, caseID)
	if err != nil {
		return nil, scheme.ChildRules{}, err
	}
	if _, err := s.require(actor, purpose, action, child); err != nil {
		return nil, scheme.ChildRules{}, err
	}
	rules, err := s.Choices(child)
	return child, rules, err
}

// Summary is what a case's own page says about the child's track: codes and days.
type Summary struct {
	Steps   []StepRow
	Missing core.ID // the open episode
	Track   *Track
}

// Summary returns where a child's track stands; not found where there is none, or
// none for the actor.
func (s *Service) Summary(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (*Summary, error) {
	child, err := s.store.Subject(ctx, caseID)
	if err != nil {
		return nil, err
	}
	if child.Track == nil || !s.may(actor, purpose, access.ViewSafeguarding, child) {
		return nil, errNotFound
	}
	v := &View{Subject: *child}
	err = s.openSteps(ctx, v)
	return &Summary{Steps: v.Steps, Missing: child.Missing, Track: child.Track}, err
}

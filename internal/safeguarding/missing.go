package safeguarding

import (
	"context"
	"fmt"
	"time"

	"clew/internal/access"
	"clew/internal/core"
)

// MissingForm reports a child missing.
type MissingForm struct {
	LastSeen time.Time
	Risk     string
	Police   core.ID
	Alert
	Background
}

// Raise opens a missing episode and tells, in the same transaction by a job,
// everybody with a duty. A child who was found and is missing again before anybody
// listened is missing: the earlier episode ends by itself.
func (s *Service) Raise(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, f MissingForm) (core.ID, error) {
	var id core.ID
	err := s.act(ctx, actor, purpose, access.RaiseMissing, caseID, func(t *turn) error {
		if err := t.makeWay(); err != nil {
			return err
		}
		if err := t.checkMissing(&f); err != nil {
			return err
		}
		var err error
		id, err = t.raise(f)
		return err
	})
	return id, err
}

// makeWay ends an episode that was found; one in which the child is still missing
// stays the only one.
func (t *turn) makeWay() error {
	if t.child.Missing.IsZero() {
		return nil
	}
	e, err := t.tx.Episode(t.ctx, t.child.Missing)
	if err != nil {
		return err
	}
	if e.State == Gone {
		return core.E(core.NotNow, "missing.open", "This child is reported missing already. Open that report and add what is new as a sighting.")
	}
	return t.closeEpisode(e, endAgain)
}

func (t *turn) checkMissing(f *MissingForm) error {
	k := &checker{}
	k.need(!f.LastSeen.IsZero(), "lastSeen", "Enter the day and time when the child was last seen. If nobody knows, enter the latest time that is certain.")
	if f.LastSeen.After(t.now) {
		k.fail("lastSeen", "date.future", "The child cannot have been last seen in the future. Check the day and the time.")
	}
	k.need(f.Risk != "", "risk", "Choose how great the risk is.")
	k.choice("risk", f.Risk, t.rules.Children.MissingRisks)
	k.need(!f.Police.IsZero(), "police", "Choose the police force of the area where the child was last seen.")
	k.need(!blank(f.Name), "name", "Enter the name by which the child goes.")
	k.need(!blank(f.Description), "description", "Describe the child so that somebody can recognise them.")
	k.need(!blank(f.LastSeenWhere), "where", "Enter where the child was last seen.")
	k.need(!blank(f.LastSeenBy), "by", "Enter who saw the child last.")
	for field, text := range map[string]core.Secret{"name": f.Name, "age": f.Age, "phone": f.Phone, "reference": f.PoliceReference} {
		k.text(field, text, maxLine)
	}
	for field, text := range map[string]core.Secret{"description": f.Description, "where": f.LastSeenWhere, "by": f.LastSeenBy, "circumstances": f.Circumstances,
		"phones": f.Phones, "adults": f.Adults, "addresses": f.Addresses, "places": f.Places, "why": f.Why} {
		k.text(field, text, maxText)
	}
	if err := k.agency(t.ctx, t.tx, "police", f.Police, core.Police, "Choose a police force from the list."); err != nil {
		return err
	}
	return k.err()
}

func (t *turn) raise(f MissingForm) (core.ID, error) {
	before, err := t.tx.Episodes(t.ctx, t.child.CaseID)
	if err != nil {
		return core.ID{}, err
	}
	e := &Episode{ID: t.s.ids.New(), Rev: 1, CaseID: t.child.CaseID, Number: len(before) + 1, State: Gone, Risk: f.Risk, LastSeenAt: f.LastSeen,
		RaisedAt: t.now, RaisedBy: t.actor.UserID, RaisedAgency: t.actor.AgencyID, Police: f.Police}
	if e.Alert, err = seal(t, "missing_episode", e.ID, "alert", f.Alert); err != nil {
		return core.ID{}, err
	}
	if e.Background, err = seal(t, "missing_episode", e.ID, "background", f.Background); err != nil {
		return core.ID{}, err
	}
	if err := t.tx.AddEpisode(t.ctx, e); err != nil {
		return core.ID{}, err
	}
	if err := t.tx.AddTraces(t.ctx, t.s.tracesOf(t.child, e.ID, f.Phone, f.Background, t.now)); err != nil {
		return core.ID{}, err
	}
	t.object, t.content = "episode:"+e.ID.String(), e
	return e.ID, t.enqueue(jobMissing, t.now, e.ID.String(), payload{Case: e.CaseID, Episode: e.ID})
}

// episodeForm is what the later steps of an episode have in common.
type episodeForm struct {
	kind  NoteKind
	when  time.Time
	code  string
	words Words
}

// SightingForm is somebody having seen the child, or the child found.
type SightingForm struct {
	When time.Time
	Code string // how the child was found; empty for a sighting
	Words
}

// Sight records that somebody saw the child.
func (s *Service) Sight(ctx context.Context, actor core.Actor, purpose core.Purpose, episode core.ID, f SightingForm) error {
	return s.actOn(ctx, actor, purpose, access.RecordSighting, episode, 0, func(t *turn, e *Episode) error {
		if e.State != Gone {
			return core.E(core.NotNow, "missing.found_already", "This child was found. If the child is missing again, report it anew.")
		}
		k := t.checkWhen(f.When, e.LastSeenAt, "A sighting cannot be before the child was last seen. Check the day and the time.")
		k.need(!blank(f.Where), "where", "Enter where the child was seen.")
		k.need(!blank(f.Who), "who", "Enter who saw the child.")
		if err := k.words(f.Words); err != nil {
			return err
		}
		n, err := t.note(e, episodeForm{NoteSighting, f.When, "", f.Words})
		if err != nil {
			return err
		}
		if err := t.tx.AddTraces(t.ctx, t.s.placeTrace(t.child, e.ID, f.Where, t.now)); err != nil {
			return err
		}
		return t.enqueue(jobTell, t.now, n.String(), payload{Case: e.CaseID, Episode: e.ID, Kind: NoticeSighting, Mark: n.String()})
	})
}

// RecordFound records that the child was found; the clock of the return interview
// starts.
func (s *Service) RecordFound(ctx context.Context, actor core.Actor, purpose core.Purpose, episode core.ID, rev int, f SightingForm) error {
	return s.actOn(ctx, actor, purpose, access.RecordFound, episode, rev, func(t *turn, e *Episode) error {
		if !e.State.CanBecome(Found) {
			return core.E(core.NotNow, "missing.found_already", "This child was found already.")
		}
		k := t.checkWhen(f.When, e.LastSeenAt, "The child cannot have been found before they were last seen. Check the day and the time.")
		k.need(f.Code != "", "code", "Choose how the child was found.")
		k.choice("code", f.Code, t.rules.Children.FoundStates)
		k.need(!blank(f.Where), "where", "Enter where the child was found.")
		if err := k.words(f.Words); err != nil {
			return err
		}
		if _, err := t.note(e, episodeForm{NoteFound, f.When, f.Code, f.Words}); err != nil {
			return err
		}
		if err := t.tx.AddTraces(t.ctx, t.s.placeTrace(t.child, e.ID, f.Where, t.now)); err != nil {
			return err
		}
		e.State, e.FoundAt, e.FoundCode = Found, f.When, f.Code
		if f.Code != endDied {
			e.InterviewDue = t.rules.Children.ReturnInterview.Value.After(f.When)
			if err := t.enqueue(jobInterview, e.InterviewDue, e.ID.String(), payload{Case: e.CaseID, Episode: e.ID}); err != nil {
				return err
			}
		}
		return t.enqueue(jobTell, t.now, e.ID.String()+":found", payload{Case: e.CaseID, Episode: e.ID, Kind: NoticeFound})
	})
}

// InterviewForm records the return interview, or that the child did not want one.
type InterviewForm struct {
	When       time.Time
	Declined   bool
	Words      // Who listened; Where the child had been; Text what the child said
	Background // phones, adults, addresses and places the child named
}

// Interview records the return interview.
func (s *Service) Interview(ctx context.Context, actor core.Actor, purpose core.Purpose, episode core.ID, rev int, f InterviewForm) error {
	return s.actOn(ctx, actor, purpose, access.CloseMissing, episode, rev, func(t *turn, e *Episode) error {
		switch {
		case e.State == Gone:
			return core.E(core.NotNow, "missing.not_found", "The child has not been found yet. Record first that the child was found; the return interview comes after.")
		case !e.State.CanBecome(Interviewed):
			return core.E(core.NotNow, "missing.interviewed", "The return interview is recorded already.")
		}
		k := t.checkWhen(f.When, e.FoundAt, "The return interview cannot be before the child was found. Check the day and the time.")
		k.need(!blank(f.Who), "who", "Enter who listened to the child: somebody independent of the placement.")
		k.need(!blank(f.Text), "text", "Enter what the child said, in the child's words where you can. If the child did not want to talk, enter what was offered.")
		for field, text := range map[string]core.Secret{"phones": f.Phones, "adults": f.Adults, "addresses": f.Addresses, "places": f.Places} {
			k.text(field, text, maxText)
		}
		if err := k.words(f.Words); err != nil {
			return err
		}
		code := "held"
		if f.Declined {
			code = "declined"
		}
		if _, err := t.note(e, episodeForm{NoteInterview, f.When, code, f.Words}); err != nil {
			return err
		}
		if err := t.tx.AddTraces(t.ctx, t.s.tracesOf(t.child, e.ID, "", f.Background, t.now)); err != nil {
			return err
		}
		e.State, e.InterviewedAt = Interviewed, f.When
		return nil
	})
}

// CloseForm ends an episode.
type CloseForm struct {
	Code string
	Words
}

// CloseEpisode ends an episode after the return interview, or without one when the
// child died.
func (s *Service) CloseEpisode(ctx context.Context, actor core.Actor, purpose core.Purpose, episode core.ID, rev int, f CloseForm) error {
	return s.actOn(ctx, actor, purpose, access.CloseMissing, episode, rev, func(t *turn, e *Episode) error {
		k := &checker{}
		k.need(f.Code != "", "code", "Choose how it ended.")
		k.choice("code", f.Code, t.rules.Children.MissingEndings)
		k.need(!blank(f.Text), "text", "Enter what changes for the child, so that it does not happen again.")
		if err := k.words(f.Words); err != nil {
			return err
		}
		switch {
		case !e.State.CanBecome(Closed):
			return core.E(core.NotNow, "missing.not_found", "An episode is closed only after the child was found. Record that first.")
		case e.State == Found && !(f.Code == endDied && e.FoundCode == endDied):
			return core.E(core.NotNow, "missing.no_interview", "Nobody has listened to the child yet. Record the return interview first, also when the child did not want one.")
		}
		if _, err := t.note(e, episodeForm{NoteClosed, t.now, f.Code, f.Words}); err != nil {
			return err
		}
		e.State, e.ClosedAt, e.Ending = Closed, t.now, f.Code
		return nil
	})
}

// closeEpisode ends an earlier episode by clew itself.
func (t *turn) closeEpisode(e *Episode, code string) error {
	if !e.State.CanBecome(Closed) || !endsWithoutInterview(code) {
		return fmt.Errorf("safeguarding: episode %s cannot be closed as %s from %s", e.ID, code, e.State)
	}
	if _, err := t.note(e, episodeForm{NoteClosed, t.now, code, Words{}}); err != nil {
		return err
	}
	read := e.Rev
	e.Rev, e.State, e.ClosedAt, e.Ending = read+1, Closed, t.now, code
	t.child.Missing = core.ID{}
	return t.tx.SaveEpisode(t.ctx, e, read)
}

// actOn carries out a use case on one episode.
func (s *Service) actOn(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, episode core.ID, rev int, change func(t *turn, e *Episode) error) error {
	e, err := s.store.Episode(ctx, episode)
	if err != nil {
		return err
	}
	return s.act(ctx, actor, purpose, action, e.CaseID, func(t *turn) error {
		e, err := t.tx.Episode(ctx, episode)
		if err != nil {
			return err
		}
		if e.ID != t.child.Missing && !t.s.may(actor, purpose, access.ViewSafeguarding, t.child) {
			return errNotFound // an alert that is over is nobody's but those who keep the track
		}
		if rev != 0 && rev != e.Rev {
			return errChanged
		}
		from, read := e.State, e.Rev
		if err := change(t, e); err != nil {
			return err
		}
		t.object = "episode:" + e.ID.String()
		if e.State == from {
			return nil // a sighting is a line of its own
		}
		if !from.CanBecome(e.State) {
			return fmt.Errorf("safeguarding: an episode went from %s to %s, which the state table does not have", from, e.State)
		}
		e.Rev = read + 1
		return t.tx.SaveEpisode(ctx, e, read)
	})
}

// checkWhen starts a check with the moment at which something happened.
func (t *turn) checkWhen(when, after time.Time, early string) *checker {
	k := &checker{}
	k.need(!when.IsZero(), "when", "Enter the day and the time.")
	switch {
	case when.After(t.now):
		k.fail("when", "date.future", "This cannot be in the future. Check the day and the time.")
	case !when.IsZero() && when.Before(after):
		k.fail("when", "date.early", early)
	}
	return k
}

func (k *checker) words(w Words) error {
	k.text("who", w.Who, maxText)
	k.text("where", w.Where, maxText)
	k.text("text", w.Text, maxText)
	return k.err()
}

// note adds a line to an episode.
func (t *turn) note(e *Episode, f episodeForm) (core.ID, error) {
	n := EpisodeNote{ID: t.s.ids.New(), EpisodeID: e.ID, CaseID: e.CaseID, Kind: f.kind, When: f.when, At: t.now, ActorID: t.actor.UserID, AgencyID: t.actor.AgencyID, Code: f.code}
	var err error
	if n.Sealed, err = seal(t, "missing_note", n.ID, "words", f.words); err != nil {
		return n.ID, err
	}
	t.content = n
	return n.ID, t.tx.AddEpisodeNote(t.ctx, n)
}

package safeguarding

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
)

// CarerForm links an adult with the child.
type CarerForm struct {
	Relation string
	CarerWords
}

// AddCarer records an adult who was presented as belonging to the child. Whether
// other children were shown the same adult is looked up by a job.
func (s *Service) AddCarer(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, f CarerForm) (core.ID, error) {
	id := s.ids.New()
	err := s.act(ctx, actor, purpose, access.WorkSafeguarding, caseID, func(t *turn) error {
		if err := t.running(); err != nil {
			return err
		}
		k := &checker{}
		k.need(!blank(f.Name), "name", "Enter the adult's name, as it was given.")
		k.need(f.Relation != "", "relation", "Choose how the adult was presented.")
		k.choice("relation", f.Relation, t.rules.Children.CarerRelations)
		if f.BirthDate.IsFuture(s.today(t.child)) {
			k.fail("born", "date.future", "The date of birth must be in the past.")
		}
		k.text("name", f.Name, maxLine)
		k.text("phone", f.Phone, maxLine)
		k.text("document", f.Document, maxLine)
		k.text("text", f.Text, maxText)
		if err := k.err(); err != nil {
			return err
		}
		c := &Carer{ID: id, Rev: 1, CaseID: caseID, Relation: f.Relation, State: Presented, CreatedAt: t.now, ActorID: actor.UserID, AgencyID: actor.AgencyID}
		var err error
		if c.Sealed, err = seal(t, "child_carer", id, "words", f.CarerWords); err != nil {
			return err
		}
		if err := t.tx.AddCarer(ctx, c); err != nil {
			return err
		}
		if err := t.tx.AddTraces(ctx, s.carerTraces(t.child, id, f.CarerWords, t.now)); err != nil {
			return err
		}
		t.object, t.content = "carer:"+id.String(), c
		return t.enqueue(jobSameAdult, t.now, id.String(), payload{Case: caseID, Mark: id.String()})
	})
	return id, err
}

// CheckForm is what was found about an adult.
type CheckForm struct {
	State CarerState
	Words
}

// CheckCarer records what was found about the adult.
func (s *Service) CheckCarer(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, f CheckForm) error {
	known, err := s.store.Carer(ctx, id)
	if err != nil {
		return err
	}
	return s.act(ctx, actor, purpose, access.WorkSafeguarding, known.CaseID, func(t *turn) error {
		c, err := t.tx.Carer(ctx, id)
		if err != nil {
			return err
		}
		if rev != 0 && rev != c.Rev {
			return errChanged
		}
		k := &checker{}
		k.need(slices.Contains(CarerStates[1:], f.State), "state", "Choose what was found.")
		k.need(!blank(f.Text), "text", "Enter what the finding rests on.")
		if err := k.words(f.Words); err != nil {
			return err
		}
		if !slices.Contains(nextCarer[c.State], f.State) {
			return core.E(core.NotNow, "carer.same", "This is what is recorded already.")
		}
		read := c.Rev
		c.Rev, c.State, c.CheckedAt, c.CheckedBy = read+1, f.State, t.now, actor.UserID
		if c.Finding, err = sealVersion(t, "child_carer", c.ID, "finding", c.Rev, f.Words); err != nil {
			return err
		}
		t.object, t.content = "carer:"+id.String(), c
		return t.tx.SaveCarer(ctx, c, read)
	})
}

// AdvocacyForm is who speaks for the child and what they do next.
type AdvocacyForm struct {
	Role string
	Due  core.Date
	Words
}

// AddAdvocacy adds a line to the advocacy tracker.
func (s *Service) AddAdvocacy(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, f AdvocacyForm) error {
	return s.act(ctx, actor, purpose, access.WorkSafeguarding, caseID, func(t *turn) error {
		if err := t.running(); err != nil {
			return err
		}
		k := &checker{}
		k.need(f.Role != "", "role", "Choose who speaks for the child.")
		k.choice("role", f.Role, t.rules.Children.AdvocateRoles)
		k.need(!blank(f.Who), "who", "Enter their name and how to reach them.")
		k.need(!blank(f.Text), "text", "Enter what they do next.")
		k.need(!f.Due.IsZero(), "due", "Enter the day by which it is done.")
		if !f.Due.IsZero() && f.Due.Before(s.today(t.child)) {
			k.fail("due", "date.past", "The day must be today or later.")
		}
		if err := k.words(f.Words); err != nil {
			return err
		}
		a := &Advocacy{ID: s.ids.New(), Rev: 1, CaseID: caseID, Role: f.Role, State: ActionOpen, Due: f.Due, CreatedAt: t.now, ActorID: actor.UserID, AgencyID: actor.AgencyID}
		var err error
		if a.Sealed, err = seal(t, "child_advocacy", a.ID, "words", f.Words); err != nil {
			return err
		}
		t.object, t.content = "advocacy:"+a.ID.String(), a
		if err := t.tx.AddAdvocacy(ctx, a); err != nil {
			return err
		}
		cal, err := s.calendar(t.child)
		if err != nil {
			return err
		}
		return t.enqueue(jobAdvocacy, cal.EndOf(f.Due), a.ID.String(), payload{Case: caseID, Mark: a.ID.String()})
	})
}

// OutcomeForm is what came of an action.
type OutcomeForm struct {
	State ActionState
	Words
}

// EndAdvocacy records what came of an action.
func (s *Service) EndAdvocacy(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, f OutcomeForm) error {
	known, err := s.store.Advocacy(ctx, id)
	if err != nil {
		return err
	}
	return s.act(ctx, actor, purpose, access.WorkSafeguarding, known.CaseID, func(t *turn) error {
		a, err := t.tx.Advocacy(ctx, id)
		if err != nil {
			return err
		}
		if rev != 0 && rev != a.Rev {
			return errChanged
		}
		if !slices.Contains(nextAction[a.State], ActionDone) {
			return core.E(core.NotNow, "advocacy.ended", "An outcome is recorded already.")
		}
		k := &checker{}
		k.need(slices.Contains(nextAction[a.State], f.State), "state", "Choose whether it was done.")
		k.need(!blank(f.Text), "text", "Enter what came of it for the child.")
		if err := k.words(f.Words); err != nil {
			return err
		}
		read := a.Rev
		a.Rev, a.State, a.EndedAt, a.EndedBy = read+1, f.State, t.now, actor.UserID
		if a.Outcome, err = seal(t, "child_advocacy", a.ID, "outcome", f.Words); err != nil {
			return err
		}
		t.object, t.content = "advocacy:"+id.String(), a
		return t.tx.SaveAdvocacy(ctx, a, read)
	})
}

package support

import (
	"context"
	"fmt"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/scheme"
)

// live is the stay that runs or is reserved, if there is one.
func live(stays []Stay) *Stay {
	i := slices.IndexFunc(stays, func(y Stay) bool { return y.State == StayReserved || y.State == StayHere })
	if i < 0 {
		return nil
	}
	return &stays[i]
}

// Arrive records that the person is in the reserved bed.
func (s *Service) Arrive(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, on core.Date) error {
	return s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		stays, err := t.tx.StaysOf(ctx, t.f.ID)
		if err != nil {
			return err
		}
		y := live(stays)
		if y == nil || y.State != StayReserved {
			return core.E(core.NotNow, "stay.not_reserved", "No bed is reserved for this person.")
		}
		if err := s.checkStay(ctx, t, y, on); err != nil {
			return err
		}
		if err := t.tx.MoveBed(ctx, y.Bed, Reserved, Occupied, t.now); err != nil {
			return err
		}
		if err := t.tx.CloseTasks(ctx, t.c.ID, t.f.Agency, []string{TaskArrival}, "", t.now, t.actor.UserID); err != nil {
			return err
		}
		y.ArrivedOn = on
		return s.moveStay(ctx, t, y, StayHere)
	})
}

// checkStay refuses a day that is no past one, or on which bed or person are
// elsewhere.
func (s *Service) checkStay(ctx context.Context, t *turn, y *Stay, on core.Date) error {
	k := &checker{}
	s.checkPast(k, t.c, "on", on)
	if len(k.fields) == 0 {
		others, err := t.tx.Overlapping(ctx, y.Bed, core.ID{}, on, core.Date{}, y.ID)
		if err != nil {
			return err
		}
		if len(others) > 0 {
			k.add("on", "stay.overlap_bed", "Somebody else was in this bed on that day. Enter a later day.")
		}
		own, err := t.tx.Overlapping(ctx, core.ID{}, y.Person, on, core.Date{}, y.ID)
		if err != nil {
			return err
		}
		if len(own) > 0 {
			k.add("on", "stay.overlap_person", "This person stayed elsewhere on that day. Enter the day on which they left there, or a later one.")
		}
	}
	return k.err()
}

func (s *Service) moveStay(ctx context.Context, t *turn, y *Stay, to StayState) error {
	if !y.State.MayBecome(to) {
		return fmt.Errorf("support: a stay went from %s to %s, which the state table does not have", y.State, to)
	}
	readRev := y.Rev
	y.Rev, y.State = readRev+1, to
	t.what, t.body = "stay:"+y.ID.String(), y
	return t.tx.SaveStay(ctx, y, readRev)
}

// Move takes the person to another free bed of the provider.
func (s *Service) Move(ctx context.Context, actor core.Actor, purpose core.Purpose, id, bedID core.ID, on core.Date) error {
	return s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		if t.f.Phase != Accommodation {
			return core.E(core.NotNow, "stay.not_housed", "This person no longer lives with you. Take support back to accommodation first.")
		}
		bed, err := s.ownFreeBed(ctx, t, bedID)
		if err != nil {
			return err
		}
		y := &Stay{ID: s.ids.New(), Rev: 1, File: t.f.ID, Person: t.f.Person, Bed: bed.ID, Place: bed.Place, Agency: t.f.Agency, State: StayHere, ReservedAt: t.now, ArrivedOn: on}
		if err := s.leave(ctx, t, on); err != nil {
			return err
		}
		if err := s.checkStay(ctx, t, y, on); err != nil {
			return err
		}
		if err := t.tx.MoveBed(ctx, bed.ID, Free, Reserved, t.now); err != nil {
			return lost(err, errBedTaken)
		}
		if err := t.tx.MoveBed(ctx, bed.ID, Reserved, Occupied, t.now); err != nil {
			return err
		}
		t.what, t.body = "stay:"+y.ID.String(), y
		return lost(t.tx.AddStay(ctx, y), errPersonHoused)
	})
}

func (s *Service) ownFreeBed(ctx context.Context, t *turn, id core.ID) (*Bed, error) {
	bed, err := t.tx.Bed(ctx, id)
	switch {
	case core.KindOf(err) == core.NotFound || err == nil && bed.Agency != t.f.Agency:
		return nil, core.InvalidFields([]core.Field{{Name: "bed", Code: "required", Msg: "Choose one of your free beds."}})
	case err != nil:
		return nil, err
	case bed.State != Free:
		return nil, errBedTaken
	}
	return bed, nil
}

// leave ends the stay that runs, on a day, and frees its bed; a bed that was only
// reserved is given up.
func (s *Service) leave(ctx context.Context, t *turn, on core.Date) error {
	stays, err := t.tx.StaysOf(ctx, t.f.ID)
	if err != nil {
		return err
	}
	y := live(stays)
	if y == nil {
		return nil
	}
	from, to := Occupied, StayLeft
	if y.State == StayReserved {
		from, to = Reserved, StayGivenUp
	}
	if on.Before(y.ArrivedOn) {
		return core.InvalidFields([]core.Field{{Name: "on", Code: "date.order", Msg: "They arrived after that day. Enter the day they arrived, or a later one."}})
	}
	y.LeftOn = on
	if err := t.tx.MoveBed(ctx, y.Bed, from, Free, t.now); err != nil {
		return err
	}
	if err := s.moveStay(ctx, t, y, to); err != nil {
		return err
	}
	return s.bedFreed(ctx, t.tx)
}

// ChangePhase takes support outside the house, or back: outreach and resettlement
// go on without a bed.
func (s *Service) ChangePhase(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, to string, on core.Date) error {
	return s.on(ctx, actor, purpose, id, rev, access.WorkSupport, func(t *turn) error {
		k := &checker{}
		k.words("phase", []string{to}, NextPhases(t.f.Phase))
		s.checkPast(k, t.c, "on", on)
		if err := k.err(); err != nil {
			return err
		}
		if t.f.Phase == Accommodation {
			if err := s.leave(ctx, t, on); err != nil {
				return err
			}
		}
		t.f.Phase = to
		t.what, t.body = "support:"+t.f.ID.String(), to
		return s.event(ctx, t.tx, t.c, t.by, "support_phase", to)
	})
}

// GiveNotice announces the end of support with its reason. The notice is never
// shorter than the scheme's, unless the reason needs none.
func (s *Service) GiveNotice(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason string, endsOn core.Date) error {
	return s.on(ctx, actor, purpose, id, rev, access.EndSupport, func(t *turn) error {
		k := &checker{}
		k.code("reason", reason, t.rules.Support.EndReasons)
		if !t.f.State.MayBecome(Notice) {
			return core.E(core.NotNow, "support.notice_given", "Notice has been given already. Take it back first to change it.")
		}
		least := s.todayOf(t.c)
		if code, ok := scheme.ByCode(t.rules.Support.EndReasons, reason); ok && code.Group != scheme.WithoutNotice {
			least = least.AddDays(t.rules.Support.Notice.Value)
		}
		if endsOn.Before(least) {
			k.add("endsOn", "notice.short", "Support ends on "+least.Long()+" at the earliest. Enter that day or a later one.")
		}
		if err := k.err(); err != nil {
			return err
		}
		t.f.State, t.f.NoticeAt, t.f.EndsOn, t.f.EndReason = Notice, t.now, endsOn, reason
		if err := s.event(ctx, t.tx, t.c, t.by, "support_notice", endsOn.String()); err != nil {
			return err
		}
		return s.enqueue(ctx, t.tx, jobEndDue, t.c.ID, t.f.ID, endsOn.String(), endsOn.StartIn(s.zone(t.c.Scheme, t.c.Jurisdiction)))
	})
}

// TakeBackNotice lets support go on.
func (s *Service) TakeBackNotice(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int) error {
	return s.on(ctx, actor, purpose, id, rev, access.EndSupport, func(t *turn) error {
		if t.f.State != Notice {
			return core.E(core.NotNow, "support.no_notice", "No notice has been given.")
		}
		t.f.State, t.f.EndsOn, t.f.EndReason = Running, core.Date{}, ""
		if err := t.tx.CloseTasks(ctx, t.c.ID, t.f.Agency, []string{TaskEnd}, "", t.now, t.actor.UserID); err != nil {
			return err
		}
		return s.event(ctx, t.tx, t.c, t.by, "support_goes_on", "")
	})
}

// End ends support when its notice has run out. The provider then no longer knows
// the person: the case closes to it, and the notes are sealed.
func (s *Service) End(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int) error {
	return s.on(ctx, actor, purpose, id, rev, access.EndSupport, func(t *turn) error {
		today := s.todayOf(t.c)
		switch {
		case t.f.State != Notice:
			return core.E(core.NotNow, "support.no_notice", "Support ends with a reason and notice. Give notice first.")
		case today.Before(t.f.EndsOn):
			return core.E(core.NotNow, "support.notice_runs", "The notice runs until "+t.f.EndsOn.Long()+". Support can be ended from that day.")
		}
		if err := s.leave(ctx, t, today); err != nil {
			return err
		}
		if err := s.cancelPlanned(ctx, t); err != nil {
			return err
		}
		if err := t.tx.CloseTasks(ctx, t.c.ID, t.f.Agency, TaskKinds, "", t.now, t.actor.UserID); err != nil {
			return err
		}
		if err := t.tx.SetSupportAgency(ctx, t.c, core.ID{}, t.now); err != nil {
			return err
		}
		t.f.State, t.f.EndedAt = Ended, t.now
		t.what, t.body = "support:"+t.f.ID.String(), t.f.EndReason
		return s.event(ctx, t.tx, t.c, t.by, "support_ended", t.f.EndReason)
	})
}

func (s *Service) cancelPlanned(ctx context.Context, t *turn) error {
	contacts, err := t.tx.Contacts(ctx, t.f.ID, pageMax)
	if err != nil {
		return err
	}
	for i := range contacts {
		if contacts[i].State != ContactPlanned {
			continue
		}
		if err := s.moveContact(ctx, t.tx, t.f, &contacts[i], ContactCancelled, t.actor.UserID, nil); err != nil {
			return err
		}
	}
	return nil
}

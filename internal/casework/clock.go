package casework

import (
	"time"

	"clew/internal/core"
	"clew/internal/scheme"
)

// rulesOf returns the rules of the day the case's clock started: an old case
// keeps the rules of its day.
func (s *Service) rulesOf(c *Case) (scheme.Rules, error) { return s.rules(c.Scheme, c.ClockDay) }

func (s *Service) rules(schemeID string, day core.Date) (scheme.Rules, error) {
	sch, err := s.schemes.Scheme(schemeID)
	if err != nil {
		return scheme.Rules{}, err
	}
	return sch.On(day)
}

// rulesToday returns today's rules of the installation's scheme.
func (s *Service) rulesToday() (scheme.Rules, error) { return s.rules(s.scheme, s.today("")) }

// schemeFor returns the scheme for a jurisdiction: one of its own when the
// installation's scheme has it so, else the installation's.
func (s *Service) schemeFor(jurisdiction string) string {
	return s.schemes.ForJurisdiction(s.scheme, jurisdiction)
}

func (s *Service) calendar(schemeID, jurisdiction string) (*scheme.Calendar, error) {
	sch, err := s.schemes.Scheme(schemeID)
	if err != nil {
		return nil, err
	}
	return sch.Calendar(jurisdiction)
}

// today is the civil day in the jurisdiction.
func (s *Service) today(jurisdiction string) core.Date {
	return core.DateIn(s.clock.Now(), s.location(s.scheme, jurisdiction))
}

func (s *Service) location(schemeID, jurisdiction string) *time.Location {
	if cal, err := s.calendar(schemeID, jurisdiction); err == nil {
		return cal.Location()
	}
	return time.UTC
}

func (s *Service) todayOf(c *Case) core.Date {
	return core.DateIn(s.clock.Now(), s.location(c.Scheme, c.Jurisdiction))
}

// endOf is the last moment of a day in the case's jurisdiction.
func (s *Service) endOf(c *Case, day core.Date) time.Time {
	if day.IsZero() {
		return time.Time{}
	}
	return day.AddDays(1).StartIn(s.location(c.Scheme, c.Jurisdiction)).UTC().Add(-time.Microsecond)
}

// startClock sets the target for the reasonable-grounds decision.
func (s *Service) startClock(c *Case, rules scheme.Rules) error {
	cal, err := s.calendar(c.Scheme, c.Jurisdiction)
	if err != nil {
		return err
	}
	c.RGDueAt = cal.Deadline(s.clock.Now(), rules.RGTarget.Value)
	s.setDue(c)
	return nil
}

// setDue makes the deadline of the queue follow from where the case stands.
func (s *Service) setDue(c *Case) {
	c.DueAt, c.DueFor = time.Time{}, NoClock
	switch c.State {
	case Submitted, RGPending:
		if c.Kind == Referral {
			c.DueAt, c.DueFor = c.RGDueAt, DueRG
		}
	case Recovery:
		c.DueAt, c.DueFor = s.endOf(c, c.RecoveryUntil), DueRecoveryEnd
	case RGNegative, CGNegative:
		c.DueAt, c.DueFor = s.endOf(c, c.ReconsiderUntil), DueReconsiderWindow
	}
}

// protected reports whether the non-removal marker stands, and until which day
// when there is one: identification is under way from a positive RG until the
// CG decision (Convention art. 10(2) and 13; the states are scheme data).
func protected(c *Case, rules scheme.Rules) (yes bool, until core.Date) {
	state := c.State
	if state == Suspended {
		state = c.Prior
	}
	if !rules.Protects(string(state)) {
		return false, core.Date{}
	}
	if state == Recovery {
		until = c.RecoveryUntil
	}
	return true, until
}

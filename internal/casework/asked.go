package casework

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
)

// asked makes the case's row name the actor's own agency when that one owes an
// answer: several may have been asked at once, and the row names only one.
func asked(ctx context.Context, r Reader, actor core.Actor, c *Case) error {
	if c.InfoRequestedFrom.IsZero() || c.InfoRequestedFrom == actor.AgencyID || actor.AgencyID == c.Authority {
		return nil
	}
	requests, err := r.InfoRequests(ctx, c.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(requests, func(q InfoRequest) bool { return q.AgencyID == actor.AgencyID && q.AnsweredAt.IsZero() }) {
		c.InfoRequestedFrom = actor.AgencyID
	}
	return nil
}

// Asked lists the cases about which the actor's agency owes an answer and which
// the actor may give it on, longest waiting first, at most limit of them.
func (s *Service) Asked(ctx context.Context, actor core.Actor, purpose core.Purpose, limit int) ([]Case, error) {
	const page = 100
	var list []Case
	for after := (core.ID{}); ; {
		requests, err := s.store.OpenInfoRequests(ctx, actor.AgencyID, after, page)
		if err != nil {
			return nil, err
		}
		for _, q := range requests {
			after = q.ID
			if slices.ContainsFunc(list, func(c Case) bool { return c.ID == q.CaseID }) {
				continue
			}
			c, err := s.store.Case(ctx, q.CaseID)
			if err != nil {
				return nil, err
			}
			c.InfoRequestedFrom = actor.AgencyID
			if s.MayNow(actor, purpose, c, CmdAnswerInfo) == nil {
				list = append(list, *c)
			}
			if len(list) == limit {
				return list, nil
			}
		}
		if len(requests) < page {
			return list, nil
		}
	}
}

// checkAsked refuses to ask an agency where nobody could read the question: it
// would wait for an answer that cannot come.
func (s *Service) checkAsked(ctx context.Context, t *turn, id core.ID) error {
	agency, err := t.tx.Agency(ctx, id)
	switch {
	case core.KindOf(err) == core.NotFound || err == nil && !agency.Active:
		return core.InvalidFields([]core.Field{{Name: "agency", Code: "choice.unknown", Msg: "Choose an agency from the list."}})
	case err != nil:
		return err
	case !s.couldAnswer(agency, t.c):
		return errUnreadable
	}
	return nil
}

var errUnreadable = core.E(core.NotNow, "info.unreadable",
	"Nobody in this agency may open the case, so the question could not be read there. Ask an agency that works on the case, or ask by other means and add a note.")

// couldAnswer tries those who may answer a request against the policies in force.
func (s *Service) couldAnswer(agency *core.Agency, c *Case) bool {
	question := c.Resource()
	question.InfoRequestedFrom = agency.ID
	for role, purpose := range map[core.Role]core.Purpose{core.RoleFirstResponder: core.Identify, core.RoleSupportWorker: core.Protect,
		core.RoleSafeguardingLead: core.Protect} {
		somebody := core.Actor{UserID: s.ids.New(), AgencyID: agency.ID, AgencyKind: agency.Kind, Roles: []core.Role{role}}
		if s.policies.Check(somebody, purpose, access.ViewStatus, question).Allowed && s.policies.Check(somebody, purpose, access.AnswerInfoRequest, question).Allowed {
			return true
		}
	}
	return false
}

// checkLocalAuthority refuses to tell anybody else than a local authority about a
// child: it would be told to nobody who may look after the child.
func checkLocalAuthority(ctx context.Context, r Reader, field string, id core.ID) error {
	if id.IsZero() {
		return nil
	}
	agency, err := r.Agency(ctx, id)
	if err != nil && core.KindOf(err) != core.NotFound {
		return err
	}
	if err == nil && agency.Active && agency.Kind == core.LocalAuthority {
		return nil
	}
	return core.InvalidFields([]core.Field{{Name: field, Code: "authority.unknown", Msg: "Choose a local authority from the list."}})
}

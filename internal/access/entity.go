package access

import (
	"github.com/cedar-policy/cedar-go"

	"clew/internal/core"
)

// The entity types of the schema.
const (
	typeUser     cedar.EntityType = "User"
	typeRole     cedar.EntityType = "Role"
	typeKind     cedar.EntityType = "Kind"
	typePurpose  cedar.EntityType = "Purpose"
	typeState    cedar.EntityType = "State"
	typeCaseKind cedar.EntityType = "CaseKind"
	typeAgency   cedar.EntityType = "Agency"
	typeAction   cedar.EntityType = "Action"
)

// noEntity stands for an absent id; no actor ever has it.
const noEntity = "none"

func entity(t cedar.EntityType, id core.ID) cedar.EntityUID {
	if id.IsZero() {
		return cedar.EntityUID{Type: t, ID: noEntity}
	}
	return cedar.EntityUID{Type: t, ID: cedar.String(id.String())}
}

func word[T ~string](t cedar.EntityType, w T) cedar.EntityUID {
	return cedar.EntityUID{Type: t, ID: cedar.String(w)}
}

// pair is the two entities a request needs; Cedar looks up nothing else.
type pair struct {
	principal, resource cedar.Entity
}

// Get implements cedar's EntityGetter.
func (p *pair) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	switch uid {
	case p.principal.UID:
		return p.principal, true
	case p.resource.UID:
		return p.resource, true
	}
	return cedar.Entity{}, false
}

func principalEntity(a core.Actor) cedar.Entity {
	roles := make([]cedar.EntityUID, len(a.Roles))
	for i, r := range a.Roles {
		roles[i] = word(typeRole, r)
	}
	return cedar.Entity{
		UID:     entity(typeUser, a.UserID),
		Parents: cedar.NewEntityUIDSet(roles...),
		Attributes: cedar.NewRecord(cedar.RecordMap{
			"agency": entity(typeAgency, a.AgencyID),
			"kind":   word(typeKind, a.AgencyKind),
		}),
	}
}

func resourceEntity(r Resource) cedar.Entity {
	e := cedar.Entity{UID: entity(cedar.EntityType(r.Type), r.ID)}
	switch r.Type {
	case Case:
		e.Attributes = caseAttributes(r)
	case Draft:
		e.Attributes = cedar.NewRecord(cedar.RecordMap{
			"author": entity(typeUser, r.Author),
			"agency": entity(typeAgency, r.ReferringAgency),
			"shared": cedar.Boolean(r.Shared),
		})
	case Place, Offer:
		e.Attributes = cedar.NewRecord(cedar.RecordMap{"provider": entity(typeAgency, r.Provider)})
	case Support:
		e.Attributes = cedar.NewRecord(cedar.RecordMap{
			"provider":  entity(typeAgency, r.Provider),
			"authority": entity(typeAgency, r.Authority),
			"shared":    cedar.Boolean(r.Shared),
		})
	case Concern:
		e.Attributes = cedar.NewRecord(cedar.RecordMap{
			"desk":     entity(typeAgency, r.Desk),
			"passedTo": entity(typeAgency, r.PassedTo),
		})
	}
	return e
}

func caseAttributes(r Resource) cedar.Record {
	return cedar.NewRecord(cedar.RecordMap{
		"author":            entity(typeUser, r.Author),
		"referringAgency":   entity(typeAgency, r.ReferringAgency),
		"authority":         entity(typeAgency, r.Authority),
		"localAuthority":    entity(typeAgency, r.LocalAuthority),
		"supportAgency":     entity(typeAgency, r.SupportAgency),
		"infoRequestedFrom": entity(typeAgency, r.InfoRequestedFrom),
		"hostAuthority":     entity(typeAgency, r.HostAuthority),
		"alerted":           entity(typeAgency, r.Alerted),
		"assignee":          entity(typeUser, r.Assignee),
		"proposer":          entity(typeUser, r.Proposer),
		"decider":           entity(typeUser, r.Decider),
		"reviewer":          entity(typeUser, r.Reviewer),
		"state":             word(typeState, r.State),
		"kind":              word(typeCaseKind, r.Kind),
		"child":             cedar.Boolean(r.Child),
		"consentSharing":    cedar.Boolean(r.ConsentSharing),
		"consentPolice":     cedar.Boolean(r.ConsentPolice),
	})
}

func requestContext(p core.Purpose, machine bool) cedar.Record {
	return cedar.NewRecord(cedar.RecordMap{
		"purpose": word(typePurpose, p),
		"machine": cedar.Boolean(machine),
	})
}

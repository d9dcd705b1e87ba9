// Package accesstest gives tests a fixed cast: one actor of every role in every
// kind of agency where the role has work, a second agency of each kind, and a
// case to which the first agencies are party. A test that walks every route
// with every actor of Actors shows that no route forgot to ask.
//
// Identifiers are the same in every run. The package is for tests and decides
// nothing.
package accesstest

import (
	"slices"

	"clew/internal/access"
	"clew/internal/core"
)

// Actor is one member of the cast.
type Actor struct {
	Name string // "first_responder@police", fit for a subtest's name
	core.Actor
	Purpose core.Purpose // what they declare in their daily work
}

// cast lists which roles have work in which kinds of agency.
var cast = []struct {
	role  core.Role
	kinds []core.AgencyKind
}{
	{core.RoleFirstResponder, []core.AgencyKind{core.Police, core.Border, core.Immigration, core.LocalAuthority,
		core.LabourInspectorate, core.NGO, core.SupportProvider, core.Health}},
	{core.RoleCaseworker, []core.AgencyKind{core.CompetentAuthority}},
	{core.RoleReviewer, []core.AgencyKind{core.CompetentAuthority}},
	{core.RoleManager, []core.AgencyKind{core.CompetentAuthority}},
	{core.RoleSupportWorker, []core.AgencyKind{core.SupportProvider, core.NGO}},
	{core.RoleSafeguardingLead, []core.AgencyKind{core.LocalAuthority}},
	{core.RoleAdviser, []core.AgencyKind{core.NGO}},
	{core.RoleImmigrationStaff, []core.AgencyKind{core.Immigration, core.Border}},
	{core.RoleOfficer, []core.AgencyKind{core.Police, core.Border, core.Prosecution}},
	{core.RoleStatistician, []core.AgencyKind{core.Statistics}},
	{core.RoleAuditor, []core.AgencyKind{core.Oversight}},
	{core.RoleAdministrator, []core.AgencyKind{core.CompetentAuthority}},
}

// Actors returns the whole cast, each in the first agency of its kind, and
// clew itself last.
func Actors() []Actor {
	var out []Actor
	for _, c := range cast {
		for _, k := range c.kinds {
			out = append(out, Of(c.role, k))
		}
	}
	system := core.SystemActor()
	return append(out, Actor{Name: "system", Actor: system, Purpose: access.PurposeOf(system)})
}

// Of returns somebody with the role in the first agency of the kind.
func Of(role core.Role, kind core.AgencyKind) Actor { return in(role, AgencyOf(kind), 0) }

// Elsewhere returns somebody with the role in the second agency of the kind.
func Elsewhere(role core.Role, kind core.AgencyKind) Actor { return in(role, OtherAgencyOf(kind), 1) }

func in(role core.Role, agency core.Agency, which byte) Actor {
	user := fixed(2, which, kindIndex(agency.Kind), byte(slices.Index(core.Roles, role)))
	a := core.Actor{UserID: user, AgencyID: agency.ID, AgencyKind: agency.Kind, Roles: []core.Role{role}}
	name := string(role) + "@" + string(agency.Kind)
	if which > 0 {
		name += "-elsewhere"
	}
	return Actor{Name: name, Actor: a, Purpose: access.PurposeOf(a)}
}

// Agencies returns the first and the second agency of every kind.
func Agencies() []core.Agency {
	var out []core.Agency
	for _, k := range core.AgencyKinds {
		out = append(out, AgencyOf(k), OtherAgencyOf(k))
	}
	return out
}

// AgencyOf returns the first agency of the kind.
func AgencyOf(kind core.AgencyKind) core.Agency { return agency(kind, 0, "") }

// OtherAgencyOf returns the second agency of the kind.
func OtherAgencyOf(kind core.AgencyKind) core.Agency { return agency(kind, 1, "other-") }

func agency(kind core.AgencyKind, which byte, prefix string) core.Agency {
	return core.Agency{
		ID: fixed(1, which, kindIndex(kind), 0), Kind: kind, Name: kind.Label() + " " + string(rune('A'+which)),
		Code: prefix + string(kind), Jurisdiction: "england-wales", Active: true, Rev: 1,
		FirstResponder: slices.Contains(cast[0].kinds, kind),
	}
}

// Case returns a case of an adult who consented, also to share with the police, referred by the first agency
// of the kind and entrusted to the first agencies of the others, under way in
// the recovery period. Change the copy to set up another.
func Case(referredBy core.AgencyKind) access.Resource {
	return access.Resource{
		Type: access.Case, ID: fixed(3, 0, kindIndex(referredBy), 0),
		Author:          Of(core.RoleFirstResponder, referredBy).UserID,
		ReferringAgency: AgencyOf(referredBy).ID,
		Authority:       AgencyOf(core.CompetentAuthority).ID,
		LocalAuthority:  AgencyOf(core.LocalAuthority).ID,
		SupportAgency:   AgencyOf(core.SupportProvider).ID,
		Assignee:        Of(core.RoleCaseworker, core.CompetentAuthority).UserID,
		State:           "recovery", Kind: access.KindReferral, ConsentSharing: true, ConsentPolice: true,
	}
}

func kindIndex(k core.AgencyKind) byte { return byte(slices.Index(core.AgencyKinds, k)) }

// fixed is a well-formed UUIDv7 of the year 1970, which no real one is.
func fixed(class, which, kind, role byte) core.ID {
	return core.ID{5: class, 6: 0x70, 8: 0x80, 13: which + 1, 14: kind + 1, 15: role + 1}
}

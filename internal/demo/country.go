package demo

import (
	"context"
	"fmt"

	"clew/internal/auth"
	"clew/internal/core"
)

// Password is the password of every account of the demonstration.
const Password = "thread through the maze"

type agencyPlan struct {
	code, name   string
	kind         core.AgencyKind
	jurisdiction string
	responder    bool
}

var agencyPlans = []agencyPlan{
	{"authority", "National Identification Authority", core.CompetentAuthority, "england-wales", false},
	{"police-north", "Northern Police", core.Police, "england-wales", true},
	{"police-south", "Southern Police", core.Police, "england-wales", true},
	{"visas", "Visas and Protection Office", core.Immigration, "england-wales", true},
	{"immigration", "Immigration Enforcement", core.Immigration, "england-wales", true},
	{"border", "Border Guard", core.Border, "england-wales", true},
	{"labour", "Labour Inspectorate", core.LabourInspectorate, "england-wales", true},
	{"council-east", "Eastmouth Council", core.LocalAuthority, "england-wales", true},
	{"council-west", "Westhaven Council", core.LocalAuthority, "england-wales", true},
	{"charity-harbour", "Harbour Trust", core.NGO, "england-wales", true},
	{"charity-lantern", "Lantern", core.NGO, "england-wales", true},
	{"safe-house", "Safe House Network", core.SupportProvider, "england-wales", true},
	{"haven", "Haven Homes", core.SupportProvider, "england-wales", false},
	{"health", "Community Health Service", core.Health, "england-wales", true},
	{"prosecution", "Public Prosecution Service", core.Prosecution, "england-wales", false},
	{"commissioner", "Independent Commissioner", core.Oversight, "england-wales", false},
	{"statistics", "Statistics Office", core.Statistics, "england-wales", false},
}

type userPlan struct {
	login, name, agency string
	roles               []core.Role
	shown               bool // among the sign-ins that are printed
}

var userPlans = []userPlan{
	{"responder", "Robin Field", "police-north", []core.Role{core.RoleFirstResponder}, true},
	{"charity", "Hana Quay", "charity-harbour", []core.Role{core.RoleFirstResponder}, true},
	{"caseworker", "Casey Morgan", "authority", []core.Role{core.RoleCaseworker}, true},
	{"reviewer", "Rena Osei", "authority", []core.Role{core.RoleReviewer}, true},
	{"manager", "Max Lindqvist", "authority", []core.Role{core.RoleManager}, true},
	{"safeguarding", "Sal Whitlock", "council-east", []core.Role{core.RoleSafeguardingLead}, true},
	{"support", "Sunniva Hale", "safe-house", []core.Role{core.RoleSupportWorker}, true},
	{"adviser", "Ada Voss", "charity-lantern", []core.Role{core.RoleAdviser, core.RoleFirstResponder}, true},
	{"immigration", "Ivo Banks", "immigration", []core.Role{core.RoleImmigrationStaff}, true},
	{"officer", "Ola Reyes", "police-north", []core.Role{core.RoleOfficer}, true},
	{"statistician", "Stella Njoroge", "statistics", []core.Role{core.RoleStatistician}, true},
	{"auditor", "Audra Finch", "commissioner", []core.Role{core.RoleAuditor}, true},
	{"administrator", "Addie Stone", "authority", []core.Role{core.RoleAdministrator}, true},
	{"reviewer2", "Rui Delgado", "authority", []core.Role{core.RoleReviewer}, false},
	{"caseworker2", "Cam Archer", "authority", []core.Role{core.RoleCaseworker}, false},
	{"caseworker3", "Corin Blake", "authority", []core.Role{core.RoleCaseworker}, false},
	{"caseworker4", "Cleo Adeyemi", "authority", []core.Role{core.RoleCaseworker, core.RoleReviewer}, false},
	{"caseworker5", "Cato Lund", "authority", []core.Role{core.RoleCaseworker}, false},
	{"responder-south", "Sasha Pool", "police-south", []core.Role{core.RoleFirstResponder}, false},
	{"responder-visas", "Vera Mint", "visas", []core.Role{core.RoleFirstResponder}, false},
	{"responder-enforcement", "Eden Park", "immigration", []core.Role{core.RoleFirstResponder}, false},
	{"responder-border", "Bo Strand", "border", []core.Role{core.RoleFirstResponder}, false},
	{"responder-labour", "Lou Ferris", "labour", []core.Role{core.RoleFirstResponder}, false},
	{"responder-east", "Eli Marsh", "council-east", []core.Role{core.RoleFirstResponder}, false},
	{"responder-west", "Wren Holt", "council-west", []core.Role{core.RoleFirstResponder}, false},
	{"safeguarding-west", "Willa Crane", "council-west", []core.Role{core.RoleSafeguardingLead}, false},
	{"responder-lantern", "Lina Frost", "charity-lantern", []core.Role{core.RoleFirstResponder}, false},
	{"support-haven", "Hedda Vale", "haven", []core.Role{core.RoleSupportWorker}, false},
	{"support-lantern", "Lex Amari", "charity-lantern", []core.Role{core.RoleSupportWorker}, false},
	{"responder-health", "Hollis Reed", "health", []core.Role{core.RoleFirstResponder}, false},
}

// country is the agencies and the people who act in them.
type country struct {
	agencies map[string]core.Agency
	actors   map[string]core.Actor // by login
}

// found makes the agencies and the accounts, or finds them when they are there.
func found(ctx context.Context, a *auth.Service) (*country, error) {
	c := &country{agencies: map[string]core.Agency{}, actors: map[string]core.Actor{}}
	for _, p := range agencyPlans {
		agency := core.Agency{Kind: p.kind, Name: p.name, Code: p.code, Jurisdiction: p.jurisdiction, FirstResponder: p.responder, Active: true}
		present, err := a.AgencyByCode(ctx, p.code)
		switch {
		case err == nil:
			agency = *present
		case core.KindOf(err) == core.NotFound:
			if agency.ID, err = a.BootstrapAgency(ctx, agency); err != nil {
				return nil, fmt.Errorf("make agency %s: %w", p.code, err)
			}
		default:
			return nil, err
		}
		c.agencies[p.code] = agency
	}
	return c, c.people(ctx, a)
}

func (c *country) people(ctx context.Context, a *auth.Service) error {
	present, err := a.Users(ctx, core.ID{})
	if err != nil {
		return err
	}
	known := make(map[string]core.ID, len(present))
	for _, u := range present {
		known[u.Login] = u.ID
	}
	for _, p := range userPlans {
		agency := c.agencies[p.agency]
		id, ok := known[p.login]
		if !ok {
			id, _, err = a.Bootstrap(ctx, auth.NewUser{AgencyID: agency.ID, Login: p.login, Name: p.name, Roles: p.roles, Password: Password}, false)
			if err != nil {
				return fmt.Errorf("make account %s: %w", p.login, err)
			}
		}
		c.actors[p.login] = core.Actor{UserID: id, AgencyID: agency.ID, AgencyKind: agency.Kind, Roles: p.roles, SteppedUp: true}
	}
	return nil
}

// responderOf is the login that refers for an agency.
var responderOf = map[string]string{"police-north": "responder", "police-south": "responder-south", "visas": "responder-visas",
	"immigration": "responder-enforcement", "border": "responder-border", "labour": "responder-labour", "council-east": "responder-east",
	"council-west": "responder-west", "charity-harbour": "charity", "charity-lantern": "responder-lantern", "health": "responder-health"}

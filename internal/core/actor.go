package core

import "slices"

// AgencyKind is what an organisation is in the response to trafficking.
type AgencyKind string

// The kinds of agency.
const (
	Police             AgencyKind = "police"
	Border             AgencyKind = "border"
	Immigration        AgencyKind = "immigration" // immigration enforcement: behind the firewall
	LocalAuthority     AgencyKind = "local_authority"
	LabourInspectorate AgencyKind = "labour_inspectorate"
	NGO                AgencyKind = "ngo"
	SupportProvider    AgencyKind = "support_provider"
	CompetentAuthority AgencyKind = "competent_authority"
	Prosecution        AgencyKind = "prosecution"
	Health             AgencyKind = "health"
	Oversight          AgencyKind = "oversight"
	Statistics         AgencyKind = "statistics"
	systemAgency       AgencyKind = "system"
)

// AgencyKinds lists every kind, in the order screens show them.
var AgencyKinds = []AgencyKind{Police, Border, Immigration, LocalAuthority, LabourInspectorate, NGO, SupportProvider,
	CompetentAuthority, Prosecution, Health, Oversight, Statistics}

var agencyKindLabels = map[AgencyKind]string{
	Police: "Police", Border: "Border agency", Immigration: "Immigration enforcement", LocalAuthority: "Local authority",
	LabourInspectorate: "Labour inspectorate", NGO: "Non-governmental organisation", SupportProvider: "Support provider",
	CompetentAuthority: "Competent authority", Prosecution: "Prosecution service", Health: "Health service",
	Oversight: "Oversight body", Statistics: "Statistics office", systemAgency: "clew itself",
}

// Label returns the kind in plain words.
func (k AgencyKind) Label() string { return agencyKindLabels[k] }

// Valid reports whether k is one of AgencyKinds.
func (k AgencyKind) Valid() bool { return slices.Contains(AgencyKinds, k) }

// Agency is an organisation whose people use clew.
type Agency struct {
	ID             ID
	Kind           AgencyKind
	Name           string
	Code           string // short, unique, used on the command line: "wessex-police"
	Jurisdiction   string // scheme calendar key: "england-wales", "scotland", "northern-ireland"
	FirstResponder bool   // may refer
	Active         bool
	Rev            int
}

// Role is what a person does in an agency. One person may have several.
type Role string

// The roles.
const (
	RoleFirstResponder   Role = "first_responder"
	RoleCaseworker       Role = "caseworker"        // competent authority: decides
	RoleReviewer         Role = "reviewer"          // competent authority: second reviewer
	RoleManager          Role = "manager"           // competent authority: assigns, watches the clock
	RoleSupportWorker    Role = "support_worker"    // support provider
	RoleSafeguardingLead Role = "safeguarding_lead" // local authority, children
	RoleAdviser          Role = "adviser"           // advice line, and the desk that reads what the public writes
	RoleImmigrationStaff Role = "immigration_staff" // asks the non-removal question, nothing else
	RoleOfficer          Role = "officer"           // police, border, prosecution: intelligence and joint work
	RoleStatistician     Role = "statistician"
	RoleAuditor          Role = "auditor"       // data protection officer, auditor, commissioner
	RoleAdministrator    Role = "administrator" // agencies, users, jobs; sees no case
	roleSystem           Role = "system"
)

// Roles lists every role a person can be given, in the order screens show them.
var Roles = []Role{RoleFirstResponder, RoleCaseworker, RoleReviewer, RoleManager, RoleSupportWorker, RoleSafeguardingLead, RoleAdviser,
	RoleImmigrationStaff, RoleOfficer, RoleStatistician, RoleAuditor, RoleAdministrator}

var roleLabels = map[Role]string{
	RoleFirstResponder: "First responder", RoleCaseworker: "Caseworker", RoleReviewer: "Second reviewer",
	RoleManager: "Authority manager", RoleSupportWorker: "Support worker", RoleSafeguardingLead: "Child safeguarding lead",
	RoleAdviser:          "Advice line adviser",
	RoleImmigrationStaff: "Immigration staff", RoleOfficer: "Officer", RoleStatistician: "Statistician",
	RoleAuditor: "Auditor", RoleAdministrator: "Administrator", roleSystem: "clew itself",
}

// Label returns the role in plain words.
func (r Role) Label() string { return roleLabels[r] }

// Valid reports whether r is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Actor is who is asking: a signed-in person, or a machine with a token, in one
// agency. It is an argument of every use case, never a context value.
type Actor struct {
	UserID     ID // the person, or the token's owner
	AgencyID   ID
	AgencyKind AgencyKind
	Roles      []Role
	TokenID    ID   // set when a machine asks with an API token
	SteppedUp  bool // confirmed their sign-in again within the last minutes
}

// Has reports whether the actor holds the role.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// SystemActor is clew acting by itself: clocks, reminders, notices. Its policy
// allows only what those need.
func SystemActor() Actor {
	return Actor{UserID: systemID, AgencyID: systemID, AgencyKind: systemAgency, Roles: []Role{roleSystem}}
}

// IsSystem reports whether clew itself is acting.
func (a Actor) IsSystem() bool { return a.UserID == systemID }

// systemID is fixed and outside the range of real UUIDv7 values.
var systemID = ID{6: 0x70, 8: 0x80, 15: 1}

// Purpose is the declared reason of an access.
type Purpose string

// The purposes.
const (
	Identify    Purpose = "identify"
	Protect     Purpose = "protect"
	Investigate Purpose = "investigate"
	Screen      Purpose = "screen"
	Publish     Purpose = "publish"
	Oversee     Purpose = "oversee"
	Administer  Purpose = "administer" // agencies, users and jobs; never a case
)

// Purposes lists every purpose.
var Purposes = []Purpose{Identify, Protect, Investigate, Screen, Publish, Oversee, Administer}

// Valid reports whether p is one of Purposes.
func (p Purpose) Valid() bool { return slices.Contains(Purposes, p) }

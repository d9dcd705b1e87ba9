package access

import "clew/internal/core"

// ResourceType is what an action is done to.
type ResourceType string

// The resource types. The zero ResourceType is invalid and never allowed.
const (
	Case   ResourceType = "Case"
	Draft  ResourceType = "Draft"
	Agency ResourceType = "Agency"
	System ResourceType = "System"

	Place   ResourceType = "Place"   // an accommodation unit of a provider
	Offer   ResourceType = "Offer"   // a referral to support, as one provider sees it
	Support ResourceType = "Support" // the support one provider gives one person, with its file

	// Concern is a public report or a call to an advice line.
	Concern ResourceType = "Concern"
)

// The kinds of case.
const (
	KindReferral     = "referral"
	KindDutyToNotify = "duty_to_notify"
)

// Resource is what policies may look at. The caller fills it from what is
// stored, never from what the browser sent. An absent id stays zero and equals
// nobody's.
type Resource struct {
	Type ResourceType
	ID   core.ID

	Author            core.ID // the user who created it
	ReferringAgency   core.ID // of a draft: the author's agency
	Authority         core.ID // the competent authority that decides
	LocalAuthority    core.ID // safeguards the child
	SupportAgency     core.ID // gives support now; none once it has ended
	Provider          core.ID // whose place, offer or support file it is
	InfoRequestedFrom core.ID // the agency with an open request for information
	HostAuthority     core.ID // the local authority in whose area the child is placed
	Alerted           core.ID // the police force that looks for the child while the child is missing

	Assignee core.ID // the caseworker assigned
	Proposer core.ID // who proposed the decision under review
	Decider  core.ID // who took the decision under reconsideration
	Reviewer core.ID // who reviewed the decision under reconsideration

	State          string // a state's name as in casework: "rg_pending"
	Kind           string // KindReferral or KindDutyToNotify
	Child          bool   // a child, or presumed one
	ConsentSharing bool   // an adult's valid consent is on record
	ConsentPolice  bool   // the person agreed to share with an investigation
	Shared         bool   // of a draft: colleagues may continue it; of a support file: the person lets the authority read it

	Desk     core.ID // of a concern: the agency that answers it
	PassedTo core.ID // of a concern: the police force that may read it
}

// OwnAgency is the resource of CreateReferral: the actor's own agency.
func OwnAgency(actor core.Actor) Resource { return Resource{Type: Agency, ID: actor.AgencyID} }

// Whole is the resource of every action that is not about one case, draft or
// agency.
func Whole() Resource { return Resource{Type: System} }

// PurposeOf returns the purpose that goes with the actor's work, for screens
// that do not ask. A caller that knows better declares its own.
func PurposeOf(actor core.Actor) core.Purpose {
	for _, d := range usualPurposes {
		if actor.Has(d.role) {
			return d.purpose
		}
	}
	if actor.IsSystem() {
		return core.Identify
	}
	return ""
}

var usualPurposes = []struct {
	role    core.Role
	purpose core.Purpose
}{
	{core.RoleAdministrator, core.Administer},
	{core.RoleCaseworker, core.Identify},
	{core.RoleReviewer, core.Identify},
	{core.RoleManager, core.Identify},
	{core.RoleFirstResponder, core.Identify},
	{core.RoleSafeguardingLead, core.Protect},
	{core.RoleSupportWorker, core.Protect},
	{core.RoleAdviser, core.Protect},
	{core.RoleImmigrationStaff, core.Protect},
	{core.RoleOfficer, core.Investigate},
	{core.RoleAuditor, core.Oversee},
	{core.RoleStatistician, core.Publish},
}

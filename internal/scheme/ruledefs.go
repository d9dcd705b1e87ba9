package scheme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clew/internal/core"
)

// ruleDef says what one key under "rules:" or "lists:" of a scheme file means.
type ruleDef struct {
	key, label string
	list       bool
	read       func(node) (value any, words string)
	set        func(*Rules, entry)
}

// entry is one value of a rule with the days in which it holds.
type entry struct {
	at       node
	from, to core.Date // to is zero while the value still holds
	source   string
	scheme   string
	value    any
	words    string
}

// dated defines a rule that callers see with its day and source.
func dated[T any](key, label string, read func(node) (T, string), field func(*Rules) *Value[T]) ruleDef {
	return ruleDef{key: key, label: label,
		read: func(n node) (any, string) { return erase(read(n)) },
		set:  func(r *Rules, e entry) { *field(r) = Value[T]{e.value.(T), e.from, e.source} }}
}

// listed defines a coded list.
func listed[T any](key, label string, read func(node) (T, string), field func(*Rules) *T) ruleDef {
	return ruleDef{key: key, label: label, list: true,
		read: func(n node) (any, string) { return erase(read(n)) },
		set:  func(r *Rules, e entry) { *field(r) = e.value.(T) }}
}

func erase[T any](v T, words string) (any, string) { return v, words }

// ruleDefs is every rule, in the order pages list them. A scheme has all of them.
var ruleDefs = []ruleDef{
	dated("rg_target", "Target for the reasonable-grounds decision", workingDays, func(r *Rules) *Value[WorkingDays] { return &r.RGTarget }),
	dated("rg_standard", "Test for reasonable grounds", words, func(r *Rules) *Value[string] { return &r.RGStandard }),
	dated("recovery", "Recovery and reflection period", calendarDays, func(r *Rules) *Value[CalendarDays] { return &r.Recovery }),
	dated("recovery_extendable", "The recovery period may be extended", yesNo, func(r *Rules) *Value[bool] { return &r.RecoveryExtendable }),
	dated("cg_negative_waits_for_recovery", "No negative conclusive decision before the recovery period ends", yesNo, func(r *Rules) *Value[bool] { return &r.CG.NegativeNotBeforeRecoveryEnds }),
	dated("cg_target", "Target for the conclusive-grounds decision", workingDaysOrNone, func(r *Rules) *Value[WorkingDays] { return &r.CG.Target }),
	dated("reconsideration_window", "Time to ask for a reconsideration", calendarDays, func(r *Rules) *Value[CalendarDays] { return &r.ReconsiderationWindow }),
	dated("reconsideration_target", "Target for a reconsideration", workingDaysOrNone, func(r *Rules) *Value[WorkingDays] { return &r.ReconsiderationTarget }),
	dated("non_removal_states", "Nobody is removed while a case is in these states", states, func(r *Rules) *Value[[]string] { return &r.NonRemoval.States }),
	dated("help_without_testimony", "Help never depends on testifying", yesNo, func(r *Rules) *Value[bool] { return &r.HelpWithoutTestimony }),
	dated("permit_min_months", "Shortest residence permit", months, func(r *Rules) *Value[Months] { return &r.Permit.MinMonths }),
	dated("child_leave_until_age", "A child's leave ends at this age at the latest", months, func(r *Rules) *Value[Months] { return &r.ChildLeave.UntilAge }),
	dated("child_leave_longest", "A child's leave lasts this long at most", months, func(r *Rules) *Value[Months] { return &r.ChildLeave.Longest }),
	dated("permit_warnings", "Warnings before a permit ends", several(calendarDays), func(r *Rules) *Value[[]CalendarDays] { return &r.Permit.Warnings }),
	dated("return_follow_ups", "Somebody asks how it goes after a voluntary return", several(months), func(r *Rules) *Value[[]Months] { return &r.Return.FollowUps }),
	dated("adult_age", "Age of majority", years, func(r *Rules) *Value[Years] { return &r.AdultAge }),
	dated("age_doubt_presumed_child", "Age in doubt: presumed a child", yesNo, func(r *Rules) *Value[bool] { return &r.AgeDoubtPresumedChild }),
	dated("turning_eighteen_notice", "Notice before a child turns eighteen", calendarDays, func(r *Rules) *Value[CalendarDays] { return &r.TurningEighteenNotice }),
	dated("child_acknowledge", "The local authority confirms that it was told of a child", hours, func(r *Rules) *Value[Hours] { return &r.Children.Acknowledge }),
	dated("guardian_offer", "An independent guardian is offered to a child", hours, func(r *Rules) *Value[Hours] { return &r.Children.GuardianOffer }),
	dated("strategy_meeting", "Strategy meeting about a child", workingDays, func(r *Rules) *Value[WorkingDays] { return &r.Children.StrategyMeeting }),
	dated("child_panel", "Multi-agency panel decides about a child", calendarDays, func(r *Rules) *Value[CalendarDays] { return &r.Children.Panel }),
	dated("missing_acknowledge", "An agency confirms that it was told of a missing child", hours, func(r *Rules) *Value[Hours] { return &r.Children.MissingAcknowledge }),
	dated("return_interview", "Return interview after a missing child is found", hours, func(r *Rules) *Value[Hours] { return &r.Children.ReturnInterview }),
	dated("duty_to_notify", "An adult who does not consent is notified", yesNo, func(r *Rules) *Value[bool] { return &r.DutyToNotify }),
	plainDays("draft_days", "A draft is kept", func(r *Rules) *CalendarDays { return &r.DraftDays }),
	plainDays("draft_warning_days", "Warning before a draft is deleted", func(r *Rules) *CalendarDays { return &r.DraftWarningDays }),
	dated("consent_notice", "Notice given before consent", consentNotice, func(r *Rules) *Value[ConsentNotice] { return &r.ConsentNotice }),

	dated("support_offer_answer", "Time to answer an offer of support", hours, func(r *Rules) *Value[Hours] { return &r.Support.OfferAnswer }),
	dated("support_emergency_answer", "Time to answer an offer of emergency support", hours, func(r *Rules) *Value[Hours] { return &r.Support.EmergencyAnswer }),
	dated("support_target", "Time until a provider has accepted", hours, func(r *Rules) *Value[Hours] { return &r.Support.Target }),
	dated("support_arrival", "Time until a reserved bed is filled", hours, func(r *Rules) *Value[Hours] { return &r.Support.Arrival }),
	dated("support_contact_grace", "A planned contact without a record counts as missed after", hours, func(r *Rules) *Value[Hours] { return &r.Support.ContactGrace }),
	dated("support_missed_contacts", "Contacts missed in a row that raise a welfare check", contacts, func(r *Rules) *Value[int] { return &r.Support.MissedContacts }),
	dated("support_notice", "Notice before support ends", calendarDays, func(r *Rules) *Value[CalendarDays] { return &r.Support.Notice }),

	listed("authorities", "Competent authorities", authorities, func(r *Rules) *[]Authority { return &r.Authorities }),
	listed("exploitation_types", "Types of exploitation", exploitationTypes, func(r *Rules) *[]ExploitationType { return &r.ExploitationTypes }),
	codeList("acts", "Acts", func(r *Rules) *[]Code { return &r.Acts }),
	codeList("means", "Means", func(r *Rules) *[]Code { return &r.Means }),
	codeList("purposes", "Purposes", func(r *Rules) *[]Code { return &r.Purposes }),
	codeList("recruitment", "Ways of recruitment", func(r *Rules) *[]Code { return &r.Recruitment }),
	codeList("place_types", "Kinds of place", func(r *Rules) *[]Code { return &r.PlaceTypes }),
	codeList("sectors", "Sectors of work", func(r *Rules) *[]Code { return &r.Sectors }),
	codeList("vulnerabilities", "Vulnerabilities", func(r *Rules) *[]Code { return &r.Vulnerabilities }),
	codeList("exploiter_relations", "Relation to the exploiter", func(r *Rules) *[]Code { return &r.ExploiterRelations }),
	codeList("risks", "Risks", func(r *Rules) *[]Code { return &r.Risks }),
	codeList("urgent_needs", "Urgent needs", func(r *Rules) *[]Code { return &r.UrgentNeeds }),
	codeList("observation_contexts", "Where an indicator was observed", func(r *Rules) *[]Code { return &r.ObservationContexts }),
	codeList("evidence_types", "Kinds of evidence", func(r *Rules) *[]Code { return &r.EvidenceTypes }),
	codeList("age_evidence", "What an age rests on", func(r *Rules) *[]Code { return &r.AgeEvidence }),
	codeList("contact_methods", "Ways of safe contact", func(r *Rules) *[]Code { return &r.ContactMethods }),
	codeList("never_in_messages", "What must never be left in a message", func(r *Rules) *[]Code { return &r.NeverInMessages }),
	codeList("notify_reasons", "Reasons for a notification instead of a referral", func(r *Rules) *[]Code { return &r.NotifyReasons }),
	codeList("info_request_reasons", "Reasons for a request for information", func(r *Rules) *[]Code { return &r.InfoRequestReasons }),
	codeList("extend_grounds", "Grounds to extend the recovery period", func(r *Rules) *[]Code { return &r.ExtendGrounds }),
	codeList("end_early_grounds", "Grounds to end the recovery period early", func(r *Rules) *[]Code { return &r.EndEarlyGrounds }),
	codeList("reconsider_grounds", "Grounds for a reconsideration", func(r *Rules) *[]Code { return &r.ReconsiderGrounds }),
	codeList("late_reasons", "Reasons for a late request", func(r *Rules) *[]Code { return &r.LateReasons }),
	codeList("permit_grounds", "Grounds for a residence permit", func(r *Rules) *[]Code { return &r.Permit.Grounds }),
	codeList("consent_withdraw_reasons", "Reasons to withdraw consent", func(r *Rules) *[]Code { return &r.ConsentWithdrawReasons }),
	codeList("withdraw_reasons", "Reasons to withdraw a referral", func(r *Rules) *[]Code { return &r.WithdrawReasons }),
	codeList("suspend_reasons", "Reasons to suspend a case", func(r *Rules) *[]Code { return &r.SuspendReasons }),
	codeList("placement_types", "Kinds of placement of a child", func(r *Rules) *[]Code { return &r.Children.Placements }),
	codeList("guardian_decline_reasons", "Reasons why no guardian was appointed", func(r *Rules) *[]Code { return &r.Children.GuardianDeclineReasons }),
	codeList("panel_outcomes", "Decisions of a multi-agency panel", func(r *Rules) *[]Code { return &r.Children.PanelOutcomes }),
	codeList("advocate_roles", "Who speaks for a child", func(r *Rules) *[]Code { return &r.Children.AdvocateRoles }),
	codeList("carer_relations", "How an adult is presented to a child", func(r *Rules) *[]Code { return &r.Children.CarerRelations }),
	codeList("missing_risks", "Risk to a missing child", func(r *Rules) *[]Code { return &r.Children.MissingRisks }),
	codeList("found_states", "How a missing child was found", func(r *Rules) *[]Code { return &r.Children.FoundStates }),
	codeList("missing_endings", "Why a missing episode is closed", func(r *Rules) *[]Code { return &r.Children.MissingEndings }),
	codeList("close_reasons", "Reasons to close a case", func(r *Rules) *[]Code { return &r.CloseReasons }),
	codeList("support_regions", "Regions of support", func(r *Rules) *[]Code { return &r.Support.Regions }),
	codeList("support_decline_reasons", "Reasons to decline an offer of support", func(r *Rules) *[]Code { return &r.Support.DeclineReasons }),
	codeList("support_end_reasons", "Reasons to end support", func(r *Rules) *[]Code { return &r.Support.EndReasons }),
	codeList("support_goal_areas", "Areas of a support plan", func(r *Rules) *[]Code { return &r.Support.GoalAreas }),
	codeList("support_allowances", "Allowances", func(r *Rules) *[]Code { return &r.Support.Allowances }),
	codeList("support_activities", "What support consists of", func(r *Rules) *[]Code { return &r.Support.Activities }),
	codeList("special_measures", "Measures that protect a witness", func(r *Rules) *[]Code { return &r.Redress.SpecialMeasures }),
	codeList("redress_routes", "Ways to compensation", func(r *Rules) *[]Code { return &r.Redress.Routes }),
}

func codeList(key, label string, field func(*Rules) *[]Code) ruleDef {
	return listed(key, label, codes, field)
}

func plainDays(key, label string, field func(*Rules) *CalendarDays) ruleDef {
	d := listed(key, label, calendarDays, field)
	d.list = false
	return d
}

// quantity reads "5 working days" in one of the units; one of a unit may be
// written without its s.
func quantity(n node, units ...string) (number int, unit string) {
	s, ok := n.scalar()
	if !ok {
		return 0, units[0]
	}
	count, unit, _ := strings.Cut(s, " ")
	number, err := strconv.Atoi(count)
	if !slices.Contains(units, unit) && number == 1 {
		unit += "s"
	}
	if err != nil || number < 1 || number > 10000 || !slices.Contains(units, unit) {
		n.failf("expected a number and a unit (%s) here", strings.Join(units, " or "))
		return 0, units[0]
	}
	return number, unit
}

func inWords(number int, unit string) string {
	if number == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return fmt.Sprintf("%d %s", number, unit)
}

func workingDays(n node) (WorkingDays, string) {
	number, unit := quantity(n, "working days")
	return WorkingDays(number), inWords(number, unit)
}

func workingDaysOrNone(n node) (WorkingDays, string) {
	if n.text() == "none" {
		return 0, "none"
	}
	return workingDays(n)
}

func calendarDays(n node) (CalendarDays, string) {
	number, unit := quantity(n, "calendar days")
	return number, inWords(number, unit)
}

// several reads a list of lengths of time, and puts the shortest first.
func several[T ~int](read func(node) (T, string)) func(node) ([]T, string) {
	return func(n node) ([]T, string) {
		var out []T
		said := map[T]string{}
		for _, item := range n.items() {
			v, words := read(item)
			if _, twice := said[v]; twice {
				item.failf("%s stands here twice", words)
			}
			out, said[v] = append(out, v), words
		}
		if len(out) == 0 {
			n.failf("one length of time at least is needed")
		}
		slices.Sort(out)
		words := make([]string, len(out))
		for i, v := range out {
			words[i] = said[v]
		}
		return out, strings.Join(words, ", ")
	}
}

func hours(n node) (Hours, string) {
	number, unit := quantity(n, "hours")
	return Hours(number), inWords(number, unit)
}

func contacts(n node) (int, string) {
	number, unit := quantity(n, "contacts")
	return number, inWords(number, unit)
}

func months(n node) (Months, string) {
	number, unit := quantity(n, "months", "years")
	words := inWords(number, unit)
	if unit == "years" {
		number *= 12
	}
	return number, words
}

func years(n node) (Years, string) {
	number, unit := quantity(n, "years")
	return number, inWords(number, unit)
}

func yesNo(n node) (bool, string) {
	if n.yesNo() {
		return true, "yes"
	}
	return false, "no"
}

func words(n node) (string, string) {
	s := n.needText()
	return s, s
}

func states(n node) ([]string, string) {
	var out []string
	for _, item := range n.items() {
		out = append(out, item.code())
	}
	return out, strings.Join(out, ", ")
}

// consentNotice reads a version, a title, paragraphs and languages.
func consentNotice(n node) (ConsentNotice, string) {
	m := n.mapping()
	c := ConsentNotice{Version: m.need("version").version(), Title: m.need("title").needText(), Text: m.need("text").texts()}
	for _, item := range m.need("languages").items() {
		code := item.needText()
		if _, ok := core.LanguageByCode(code); !ok {
			item.failf("%q is not a language code of ISO 639-3 that clew knows", code)
		}
		c.Languages = append(c.Languages, code)
	}
	m.done()
	return c, fmt.Sprintf("version %s, in %d languages", c.Version, len(c.Languages))
}

// version is a version: what a code may have, and full stops.
func (n node) version() string {
	s := n.needText()
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		n.failf("a version has small letters, digits, full stops, - and _ only")
	}
	return s
}

// coded reads a list of mappings and refuses a code that is there twice.
func coded[T any](n node, read func(*mapping, string) T) ([]T, string) {
	var out []T
	seen := map[string]bool{}
	for _, item := range n.items() {
		m := item.mapping()
		at := m.need("code")
		code := at.code()
		if seen[code] && code != "" {
			at.failf("the code %q is given twice", code)
		}
		seen[code] = true
		out = append(out, read(m, code))
		m.done()
	}
	if len(out) == 0 {
		n.failf("the list has no choice")
	}
	if len(out) == 1 {
		return out, "1 choice"
	}
	return out, fmt.Sprintf("%d choices", len(out))
}

func codes(n node) ([]Code, string) {
	return coded(n, func(m *mapping, code string) Code {
		return Code{Code: code, Label: m.need("label").needText(), Plain: m.get("plain").text(), Group: m.get("group").text(), HTCDS: m.get("htcds").texts()}
	})
}

func authorities(n node) ([]Authority, string) {
	return coded(n, func(m *mapping, code string) Authority {
		return Authority{Code: code, Name: m.need("name").needText(), Handles: m.need("handles").needText()}
	})
}

// exploitationTypes reads the types; a contradiction is written on one side and
// holds on both.
func exploitationTypes(n node) ([]ExploitationType, string) {
	var refs []node
	types, words := coded(n, func(m *mapping, code string) ExploitationType {
		t := ExploitationType{Code: code, Label: m.need("label").needText(), Plain: m.get("plain").text(), HTCDS: m.get("htcds").texts(),
			CountedAs: m.need("counted_as").code()}
		who := m.need("concerns").oneOf("adult", "child", "both")
		t.Adult, t.Child = who != "child", who != "adult"
		against := m.get("contradicts")
		t.ContradictsWith = against.texts()
		refs = append(refs, against)
		return t
	})
	for i := range types {
		for _, other := range slices.Clone(types[i].ContradictsWith) {
			j := slices.IndexFunc(types, func(t ExploitationType) bool { return t.Code == other })
			switch {
			case other == "*":
				contradictAll(types, i)
			case j < 0:
				refs[i].failf("%q contradicts %q, which is not in the list", types[i].Code, other)
			case !slices.Contains(types[j].ContradictsWith, types[i].Code):
				types[j].ContradictsWith = append(types[j].ContradictsWith, types[i].Code)
			}
		}
	}
	return types, words
}

// contradictAll makes the type at i contradict every other one ("*").
func contradictAll(types []ExploitationType, i int) {
	types[i].ContradictsWith = slices.DeleteFunc(types[i].ContradictsWith, func(c string) bool { return c == "*" })
	for j := range types {
		if j == i || slices.Contains(types[i].ContradictsWith, types[j].Code) {
			continue
		}
		types[i].ContradictsWith = append(types[i].ContradictsWith, types[j].Code)
		if !slices.Contains(types[j].ContradictsWith, types[i].Code) {
			types[j].ContradictsWith = append(types[j].ContradictsWith, types[i].Code)
		}
	}
}

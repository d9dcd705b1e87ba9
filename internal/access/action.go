package access

import (
	"strings"
	"unicode"
)

// Action is one thing that can be done, or one section that can be seen. Its
// text is the Cedar action's id.
type Action string

// Drafts. A draft belongs to the agency of its author and to nobody else.
const (
	CreateReferral Action = "createReferral" // resource: the actor's own agency
	EditDraft      Action = "editDraft"      // open, change and delete; the author, or a colleague when it is shared
	SubmitReferral Action = "submitReferral"
)

// Concerns: what the public writes, and calls to an advice line. A concern
// belongs to the agency whose desk answers it, and to nobody else until it is
// passed on.
const (
	TakeCall       Action = "takeCall"       // resource: the actor's own agency
	ViewConcern    Action = "viewConcern"    // all of it: what was said, the messages, the picture
	WorkConcern    Action = "workConcern"    // answer, advise, follow up, close, hand on
	PassConcern    Action = "passConcern"    // let a police force read it
	FileConcern    Action = "fileConcern"    // clew files what the public writes, and lets its writer read the answer
	AdvanceConcern Action = "advanceConcern" // what time alone brings: a reminder, an erasure
)

// Viewing a case, section by section.
const (
	ViewStatus       Action = "viewStatus"       // that it exists: reference, state, clock, outcome without reasons
	ViewSummary      Action = "viewSummary"      // coded facts: exploitation types, age group, nationality, indicators
	ViewIdentity     Action = "viewIdentity"     // names, dates of birth, documents' numbers
	ViewNarrative    Action = "viewNarrative"    // what happened, in words
	ViewContact      Action = "viewContact"      // location and safe contact
	ViewSupport      Action = "viewSupport"      // needs, risks and support given
	ViewDecision     Action = "viewDecision"     // findings and reasons
	ViewNotes        Action = "viewNotes"        // the authority's internal notes
	ViewSharedNotes  Action = "viewSharedNotes"  // notes meant for the referring agency and partners
	ViewDocuments    Action = "viewDocuments"    // every document
	ViewOwnDocuments Action = "viewOwnDocuments" // the documents the actor's own agency added
	ViewTimeline     Action = "viewTimeline"
	ViewNonRemoval   Action = "viewNonRemoval" // the marker as a section of the case
	ViewLookers      Action = "viewLookers"    // who has looked at this case
	ViewMatches      Action = "viewMatches"    // that another round may be of the same person
)

// Acting on a case.
const (
	AddEvidence            Action = "addEvidence"
	AnswerInfoRequest      Action = "answerInfoRequest"
	UpgradeNotification    Action = "upgradeNotification" // duty to notify → referral
	RecordConsent          Action = "recordConsent"
	WithdrawConsent        Action = "withdrawConsent"
	AddNote                Action = "addNote"
	AddSharedNote          Action = "addSharedNote"
	ReceiveCase            Action = "receiveCase"
	AssignCase             Action = "assignCase"
	RequestInfo            Action = "requestInfo"
	ProposeRG              Action = "proposeRG" // take the decision, or propose it where a second reviewer confirms
	ProposeCG              Action = "proposeCG"
	ReviewDecision         Action = "reviewDecision"
	ExtendRecovery         Action = "extendRecovery"
	EndRecoveryEarly       Action = "endRecoveryEarly" // propose it
	RequestReconsideration Action = "requestReconsideration"
	DecideReconsideration  Action = "decideReconsideration"
	SuspendCase            Action = "suspendCase"
	ResumeCase             Action = "resumeCase"
	WithdrawCase           Action = "withdrawCase"
	CloseCase              Action = "closeCase"
	ReferAgain             Action = "referAgain"
	CorrectAge             Action = "correctAge"
	LinkRounds             Action = "linkRounds"
	CompleteTask           Action = "completeTask"
	EditSections           Action = "editSections" // the authority corrects coded facts
	AdvanceClock           Action = "advanceClock" // what time alone brings: a period's end, a task due, a draft's expiry
)

// Support. What a provider does stands on its own kinds of resource, so that
// nothing about a case opens them.
const (
	ViewSupportState Action = "viewSupportState" // of a case: asked for, offered, accepted by whom, ended; no word of the file
	AskSupport       Action = "askSupport"       // of a case: emergency support before a decision, or support anew

	ViewPlace   Action = "viewPlace"
	ManagePlace Action = "managePlace" // add it, its attributes and beds
	ViewAddress Action = "viewAddress" // where it is

	ViewOffer   Action = "viewOffer" // coarse needs, nobody's identity
	AnswerOffer Action = "answerOffer"

	ViewSupportFile Action = "viewSupportFile" // assessment, plan, contacts, payments: the support notes
	WorkSupport     Action = "workSupport"     // write in it, and reach the person
	EndSupport      Action = "endSupport"

	GiveSupport      Action = "giveSupport" // have the provider's pages at all
	ManageAgreements Action = "manageAgreements"
	ViewCapacity     Action = "viewCapacity" // places and people in numbers, and what another period would mean
)

// Papers and ways on. They stand on the case, because they outlive support.
const (
	ViewPapers Action = "viewPapers" // permits, leave to remain, redress
	WorkPapers Action = "workPapers"
	ViewReturn Action = "viewReturn" // a voluntary return
	WorkReturn Action = "workReturn"
	HoldReturn Action = "holdReturn" // a safety hold
	LiftHold   Action = "liftHold"
)

// Safeguarding a child: the track, and what happens when the child is missing.
const (
	ViewSafeguarding Action = "viewSafeguarding" // the child's track, in words
	WorkSafeguarding Action = "workSafeguarding" // record its steps, the carers and who speaks for the child
	ViewMissing      Action = "viewMissing"      // the alert: description, last seen, sightings; nothing of the case
	RaiseMissing     Action = "raiseMissing"
	RecordSighting   Action = "recordSighting"
	RecordFound      Action = "recordFound"
	CloseMissing     Action = "closeMissing" // the return interview, and the end of the episode
)

// Letters. A served letter is the person's: who supports them may print it.
const (
	ViewLetter Action = "viewLetter" // of a case: the letters as served, on screen and on paper
	PrintCards Action = "printCards" // rights cards and pocket cards, about nobody
)

// Wide actions, not about one case. The resource is Whole().
const (
	ListCases         Action = "listCases"         // have a list at all; Scope says what is in it
	SearchPersons     Action = "searchPersons"     // find cases by identity
	FindPossibleMatch Action = "findPossibleMatch" // before referring: "possible match" or not, nothing of the file
	ExportQueue       Action = "exportQueue"
	CheckNonRemoval   Action = "checkNonRemoval" // yes or no and until when
	ImportReferrals   Action = "importReferrals"
	SubmitByAPI       Action = "submitByAPI"
	ListConcerns      Action = "listConcerns" // have a list at all; ConcernScope says what is in it
	UseAdvice         Action = "useAdvice"    // look things up in the advice line's articles
	CountCalls        Action = "countCalls"   // the line's own figures, as they are
)

// Oversight and administration. The resource is Whole().
const (
	SearchLedger   Action = "searchLedger"
	ViewCheckpoint Action = "viewCheckpoint"
	ViewExports    Action = "viewExports"
	ViewLookersAll Action = "viewLookersAll" // who looked at what, across cases
	ManageAgencies Action = "manageAgencies"
	ManageUsers    Action = "manageUsers"
	ViewPolicies   Action = "viewPolicies"
	ManageJobs     Action = "manageJobs"
	ManageTokens   Action = "manageTokens"

	KeepAdvice         Action = "keepAdvice"         // write the advice line's articles
	ApproveTranslation Action = "approveTranslation" // say that a translator has looked at a text
)

// Actions lists every action, in the order above.
var Actions = []Action{
	CreateReferral, EditDraft, SubmitReferral,
	TakeCall, ViewConcern, WorkConcern, PassConcern, FileConcern, AdvanceConcern,
	ViewStatus, ViewSummary, ViewIdentity, ViewNarrative, ViewContact, ViewSupport, ViewDecision, ViewNotes, ViewSharedNotes,
	ViewDocuments, ViewOwnDocuments, ViewTimeline, ViewNonRemoval, ViewLookers, ViewMatches,
	AddEvidence, AnswerInfoRequest, UpgradeNotification, RecordConsent, WithdrawConsent, AddNote, AddSharedNote,
	ReceiveCase, AssignCase, RequestInfo, ProposeRG, ProposeCG, ReviewDecision, ExtendRecovery, EndRecoveryEarly,
	RequestReconsideration, DecideReconsideration, SuspendCase, ResumeCase, WithdrawCase, CloseCase, ReferAgain,
	CorrectAge, LinkRounds, CompleteTask, EditSections, AdvanceClock,
	ViewSupportState, AskSupport, ViewPlace, ManagePlace, ViewAddress, ViewOffer, AnswerOffer, ViewSupportFile, WorkSupport, EndSupport,
	GiveSupport, ManageAgreements, ViewCapacity,
	ViewPapers, WorkPapers, ViewReturn, WorkReturn, HoldReturn, LiftHold,
	ViewSafeguarding, WorkSafeguarding, ViewMissing, RaiseMissing, RecordSighting, RecordFound, CloseMissing,
	ViewLetter, PrintCards,
	ListCases, SearchPersons, FindPossibleMatch, ExportQueue, CheckNonRemoval, ImportReferrals, SubmitByAPI,
	ListConcerns, UseAdvice, CountCalls, KeepAdvice, ApproveTranslation,
	SearchLedger, ViewCheckpoint, ViewExports, ViewLookersAll, ManageAgencies, ManageUsers, ViewPolicies, ManageJobs, ManageTokens,
}

// LedgerName is the action as ledger entries name it: "viewIdentity" is
// "view_identity".
func (a Action) LedgerName() string {
	var b strings.Builder
	for i, r := range string(a) {
		if unicode.IsUpper(r) && (i == 0 || !unicode.IsUpper(rune(a[i-1]))) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

package casework

import (
	"context"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
	"clew/internal/likeness"
)

// Reader is what casework reads. A row that is not there is core.NotFound.
// Lists come oldest first unless they say otherwise.
type Reader interface {
	Case(ctx context.Context, id core.ID) (*Case, error)
	CaseByReference(ctx context.Context, reference string) (*Case, error)
	Cases(ctx context.Context, q CaseQuery) ([]Case, error)
	CountQueue(ctx context.Context, scope access.Scope, now time.Time, today, tomorrow time.Time) (QueueCounts, error)
	Workload(ctx context.Context, authority core.ID, now time.Time) ([]Workload, error)
	Rounds(ctx context.Context, c *Case) ([]Case, error) // the same person's other rounds
	FindBlind(ctx context.Context, q BlindQuery) ([]Case, error)
	CasesByID(ctx context.Context, ids []core.ID, scope access.Scope) ([]Case, error)
	IdentitiesOf(ctx context.Context, cases []core.ID) ([]likeness.Row, error)
	Placed(ctx context.Context, caseID core.ID, actions []string) (position int64, placed bool, err error) // in the ledger, of the newest such entry
	Pair(ctx context.Context, id core.ID) (*Pair, error)
	PairsOf(ctx context.Context, caseID core.ID) ([]Pair, error)
	Pairs(ctx context.Context, q PairQuery) ([]Pair, error)
	CountPairs(ctx context.Context, scope access.Scope, state PairState) (int, error)
	PairAnswers(ctx context.Context, pair core.ID) ([]PairAnswer, error)
	Adjoining(ctx context.Context, caseID core.ID) ([]core.ID, error) // rounds linked with it directly
	CountPeople(ctx context.Context, scope access.Scope) (PeopleCount, error)
	Sections(ctx context.Context, caseID core.ID) (map[Section]SealedSection, error)
	Events(ctx context.Context, caseID core.ID) ([]Event, error)
	Consents(ctx context.Context, caseID core.ID) ([]Consent, error)
	Decisions(ctx context.Context, caseID core.ID) ([]Decision, error)
	InfoRequests(ctx context.Context, caseID core.ID) ([]InfoRequest, error)
	OpenInfoRequests(ctx context.Context, agency core.ID, after core.ID, limit int) ([]InfoRequest, error)
	Tasks(ctx context.Context, caseID core.ID) ([]Task, error)
	OpenTasks(ctx context.Context, q TaskQuery) ([]Task, error)
	Task(ctx context.Context, id core.ID) (*Task, error)
	Notes(ctx context.Context, caseID core.ID) ([]Note, error)
	Documents(ctx context.Context, owner core.ID) ([]Document, error) // without content
	Document(ctx context.Context, id core.ID) (*Document, error)
	DraftByID(ctx context.Context, id core.ID) (*DraftRow, error)
	Drafts(ctx context.Context, author, agency core.ID) ([]DraftRow, error) // own, and shared in the agency
	SavedViews(ctx context.Context, user core.ID) ([]SavedView, error)
	Agency(ctx context.Context, id core.ID) (*core.Agency, error)
	Agencies(ctx context.Context, kind core.AgencyKind) ([]core.Agency, error) // active; "" for all kinds
	Submitted(ctx context.Context, agency core.ID, key string) (caseID core.ID, digest []byte, err error)
}

// Tx is one write transaction: it reads what it wrote, and everything in it
// happens or nothing does.
type Tx interface {
	Reader
	AddCase(ctx context.Context, c *Case) error
	SaveCase(ctx context.Context, c *Case, readRev int) error // core.Conflict when the row moved on
	AddEvent(ctx context.Context, e Event) error
	AddSection(ctx context.Context, s SealedSection) error
	AddConsent(ctx context.Context, c Consent) error
	EndConsent(ctx context.Context, id core.ID, at time.Time, by core.ID) error
	AddDecision(ctx context.Context, d Decision) error
	SaveDecision(ctx context.Context, d Decision, readRev int) error
	AddLetter(ctx context.Context, l Letter) error
	AddInfoRequest(ctx context.Context, r InfoRequest) error
	SaveInfoRequest(ctx context.Context, r InfoRequest, readRev int) error
	AddTask(ctx context.Context, t Task) error
	SaveTask(ctx context.Context, t Task, readRev int) error
	AddNote(ctx context.Context, n Note) error
	AddDocument(ctx context.Context, d Document) error
	DropDocument(ctx context.Context, id core.ID) error
	MoveDocuments(ctx context.Context, from, to core.ID) error
	AddDraft(ctx context.Context, d DraftRow) error
	SaveDraft(ctx context.Context, d DraftRow, readRev int) error
	DropDraft(ctx context.Context, id core.ID) error
	AddBlind(ctx context.Context, caseID core.ID, digests []BlindDigest) error
	AddPair(ctx context.Context, p Pair) error // core.Conflict when the two are a pair already
	SavePair(ctx context.Context, p Pair, readRev int) error
	AddPairAnswer(ctx context.Context, a PairAnswer) error
	TakeLinks(ctx context.Context) error // nobody else changes groups until this transaction ends
	SetGroup(ctx context.Context, cases []core.ID) error
	AddSavedView(ctx context.Context, v SavedView) error
	DropSavedView(ctx context.Context, user, id core.ID) error
	AddSubmitted(ctx context.Context, agency core.ID, key string, digest []byte, caseID core.ID, at time.Time) error

	Append(ctx context.Context, e ledger.Entry, content []byte) error
	Enqueue(ctx context.Context, j job.Job) error
	ShredTrace(ctx context.Context, caseID core.ID) error // the ledger's salts and the blind indexes of a case
}

// Store is where cases are kept.
type Store interface {
	Reader
	Write(ctx context.Context, fn func(tx Tx) error) error
}

// BlindDigest is one blind index of a case.
type BlindDigest struct {
	Kind   string
	Digest []byte
}

// BlindQuery looks for cases by blind index: every group must match, and a
// group matches when any of its digests does (one for each blind key in use).
type BlindQuery struct {
	Groups [][][]byte
	Scope  access.Scope
	Not    core.ID // leave this case out
	Limit  int
}

// CaseQuery is one page of a list of cases.
type CaseQuery struct {
	Scope        access.Scope
	States       []State
	LiveOnly     bool
	Kind         Kind
	ChildOnly    bool
	Exploitation string
	Nationality  string
	Assignee     core.ID
	Unassigned   bool
	ReviewOnly   bool
	DueBefore    time.Time // zero: any
	DueFrom      time.Time
	Order        Order
	After        Cursor
	Limit        int
}

// Order is how a list of cases is sorted. Both are total orders.
type Order uint8

// The orders.
const (
	ByClock  Order = iota // least time left first, then oldest
	ByNewest              // newest first
)

// Cursor is where a page of a list ends: the sort key of its last row. The zero
// Cursor is the beginning.
type Cursor struct {
	DueAt int64   `json:"d,omitempty"`
	ID    core.ID `json:"i,omitzero"`
}

// QueueCounts is how much waits, as numbers only.
type QueueCounts struct {
	Live, Overdue, DueToday, Children, Unassigned, Review, InfoRequested int
	ByState                                                              map[State]int
	At                                                                   time.Time
}

// Workload is what one caseworker has on the desk.
type Workload struct {
	Assignee core.ID
	Live     int
	Overdue  int
}

// TaskQuery selects open tasks. Kinds empty means all.
type TaskQuery struct {
	Agency   core.ID
	Kinds    []TaskKind
	NotKinds []TaskKind
	Limit    int
}

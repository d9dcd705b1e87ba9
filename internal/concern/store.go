package concern

import (
	"context"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
)

// Query is one page of a list of concerns, the newest first.
type Query struct {
	Scope  access.ConcernScope
	Kind   Kind
	States []State // none: every state
	Before core.ID // the last of the page before
	Limit  int
}

// Figure is how many concerns of one month have the same codes.
type Figure struct {
	Month   string // "2026-11", UTC
	Caller  string
	Outcome string
	N       int
}

// Reader is what concern reads. A row that is not there is core.NotFound.
type Reader interface {
	Concern(ctx context.Context, id core.ID) (*Concern, error)
	Concerns(ctx context.Context, q Query) ([]Concern, error)
	Report(ctx context.Context, id core.ID) (*ReportRow, error)
	ReportByLocator(ctx context.Context, locator []byte) (*ReportRow, error)
	Messages(ctx context.Context, id core.ID) ([]MessageRow, error)
	Photo(ctx context.Context, id core.ID) (*PhotoRow, error)
	PhotoHead(ctx context.Context, id core.ID) (*PhotoRow, error) // without the picture
	LastRecord(ctx context.Context, id core.ID) (*RecordRow, error)
	Record(ctx context.Context, id core.ID, version int) (*RecordRow, error)
	Events(ctx context.Context, id core.ID) ([]Event, error)
	FollowUps(ctx context.Context, id core.ID) ([]FollowUp, error)
	FollowUp(ctx context.Context, id core.ID) (*FollowUp, error)
	OpenFollowUps(ctx context.Context, desk core.ID, after core.ID, limit int) ([]FollowUp, error) // by id
	Article(ctx context.Context, id core.ID) (*Article, error)
	ArticleVersion(ctx context.Context, id core.ID, version int) (*Article, error)
	Articles(ctx context.Context, words []string, lang string, all bool, limit int) ([]Article, error)
	Figures(ctx context.Context, desk core.ID, kind Kind, from, until time.Time) ([]Figure, error)
	Desk(ctx context.Context, code string) (*core.Agency, error) // the active agency of that code; "" the first that has an adviser
	Agency(ctx context.Context, id core.ID) (*core.Agency, error)
	Waiting(ctx context.Context, desk core.ID) (Waiting, error)
}

// Waiting is what waits at a desk.
type Waiting struct{ Quarantined, Unread, Due, Running int }

// Tx is one write transaction: it reads what it wrote, and everything in it
// happens or nothing does.
type Tx interface {
	Reader
	AddConcern(ctx context.Context, c *Concern) error
	SaveConcern(ctx context.Context, c *Concern, readRev int) error // core.Conflict when the row moved on
	AddReport(ctx context.Context, r ReportRow) error
	ConfirmReport(ctx context.Context, id core.ID, at time.Time) error
	AddMessage(ctx context.Context, m MessageRow) error
	AddPhoto(ctx context.Context, p PhotoRow) error
	AddRecord(ctx context.Context, r RecordRow) error
	AddEvent(ctx context.Context, e Event) error
	AddFollowUp(ctx context.Context, f FollowUp) error
	SaveFollowUp(ctx context.Context, f FollowUp, readRev int) error
	AddArticle(ctx context.Context, a Article, folded string) error
	Erase(ctx context.Context, id core.ID) error // every sealed row of the concern

	Append(ctx context.Context, e ledger.Entry, content []byte) error
	Enqueue(ctx context.Context, j job.Job) error
}

// Store is where concerns are kept.
type Store interface {
	Reader
	Write(ctx context.Context, fn func(tx Tx) error) error
}

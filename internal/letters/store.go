package letters

import (
	"context"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/ledger"
)

// Store is where letters, their printed sheets and the approvals are kept. A row
// that is not there is core.NotFound.
type Store interface {
	Case(ctx context.Context, id core.ID) (*casework.Case, error)
	LetterOf(ctx context.Context, decision core.ID) (*casework.Letter, error)
	Issue(ctx context.Context, letter core.ID) (*Issue, error)
	Approvals(ctx context.Context) ([]Approval, error)
	Write(ctx context.Context, fn func(tx Tx) error) error
}

// Tx is one write transaction.
type Tx interface {
	Issue(ctx context.Context, letter core.ID) (*Issue, error)
	AddIssue(ctx context.Context, i Issue) error // the first one stays
	AddApproval(ctx context.Context, a Approval) error
	DropApproval(ctx context.Context, path, digest string) error
	Append(ctx context.Context, e ledger.Entry, content []byte) error
}

// Issue is the printed sheet of a letter as it first left the house, sealed.
type Issue struct {
	LetterID core.ID
	Sealed   []byte
	At       time.Time
	By       core.ID
}

// Approval says that a professional translator has looked at one wording.
type Approval struct {
	Path, Digest, Version string
	At                    time.Time
	By                    core.ID
}

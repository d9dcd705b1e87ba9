package safeguarding

import (
	"context"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
)

// Reader is what this room reads. A row that is not there is core.NotFound. Lists
// come oldest first unless they say otherwise.
type Reader interface {
	Subject(ctx context.Context, caseID core.ID) (*Subject, error)
	TrackSteps(ctx context.Context, caseID core.ID) ([]StepRow, error)
	TrackRecords(ctx context.Context, caseID core.ID) ([]Record, error)
	ChildTracks(ctx context.Context, q TrackQuery) ([]TrackLine, error)
	Episode(ctx context.Context, id core.ID) (*Episode, error)
	Episodes(ctx context.Context, caseID core.ID) ([]Episode, error)
	EpisodeNotes(ctx context.Context, episode core.ID) ([]EpisodeNote, error)
	OpenEpisodes(ctx context.Context, q EpisodeQuery) ([]MissingLine, error) // newest first
	Carers(ctx context.Context, caseID core.ID) ([]Carer, error)
	Carer(ctx context.Context, id core.ID) (*Carer, error)
	Advocacies(ctx context.Context, caseID core.ID) ([]Advocacy, error)
	Advocacy(ctx context.Context, id core.ID) (*Advocacy, error)
	SharedTraces(ctx context.Context, caseID core.ID) ([]Shared, error) // what other children have in common with this one
	Notice(ctx context.Context, id core.ID) (*Notice, error)
	OpenNotices(ctx context.Context, q NoticeQuery) ([]NoticeView, error) // urgent first, then oldest
	NoticesOf(ctx context.Context, caseID core.ID) ([]Notice, error)
	Agency(ctx context.Context, id core.ID) (*core.Agency, error)
	Agencies(ctx context.Context, kind core.AgencyKind) ([]core.Agency, error)
}

// Tx is one write transaction. A Save of a row that moved on is core.Conflict.
type Tx interface {
	Reader
	AddTrack(ctx context.Context, t *Track) error
	SaveTrack(ctx context.Context, t *Track, readRev int) error
	AddStep(ctx context.Context, s StepRow) error
	SaveStep(ctx context.Context, s StepRow, readRev int) error
	AddTrackRecord(ctx context.Context, r Record) error
	AddEpisode(ctx context.Context, e *Episode) error
	SaveEpisode(ctx context.Context, e *Episode, readRev int) error
	AddEpisodeNote(ctx context.Context, n EpisodeNote) error
	AddCarer(ctx context.Context, c *Carer) error
	SaveCarer(ctx context.Context, c *Carer, readRev int) error
	AddAdvocacy(ctx context.Context, a *Advocacy) error
	SaveAdvocacy(ctx context.Context, a *Advocacy, readRev int) error
	AddTraces(ctx context.Context, traces []Trace) error
	AddNotice(ctx context.Context, n Notice) (added bool, err error) // false: that key was told already
	SaveNotice(ctx context.Context, n Notice, readRev int) error

	Append(ctx context.Context, e ledger.Entry, content []byte) error
	Enqueue(ctx context.Context, j job.Job) error
}

// Store is where tracks are kept.
type Store interface {
	Reader
	WriteChild(ctx context.Context, fn func(tx Tx) error) error
}

// TrackQuery is one page of children in the order of their next clock.
type TrackQuery struct {
	Scope access.Scope
	After TrackCursor
	Limit int
}

// TrackCursor is where a page ends; the zero value is the beginning.
type TrackCursor struct {
	Due int64   `json:"d,omitempty"`
	ID  core.ID `json:"i,omitzero"`
}

// TrackLine is a child in a list.
type TrackLine struct {
	Subject
	Notify Status
	Due    int64 // the sort key
}

// EpisodeQuery is one page of open episodes.
type EpisodeQuery struct {
	Scope  access.Scope
	Before core.ID // zero: from the newest
	Limit  int
}

// MissingLine is a missing child in a list.
type MissingLine struct {
	Subject
	Episode
}

// NoticeQuery is an agency's inbox.
type NoticeQuery struct {
	Agency core.ID
	Scope  access.Scope // of the children the reader may know to be missing, or follow
	Limit  int
}

// TraceKind is what a blind index was made from.
type TraceKind string

// The kinds. The strong ones tell one adult from others.
const (
	TracePhone    TraceKind = "phone"
	TraceAddress  TraceKind = "address"
	TraceAdult    TraceKind = "adult"
	TracePlace    TraceKind = "place"
	TraceDocument TraceKind = "document"
	TraceNameBorn TraceKind = "name_and_date"
)

var traceLabels = map[TraceKind]string{TracePhone: "The same phone number", TraceAddress: "The same address", TraceAdult: "An adult of the same name",
	TracePlace: "The same place", TraceDocument: "The same identity document", TraceNameBorn: "An adult of the same name and date of birth"}

// Label returns what two children have in common, in plain words.
func (k TraceKind) Label() string { return traceLabels[k] }

// strong reports whether the kind tells one adult from others.
func (k TraceKind) strong() bool {
	return k == TracePhone || k == TraceDocument || k == TraceNameBorn
}

// Source is where a trace comes from.
type Source string

// The sources.
const (
	FromEpisode Source = "episode"
	FromCarer   Source = "carer"
)

// Trace is one blind index of a value that may turn up with another child.
type Trace struct {
	Digest   []byte
	CaseID   core.ID
	SourceID core.ID
	Source   Source
	Kind     TraceKind
	At       time.Time
}

// Shared is one value that this child and another have in common; which value, it
// does not say.
type Shared struct {
	Kind          TraceKind
	SourceID      core.ID // of this child
	Source        Source
	Other         Subject
	OtherSource   Source
	OtherSourceID core.ID
}

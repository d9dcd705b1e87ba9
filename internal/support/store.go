package support

import (
	"context"
	"time"

	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
)

// Cursor is where a page of a list ends. The zero Cursor is the beginning.
type Cursor struct {
	Key int64
	ID  core.ID
}

// Reader is what support reads. A row that is not there is core.NotFound. Lists
// come oldest first unless they say otherwise.
type Reader interface {
	Case(ctx context.Context, id core.ID) (*Case, error)
	ContactSection(ctx context.Context, caseID core.ID) (sealed []byte, version int, err error)

	Agreement(ctx context.Context, id core.ID) (*Agreement, error)
	Agreements(ctx context.Context, agency core.ID) ([]Agreement, error) // zero: of all
	Place(ctx context.Context, id core.ID) (*Place, error)
	Places(ctx context.Context, agency, after core.ID, limit int) ([]Place, error)
	Beds(ctx context.Context, places []core.ID) ([]Bed, error)
	Bed(ctx context.Context, id core.ID) (*Bed, error)
	FreeBeds(ctx context.Context, agency core.ID, who string, accessible bool, sleeps, limit int) ([]Bed, error)
	Candidates(ctx context.Context, day core.Date, n Needs) ([]Candidate, error)
	BedCounts(ctx context.Context, agency core.ID) (map[BedState]int, error)

	BedTotals(ctx context.Context) ([]BedTotal, error)
	WaitingTotals(ctx context.Context) ([]WaitingTotal, error)
	EndingStays(ctx context.Context) ([]EndingStays, error)
	ArrivalDays(ctx context.Context, from core.Date) ([]ArrivalDay, error)
	Housed(ctx context.Context) ([]Housed, error)

	Request(ctx context.Context, id core.ID) (*Request, error)
	RequestsOf(ctx context.Context, caseID core.ID) ([]Request, error)
	OpenRequests(ctx context.Context, after Cursor, limit int) ([]Request, error) // by the time they opened
	Offer(ctx context.Context, id core.ID) (*Offer, error)
	OffersOf(ctx context.Context, request core.ID) ([]Offer, error)
	OffersTo(ctx context.Context, agency core.ID, states []OfferState, limit int) ([]Offer, error) // least time left first

	File(ctx context.Context, id core.ID) (*File, error)
	FileOf(ctx context.Context, caseID core.ID) (*File, error) // the newest
	Files(ctx context.Context, agency core.ID, ended bool, after Cursor, limit int) ([]File, error)
	StaysOf(ctx context.Context, file core.ID) ([]Stay, error)
	Overlapping(ctx context.Context, bed, person core.ID, from, until core.Date, not core.ID) ([]Stay, error)
	Stay(ctx context.Context, id core.ID) (*Stay, error)
	Section(ctx context.Context, file core.ID, name string) (*Section, error)
	Goals(ctx context.Context, file core.ID) ([]Goal, error)
	Goal(ctx context.Context, id core.ID) (*Goal, error)
	Contacts(ctx context.Context, file core.ID, limit int) ([]Contact, error) // newest planned first
	Contact(ctx context.Context, id core.ID) (*Contact, error)
	NextContact(ctx context.Context, file core.ID) (time.Time, error)            // zero: none is planned
	Payments(ctx context.Context, file core.ID, limit int) ([]Payment, error)    // newest first
	Activities(ctx context.Context, file core.ID, limit int) ([]Activity, error) // newest first
	OpenTasks(ctx context.Context, agency core.ID, limit int) ([]Task, error)
	TasksOf(ctx context.Context, caseID core.ID) ([]Task, error) // open ones

	Permit(ctx context.Context, id core.ID) (*Permit, error)
	PermitsOf(ctx context.Context, caseID core.ID) ([]Permit, error)
	Return(ctx context.Context, id core.ID) (*Return, error)
	ReturnsOf(ctx context.Context, caseID core.ID) ([]Return, error)
	LastRedress(ctx context.Context, caseID core.ID) (*RedressVersion, error)
	IdentitySection(ctx context.Context, caseID core.ID) (sealed []byte, version int, err error)
	DocumentsOf(ctx context.Context, caseID core.ID) ([]core.ID, error)
	AgencyKind(ctx context.Context, agency core.ID) (core.AgencyKind, error) // of one that is active
}

// Tx is one write transaction.
type Tx interface {
	Reader
	AddAgreement(ctx context.Context, a *Agreement) error
	SaveAgreement(ctx context.Context, a *Agreement, readRev int) error
	AddPlace(ctx context.Context, p *Place) error
	SavePlace(ctx context.Context, p *Place, readRev int) error
	AddBed(ctx context.Context, b *Bed) error
	// MoveBed puts a bed from one state into another, and is the only way: a bed
	// that is not in the state it was read in is core.Conflict.
	MoveBed(ctx context.Context, bed core.ID, from, to BedState, at time.Time) error
	AddRequest(ctx context.Context, r *Request) error
	SaveRequest(ctx context.Context, r *Request, readRev int) error
	AddOffer(ctx context.Context, o *Offer) error
	SaveOffer(ctx context.Context, o *Offer, readRev int) error
	AddFile(ctx context.Context, f *File) error
	SaveFile(ctx context.Context, f *File, readRev int) error
	AddStay(ctx context.Context, s *Stay) error
	SaveStay(ctx context.Context, s *Stay, readRev int) error
	AddSection(ctx context.Context, s Section) error
	AddGoal(ctx context.Context, g *Goal) error
	SaveGoal(ctx context.Context, g *Goal, readRev int) error
	AddContact(ctx context.Context, c *Contact) error
	SaveContact(ctx context.Context, c *Contact, readRev int) error
	AddPayment(ctx context.Context, p *Payment) error
	AddActivity(ctx context.Context, a *Activity) error

	AddPermit(ctx context.Context, p *Permit) error
	SavePermit(ctx context.Context, p *Permit, readRev int) error
	AddReturn(ctx context.Context, r *Return) error
	SaveReturn(ctx context.Context, r *Return, readRev int) error
	AddRedress(ctx context.Context, v RedressVersion) error

	// SetSupportAgency opens or closes the case to the provider, by
	// compare-and-set on the case's rev.
	SetSupportAgency(ctx context.Context, c *Case, agency core.ID, at time.Time) error
	AddEvent(ctx context.Context, e Event) error
	// RaiseTask adds a task unless the same one is open, and reports whether it did.
	RaiseTask(ctx context.Context, t Task) (bool, error)
	// CloseTasks marks open tasks of the case as done: of the kinds and, unless it
	// is empty, with the detail.
	CloseTasks(ctx context.Context, caseID, agency core.ID, kinds []string, detail string, at time.Time, by core.ID) error

	Append(ctx context.Context, e ledger.Entry, content []byte) error
	Enqueue(ctx context.Context, j job.Job) error
}

// Store is where support is kept.
type Store interface {
	Reader
	Write(ctx context.Context, fn func(tx Tx) error) error
}

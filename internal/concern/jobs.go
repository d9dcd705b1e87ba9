package concern

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
)

// What another room does about a concern. The payload is a HandedOn.
const (
	// JobSafeguarding is an alert about a child, taken by the safeguarding room.
	JobSafeguarding = "safeguarding.alert"
	// JobIntelligence is a submission to the intelligence room. Until there is
	// one, the job waits: a queue takes only kinds that it has a handler for.
	JobIntelligence = "intel.submission"
)

const (
	jobRemind = "concern.remind"
	jobErase  = "concern.erase"

	eraseAfter = 30 * 24 * time.Hour // what was discarded by mistake can be taken back until then
)

// JobKinds lists the kinds of job that RunJob runs.
func JobKinds() []string { return []string{jobRemind, jobErase} }

type jobPayload struct {
	Concern core.ID `json:"concern"`
	Mark    string  `json:"mark"`
}

// HandedOn is the payload of JobSafeguarding and JobIntelligence: ids and codes
// only. The words stay sealed with the concern.
type HandedOn struct {
	Concern core.ID   `json:"concern"`
	Desk    core.ID   `json:"desk"`
	To      core.ID   `json:"to,omitempty"` // of an alert: the local authority
	Kind    Kind      `json:"kind"`
	Danger  bool      `json:"danger,omitempty"`
	Grading Grading   `json:"grading"`
	At      time.Time `json:"at"`
}

func (s *Service) handOnJob(ctx context.Context, tx Tx, kind string, c *Concern, to core.ID) error {
	payload, err := json.Marshal(HandedOn{Concern: c.ID, Desk: c.Desk, To: to, Kind: c.Kind, Danger: c.Danger, Grading: c.Grading, At: s.clock.Now()})
	if err != nil {
		return fmt.Errorf("concern: %w", err)
	}
	return tx.Enqueue(ctx, job.Job{ID: s.ids.New(), Kind: kind, Key: c.ID.String() + ":" + to.String(), RunAt: s.clock.Now(), Payload: payload})
}

// RunJob runs a job of JobKinds inside the transaction that completes it.
func (s *Service) RunJob(ctx context.Context, tx Tx, j job.Job) error {
	var p jobPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return job.Fatal(fmt.Errorf("concern: job payload: %w", err))
	}
	var err error
	switch j.Kind {
	case jobRemind:
		err = s.remind(ctx, tx, p)
	case jobErase:
		err = s.erase(ctx, tx, p)
	default:
		return job.Fatal(fmt.Errorf("concern: no job kind %q", j.Kind))
	}
	if core.KindOf(err) == core.NotFound {
		return job.Fatal(err)
	}
	return err
}

// remind marks a follow-up whose time has come, once, so that it stands first on
// its desk's pages.
func (s *Service) remind(ctx context.Context, tx Tx, p jobPayload) error {
	id, err := core.ParseID(p.Mark)
	if err != nil {
		return job.Fatal(err)
	}
	f, err := tx.FollowUp(ctx, id)
	if err != nil || !f.DoneAt.IsZero() || !f.RemindedAt.IsZero() {
		return err
	}
	return s.actIn(ctx, tx, core.SystemActor(), core.Identify, p.Concern, 0, access.AdvanceConcern, func(t *turn) error {
		readRev := f.Rev
		f.Rev, f.RemindedAt = readRev+1, s.clock.Now()
		t.kind, t.detail = "reminded", f.ID.String()
		return tx.SaveFollowUp(ctx, *f, readRev)
	})
}

// erase destroys what was discarded a while ago and not taken back: its key, and
// every sealed row. The row of codes stays, so that the desk's figures add up.
func (s *Service) erase(ctx context.Context, tx Tx, p jobPayload) error {
	c, err := tx.Concern(ctx, p.Concern)
	if err != nil || c.State != Discarded || fmt.Sprint(c.ClosedAt.Unix()) != p.Mark {
		return err
	}
	if err := s.vault.Shred(ctx, c.PersonID); err != nil {
		return err
	}
	return s.actIn(ctx, tx, core.SystemActor(), core.Identify, p.Concern, 0, access.AdvanceConcern, func(t *turn) error {
		t.kind = "erased"
		return tx.Erase(ctx, c.ID)
	})
}

package likeness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clew/internal/core"
	"clew/match/index"
	"clew/match/score"
)

// Sizes of the steps, so that a long way holds nobody up: a page is read and
// opened in some tens of milliseconds.
const (
	pageSize  = 500
	sweepSize = 500
)

// Run builds the index and keeps it current until ctx ends, with a look at the
// ledger every poll and whenever it is woken. What goes wrong is logged and tried
// again.
func (x *Index) Run(ctx context.Context, poll time.Duration) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-x.wake:
		}
		if err := x.step(ctx); err != nil && ctx.Err() == nil {
			x.log.Warn("the likeness index could not be brought up to date, trying again", "error", err.Error())
		}
		timer.Reset(poll)
	}
}

func (x *Index) step(ctx context.Context) error {
	if !x.Whole() {
		if err := x.Build(ctx); err != nil {
			return err
		}
	}
	if err := x.CatchUp(ctx); err != nil {
		return err
	}
	return x.Sweep(ctx)
}

// Wake lets Run look at the ledger now. Nothing depends on it.
func (x *Index) Wake() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Build reads every identity. The position is noted first: what is written while
// the cases are walked is followed afterwards, and reading one twice does no harm.
func (x *Index) Build(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	from, err := x.source.Positions(ctx)
	if err != nil {
		return err
	}
	total, err := x.source.CountIdentities(ctx)
	if err != nil {
		return err
	}
	x.total.Store(int64(total))
	x.built.Store(0)
	known := make(map[core.ID]int32, total)
	b := index.NewBuilder(x.model)
	err = x.readAll(ctx, known, func(r Row, in score.Input) { b.Add(index.RawEntry{ID: key(r.Case), Input: in}) })
	made := b.Finish() // also after an error: the builder's workers end with it
	if err != nil {
		return err
	}
	x.known = known
	x.followed.Store(from)
	x.whole.Store(made)
	return nil
}

func (x *Index) readAll(ctx context.Context, known map[core.ID]int32, add func(Row, score.Input)) error {
	var after core.ID
	for {
		rows, err := x.source.Identities(ctx, after, pageSize)
		if err != nil {
			return fmt.Errorf("read identities: %w", err)
		}
		if err := x.keys.Warm(ctx, ownersOf(rows)...); err != nil {
			return err
		}
		for _, r := range rows {
			in, err := x.read(ctx, r)
			if err != nil {
				return err
			}
			known[r.Case] = int32(r.Version) //nolint:gosec // versions count from 1
			if in != nil {
				add(r, *in)
			}
		}
		x.built.Add(int64(len(rows)))
		if len(rows) < pageSize {
			return nil
		}
		after = rows[len(rows)-1].Case
	}
}

// read opens one identity. It is nil where there is nothing to know somebody by,
// where the person was erased, and where what is stored is damaged: one broken
// row must not keep everybody else out.
func (x *Index) read(ctx context.Context, r Row) (*score.Input, error) {
	in, err := x.open(ctx, r)
	switch {
	case core.KindOf(err) == core.NotFound:
		return nil, nil
	case errors.Is(err, ErrDamaged):
		x.unreadable.Add(1)
		x.log.Warn("an identity cannot be read and is not in the likeness index", "case", r.Case.String())
		return nil, nil
	case err != nil:
		return nil, err
	case silent(&in):
		return nil, nil
	}
	return &in, nil
}

// silent reports an identity that says nothing by which somebody could be known.
func silent(in *score.Input) bool {
	return in.Name == "" && in.Given == "" && in.Family == "" && len(in.Aliases) == 0 && len(in.Documents) == 0 && len(in.Phones) == 0 && len(in.Emails) == 0
}

// CatchUp follows the ledger to the last position that has been given.
func (x *Index) CatchUp(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.Whole() {
		return nil
	}
	to, err := x.source.Positions(ctx)
	if err != nil {
		return err
	}
	x.behind.Store(to - x.followed.Load())
	for x.followed.Load() < to {
		cases, until, err := x.source.Written(ctx, x.followed.Load(), to)
		if err != nil {
			return err
		}
		if err := x.refresh(ctx, cases); err != nil {
			return err
		}
		x.followed.Store(until)
		x.behind.Store(to - until)
	}
	return nil
}

// refresh brings some cases up to date. Only an identity that is new is opened.
func (x *Index) refresh(ctx context.Context, cases []core.ID) error {
	if len(cases) == 0 {
		return nil
	}
	rows, err := x.source.IdentitiesOf(ctx, cases)
	if err != nil {
		return err
	}
	living, err := x.keys.Living(ctx, ownersOf(rows)...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if !living[r.Person] {
			x.drop(r.Case)
			continue
		}
		if have, ok := x.known[r.Case]; ok && int(have) == r.Version {
			continue
		}
		in, err := x.read(ctx, r)
		if err != nil {
			return err
		}
		x.put(r, in)
	}
	return nil
}

func (x *Index) put(r Row, in *score.Input) {
	v := x.whole.Load()
	if in == nil {
		v.Remove(key(r.Case))
	} else {
		v.Put(index.Entry{ID: key(r.Case), Record: score.NewRecord(*in)})
	}
	x.known[r.Case] = int32(r.Version) //nolint:gosec // versions count from 1
}

// Sweep looks whether some of the people in the index still have a key, and takes
// out those who have none. A key may be destroyed by the command line, which writes
// to the key store and not to the ledger. It goes round and round, some people at a
// time.
func (x *Index) Sweep(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.Whole() {
		return nil
	}
	rows, err := x.source.Owners(ctx, x.swept, sweepSize)
	if err != nil {
		return err
	}
	living, err := x.keys.Living(ctx, ownersOf(rows)...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, in := x.known[r.Case]; in && !living[r.Person] {
			x.drop(r.Case)
		}
	}
	x.swept = core.ID{}
	if len(rows) == sweepSize {
		x.swept = rows[len(rows)-1].Case
	}
	return nil
}

func ownersOf(rows []Row) []core.ID {
	people := make([]core.ID, len(rows))
	for i, r := range rows {
		people[i] = r.Person
	}
	return people
}

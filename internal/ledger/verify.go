package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"clew/internal/database"

	"golang.org/x/mod/sumdb/tlog"
)

// Progress is told how many of how many entries were checked.
type Progress func(done, total int64)

// Verify computes the whole tree anew from the entries and compares it with the
// stored hashes and with every checkpoint of the file. It reads only; writing may
// go on meanwhile. Memory does not grow with the number of entries. It needs no
// secret: the checkpoints were checked with the public key when they were read. The error is about not being able to verify;
// what is wrong with the record stands in the report.
func Verify(ctx context.Context, db *database.DB, checkpoints Witnesses, progress Progress) (Report, error) {
	report := checkpoints.report()
	v := &dbAudit{q: db.Reader(), report: &report, progress: progress}
	if err := v.run(ctx, checkpoints.want); err != nil {
		return Report{}, database.Explain(fmt.Errorf("verify ledger: %w", err))
	}
	report.sort()
	return report, nil
}

// Verify is [Verify] of this ledger against its own checkpoint file.
func (l *Log) Verify(ctx context.Context, progress Progress) (Report, error) {
	w, err := ReadWitnesses(l.file.path, l.key)
	if err != nil {
		return Report{}, err
	}
	return Verify(ctx, l.db, w, progress)
}

// dbAudit walks the entries of a database in the order of their positions.
type dbAudit struct {
	q        database.Querier
	report   *Report
	progress Progress
	head     head
	audit    *audit
	stored   storedTiles
	next     int64 // the position that must come now
}

const selectPlaced = `SELECT ` + recordColumns + ` FROM ledger_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq, id LIMIT $3`

func (v *dbAudit) run(ctx context.Context, want []Checkpoint) error {
	var err error
	if v.head, err = readHead(ctx, v.q); err != nil {
		return err
	}
	v.audit = newAudit(want, v.report)
	v.stored = storedTiles{q: v.q, report: v.report}
	from := int64(0)
	for {
		rows, err := v.q.QueryContext(ctx, selectPlaced, from, v.head.N, batchSize)
		records, err := scanRecords(rows, err)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			if err := v.one(ctx, r); err != nil {
				return err
			}
		}
		from = records[len(records)-1].seq.Int64 + 1
		if v.progress != nil {
			v.progress(v.next, v.head.N)
		}
	}
	return v.finish(ctx)
}

// one checks the record against the position that is due.
func (v *dbAudit) one(ctx context.Context, r record) error {
	if r.seq.Int64 < v.next {
		v.report.find(Finding{What: Inserted, From: r.seq.Int64, To: r.seq.Int64, Entry: r.id, Detail: "the position is held twice"})
		return nil
	}
	if err := v.gap(ctx, r.seq.Int64); err != nil {
		return err
	}
	if len(r.salt) == 0 {
		v.report.Shredded++
	}
	want, known, err := v.stored.leaf(ctx, v.next)
	if err != nil {
		return err
	}
	leaf, leafErr := r.leaf()
	got := leafHash(leaf)
	switch {
	case leafErr != nil:
		v.report.find(Finding{What: Changed, From: v.next, To: v.next, Entry: r.id, Detail: leafErr.Error()})
	case known && got != want:
		what, detail := Changed, "its hash is not the one that was recorded"
		if v.stored.holds(got) {
			what, detail = Reordered, "it belongs to another position"
		}
		v.report.find(Finding{What: what, From: v.next, To: v.next, Entry: r.id, Detail: detail})
	}
	if !known && leafErr == nil {
		want = got
	}
	return v.advance(ctx, want)
}

// gap reports the positions up to seq that nobody holds. The tree goes on with
// the hashes that were recorded for them, so that what follows can be checked.
func (v *dbAudit) gap(ctx context.Context, seq int64) error {
	if v.next >= seq {
		return nil
	}
	v.report.find(Finding{What: Removed, From: v.next, To: seq - 1, Detail: "no entry holds this position"})
	for v.next < seq {
		h, known, err := v.stored.leaf(ctx, v.next)
		if err != nil {
			return err
		}
		if !known {
			v.next = seq // the tree cannot be made whole any more; the checkpoints will disagree
			return nil
		}
		if err := v.advance(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

func (v *dbAudit) advance(ctx context.Context, h tlog.Hash) error {
	v.audit.add(h)
	v.next++
	return v.stored.grown(ctx, h)
}

const selectTotals = `SELECT size, (SELECT count(*) FROM ledger_entry WHERE seq IS NOT NULL), (SELECT count(*) FROM ledger_entry WHERE seq IS NULL)
FROM ledger_head WHERE one = 1`

func (v *dbAudit) finish(ctx context.Context) error {
	if err := v.gap(ctx, v.head.N); err != nil {
		return err
	}
	if err := v.stored.end(ctx); err != nil {
		return err
	}
	if root := v.audit.tree.root(); root != v.head.Hash {
		v.report.find(Finding{What: BadTree, From: -1, To: -1, Detail: "the root in the database is not that of its entries"})
	}
	v.audit.end()
	var size, placed int64
	if err := v.q.QueryRowContext(ctx, selectTotals).Scan(&size, &placed, &v.report.Pending); err != nil {
		return err
	}
	if placed > size {
		v.report.find(Finding{What: Inserted, From: size, To: placed - 1, Detail: fmt.Sprintf("%d entries hold a position, but there are only %d positions", placed, size)})
	}
	return nil
}

// storedTiles compares the hashes of the tree with those in the database, level
// by level, while the tree is computed anew.
type storedTiles struct {
	q      database.Querier
	report *Report
	n      int64  // the tile of leaves in data
	data   []byte // nil when none was loaded
	loaded bool
	levels []level
}

// level collects the hashes of the tile that is being filled.
type level struct {
	n    int64 // the tile's number
	data []byte
}

// leaf returns the hash that was recorded for a position.
func (s *storedTiles) leaf(ctx context.Context, position int64) (tlog.Hash, bool, error) {
	if n := position / tileWidth; !s.loaded || n != s.n {
		data, err := s.load(ctx, 0, n)
		if err != nil {
			return tlog.Hash{}, false, err
		}
		s.n, s.data, s.loaded = n, data, true
	}
	at := int(position%tileWidth) * tlog.HashSize
	if at+tlog.HashSize > len(s.data) {
		return tlog.Hash{}, false, nil
	}
	return tlog.Hash(s.data[at : at+tlog.HashSize]), true, nil
}

func (s *storedTiles) load(ctx context.Context, level int, n int64) ([]byte, error) {
	var data []byte
	err := s.q.QueryRowContext(ctx, selectTile, level, n).Scan(&data)
	if err == sql.ErrNoRows {
		err = nil
	}
	return data, err
}

// holds reports whether h was recorded for a position near the present one.
func (s *storedTiles) holds(h tlog.Hash) bool {
	for at := 0; at+tlog.HashSize <= len(s.data); at += tlog.HashSize {
		if bytes.Equal(s.data[at:at+tlog.HashSize], h[:]) {
			return true
		}
	}
	return false
}

// grown adds a leaf's hash and compares each tile that it fills.
func (s *storedTiles) grown(ctx context.Context, h tlog.Hash) error {
	for l := 0; ; l++ {
		if l == len(s.levels) {
			s.levels = append(s.levels, level{})
		}
		t := &s.levels[l]
		t.data = append(t.data, h[:]...)
		if len(t.data) < tileWidth*tlog.HashSize {
			return nil
		}
		if err := s.check(ctx, l, *t); err != nil {
			return err
		}
		h = tileRoot(t.data)
		t.n, t.data = t.n+1, t.data[:0]
	}
}

// end compares the tiles at the right edge, which are not full.
func (s *storedTiles) end(ctx context.Context) error {
	for l, t := range s.levels {
		if len(t.data) == 0 {
			continue
		}
		if err := s.check(ctx, l, t); err != nil {
			return err
		}
	}
	return nil
}

// check compares a tile with the stored one, which may hold more by now.
func (s *storedTiles) check(ctx context.Context, l int, t level) error {
	data, err := s.load(ctx, l, t.n)
	if err != nil || (len(data) >= len(t.data) && bytes.Equal(data[:len(t.data)], t.data)) {
		return err
	}
	span := int64(1) << (tileHeight * (l + 1)) // leaves below one tile
	s.report.find(Finding{What: BadTree, From: t.n * span, To: (t.n+1)*span - 1, Detail: fmt.Sprintf("the stored hashes of level %d are not those of the entries", l)})
	return nil
}

func tileRoot(data []byte) tlog.Hash {
	var f frontier
	for at := 0; at < len(data); at += tlog.HashSize {
		f.add(tlog.Hash(data[at : at+tlog.HashSize]))
	}
	return f.root()
}

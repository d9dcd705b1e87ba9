package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"clew/internal/database"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight makes tiles of 2⁸ hashes: 8 KiB a row, and two rows a thousand
// entries instead of two thousand.
const tileHeight = 8

// tileWidth is the number of hashes in a full tile.
const tileWidth = 1 << tileHeight

// head is the one row that says how large the tree is and what its root is.
type head struct {
	turn int64
	tlog.Tree
}

const selectHead = `SELECT turn, size, root FROM ledger_head WHERE one = 1`

func readHead(ctx context.Context, q database.Querier) (head, error) {
	var h head
	var root []byte
	if err := q.QueryRowContext(ctx, selectHead).Scan(&h.turn, &h.N, &root); err != nil {
		return head{}, fmt.Errorf("read ledger head: %w", err)
	}
	switch {
	case h.N == 0 && len(root) == 0:
		h.Hash, _ = tlog.TreeHash(0, nil)
	case h.N > 0 && len(root) == tlog.HashSize:
		copy(h.Hash[:], root)
	default:
		return head{}, errBroken("the ledger's head row is damaged")
	}
	return h, nil
}

// tiles reads the tree's hashes from the database. The library checks what it
// returns against the root before it believes it.
type tiles struct {
	ctx   context.Context
	q     database.Querier
	cache map[tileKey][]byte
}

type tileKey struct {
	level int
	n     int64
}

// hashesOf returns the hashes of a tree as stored, every one authenticated by
// the tree's root.
func hashesOf(ctx context.Context, q database.Querier, tree tlog.Tree) tlog.HashReader {
	return tlog.TileHashReader(tree, &tiles{ctx: ctx, q: q, cache: map[tileKey][]byte{}})
}

func (*tiles) Height() int { return tileHeight }

// SaveTiles keeps nothing: the tiles come from where they would be saved.
func (*tiles) SaveTiles([]tlog.Tile, [][]byte) {}

const selectTile = `SELECT data FROM ledger_tile WHERE level = $1 AND n = $2`

func (t *tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(want))
	for i, tile := range want {
		data, err := t.read(tileKey{tile.L, tile.N})
		if err != nil {
			return nil, err
		}
		if len(data) < tile.W*tlog.HashSize {
			return nil, errBroken("a part of the ledger's tree is missing")
		}
		out[i] = data[:tile.W*tlog.HashSize]
	}
	return out, nil
}

func (t *tiles) read(key tileKey) ([]byte, error) {
	if data, ok := t.cache[key]; ok {
		return data, nil
	}
	var data []byte
	err := t.q.QueryRowContext(t.ctx, selectTile, key.level, key.n).Scan(&data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read ledger tree: %w", err)
	}
	t.cache[key] = data
	return data, nil
}

// growth is a tree to which leaves are being added: the new hashes in memory, the
// old ones behind them.
type growth struct {
	size  int64
	fresh map[int64]tlog.Hash // by stored hash index
	old   tlog.HashReader
}

func newGrowth(size int64, old tlog.HashReader) *growth {
	return &growth{size: size, fresh: map[int64]tlog.Hash{}, old: old}
}

func (g *growth) add(leaf []byte) error {
	hashes, err := tlog.StoredHashes(g.size, leaf, g)
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, g.size)
	for i, h := range hashes {
		g.fresh[first+int64(i)] = h
	}
	g.size++
	return nil
}

// ReadHashes implements tlog.HashReader.
func (g *growth) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var missing []int64
	var at []int
	for i, index := range indexes {
		if h, ok := g.fresh[index]; ok {
			out[i] = h
			continue
		}
		missing, at = append(missing, index), append(at, i)
	}
	if len(missing) == 0 {
		return out, nil
	}
	old, err := g.old.ReadHashes(missing)
	if err != nil {
		return nil, err
	}
	for i, h := range old {
		out[at[i]] = h
	}
	return out, nil
}

const upsertTile = `INSERT INTO ledger_tile (level, n, data) VALUES ($1, $2, $3) ON CONFLICT (level, n) DO UPDATE SET data = excluded.data`

// save writes the tiles that changed since the tree had oldSize leaves.
func (g *growth) save(ctx context.Context, q database.Querier, oldSize int64) error {
	widest := map[tileKey]tlog.Tile{}
	for _, t := range tlog.NewTiles(tileHeight, oldSize, g.size) {
		if k := (tileKey{t.L, t.N}); t.W > widest[k].W {
			widest[k] = t
		}
	}
	for k, t := range widest {
		data, err := tlog.ReadTileData(t, g)
		if err != nil {
			return fmt.Errorf("grow ledger tree: %w", err)
		}
		if _, err := q.ExecContext(ctx, upsertTile, k.level, k.n, data); err != nil {
			return fmt.Errorf("write ledger tree: %w", err)
		}
	}
	return nil
}

func treeHash(g *growth) (tlog.Hash, error) {
	root, err := tlog.TreeHash(g.size, g)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("hash ledger tree: %w", err)
	}
	return root, nil
}

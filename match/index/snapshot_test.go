package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"clew/match/score"
)

func smallIndex(t testing.TB) *Index {
	r := rand.New(rand.NewPCG(6, 6))
	x := New(score.Default())
	for i := range 700 {
		x.Put(randomEntry(r, i))
	}
	x.Put(Entry{ID: "arabic", Record: score.NewRecord(score.Input{Name: "محمد علي", Aliases: []string{"김철수"}, Place: "Basra"})})
	x.Remove("e000003")
	x.Wait()
	return x
}

func TestSnapshotFindsTheSame(t *testing.T) {
	x := smallIndex(t)
	path := filepath.Join(t.TempDir(), "list.idx")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	y, err := Open(score.Default(), path)
	if err != nil {
		t.Fatal(err)
	}
	if x.Len() != y.Len() {
		t.Errorf("%d entries became %d", x.Len(), y.Len())
	}
	r := rand.New(rand.NewPCG(2, 2))
	queries := []score.Record{score.NewRecord(score.Input{Name: "Mohammed Ali"}), score.NewRecord(score.Input{Name: "Kim Cheolsu"})}
	for i := range 80 {
		queries = append(queries, randomEntry(r, i).Record)
	}
	for i := range queries {
		a, b := x.Search(&queries[i], Options{}), y.Search(&queries[i], Options{})
		if fmt.Sprint(ids(a)) != fmt.Sprint(ids(b)) {
			t.Errorf("%v: %v before, %v after", queries[i].Names, ids(a), ids(b))
		}
	}
	y.Put(Entry{ID: "new", Record: score.NewRecord(score.Input{Name: "Grace Hopper"})})
	y.Remove("arabic")
	if q := score.NewRecord(score.Input{Name: "Grace Hopper"}); len(y.Search(&q, Options{}).Hits) != 1 || y.Len() != x.Len() {
		t.Error("an opened index cannot be changed")
	}
}

func TestDamagedSnapshotIsRefusedAndRebuilt(t *testing.T) {
	x := smallIndex(t)
	path := filepath.Join(t.TempDir(), "list.idx")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 9))
	damages := map[string][]byte{"empty": {}, "cut": good[:len(good)/2], "another file": []byte("id,name\n1,x\n"), "longer": append(append([]byte(nil), good...), 0)}
	for i := range 40 {
		b := append([]byte(nil), good...)
		b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
		damages[fmt.Sprint("byte ", i)] = b
	}
	for name, b := range damages {
		bad := filepath.Join(t.TempDir(), "bad.idx")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(score.Default(), bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := filepath.Join(t.TempDir(), "absent.idx")
	for range 2 { // absent, then there
		y, err := OpenOrBuild(score.Default(), bad, func() (*Index, error) { return x, nil })
		if err != nil || y.Len() != x.Len() {
			t.Fatalf("%v", err)
		}
	}
	failing := errors.New("no list")
	if _, err := OpenOrBuild(score.Default(), filepath.Join(t.TempDir(), "x"), func() (*Index, error) { return nil, failing }); !errors.Is(err, failing) {
		t.Errorf("the builder's error is lost: %v", err)
	}
}

// A file with a right checksum that was made wrong is refused too, or at least
// searched without harm.
func FuzzSnapshot(f *testing.F) {
	path := filepath.Join(f.TempDir(), "list.idx")
	people := Build(score.Default(), []Entry{
		{ID: "1", Partition: "north", Record: score.NewRecord(score.Input{Name: "Anna Kowalska", Birth: "1980-02-03", Documents: []string{"AB120456"}, Countries: []string{"PL"}})},
		{ID: "2", Record: score.NewRecord(score.Input{Name: "محمد علي", Aliases: []string{"Bill van der Berg"}})},
	})
	for _, x := range []*Index{people, Build(score.Default(), nil)} {
		if err := x.Save(path); err != nil {
			f.Fatal(err)
		}
		good, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(good, uint32(0), byte(0))
		for at := 40; at < min(len(good), 1200); at += 24 {
			f.Add(good, uint32(at), byte(0xff))
		}
		f.Add(good[:64], uint32(0), byte(1))
	}
	f.Fuzz(func(t *testing.T, b []byte, at uint32, flip byte) {
		b = slices.Clone(b)
		if len(b) > 0 {
			b[int(at)%len(b)] ^= flip
		}
		if _, err := parseSnapshot(b); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		useWithRightChecksum(t, b)
	})
}

// useWithRightChecksum gives a file the checksum that belongs to it, and uses
// what it holds if it is read.
func useWithRightChecksum(t *testing.T, b []byte) (read bool) {
	if len(b) < 4 {
		return false
	}
	body := b[:len(b)-4]
	binary.NativeEndian.PutUint32(b[len(body):], crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
	s, err := parseSnapshot(b)
	if err != nil {
		return false
	}
	x := New(score.Default())
	x.view.Store(&view{segments: []*segment{s}})
	query := score.NewRecord(score.Input{Name: "Ana Kowalska", Documents: []string{"AB120456"}})
	for _, hit := range x.Search(&query, Options{Min: 0.01}).Hits {
		hit.Entry()
	}
	x.Remove("1")
	return true
}

// Files that were made wrong with a right checksum are refused or used without
// harm, wherever the wrong byte lies.
func TestWrongSnapshotDoesNoHarm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.idx")
	if err := Build(score.Default(), []Entry{{ID: "1", Record: score.NewRecord(score.Input{Name: "Anna Kowalska", Aliases: []string{"محمد علي"}, Birth: "1980-02-03", Documents: []string{"AB120456"}})}}).Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !useWithRightChecksum(t, slices.Clone(good)) {
		t.Fatal("a good file is refused")
	}
	refused := 0
	tried := 0
	for at := 0; at < len(good)-4; at += big(1, 7) {
		for _, flip := range []byte{0x01, 0xff} {
			b := slices.Clone(good)
			b[at] ^= flip
			tried++
			if !useWithRightChecksum(t, b) {
				refused++
			}
		}
	}
	t.Logf("%d of %d refused", refused, tried)
}

package ledger_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/database/dbtest"
	"clew/internal/ledger"
)

// whole is a checkpoint file, a proof and an export that hold together.
type whole struct {
	file, export []byte
	proof        ledger.Proof
	key          ledger.PublicKey
}

var update = flag.Bool("update", false, "write testdata/v1 anew; only for a new version of the forms")

// readWhole reads the files of testdata/v1. They were written once and must stay
// readable for ever: proofs and exports are in other people's hands.
func readWhole(t testing.TB) whole {
	t.Helper()
	if *update {
		writeWhole(t)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", "v1", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	_, key, err := ledger.NewSigner(origin, seed)
	if err != nil {
		t.Fatal(err)
	}
	w := whole{file: read("checkpoints.txt"), export: read("export.txt"), key: key}
	if w.proof, err = ledger.ParseProof(read("proof.txt"), key); err != nil {
		t.Fatal(err)
	}
	return w
}

func writeWhole(t testing.TB) {
	t.Helper()
	h := newHouse(t, dbtest.SQLite(t))
	entries := h.add(5)
	h.sign()
	h.add(2)
	h.sign()
	proof, err := h.log.Prove(ctx, entries[3].ID)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	var export bytes.Buffer
	if _, err := h.log.Export(ctx, &export, nil); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"checkpoints.txt": file, "proof.txt": proof.Text(), "export.txt": export.Bytes()} {
		if err := os.WriteFile(filepath.Join("testdata", "v1", name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzCheckpointFile: no input makes the reader believe more than was signed.
func FuzzCheckpointFile(f *testing.F) {
	w := readWhole(f)
	f.Add(w.file)
	f.Add(w.file[:len(w.file)-9])
	f.Add(append(bytes.Clone(w.file), "\n\ntorn\n\n"...))
	f.Add([]byte("clew ledger checkpoints v1\n" + string(w.key) + "\n\n— \n\n\ntorn\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ledger.ReadWitnessesFrom(bytes.NewReader(b), w.key)
		if err == nil {
			if c, ok := got.Newest(); ok && c.N != 0 && c.N != 5 && c.N != 7 {
				t.Errorf("believed a checkpoint over %d entries", c.N)
			}
		}
		if found, err := ledger.ParseTailText(w.key, string(b), false); found && err != nil {
			t.Errorf("a record and an error: %v", err)
		}
	})
}

// FuzzProof: whatever is accepted is the very text that is written for it, and of
// an entry that the ledger holds.
func FuzzProof(f *testing.F) {
	w := readWhole(f)
	f.Add(w.proof.Text())
	f.Add(bytes.Replace(w.proof.Text(), []byte("\n3\n"), []byte("\n2\n"), 1))
	f.Add([]byte("clew ledger proof v1\n\n\n\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ledger.ParseProof(b, w.key)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Text(), b) {
			t.Errorf("read\n%s\nwrites\n%s", b, p.Text())
		}
		if p.Entry.ID != w.proof.Entry.ID {
			t.Errorf("proved an entry that was never recorded: %s", p.Leaf())
		}
	})
}

// FuzzExport: only the export that was written verifies.
func FuzzExport(f *testing.F) {
	w := readWhole(f)
	f.Add(w.export)
	f.Add(w.export[:len(w.export)-30])
	f.Add(bytes.Replace(w.export, []byte("case.submit"), []byte("case.close"), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ledger.VerifyExport(bytes.NewReader(b), w.key, ledger.Witnesses{}, nil)
		if err == nil && r.OK() && r.Signed > 0 && r.Entries != 7 {
			t.Errorf("%d entries verified:\n%s", r.Entries, b)
		}
		if err == nil && len(r.Findings) > 0 && r.Findings[0].String() == "" {
			t.Error("a finding without words")
		}
	})
}

// FuzzLeaf: a leaf has one text, and one entry.
func FuzzLeaf(f *testing.F) {
	w := readWhole(f)
	f.Add([]byte(w.proof.Leaf()))
	f.Add([]byte(strings.Replace(w.proof.Leaf(), "policies base/refer,mou/wessex", "policies -", 1)))
	f.Add([]byte("clew ledger entry v1\nid \n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, e, err := ledger.ParseLeaf(b)
		if err == nil && (e.ID.IsZero() || e.At.IsZero()) {
			t.Errorf("read %+v from %q", e, b)
		}
	})
}

// TestEachByteOfAProofAndAnExportCounts flips every byte: nothing altered holds.
func TestEachByteOfAProofAndAnExportCounts(t *testing.T) {
	w := readWhole(t)
	text := w.proof.Text()
	for i := range text {
		b := bytes.Clone(text)
		b[i] ^= 1
		if _, err := ledger.ParseProof(b, w.key); err == nil {
			t.Errorf("a proof altered at byte %d (%q) holds", i, text[max(0, i-10):i+1])
		}
	}
	firstLine := bytes.IndexByte(w.export, '\n') + len(w.key) + 2 // the key that is given counts, not the one inside
	for i := firstLine; i < len(w.export); i++ {
		b := bytes.Clone(w.export)
		b[i] ^= 1
		r, err := ledger.VerifyExport(bytes.NewReader(b), w.key, ledger.Witnesses{}, nil)
		if err == nil && r.OK() {
			t.Errorf("an export altered at byte %d (%q) holds", i, w.export[max(0, i-10):i+1])
		}
	}
}

func TestAnExportIsCheckedAgainstAnotherCheckpointFile(t *testing.T) {
	w := readWhole(t)
	witnesses, err := ledger.ReadWitnessesFrom(bytes.NewReader(w.file), w.key)
	if err != nil {
		t.Fatal(err)
	}
	check := func(export []byte) ledger.Report {
		t.Helper()
		r, err := ledger.VerifyExport(bytes.NewReader(export), "", witnesses, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := check(w.export); !r.OK() || r.Entries != 7 || r.Checkpoints != 4 {
		t.Errorf("whole: %+v", r)
	}
	changed := bytes.Replace(w.export, []byte("case.submit"), []byte("case.close"), 6)
	if f, bad := check(changed).First(); !bad || f.What != ledger.Rewritten || f.From != 0 || f.To != 4 {
		t.Errorf("changed: %v", f)
	}
	last := bytes.LastIndex(w.export, []byte("\n6\n"))
	if f, bad := check(w.export[:last+1]).First(); !bad || f.What != ledger.Removed || f.From != 6 {
		t.Errorf("cut: %v", f)
	}
	// Another ledger's export does not pass for this one.
	forged := newHouse(t, dbtest.SQLite(t))
	log, err := ledger.New(forged.db, bytes.Repeat([]byte{9}, 32), origin, filepath.Join(t.TempDir(), "f"), forged.clock)
	if err != nil {
		t.Fatal(err)
	}
	forged.log = log
	forged.add(7)
	forged.sign()
	var export bytes.Buffer
	if _, err := log.Export(ctx, &export, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.VerifyExport(&export, w.key, witnesses, nil); codeOf(err) != "ledger.bad_export" {
		t.Errorf("another key's export: %v", err)
	}
}

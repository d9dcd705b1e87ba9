package scheme

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden messages anew")

// Every file of testdata/bad is wrong in its own way; the messages stand beside
// it, so that a change of wording or of place is seen.
func TestMessagesForBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			err = Check(filepath.Base(name), text)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".txt"
			got := problems.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestBoundsOnAFile(t *testing.T) {
	for name, text := range map[string][]byte{
		"larger than":  bytes.Repeat([]byte("# comment\n"), maxFile/10+1),
		"colons and":   []byte("kind:\n" + strings.Repeat("{a, b}\n", maxMarks/2)),
		"longer than":  []byte("kind: " + strings.Repeat("x", maxLine)),
		"nested":       []byte("kind: " + strings.Repeat("[\n", maxFlow+1)),
		"valid UTF-8":  []byte("kind: \xff"),
		"one document": []byte("kind: scheme\n---\nkind: scheme\n"),
	} {
		err := Check("f.yaml", text)
		if err == nil || !strings.Contains(err.Error(), name) && !strings.Contains(err.Error(), "exactly "+name) {
			t.Errorf("%s: got %.200v", name, err)
		}
	}
}

func TestEmbeddedFilesCheckAlone(t *testing.T) {
	for _, name := range []string{"uk.yaml", "scotland.yaml", "ecat-minimum.yaml", "recovery-90.yaml", "calendars.yaml", "catalogue-common.yaml"} {
		text, err := embedded.ReadFile("data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(name, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A replaced scheme can break one that came with clew; the next load must not
// remember that.
func TestOneLoadDoesNotChangeTheNext(t *testing.T) {
	broken := []byte("kind: scheme\nid: uk\nname: Later\nstart: 2020-01-01\nextends: ecat-minimum\njurisdictions: [weekdays]\n")
	err := Check("uk.yaml", broken)
	if err == nil || err.Error() != `scotland.yaml:3:5: "scotland" starts on 2009-04-01, before "uk", which it extends (2020-01-01)` {
		t.Fatalf("got %v", err)
	}
	r, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if uk, _ := r.Scheme("uk"); uk.Name != "United Kingdom" {
		t.Errorf("uk is now %q", uk.Name)
	}
}

func TestTooManyFiles(t *testing.T) {
	dir := t.TempDir()
	for i := range maxFiles + 1 {
		write(t, dir, strings.Repeat("a", i+1)+".yaml", "")
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "scheme.too_many_files") {
		t.Errorf("got %v", err)
	}
}

// A file of any bytes is either good or has problems with a place; nothing else
// comes out, and what is good gives rules on every day of change.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "data/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(text) < 6000 { // short seeds mutate further
				f.Add(text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := Check("fuzz.yaml", text)
		var problems Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("not problems: %v", err)
		}
		for _, p := range problems {
			if p.Msg == "" || p.Line < 0 || p.Line > len(text)+1 && p.File == "fuzz.yaml" {
				t.Fatalf("a problem without a place: %+v", p)
			}
		}
	})
}

package concern_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/concern"
	"clew/internal/concern/concerntest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/safecontact"
)

// TestNothingIsStoredInClear searches every byte of the database and of the key
// store for what a reporter, a caller and the desk wrote, for the receipt, and
// for the address it came from.
func TestNothingIsStoredInClear(t *testing.T) {
	dir := t.TempDir()
	db, err := database.Open(ctx, filepath.Join(dir, "clew.db"))
	must(t, err)
	must(t, database.Migrate(ctx, db))
	w := concerntest.On(t, caseworktest.New(t, db))
	d := w.File(t, concerntest.Words(), "203.0.113.77")
	talk, err := w.OpenByReceipt(ctx, system, core.Identify, d.Receipt.Digits, "203.0.113.77")
	must(t, err)
	must(t, w.Move(ctx, desk, core.Protect, d.ID, 0, concern.Open, ""))
	must(t, w.Write(ctx, system, core.Identify, talk, "The okapi limps.", "203.0.113.77"))
	must(t, w.Reply(ctx, desk, core.Protect, d.ID, "Is the bongo hurt?"))
	call, err := w.TakeCall(ctx, desk, core.Protect, "call")
	must(t, err)
	_, err = w.SaveRecord(ctx, desk, core.Protect, call, 0, concern.Record{Said: "The gerenbuk keeps my papers.", Name: "Dikdik", Place: "Bontebok", Contact: safecontact.Terms{Phone: "+447700900999"}})
	must(t, err)
	must(t, w.AddFollowUp(ctx, desk, core.Protect, call, "Ring the sitatunga.", w.Clock.Now().Add(1e12)))
	must(t, db.Close())
	secrets := []string{"zebra", "Quagga", "okapi", "bongo", "gerenbuk", "Dikdik", "Bontebok", "7700900999", "sitatunga", "203.0.113.77", d.Receipt.Digits.Reveal(), d.Receipt.Groups().Reveal()}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, file := range append(files, w.KeysFile) {
		content, err := os.ReadFile(file)
		must(t, err)
		for _, s := range secrets {
			if bytes.Contains(bytes.ToLower(content), []byte(strings.ToLower(s))) {
				t.Errorf("%s holds %q in clear", filepath.Base(file), s)
			}
		}
	}
	if len(files) == 0 {
		t.Error("no file was searched")
	}
}

// TestNothingPrintsItself: whatever of a report reaches a log or an error by
// mistake is not there to read.
func TestNothingPrintsItself(t *testing.T) {
	d := concern.Draft{Receipt: concern.NewReceipt(), Words: concerntest.Words()}
	talk := concern.Talk{Receipt: d.Receipt}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "draft", d, "talk", talk, "record", concern.Record{Said: "zebra", Name: "Quagga"})
	fmt.Fprintf(&b, "%v %+v %#v %s %v", d, d, d, talk, concern.Photo{Name: "a.jpg"})
	for _, s := range []string{"zebra", "Quagga", d.Receipt.Digits.Reveal()} {
		if strings.Contains(b.String(), s) {
			t.Errorf("%q is printed", s)
		}
	}
}

package vault_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"clew/internal/core"
	"clew/internal/vault"
)

const (
	envRewrapKeys   = "CLEW_TEST_REWRAP_KEYS"
	envRewrapKeyset = "CLEW_TEST_REWRAP_KEYSET"
)

// TestRewrapInAProcessOfItsOwn is the process that the test below kills; by itself
// it does nothing.
func TestRewrapInAProcessOfItsOwn(t *testing.T) {
	keys := os.Getenv(envRewrapKeys)
	if keys == "" {
		return
	}
	keyset, err := vault.OpenKeyset(os.Getenv(envRewrapKeyset), "")
	if err != nil {
		t.Fatal(err)
	}
	v := vault.New(keyset, openStore(t, keys, core.SystemClock{}), core.SystemClock{})
	err = v.Rewrap(t.Context(), func(done, total int) { fmt.Println("rewrapped", done) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestAProcessKilledInTheMiddleOfARotationLosesNoKey(t *testing.T) {
	eachStore(t, func(t *testing.T, keys string) {
		store := openStore(t, keys, core.SystemClock{})
		r := newRotatable(t, store, 5000)
		for range 3 {
			if err := r.Rotate(t.Context(), r.source); err != nil {
				t.Fatal(err)
			}
			killRewrap(t, keys, r.source.Path())
			r.checkAll(t, r.Vault)
		}
		if err := r.Rewrap(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if dropped, err := r.DropOldKeys(t.Context(), r.source); err != nil || len(dropped) != 3 {
			t.Errorf("dropped %x, %v", dropped, err)
		}
		r.checkAll(t, r.Vault)
	})
}

// killRewrap starts a rotation's second half and kills it (SIGKILL) while it is at
// its second page.
func killRewrap(t *testing.T, keys, keyset string) {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestRewrapInAProcessOfItsOwn$", "-test.v")
	child.Env = append(os.Environ(), envRewrapKeys+"="+keys, envRewrapKeyset+"="+keyset)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	started := false
	for lines := bufio.NewScanner(out); !started && lines.Scan(); {
		started = lines.Text() == "rewrapped 500"
	}
	_ = child.Process.Kill()
	_ = child.Wait() // it was killed, or had just ended: either way the keys are looked at
	if !started {
		t.Fatal("the other process never began")
	}
}

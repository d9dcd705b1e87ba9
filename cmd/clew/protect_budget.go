package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"clew/disclosure"
)

// budgetDelta is the δ that a ledger opened from the command line allows in all.
const budgetDelta = 1e-4

// withBudget runs a release on the ledger in the budget file. The file is locked
// meanwhile, and holds the charge before spend's result can be used: a crash may
// lose a release, never a charge.
func (c protectCmd) withBudget(p *protection, spend func(*disclosure.Ledger) error) error {
	if c.Budget == "" {
		return errors.New("a noisy or synthetic release needs --budget FILE: what it costs in privacy must be kept")
	}
	lock := c.Budget + ".lock"
	held, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("another release is charging %s; if none is running, delete %s", c.Budget, lock)
	}
	if err != nil {
		return err
	}
	defer os.Remove(lock)
	defer held.Close()
	ledger, err := c.openBudget()
	if err != nil {
		return err
	}
	spent := len(ledger.Spent())
	err = spend(ledger)
	if len(ledger.Spent()) > spent {
		if saveErr := saveBudget(c.Budget, ledger); saveErr != nil {
			return saveErr
		}
	}
	p.LeftOver, _ = ledger.Left()
	return err
}

func (c protectCmd) openBudget() (*disclosure.Ledger, error) {
	b, err := os.ReadFile(c.Budget)
	if errors.Is(err, fs.ErrNotExist) {
		if c.OpenBudget == 0 {
			return nil, fmt.Errorf("there is no budget %s; open one with --open-budget", c.Budget)
		}
		return disclosure.NewLedger(c.OpenBudget, budgetDelta)
	}
	if err != nil {
		return nil, err
	}
	var ledger disclosure.Ledger
	if err := json.Unmarshal(b, &ledger); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Budget, err)
	}
	return &ledger, nil
}

// saveBudget replaces the file as a whole, after its bytes are on disk.
func saveBudget(name string, ledger *disclosure.Ledger) error {
	b, err := json.MarshalIndent(ledger, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write budget: %w", err)
	}
	return os.Rename(name+".new", name)
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"clew/internal/core"
)

type vaultShredCmd struct {
	vaultFlags
	Yes    bool     `help:"Do it. There is no way back."`
	People []string `arg:"" help:"The people's ids; - reads them from standard input, one on a line." placeholder:"ID"`
}

// Run repeats erasures that are recorded in the ledger already; a first erasure
// is made in the case, where its reason is recorded.
func (c vaultShredCmd) Run(ctx context.Context, io streams) error {
	people, err := c.people(io.in)
	if err != nil {
		return err
	}
	if !c.Yes {
		return core.E(core.Invalid, "vault.shred_unconfirmed",
			fmt.Sprintf("This would make the records of %d people unreadable for ever. Say --yes to do it.", len(people)))
	}
	v, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	show := progress(io.err, "destroying keys")
	for i, person := range people {
		if err := v.Shred(ctx, person); err != nil {
			return err
		}
		show(i+1, len(people))
	}
	fmt.Fprintf(io.out, "The keys of %d people are destroyed.\n", len(people))
	return nil
}

// people parses every id before anything is done.
func (c vaultShredCmd) people(in io.Reader) ([]core.ID, error) {
	texts := c.People
	if len(texts) == 1 && texts[0] == "-" {
		texts = nil
		for lines := bufio.NewScanner(in); lines.Scan(); {
			if text := strings.TrimSpace(lines.Text()); text != "" {
				texts = append(texts, text)
			}
		}
	}
	people := make([]core.ID, 0, len(texts))
	for i, text := range texts {
		person, err := core.ParseID(text)
		if err != nil {
			return nil, core.E(core.Invalid, "vault.bad_person", fmt.Sprintf("Number %d is not a person's id. Nothing was done.", i+1))
		}
		people = append(people, person)
	}
	return people, nil
}

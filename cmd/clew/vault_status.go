package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"clew/internal/vault"
)

type vaultStatusCmd struct{ vaultFlags }

// Run prints counts and key ids; neither helps anybody to open anything.
func (c vaultStatusCmd) Run(ctx context.Context, io streams) error {
	v, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	usage, err := v.Usage(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "keyset           %s (%s)\n", v.source, sealing(v.source))
	fmt.Fprintf(io.out, "people           %d with a key, %d erased\n", usage.Live, usage.Shredded)
	printWrappingKeys(io, v.Keyset(), usage)
	fmt.Fprintf(io.out, "blind-index keys %s\n", hexIDs(v.Keyset().BlindIDs()))
	fmt.Fprintf(io.out, "secrets          %s\n", strings.Join(v.Keyset().SecretNames(), ", "))
	return nil
}

func sealing(s vault.Source) string {
	if s.Sealed() {
		return "sealed by a passphrase"
	}
	return "in clear"
}

func printWrappingKeys(io streams, k *vault.Keyset, usage vault.Usage) {
	held := k.WrappingIDs()
	for _, id := range held {
		note := "older"
		if id == k.PrimaryID() {
			note = "primary"
		}
		fmt.Fprintf(io.out, "wrapping key     %08x wraps %d (%s)\n", id, usage.ByKey[id], note)
	}
	for _, id := range slices.Sorted(maps.Keys(usage.ByKey)) {
		if !slices.Contains(held, id) {
			fmt.Fprintf(io.out, "wrapping key     %08x wraps %d (NOT IN THIS KEYSET: bring back the keyset that has it)\n", id, usage.ByKey[id])
		}
	}
}

func hexIDs(ids []uint32) string {
	var out []string
	for _, id := range ids {
		out = append(out, fmt.Sprintf("%08x", id))
	}
	return strings.Join(out, ", ")
}

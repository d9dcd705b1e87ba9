package main

import (
	"context"
	"fmt"
)

type vaultRotateCmd struct {
	vaultFlags
	DropOld bool `help:"Afterwards forget the older wrapping keys, once nothing needs them."`
}

// Run adds a wrapping key unless an earlier rotation is unfinished, wraps what is
// not wrapped by the newest one, and drops the rest when asked.
func (c vaultRotateCmd) Run(ctx context.Context, io streams) error {
	v, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	if err := c.rotate(ctx, io, v); err != nil {
		return err
	}
	if !c.DropOld {
		c.printOld(io, v)
		return nil
	}
	dropped, err := v.DropOldKeys(ctx, v.source)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "Dropped %d older wrapping key(s). Now destroy the older copies of the keyset, its backups included.\n", len(dropped))
	return nil
}

func (c vaultRotateCmd) rotate(ctx context.Context, io streams, v *openedVault) error {
	usage, err := v.Usage(ctx)
	if err != nil {
		return err
	}
	switch primary := v.Keyset().PrimaryID(); {
	case usage.ByKey[primary] < usage.Live:
		fmt.Fprintf(io.out, "An earlier rotation was not finished: going on with wrapping key %08x.\n", primary)
	case c.DropOld && len(v.Keyset().WrappingIDs()) > 1:
		return nil // rotated already: only the dropping is left
	default:
		if err := v.Rotate(ctx, v.source); err != nil {
			return err
		}
		fmt.Fprintf(io.out, "The new wrapping key is %08x.\n", v.Keyset().PrimaryID())
	}
	if err := v.Rewrap(ctx, progress(io.err, "wrapping keys anew")); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "All %d person keys are wrapped by it.\n", usage.Live)
	return nil
}

func (c vaultRotateCmd) printOld(io streams, v *openedVault) {
	if n := len(v.Keyset().WrappingIDs()) - 1; n > 0 {
		fmt.Fprintf(io.out, "Nothing needs the %d older wrapping key(s) any more. Back up the new keyset, then run `clew vault rotate --drop-old`.\n", n)
		fmt.Fprintln(io.out, "After that, backups of the key store from before today can no longer be read.")
	}
}

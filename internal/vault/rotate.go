package vault

import (
	"context"
	"fmt"

	"clew/internal/core"
)

// rewrapPage is how many keys are wrapped anew in one write.
const rewrapPage = 500

// rewrapPasses bounds how often Rewrap starts over because other processes went
// on wrapping with an older key.
const rewrapPasses = 5

// Rotate adds a primary wrapping key to the keyset at source, saves it, and uses
// it from then on. Nothing is wrapped by the new key before it is saved.
func (v *Vault) Rotate(ctx context.Context, source Source) error {
	unlock, err := source.lock()
	if err != nil {
		return err
	}
	defer unlock()
	k, err := source.Open(ctx)
	if err != nil {
		return err
	}
	if err := k.Rotate(); err != nil {
		return err
	}
	if err := source.Save(ctx, k); err != nil {
		return err
	}
	v.keyset.Store(k)
	return nil
}

// Rewrap wraps every person's key by the primary wrapping key that is not yet. It
// can be stopped at any point and run again: it goes on with what is left, and
// every key opens at every moment. progress, if given, hears how many keys of how
// many have been looked at.
func (v *Vault) Rewrap(ctx context.Context, progress func(done, total int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	for range rewrapPasses {
		usage, err := v.keys.Usage(ctx)
		if err != nil {
			return err
		}
		if usage.ByKey[v.keyset.Load().PrimaryID()] == usage.Live {
			progress(usage.Live, usage.Live)
			return nil
		}
		if err := v.rewrapAll(ctx, usage.Live, progress); err != nil {
			return err
		}
	}
	return core.E(core.Conflict, "vault.old_key_in_use",
		"Another process keeps using an older wrapping key. Restart it, then run this again.")
}

func (v *Vault) rewrapAll(ctx context.Context, total int, progress func(done, total int)) error {
	var after core.ID
	for done := 0; ; {
		page, err := v.keys.Each(ctx, after, rewrapPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		if err := v.rewrapSome(ctx, page); err != nil {
			return err
		}
		after = page[len(page)-1].Person
		done += len(page)
		progress(min(done, total), total)
	}
}

func (v *Vault) rewrapSome(ctx context.Context, page []WrappedKey) error {
	keyset := v.keyset.Load()
	primary := keyset.PrimaryID()
	var changed []Rewrapped
	for _, key := range page {
		if by, err := wrappedBy(key.Wrapped); err == nil && by == primary {
			continue
		}
		clear, err := keyset.unwrap(key.Person, key.Wrapped)
		if err != nil {
			return fmt.Errorf("key of %s: %w", key.Person, err)
		}
		fresh, err := keyset.wrap(key.Person, clear)
		if err != nil {
			return fmt.Errorf("key of %s: %w", key.Person, err)
		}
		changed = append(changed, Rewrapped{key.Person, key.Wrapped, fresh})
	}
	if len(changed) == 0 {
		return nil
	}
	// A key that was shredded or wrapped anew meanwhile is left alone; the next
	// pass looks again.
	_, err := v.keys.Replace(ctx, changed...)
	return err
}

// DropOldKeys removes every wrapping key but the primary from the keyset at
// source, each only once the key store vouches that nothing needs it or ever
// will, and returns their ids. From then on every older copy of a wrapped key,
// in a backup of the key store or in a freed page, is worthless: as long as the
// older copies of the keyset are destroyed too.
func (v *Vault) DropOldKeys(ctx context.Context, source Source) ([]uint32, error) {
	unlock, err := source.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	k, err := source.Open(ctx)
	if err != nil {
		return nil, err
	}
	var dropped []uint32
	for _, id := range k.WrappingIDs() {
		if id == k.PrimaryID() {
			continue
		}
		if err := v.keys.Retire(ctx, id); err != nil {
			return nil, err
		}
		if err := k.Drop(id); err != nil {
			return nil, err
		}
		dropped = append(dropped, id)
	}
	if len(dropped) == 0 {
		return nil, nil
	}
	if err := source.Save(ctx, k); err != nil {
		return nil, err
	}
	v.keyset.Store(k)
	return dropped, nil
}

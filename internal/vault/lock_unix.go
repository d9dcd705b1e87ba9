//go:build unix && !solaris && !illumos && !aix

package vault

import (
	"fmt"
	"os"
	"syscall"

	"clew/internal/core"
)

// lock keeps two rotations of one keyset apart: the second to save would throw
// away the first one's new key. The kernel lets go of it when the process ends,
// however it ends.
func (s Source) lock() (unlock func(), err error) {
	if s.path == "" {
		return func() {}, nil
	}
	f, err := os.OpenFile(s.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock keyset: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, core.E(core.Conflict, "vault.keyset_busy", "Another rotation of this keyset is running.")
	}
	return func() { _ = f.Close() }, nil
}

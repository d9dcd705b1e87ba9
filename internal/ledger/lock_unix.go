//go:build unix

package ledger

import (
	"os"
	"syscall"
)

// lockFile waits until no other process of this machine is appending. Closing the
// file gives the lock back.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

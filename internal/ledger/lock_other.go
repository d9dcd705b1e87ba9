//go:build !unix

package ledger

import "os"

// lockFile does nothing where there is no flock: give each process a file of its
// own there.
func lockFile(*os.File) error { return nil }

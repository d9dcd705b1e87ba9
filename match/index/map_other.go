//go:build !unix

package index

import "os"

// mapFile reads a file where files cannot be mapped.
func mapFile(path string) ([]byte, error) { return os.ReadFile(path) }

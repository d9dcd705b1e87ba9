//go:build !unix

package index

import "time"

var processStart = time.Now()

// cpuTime is the clock where the processor's is not to be had.
func cpuTime() time.Duration { return time.Since(processStart) }

package index

import (
	"syscall"
	"time"
	"unsafe"
)

// threadTime is what the calling thread has used of the processors, to the
// microsecond: where a search waits for a busy machine, the clock says nothing
// of the search.
func threadTime() time.Duration {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	var ts syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
		return 0
	}
	return time.Duration(ts.Nano())
}

//go:build unix

package link

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"clew/match/internal/reference"
)

// TestSpeed prints the figures of docs/performance/match.md for a file of
// CLEW_BENCH_RECORDS records; it asserts nothing about time. A fifth of the
// people are there twice or more, with slips, moves and swapped names.
func TestSpeed(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("CLEW_BENCH_RECORDS"))
	if n == 0 {
		t.Skip("set CLEW_BENCH_RECORDS to a number of records to measure")
	}
	rows, truth := travellers(t, n)
	fields := []Field{{"given", Given}, {"family", Family}, {"dob", Birth}, {"postcode", KindOf("postcode")}}
	start, used := time.Now(), processorTime()
	res := run(t, fields, rows, Options{})
	took, cpu := time.Since(start), processorTime()-used
	q := res.Measure(truth)
	t.Logf("%d records: %v by the clock, %v of processor; P %.4f R %.4f, blocking recall %.4f", n, took.Round(time.Millisecond), cpu.Round(time.Millisecond), q.Precision(), q.Recall(), q.BlockingRecall())
}

// travellers makes records of people whose names are recombined from those of
// the reference data.
func travellers(t *testing.T, n int) (rows [][]string, truth []string) {
	names, r := reference.Rows(t, "names/not_on_any_list.csv"), rand.New(rand.NewPCG(8, 8))
	place := func() string { return fmt.Sprintf("%05d", r.IntN(20000)) }
	for person := 0; len(rows) < n; person++ {
		row := []string{names[r.IntN(len(names))]["first_name"], names[r.IntN(len(names))]["last_name"],
			fmt.Sprintf("%d-%02d-%02d", 1930+r.IntN(80), 1+r.IntN(12), 1+r.IntN(28)), place()}
		rows, truth = append(rows, row), append(truth, strconv.Itoa(person))
		for copies := r.IntN(5); copies == 0 && len(rows) < n; copies = r.IntN(3) {
			again := slices.Clone(row)
			switch r.IntN(4) {
			case 0:
				again[3] = place()
			case 1:
				again[0], again[1] = again[1], again[0]
			default:
				letters := []rune(again[1])
				if i := r.IntN(len(letters) + 1); i < len(letters) && len(letters) > 3 {
					letters[i] = letters[r.IntN(len(letters))]
				}
				again[1] = string(letters)
			}
			rows, truth = append(rows, again), append(truth, strconv.Itoa(person))
		}
	}
	return rows, truth
}

// processorTime is what the process has used of the processors, where that is told.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package concern

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"clew/internal/core"
)

// WorkBits is how many leading zero bits a proof of work has: a third of a second
// on a laptop, a few seconds on an old telephone, while the reporter reads what
// they wrote.
const WorkBits = 18

// Worked reports whether the answer is a proof of work for the draft: a number
// that, written after the draft's id, makes a SHA-256 with WorkBits leading zero
// bits. A proof is good for one report, because the id is.
func Worked(id core.ID, answer string) bool {
	n, err := strconv.ParseUint(answer, 10, 53) // what a script counts exactly
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(id.String() + ":" + strconv.FormatUint(n, 10)))
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:8])) >= WorkBits
}

// lane is one kind of request that is counted for itself.
type lane struct {
	all, one       time.Duration // one more every so long: for everybody, for one address
	allMax, oneMax int           // and so many at once
}

// The lanes. Without a proof of work the way is narrow, so that a flood without
// scripts does not fill the desk, and open, so that nobody is kept out.
var (
	provenLane  = &lane{all: time.Second, allMax: 60, one: 30 * time.Second, oneMax: 8}
	plainLane   = &lane{all: 4 * time.Second, allMax: 20, one: 5 * time.Minute, oneMax: 3}
	receiptLane = &lane{all: 500 * time.Millisecond, allMax: 40, one: 20 * time.Second, oneMax: 6}
	messageLane = &lane{all: 500 * time.Millisecond, allMax: 40, one: 20 * time.Second, oneMax: 10}
)

// flood counts requests. An address is never kept: what is counted is its keyed
// hash under a secret that this process drew when it started and forgets when it
// ends. When there are too many, all counts of single addresses begin anew; the
// counts for everybody stand.
type flood struct {
	clock  core.Clock
	secret [sha256.Size]byte
	mu     sync.Mutex
	all    map[*lane]*rate.Limiter
	one    map[counted]*rate.Limiter
	queue  chan struct{} // one report without a proof at a time
	wait   chan struct{} // and so many that wait for it
	pace   time.Duration
}

type counted struct {
	lane *lane
	hash [16]byte
}

const (
	maxCounted = 50_000
	maxWaiting = 20
)

func newFlood(clock core.Clock, pace time.Duration) *flood {
	f := &flood{clock: clock, all: map[*lane]*rate.Limiter{}, one: map[counted]*rate.Limiter{}, queue: make(chan struct{}, 1), wait: make(chan struct{}, maxWaiting), pace: pace}
	_, _ = rand.Read(f.secret[:])
	return f
}

var errTooMany = core.E(core.TooMany, "door.busy", "Many people are writing just now. Wait a minute, then send it again. Nothing was lost.")

// admit takes one request from the address in, or says that there are too many.
func (f *flood) admit(l *lane, address core.Secret) error {
	mac := hmac.New(sha256.New, f.secret[:])
	mac.Write([]byte(core.Network(address.Reveal())))
	key := counted{lane: l, hash: [16]byte(mac.Sum(nil)[:16])}
	now := f.clock.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.one) > maxCounted {
		f.one = map[counted]*rate.Limiter{}
	}
	one, ok := f.one[key]
	if !ok {
		one = rate.NewLimiter(rate.Every(l.one), l.oneMax)
		f.one[key] = one
	}
	all, ok := f.all[l]
	if !ok {
		all = rate.NewLimiter(rate.Every(l.all), l.allMax)
		f.all[l] = all
	}
	if !one.AllowN(now, 1) || !all.AllowN(now, 1) {
		return errTooMany
	}
	return nil
}

// turn lets a report without a proof of work wait in line: one at a time, each
// taking the pace.
func (f *flood) turn(ctx context.Context) error {
	select {
	case f.wait <- struct{}{}:
		defer func() { <-f.wait }()
	default:
		return errTooMany
	}
	select {
	case f.queue <- struct{}{}:
		defer func() { <-f.queue }()
	case <-ctx.Done():
		return ctx.Err()
	}
	timer := time.NewTimer(f.pace)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

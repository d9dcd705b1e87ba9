package disclosure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
)

// ErrOverspent is what a ledger answers when a release would cost more than is left.
var ErrOverspent = errors.New("disclosure: the privacy budget does not allow this release")

// Spending is one release charged to a budget.
type Spending struct {
	Release string  `json:"release"`
	Epsilon float64 `json:"epsilon"`
	Delta   float64 `json:"delta"`
}

// Ledger is the privacy budget of one data set. What every release costs adds
// up, for ever: once it is spent, nothing more can be released about these people.
// It is safe for concurrent use, and never lets the sum pass the limit.
type Ledger struct {
	mu      sync.Mutex
	epsilon float64 // limit
	delta   float64 // limit
	spent   []Spending
}

// NewLedger opens a budget of ε, and of δ for releases that have a chance δ of
// not keeping to ε.
func NewLedger(epsilon, delta float64) (*Ledger, error) {
	if err := checkEpsilon(epsilon); err != nil {
		return nil, err
	}
	if !(delta >= 0 && delta < 1e-3) {
		return nil, fmt.Errorf("disclosure: δ must be 0 or more and below a thousandth: it is the chance that a person is not protected at all")
	}
	return &Ledger{epsilon: epsilon, delta: delta}, nil
}

// checkEpsilon refuses an ε that protects nobody or lets nothing out.
func checkEpsilon(epsilon float64) error {
	switch {
	case math.IsNaN(epsilon) || epsilon <= 0:
		return fmt.Errorf("disclosure: ε must be above 0: at 0 nothing can be released")
	case epsilon > 20:
		return fmt.Errorf("disclosure: ε above 20 protects nobody")
	case epsilon < 1e-3:
		return fmt.Errorf("disclosure: ε below a thousandth leaves nothing but noise")
	}
	return nil
}

// Spend charges a release before it is made. It returns [ErrOverspent], and
// charges nothing, when the sum would pass the limit.
func (l *Ledger) Spend(release string, epsilon, delta float64) error {
	if err := checkEpsilon(epsilon); err != nil {
		return err
	}
	if !(delta >= 0 && delta < 1) {
		return fmt.Errorf("disclosure: δ must lie between 0 and 1")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e, d := l.sum()
	// The sum is allowed its own rounding, a trillionth, and no more.
	if e+epsilon > l.epsilon*(1+1e-12) || d+delta > l.delta*(1+1e-12) {
		return fmt.Errorf("%w: %q costs ε %g, δ %.2g; left are ε %g, δ %.2g", ErrOverspent, release, epsilon, delta, max(0, l.epsilon-e), max(0, l.delta-d))
	}
	l.spent = append(l.spent, Spending{release, epsilon, delta})
	return nil
}

func (l *Ledger) sum() (epsilon, delta float64) {
	for _, s := range l.spent {
		epsilon += s.Epsilon
		delta += s.Delta
	}
	return epsilon, delta
}

// Left is what can still be spent.
func (l *Ledger) Left() (epsilon, delta float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, d := l.sum()
	return max(0, l.epsilon-e), max(0, l.delta-d)
}

// Spent lists the releases charged, oldest first.
func (l *Ledger) Spent() []Spending {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Spending(nil), l.spent...)
}

type ledgerJSON struct {
	Epsilon float64    `json:"epsilon"`
	Delta   float64    `json:"delta"`
	Spent   []Spending `json:"spent"`
}

// MarshalJSON writes the limits and every release charged.
func (l *Ledger) MarshalJSON() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return json.Marshal(ledgerJSON{l.epsilon, l.delta, append([]Spending{}, l.spent...)})
}

// UnmarshalJSON reads a ledger and charges every release in it again, so that a
// file that was tampered with to overspend is refused.
func (l *Ledger) UnmarshalJSON(b []byte) error {
	var in ledgerJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("disclosure: read budget: %w", err)
	}
	fresh, err := NewLedger(in.Epsilon, in.Delta)
	if err != nil {
		return err
	}
	for _, s := range in.Spent {
		if err := fresh.Spend(s.Release, s.Epsilon, s.Delta); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epsilon, l.delta, l.spent = fresh.epsilon, fresh.delta, fresh.spent
	return nil
}

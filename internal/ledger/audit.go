package ledger

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// What can be wrong with the record.
const (
	Changed   = "changed"   // the entry is not what was recorded
	Removed   = "removed"   // the entry is gone
	Reordered = "reordered" // the entry stands at another's position
	Inserted  = "inserted"  // there are more entries than positions
	Rewritten = "rewritten" // entries and hashes agree with each other, but not with a checkpoint
	BadTree   = "bad_tree"  // a stored hash is not that of the entries below it
	BadFile   = "bad_file"  // a part of the checkpoint file or export cannot be believed
)

// Finding is one thing that is wrong. It lies between the positions From and To,
// both included; they are equal when the place is known exactly, and -1 when it is
// not about a position.
type Finding struct {
	What     string
	From, To int64
	Entry    string // the id that stands there, if any
	Detail   string
}

// String says the finding in one sentence.
func (f Finding) String() string {
	where := ""
	switch {
	case f.From < 0:
	case f.From == f.To:
		where = fmt.Sprintf(" at position %d", f.From)
	default:
		where = fmt.Sprintf(" between positions %d and %d", f.From, f.To)
	}
	if f.Entry != "" {
		where += " (entry " + f.Entry + ")"
	}
	return f.What + where + ": " + f.Detail
}

// maxFindings bounds a report; the first ones are what matters.
const maxFindings = 50

// Report is the result of a verification.
type Report struct {
	Entries     int64        // entries whose place was checked
	Signed      int64        // how many of them a checkpoint vouches for
	Pending     int64        // entries without a position yet
	Shredded    int64        // entries whose salt has been deleted
	Checkpoints int          // checkpoints compared
	Accepted    []Acceptance // restored backups that were accepted, in order
	Torn        int          // records of the file that a crash left unfinished
	Findings    []Finding    // by position; empty when all is well
	More        int          // findings beyond those listed
}

// OK reports that nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// First returns the finding with the lowest position.
func (r Report) First() (Finding, bool) {
	if r.OK() {
		return Finding{}, false
	}
	return r.Findings[0], true
}

func (r *Report) find(f Finding) {
	if len(r.Findings) == maxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, f)
}

func (r *Report) sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		if (a.From < 0) != (b.From < 0) {
			return cmp.Compare(b.From, a.From) // what has a place comes first
		}
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
}

// frontier is the right edge of a tree: one hash for each complete subtree, the
// largest first. It is all that is needed to add leaves and to know the root.
type frontier struct {
	size   int64
	hashes []tlog.Hash
}

func (f *frontier) add(h tlog.Hash) {
	f.hashes = append(f.hashes, h)
	f.size++
	for n := f.size; n&1 == 0; n >>= 1 {
		last := len(f.hashes) - 1
		f.hashes[last-1] = tlog.NodeHash(f.hashes[last-1], f.hashes[last])
		f.hashes = f.hashes[:last]
	}
}

func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		empty, _ := tlog.TreeHash(0, nil)
		return empty
	}
	h := f.hashes[len(f.hashes)-1]
	for i := len(f.hashes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.hashes[i], h)
	}
	return h
}

// audit compares the tree, while it is computed anew leaf by leaf, with what the
// checkpoints vouch for.
type audit struct {
	tree   frontier
	want   []Checkpoint // by size
	agreed int64        // the size of the last checkpoint that agreed
	broken bool         // a checkpoint disagreed: all later ones must
	report *Report
}

func newAudit(want []Checkpoint, report *Report) *audit {
	want = slices.Clone(want)
	slices.SortStableFunc(want, func(a, b Checkpoint) int { return cmp.Compare(a.N, b.N) })
	a := &audit{want: want, report: report}
	report.Checkpoints = len(want)
	a.compare()
	return a
}

// add adds the next leaf's hash.
func (a *audit) add(h tlog.Hash) {
	a.tree.add(h)
	a.report.Entries++
	a.compare()
}

// compare looks at the checkpoints of the tree's present size.
func (a *audit) compare() {
	for len(a.want) > 0 && a.want[0].N <= a.tree.size {
		c := a.want[0]
		a.want = a.want[1:]
		switch {
		case a.broken:
		case c.Hash == a.tree.root():
			a.agreed = c.N
		default:
			a.broken = true
			a.report.find(Finding{What: Rewritten, From: a.agreed, To: max(c.N-1, a.agreed),
				Detail: fmt.Sprintf("the checkpoint of %s over %d entries does not agree with them; the one before, over %d, does",
					c.At.Format("2006-01-02 15:04:05 MST"), c.N, a.agreed)})
		}
	}
}

// end reports checkpoints that cover more than there is.
func (a *audit) end() {
	a.report.Signed = a.agreed
	if len(a.want) == 0 {
		return
	}
	c := a.want[len(a.want)-1]
	a.report.find(Finding{What: Removed, From: a.tree.size, To: c.N - 1,
		Detail: fmt.Sprintf("the checkpoint of %s covers %d entries, but there are only %d", c.At.Format("2006-01-02 15:04:05 MST"), c.N, a.tree.size)})
}

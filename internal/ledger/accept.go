package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"clew/internal/core"

	"golang.org/x/mod/sumdb/tlog"
)

// acceptHeader is the first line of an acceptance.
const acceptHeader = "clew ledger restore accepted v1"

// maxReason bounds the reason in bytes.
const maxReason = 300

// Acceptance is a signed statement in the checkpoint file that an operator
// accepted a database older than its newest checkpoint: a restored backup. The
// checkpoints it overtakes count no more, and everybody can read why.
type Acceptance struct {
	Origin string
	At     time.Time
	Lost   tlog.Tree // the newest checkpoint before; its size is 0 when the file was lost
	Now    tlog.Tree // what the database held
	Reason string
}

func (a Acceptance) text() string {
	return fmt.Sprintf("%s\n%s\n%s%s\nlost %d %s\nnow %d %s\nreason %s\n", acceptHeader, a.Origin, timeKey, a.At.UTC().Format(time.RFC3339),
		a.Lost.N, a.Lost.Hash, a.Now.N, a.Now.Hash, a.Reason)
}

func parseAcceptance(text string) (Acceptance, error) {
	bad := errors.New("it is not in the form in which acceptances are written")
	lines := strings.Split(text, "\n")
	if len(lines) != 7 || lines[0] != acceptHeader {
		return Acceptance{}, bad
	}
	at, err := time.Parse(timeKey+time.RFC3339, lines[2])
	if err != nil {
		return Acceptance{}, bad
	}
	a := Acceptance{Origin: lines[1], At: at.UTC(), Reason: strings.TrimPrefix(lines[5], "reason ")}
	var errLost, errNow error
	a.Lost, errLost = parseTree(lines[3], "lost ")
	a.Now, errNow = parseTree(lines[4], "now ")
	if errLost != nil || errNow != nil || checkReason(a.Reason) != nil || a.text() != text {
		return Acceptance{}, bad
	}
	return a, nil
}

func parseTree(line, key string) (tlog.Tree, error) {
	size, root, ok := strings.Cut(strings.TrimPrefix(line, key), " ")
	n, err := strconv.ParseInt(size, 10, 64)
	if !ok || err != nil || n < 0 {
		return tlog.Tree{}, errors.New("not a tree")
	}
	hash, err := tlog.ParseHash(root)
	return tlog.Tree{N: n, Hash: hash}, err
}

func checkReason(s string) error {
	unprintable := strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
	if len(strings.TrimSpace(s)) < 10 || len(s) > maxReason || unprintable || strings.TrimSpace(s) != s {
		return core.InvalidFields([]core.Field{{Name: "reason", Code: "ledger.reason",
			Msg: "Say in one line, 10 to 300 characters, why an older database is in use. Name no person: anybody with the file can read it."}})
	}
	return nil
}

// Command kill shows that an acknowledged write is never lost and never torn: it
// starts a server over and over, lets clients submit referrals and read cases,
// kills the process with SIGKILL in the middle, and verifies what is left. The
// ledger is verified after every kill, from outside, by `clew ledger verify`.
//
//	go run ./test/kill -cycles 200
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"clew/internal/database"
	"clew/test/apiclient"
)

func main() {
	cycles := flag.Int("cycles", 200, "how often to kill the server")
	binary := flag.String("clew", "", "the clew binary; built from this checkout when empty")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the moments of the kills")
	flag.Parse()
	if err := run(*cycles, *binary, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "kill:", err)
		os.Exit(1)
	}
}

// trial is one installation that is killed again and again.
type trial struct {
	clew  string
	data  string
	token string
	rand  *rand.Rand

	mu    sync.Mutex
	acked []ack
	sent  int64
	views int
}

// ack is a submission that was acknowledged.
type ack struct {
	key, caseID, reference string
	n                      int64
}

func run(cycles int, binary string, seed uint64) error {
	dir, err := os.MkdirTemp("", "clew-kill-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	t := &trial{clew: binary, data: filepath.Join(dir, "data"), rand: rand.New(rand.NewPCG(seed, 9))}
	fmt.Printf("seed %d\n", seed)
	if t.clew == "" {
		t.clew = filepath.Join(dir, "clew")
		if out, err := exec.Command("go", "build", "-o", t.clew, "./cmd/clew").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	if err := t.prepare(); err != nil {
		return err
	}
	for i := range cycles {
		if err := t.cycle(); err != nil {
			return fmt.Errorf("cycle %d: %w", i+1, err)
		}
		if (i+1)%20 == 0 || i+1 == cycles {
			fmt.Printf("%d kills, %d referrals acknowledged, %d pages read\n", i+1, len(t.acked), t.views)
		}
	}
	if err := t.verify(); err != nil {
		return err
	}
	if len(t.acked) == 0 {
		return fmt.Errorf("nothing was acknowledged: nothing was shown")
	}
	fmt.Printf("%d kills: no acknowledged write lost, none torn, every ledger verified\n", cycles)
	return nil
}

// prepare makes a small country and a machine's token.
func (t *trial) prepare() error {
	if out, err := exec.Command(t.clew, "demo", "--people", "20", "--build-only", "--data", t.data).CombinedOutput(); err != nil {
		return fmt.Errorf("make a country: %w\n%s", err, out)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(t.clew, "token", "add", "--data", t.data, "--agency", "police-north", "--role", "first_responder", "--purpose", "identify", "--label", "kill test", "--days", "2")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("make a token: %w\n%s", err, stderr.String())
	}
	for word := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(word, "clew_") {
			t.token = word
		}
	}
	if t.token == "" {
		return fmt.Errorf("no token in %q", out)
	}
	return nil
}

// cycle starts a server, loads it, kills it and verifies the ledger.
func (t *trial) cycle() error {
	cmd := exec.Command(t.clew, "demo", "--data", t.data, "--addr", "127.0.0.1:0", "--api-rate", "100000")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	killed := false
	defer func() {
		if !killed {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	base, err := address(stdout)
	if err != nil {
		return fmt.Errorf("the server did not start: %w\n%s", err, stderr.String())
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() { t.submitUntil(ctx, base) })
	}
	wg.Go(func() { t.readUntil(ctx, base) })
	time.Sleep(time.Duration(50+t.rand.IntN(600)) * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	_ = cmd.Wait()
	killed = true
	stop()
	wg.Wait()
	if out, err := exec.Command(t.clew, "ledger", "verify", "--data", t.data).CombinedOutput(); err != nil {
		return fmt.Errorf("the ledger does not verify: %w\n%s", err, out)
	}
	return nil
}

// address reads where the server listens.
func address(stdout io.Reader) (string, error) {
	s := bufio.NewScanner(stdout)
	for s.Scan() {
		if _, rest, ok := strings.Cut(s.Text(), "Open "); ok {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return strings.Fields(rest)[0], nil
		}
	}
	return "", fmt.Errorf("it said nothing")
}

func (t *trial) submitUntil(ctx context.Context, base string) {
	c := apiclient.New(base, t.token)
	defer c.HTTP.CloseIdleConnections()
	for ctx.Err() == nil {
		t.mu.Lock()
		t.sent++
		n := t.sent
		t.mu.Unlock()
		key := fmt.Sprintf("kill-test-%08d", n)
		r, _, err := c.Submit(key, apiclient.Referral(n))
		if err != nil {
			return // the server is gone, or going
		}
		t.mu.Lock()
		t.acked = append(t.acked, ack{key, r.CaseID, r.Reference, n})
		t.mu.Unlock()
	}
}

// readUntil signs in as a caseworker and reads cases: every page writes to the
// ledger.
func (t *trial) readUntil(ctx context.Context, base string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return
	}
	c := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	defer c.CloseIdleConnections()
	res, err := c.PostForm(base+"/sign-in", url.Values{"login": {"caseworker"}, "password": {"thread through the maze"}})
	if err != nil {
		return
	}
	_ = res.Body.Close()
	for ctx.Err() == nil {
		t.mu.Lock()
		path := "/queue"
		if len(t.acked) > 0 {
			path = "/cases/" + t.acked[len(t.acked)-1].caseID
		}
		t.mu.Unlock()
		res, err := c.Get(base + path)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		t.mu.Lock()
		t.views++
		t.mu.Unlock()
	}
}

// verify looks for every acknowledged referral through a server that is started
// once more, sends some of them again, and looks for halves in the database.
func (t *trial) verify() error {
	cmd := exec.Command(t.clew, "demo", "--data", t.data, "--addr", "127.0.0.1:0", "--api-rate", "100000")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Signal(os.Interrupt) }()
	base, err := address(stdout)
	if err != nil {
		return fmt.Errorf("the last server did not start: %w", err)
	}
	c := apiclient.New(base, t.token)
	for i, a := range t.acked {
		reference, err := c.Reference(a.caseID)
		if err != nil || reference != a.reference {
			return fmt.Errorf("acknowledged referral %s is lost: %q, %w", a.reference, reference, err)
		}
		if i%50 != 0 {
			continue
		}
		if r, again, err := c.Submit(a.key, apiclient.Referral(a.n)); err != nil || !again || r.Reference != a.reference {
			return fmt.Errorf("referral %s sent again made %s (replayed %v, %w)", a.reference, r.Reference, again, err)
		}
	}
	return t.lookForHalves()
}

// halves is what must be empty: a write that happened in part.
var halves = map[string]string{
	"case without all of its sealed sections": `SELECT count(*) FROM case_file c WHERE (SELECT count(DISTINCT name) FROM case_section s WHERE s.case_id = c.id) <> 3`,
	"section without a case":                  `SELECT count(*) FROM case_section s WHERE NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = s.case_id)`,
	"case without a line of its timeline":     `SELECT count(*) FROM case_file c WHERE NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = c.id)`,
	"case without a ledger entry":             `SELECT count(*) FROM case_file c WHERE NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.case_id = c.id)`,
	"key without a case":                      `SELECT count(*) FROM idempotency i WHERE NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = i.case_id)`,
	"blind index without a case":              `SELECT count(*) FROM blind_index b WHERE NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = b.case_id)`,
	"consent without a case":                  `SELECT count(*) FROM consent k WHERE NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = k.case_id)`,
}

func (t *trial) lookForHalves() error {
	ctx := context.Background()
	db, err := database.Open(ctx, filepath.Join(t.data, "clew.db"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for what, query := range halves {
		var n int
		if err := db.Reader().QueryRowContext(ctx, query).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("torn: %d times a %s", n, what)
		}
	}
	var whole string
	if err := db.Reader().QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
		return fmt.Errorf("the database is damaged: %s, %w", whole, err)
	}
	return nil
}

// Package nodes_test runs several processes on one PostgreSQL, as a nation does.
package nodes_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/test/apiclient"
)

// clew runs the binary to its end and returns what it printed.
func clew(t *testing.T, binary string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("clew %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

// start starts a node and returns its address.
func start(t *testing.T, binary string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, append([]string{"demo", "--addr", "127.0.0.1:0", "--api-rate", "100000"}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, rest, ok := strings.Cut(lines.Text(), "Open "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return strings.Fields(rest)[0]
		}
	}
	t.Fatal("the node did not start")
	return ""
}

// TestTwoNodesShareOnePostgres: referrals come in through both, each one's jobs
// run once, and the ledger that both wrote is whole.
func TestTwoNodesShareOnePostgres(t *testing.T) {
	url := dbtest.PostgresURL(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "clew")
	if out, err := exec.Command("go", "build", "-o", binary, "clew/cmd/clew").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	place := []string{"--data", filepath.Join(dir, "keys"), "--database-url", url}
	clew(t, binary, append([]string{"demo", "--people", "10", "--build-only"}, place...)...)
	token := ""
	for word := range strings.FieldsSeq(clew(t, binary, append([]string{"token", "add", "--agency", "police-north", "--role", "first_responder",
		"--purpose", "identify", "--label", "two nodes", "--days", "2"}, place...)...)) {
		if strings.HasPrefix(word, "clew_") {
			token = word
		}
	}
	nodes := []string{start(t, binary, place...), start(t, binary, place...)}
	const each = 40
	var wg sync.WaitGroup
	failures := make(chan error, 2*each)
	for n, base := range nodes {
		wg.Go(func() {
			c := apiclient.New(base, token)
			for i := range int64(each) {
				if _, _, err := c.Submit(fmt.Sprintf("node-%d-%d-key", n, i), apiclient.Referral(int64(n)*1000+i)); err != nil {
					failures <- err
				}
			}
		})
	}
	wg.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	db, err := database.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	waitFor(t, db, `SELECT count(*) FROM case_file WHERE author_id IN (SELECT owner_id FROM api_token) AND state = 'submitted'`, 0)
	waitFor(t, db, `SELECT count(*) FROM case_event e JOIN case_file c ON c.id = e.case_id WHERE e.kind = 'receive' AND c.author_id IN (SELECT owner_id FROM api_token)`, 2*each)
	waitFor(t, db, `SELECT count(*) FROM ledger_entry WHERE seq IS NULL`, 0)
	clew(t, binary, append([]string{"ledger", "verify"}, place...)...)
}

// waitFor waits until a count is what it should become. Jobs and the ledger run
// in the background of both nodes.
func waitFor(t *testing.T, db *database.DB, query string, want int) {
	t.Helper()
	var got int
	for range 300 {
		if err := db.Reader().QueryRowContext(context.Background(), query).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s: %d, want %d", query, got, want)
}

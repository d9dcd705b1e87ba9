// Command places measures the page of places, and what a provider opens in the
// morning, over HTTP in an installation of 5,000 beds and 50,000 support files,
// which it makes first, in a folder or PostgreSQL database that is empty.
//
//	go run ./test/load/places
//	go run ./test/load/places -database 'postgres://clew:clew@127.0.0.1:5432/clew_load?sslmode=disable'
package main

import (
	"bufio"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/vault"
	"clew/test/shelter"
)

type options struct {
	data, database, binary string
	requests               int
	size                   shelter.Size
}

func main() {
	o := options{size: shelter.National}
	flag.StringVar(&o.data, "data", "", "the folder of the installation; it is kept, and not filled again when it is there. Default: a temporary one")
	flag.StringVar(&o.database, "database", "", "an empty PostgreSQL database, instead of SQLite in the folder")
	flag.StringVar(&o.binary, "clew", "", "the clew binary; built from this checkout when empty")
	flag.IntVar(&o.requests, "requests", 300, "requests for each page")
	flag.IntVar(&o.size.Beds, "beds", o.size.Beds, "beds")
	flag.IntVar(&o.size.Files, "files", o.size.Files, "support files")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "places:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	work, err := os.MkdirTemp("", "clew-places-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if o.binary == "" {
		o.binary = filepath.Join(work, "clew")
		if text, err := exec.CommandContext(ctx, "go", "build", "-o", o.binary, "./cmd/clew").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, text)
		}
	}
	if o.data == "" {
		o.data = filepath.Join(work, "data")
	}
	if _, err := os.Stat(o.data); os.IsNotExist(err) {
		if err := build(ctx, o, out); err != nil {
			return err
		}
	}
	base, stop, err := serve(ctx, o)
	if err != nil {
		return err
	}
	defer stop()
	fmt.Fprintf(out, "%-28s %8s %9s %9s %9s %9s\n", "page", "requests", "p50 ms", "p95 ms", "p99 ms", "KB")
	for _, p := range []struct{ name, login, path string }{
		{"places in numbers", "manager", "/support/capacity"}, {"a provider's day", "support", "/support"}, {"a provider's places", "support", "/support/places"},
		{"a provider's people", "support", "/support/people"},
	} {
		if err := measure(base, p.login, p.name, p.path, o.requests, out); err != nil {
			return err
		}
	}
	return nil
}

func (o options) demo(ctx context.Context, args ...string) *exec.Cmd {
	args = append([]string{"demo", "--people", "20", "--data", o.data}, args...)
	if o.database != "" {
		args = append(args, "--database-url", o.database)
	}
	return exec.CommandContext(ctx, o.binary, args...)
}

// build makes a small country, whose people can sign in, and fills it.
func build(ctx context.Context, o options, out io.Writer) error {
	if text, err := o.demo(ctx, "--build-only").CombinedOutput(); err != nil {
		return fmt.Errorf("make a country: %w\n%s", err, text)
	}
	keyset, err := vault.FileSource(filepath.Join(o.data, "keys", "keyset.age"), vault.Unsealed()).Open(ctx)
	if err != nil {
		return err
	}
	keys, err := vault.OpenKeyStore(ctx, filepath.Join(o.data, "keys", "keys.db"), core.SystemClock{})
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	source := o.database
	if source == "" {
		source = filepath.Join(o.data, "clew.db")
	}
	db, err := database.Open(ctx, source)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	w := &shelter.World{DB: db, Vault: vault.New(keyset, keys, core.SystemClock{}, vault.WithBatch(256)), Now: time.Now()}
	if w.Authority, err = agency(ctx, db.Reader(), "authority"); err != nil {
		return err
	}
	provider, err := agency(ctx, db.Reader(), "safe-house")
	if err != nil {
		return err
	}
	w.Providers = []core.ID{provider}
	start := time.Now()
	if err := w.Fill(ctx, o.size, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d beds and %d support files on %s, made in %.0f s\n", o.size.Beds, o.size.Files, db.Engine(), time.Since(start).Seconds())
	return err
}

func agency(ctx context.Context, db *sql.DB, code string) (id core.ID, err error) {
	err = db.QueryRowContext(ctx, `SELECT id FROM agency WHERE code = $1`, code).Scan(&id)
	return id, err
}

// serve starts the server and returns where it listens.
func serve(ctx context.Context, o options) (base string, stop func(), err error) {
	cmd := o.demo(ctx, "--addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	s := bufio.NewScanner(stdout)
	for s.Scan() {
		if _, rest, ok := strings.Cut(s.Text(), "Open "); ok {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return strings.Fields(rest)[0], stop, nil
		}
	}
	stop()
	return "", nil, fmt.Errorf("the server did not start")
}

func measure(base, login, name, path string, n int, out io.Writer) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute}
	res, err := c.PostForm(base+"/sign-in", url.Values{"login": {login}, "password": {"thread through the maze"}})
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	times := make([]time.Duration, n)
	size := 0
	for i := range n {
		start := time.Now()
		res, err := c.Get(base + path)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK || res.Request.URL.Path != path {
			return fmt.Errorf("%s led to %s and answered %d", path, res.Request.URL.Path, res.StatusCode)
		}
		times[i], size = time.Since(start), len(body)
	}
	slices.Sort(times)
	at := func(q float64) float64 { return float64(times[int(q*float64(n-1))].Microseconds()) / 1000 }
	_, err = fmt.Fprintf(out, "%-28s %8d %9.1f %9.1f %9.1f %9.1f\n", name, n, at(.5), at(.95), at(.99), float64(size)/1024)
	return err
}

// Command load measures a running clew: how long pages take the server, and how
// many referrals it takes in durably. It signs in as the accounts of the
// demonstration. Point it at a server on this machine only.
//
//	clew demo --people 200000 --data DIR --addr 127.0.0.1:8080 &
//	go run ./test/load -url http://127.0.0.1:8080 -pages 300 -submissions 4000 -token TOKEN
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"clew/test/apiclient"
)

type options struct {
	base        string
	password    string
	token       string
	pages       int
	submissions int
	clients     int
}

func main() {
	var o options
	flag.StringVar(&o.base, "url", "http://127.0.0.1:8080", "the server; loopback only")
	flag.StringVar(&o.password, "password", "thread through the maze", "the demonstration's password")
	flag.StringVar(&o.token, "token", "", "an API token of a first responder; without it nothing is submitted")
	flag.IntVar(&o.pages, "pages", 300, "requests for each page")
	flag.IntVar(&o.submissions, "submissions", 4000, "referrals to submit")
	flag.IntVar(&o.clients, "clients", 16, "clients that submit at once")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(o options, out io.Writer) error {
	u, err := url.Parse(o.base)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s is not an address of this machine", u.Hostname())
	}
	fmt.Fprintf(out, "%-28s %8s %9s %9s %9s %9s\n", "page", "requests", "p50 ms", "p95 ms", "p99 ms", "KB")
	if err := measurePages(o, out); err != nil {
		return err
	}
	if o.token == "" {
		return nil
	}
	return measureSubmissions(o, out)
}

// client is somebody who is signed in.
type client struct {
	*http.Client
	base string
}

func signIn(o options, login string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{&http.Client{Jar: jar, Timeout: time.Minute}, o.base}
	res, err := c.PostForm(o.base+"/sign-in", url.Values{"login": {login}, "password": {o.password}})
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	if !strings.HasSuffix(res.Request.URL.Path, "/home") {
		return nil, fmt.Errorf("signing in as %s led to %s", login, res.Request.URL.Path)
	}
	return c, nil
}

func (c *client) get(path string) (body []byte, took time.Duration, err error) {
	start := time.Now()
	res, err := c.Get(c.base + path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err = io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", path, res.StatusCode)
	}
	return body, time.Since(start), err
}

var caseLink = regexp.MustCompile(`/cases/[0-9a-f-]{36}`)
var csrfValue = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func measurePages(o options, out io.Writer) error {
	c, err := signIn(o, "manager")
	if err != nil {
		return err
	}
	first, _, err := c.get("/queue")
	if err != nil {
		return err
	}
	links := slices.Compact(caseLink.FindAllString(string(first), -1))
	if len(links) == 0 {
		return fmt.Errorf("the queue shows no case")
	}
	measure := func(name string, request func(i int) ([]byte, time.Duration, error)) error {
		times := make([]time.Duration, 0, o.pages)
		size := 0
		for i := range o.pages {
			body, took, err := request(i)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			times, size = append(times, took), len(body)
		}
		slices.Sort(times)
		at := func(q float64) float64 { return float64(times[int(q*float64(len(times)-1))].Microseconds()) / 1000 }
		_, err := fmt.Fprintf(out, "%-28s %8d %9.1f %9.1f %9.1f %9.1f\n", name, len(times), at(.5), at(.95), at(.99), float64(size)/1024)
		return err
	}
	queries := []string{"", "?deadline=overdue", "?child=yes", "?exploitation=forced_labour", "?nationality=ALB", "?state=rg_pending", "?assigned=nobody"}
	if err := measure("queue, seven filters", func(i int) ([]byte, time.Duration, error) { return c.get("/queue" + queries[i%len(queries)]) }); err != nil {
		return err
	}
	if err := measure("case", func(i int) ([]byte, time.Duration, error) { return c.get(links[i%len(links)]) }); err != nil {
		return err
	}
	form, _, err := c.get("/search")
	if err != nil {
		return err
	}
	token := csrfValue.FindSubmatch(form)
	if token == nil {
		return fmt.Errorf("the search page has no form")
	}
	search := func(names ...string) func(i int) ([]byte, time.Duration, error) {
		return func(i int) ([]byte, time.Duration, error) {
			start := time.Now()
			res, err := c.PostForm(c.base+"/search", url.Values{"csrf": {string(token[1])}, "name": {names[i%len(names)]}})
			if err != nil {
				return nil, 0, err
			}
			defer func() { _ = res.Body.Close() }()
			body, err := io.ReadAll(res.Body)
			if err == nil && res.StatusCode != http.StatusOK {
				err = fmt.Errorf("search answered %d", res.StatusCode)
			}
			return body, time.Since(start), err
		}
	}
	if err := measure("person search", search("Arben Hoxha", "Linh Nguyễn", "Chloe Barker", "Filmon Tekle", "Reza Karimi", "Nobody Here")); err != nil {
		return err
	}
	return measure("person search, misspelt", search("Arbem Hoxja", "Lin Nguyenn", "Cloe Barkar", "Filmon Tekel", "Rezza Karimy", "Noboddy Heer"))
}

// measureSubmissions sends referrals from several clients at once and counts
// those that were acknowledged as durable.
func measureSubmissions(o options, out io.Writer) error {
	var next, failed atomic.Int64
	var mu sync.Mutex
	var firstError error
	start := time.Now()
	var wg sync.WaitGroup
	for range o.clients {
		wg.Go(func() {
			c := apiclient.New(o.base, o.token)
			for {
				i := next.Add(1)
				if i > int64(o.submissions) {
					return
				}
				if _, _, err := c.Submit(fmt.Sprintf("load-%d-%d", start.UnixNano(), i), apiclient.Referral(start.UnixNano()%1e7*1000+i)); err != nil {
					failed.Add(1)
					mu.Lock()
					if firstError == nil {
						firstError = err
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	done := int64(o.submissions) - failed.Load()
	_, err := fmt.Fprintf(out, "\n%d referrals acknowledged by %d clients in %.1f s: %.0f a second; %d failed\n", done, o.clients, took.Seconds(), float64(done)/took.Seconds(), failed.Load())
	if firstError != nil {
		return firstError
	}
	return err
}

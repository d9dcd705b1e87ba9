package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"clew/internal/api"
	"clew/internal/core"
	"clew/internal/operate"
	"clew/internal/web"
	"clew/internal/web/page"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type serveCmd struct {
	nodeFlags
	Addr    string  `default:"127.0.0.1:8080" env:"CLEW_ADDR" help:"The address to listen on."`
	TLSCert string  `name:"tls-cert" type:"existingfile" env:"CLEW_TLS_CERT" help:"The certificate, with its chain." placeholder:"FILE"`
	TLSKey  string  `name:"tls-key" type:"existingfile" env:"CLEW_TLS_KEY" help:"The certificate's key." placeholder:"FILE"`
	Proxy   bool    `env:"CLEW_PROXY" help:"Behind a proxy that speaks HTTPS to the world and sets X-Forwarded-For."`
	APIRate float64 `name:"api-rate" default:"20" env:"CLEW_API_RATE" help:"Requests a second that one API token may make."`
	LeaveTo string  `name:"leave-to" default:"https://www.wikipedia.org/" env:"CLEW_LEAVE_TO" help:"Where the public's pages lead when somebody leaves them at once: a site that says nothing." placeholder:"URL"`
	Danger  string  `name:"emergency" default:"112" env:"CLEW_EMERGENCY" help:"The number that the public's pages give for danger." placeholder:"NUMBER"`
	Metrics string  `env:"CLEW_METRICS_ADDR" help:"A second address for /metrics alone; without it /metrics is on the first." placeholder:"ADDR"`
}

const (
	sweepEvery      = time.Hour
	checkpointEvery = 2 * time.Second
	likenessEvery   = time.Second
	drain           = 20 * time.Second
)

// Run serves until it is told to stop, and then lets what is under way finish.
func (c serveCmd) Run(ctx context.Context, io streams) error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return core.E(core.Invalid, "serve.tls", "Give --tls-cert and --tls-key together.")
	}
	logger := slog.New(slog.NewJSONHandler(io.err, nil))
	n, err := openNode(ctx, c.nodeFlags, nodeOptions{log: logger})
	if err != nil {
		return err
	}
	defer func() { _ = n.Close() }()
	site := n.site()
	site.Secure = c.TLSCert != "" || c.Proxy
	if u, err := url.Parse(c.LeaveTo); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return core.E(core.Invalid, "serve.leave_to", "Give --leave-to an address that begins with https://.")
	}
	site.LeaveTo, site.Emergency = c.LeaveTo, c.Danger
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Addr, err)
	}
	n.announce(io.err, listener, c.TLSCert != "")
	return n.serve(ctx, listener, n.handler(site, handlerOptions{proxied: c.Proxy, metrics: c.Metrics == "", apiRate: c.APIRate}), c.TLSCert, c.TLSKey, c.Metrics)
}

func (n *node) announce(w io.Writer, l net.Listener, tls bool) {
	scheme := "http"
	if tls {
		scheme = "https"
	}
	fmt.Fprintf(w, "clew is ready at %s://%s\n", scheme, l.Addr())
}

// site is the parts as the pages want them.
func (n *node) site() *page.Site {
	return &page.Site{Auth: n.auth, Cases: n.cases, Support: n.support, Concerns: n.concerns, Spoken: n.spoken, Children: n.children, Letters: n.letters, Ledger: n.ledger, Operate: operate.New(n.db, n.policies, n.clock), Policies: n.policies, Schemes: n.schemes, Scheme: n.scheme,
		Clock: n.clock, Log: n.log}
}

// handlerOptions are what differs between ways of serving.
type handlerOptions struct {
	proxied bool
	metrics bool // on the same address
	apiRate float64
}

// handler is everything the process answers: pages, the API, health and
// figures.
func (n *node) handler(site *page.Site, o handlerOptions) http.Handler {
	m := newMetrics(n)
	mux := http.NewServeMux()
	mux.Handle("/", web.New(site))
	mux.Handle("/api/", api.New(api.Parts{Cases: n.cases, Auth: n.auth, Policies: n.policies, Schemes: n.schemes, Scheme: n.scheme, Clock: n.clock,
		Log: n.log, Secret: n.cursorSecret, Limits: api.Limits{PerSecond: o.apiRate, Burst: max(1, int(5*o.apiRate))}}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", n.ready)
	if o.metrics {
		mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	}
	return m.count(remote(o.proxied, mux))
}

// ready says whether requests can be served: the database and the key store
// answer.
func (n *node) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := errors.Join(n.db.Ping(ctx), n.vault.store.Ping(ctx)); err != nil {
		http.Error(w, "not ready: the database or the key store does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// serve runs the server, the jobs and the ledger until ctx ends.
func (n *node) serve(ctx context.Context, l net.Listener, h http.Handler, cert, key, metrics string) error {
	ctx, stop := context.WithCancel(ctx)
	background := n.runBackground(ctx)
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelWarn)}
	failed := make(chan error, 2)
	go func() { failed <- listen(srv, l, cert, key) }()
	side := n.serveMetrics(metrics, failed)
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	shut, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if e := srv.Shutdown(shut); err == nil {
		err = e
	}
	if side != nil {
		_ = side.Shutdown(shut)
	}
	stop()
	background()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, n.lastCheckpoint())
}

func listen(srv *http.Server, l net.Listener, cert, key string) error {
	if cert != "" {
		return srv.ServeTLS(l, cert, key)
	}
	return srv.Serve(l)
}

func (n *node) serveMetrics(addr string, failed chan<- error) *http.Server {
	if addr == "" {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(newMetrics(n).registry, promhttp.HandlerOpts{}))
	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { failed <- srv.ListenAndServe() }()
	return srv
}

// runBackground starts the jobs, the ledger's integration and the likeness index,
// and returns a function that waits for them to end.
func (n *node) runBackground(ctx context.Context) (wait func()) {
	done := make(chan struct{}, 3)
	go func() {
		n.cases.KeepLikeness(ctx, likenessEvery)
		done <- struct{}{}
	}()
	go func() {
		n.jobs.Run(ctx)
		done <- struct{}{}
	}()
	go func() {
		n.ledger.Run(ctx, checkpointEvery)
		done <- struct{}{}
	}()
	return func() { <-done; <-done; <-done }
}

// lastCheckpoint signs what the last requests wrote.
func (n *node) lastCheckpoint() error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if _, err := n.ledger.Integrate(ctx); err != nil {
		return err
	}
	_, err := n.ledger.Checkpoint(ctx)
	return err
}

// remote puts the client's address where it belongs when a proxy stands before
// us. Only the last hop is believed: the one our own proxy added.
func remote(proxied bool, next http.Handler) http.Handler {
	if !proxied {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hops := r.Header.Values("X-Forwarded-For"); len(hops) > 0 {
			if host := lastHop(hops[len(hops)-1]); host != "" {
				r.RemoteAddr = net.JoinHostPort(host, "0")
			}
		}
		next.ServeHTTP(w, r)
	})
}

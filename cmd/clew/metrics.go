package main

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clew/internal/job"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are the figures that Prometheus reads. No label names a person, a case
// or an agency: routes are patterns, never addresses.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(n *node) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "clew_http_requests_total", Help: "Requests answered, by method and status."}, []string{"method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "clew_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.002, .005, .01, .02, .03, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"method"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.gauge("clew_ledger_entries", "Entries with a place in the ledger.", func(ctx context.Context) float64 {
		st, _ := n.ledger.Status(ctx)
		return float64(st.Size)
	})
	m.gauge("clew_ledger_pending", "Entries that no checkpoint covers yet.", func(ctx context.Context) float64 {
		st, _ := n.ledger.Status(ctx)
		return float64(st.Pending)
	})
	m.gauge("clew_jobs_dead", "Jobs that failed for good and wait for somebody.", func(ctx context.Context) float64 { return n.countJobs(ctx, job.Dead) })
	m.gauge("clew_jobs_waiting", "Jobs that wait for their time.", func(ctx context.Context) float64 { return n.countJobs(ctx, job.Waiting) })
	m.likeness(n)
	return m
}

// likeness says how far the likeness index of this process is, in numbers that are
// about nobody.
func (m *metrics) likeness(n *node) {
	m.gauge("clew_likeness_whole", "1 when the likeness index of this process is built, 0 while it is.", func(context.Context) float64 {
		if n.cases.Likeness().Whole {
			return 1
		}
		return 0
	})
	m.gauge("clew_likeness_people", "Identities in the likeness index.", func(context.Context) float64 { return float64(n.cases.Likeness().People) })
	m.gauge("clew_likeness_read", "Identities read since the building of the likeness index began.", func(context.Context) float64 { return float64(n.cases.Likeness().Built) })
	m.gauge("clew_likeness_to_read", "Identities there were when the building began.", func(context.Context) float64 { return float64(n.cases.Likeness().Total) })
	m.gauge("clew_likeness_behind", "Ledger positions that the likeness index has yet to follow.", func(context.Context) float64 { return float64(n.cases.Likeness().Behind) })
	m.gauge("clew_likeness_unreadable", "Identities that are damaged and therefore not in the likeness index.", func(context.Context) float64 { return float64(n.cases.Likeness().Unreadable) })
}

// gauge adds a figure that is asked for when it is read.
func (m *metrics) gauge(name, help string, value func(context.Context) float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		return value(ctx)
	}))
}

func (n *node) countJobs(ctx context.Context, state job.State) float64 {
	counts, _ := job.Counts(ctx, n.db.Reader())
	total := 0
	for _, c := range counts {
		if c.State == state {
			total += c.N
		}
	}
	return float64(total)
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer inside.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(sw, r)
		method := r.Method
		if method != http.MethodGet && method != http.MethodPost {
			method = "other"
		}
		m.requests.WithLabelValues(method, strconv.Itoa(sw.status)).Inc()
		m.seconds.WithLabelValues(method).Observe(time.Since(start).Seconds())
	})
}

// lastHop is the last address of an X-Forwarded-For header, or "".
func lastHop(header string) string {
	parts := strings.Split(header, ",")
	host := strings.TrimSpace(parts[len(parts)-1])
	if net.ParseIP(host) == nil {
		return ""
	}
	return host
}

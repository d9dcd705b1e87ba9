package queue_test

import (
	"net/http"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

// BenchmarkQueuePage asks for a full page of the queue as a manager gets it,
// over HTTP: session, policies, list, counts and the page itself.
func BenchmarkQueuePage(b *testing.B) {
	s := webtest.New(b, caseworktest.New(b, dbtest.SQLite(b)))
	for range 60 {
		s.World.Refer(caseworktest.Form())
	}
	c := s.SignIn(manager)
	for b.Loop() {
		res, err := c.Get(s.Server.URL + "/queue")
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(res, err)
		}
		_ = res.Body.Close()
	}
	b.ReportMetric(float64(len(pagetest.Get(b, s, c, "/queue").Text)), "bytes/page")
}

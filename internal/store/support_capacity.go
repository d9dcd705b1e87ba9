package store

import (
	"context"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/support"
)

// BedTotals counts every bed by region, attributes and state.
func (s supportReader) BedTotals(ctx context.Context) ([]support.BedTotal, error) {
	return many(ctx, s.r.q, func(r scanner) (b support.BedTotal, err error) {
		var attributes string
		err = r.Scan(&b.Region, &attributes, &b.State, &b.N)
		b.Attributes = words(attributes)
		return b, err
	}, "bed totals", `SELECT p.region, p.attributes, b.state, SUM(b.n) FROM (SELECT place_id, state, COUNT(*) AS n FROM support_bed GROUP BY place_id, state) b
JOIN support_place p ON p.id = b.place_id GROUP BY p.region, p.attributes, b.state ORDER BY p.region, p.attributes, b.state`)
}

// WaitingTotals counts open referrals to support by whom they are for.
func (s supportReader) WaitingTotals(ctx context.Context) ([]support.WaitingTotal, error) {
	return many(ctx, s.r.q, func(r scanner) (w support.WaitingTotal, err error) {
		err = r.Scan(&w.Who, &w.N, at{&w.Oldest})
		return w, err
	}, "waiting totals", `SELECT who, COUNT(*), MIN(opened_at) FROM support_request WHERE state = 'open' GROUP BY who ORDER BY who`)
}

// EndingStays counts people who stay now by the end of their recovery period.
func (s supportReader) EndingStays(ctx context.Context) ([]support.EndingStays, error) {
	return many(ctx, s.r.q, func(r scanner) (e support.EndingStays, err error) {
		err = r.Scan(&e.Until, &e.N)
		return e, err
	}, "ending stays", endingStaysQuery)
}

const endingStaysQuery = `SELECT c.recovery_until, COUNT(*) FROM support_stay y JOIN support_file f ON f.id = y.file_id JOIN case_file c ON c.id = f.case_id
WHERE y.state = 'here' GROUP BY c.recovery_until ORDER BY c.recovery_until`

const microsOfADay = int64(24 * time.Hour / time.Microsecond)

// ArrivalDays counts referrals to support by day (UTC), from a day on.
func (s supportReader) ArrivalDays(ctx context.Context, from core.Date) ([]support.ArrivalDay, error) {
	return many(ctx, s.r.q, func(r scanner) (d support.ArrivalDay, err error) {
		var day int64
		err = r.Scan(&d.Who, &day, &d.N)
		d.Day = core.DateIn(database.FromMicros(day*microsOfADay+1), time.UTC)
		return d, err
	}, "arrivals", `SELECT who, opened_at / $2 AS day, COUNT(*) FROM support_request WHERE opened_at >= $1 GROUP BY who, opened_at / $2 ORDER BY day, who`,
		database.Micros(from.StartIn(time.UTC)), microsOfADay)
}

// Housed lists from when until when each person was housed: one line a file,
// however often the bed changed.
func (s supportReader) Housed(ctx context.Context) ([]support.Housed, error) {
	return many(ctx, s.r.q, func(r scanner) (h support.Housed, err error) {
		var running int
		err = r.Scan(&h.Who, &h.From, &h.Until, &running)
		h.Running = running > 0
		return h, err
	}, "stays", `SELECT q.who, MIN(y.arrived_on), MAX(y.left_on), SUM(CASE WHEN y.state IN ('here', 'reserved') THEN 1 ELSE 0 END)
FROM support_stay y JOIN support_file f ON f.id = y.file_id JOIN support_request q ON q.id = f.request_id GROUP BY y.file_id, q.who`)
}

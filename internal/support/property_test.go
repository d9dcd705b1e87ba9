package support_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

// walks holds what may follow what, written from docs/support.md and
// docs/papers.md and not copied from the code.
var walks = map[string]map[string][]string{
	"bed": {"free": {"reserved", "out_of_use"}, "reserved": {"occupied", "free"}, "occupied": {"free"}, "out_of_use": {"free"}},
	"offer": {"waiting": {"accepted", "declined", "lapsed", "taken_back"}, "lapsed": {"accepted", "declined", "taken_back"},
		"accepted": {}, "declined": {}, "taken_back": {}},
	"request": {"open": {"accepted", "withdrawn"}, "accepted": {}, "withdrawn": {}},
	"support": {"running": {"notice"}, "notice": {"running", "ended"}, "ended": {}},
	"stay":    {"reserved": {"here", "given_up"}, "here": {"left"}, "left": {}, "given_up": {}},
	"contact": {"planned": {"made", "missed", "cancelled"}, "missed": {"made"}, "made": {}, "cancelled": {}},
	"permit": {"applied": {"paused", "granted", "refused", "ended"}, "paused": {"applied", "granted", "refused", "ended"}, "granted": {"renewed", "expired", "ended"},
		"expired": {"renewed"}, "refused": {}, "renewed": {}, "ended": {}},
}

func TestTheStateTablesAreThoseOfTheDocs(t *testing.T) {
	for what, may := range map[string]func(from, to string) bool{
		"bed":     func(a, b string) bool { return support.BedState(a).MayBecome(support.BedState(b)) },
		"offer":   func(a, b string) bool { return support.OfferState(a).MayBecome(support.OfferState(b)) },
		"request": func(a, b string) bool { return support.RequestState(a).MayBecome(support.RequestState(b)) },
		"support": func(a, b string) bool { return support.FileState(a).MayBecome(support.FileState(b)) },
		"stay":    func(a, b string) bool { return support.StayState(a).MayBecome(support.StayState(b)) },
		"contact": func(a, b string) bool { return support.ContactState(a).MayBecome(support.ContactState(b)) },
		"permit":  func(a, b string) bool { return support.PermitState(a).MayBecome(support.PermitState(b)) },
	} {
		for from := range walks[what] {
			for to := range walks[what] {
				if want := slices.Contains(walks[what][from], to); may(from, to) != want {
					t.Errorf("%s: from %s to %s: %v, want %v", what, from, to, !want, want)
				}
			}
			if may("", from) || may(from, "") {
				t.Errorf("%s: no state at all is next to %s", what, from)
			}
		}
	}
}

// house is two providers, their beds and some people, upon whom commands fall.
type house struct {
	w       *supporttest.World
	workers []accesstest.Actor
	beds    []core.ID
	cases   []core.ID
	ended   map[core.ID]bool // files that a person ended
}

// TestNoBedIsSharedAndNobodySleepsTwice lets two providers do what they like in
// any order. The world goes on from draw to draw: the longer it has lived, the
// stranger are the states that commands fall into.
func TestNoBedIsSharedAndNobodySleepsTwice(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	h := &house{w: w, workers: []accesstest.Actor{supporttest.Worker, supporttest.Elsewhere}, ended: map[core.ID]bool{}}
	for _, a := range h.workers {
		w.Agree(a)
		for _, b := range w.Open(a, 2) {
			h.beds = append(h.beds, b.ID)
		}
	}
	for range 4 {
		h.cases = append(h.cases, w.In(casework.Recovery))
	}
	w.RunJobs()
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(5, 40).Draw(rt, "commands") {
			err := h.command(rt)
			switch core.KindOf(err) {
			case core.Conflict, core.NotNow, core.NotFound, core.Invalid, core.Forbidden:
				err = nil // an answer in words
			}
			if err != nil {
				rt.Fatal(err)
			}
			h.holds(rt)
		}
	})
}

func (h *house) command(rt *rapid.T) error {
	s := h.w.Support
	caseID := rapid.SampledFrom(h.cases).Draw(rt, "case")
	bed := rapid.SampledFrom(h.beds).Draw(rt, "bed")
	who := rapid.SampledFrom(h.workers).Draw(rt, "worker").Actor
	today := core.DateIn(h.w.Clock.Now(), time.UTC)
	what := rapid.SampledFrom([]string{"accept", "accept", "arrive", "move", "notice", "end", "outreach", "decline", "ask", "out of use", "in use", "later"}).Draw(rt, "command")
	switch what {
	case "ask":
		return s.AskSupport(ctx, caseworktest.Caseworker.Actor, core.Identify, caseID, support.Needs{Who: support.Women})
	case "out of use":
		return s.SetBed(ctx, who, core.Protect, bed, support.OutOfUse)
	case "in use":
		return s.SetBed(ctx, who, core.Protect, bed, support.Free)
	case "later":
		h.w.Clock.Advance(time.Duration(rapid.IntRange(1, 72).Draw(rt, "hours")) * time.Hour)
		h.w.RunJobs()
		return nil
	case "accept", "decline":
		offers, err := s.Offers(ctx, who, core.Protect, 50)
		if err != nil || len(offers) == 0 {
			return err
		}
		offer := rapid.SampledFrom(offers).Draw(rt, "offer").ID
		if what == "decline" {
			return s.Decline(ctx, who, core.Protect, offer, "no_place")
		}
		_, err = s.Accept(ctx, who, core.Protect, offer, bed)
		return err
	}
	f, err := h.w.Kept.FileOf(ctx, caseID)
	if err != nil {
		return err
	}
	switch what {
	case "arrive":
		return s.Arrive(ctx, who, core.Protect, f.ID, today)
	case "move":
		return s.Move(ctx, who, core.Protect, f.ID, bed, today)
	case "outreach":
		return s.ChangePhase(ctx, who, core.Protect, f.ID, 0, support.Outreach, today)
	case "notice":
		rules, err := s.Rules()
		if err != nil {
			return err
		}
		return s.GiveNotice(ctx, who, core.Protect, f.ID, 0, rapid.SampledFrom(rules.Support.EndReasons).Draw(rt, "reason").Code, today.AddDays(rapid.IntRange(0, 20).Draw(rt, "days")))
	}
	if err = s.End(ctx, who, core.Protect, f.ID, 0); err == nil {
		h.ended[f.ID] = true
	}
	return err
}

// holds asks the tables themselves.
func (h *house) holds(rt *rapid.T) {
	for what, query := range map[string]string{
		"beds given twice":        `SELECT count(*) FROM (SELECT bed_id FROM support_stay WHERE state IN ('reserved', 'here') GROUP BY bed_id HAVING count(*) > 1) x`,
		"people in two beds":      `SELECT count(*) FROM (SELECT person_id FROM support_stay WHERE state IN ('reserved', 'here') GROUP BY person_id HAVING count(*) > 1) x`,
		"beds held for nobody":    `SELECT count(*) FROM support_bed b WHERE b.state IN ('reserved', 'occupied') AND NOT EXISTS (SELECT 1 FROM support_stay y WHERE y.bed_id = b.id AND y.state IN ('reserved', 'here'))`,
		"beds not held":           `SELECT count(*) FROM support_stay y JOIN support_bed b ON b.id = y.bed_id WHERE y.state = 'here' AND b.state <> 'occupied' OR y.state = 'reserved' AND b.state <> 'reserved'`,
		"yeses to one referral":   `SELECT count(*) FROM (SELECT request_id FROM support_offer WHERE state = 'accepted' GROUP BY request_id HAVING count(*) > 1) x`,
		"ends without a notice":   `SELECT count(*) FROM support_file WHERE state = 'ended' AND (notice_at = 0 OR end_reason = '' OR ends_on IS NULL)`,
		"stays of who left":       `SELECT count(*) FROM support_stay y JOIN support_file f ON f.id = y.file_id WHERE f.state = 'ended' AND y.state IN ('reserved', 'here')`,
		"cases closed to support": `SELECT count(*) FROM support_file f JOIN case_file c ON c.id = f.case_id WHERE f.state <> 'ended' AND (c.support_agency_id IS NULL OR c.support_agency_id <> f.agency_id)`,
	} {
		var n int
		if err := h.w.DB.Reader().QueryRowContext(ctx, query).Scan(&n); err != nil {
			rt.Fatal(err)
		}
		if n != 0 {
			rt.Fatalf("%d %s", n, what)
		}
	}
	for _, c := range h.cases {
		if f, err := h.w.Kept.FileOf(ctx, c); err == nil && f.State == support.Ended && !h.ended[f.ID] {
			rt.Fatal("support ended, and nobody ended it")
		}
	}
}

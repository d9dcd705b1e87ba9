package safeguarding_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/safeguarding"

	"pgregory.net/rapid"
)

// Whatever people do in whatever order, a child has at most one episode that is not
// closed; the child stands on the first page exactly while there is one; and an
// episode's moments follow each other.
func TestWhateverIsDoneAnEpisodeIsWhole(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	rapid.Check(t, func(rt *rapid.T) {
		id := child(w)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			randomStep(rt, w, id)
			episodes, err := w.Store.Episodes(ctx, id)
			must(t, err)
			open := checkEpisodes(rt, episodes)
			page, err := w.Children.MissingChildren(ctx, lead, core.Protect, core.ID{}, 500)
			must(t, err)
			shown := slices.ContainsFunc(page.Children, func(l safeguarding.MissingLine) bool { return l.Subject.CaseID == id })
			if shown != (open == 1) {
				rt.Fatalf("%d episodes are open, and shown: %t", open, shown)
			}
		}
		closeAll(t, w, id)
	})
}

func checkEpisodes(rt *rapid.T, episodes []safeguarding.Episode) (open int) {
	for i, e := range episodes {
		if e.ClosedAt.IsZero() {
			open++
		}
		if e.Number != i+1 || e.State == safeguarding.Closed == e.ClosedAt.IsZero() || e.State == safeguarding.Gone != e.FoundAt.IsZero() {
			rt.Fatalf("episode %+v", e)
		}
		if !e.FoundAt.IsZero() && e.FoundAt.Before(e.LastSeenAt) || !e.InterviewedAt.IsZero() && e.InterviewedAt.Before(e.FoundAt) {
			rt.Fatalf("moments out of order: %+v", e)
		}
	}
	if open > 1 {
		rt.Fatalf("%d episodes are open", open)
	}
	return open
}

func randomStep(rt *rapid.T, w *caseworktest.World, id core.ID) {
	w.Clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
	now := w.Clock.Now()
	when := now.Add(time.Duration(rapid.IntRange(-120, 5).Draw(rt, "ago")) * time.Minute)
	episodes, _ := w.Store.Episodes(ctx, id)
	var e core.ID
	if len(episodes) > 0 {
		e = rapid.SampledFrom(episodes).Draw(rt, "episode").ID
	}
	words := safeguarding.Words{Who: "W", Where: "H", Text: "T"}
	var err error
	switch rapid.IntRange(0, 4).Draw(rt, "what") {
	case 0:
		f := missing(w)
		f.LastSeen = when
		_, err = w.Children.Raise(ctx, lead, core.Protect, id, f)
	case 1:
		err = w.Children.Sight(ctx, lead, core.Protect, e, safeguarding.SightingForm{When: when, Words: words})
	case 2:
		code := rapid.SampledFrom([]string{"safe", "died"}).Draw(rt, "how")
		err = w.Children.RecordFound(ctx, lead, core.Protect, e, 0, safeguarding.SightingForm{When: when, Code: code, Words: words})
	case 3:
		err = w.Children.Interview(ctx, lead, core.Protect, e, 0, safeguarding.InterviewForm{When: when, Words: words})
	case 4:
		err = w.Children.CloseEpisode(ctx, lead, core.Protect, e, 0, safeguarding.CloseForm{Code: rapid.SampledFrom([]string{"moved", "died"}).Draw(rt, "end"), Words: words})
	}
	switch core.KindOf(err) {
	case 0, core.NotNow, core.Invalid, core.NotFound:
	default:
		rt.Fatalf("%v", err)
	}
}

// closeAll takes a child off the first page, so that the next one is found on it.
func closeAll(t testing.TB, w *caseworktest.World, id core.ID) {
	t.Helper()
	list, err := w.Store.Episodes(ctx, id)
	must(t, err)
	words := safeguarding.Words{Who: "W", Where: "H", Text: "T"}
	for _, e := range list {
		now := w.Clock.Now()
		if e.State == safeguarding.Gone {
			must(t, w.Children.RecordFound(ctx, lead, core.Protect, e.ID, 0, safeguarding.SightingForm{When: now, Code: "safe", Words: words}))
			e.State = safeguarding.Found
		}
		if e.State == safeguarding.Found {
			must(t, w.Children.Interview(ctx, lead, core.Protect, e.ID, 0, safeguarding.InterviewForm{When: now, Words: words}))
			e.State = safeguarding.Interviewed
		}
		if e.State == safeguarding.Interviewed {
			must(t, w.Children.CloseEpisode(ctx, lead, core.Protect, e.ID, 0, safeguarding.CloseForm{Code: "moved", Words: words}))
		}
	}
}

// The lists in SQL show exactly the children whom the policies allow, to everybody
// of the cast, on both engines.
func TestListsAreThePolicies(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		var ids []core.ID
		for i := range 6 {
			form := caseworktest.ChildForm()
			if i%3 == 1 {
				form.Age.Authority = other.AgencyID
			}
			id := w.Refer(form).CaseID
			ids = append(ids, id)
			keeper, host := lead, core.ID{}
			if i%3 == 1 {
				keeper = other
			}
			if i%2 == 0 {
				host = other.AgencyID
			}
			must(t, w.Children.Take(ctx, keeper, core.Protect, id, 0, placement(host)))
			if i < 4 {
				f := missing(w)
				if i == 3 {
					f.Police = stranger.AgencyID
				}
				_, err := w.Children.Raise(ctx, keeper, core.Protect, id, f)
				must(t, err)
			}
		}
		seen := 0
		for _, a := range slices.Concat(accesstest.Actors(), []accesstest.Actor{accesstest.Elsewhere(core.RoleSafeguardingLead, core.LocalAuthority), accesstest.Elsewhere(core.RoleOfficer, core.Police)}) {
			for _, purpose := range core.Purposes {
				seen += compareLists(t, w, a.Actor, purpose, ids)
			}
		}
		if seen == 0 {
			t.Error("nobody sees anybody")
		}
	})
}

func compareLists(t *testing.T, w *caseworktest.World, a core.Actor, purpose core.Purpose, ids []core.ID) (seen int) {
	t.Helper()
	tracks, err := w.Children.Children(ctx, a, purpose, safeguarding.TrackCursor{}, 100)
	must(t, err)
	gone, err := w.Children.MissingChildren(ctx, a, purpose, core.ID{}, 100)
	must(t, err)
	for _, id := range ids {
		s, err := w.Store.Subject(ctx, id)
		must(t, err)
		asker := w.Policies.For(a, purpose, s.Resource())
		if got, want := slices.ContainsFunc(tracks.Children, func(l safeguarding.TrackLine) bool { return l.CaseID == id }), asker.May(access.ViewSafeguarding); got != want {
			t.Errorf("%v to %s: a track is listed %t, allowed %t", a.Roles, purpose, got, want)
		}
		want := asker.May(access.ViewMissing) && !s.Missing.IsZero()
		if got := slices.ContainsFunc(gone.Children, func(l safeguarding.MissingLine) bool { return l.Subject.CaseID == id }); got != want {
			t.Errorf("%v to %s: a missing child is listed %t, allowed %t", a.Roles, purpose, got, want)
		}
		if want {
			seen++
		}
	}
	return seen
}

// Pages of the list of tracks join to the whole, each child once.
func TestPagesOfTracksJoin(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		for range 7 {
			child(w)
		}
		whole, err := w.Children.Children(ctx, lead, core.Protect, safeguarding.TrackCursor{}, 100)
		must(t, err)
		for size := 1; size <= 4; size++ {
			var joined []core.ID
			for after := (safeguarding.TrackCursor{}); ; {
				p, err := w.Children.Children(ctx, lead, core.Protect, after, size)
				must(t, err)
				for _, l := range p.Children {
					joined = append(joined, l.CaseID)
				}
				if p.Next == nil {
					break
				}
				after = *p.Next
			}
			if len(joined) != 7 || len(whole.Children) != 7 || !slices.EqualFunc(joined, whole.Children, func(id core.ID, l safeguarding.TrackLine) bool { return id == l.CaseID }) {
				t.Errorf("pages of %d: %d children of %d", size, len(joined), len(whole.Children))
			}
		}
	})
}

// Nothing that was typed about a child or an adult stands in any file in clear.
func TestNoWordStandsInAnyFileInClear(t *testing.T) {
	db := dbtest.SQLite(t)
	w := caseworktest.New(t, db)
	id := child(w)
	must(t, w.Children.Take(ctx, lead, core.Protect, id, 0, placement(core.ID{})))
	_, err := w.Children.AddCarer(ctx, lead, core.Protect, id, safeguarding.CarerForm{Relation: "cousin",
		CarerWords: safeguarding.CarerWords{Name: "Tran Van Okapi", BirthDate: core.PartialDate{Year: 1981, Month: 2, Day: 3}, Phone: "07700 900888", Document: "PQ9981234", Text: "Lives near Quince Lane"}})
	must(t, err)
	must(t, w.Children.AddAdvocacy(ctx, lead, core.Protect, id, safeguarding.AdvocacyForm{Role: "guardian", Due: core.MustDate(2025, 3, 20), Words: safeguarding.Words{Who: "Guardian Papaya", Text: "Visit on Tuesday"}}))
	e := raise(t, w, id)
	must(t, w.Children.Sight(ctx, lead, core.Protect, e, safeguarding.SightingForm{When: w.Clock.Now(), Words: safeguarding.Words{Who: "Shopkeeper Lychee", Where: "Market Square"}}))
	w.RunJobs()
	if _, err := w.Children.Missing(ctx, officer, core.Protect, e); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(db.Source()), "*"))
	must(t, err)
	found := 0
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		found++
		for _, seed := range []string{"Okapi", "Mango", "Quince", "900888", "PQ9981234", "1981-02-03", "Papaya", "Visit on", "Lychee", "Market Square", "Linh", "Zebra", "red jacket", "Quokka", "High Street", "900555", "T-1234", "Nails and"} {
			if bytes.Contains(bytes.ToLower(content), []byte(strings.ToLower(seed))) {
				t.Errorf("%q stands in %s", seed, filepath.Base(f))
			}
		}
	}
	if found < 2 {
		t.Fatalf("only %d files were searched", found)
	}
}

func TestTheSmallTables(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := child(w)
	may := map[string]bool{"presented confirmed": true, "presented not_safe": true, "confirmed not_safe": true, "not_safe confirmed": true}
	for _, from := range safeguarding.CarerStates {
		for _, to := range safeguarding.CarerStates {
			c, err := w.Children.AddCarer(ctx, lead, core.Protect, id, safeguarding.CarerForm{Relation: "cousin", CarerWords: safeguarding.CarerWords{Name: "A B"}})
			must(t, err)
			check := func(s safeguarding.CarerState) error {
				return w.Children.CheckCarer(ctx, lead, core.Protect, c, 0, safeguarding.CheckForm{State: s, Words: safeguarding.Words{Text: "T"}})
			}
			if from != safeguarding.Presented {
				must(t, check(from))
			}
			if got := check(to) == nil; got != may[string(from)+" "+string(to)] {
				t.Errorf("an adult from %s to %s: %t", from, to, got)
			}
		}
	}
	must(t, w.Children.AddAdvocacy(ctx, lead, core.Protect, id, safeguarding.AdvocacyForm{Role: "guardian", Due: core.MustDate(2025, 3, 20), Words: safeguarding.Words{Who: "W", Text: "T"}}))
	v, err := w.Children.Track(ctx, lead, core.Protect, id)
	must(t, err)
	end := func(s safeguarding.ActionState) error {
		return w.Children.EndAdvocacy(ctx, lead, core.Protect, v.Advocacy[0].ID, 0, safeguarding.OutcomeForm{State: s, Words: safeguarding.Words{Text: "T"}})
	}
	if core.KindOf(end(safeguarding.ActionOpen)) != core.Invalid {
		t.Error("an action is ended as open")
	}
	must(t, end(safeguarding.ActionDropped))
	if core.KindOf(end(safeguarding.ActionDone)) != core.NotNow {
		t.Error("an outcome is recorded twice")
	}
	w.Clock.Advance(10 * 24 * time.Hour)
	w.RunJobs()
	for kind, n := range inbox(t, w, lead, core.Protect) {
		if kind == safeguarding.NoticeStep && n > 4 {
			t.Errorf("an action that was ended is overdue: %d", n)
		}
	}
}

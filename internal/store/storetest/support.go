package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clew/internal/core"
	"clew/internal/support"
)

// RunSupport runs what support relies on against the stores that open makes, each
// empty.
func RunSupport(t *testing.T, open func(t *testing.T) support.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, support.Store){
		"a support file comes back as it went in": fileRoundTrip,
		"a bed is booked once":                    bedOnce,
		"a bed has one live stay":                 func(t *testing.T, s support.Store) { oneLiveStay(t, s, true) },
		"a person has one live stay":              func(t *testing.T, s support.Store) { oneLiveStay(t, s, false) },
		"a night is shared by nobody":             overlapping,
		"a case has one running support":          oneRunningFile,
		"a stale revision is a conflict":          staleSupport,
		"pages of files join to the whole list":   filePages,
		"a task is raised once while it is open":  raisedOnce,
		"words are given back as they were kept":  sealedWords,
		"a missing row is not found":              missingSupport,
		"what fails leaves nothing":               supportAtomic,
		"one permit of a kind is granted":         onePermit,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func write(t testing.TB, s support.Store, fn func(tx support.Tx) error) {
	t.Helper()
	if err := s.Write(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func conflict(t testing.TB, s support.Store, what string, fn func(tx support.Tx) error) {
	t.Helper()
	if err := s.Write(ctx, fn); core.KindOf(err) != core.Conflict {
		t.Errorf("%s: %v, want a conflict", what, err)
	}
}

func sampleFile() *support.File {
	return &support.File{ID: ids.New(), Rev: 1, Case: ids.New(), Request: ids.New(), Person: ids.New(), Agency: ids.New(), Authority: ids.New(), Kind: support.Recovery,
		Phase: support.Accommodation, State: support.Running, Shared: true, StartedAt: when, NoticeAt: when.Add(1), EndsOn: core.MustDate(2025, 5, 1), EndReason: "moved_on",
		EndedAt: when.Add(time.Hour), NextAt: when.Add(2 * time.Hour)}
}

func fileRoundTrip(t *testing.T, s support.Store) {
	f := sampleFile()
	write(t, s, func(tx support.Tx) error { return tx.AddFile(ctx, f) })
	got, err := s.File(ctx, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, got, stored); diff != "" {
		t.Errorf("after adding:\n%s", diff)
	}
	f.Rev, f.State, f.NextAt, f.EndsOn, f.Shared = 2, support.Notice, time.Time{}, core.Date{}, false
	write(t, s, func(tx support.Tx) error { return tx.SaveFile(ctx, f, 1) })
	if got, err = s.FileOf(ctx, f.Case); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, got, stored); diff != "" {
		t.Errorf("after saving:\n%s", diff)
	}
}

func bedOnce(t *testing.T, s support.Store) {
	b := &support.Bed{ID: ids.New(), Rev: 1, Place: ids.New(), Agency: ids.New(), Number: 1, Sleeps: 1, State: support.Free, Since: when}
	write(t, s, func(tx support.Tx) error { return tx.AddBed(ctx, b) })
	take := func(tx support.Tx) error { return tx.MoveBed(ctx, b.ID, support.Free, support.Reserved, when) }
	write(t, s, take)
	conflict(t, s, "the bed booked again", take)
	conflict(t, s, "a second bed of the number", func(tx support.Tx) error {
		again := *b
		again.ID = ids.New()
		return tx.AddBed(ctx, &again)
	})
	got, err := s.Bed(ctx, b.ID)
	if err != nil || got.State != support.Reserved || got.Rev != 2 {
		t.Errorf("the bed is %+v, %v", got, err)
	}
}

func sampleStay() *support.Stay {
	return &support.Stay{ID: ids.New(), Rev: 1, File: ids.New(), Person: ids.New(), Bed: ids.New(), Place: ids.New(), Agency: ids.New(), State: support.StayHere, ReservedAt: when, ArrivedOn: core.MustDate(2025, 3, 12)}
}

func oneLiveStay(t *testing.T, s support.Store, ofBed bool) {
	first, second := sampleStay(), sampleStay()
	if ofBed {
		second.Bed = first.Bed
	} else {
		second.Person = first.Person
	}
	add := func(y *support.Stay) func(tx support.Tx) error {
		return func(tx support.Tx) error { return tx.AddStay(ctx, y) }
	}
	write(t, s, add(first))
	for _, state := range []support.StayState{support.StayHere, support.StayReserved} {
		second.State = state
		conflict(t, s, "a second stay, "+string(state), add(second))
	}
	first.Rev, first.State, first.LeftOn = 2, support.StayLeft, core.MustDate(2025, 3, 20)
	write(t, s, func(tx support.Tx) error { return tx.SaveStay(ctx, first, 1) })
	write(t, s, add(second))
}

func overlapping(t *testing.T, s support.Store) {
	y := sampleStay()
	y.State, y.LeftOn = support.StayLeft, core.MustDate(2025, 3, 20)
	write(t, s, func(tx support.Tx) error { return tx.AddStay(ctx, y) })
	day := func(n int) core.Date { return core.MustDate(2025, 3, n) }
	for name, c := range map[string]struct {
		from, until core.Date
		want        int
	}{
		"before":                     {day(1), day(12), 0},
		"into the first night":       {day(1), day(13), 1},
		"from the day they left":     {day(20), core.Date{}, 0},
		"from the night before that": {day(19), core.Date{}, 1},
	} {
		for _, of := range []struct{ bed, person core.ID }{{y.Bed, core.ID{}}, {core.ID{}, y.Person}} {
			if got, err := s.Overlapping(ctx, of.bed, of.person, c.from, c.until, core.ID{}); err != nil || len(got) != c.want {
				t.Errorf("%s: %d stays, %v; want %d", name, len(got), err, c.want)
			}
		}
	}
	if got, err := s.Overlapping(ctx, y.Bed, core.ID{}, day(13), core.Date{}, y.ID); err != nil || len(got) != 0 {
		t.Errorf("a stay overlaps itself: %v, %v", got, err)
	}
}

func oneRunningFile(t *testing.T, s support.Store) {
	first, second := sampleFile(), sampleFile()
	second.Case = first.Case
	write(t, s, func(tx support.Tx) error { return tx.AddFile(ctx, first) })
	conflict(t, s, "a second support of the case", func(tx support.Tx) error { return tx.AddFile(ctx, second) })
	first.Rev, first.State = 2, support.Ended
	write(t, s, func(tx support.Tx) error { return tx.SaveFile(ctx, first, 1) })
	write(t, s, func(tx support.Tx) error { return tx.AddFile(ctx, second) })
}

// staleSupport saves every kind of row twice at the revision that was read.
func staleSupport(t *testing.T, s support.Store) {
	f, y := sampleFile(), sampleStay()
	a := &support.Agreement{ID: ids.New(), Rev: 1, Agency: ids.New(), From: core.MustDate(2025, 1, 1), Standards: "1", UpdatedAt: when}
	p := &support.Place{ID: ids.New(), Rev: 1, Agency: ids.New(), Key: ids.New(), Region: "north", Sealed: []byte("sealed"), UpdatedAt: when}
	r := &support.Request{ID: ids.New(), Rev: 1, Case: ids.New(), Person: ids.New(), Authority: ids.New(), Kind: support.Recovery, State: support.RequestOpen, OpenedAt: when}
	o := &support.Offer{ID: ids.New(), Rev: 1, Request: r.ID, Case: r.Case, Agency: ids.New(), State: support.OfferWaiting, OfferedAt: when}
	g := &support.Goal{ID: ids.New(), Rev: 1, File: f.ID, Area: "work", State: support.GoalOpen, ReviewOn: core.MustDate(2025, 5, 1), Sealed: []byte("sealed"), ChangedBy: ids.New()}
	k := &support.Contact{ID: ids.New(), Rev: 1, File: f.ID, PlannedAt: when, State: support.ContactPlanned, Sealed: []byte("sealed")}
	write(t, s, func(tx support.Tx) error {
		for _, add := range []func() error{
			func() error { return tx.AddFile(ctx, f) }, func() error { return tx.AddStay(ctx, y) }, func() error { return tx.AddAgreement(ctx, a) },
			func() error { return tx.AddPlace(ctx, p) }, func() error { return tx.AddRequest(ctx, r) }, func() error { return tx.AddOffer(ctx, o) },
			func() error { return tx.AddGoal(ctx, g) }, func() error { return tx.AddContact(ctx, k) },
		} {
			if err := add(); err != nil {
				return err
			}
		}
		return nil
	})
	f.Rev, y.Rev, a.Rev, p.Rev, r.Rev, o.Rev, g.Rev, k.Rev = 2, 2, 2, 2, 2, 2, 2, 2
	for what, save := range map[string]func(tx support.Tx) error{
		"file": func(tx support.Tx) error { return tx.SaveFile(ctx, f, 1) }, "stay": func(tx support.Tx) error { return tx.SaveStay(ctx, y, 1) },
		"agreement": func(tx support.Tx) error { return tx.SaveAgreement(ctx, a, 1) }, "place": func(tx support.Tx) error { return tx.SavePlace(ctx, p, 1) },
		"request": func(tx support.Tx) error { return tx.SaveRequest(ctx, r, 1) }, "offer": func(tx support.Tx) error { return tx.SaveOffer(ctx, o, 1) },
		"goal": func(tx support.Tx) error { return tx.SaveGoal(ctx, g, 1) }, "contact": func(tx support.Tx) error { return tx.SaveContact(ctx, k, 1) },
	} {
		write(t, s, save)
		conflict(t, s, what, save)
	}
}

func filePages(t *testing.T, s support.Store) {
	agency := ids.New()
	write(t, s, func(tx support.Tx) error {
		for i := range 17 {
			f := sampleFile()
			f.Agency, f.NextAt = agency, when.Add(time.Duration(i/3)*time.Hour)
			f.State = []support.FileState{support.Running, support.Notice}[i%2]
			if i%5 == 0 {
				f.NextAt = time.Time{} // sorts last
			}
			if err := tx.AddFile(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
	whole, err := s.Files(ctx, agency, false, support.Cursor{}, 100)
	if err != nil || len(whole) != 17 || !whole[16].NextAt.IsZero() || whole[0].NextAt.IsZero() {
		t.Fatalf("%d files, %v", len(whole), err)
	}
	for size := 1; size <= 5; size++ {
		var joined []support.File
		var after support.Cursor
		for range 20 {
			page, err := s.Files(ctx, agency, false, after, size)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			joined = append(joined, page...)
			last := page[len(page)-1]
			after = support.Cursor{Key: support.NextKey(last.NextAt), ID: last.ID}
		}
		if diff := cmp.Diff(whole, joined, stored); diff != "" {
			t.Errorf("in pages of %d:\n%s", size, diff)
		}
	}
}

func raisedOnce(t *testing.T, s support.Store) {
	k := support.Task{Case: ids.New(), Kind: support.TaskMissed, Agency: ids.New(), DueAt: when, CreatedAt: when, Detail: "a"}
	raise := func(want bool, change func(*support.Task)) {
		t.Helper()
		again := k
		again.ID = ids.New()
		change(&again)
		write(t, s, func(tx support.Tx) error {
			added, err := tx.RaiseTask(ctx, again)
			if added != want {
				t.Errorf("raised %v, want %v", added, want)
			}
			return err
		})
	}
	same := func(*support.Task) {}
	raise(true, same)
	raise(false, same)
	raise(true, func(k *support.Task) { k.Detail = "b" })
	raise(true, func(k *support.Task) { k.Agency = ids.New() })
	write(t, s, func(tx support.Tx) error {
		return tx.CloseTasks(ctx, k.Case, k.Agency, []string{k.Kind}, "a", when, ids.New())
	})
	if open, err := s.TasksOf(ctx, k.Case); err != nil || len(open) != 2 {
		t.Errorf("%d tasks are open, %v; want 2", len(open), err)
	}
	raise(true, same)
}

func sealedWords(t *testing.T, s support.Store) {
	file, kept := ids.New(), []byte{0, 1, 0xff, '\n', 0x80}
	write(t, s, func(tx support.Tx) error {
		for version := 1; version <= 2; version++ {
			v := support.Section{File: file, Name: support.SectionAssessment, Version: version, Sealed: append(kept, byte(version)), WrittenAt: when, WrittenBy: ids.New()}
			if err := tx.AddSection(ctx, v); err != nil {
				return err
			}
		}
		return nil
	})
	got, err := s.Section(ctx, file, support.SectionAssessment)
	if err != nil || got.Version != 2 || string(got.Sealed) != string(append(kept, 2)) {
		t.Errorf("%+v, %v", got, err)
	}
	conflict(t, s, "a version written again", func(tx support.Tx) error {
		return tx.AddSection(ctx, support.Section{File: file, Name: support.SectionAssessment, Version: 2, Sealed: kept, WrittenAt: when, WrittenBy: ids.New()})
	})
}

func missingSupport(t *testing.T, s support.Store) {
	for name, look := range map[string]func() error{
		"case":      func() error { _, err := s.Case(ctx, ids.New()); return err },
		"agreement": func() error { _, err := s.Agreement(ctx, ids.New()); return err },
		"place":     func() error { _, err := s.Place(ctx, ids.New()); return err },
		"bed":       func() error { _, err := s.Bed(ctx, ids.New()); return err },
		"request":   func() error { _, err := s.Request(ctx, ids.New()); return err },
		"offer":     func() error { _, err := s.Offer(ctx, ids.New()); return err },
		"file":      func() error { _, err := s.File(ctx, ids.New()); return err },
		"file of":   func() error { _, err := s.FileOf(ctx, ids.New()); return err },
		"stay":      func() error { _, err := s.Stay(ctx, ids.New()); return err },
		"section":   func() error { _, err := s.Section(ctx, ids.New(), support.SectionMoveOn); return err },
		"goal":      func() error { _, err := s.Goal(ctx, ids.New()); return err },
		"contact":   func() error { _, err := s.Contact(ctx, ids.New()); return err },
		"permit":    func() error { _, err := s.Permit(ctx, ids.New()); return err },
		"return":    func() error { _, err := s.Return(ctx, ids.New()); return err },
	} {
		if err := look(); core.KindOf(err) != core.NotFound {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
}

func supportAtomic(t *testing.T, s support.Store) {
	b := &support.Bed{ID: ids.New(), Rev: 1, Place: ids.New(), Agency: ids.New(), Number: 1, Sleeps: 1, State: support.Free, Since: when}
	write(t, s, func(tx support.Tx) error { return tx.AddBed(ctx, b) })
	y := sampleStay()
	write(t, s, func(tx support.Tx) error { return tx.AddStay(ctx, y) })
	conflict(t, s, "a bed reserved for somebody who has one", func(tx support.Tx) error {
		if err := tx.MoveBed(ctx, b.ID, support.Free, support.Reserved, when); err != nil {
			return err
		}
		second := sampleStay()
		second.Bed, second.Person = b.ID, y.Person
		return tx.AddStay(ctx, second)
	})
	if got, err := s.Bed(ctx, b.ID); err != nil || got.State != support.Free {
		t.Errorf("the bed is %+v, %v", got, err)
	}
}

func onePermit(t *testing.T, s support.Store) {
	p := support.Permit{ID: ids.New(), Rev: 1, Case: ids.New(), Person: ids.New(), Kind: "residence", State: support.PermitGranted, AppliedOn: core.MustDate(2025, 3, 1),
		From: core.MustDate(2025, 3, 12), Until: core.MustDate(2026, 3, 12), Sealed: []byte("sealed"), ChangedAt: when}
	add := func(id core.ID, kind string) func(tx support.Tx) error {
		return func(tx support.Tx) error {
			q := p
			q.ID, q.Kind = id, kind
			return tx.AddPermit(ctx, &q)
		}
	}
	write(t, s, add(p.ID, "residence"))
	conflict(t, s, "a second one that is granted", add(ids.New(), "residence"))
	write(t, s, add(ids.New(), "leave"))
	p.Rev, p.State = 2, support.PermitExpired
	write(t, s, func(tx support.Tx) error { return tx.SavePermit(ctx, &p, 1) })
	write(t, s, add(ids.New(), "residence"))
}

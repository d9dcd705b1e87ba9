package casework_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/vault"
)

// another is a second process over the world's database and key store, with caches
// and an index of its own.
func another(t *testing.T, w *caseworktest.World) *casework.Service {
	t.Helper()
	s, err := casework.New(w.Store, w.Policies, vault.New(w.Vault.Keyset(), w.Keys, w.Clock), w.Schemes, w.Clock,
		casework.Options{Scheme: "uk", Likeness: w.Store, Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	return s
}

// finds reports whether the process finds somebody whose name it was asked for in
// another spelling: through the index, because exact keys do not know them.
func finds(t *testing.T, s *casework.Service, name string) int {
	t.Helper()
	found, err := s.SearchPersons(ctx, caseworker, core.Identify, casework.PersonQuery{Name: core.Secret(name)})
	ok(t, err)
	for _, p := range found.Persons {
		if p.Exact {
			t.Errorf("%q is written as somebody is: the index was not asked", name)
		}
	}
	return len(found.Persons)
}

func integrate(t *testing.T, w *caseworktest.World) {
	t.Helper()
	_, err := w.Ledger.Integrate(ctx)
	ok(t, err)
}

// TestTwoProcessesStayInStep: what one process writes, corrects and erases, the
// other finds by the ledger alone. Nothing tells it: there is no notification whose
// loss could matter.
func TestTwoProcessesStayInStep(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		other := another(t, w)
		if found, err := other.SearchPersons(ctx, caseworker, core.Identify, casework.PersonQuery{Name: "Quinh"}); err != nil || !found.Building {
			t.Errorf("before the index is built: building %v, %v", found.Building, err)
		}
		ok(t, other.CatchUpLikeness(ctx))
		r := w.Refer(caseworktest.Form())
		if n := finds(t, other, "Quinh Zebra Testpersson"); n != 0 {
			t.Errorf("found %d before the ledger was followed", n)
		}
		ok(t, other.CatchUpLikeness(ctx))
		if n := finds(t, other, "Quinh Zebra Testpersson"); n != 1 {
			t.Errorf("found %d after the ledger was followed", n)
		}
		correctIdentity(t, w, r.CaseID, spelled("Katarzyna", "Wojciechowska", core.PartialDate{Year: 1988}).Identity)
		ok(t, other.CatchUpLikeness(ctx))
		if old, corrected := finds(t, other, "Quinh Zebra Testpersson"), finds(t, other, "Katazyna Woiciechowska"); old != 0 || corrected != 1 {
			t.Errorf("after a correction: the old name finds %d, the new one %d", old, corrected)
		}
		ok(t, w.Shred(ctx, r.CaseID))
		if n := w.Likeness().People; n != 0 {
			t.Errorf("%d people are in the index of the process that erased the only one", n)
		}
		integrate(t, w)
		ok(t, other.CatchUpLikeness(ctx))
		if n := other.Likeness().People; n != 0 {
			t.Errorf("%d people are in the other process's index after the only one was erased", n)
		}
	})
}

// TestAKeyDestroyedByTheCommandLineLeavesEveryIndex: that command writes to the key
// store alone, so no ledger tells of it.
func TestAKeyDestroyedByTheCommandLineLeavesEveryIndex(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	r := w.Refer(caseworktest.Form())
	if w.Likeness().People != 1 {
		t.Fatalf("the index: %+v", w.Likeness())
	}
	elsewhere := vault.New(w.Vault.Keyset(), w.Keys, w.Clock)
	ok(t, elsewhere.Shred(ctx, state(t, w, r.CaseID).PersonID))
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { w.KeepLikeness(running, time.Millisecond); close(done) }()
	for deadline := time.Now().Add(20 * time.Second); w.Likeness().People > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-done
	if n := w.Likeness().People; n != 0 {
		t.Errorf("%d people whose key is destroyed are still in the index", n)
	}
	w.Clock.Advance(vault.CacheTTL)
	if found, err := w.SearchPersons(ctx, caseworker, core.Identify, casework.PersonQuery{Name: "Quinh Zebra Testpersson"}); err != nil || len(found.Persons) != 0 {
		t.Errorf("an erased person is found: %+v, %v", found.Persons, err)
	}
}

// TestATransactionThatCommitsLateIsFollowed: it began, and has its ids, before
// everything that the index has followed by the time it commits. Following ids or
// times would miss it; positions are given after the commit.
func TestATransactionThatCommitsLateIsFollowed(t *testing.T) {
	w := caseworktest.New(t, dbtest.Postgres(t))
	other := another(t, w)
	ok(t, other.CatchUpLikeness(ctx))
	ready, release := make(chan struct{}), make(chan struct{})
	late := casework.Submission{Form: caseworktest.Form()}
	var err error
	var wg sync.WaitGroup
	held := &heldStore{Store: w.Store, ready: ready, release: release}
	slow, e := casework.New(held, w.Policies, w.Vault, w.Schemes, w.Clock, casework.Options{Scheme: "uk"})
	ok(t, e)
	wg.Go(func() { _, err = slow.Submit(ctx, responder, core.Identify, access.ImportReferrals, late) })
	<-ready // everything is written, nothing committed
	for i := range 20 {
		w.Refer(spelled(fmt.Sprintf("Stranger%c", 'A'+i), "Jovanovic", core.PartialDate{Year: 1950 + i}))
	}
	ok(t, other.CatchUpLikeness(ctx))
	if s := other.Likeness(); s.People != 20 || s.Behind != 0 {
		t.Fatalf("before the late commit: %+v", s)
	}
	close(release)
	wg.Wait()
	ok(t, err)
	integrate(t, w)
	ok(t, other.CatchUpLikeness(ctx))
	if n := finds(t, other, "Quinh Zebra Testpersson"); n != 1 {
		t.Errorf("the referral that committed late is found %d times", n)
	}
}

// heldStore stops its first write just before the commit.
type heldStore struct {
	casework.Store
	ready, release chan struct{}
	once           sync.Once
}

func (h *heldStore) Write(ctx context.Context, fn func(tx casework.Tx) error) error {
	return h.Store.Write(ctx, func(tx casework.Tx) error {
		err := fn(tx)
		h.once.Do(func() {
			close(h.ready)
			<-h.release
		})
		return err
	})
}

// TestManyWritersAreAllFollowed: several processes write at once while the ledger
// is integrated by two and followed by two; in the end both indexes have everybody,
// as an index built anew has.
func TestManyWritersAreAllFollowed(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		first, second := another(t, w), another(t, w)
		ok(t, first.CatchUpLikeness(ctx))
		const writers, each = 6, 12
		var writing, following sync.WaitGroup
		var stop atomic.Bool
		for _, s := range []*casework.Service{first, second} { // the second is built while they write
			following.Go(func() {
				for !stop.Load() {
					if _, err := w.Ledger.Integrate(ctx); err != nil && core.KindOf(err) != core.Unavailable {
						t.Errorf("integrate: %v", err)
					}
					if err := s.CatchUpLikeness(ctx); err != nil {
						t.Errorf("follow: %v", err)
					}
				}
			})
		}
		for n := range writers {
			writing.Go(func() {
				for i := range each {
					f := spelled(fmt.Sprintf("Stranger%c%c", 'A'+n, 'A'+i), "Jovanovic", core.PartialDate{Year: 1950 + i})
					if _, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, casework.Submission{Form: f}); err != nil {
						t.Errorf("submit: %v", err)
					}
				}
			})
		}
		writing.Wait()
		stop.Store(true)
		following.Wait()
		integrate(t, w)
		anew := another(t, w)
		for _, s := range []*casework.Service{first, second, anew} {
			ok(t, s.CatchUpLikeness(ctx))
			if got := s.Likeness(); got.People != writers*each || got.Behind != 0 {
				t.Errorf("an index: %+v, want %d people", got, writers*each)
			}
		}
	})
}

// TestOfTwoReferralsAtOnceOneFindsTheOther: two processes run the comparisons, each
// with its own index, in either order.
func TestOfTwoReferralsAtOnceOneFindsTheOther(t *testing.T) {
	for name, sameFirst := range map[string]bool{"the first comparison is run by the process that wrote": true, "by the other": false} {
		t.Run(name, func(t *testing.T) {
			w := caseworktest.New(t, dbtest.SQLite(t))
			other := another(t, w)
			ok(t, w.CatchUpLikeness(ctx))
			ok(t, other.CatchUpLikeness(ctx))
			submit := func(f casework.ReferralForm) core.ID {
				r, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, casework.Submission{Form: f})
				ok(t, err)
				return r.CaseID
			}
			born := core.PartialDate{Year: 1996, Month: 7, Day: 21}
			ids := []core.ID{submit(spelled("Quynh Zebra", "Testperson", born)), submit(spelled("Quinh Zebra", "Testpersson", born))}
			processes := []*casework.Service{w.Service, other}
			if !sameFirst {
				processes[0], processes[1] = processes[1], processes[0]
			}
			run := func(s *casework.Service, id core.ID) {
				t.Helper()
				ok(t, w.Store.Write(ctx, func(tx casework.Tx) error { return s.RunJob(ctx, tx, matchJob(id)) }))
			}
			for i, s := range processes { // nothing has a position yet: both must wait rather than miss
				run(s, ids[i])
			}
			if len(pairsOf(t, w, ids[0])) != 0 {
				t.Fatal("a pair was found before either had a place in the ledger")
			}
			integrate(t, w)
			for i, s := range processes {
				ok(t, s.CatchUpLikeness(ctx))
				run(s, ids[i])
			}
			if len(pairsOf(t, w, ids[0])) != 1 {
				t.Errorf("%d pairs were found", len(pairsOf(t, w, ids[0])))
			}
		})
	}
}

// TestTheEngineWritesNothing: identities, searches and answers leave no readable
// trace in the database's files, its key store's, or the folder for temporary files.
func TestTheEngineWritesNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	w := caseworktest.New(t, dbtest.SQLite(t))
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)
	_, _, p := onePair(t, w)
	ok(t, answer(w, p, casework.PairForm{State: casework.PairSame, Reason: "Secret reason: the scar."}))
	_, err := w.Pair(ctx, caseworker, core.Identify, p.ID)
	ok(t, err)
	if finds(t, w.Service, "Quinhh Zebra Testpersson") == 0 {
		t.Fatal("nothing was found, so nothing is shown")
	}
	w.Refer(spelled("Quinh Zebra", "Testperson", core.PartialDate{Year: 1996, Month: 7, Day: 21}))
	searched := int64(0)
	ok(t, filepath.WalkDir(filepath.Dir(filepath.Dir(w.DB.Source())), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		searched += int64(len(content))
		for _, seed := range append(seeds(), "Quinh", "the scar", "quinh", "testpers") {
			if bytes.Contains(content, []byte(seed)) {
				t.Errorf("%s holds %q in clear", filepath.Base(path), seed)
			}
		}
		return err
	}))
	if searched < 100_000 {
		t.Errorf("only %d bytes were searched", searched)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
		t.Errorf("left in the folder for temporary files: %v, %v", left, err)
	}
	for _, seed := range append(seeds(), "Quinh", "the scar") {
		if strings.Contains(log.String(), seed) {
			t.Errorf("the log holds %q", seed)
		}
	}
}

func matchJob(id core.ID) job.Job {
	return job.Job{Kind: casework.MatchJob, Payload: []byte(`{"case":"` + id.String() + `","mark":"new"}`)}
}

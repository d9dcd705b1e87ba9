package casework_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/ledger"

	"pgregory.net/rapid"
)

// spelled is the form's person as another agency wrote them down: nothing is the
// same to the letter.
func spelled(given, family string, born core.PartialDate) casework.ReferralForm {
	f := caseworktest.Form()
	f.Identity = casework.Identity{Names: []casework.Name{{Given: core.Secret(given), Family: core.Secret(family), Kind: "main"}}, BirthDate: born,
		Gender: "feminine", Nationality: "VNM"}
	return f
}

func pairsOf(t *testing.T, w *caseworktest.World, id core.ID) []casework.Pair {
	t.Helper()
	pairs, err := w.Store.PairsOf(ctx, id)
	ok(t, err)
	return pairs
}

// onePair refers the form's person and then the same person in another spelling.
func onePair(t *testing.T, w *caseworktest.World) (older, newer core.ID, pair casework.Pair) {
	t.Helper()
	older = w.Refer(caseworktest.Form()).CaseID
	newer = w.Refer(spelled("Quinh Zebra", "Testpersson", core.PartialDate{Year: 1996, Month: 7, Day: 21})).CaseID
	pairs := pairsOf(t, w, newer)
	if len(pairs) != 1 {
		t.Fatalf("%d pairs, want one", len(pairs))
	}
	return older, newer, pairs[0]
}

func openTasks(t *testing.T, w *caseworktest.World, id core.ID) (open []casework.Task) {
	t.Helper()
	tasks, err := w.Store.Tasks(ctx, id)
	ok(t, err)
	for _, task := range tasks {
		if task.Kind == casework.TaskPossibleMatch && task.DoneAt.IsZero() {
			open = append(open, task)
		}
	}
	return open
}

func answer(w *caseworktest.World, p casework.Pair, f casework.PairForm) error {
	return w.AnswerPair(ctx, caseworker, core.Identify, p.ID, p.Rev, f)
}

func again(t *testing.T, w *caseworktest.World, p casework.Pair) casework.Pair {
	t.Helper()
	now, err := w.Store.Pair(ctx, p.ID)
	ok(t, err)
	return *now
}

func TestAnotherSpellingIsFoundAndExplained(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		older, newer, p := onePair(t, w)
		if p.Earlier != older || p.Later != newer || p.Exact || p.State != casework.PairOpen || p.Likeness < 0.95 {
			t.Errorf("the pair: %+v", p)
		}
		tasks := openTasks(t, w, newer)
		if id, isPair := casework.PairOfTask(&tasks[0]); len(tasks) != 1 || !isPair || id != p.ID {
			t.Fatalf("tasks: %+v", tasks)
		}
		v, err := w.Pair(ctx, caseworker, core.Identify, p.ID)
		ok(t, err)
		if v.Older.Identity == nil || v.Newer.Identity == nil || !v.May || v.Older.ID != older {
			t.Fatalf("the view: %+v", v)
		}
		text := fmt.Sprint(v.Reasons)
		for _, want := range []string{"similar name", "same birth date", "a country in common"} {
			if !strings.Contains(text, want) {
				t.Errorf("the reasons do not say %q: %s", want, text)
			}
		}
		for _, id := range []core.ID{older, newer} {
			looked, _, err := w.Ledger.Search(ctx, ledger.Filter{Case: id, Action: "view_identity", Actor: caseworker.UserID}, ledger.Cursor{}, 10)
			ok(t, err)
			if !slices.ContainsFunc(looked, func(e ledger.Entry) bool { return e.Object == "pair:"+p.ID.String() }) {
				t.Error("opening the pair left no entry about one of the two")
			}
		}
	})
}

func TestASamePersonIsLinkedCountedOnceAndUnlinkedAgain(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		older, newer, p := onePair(t, w)
		w.Refer(spelled("Somebody", "Else", core.PartialDate{Year: 1971}))
		people := func(rounds, people int) {
			t.Helper()
			n, err := w.CountPeople(ctx, caseworker, core.Identify)
			ok(t, err)
			if n != (casework.PeopleCount{Rounds: rounds, People: people}) {
				t.Errorf("counted %+v, want %d rounds of %d people", n, rounds, people)
			}
		}
		people(3, 3)
		before := state(t, w, older)
		ok(t, answer(w, p, casework.PairForm{State: casework.PairSame, Reason: "The scar she told us about."}))
		people(3, 2)
		if after := state(t, w, older); after.Rev != before.Rev || after.Round != before.Round {
			t.Error("linking changed a round's own record")
		}
		v, err := w.File(ctx, caseworker, core.Identify, newer, casework.PartRounds)
		ok(t, err)
		if len(v.Rounds) != 1 || v.Rounds[0].ID != older || v.Rounds[0].Round != 1 || v.Round != 2 {
			t.Errorf("rounds of the newer case: %+v, itself number %d", v.Rounds, v.Round)
		}
		if n := len(openTasks(t, w, newer)); n != 0 {
			t.Errorf("%d tasks are open after the answer", n)
		}
		p = again(t, w, p)
		view, err := w.Pair(ctx, caseworker, core.Identify, p.ID)
		ok(t, err)
		if len(view.History) != 1 || view.History[0].Words != "The scar she told us about." {
			t.Errorf("history: %+v", view.History)
		}
		ok(t, answer(w, p, casework.PairForm{State: casework.PairOpen}))
		people(3, 3)
		if n := len(openTasks(t, w, newer)); n != 1 {
			t.Errorf("%d tasks are open after the answer was taken back", n)
		}
		for _, id := range []core.ID{older, newer} {
			entries, _, err := w.Ledger.Search(ctx, ledger.Filter{Case: id, Action: "link_rounds"}, ledger.Cursor{}, 10)
			ok(t, err)
			if len(entries) != 2 {
				t.Errorf("%d entries about the answers, want 2", len(entries))
			}
		}
	})
}

func TestNotTheSameIsAskedAgainOnlyWhenAnIdentityChanges(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		_, newer, p := onePair(t, w)
		ok(t, answer(w, p, casework.PairForm{State: casework.PairNotSame}))
		w.RunJobs() // the comparison that follows the answer
		if got := again(t, w, p); got.State != casework.PairNotSame {
			t.Fatalf("asked again at once: %+v", got)
		}
		compare(t, w, newer, "once more")
		if got := again(t, w, p); got.State != casework.PairNotSame || len(openTasks(t, w, newer)) != 0 {
			t.Fatal("asked again though nothing has changed")
		}
		correctIdentity(t, w, newer, caseworktest.Form().Identity)
		compare(t, w, newer, "corrected")
		if got := again(t, w, p); got.State != casework.PairOpen || got.LaterVersion != 2 || len(openTasks(t, w, newer)) != 1 {
			t.Errorf("not asked again though the identity changed: %+v", got)
		}
	})
}

func TestLaterMovesTheTask(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	_, newer, p := onePair(t, w)
	for name, f := range map[string]casework.PairForm{
		"without a reason": {State: casework.PairLater, Until: core.MustDate(2025, 4, 1)},
		"without a day":    {State: casework.PairLater, Reason: "Waiting for the embassy."},
		"for today":        {State: casework.PairLater, Reason: "Waiting.", Until: core.MustDate(2025, 3, 12)},
		"with no answer":   {},
	} {
		if err := answer(w, p, f); core.KindOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok(t, answer(w, p, casework.PairForm{State: casework.PairLater, Reason: "Waiting for the embassy.", Until: core.MustDate(2025, 4, 1)}))
	tasks := openTasks(t, w, newer)
	if len(tasks) != 1 || core.DateIn(tasks[0].DueAt, w.Clock.Now().Location()) != core.MustDate(2025, 3, 31) && core.DateIn(tasks[0].DueAt, w.Clock.Now().Location()) != core.MustDate(2025, 4, 1) {
		t.Errorf("the task: %+v", tasks)
	}
	if err := w.CompleteTask(ctx, caseworker, core.Identify, tasks[0].ID); core.KindOf(err) != core.NotNow {
		t.Errorf("the task was ticked off without an answer: %v", err)
	}
}

func TestOfTwoAnswersAtOnceOneIsAConflict(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		_, _, p := onePair(t, w)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, s := range []casework.PairState{casework.PairSame, casework.PairNotSame} {
			wg.Go(func() { errs[i] = answer(w, p, casework.PairForm{State: s}) })
		}
		wg.Wait()
		conflicts := 0
		for _, err := range errs {
			if core.KindOf(err) == core.Conflict {
				conflicts++
			} else if err != nil {
				t.Errorf("an answer: %v", err)
			}
		}
		if conflicts != 1 {
			t.Errorf("%d conflicts, want one: %v", conflicts, errs)
		}
		if answers, err := w.Store.PairAnswers(ctx, p.ID); err != nil || len(answers) != 1 {
			t.Errorf("%d answers are kept, %v", len(answers), err)
		}
	})
}

// TestLinksAreTheAnswers: whatever is answered in whatever order, the groups are
// what the answers "same" join, and no two people answered to be two are in one.
func TestLinksAreTheAnswers(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	const cases = 5
	var ids []core.ID
	for range cases {
		ids = append(ids, w.Refer(caseworktest.Form()).CaseID)
	}
	pairs := map[[2]int]core.ID{}
	for i := range ids {
		for _, p := range pairsOf(t, w, ids[i]) {
			pairs[[2]int{slices.Index(ids, p.Earlier), slices.Index(ids, p.Later)}] = p.ID
		}
	}
	if len(pairs) != cases*(cases-1)/2 {
		t.Fatalf("%d pairs", len(pairs))
	}
	rapid.Check(t, func(rt *rapid.T) {
		model := map[[2]int]casework.PairState{}
		joined := func(a, b int) bool {
			seen, queue := map[int]bool{a: true}, []int{a}
			for len(queue) > 0 {
				at := queue[0]
				queue = queue[1:]
				for k, s := range model {
					for _, next := range []int{k[0], k[1]} {
						if s == casework.PairSame && (k[0] == at || k[1] == at) && !seen[next] {
							seen[next] = true
							queue = append(queue, next)
						}
					}
				}
			}
			return seen[b]
		}
		sound := func() bool {
			for k, s := range model {
				if s == casework.PairNotSame && joined(k[0], k[1]) {
					return false
				}
			}
			return true
		}
		for range rapid.IntRange(1, 12).Draw(rt, "answers") {
			a := rapid.IntRange(0, cases-2).Draw(rt, "older")
			b := rapid.IntRange(a+1, cases-1).Draw(rt, "newer")
			s := rapid.SampledFrom([]casework.PairState{casework.PairOpen, casework.PairSame, casework.PairNotSame}).Draw(rt, "answer")
			key := [2]int{a, b}
			was := model[key]
			model[key] = s
			want := s != was && (was != "" || s != casework.PairOpen) && sound()
			err := w.AnswerPair(ctx, caseworker, core.Identify, pairs[key], 0, casework.PairForm{State: s})
			if want != (err == nil) || err != nil && core.KindOf(err) != core.NotNow {
				rt.Fatalf("answering %s (it was %q): %v, want it taken: %v", s, was, err, want)
			}
			if err != nil {
				model[key] = was
			}
		}
		groups := 0
		for i := range ids {
			first := true
			for j := range i {
				first = first && !joined(i, j)
			}
			if first {
				groups++
			}
			c := state(t, w, ids[i])
			rounds, err := w.Store.Rounds(ctx, c)
			if err != nil {
				rt.Fatal(err)
			}
			for j := range ids {
				linked := slices.ContainsFunc(rounds, func(r casework.Case) bool { return r.ID == ids[j] })
				if i != j && linked != joined(i, j) {
					rt.Fatalf("cases %d and %d linked %v, by the answers %v", i, j, linked, joined(i, j))
				}
			}
		}
		if n, err := w.CountPeople(ctx, caseworker, core.Identify); err != nil || n.People != groups {
			rt.Fatalf("%d people counted, %d by the answers; %v", n.People, groups, err)
		}
		for _, id := range pairs { // back to the beginning
			_ = w.AnswerPair(ctx, caseworker, core.Identify, id, 0, casework.PairForm{State: casework.PairOpen})
		}
	})
}

func TestARoundReferredAgainIsOnePersonsWithoutAnAnswer(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		first := w.In(casework.Withdrawn)
		draft, err := w.StartDraft(ctx, responder, core.Identify, caseworktest.Form(), first)
		ok(t, err)
		r, err := w.SubmitDraft(ctx, responder, core.Identify, draft, 0)
		ok(t, err)
		w.RunJobs()
		if n, err := w.CountPeople(ctx, caseworker, core.Identify); err != nil || n != (casework.PeopleCount{Rounds: 2, People: 1}) {
			t.Errorf("counted %+v, %v", n, err)
		}
		if pairs := pairsOf(t, w, r.CaseID); len(pairs) != 0 {
			t.Errorf("asked whether a person who was referred again is the same: %+v", pairs)
		}
	})
}

func TestNobodyIsAskedAboutNamesThatSayNothing(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	for _, name := range []string{"FNU", "Unknown", "-", "A", "B.", "unknown", "A", "FNU", "X Y", "X Y", "N.N."} {
		f := spelled(name, "", core.PartialDate{Year: 1990, Month: 5, Day: 7})
		f.Identity.Names[0].Family = ""
		r := w.Refer(f)
		if pairs := pairsOf(t, w, r.CaseID); len(pairs) != 0 || r.PossibleMatch {
			t.Errorf("%q was thought to be somebody: %+v, %v", name, pairs, r.PossibleMatch)
		}
	}
}

func TestAKeyThatManyShareRaisesFewQuestionsAtATime(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	var last core.ID
	for range 9 {
		last = w.Refer(caseworktest.Form()).CaseID
	}
	open := func() (n int, first casework.Pair) {
		for _, p := range pairsOf(t, w, last) {
			if p.State == casework.PairOpen {
				n, first = n+1, p
			}
		}
		return n, first
	}
	n, p := open()
	if n != 5 {
		t.Fatalf("%d questions at once, want 5", n)
	}
	ok(t, answer(w, p, casework.PairForm{State: casework.PairNotSame}))
	w.RunJobs()
	if n, _ = open(); n != 5 || len(pairsOf(t, w, last)) != 6 {
		t.Errorf("after an answer %d questions are open, %d pairs in all", n, len(pairsOf(t, w, last)))
	}
}

func TestASharedTelephoneIsNotAPerson(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	w.Refer(caseworktest.Form())
	f := spelled("Ermal", "Gjoka", core.PartialDate{Year: 1969, Month: 2, Day: 11})
	f.Identity.Gender, f.Identity.Nationality, f.Identity.Phones = "masculine", "ALB", caseworktest.Form().Identity.Phones
	r := w.Refer(f)
	if pairs := pairsOf(t, w, r.CaseID); len(pairs) != 0 || r.PossibleMatch {
		t.Errorf("a shelter's telephone made one person of two: %+v, %v", pairs, r.PossibleMatch)
	}
}

// TestNobodyElseSeesAPair: not the agency that referred, not the police, not
// immigration, not oversight, not another authority; and reviewers and managers see
// it but do not answer.
func TestNobodyElseSeesAPair(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	_, _, p := onePair(t, w)
	sees := map[string]bool{"caseworker@competent_authority": true, "reviewer@competent_authority": true, "manager@competent_authority": true}
	actors := append(accesstest.Actors(), accesstest.Elsewhere(core.RoleCaseworker, core.CompetentAuthority), accesstest.Elsewhere(core.RoleFirstResponder, core.Police))
	for _, a := range actors {
		for _, purpose := range core.Purposes {
			_, err := w.Pair(ctx, a.Actor, purpose, p.ID)
			if want := sees[a.Name] && purpose == core.Identify; want != (err == nil) || err != nil && core.KindOf(err) != core.NotFound {
				t.Errorf("%s for %s opens the pair: %v", a.Name, purpose, err)
			}
			list, err := w.Pairs(ctx, a.Actor, purpose, casework.PairOpen, core.ID{}, 10)
			if shown := err == nil && len(list.Pairs) > 0; shown != (sees[a.Name] && purpose == core.Identify) {
				t.Errorf("%s for %s lists the pair: %v", a.Name, purpose, shown)
			}
			if a.Name == "caseworker@competent_authority" && purpose == core.Identify {
				continue
			}
			if err := w.AnswerPair(ctx, a.Actor, purpose, p.ID, 0, casework.PairForm{State: casework.PairSame}); err == nil {
				t.Errorf("%s for %s answered the pair", a.Name, purpose)
			}
		}
	}
	if got := again(t, w, p); got.State != casework.PairOpen {
		t.Errorf("the pair is now %s", got.State)
	}
}

// TestAcrossAuthoritiesOnlyWhomToAskIsTold: each authority gets a task on its own
// case and learns nothing of the other's.
func TestAcrossAuthoritiesOnlyWhomToAskIsTold(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		elsewhere := accesstest.Elsewhere(core.RoleCaseworker, core.CompetentAuthority)
		older := w.Refer(caseworktest.Form()).CaseID
		c := state(t, w, older)
		c.Authority, c.Rev = elsewhere.AgencyID, c.Rev+1
		ok(t, w.Store.Write(ctx, func(tx casework.Tx) error { return tx.SaveCase(ctx, c, c.Rev-1) }))
		newer := w.Refer(spelled("Quinh Zebra", "Testpersson", core.PartialDate{Year: 1996, Month: 7, Day: 21})).CaseID
		p := pairsOf(t, w, newer)[0]
		for _, side := range []struct {
			actor      core.Actor
			mine, them core.ID
			authority  core.ID
		}{{caseworker, newer, older, elsewhere.AgencyID}, {elsewhere.Actor, older, newer, caseworker.AgencyID}} {
			v, err := w.Pair(ctx, side.actor, core.Identify, p.ID)
			ok(t, err)
			shown := fmt.Sprintf("%+v", v)
			theirs := state(t, w, side.them)
			if v.Elsewhere != side.authority || v.May || v.Newer.ID != side.mine || v.Task.IsZero() {
				t.Errorf("what is told: %s", shown)
			}
			for _, secret := range []string{side.them.String(), theirs.Reference, "Quynh", "Quinh", "VNM"} {
				if strings.Contains(shown, secret) && secret != "VNM" {
					t.Errorf("the pair tells %q of the other authority's case", secret)
				}
			}
			if err := w.AnswerPair(ctx, side.actor, core.Identify, p.ID, 0, casework.PairForm{State: casework.PairSame}); core.KindOf(err) != core.NotFound {
				t.Errorf("one authority answered alone: %v", err)
			}
			if list, err := w.Pairs(ctx, side.actor, core.Identify, casework.PairOpen, core.ID{}, 10); err != nil || len(list.Pairs) != 0 {
				t.Errorf("the list shows a pair with another authority's case: %v", err)
			}
			ok(t, w.CompleteTask(ctx, side.actor, core.Identify, v.Task))
			found, err := w.SearchPersons(ctx, side.actor, core.Identify, casework.PersonQuery{Name: "Quin Zebra Testperson"})
			ok(t, err)
			for _, f := range found.Persons {
				if f.ID == side.them {
					t.Error("the search shows another authority's case")
				}
			}
		}
	})
}

func TestAFirstResponderLearnsOnlyThatThereMayBeAMatch(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	w.Refer(caseworktest.Form())
	ask := func(id casework.Identity) bool {
		t.Helper()
		found, err := w.PossibleMatch(ctx, responder, core.Identify, id)
		ok(t, err)
		return found
	}
	named := func(name string, born core.PartialDate) casework.Identity {
		return casework.Identity{Names: []casework.Name{{Given: core.Secret(name)}}, BirthDate: born}
	}
	born := core.PartialDate{Year: 1996, Month: 7, Day: 21}
	if !ask(named("Quinh Zebra Testperson", born)) {
		t.Error("another spelling with the same birth date is not a possible match")
	}
	if ask(named("Quynh Zebra Testperson", core.PartialDate{})) {
		t.Error("a name alone tells a first responder that somebody was referred")
	}
	if ask(named("Ermal Gjoka", born)) {
		t.Error("a birth date alone is a possible match")
	}
	r := w.Refer(spelled("Quinh Zebra", "Testperson", born))
	if !r.PossibleMatch {
		t.Error("the receipt does not say that there may be a match")
	}
	if r := w.Refer(spelled("Ermal", "Gjoka", core.PartialDate{Year: 1969})); r.PossibleMatch {
		t.Error("a stranger's receipt says that there may be a match")
	}
	sub := casework.Submission{Form: spelled("Quinh Zebra", "Testperson", born), IdempotencyKey: "key-one", Digest: []byte("d")}
	first, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, sub)
	ok(t, err)
	repeat, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, sub)
	ok(t, err)
	if !first.PossibleMatch || !repeat.PossibleMatch || !repeat.Repeated {
		t.Errorf("a repeat is told something else: %+v, %+v", first, repeat)
	}
}

func TestPersonsAreFoundInAnySpellingWithAReason(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		want := w.Refer(caseworktest.Form()).CaseID
		cyrillic := w.Refer(spelled("Сергей", "Иванов", core.PartialDate{Year: 1990, Month: 5, Day: 7})).CaseID
		for name, c := range map[string]struct {
			q      casework.PersonQuery
			want   core.ID
			exact  bool
			reason string
		}{
			"as written":       {casework.PersonQuery{Name: "Testperson Zebra"}, want, true, "similar name"},
			"misspelt":         {casework.PersonQuery{Name: "Quinh Zebra Testpersson"}, want, false, "similar name"},
			"swapped date":     {casework.PersonQuery{Name: "Sergei Ivanov", BirthDate: core.PartialDate{Year: 1990, Month: 7, Day: 5}}, cyrillic, false, "day and month of birth changed places"},
			"another alphabet": {casework.PersonQuery{Name: "Sergej Iwanow"}, cyrillic, false, "written in another script"},
		} {
			found, err := w.SearchPersons(ctx, caseworker, core.Identify, c.q)
			ok(t, err)
			if len(found.Persons) == 0 || found.Building {
				t.Errorf("%s: nothing found", name)
				continue
			}
			got := found.Persons[0]
			if got.ID != c.want || got.Exact != c.exact || !slices.Contains(got.Reasons, c.reason) {
				t.Errorf("%s: found %v (exact %v) because %q, want %v because %q", name, got.ID, got.Exact, got.Reasons, c.want, c.reason)
			}
			for _, secret := range append(seeds(), "Иванов", "sergei") {
				if strings.Contains(strings.ToLower(fmt.Sprint(got.Reasons)), strings.ToLower(secret)) {
					t.Errorf("%s: the reasons repeat %q", name, secret)
				}
			}
		}
	})
}

// compare runs the comparison of a case as after a change.
func compare(t *testing.T, w *caseworktest.World, id core.ID, mark string) {
	t.Helper()
	ok(t, w.DB.InTx(ctx, func(tx *sql.Tx) error {
		return job.Enqueue(ctx, tx, job.Job{Kind: casework.MatchJob, Payload: []byte(`{"case":"` + id.String() + `","mark":"` + mark + `"}`), RunAt: w.Clock.Now()})
	}))
	w.RunJobs()
}

// correctIdentity seals a new version of who the person is, as an upgrade does.
func correctIdentity(t *testing.T, w *caseworktest.World, id core.ID, who casework.Identity) {
	t.Helper()
	ok(t, w.ReplaceIdentity(ctx, id, who))
	w.RunJobs()
}

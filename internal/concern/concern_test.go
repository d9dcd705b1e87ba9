package concern_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/concern"
	"clew/internal/concern/concerntest"
	"clew/internal/core"
)

var (
	ctx    = context.Background()
	system = core.SystemActor()
	desk   = concerntest.Adviser.Actor
)

const here = core.Secret("192.0.2.7")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func codes(err error) map[string]string {
	m := map[string]string{}
	for _, f := range core.FieldsOf(err) {
		m[f.Name] = f.Code
	}
	return m
}

func TestAReportIsReadByItsReceiptAndByItsDesk(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		d := w.File(t, concerntest.Words(), here)
		talk, err := w.OpenByReceipt(ctx, system, core.Identify, d.Receipt.Groups(), here)
		must(t, err)
		said, err := w.Conversation(ctx, talk)
		must(t, err)
		if len(said) != 1 || said[0].Text != concerntest.Words().What {
			t.Errorf("the reporter reads %d messages", len(said))
		}
		f, err := w.Service.Open(ctx, desk, core.Protect, d.ID)
		must(t, err)
		if f.Words != concerntest.Words() || f.State != concern.Quarantined || f.Grading != concern.Untested || !f.Child || !f.ConfirmedAt.IsZero() {
			t.Errorf("the desk opens %+v", f.Concern)
		}
		must(t, w.ConfirmReceipt(ctx, system, core.Identify, concern.Talk{ID: d.ID, Receipt: d.Receipt}, d.Receipt.Digits))
		must(t, w.Move(ctx, desk, core.Protect, d.ID, 0, concern.Open, ""))
		must(t, w.Reply(ctx, desk, core.Protect, d.ID, "Is anybody hurt?"))
		must(t, w.Write(ctx, system, core.Identify, talk, "One of them limps.", here))
		said, err = w.Conversation(ctx, talk)
		must(t, err)
		if len(said) != 3 || !said[1].FromDesk || said[1].Text != "Is anybody hurt?" || said[2].FromDesk {
			t.Errorf("the conversation is %+v", said)
		}
		f, err = w.Service.Open(ctx, desk, core.Protect, d.ID)
		must(t, err)
		if len(f.Messages) != 2 || f.Messages[1].Text != "One of them limps." || !f.Unread || f.ConfirmedAt.IsZero() {
			t.Errorf("the desk reads %+v", f.Messages)
		}
	})
}

func TestAWrongReceiptOpensNothingAndSaysNothing(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		d := w.File(t, concerntest.Words(), here)
		var first error
		for i, typed := range []core.Secret{"0000 0000 0000 0000", "1234567812345678"} {
			_, err := w.OpenByReceipt(ctx, system, core.Identify, typed, core.Secret("a"+string(rune('0'+i))))
			if codes(err)["receipt"] != "receipt.unknown" {
				t.Errorf("%v: %v", typed, err)
			}
			if first == nil {
				first = err
			} else if first.Error() != err.Error() {
				t.Errorf("two wrong receipts are told apart: %v and %v", first, err)
			}
		}
		// The receipt of a report that was erased answers as one never given out.
		must(t, w.Move(ctx, desk, core.Protect, d.ID, 0, concern.Discarded, "abuse"))
		w.Clock.Advance(31 * 24 * time.Hour)
		w.RunJobs()
		_, err := w.OpenByReceipt(ctx, system, core.Identify, d.Receipt.Digits, "b")
		if err == nil || err.Error() != first.Error() {
			t.Errorf("an erased report's receipt: %v", err)
		}
		f, err := w.Service.Open(ctx, desk, core.Protect, d.ID)
		must(t, err)
		if f.Words != (concern.Words{}) || f.State != concern.Discarded {
			t.Errorf("after erasing the desk opens %+v", f.Words)
		}
		_, err = w.OpenByReceipt(ctx, system, core.Identify, "123", "c")
		if codes(err)["receipt"] != "receipt.form" {
			t.Errorf("too short: %v", err)
		}
	})
}

func TestGuessingIsSlowed(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		d := w.File(t, concerntest.Words(), here)
		var err error
		for range 10 {
			if _, err = w.OpenByReceipt(ctx, system, core.Identify, "0000000000000000", here); core.KindOf(err) == core.TooMany {
				break
			}
		}
		if core.KindOf(err) != core.TooMany {
			t.Fatalf("ten guesses from one address: %v", err)
		}
		// The right one waits as the wrong ones do; from elsewhere, and later, it opens.
		if _, err := w.OpenByReceipt(ctx, system, core.Identify, d.Receipt.Digits, here); core.KindOf(err) != core.TooMany {
			t.Errorf("the right receipt is told from a wrong one: %v", err)
		}
		_, err = w.OpenByReceipt(ctx, system, core.Identify, d.Receipt.Digits, "192.0.2.8")
		must(t, err)
		w.Clock.Advance(time.Minute)
		_, err = w.OpenByReceipt(ctx, system, core.Identify, d.Receipt.Digits, here)
		must(t, err)
	})
}

func TestOneHomeIsCountedOnceHoweverManyAddressesItHas(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		var err error
		for i := range 10 {
			if _, err = w.OpenByReceipt(ctx, system, core.Identify, "0000000000000000", core.Secret(fmt.Sprintf("2001:db8:1:2::%x", i))); core.KindOf(err) == core.TooMany {
				break
			}
		}
		if core.KindOf(err) != core.TooMany {
			t.Error("ten guesses from ten addresses of one home went through")
		}
		if _, err := w.OpenByReceipt(ctx, system, core.Identify, "0000000000000000", "2001:db8:1:3::1"); core.KindOf(err) == core.TooMany {
			t.Error("the next home is kept out")
		}
		if _, err := w.OpenByReceipt(ctx, system, core.Identify, "0000000000000000", "::ffff:192.0.2.9"); core.KindOf(err) == core.TooMany {
			t.Error("an address of version 4 is kept out")
		}
	})
}

// A page that is sent again from the history of a device does not give the number
// away for long, and a second confirmation is not a second event.
func TestAReceiptIsNotShownAgainForLong(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		shows := func(id core.ID, want concern.Showing, when string) {
			t.Helper()
			if got, err := w.Showing(ctx, id); err != nil || got != want {
				t.Errorf("%s: %v, %v; want %v", when, got, err, want)
			}
		}
		kept, left := w.File(t, concerntest.Words(), here), w.File(t, concerntest.Words(), "192.0.2.8")
		shows(kept.ID, concern.ShowNumber, "just sent")
		for range 2 {
			must(t, w.ConfirmReceipt(ctx, system, core.Identify, concern.Talk{ID: kept.ID, Receipt: kept.Receipt}, kept.Receipt.Digits))
		}
		shows(kept.ID, concern.ShowThanks, "typed back")
		shows(left.ID, concern.ShowNumber, "never typed back")
		w.Clock.Advance(31 * time.Minute)
		shows(left.ID, concern.ShowNothing, "never typed back, later")
		shows(core.ID{15: 1}, concern.ShowNothing, "of no report")
		f, err := w.Service.Open(ctx, desk, core.Protect, kept.ID)
		must(t, err)
		n := 0
		for _, e := range f.Events {
			if e.Kind == "confirmed" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("confirmed %d times", n)
		}
	})
}

func TestSendingTwiceFilesOnce(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		d := w.File(t, concerntest.Words(), here)
		must(t, w.FileReport(ctx, system, core.Identify, concern.Sent{Draft: d, Proof: concerntest.Work(d), Address: here}))
		list, err := w.Service.List(ctx, desk, core.Protect, concern.Query{Kind: concern.Report})
		must(t, err)
		if len(list) != 1 {
			t.Errorf("%d reports", len(list))
		}
	})
}

func TestWithoutWorkTheWayIsNarrow(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		send := func(address core.Secret, proof func(concern.Draft) string) error {
			d := w.Begin(concerntest.Words(), "en")
			return w.FileReport(ctx, system, core.Identify, concern.Sent{Draft: d, Proof: proof(d), Address: address})
		}
		none := func(concern.Draft) string { return "" }
		var err error
		sent := 0
		for ; sent < 10; sent++ {
			if err = send(here, none); err != nil {
				break
			}
		}
		if core.KindOf(err) != core.TooMany || sent != 3 {
			t.Errorf("after %d reports without a proof: %v", sent, err)
		}
		must(t, send(here, concerntest.Work))
		if err := send(here, func(concern.Draft) string { return "not a number" }); core.KindOf(err) != core.TooMany {
			t.Errorf("a false proof: %v", err)
		}
	})
}

func TestWhatIsWrongIsSaidAndNothingIsFiled(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		long := make([]rune, 4001)
		for i := range long {
			long[i] = 'ж'
		}
		for name, c := range map[string]struct {
			words concern.Words
			lang  string
			photo *concern.Photo
			field string
			code  string
		}{
			"nothing":          {concern.Words{}, "en", nil, "what", "what.required"},
			"too much":         {concern.Words{What: core.Secret(long)}, "bg", nil, "what", "what.long"},
			"where too long":   {concern.Words{What: "a", Where: core.Secret(long)}, "en", nil, "where", "where.long"},
			"a day to come":    {concern.Words{What: "a", When: core.PartialDate{Year: 2031}}, "ar", nil, "when", "when.future"},
			"unknown language": {concern.Words{What: "a"}, "xx", nil, "language", "language.unknown"},
			"no picture":       {concern.Words{What: "a"}, "en", &concern.Photo{Name: "a.jpg", Content: []byte("MZ\x90\x00")}, "photo", "photo.type"},
			"a text":           {concern.Words{What: "a"}, "en", &concern.Photo{Name: "a.txt", Content: []byte("words")}, "photo", "photo.type"},
			"a broken picture": {concern.Words{What: "a"}, "en", &concern.Photo{Name: "a.jpg", Content: []byte("\xff\xd8\xff\xe0")}, "photo", "photo.damaged"},
			"a large picture":  {concern.Words{What: "a"}, "en", &concern.Photo{Name: "a.jpg", Content: make([]byte, concern.MaxPhoto+1)}, "photo", "photo.large"},
		} {
			d := w.Begin(c.words, c.lang)
			err := w.FileReport(ctx, system, core.Identify, concern.Sent{Draft: d, Photo: c.photo, Address: here})
			if codes(err)[c.field] != c.code {
				t.Errorf("%s: %v", name, err)
			}
		}
		list, err := w.Service.List(ctx, desk, core.Protect, concern.Query{Kind: concern.Report})
		must(t, err)
		if len(list) != 0 {
			t.Errorf("%d reports were filed", len(list))
		}
	})
}

// Every action on a concern, tried by everybody of the cast: only the adviser of
// the desk gets through, and the police once it was passed to them.
func TestNobodyElseComesNearAConcern(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		d := w.File(t, concerntest.Words(), here)
		must(t, w.Move(ctx, desk, core.Protect, d.ID, 0, concern.Open, ""))
		force := accesstest.AgencyOf(core.Police).ID
		deeds := map[string]func(a accesstest.Actor) error{
			"open":    func(a accesstest.Actor) error { _, err := w.Service.Open(ctx, a.Actor, a.Purpose, d.ID); return err },
			"picture": func(a accesstest.Actor) error { _, _, err := w.Picture(ctx, a.Actor, a.Purpose, d.ID); return err },
			"move": func(a accesstest.Actor) error {
				return w.Move(ctx, a.Actor, a.Purpose, d.ID, 0, concern.Closed, "advised")
			},
			"reply": func(a accesstest.Actor) error { return w.Reply(ctx, a.Actor, a.Purpose, d.ID, "Hello") },
			"noted": func(a accesstest.Actor) error { return w.Noted(ctx, a.Actor, a.Purpose, d.ID) },
			"grade": func(a accesstest.Actor) error { return w.Grade(ctx, a.Actor, a.Purpose, d.ID, 0, "1") },
			"pass":  func(a accesstest.Actor) error { return w.Pass(ctx, a.Actor, a.Purpose, d.ID, 0, force) },
			"hand on": func(a accesstest.Actor) error {
				return w.HandOn(ctx, a.Actor, a.Purpose, d.ID, 0, concern.HandedIntelligence, core.ID{})
			},
			"follow up": func(a accesstest.Actor) error {
				return w.AddFollowUp(ctx, a.Actor, a.Purpose, d.ID, "Ring", w.Clock.Now().Add(time.Hour))
			},
			"finish": func(a accesstest.Actor) error { return w.FinishFollowUp(ctx, a.Actor, a.Purpose, d.ID, d.ID) },
			"save": func(a accesstest.Actor) error {
				_, err := w.SaveRecord(ctx, a.Actor, a.Purpose, d.ID, 0, concern.Record{})
				return err
			},
			"file": func(a accesstest.Actor) error {
				return w.ConfirmReceipt(ctx, a.Actor, a.Purpose, concern.Talk{ID: d.ID, Receipt: d.Receipt}, d.Receipt.Digits)
			},
			"write": func(a accesstest.Actor) error {
				return w.Write(ctx, a.Actor, a.Purpose, concern.Talk{ID: d.ID}, "x", core.Secret(a.Name))
			},
		}
		strangers := append(accesstest.Actors(), accesstest.Elsewhere(core.RoleAdviser, core.NGO))
		for _, a := range strangers {
			for deed, do := range deeds {
				own := a.UserID == desk.UserID && deed != "file" && deed != "write" || a.IsSystem() && (deed == "file" || deed == "write")
				if own {
					continue
				}
				if err := do(a); core.KindOf(err) != core.NotFound && core.KindOf(err) != core.Forbidden {
					t.Errorf("%s by %s: %v", deed, a.Name, err)
				}
			}
			if a.UserID == desk.UserID {
				continue
			}
			list, err := w.Service.List(ctx, a.Actor, a.Purpose, concern.Query{Kind: concern.Report})
			if len(list) > 0 {
				t.Errorf("%s lists %d reports (%v)", a.Name, len(list), err)
			}
		}
		must(t, w.Pass(ctx, desk, core.Protect, d.ID, 0, force))
		officer := accesstest.Of(core.RoleOfficer, core.Police)
		f, err := w.Service.Open(ctx, officer.Actor, officer.Purpose, d.ID)
		must(t, err)
		if f.Words.What == "" || f.MayWork {
			t.Errorf("the force opens %+v", f.Concern)
		}
		if err := w.Reply(ctx, officer.Actor, officer.Purpose, d.ID, "Hello"); core.KindOf(err) != core.Forbidden {
			t.Errorf("the force answers: %v", err)
		}
		elsewhere := accesstest.Elsewhere(core.RoleOfficer, core.Police)
		if _, err := w.Service.Open(ctx, elsewhere.Actor, elsewhere.Purpose, d.ID); core.KindOf(err) != core.NotFound {
			t.Errorf("another force: %v", err)
		}
	})
}

func TestTwoAdvisersKeepBothVersions(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		id, err := w.TakeCall(ctx, desk, core.Protect, "call")
		must(t, err)
		colleague := desk
		colleague.UserID = core.NewIDs(w.Clock).New()
		one, err := w.SaveRecord(ctx, desk, core.Protect, id, 0, concern.Record{Caller: "self", Said: "They keep my passport."})
		must(t, err)
		two, err := w.SaveRecord(ctx, colleague, core.Protect, id, one, concern.Record{Caller: "self", Said: "They keep my passport. There are two more."})
		must(t, err)
		if _, err := w.SaveRecord(ctx, desk, core.Protect, id, one, concern.Record{Said: "Mine"}); core.KindOf(err) != core.Conflict {
			t.Errorf("an old version was taken: %v", err)
		}
		f, err := w.Service.Open(ctx, desk, core.Protect, id)
		must(t, err)
		if f.RecordVersion != two || f.RecordBy != colleague.UserID || f.Record.Said != "They keep my passport. There are two more." || f.Caller != "self" {
			t.Errorf("the newest version is %d: %+v", f.RecordVersion, f.Concern)
		}
		_, err = w.SaveRecord(ctx, desk, core.Protect, id, two, concern.Record{Caller: "nobody", Lang: "xyz"})
		if c := codes(err); c["caller"] == "" || c["lang"] == "" {
			t.Errorf("an unknown caller and language: %v", err)
		}
		must(t, w.Move(ctx, desk, core.Protect, id, 0, concern.Closed, "advised"))
		if _, err := w.SaveRecord(ctx, desk, core.Protect, id, two, concern.Record{}); core.KindOf(err) != core.NotNow {
			t.Errorf("a closed call was changed: %v", err)
		}
		figures, err := w.CallFigures(ctx, desk, core.Protect, w.Clock.Now().Add(-time.Hour), w.Clock.Now().Add(time.Hour))
		must(t, err)
		if len(figures) != 1 || figures[0] != (concern.Figure{Month: "2025-03", Caller: "self", Outcome: "advised", N: 1}) {
			t.Errorf("figures: %+v", figures)
		}
	})
}

func TestAFollowUpIsRemindedOfOnce(t *testing.T) {
	concerntest.Each(t, func(t *testing.T, w *concerntest.World) {
		id, err := w.TakeCall(ctx, desk, core.Protect, "chat")
		must(t, err)
		due := w.Clock.Now().Add(48 * time.Hour)
		must(t, w.AddFollowUp(ctx, desk, core.Protect, id, "Ask whether the passport came back.", due))
		if err := w.AddFollowUp(ctx, desk, core.Protect, id, "", w.Clock.Now()); len(codes(err)) != 2 {
			t.Errorf("nothing, and now: %v", err)
		}
		waiting := func() int {
			n, err := w.Waiting(ctx, desk, core.Protect)
			must(t, err)
			return n.Due
		}
		w.Clock.Advance(47 * time.Hour)
		w.RunJobs()
		if waiting() != 0 {
			t.Error("reminded before its time")
		}
		w.Clock.Advance(time.Hour + time.Second)
		w.RunJobs()
		w.RunJobs()
		if waiting() != 1 {
			t.Error("not reminded when its time came")
		}
		f, err := w.Service.Open(ctx, desk, core.Protect, id)
		must(t, err)
		reminders := 0
		for _, e := range f.Events {
			if e.Kind == "reminded" {
				reminders++
			}
		}
		if reminders != 1 || f.FollowUps[0].What != "Ask whether the passport came back." {
			t.Errorf("%d reminders of %+v", reminders, f.FollowUps)
		}
		must(t, w.FinishFollowUp(ctx, desk, core.Protect, id, f.FollowUps[0].ID))
		if waiting() != 0 {
			t.Error("still waiting after it was done")
		}
	})
}

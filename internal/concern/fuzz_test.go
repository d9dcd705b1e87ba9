package concern_test

import (
	"strings"
	"testing"
	"unicode"

	"clew/internal/casework/caseworktest"
	"clew/internal/concern"
	"clew/internal/concern/concerntest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
)

// FuzzParseReceipt: whatever is typed gives 16 ASCII digits or an error about
// the field, and what is shown is read back as the same.
func FuzzParseReceipt(f *testing.F) {
	for _, s := range []string{"1234 5678 9012 3456", "1234-5678-9012-3456", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦", "１２３４５６７８９０１２３４５６", "123", "", "1234 5678 9012 345x", "\xff\xfe", "12345678901234567"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := concern.ParseReceipt(core.Secret(s))
		if err != nil {
			if codes(err)["receipt"] != "receipt.form" {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		d := r.Digits.Reveal()
		if len(d) != 16 {
			t.Fatalf("%d digits", len(d))
		}
		for _, c := range d {
			if c < '0' || c > '9' {
				t.Fatal("something else than a digit")
			}
		}
		again, err := concern.ParseReceipt(r.Groups())
		if err != nil || !again.Same(r) {
			t.Fatalf("what is shown is not read back: %v", err)
		}
	})
}

func TestAReceiptIsReadAsPeopleTypeIt(t *testing.T) {
	const want = "0123456789012345"
	in := func(zero rune) string {
		return strings.Map(func(r rune) rune { return zero + r - '0' }, want)
	}
	fours := func(between string) string {
		return want[:4] + between + want[4:8] + between + want[8:12] + between + want[12:]
	}
	for name, typed := range map[string]string{
		"Arabic": in(0x660), "Persian": in(0x6F0), "full width": in(0xFF10), "Burmese": in(0x1040), "Bengali": in(0x9E6), "mathematical": in(0x1D7E2),
		"Chinese spaces": fours("\u3000"), "long dashes": fours("\u2014"), "minus": fours("\u2212"), "full-width hyphen": fours("\uff0d"), "underscores": fours("_"),
		"copied with isolates": "\u2066" + want + "\u2069", "an Arabic letter mark": "\u061c" + want, "zero-width spaces": fours("\u200b"), "commas": fours(", "),
	} {
		r, err := concern.ParseReceipt(core.Secret(typed))
		if err != nil || r.Digits.Reveal() != want {
			t.Errorf("%s: %q, %v", name, r.Digits.Reveal(), err)
		}
	}
	for _, r := range unicode.Nd.R16 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("a range of digits is not of whole tens: %x–%x", r.Lo, r.Hi)
		}
	}
	for _, r := range unicode.Nd.R32 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("a range of digits is not of whole tens: %x–%x", r.Lo, r.Hi)
		}
	}
	for _, typed := range []string{"number 0123456789012345", "O123456789012345", "012345678901234", fours("+")} {
		if _, err := concern.ParseReceipt(core.Secret(typed)); err == nil {
			t.Errorf("%q was taken", typed)
		}
	}
}

// FuzzCarried: nothing that a browser sends back opens as a draft or as
// messages but what was sealed for it, unchanged.
func FuzzCarried(f *testing.F) {
	w := concerntest.On(f, caseworktest.New(f, dbtest.SQLite(f)))
	d := w.Begin(concerntest.Words(), "en")
	draft, err := w.CarryDraft(d)
	must(f, err)
	talk, err := w.CarryTalk(concern.Talk{ID: d.ID, Receipt: d.Receipt})
	must(f, err)
	for _, s := range []string{draft, talk, "", "AAAA", draft[:len(draft)-1], draft + "A", "not base64!", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := w.TakeDraft(s); err == nil && (s != draft || got.ID != d.ID) {
			t.Fatal("a forged draft was taken")
		}
		if got, err := w.TakeTalk(s); err == nil && (s != talk || got.ID != d.ID) {
			t.Fatal("forged messages were taken")
		}
	})
}

// The two kinds of what is carried do not open as each other, and both grow old.
func TestWhatIsCarriedIsOfOneKindAndOneTime(t *testing.T) {
	w := concerntest.On(t, caseworktest.New(t, dbtest.SQLite(t)))
	d := w.Begin(concerntest.Words(), "en")
	draft, err := w.CarryDraft(d)
	must(t, err)
	talk, err := w.CarryTalk(concern.Talk{ID: d.ID})
	must(t, err)
	if _, err := w.TakeTalk(draft); err == nil {
		t.Error("a draft was taken for messages")
	}
	if _, err := w.TakeDraft(talk); err == nil {
		t.Error("messages were taken for a draft")
	}
	got, err := w.TakeDraft(draft)
	must(t, err)
	if !got.Receipt.Same(d.Receipt) || got.Words != d.Words {
		t.Error("the draft came back otherwise")
	}
	shown, err := w.CarryTalk(concern.Talk{ID: d.ID, Receipt: d.Receipt})
	must(t, err)
	w.Clock.Advance(31 * 60 * 1e9)
	if _, err := w.TakeTalk(shown); err != nil {
		t.Error("a page with the number on it was not taken after half an hour:", err)
	}
	if _, err := w.TakeTalk(talk); err == nil {
		t.Error("messages were open for more than half an hour")
	}
	w.Clock.Advance(12 * 60 * 60 * 1e9)
	if _, err := w.TakeDraft(draft); err == nil {
		t.Error("a draft was taken a day later")
	}
}

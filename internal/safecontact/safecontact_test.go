package safecontact

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/core"

	"pgregory.net/rapid"
)

// monday is a Monday at ten in the morning.
var monday = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)

func safe() Terms {
	return Terms{SafeToReach: Directly, Channels: []string{Call, Text}, Phone: "+44 20 7946 0000", Hours: "weekdays 9:00-12:00",
		NeverSay: "Do not mention the police or any shelter", CodeWord: "blue kettle", Language: "vie"}
}

func text() Message {
	return Message{Channel: Text, At: monday, Language: "vie", Words: "Blue Kettle: Thursday at three."}
}

// codes returns the rules an error names.
func codes(err error) []string {
	var out []string
	for _, f := range core.FieldsOf(err) {
		out = append(out, f.Code)
	}
	return out
}

func TestWhatIsSafePasses(t *testing.T) {
	call := Message{Channel: Call, To: "+442079460000", At: monday, Language: "eng", CodeWord: true, Interpreter: true}
	for name, m := range map[string]Message{"text": text(), "call with an interpreter, the number written another way": call} {
		if err := safe().Check(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	through := Terms{SafeToReach: OnlyThrough, Through: "outreach", Language: "vie"}
	if err := through.Check(Message{Channel: Worker, At: monday, Language: "vie"}); err != nil {
		t.Errorf("through a worker: %v", err)
	}
}

func TestEveryRuleRefusesAndNamesTheMend(t *testing.T) {
	for _, c := range []struct {
		rule  string
		field string
		terms func(*Terms)
		m     func(*Message)
	}{
		{RuleNotAsked, "channel", func(t *Terms) { t.SafeToReach = "" }, nil},
		{RuleNotAtAll, "channel", func(t *Terms) { t.SafeToReach = NotAtAll }, nil},
		{RuleThrough, "channel", func(t *Terms) { t.SafeToReach = OnlyThrough }, nil},
		{RuleChannel, "channel", nil, func(m *Message) { m.Channel = Post }},
		{RuleChannel, "channel", nil, func(m *Message) { m.Channel = "pigeon" }},
		{RuleTo, "to", nil, func(m *Message) { m.To = "+44 20 7946 0999" }},
		{RuleTo, "to", func(t *Terms) { t.Phone = "" }, nil},
		{RuleHours, "at", nil, func(m *Message) { m.At = monday.Add(2 * time.Hour) }},
		{RuleHours, "at", nil, func(m *Message) { m.At = monday.AddDate(0, 0, -1) }},
		{RuleHoursWords, "hoursRead", func(t *Terms) { t.Hours = "when he is at work" }, nil},
		{RuleLanguage, "language", nil, func(m *Message) { m.Language = "eng" }},
		{"language.unknown", "language", nil, func(m *Message) { m.Language = "zzz" }},
		{RuleInterpreter, "interpreter", nil, func(m *Message) { m.Channel, m.Language, m.CodeWord = Call, "eng", true }},
		{RuleInterpreter, "interpreter", func(t *Terms) { t.Language, t.Interpreter = "", true }, func(m *Message) { m.Channel, m.Language, m.CodeWord = Call, "eng", true }},
		{RuleCodeWord, "words", nil, func(m *Message) { m.Words = "Thursday at three." }},
		{RuleCodeWord, "codeWord", nil, func(m *Message) { m.Channel = Call }},
		{RuleNeverSay, "words", nil, func(m *Message) { m.Words = "blue kettle, the Shelters open at three" }},
		{RuleNeverSay, "words", nil, func(m *Message) { m.Words = "blue kettle. POLICE!" }},
	} {
		terms, m := safe(), text()
		if c.terms != nil {
			c.terms(&terms)
		}
		if c.m != nil {
			c.m(&m)
		}
		err := terms.Check(m)
		if core.KindOf(err) != core.Invalid || !slices.Contains(codes(err), c.rule) {
			t.Errorf("%s: got %v", c.rule, err)
			continue
		}
		for _, f := range core.FieldsOf(err) {
			if f.Code == c.rule && f.Name != c.field {
				t.Errorf("%s stands at %s, want %s", c.rule, f.Name, c.field)
			}
		}
	}
}

// Nothing that goes out by itself may stand on hours nobody has read.
func TestHoursInWordsNeedAReader(t *testing.T) {
	terms, m := safe(), text()
	terms.Hours = "when he is at work"
	if m.HoursRead = true; terms.Check(m) != nil {
		t.Error("somebody read the hours, and it was still refused")
	}
	terms.Hours = "weekdays 9-12"
	m.At = monday.Add(5 * time.Hour)
	if terms.Check(m) == nil {
		t.Error("hours that can be read were overridden by a tick")
	}
}

func TestHours(t *testing.T) {
	at := func(weekday, hour, minute int) time.Time {
		return time.Date(2026, 11, 1+weekday, hour, minute, 0, 0, time.UTC) // the first is a Sunday
	}
	for _, c := range []struct {
		hours string
		at    time.Time
		want  bool
	}{
		{"weekday mornings only", at(1, 9, 0), true}, {"weekday mornings only", at(6, 9, 0), false}, {"weekday mornings only", at(1, 12, 0), false},
		{"Mon-Fri 09:00–12:30", at(5, 12, 29), true}, {"Mon-Fri 09:00–12:30", at(5, 12, 30), false},
		{"Fri to Mon", at(0, 23, 59), true}, {"Fri to Mon", at(2, 3, 0), false},
		{"Saturdays 2pm to 4 pm", at(6, 15, 0), true}, {"Saturdays 2pm to 4 pm", at(6, 3, 0), false},
		{"tuesday; thursday 10-11", at(2, 22, 0), true}, {"tuesday; thursday 10-11", at(4, 22, 0), false},
		{"evenings", at(3, 18, 0), true}, {"daily 8.30-9.15", at(0, 9, 0), true},
	} {
		windows, readable := parseHours(c.hours)
		if !readable || covers(windows, c.at) != c.want {
			t.Errorf("%q at %s: readable %t, %t; want %t", c.hours, c.at.Format("Mon 15:04"), readable, covers(windows, c.at), c.want)
		}
	}
	for _, words := range []string{"when he is at work", "not on mondays", "after 18:00", "9-25", "22:00-02:00", "14pm-15pm", "mondy", ""} {
		if _, readable := parseHours(words); readable {
			t.Errorf("%q was read", words)
		}
	}
}

func TestErrorsHoldNothingTheSaid(t *testing.T) {
	terms, m := safe(), text()
	terms.Hours, m.Words, m.To, m.CodeWord = "when Nguyen works", "police", "0999", false
	printed := fmt.Sprintf("%v %+v %#v", terms.Check(m), terms, m)
	for _, secret := range []string{"Nguyen", "kettle", "7946", "0999", "shelter"} {
		if strings.Contains(printed, secret) {
			t.Errorf("%q is printed: %s", secret, printed)
		}
	}
}

// Whatever the terms and the text: a passed message leaves none of the words of
// matter, goes through an open channel and carries the code word.
func TestWhatPassesKeepsTheTerms(t *testing.T) {
	word := rapid.SampledFrom([]string{"police", "shelter", "kettle", "visa", "três", "Café", "uncle", "the", "about"})
	line := rapid.Custom(func(t *rapid.T) core.Secret {
		return core.Secret(strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " "))
	})
	rapid.Check(t, func(t *rapid.T) {
		terms := Terms{SafeToReach: rapid.SampledFrom([]string{"", Directly, OnlyThrough, NotAtAll}).Draw(t, "safe"),
			Channels: rapid.SliceOfDistinct(rapid.SampledFrom(Channels), rapid.ID[string]).Draw(t, "channels"),
			Phone:    "1", Email: "a@b.example", NeverSay: line.Draw(t, "never"), CodeWord: core.Secret(rapid.SampledFrom([]string{"", "kettle"}).Draw(t, "code"))}
		m := Message{Channel: rapid.SampledFrom(Channels).Draw(t, "channel"), At: monday, Words: line.Draw(t, "text"), CodeWord: rapid.Bool().Draw(t, "says")}
		if terms.Check(m) != nil {
			return
		}
		if !slices.Contains(terms.Open(), m.Channel) {
			t.Fatalf("passed through a closed channel")
		}
		if len(terms.Unsafe(m.Words)) > 0 {
			t.Fatalf("passed with unsafe words")
		}
		said := m.CodeWord && (m.Channel == Call || m.Channel == Worker)
		if terms.CodeWord != "" && !said && !slices.Contains(words(m.Words.Reveal()), "kettle") {
			t.Fatalf("passed without the code word")
		}
	})
}

func FuzzHours(f *testing.F) {
	for _, seed := range []string{"weekday mornings only", "Mon-Fri 09:00–12:30", "sat 2pm to 4pm; sun"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		windows, readable := parseHours(s)
		if !readable && windows != nil {
			t.Error("unreadable hours have windows")
		}
		for _, w := range windows {
			if w.from < 0 || w.until > 24*60 || w.from >= w.until {
				t.Errorf("a window from %d until %d", w.from, w.until)
			}
		}
	})
}

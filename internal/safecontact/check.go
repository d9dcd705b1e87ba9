package safecontact

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"clew/internal/core"
)

// Message is a message or call before it is shown or sent.
type Message struct {
	Channel  string
	To       core.Secret // the number or address; empty: the one the person gave
	At       time.Time   // when it goes out, in the person's own time zone
	Language string      // ISO 639-3, of the words
	Words    core.Secret // the text; of a call, what will be said or left on an answering machine

	// What only a person can vouch for. Nothing that goes out by itself sets these.
	HoursRead   bool // I have read the hours, and it is a safe time
	CodeWord    bool // a call or visit will begin with the code word
	Interpreter bool // an interpreter is there
}

// The rules a message can break, as the codes of the field errors.
const (
	RuleNotAsked    = "safecontact.not_asked"
	RuleNotAtAll    = "safecontact.not_at_all"
	RuleThrough     = "safecontact.through"
	RuleChannel     = "safecontact.channel"
	RuleTo          = "safecontact.to"
	RuleHours       = "safecontact.hours"
	RuleHoursWords  = "safecontact.hours_in_words"
	RuleLanguage    = "safecontact.language"
	RuleInterpreter = "safecontact.interpreter"
	RuleCodeWord    = "safecontact.code_word"
	RuleNeverSay    = "safecontact.never_say"
)

// Check returns nil when the message breaks none of the terms, else an error of
// kind Invalid whose fields name each rule broken and the mend. A message that
// does not pass must be neither shown as ready nor sent.
func (t Terms) Check(m Message) error {
	var broken []core.Field
	for _, rule := range rules {
		if f := rule(t, m); f.Code != "" {
			broken = append(broken, f)
			if closed(f.Code) {
				break // there is no other way to reach them, so nothing else is worth saying
			}
		}
	}
	if len(broken) == 0 {
		return nil
	}
	return &core.Error{Kind: core.Invalid, Code: "safecontact.unsafe", Fields: broken,
		Msg: "This would not be safe for the person, so it was not sent. What is wrong stands beside each answer."}
}

func closed(code string) bool { return code == RuleNotAsked || code == RuleNotAtAll }

var rules = []func(Terms, Message) core.Field{reachable, channel, address, hours, language, codeWord, neverSay}

func reachable(t Terms, m Message) core.Field {
	switch {
	case t.SafeToReach == "":
		return core.Field{Name: "channel", Code: RuleNotAsked, Msg: "Nobody has recorded whether it is safe to contact the person. Ask them when you meet, and record it first."}
	case t.SafeToReach == NotAtAll:
		return core.Field{Name: "channel", Code: RuleNotAtAll, Msg: "The person said that contact is not safe. Wait until they come, or ask the worker who knows them."}
	case t.SafeToReach == OnlyThrough && m.Channel != Worker:
		return core.Field{Name: "channel", Code: RuleThrough, Msg: "Contact is safe only through somebody else. Choose “in person, by a worker” and go through whom they named."}
	}
	return core.Field{}
}

func channel(t Terms, m Message) core.Field {
	switch {
	case !slices.Contains(Channels, m.Channel):
		return core.Field{Name: "channel", Code: RuleChannel, Msg: "Choose a channel from the list."}
	case t.SafeToReach == Directly && !slices.Contains(t.Channels, m.Channel):
		labels := make([]string, len(t.Channels))
		for i, c := range t.Channels {
			labels[i] = ChannelLabel(c)
		}
		return core.Field{Name: "channel", Code: RuleChannel, Msg: "This channel is not safe. Safe are: " + strings.Join(labels, ", ") + "."}
	}
	return core.Field{}
}

// address holds a message to the number or address that the person called safe:
// another one of theirs may be in other hands.
func address(t Terms, m Message) core.Field {
	safe := core.Secret("")
	switch m.Channel {
	case Call, Text:
		safe = t.Phone
	case Email:
		safe = t.Email
	default:
		return core.Field{}
	}
	switch {
	case safe == "":
		return core.Field{Name: "to", Code: RuleTo, Msg: "No safe number or address is on record for this channel. Choose another channel, or record it first."}
	case m.To != "" && plain(m.To) != plain(safe):
		return core.Field{Name: "to", Code: RuleTo, Msg: "This is not the number or address that the person called safe. Use that one."}
	}
	return core.Field{}
}

// plain is a number or address without spaces and punctuation that people vary.
func plain(s core.Secret) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-()./", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s.Reveal())
}

// A letter or e-mail is read when it is found, so the hours hold for them too.
func hours(t Terms, m Message) core.Field {
	if strings.TrimSpace(t.Hours.Reveal()) == "" {
		return core.Field{}
	}
	windows, readable := parseHours(t.Hours.Reveal())
	switch {
	case m.HoursRead && !readable:
		return core.Field{}
	case !readable:
		return core.Field{Name: "hoursRead", Code: RuleHoursWords, Msg: "The person said in their own words when it is safe. Read it, and confirm that it is a safe time now."}
	case !covers(windows, m.At):
		return core.Field{Name: "at", Code: RuleHours, Msg: "This is outside the hours that the person called safe. Choose a time within them."}
	}
	return core.Field{}
}

func language(t Terms, m Message) core.Field {
	if m.Language != "" {
		if _, known := core.LanguageByCode(m.Language); !known {
			return core.Field{Name: "language", Code: "language.unknown", Msg: "Choose a language from the list."}
		}
	}
	talk := m.Channel == Call || m.Channel == Worker
	switch {
	case talk && m.Interpreter:
		return core.Field{}
	case t.Language != "" && m.Language != t.Language && talk:
		return core.Field{Name: "interpreter", Code: RuleInterpreter, Msg: "The person understands another language best. Bring an interpreter, or speak that language."}
	case t.Language != "" && m.Language != t.Language:
		return core.Field{Name: "language", Code: RuleLanguage, Msg: "Write in the language that the person understands best."}
	case t.Interpreter && talk && m.Language != t.Language:
		return core.Field{Name: "interpreter", Code: RuleInterpreter, Msg: "An interpreter is needed. Say that one will be there."}
	}
	return core.Field{}
}

func codeWord(t Terms, m Message) core.Field {
	if t.CodeWord == "" {
		return core.Field{}
	}
	if m.Channel == Call || m.Channel == Worker {
		if m.CodeWord {
			return core.Field{}
		}
		return core.Field{Name: "codeWord", Code: RuleCodeWord, Msg: "The person knows us by a code word. Begin with it, and confirm that you will."}
	}
	if !contains(words(m.Words.Reveal()), words(t.CodeWord.Reveal())) {
		return core.Field{Name: "words", Code: RuleCodeWord, Msg: "The person knows us by a code word. Put it into the message."}
	}
	return core.Field{}
}

func neverSay(t Terms, m Message) core.Field {
	if len(t.Unsafe(m.Words)) == 0 {
		return core.Field{}
	}
	return core.Field{Name: "words", Code: RuleNeverSay, Msg: "The text has words that must never be said or left. Take them out; they are marked beside the text."}
}

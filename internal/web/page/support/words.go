package support

import (
	"strconv"
	"strings"

	"clew/internal/core"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// frame is the heading and the way round the provider's pages.
func frame(title, path string) []ui.Component {
	nav := ui.SubNav{Label: "Support"}
	for _, p := range []struct{ text, path string }{{"Today", "/support"}, {"Offers", "/support/offers"}, {"Places", "/support/places"}, {"People", "/support/people"}} {
		nav.Items = append(nav.Items, ui.NavItem{Text: p.text, Href: p.path, Current: p.path == path})
	}
	return []ui.Component{ui.Heading{Level: 1, Text: title}, nav}
}

func joined(codes []string, words func(string) string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = words(c)
	}
	return strings.Join(out, ", ")
}

func language(code string) string {
	if l, ok := core.LanguageByCode(code); ok {
		return l.Name
	}
	return code
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// text shows typed words with their line breaks; nothing when there are none.
func text(s core.Secret) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Prose(s.Reveal())
}

func line(s string) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Text(s)
}

func link(text, href string) ui.Component {
	return ui.List{Plain: true, Items: []ui.Component{ui.Link{Text: text, Href: href}}}
}

// refused puts a use case's error on the form: beside its field where it names
// one. What the form cannot mend is returned.
func refused(f *form.Form, err error) error {
	if len(core.FieldsOf(err)) > 0 && f.SetErrors(err) || page.Refused(f, err) {
		return nil
	}
	return err
}

// bedTones and the like say at a glance what the words say too.
var bedTones = map[domain.BedState]ui.Tone{domain.Free: ui.Positive, domain.Reserved: ui.Waiting, domain.Occupied: ui.Active, domain.OutOfUse: ui.Neutral}

var fileTones = map[domain.FileState]ui.Tone{domain.Running: ui.Active, domain.Notice: ui.Waiting, domain.Ended: ui.Neutral}

var contactTones = map[domain.ContactState]ui.Tone{domain.ContactPlanned: ui.Active, domain.ContactMade: ui.Positive, domain.ContactMissed: ui.Negative, domain.ContactCancelled: ui.Neutral}

var goalTones = map[domain.GoalState]ui.Tone{domain.GoalOpen: ui.Active, domain.GoalMet: ui.Positive, domain.GoalDropped: ui.Neutral}

var offerTones = map[domain.OfferState]ui.Tone{domain.OfferWaiting: ui.Waiting, domain.OfferAccepted: ui.Positive, domain.OfferDeclined: ui.Neutral,
	domain.OfferLapsed: ui.Negative, domain.OfferTaken: ui.Neutral}

// id reads a choice that is an identifier; none is the zero one.
func id(f *form.Field) core.ID {
	v, err := core.ParseID(f.Choice())
	if err != nil {
		return core.ID{}
	}
	return v
}

// cut splits an amount at its point or comma.
func cut(s string) (whole, cents string, found bool) {
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// splitWords splits a line at commas.
func splitWords(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

package referral

import (
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/form"
)

var (
	yesNo        = []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
	yesNoUnknown = []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "Not known"}}

	ageOptions = []form.Option{
		{Value: "child", Label: "Yes, under 18", Hint: "The local authority is told at once."},
		{Value: "adult", Label: "No, 18 or over"},
		{Value: "unsure", Label: "Not sure", Hint: "The person is treated as a child until it is known. You need no proof of age to say so."},
	}
	ageThen = []form.Option{
		{Value: "adult", Label: "18 or over"}, {Value: "child", Label: "Under 18"},
		{Value: "both", Label: "It began before 18 and went on after"}, {Value: "unknown", Label: "Not known"},
	}
	whereOptions = []form.Option{
		{Value: "domestic", Label: "In this country"}, {Value: "overseas", Label: "In another country"},
		{Value: "both", Label: "Both"}, {Value: "unknown", Label: "Not known"},
	}
	nowOptions = []form.Option{
		{Value: "safe", Label: "Somewhere safe"}, {Value: "still_there", Label: "Still where they are or were exploited"},
		{Value: "detained", Label: "In prison or immigration detention"}, {Value: "unknown", Label: "Not known"},
	}
	lastContact = []form.Option{
		{Value: "week", Label: "Within the last week"}, {Value: "month", Label: "Within the last month"},
		{Value: "three_months", Label: "Within the last 3 months"}, {Value: "six_months", Label: "Within the last 6 months"},
		{Value: "year", Label: "Within the last year"}, {Value: "longer", Label: "More than a year ago"}, {Value: "unknown", Label: "Not known"},
	}
	supportOptions = []form.Option{
		{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "later", Label: "Not now, perhaps later"},
	}
	safeOptions = []form.Option{
		{Value: "yes", Label: "Yes"}, {Value: "only_through", Label: "Only through somebody else"},
		{Value: "no", Label: "No", Hint: "Choose this if you are in doubt. Nobody will try."},
	}
	channelOptions = []form.Option{
		{Value: "call", Label: "Call them"}, {Value: "text", Label: "Text message"}, {Value: "email", Label: "E-mail"},
		{Value: "post", Label: "Letter to the address given"}, {Value: "worker", Label: "Through their support worker"},
	}
	aidOptions = []form.Option{
		{Value: "sign_language", Label: "Sign language interpreter"}, {Value: "lip_reading", Label: "Lip reading or lip speaker"},
		{Value: "hearing_loop", Label: "Hearing loop or written conversation"}, {Value: "large_print", Label: "Large print"},
		{Value: "braille", Label: "Braille or audio"}, {Value: "easy_read", Label: "Easy words and pictures"},
		{Value: "intermediary", Label: "Somebody trained to help them understand and be understood"},
	}
	nameKinds = []form.Option{
		{Value: "main", Label: "The name they use"}, {Value: "birth", Label: "Name at birth"},
		{Value: "alias", Label: "Another name, in papers or given by others"}, {Value: "nickname", Label: "Nickname"},
	}
	observerOptions = []form.Option{
		{Value: "me", Label: "I did"}, {Value: "colleague", Label: "A colleague"},
		{Value: "person", Label: "The person told it"}, {Value: "third_party", Label: "Somebody else"},
	}
	documentLabels = map[string]string{
		"passport": "Passport", "identity_card": "Identity card", "visa": "Visa", "residence_permit": "Residence permit",
		"birth_certificate": "Birth certificate", "other": "Another document",
	}
)

var jurisdictionLabels = map[string]string{
	"england-wales": "England or Wales", "scotland": "Scotland", "northern-ireland": "Northern Ireland", "weekdays": "Here",
}

func jurisdictionLabel(code string) string {
	if l, ok := jurisdictionLabels[code]; ok {
		return l
	}
	return strings.ReplaceAll(code, "-", " ")
}

func codeOptions(list []scheme.Code) []form.Option {
	out := make([]form.Option, len(list))
	for i, c := range list {
		out[i] = form.Option{Value: c.Code, Label: c.Label, Group: c.Group}
	}
	return out
}

func documentOptions() []form.Option {
	var out []form.Option
	for _, code := range casework.DocumentTypes() {
		out = append(out, form.Option{Value: code, Label: documentLabels[code]})
	}
	return out
}

func genderOptions() []form.Option {
	out := make([]form.Option, len(core.Genders))
	for i, g := range core.Genders {
		out[i] = form.Option{Value: string(g), Label: g.Label()}
	}
	return out
}

func countryName(code string) string {
	if c, ok := core.CountryByCode(code); ok {
		return c.Name
	}
	return code
}

func nationalityName(code string) string {
	c, ok := core.CountryByCode(code)
	if ok && c.Nationality != "" {
		return c.Nationality
	}
	return countryName(code)
}

func languageName(code string) string {
	if l, ok := core.LanguageByCode(code); ok {
		return l.Name
	}
	return code
}

// joined puts the parts that are there on one line.
func joined(sep string, parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, sep)
}

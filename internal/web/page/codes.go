package page

import (
	"strings"
	"time"

	"clew/internal/scheme"
	"clew/internal/web/form"
)

// Label is a coded choice in words; a code the list no longer has stays as it is.
func Label(list []scheme.Code, code string) string {
	if c, ok := scheme.ByCode(list, code); ok {
		return c.Label
	}
	return code
}

// Options are a coded list of the scheme as choices.
func Options(list []scheme.Code) []form.Option {
	out := make([]form.Option, len(list))
	for i, c := range list {
		out[i] = form.Option{Value: c.Code, Label: c.Label, Group: c.Group}
	}
	return out
}

// Choices are codes of the program as choices.
func Choices(codes []string, words func(string) string) []form.Option {
	out := make([]form.Option, len(codes))
	for i, c := range codes {
		text := words(c)
		out[i] = form.Option{Value: c, Label: strings.ToUpper(text[:1]) + text[1:]}
	}
	return out
}

// Given is what stands in a field at first, when there is anything.
func Given(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Zone is the time zone of the reader's agency.
func (rq *Request) Zone() *time.Location {
	sch, err := rq.Site.Schemes.Scheme(rq.Site.Scheme)
	if err != nil {
		return time.UTC
	}
	cal, err := sch.Calendar(rq.Session.Agency.Jurisdiction)
	if err != nil {
		return time.UTC
	}
	return cal.Location()
}

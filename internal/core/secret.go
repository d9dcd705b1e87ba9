package core

import "log/slog"

const redacted = "[redacted]"

// Secret is text about a person that must not reach a log, an error or a URL.
// It marshals to JSON as itself, because it is stored only inside sealed
// values; every way of printing it gives "[redacted]". Reveal is deliberate.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

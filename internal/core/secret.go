package core

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is text about a person that must not reach a log, an error or a URL.
// It marshals to JSON as itself, because it is stored only inside sealed
// values; every way of printing it gives "[redacted]". Reveal is deliberate.
//
// Two ways round it are closed by convention, because Go gives no means: a struct
// that holds one has it in an exported field (fmt calls no methods on unexported
// ones), and is never itself given to slog's JSON handler, which marshals.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb gets past String: a wrong one
// such as %d would print the text in its complaint.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

package core

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an Error is. Only the edge (web, api, cmd)
// turns a kind into a status code or wording.
type Kind uint8

// The kinds. The zero Kind is invalid on purpose; Internal is everything that
// is not an *Error.
const (
	_            Kind = iota
	Internal          // a fault of ours or of the machine
	Invalid           // the input breaks a rule; Fields says where
	NotFound          // does not exist, or may not be seen: the two look the same
	Forbidden         // may be seen, may not be done
	Conflict          // somebody else changed it meanwhile, or it exists already
	NotNow            // the state or the clock does not allow it yet
	Unauthorized      // nobody is signed in, or a fresh sign-in is needed
	TooMany           // a rate limit
	Unavailable       // the database is away, or the disk is full; reading may go on
	TooLarge          // the input passes a stated bound
)

var kindNames = [...]string{"", "internal", "invalid", "not_found", "forbidden", "conflict", "not_now", "unauthorized", "too_many", "unavailable", "too_large"}

// String returns the kind's stable name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Field is one thing wrong with one field of the input.
type Field struct {
	Name string // the field's name in the command, dotted and indexed: "identity.names.0.family"
	Code string // stable, the key of a message: "date.future"
	Msg  string // one plain sentence that names the mend; never holds what was typed
}

// Error is a failure that the edge can explain. Msg is one plain sentence and
// never holds a personal value.
type Error struct {
	Kind   Kind
	Code   string // stable key: "case.changed_meanwhile"
	Msg    string
	Fields []Field
	Err    error // the cause, for the log
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	if e.Msg != "" {
		b.WriteString(": ")
		b.WriteString(e.Msg)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Name, f.Msg)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// E makes an Error of one sentence.
func E(kind Kind, code, msg string) *Error { return &Error{Kind: kind, Code: code, Msg: msg} }

// InvalidFields makes an Invalid error from what is wrong with the fields, or
// nil when nothing is.
func InvalidFields(fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "input.invalid", Msg: "Some answers need another look.", Fields: fields}
}

// KindOf returns the kind of err: that of the first *Error in its chain, else
// Internal. KindOf(nil) is 0.
func KindOf(err error) Kind {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// FieldsOf returns the field errors of err, if it has any.
func FieldsOf(err error) []Field {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

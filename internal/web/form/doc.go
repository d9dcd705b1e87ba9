// Package form is what people type into. One Field holds a question's label,
// hint, value and error, and its line in the error summary; a Form reads all of
// them from a request at once and keeps what was typed when something is wrong.
//
// It promises that every value it hands out is valid UTF-8 in normal form C,
// trimmed, without control characters or hidden changes of text direction, and
// no longer than its field allows; that every message names the mend and never
// blames; and that forms work without JavaScript. It refuses to know the rules
// of casework: those come back as field errors of a core.Error and are shown in
// the same way.
package form

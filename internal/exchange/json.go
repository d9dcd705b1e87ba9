package exchange

import (
	"bytes"
	"regexp"

	"clew/internal/core"
)

// jsonReader finds the objects of a JSON array, of an object that holds one, or
// of a sequence of objects (JSON lines), one after the other. Because it looks
// for the end of an object by its brackets alone, one that is not valid inside
// costs no other.
type jsonReader struct {
	w       window
	inArray bool
	ended   bool
}

// wrapper is the beginning of an object whose one list holds the records.
var wrapper = regexp.MustCompile(`^\{\s*"(?i:records|referrals|cases|data|people|persons|value)"\s*:\s*\[`)

func newJSONReader(t *text) (*jsonReader, error) {
	j := &jsonReader{w: window{r: t.r, line: 1}}
	if _, err := j.skipBetween(); err != nil {
		return nil, err
	}
	head, _ := t.r.Peek(sniffSize)
	opening := 0
	if len(head) > 0 && head[0] == '[' {
		opening = 1
	} else if m := wrapper.Find(head); m != nil {
		opening = len(m)
	} else if len(head) == 0 || head[0] != '{' {
		return nil, core.E(core.Invalid, "import.not_json", "This is not JSON: it begins neither with [ nor with {.")
	}
	j.inArray = opening > 0
	return j, j.w.take(opening)
}

// skipBetween moves over white space and commas and returns the byte there, 0 at
// the end.
func (j *jsonReader) skipBetween() (byte, error) {
	for {
		b, err := j.w.r.Peek(max(j.w.r.Buffered(), 1))
		if len(b) == 0 {
			if drained(err) {
				return 0, nil
			}
			return 0, err
		}
		n := 0
		for n < len(b) && (b[n] == ' ' || b[n] == '\n' || b[n] == '\r' || b[n] == '\t' || b[n] == ',') {
			n++
		}
		if err := j.w.take(n); err != nil {
			return 0, err
		}
		if n < len(b) {
			return b[n], nil
		}
	}
}

// object returns the text of the next object and the line where it begins; ok is
// false at the end.
func (j *jsonReader) object() (raw []byte, line int, fault *core.Error, ok bool, err error) {
	if j.ended {
		return nil, 0, nil, false, nil
	}
	first, err := j.skipBetween()
	if err != nil || first == 0 || first == ']' && j.inArray {
		j.ended = true
		return nil, 0, nil, false, err
	}
	line = j.w.line
	var end int
	found, err := j.w.next(func(b []byte, _ bool) outcome {
		var o outcome
		end, o = scanValue(b)
		if o == complete {
			raw = b[:end]
		}
		return o
	})
	if err != nil {
		return nil, line, nil, false, err
	}
	if found != complete {
		return nil, line, errUnclosed, true, j.resync()
	}
	raw = bytes.Clone(raw)
	if raw[0] != '{' {
		fault = core.E(core.Invalid, "json.not_object", "This record is not an object.")
	}
	return raw, line, fault, true, j.w.take(end)
}

var errUnclosed = core.E(core.Invalid, "json.unclosed", "This record has no end within a record's length: a bracket or a quotation mark is missing.")

// resync looks for the next line that begins an object.
func (j *jsonReader) resync() error {
	for {
		if err := j.w.skipLine(); err != nil {
			if drained(err) {
				return nil
			}
			return err
		}
		first, err := j.skipBetween()
		if err != nil || first == 0 || first == '{' {
			return err
		}
	}
}

// scanValue returns where the value at the start of b ends: an object or an array
// by its brackets, anything else at the next comma, bracket or line end.
func scanValue(b []byte) (int, outcome) {
	if b[0] != '{' && b[0] != '[' {
		i := bytes.IndexAny(b[1:], ",]}\n")
		if i < 0 {
			return len(b), complete
		}
		return i + 1, complete
	}
	var open []byte // the brackets that are still to be closed
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open = append(open, c+2) // in ASCII the closing bracket is the second after
		case c == '}' || c == ']':
			if open[len(open)-1] != c {
				return 0, broken
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1, complete
			}
		}
	}
	return 0, needMore
}

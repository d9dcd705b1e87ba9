package disclosure

import (
	"errors"
	"strings"
)

// checkLabel refuses names that a spreadsheet would run as a formula once they
// are written out, and names that do not print.
func checkLabel(name string) error {
	switch {
	case name == "":
		return errors.New("has no name")
	case len(name) > 200:
		return errors.New("the name is longer than 200 bytes")
	case strings.ContainsAny(name[:1], "=+-@\t\r"):
		return errors.New("the name begins with " + name[:1] + ", which a spreadsheet would run as a formula")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }):
		return errors.New("the name holds a control character")
	}
	return nil
}

package concern

import (
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"strings"
	"unicode"

	"clew/internal/core"
)

// Receipt is the 16 digits with which whoever made a report comes back to it. It
// is stored nowhere, and it cannot print itself.
type Receipt struct{ Digits core.Secret }

const receiptDigits = 16

// NewReceipt draws a receipt: 53 bits. A check digit would cost three of them.
func NewReceipt() Receipt {
	const base = 10
	var b strings.Builder
	for range receiptDigits {
		n, err := rand.Int(rand.Reader, big.NewInt(base))
		if err != nil {
			panic(err) // crypto/rand does not fail since Go 1.24
		}
		b.WriteByte('0' + byte(n.Int64()))
	}
	return Receipt{core.Secret(b.String())}
}

var errReceiptForm = core.InvalidFields([]core.Field{{Name: "receipt", Code: "receipt.form", Msg: "Enter the 16 digits of the number."}})

// maxReceiptText bounds what is read: 16 digits of the longest encoding with a
// separator after each.
const maxReceiptText = 160

// ParseReceipt reads a receipt as people type and copy it: digits of any script,
// with spaces, dashes and marks between them.
func ParseReceipt(text core.Secret) (Receipt, error) {
	if len(text) > maxReceiptText {
		return Receipt{}, errReceiptForm
	}
	var b strings.Builder
	for _, r := range text.Reveal() {
		switch d, ok := digitOf(r); {
		case ok:
			b.WriteByte('0' + d)
		case !between(r):
			return Receipt{}, errReceiptForm
		}
	}
	if b.Len() != receiptDigits {
		return Receipt{}, errReceiptForm
	}
	return Receipt{core.Secret(b.String())}, nil
}

// between reports whether r may stand between digits: a space of any width, a
// dash, a point, or a mark that cannot be seen.
func between(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune(".,_/\u2212", r)
}

// digitOf is the value of a decimal digit of any script. In Unicode the ten of
// each script follow each other from zero on, and ranges of digits hold whole
// tens.
func digitOf(r rune) (byte, bool) {
	const ten = 10
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % ten), true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % ten), true
		}
	}
	return 0, false
}

// Groups is the receipt in fours, as it is shown and read aloud.
func (r Receipt) Groups() core.Secret {
	const group = 4
	d := r.Digits.Reveal()
	var parts []string
	for len(d) >= group {
		parts, d = append(parts, d[:group]), d[group:]
	}
	return core.Secret(strings.Join(parts, " "))
}

// Same compares in a time that tells nothing.
func (r Receipt) Same(other Receipt) bool {
	return subtle.ConstantTimeCompare([]byte(r.Digits.Reveal()), []byte(other.Digits.Reveal())) == 1
}

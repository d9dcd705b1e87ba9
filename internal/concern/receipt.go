package concern

import (
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"strings"

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

// ParseReceipt reads a receipt as people type it: digits of any script that
// keyboards offer, with spaces and hyphens between them.
func ParseReceipt(text core.Secret) (Receipt, error) {
	if len(text) > maxReceiptText {
		return Receipt{}, errReceiptForm
	}
	var b strings.Builder
	for _, r := range text.Reveal() {
		switch d, ok := digitOf(r); {
		case ok:
			b.WriteByte('0' + d)
		case !strings.ContainsRune(" -\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u200e\u200f\t\r\n.", r):
			return Receipt{}, errReceiptForm
		}
	}
	if b.Len() != receiptDigits {
		return Receipt{}, errReceiptForm
	}
	return Receipt{core.Secret(b.String())}, nil
}

// zeros are the first digits of the scripts in which dates and numbers are typed.
var zeros = [...]rune{'0', 0x660, 0x6F0, 0x966, 0x9E6, 0xFF10}

func digitOf(r rune) (byte, bool) {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return byte(r - zero), true
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

package form

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"clew/internal/core"
)

// TokenCode is the code of the error that CheckCSRF gives.
const TokenCode = "form.token"

// MaskToken returns the session's form token as one page carries it: another
// text each time, so that the sizes of compressed pages tell nothing about it
// (the BREACH attack, 2013).
func MaskToken(token string) string {
	mask := make([]byte, len(token))
	_, _ = rand.Read(mask)
	masked := make([]byte, len(token))
	subtle.XORBytes(masked, mask, []byte(token))
	return base64.RawURLEncoding.EncodeToString(append(mask, masked...))
}

// unmask reads what MaskToken made; anything else is no token.
func unmask(text string) []byte {
	both, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(both) == 0 || len(both)%2 != 0 {
		return nil
	}
	half := len(both) / 2
	token := make([]byte, half)
	subtle.XORBytes(token, both[:half], both[half:])
	return token
}

// CheckCSRF compares the token of a parsed form with the session's, in a time
// that tells nothing.
func CheckCSRF(r *http.Request, want string) error {
	got := unmask(r.PostFormValue(CSRFField))
	if want == "" || subtle.ConstantTimeCompare(got, []byte(want)) != 1 {
		return core.E(core.Forbidden, TokenCode, "This page was open too long to be sent safely, or belongs to an earlier sign-in. Nothing was sent. Go back, open the page again, and send it from there.")
	}
	return nil
}

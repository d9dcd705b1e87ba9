package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"clew/internal/core"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what a hash takes to make. It is stored with each hash, so that it can
// be raised: an older hash is replaced at the next sign-in.
type cost struct {
	memory uint32 // KiB
	passes uint32
}

var (
	usualCost = cost{memory: 19 * 1024, passes: 2} // OWASP's second recommended set, one lane
	cheapCost = cost{memory: 64, passes: 1}
)

const (
	saltSize = 16
	keySize  = 32
)

// hash is an argon2id hash in its parts (RFC 9106). Its text is the PHC string:
// $argon2id$v=19$m=19456,t=2,p=1$salt$key.
type hash struct {
	cost
	salt, key []byte
}

// String is the hash as it is stored.
func (h hash) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.memory, h.passes, b64(h.salt), b64(h.key))
}

var errHash = errors.New("not an argon2id hash of ours")

// Bounds of a stored hash: whoever can write to the database shall not make one
// sign-in take the machine's memory or a day.
const (
	mostMemory = 256 * 1024 // KiB
	mostPasses = 16
	leastBytes = 16
	mostBytes  = 64
)

// parseHash reads what String wrote. There is one spelling for each hash.
func parseHash(s string) (hash, error) {
	var h hash
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return hash{}, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &h.memory, &h.passes); err != nil {
		return hash{}, errHash
	}
	var err error
	decode := base64.RawStdEncoding.Strict().DecodeString
	if h.salt, err = decode(parts[4]); err != nil {
		return hash{}, errHash
	}
	if h.key, err = decode(parts[5]); err != nil {
		return hash{}, errHash
	}
	inBounds := h.memory >= 8 && h.memory <= mostMemory && h.passes >= 1 && h.passes <= mostPasses &&
		len(h.salt) >= leastBytes && len(h.salt) <= mostBytes && len(h.key) >= leastBytes && len(h.key) <= mostBytes
	if !inBounds || h.String() != s {
		return hash{}, errHash
	}
	return h, nil
}

func (h hash) derive(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, 1, uint32(len(h.key)))
}

// Bounds of a password, in characters. There is no rule about kinds of
// characters (NIST SP 800-63B §3.1.1.2).
const (
	minPassword = 12
	maxPassword = 200
)

// canonical is the password as it is hashed: two keyboards may write the same
// character in different ways (NIST SP 800-63B §3.1.1.2 asks for NFKC or NFKD), and a
// space at the end comes from copying.
func canonical(password string) string { return strings.TrimSpace(norm.NFKC.String(password)) }

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	h := hash{cost: s.cost, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	_, _ = rand.Read(h.salt)
	h.key = h.derive(canonical(password))
	return h.String(), nil
}

// matches compares a password with a stored hash in constant time.
func (s *Service) matches(ctx context.Context, stored, password string) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	h, err := parseHash(stored)
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	if len(password) > 4*maxPassword {
		password = "" // it is nobody's, and normalising megabytes is work for nothing
	}
	return subtle.ConstantTimeCompare(h.derive(canonical(password)), h.key) == 1, nil
}

// outdated reports whether a hash was made at another cost than today's.
func (s *Service) outdated(stored string) bool {
	h, err := parseHash(stored)
	return err == nil && h.cost != s.cost
}

func (s *Service) enter(ctx context.Context) error {
	select {
	case s.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) leave() { <-s.hashing }

// checkPassword says what is wrong with a new password.
func checkPassword(field, password, login string) []core.Field {
	password = canonical(password)
	n := utf8.RuneCountInString(password)
	bad := func(code, msg string) []core.Field { return []core.Field{{Name: field, Code: code, Msg: msg}} }
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return bad("text.encoding", "The password has characters that cannot be read. Type it again.")
	case n < minPassword:
		return bad("password.short", "Use 12 characters or more. Three or four words that do not belong together are good.")
	case n > maxPassword:
		return bad("password.long", "Use 200 characters or fewer.")
	case easily(password) || mostlyLogin(password, login):
		return bad("password.easy", "This password is easily guessed. Choose other words.")
	}
	return nil
}

// mostlyLogin reports passwords with too little left once the sign-in name, or
// the part before its @, is taken out.
func mostlyLogin(password, login string) bool {
	const least = 8
	p := strings.ToLower(password)
	login = normalLogin(login)
	local, _, _ := strings.Cut(login, "@")
	return slices.ContainsFunc([]string{login, local}, func(part string) bool {
		return part != "" && strings.Contains(p, part) && utf8.RuneCountInString(strings.ReplaceAll(p, part, "")) < least
	})
}

// runs are what fingers type by themselves, and examples from books.
var runs = []string{"abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789", "98765432109876543210",
	"passwordpassword", "correct horse battery staple", "correcthorsebatterystaple"}

// easily reports passwords that are one piece repeated, or a run of the
// keyboard or the alphabet.
func easily(password string) bool {
	p := strings.ToLower(password)
	for n := 1; n <= len(p)/3; n++ {
		if strings.Repeat(p[:n], len(p)/n+1)[:len(p)] == p {
			return true
		}
	}
	return slices.ContainsFunc(runs, func(run string) bool { return strings.Contains(run, p) })
}

// madeUpPassword is 16 random characters without look-alikes: about 79 bits.
func madeUpPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	var b [16]byte
	for i := range b {
		for {
			var r [1]byte
			_, _ = rand.Read(r[:])
			if int(r[0]) < 256/len(letters)*len(letters) {
				b[i] = letters[int(r[0])%len(letters)]
				break
			}
		}
	}
	return string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:12]) + "-" + string(b[12:])
}

package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"clew/internal/core"

	"golang.org/x/crypto/argon2"
)

// argon2id parameters: OWASP's second recommended set (19 MiB, two passes, one
// lane). They are stored with each hash, so that they can be raised.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonKey    = 32
	argonSalt   = 16
	cheapMemory = 64
)

// Bounds of a password, in characters. There is no rule about kinds of
// characters (NIST SP 800-63B §3.1.1.2).
const (
	minPassword = 12
	maxPassword = 200
)

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt)
	memory, passes := uint32(argonMemory), uint32(argonTime)
	if s.opt.Cheap {
		memory, passes = cheapMemory, 1
	}
	key := argon2.IDKey([]byte(password), salt, passes, memory, 1, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, memory, passes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// matches compares a password with a stored hash in constant time.
func (s *Service) matches(ctx context.Context, stored, password string) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	var version int
	var memory, passes uint32
	parts := strings.Split(stored, "$")
	if len(parts) != 6 {
		return false, nil
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=1", &version, &memory, &passes); err != nil || passes == 0 || memory > 1<<20 {
		return false, nil
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) == 0 {
		return false, nil
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, 1, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, nil
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
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return []core.Field{{Name: field, Code: "text.encoding", Msg: "The password has characters that cannot be read. Type it again."}}
	case n < minPassword:
		return []core.Field{{Name: field, Code: "password.short", Msg: "Use 12 characters or more. Three or four words that do not belong together are good."}}
	case n > maxPassword:
		return []core.Field{{Name: field, Code: "password.long", Msg: "Use 200 characters or fewer."}}
	case strings.Contains(strings.ToLower(password), normalLogin(login)) || easily(password):
		return []core.Field{{Name: field, Code: "password.easy", Msg: "This password is easily guessed. Choose other words."}}
	}
	return nil
}

// easily reports passwords that are one piece repeated, or a run of the
// keyboard or the alphabet.
func easily(password string) bool {
	p := strings.ToLower(password)
	for n := 1; n <= len(p)/3; n++ {
		if strings.Repeat(p[:n], len(p)/n+1)[:len(p)] == p {
			return true
		}
	}
	for _, run := range []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789", "passwordpassword", "correct horse battery staple"} {
		if strings.Contains(run, p) {
			return true
		}
	}
	return false
}

package vault

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The normalisers bring what people type to one form, so that a blind index
// matches what is meant and not how it is spelt. Each one gives its own result
// back unchanged; none fails: what it cannot use gives the empty value, which
// never matches. They are for exact look-ups; who might be the same person is a
// question for package match.

// Bounds of what is looked at.
const (
	maxTokens    = 32
	maxTokenSize = 64 // runes
	maxValue     = 512
)

// NormaliseName splits a name into its distinct tokens, in order: letters and
// digits without case, accents or punctuation. "Zoë O'Brien-Ødegård" gives zoe,
// obrien, odegard. Vowel signs of scripts that cannot do without them stay.
func NormaliseName(name string) []string {
	var tokens []string
	for _, token := range strings.FieldsFunc(foldName(clip(name)), notWord) {
		if runes := []rune(token); len(runes) > maxTokenSize {
			token = string(runes[:maxTokenSize])
		}
		if !slices.Contains(tokens, token) {
			tokens = append(tokens, token)
		}
		if len(tokens) == maxTokens {
			break
		}
	}
	return tokens
}

// NormaliseWords brings a whole name, an address or a place into one form: the
// words as NormaliseName folds them, in order, so that "12 High Street, Testbury"
// and "Testbury, High Street 12" are equal.
func NormaliseWords(text string) string {
	words := NormaliseName(text)
	slices.Sort(words)
	return clip(strings.Join(words, " "))
}

// NameAndBirthDate returns what [BlindNameAndBirthDate] is made from: the name's
// tokens whatever their order, and the date. It is empty when either is.
func NameAndBirthDate(name, date string) string {
	tokens := NormaliseName(name)
	if len(tokens) == 0 || date == "" {
		return ""
	}
	slices.Sort(tokens)
	return strings.Join(tokens, " ") + "|" + date
}

// clip bounds the work and mends broken UTF-8.
func clip(s string) string {
	if len(s) > maxValue {
		s = s[:maxValue]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		s = s[:max(len(s)-1, 0)] // the rune that was cut, or the last whole one
	}
	return strings.ToValidUTF8(s, " ")
}

// Letters that Unicode does not take apart although readers of passports do, by
// the usual transliteration without accents.
var plainLetters = strings.NewReplacer(
	"ø", "o", "ł", "l", "đ", "d", "ħ", "h", "ŧ", "t", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th", "ð", "d", "ŋ", "n", "ĸ", "k",
)

// foldName applies the folding until nothing changes: taking a mark away can
// bring together what folds once more. Two rounds are the most that is known.
func foldName(s string) string {
	for range 4 {
		folded := foldOnce(s)
		if folded == s {
			return s
		}
		s = folded
	}
	return s
}

func foldOnce(s string) string {
	s = cases.Fold().String(norm.NFKD.String(s))
	s = strings.Map(func(r rune) rune {
		if isAccent(r) || isJoiner(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return norm.NFKD.String(plainLetters.Replace(s))
}

// isAccent tells the marks that are left out in search: Latin, Greek and Cyrillic
// accents and the vowel points of Arabic and Hebrew; not the vowel signs of, say,
// Devanagari, without which different names become one.
func isAccent(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me) &&
		unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

// isJoiner tells what stands inside a word without being part of it: apostrophes
// of all shapes, and invisible characters (the Arabic tatweel is invisible enough).
func isJoiner(r rune) bool {
	return strings.ContainsRune("'’‘ʼʻ`´ʹʾʿ\u0640", r) || unicode.Is(unicode.Cf, r)
}

func notWord(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) }

// NormaliseEmail returns the address in lower case with its domain in ASCII
// (IDNA), or "" when it has no name or no domain. Dots and +tags are kept: whether
// they matter is the receiving server's business.
func NormaliseEmail(address string) string {
	address = strings.ToLower(norm.NFKC.String(strings.TrimSpace(clip(address))))
	name, domain, ok := cutLast(address, "@")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsFunc(address, unicode.IsControl) {
		return ""
	}
	ascii, err := idna.Lookup.ToASCII(strings.Trim(domain, ". "))
	if err != nil || ascii == "" {
		return ""
	}
	return name + "@" + ascii
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// NormaliseDocument returns the letters and digits of a document's number in
// upper case: "no. 12 34-ab" gives NO1234AB.
func NormaliseDocument(number string) string {
	upper := strings.ToUpper(foldName(clip(number)))
	return strings.Map(func(r rune) rune {
		if notWord(r) {
			return -1
		}
		return r
	}, upper)
}

// minDigits is the fewest digits of a number that is worth comparing.
const minDigits = 5

// NormalisePhone returns the number in E.164 ("+442079460018"), taking region (ISO
// 3166, two letters) for numbers without a country code. What is no possible
// number gives its digits after a "#", or "" when they are fewer than five.
func NormalisePhone(number, region string) string {
	number = clip(number)
	if digits, ok := strings.CutPrefix(number, "#"); ok && digits == onlyDigits(digits) {
		return plainDigits(digits)
	}
	if e164 := toE164(number, region); e164 != "" && toE164(e164, region) == e164 {
		return e164
	}
	return plainDigits(onlyDigits(number))
}

func toE164(number, region string) string {
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil || !phonenumbers.IsPossibleNumber(parsed) {
		return ""
	}
	return phonenumbers.Format(parsed, phonenumbers.E164)
}

func plainDigits(digits string) string {
	if len(digits) < minDigits {
		return ""
	}
	return "#" + digits
}

// onlyDigits keeps the decimal digits of every script, as ASCII.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKD.String(s))
}

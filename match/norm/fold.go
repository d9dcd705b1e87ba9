package norm

// Fold returns how a romanised word sounds, in an alphabet of its own: a-z
// where c is "ch", q is "sh", w is "zh", x is "kh", i is also y, k is also q and
// hard c, v is also w. Double letters are single. Two spellings of one name in
// different romanisations (Sergej, Sergey; Schwarz, Shvarts) fold alike or
// nearly so. Digits stay.
func Fold(text string) string {
	var buf [maxToken + 8]byte
	return string(appendFold(buf[:0], text))
}

// AppendFold appends the fold of a romanised word to out.
func AppendFold(out, text []byte) []byte { return appendFold(out, string(text)) }

// digraphs lists what is read as one sound, longest first within a letter.
var digraphs = func() (t [26][]digraph) {
	for _, d := range []digraph{
		{"ck", "k"}, {"ch", "c"}, {"cz", "c"}, {"cq", "k"},
		{"dsch", "j"}, {"dzh", "j"}, {"dj", "j"}, {"dh", "d"}, {"dz", "z"}, {"dt", "t"},
		{"gh", "g"}, {"hs", "s"}, {"kh", "x"}, {"ph", "f"}, {"pf", "f"}, {"bh", "b"}, {"qu", "k"}, {"rh", "r"},
		{"shch", "q"}, {"sch", "q"}, {"sh", "q"}, {"sz", "s"}, {"tsch", "c"}, {"tch", "c"}, {"tzs", "z"}, {"ts", "z"}, {"tz", "z"}, {"th", "t"},
		{"zh", "w"}, {"wh", "v"},
		{"ae", "e"}, {"oe", "o"}, {"ou", "u"}, {"oo", "u"}, {"ue", "u"}, {"ee", "i"}, {"ie", "i"}, {"ei", "i"}, {"ey", "i"}, {"eo", "o"}, {"eu", "u"},
		{"iy", "i"}, {"ij", "i"}, {"yy", "i"}, {"yj", "i"}, {"yi", "i"},
	} {
		t[d.from[0]-'a'] = append(t[d.from[0]-'a'], d)
	}
	return t
}()

type digraph struct{ from, to string }

// digraphSeconds are, by first letter, the letters that may follow in a digraph.
var digraphSeconds = func() (t [26]uint32) {
	for c, list := range digraphs {
		for _, d := range list {
			t[c] |= 1 << (d.from[1] - 'a')
		}
	}
	return t
}()

func appendFold(out []byte, s string) []byte {
	for i := 0; i < len(s); {
		n, sound := soundAt(s, i, len(out) == 0)
		for j := 0; j < len(sound); j++ {
			if len(out) == 0 || out[len(out)-1] != sound[j] {
				out = append(out, sound[j])
			}
		}
		i += n
	}
	if n := len(out); n > 2 && out[n-1] == 'h' && isVowel(out[n-2]) {
		out = out[:n-1] // Abdullah, Sarah: the last h is not heard
	}
	return out
}

// soundAt returns how many letters from s[i] make one sound, and the sound.
func soundAt(s string, i int, first bool) (int, string) {
	c := s[i]
	if c < 'a' || c > 'z' {
		return 1, s[i : i+1]
	}
	rest := s[i:]
	if len(rest) == 1 || rest[1] < 'a' || rest[1] > 'z' || digraphSeconds[c-'a']&(1<<(rest[1]-'a')) == 0 {
		return single(s, i, first)
	}
	for _, d := range digraphs[c-'a'] {
		if len(rest) >= len(d.from) && rest[:len(d.from)] == d.from && (d.from != "hs" || first) {
			return len(d.from), d.to
		}
	}
	return single(s, i, first)
}

// single is soundAt where no digraph begins.
func single(s string, i int, first bool) (int, string) {
	c, rest := s[i], s[i:]
	switch c {
	case 'e':
		if len(rest) > 1 && rest[1] == 'j' && (len(rest) == 2 || !isVowel(rest[2])) {
			return 2, "i" // Sergej
		}
	case 'c':
		if len(rest) > 1 && (rest[1] == 'e' || rest[1] == 'i' || rest[1] == 'y') {
			return 1, "s"
		}
		return 1, "k"
	case 'q':
		return 1, "k"
	case 'w':
		return 1, "v"
	case 'x':
		if first {
			return 1, "s"
		}
		return 1, "ks"
	case 'y':
		return 1, "i"
	case 'j':
		if i > 0 && isVowel(s[i-1]) && (len(rest) == 1 || !isVowel(rest[1])) {
			return 1, "i"
		}
	}
	return 1, rest[:1]
}

func isVowel(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'
}

// Consonants returns the consonant key of a folded word: its first vowel as a,
// no others, and consonants that scripts and languages swap merged. It is a
// coarse key for finding, never proof.
func Consonants(fold string) string {
	var buf [maxToken + 8]byte
	out := buf[:0]
	for i := 0; i < len(fold) && len(out) < len(buf); i++ {
		c := fold[i]
		if c >= 'a' && c <= 'z' {
			c = consonantClass[c-'a']
		}
		if c == 0 && i == 0 {
			c = 'a'
		}
		if c != 0 && (len(out) == 0 || out[len(out)-1] != c) {
			out = append(out, c)
		}
	}
	return string(out)
}

// consonantClass merges b p f v, d t, g k x, s z and the hushing sounds, and
// drops vowels and h.
var consonantClass = [26]byte{
	'b' - 'a': 'b', 'p' - 'a': 'b', 'f' - 'a': 'b', 'v' - 'a': 'b',
	'd' - 'a': 'd', 't' - 'a': 'd', 'g' - 'a': 'k', 'k' - 'a': 'k', 'x' - 'a': 'k',
	's' - 'a': 's', 'z' - 'a': 's', 'q' - 'a': 's', 'c' - 'a': 's', 'w' - 'a': 's', 'j' - 'a': 's',
	'l' - 'a': 'l', 'r' - 'a': 'r', 'm' - 'a': 'm', 'n' - 'a': 'n',
}

// Signature is the set of letters of a word: bit 0 is a; digits share bits 26 to 31.
func Signature(s string) (sig uint32) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
			sig |= 1 << (c - 'a')
		case c >= '0' && c <= '9':
			sig |= 1 << (26 + (c-'0')%6)
		default:
			sig |= 1 << 31
		}
	}
	return sig
}

// mostKeys bounds the readings of one vowelless word.
const mostKeys = 16

// SkeletonKeys returns the consonant keys of the likely readings of a word of a
// vowelless script, for finding its Latin spellings: w and y may be a vowel or
// a consonant, j may be g, and a few letters stand for two sounds.
func SkeletonKeys(t *Token) []string {
	keys := []string{""}
	for i, l := range t.Sounds {
		var options [4]byte
		n := 0
		for c := range soundList[l].cost {
			if soundList[l].cost[c] <= 20 {
				n = addOption(&options, n, consonantClass[c])
			}
		}
		if soundList[l].silent <= 40 && i > 0 {
			n = addOption(&options, n, 0)
		}
		if n == 0 {
			continue
		}
		var next []string
		for _, k := range keys {
			for _, o := range options[:n] {
				next = append(next, extend(k, o))
			}
		}
		keys = unique(next)
		if len(keys) > mostKeys {
			keys = keys[:mostKeys]
		}
	}
	return keys
}

func addOption(options *[4]byte, n int, c byte) int {
	for _, o := range options[:n] {
		if o == c {
			return n
		}
	}
	if n == len(options) {
		return n
	}
	options[n] = c
	return n + 1
}

// extend adds a class to a key as Consonants would: a vowel only at the start,
// no class twice running.
func extend(key string, c byte) string {
	switch {
	case c == 0 && key == "":
		return "a"
	case c == 0, key != "" && key[len(key)-1] == c:
		return key
	}
	return key + string(c)
}

func unique(keys []string) []string {
	out := keys[:0]
	for _, k := range keys {
		seen := false
		for _, o := range out {
			seen = seen || o == k
		}
		if !seen {
			out = append(out, k)
		}
	}
	return out
}

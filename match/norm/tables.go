package norm

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed tables/*.tsv
var tableFiles embed.FS

// rows reads a table: lines of tab-separated columns, # starts a comment. The
// files are part of the program, so a fault in one is a fault of the build.
func rows(name string) [][]string {
	data, err := tableFiles.ReadFile("tables/" + name + ".tsv")
	if err != nil {
		panic(fmt.Sprintf("norm: table %s: %v", name, err))
	}
	var out [][]string
	for line := range strings.SplitSeq(string(data), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// letters is a table of letters, or pairs of them, with Latin readings.
type letters struct {
	one map[rune][]string
	two map[string][]string
}

func readLetters(name string) letters {
	t := letters{one: map[rune][]string{}, two: map[string][]string{}}
	for _, row := range rows(name) {
		readings := strings.Split(row[1], ",")
		if r, size := utf8.DecodeRuneInString(row[0]); size == len(row[0]) {
			t.one[r] = readings
		} else {
			t.two[row[0]] = readings
		}
	}
	return t
}

// sounds are the sounds that one letter of a vowelless script may stand for:
// cost in hundredths of a letter, by sound a-z of fold.go.
type sounds struct {
	latin  string
	cost   [26]uint8
	silent uint8 // cost of the letter not being heard
}

// noSound is the cost of a sound that the letter never stands for.
const noSound = 120

func readSounds(names ...string) ([]sounds, map[rune]uint8) {
	list, index := []sounds{{}}, map[rune]uint8{}
	for _, name := range names {
		for _, row := range rows(name) {
			r, _ := utf8.DecodeRuneInString(row[0])
			index[r] = uint8(len(list))
			list = append(list, parseSounds(row))
		}
	}
	return list, index
}

func parseSounds(row []string) sounds {
	s := sounds{latin: strings.TrimSpace(row[1]), silent: 100}
	for i := range s.cost {
		s.cost[i] = noSound
	}
	for _, field := range strings.Fields(row[2]) {
		sound, value, _ := strings.Cut(field, ":")
		cost, err := strconv.Atoi(value)
		if err != nil {
			panic(fmt.Sprintf("norm: sound %q of letter %s", field, row[0]))
		}
		if sound == "-" {
			s.silent = uint8(cost)
		} else {
			s.cost[sound[0]-'a'] = uint8(cost)
		}
	}
	return s
}

// sign is a letter of an abugida or of Thai.
type sign struct {
	latin, final string
	kind         byte
}

func readSigns(name string) map[rune]sign {
	t := map[rune]sign{}
	for _, row := range rows(name) {
		// A consonant with a dot below may stand as two characters; NFC of the
		// input is not composed for those, so the dot is a silent mark there.
		r, size := utf8.DecodeRuneInString(row[0])
		if size != len(row[0]) {
			continue
		}
		s := sign{latin: row[1], kind: row[len(row)-1][0]}
		if len(row) == 4 {
			s.final = row[2]
		}
		t[r] = s
	}
	return t
}

func readHan() map[rune]string {
	t := make(map[rune]string, 21000)
	for _, row := range rows("han") {
		for _, r := range row[1] {
			t[r] = row[0]
		}
	}
	return t
}

func readEthiopic() map[rune]string {
	t := map[rune]string{}
	vowels := [...]string{"e", "u", "i", "a", "e", "", "o"}
	for _, row := range rows("ethiopic") {
		first, _ := utf8.DecodeRuneInString(row[0])
		for i, v := range vowels {
			if row[1] == "" && i == 0 {
				v = "a" // the glottal rows read their first order as a
			}
			t[first+rune(i)] = row[1] + v
		}
	}
	return t
}

var (
	latinTable    = readLetters("latin")
	cyrillicTable = readLetters("cyrillic")
	greekTable    = readLetters("greek")
	georgianTable = readLetters("georgian")
	armenianTable = readLetters("armenian")
	kanaTable     = readLetters("kana")
	thaiTable     = readSigns("thai")
	abugidas      = map[Script]map[rune]sign{Devanagari: readSigns("devanagari"), Bengali: readSigns("bengali"), Khmer: readSigns("khmer")}
	hanTable      = readHan()
	ethiopicTable = readEthiopic()

	soundList, soundIndex = readSounds("arabic", "hebrew")
)

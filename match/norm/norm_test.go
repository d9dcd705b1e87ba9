package norm

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestRomanisation(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Сергей Викторович Лавров", "sergey viktorovich lavrov"},
		{"Володимир Зеленський", "volodimir zelenskiy"},
		{"Александар Вучић", "aleksandar vucic"},
		{"Αλέξης Τσίπρας", "alexis tsipras"},
		{"ბარაკ ობამა", "barak obama"},
		{"Բարակ Օբամա", "barak obama"},
		{"バラク・オバマ", "baraku obama"},
		{"さくら", "sakura"},
		{"习近平", "xi jinping"},
		{"이재명", "lee jaemyeong"},
		{"पद्मावती छेत्री", "padmavati chhetri"},
		{"মোহাম্মদ সাহাবুদ্দিন", "mohammad sahabuddin"},
		{"ዐቢይ አሕመድ", "abiy ahmed"},
		{"Nguyễn Thị Ánh", "nguyen thi anh"},
		{"Łukasz Żółć", "lukasz zolc"},
		{"Ærøskøbing", "aeroskobing"},
		{"Dr. Jörg Groß", "dr jorg gross"},
		{"Ig0r Sech1n", "igor sechin"},
		{"O’Brien, Seán", "obrien sean"},
		{"abdulrahman", "abdul rahman"},
		{"\u202eJohn\u200b \u2066Doe\u2069", "john doe"},
		{"ＪＯＨＮ　ＤＯＥ", "john doe"},
	} {
		if got := ParsePerson(c.in).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSpellingsOfOneNameSoundAlike(t *testing.T) {
	for _, group := range [][]string{
		{"sergey", "sergei", "sergej"}, {"schwarz", "schwartz"}, {"mueller", "muller", "mueler"}, {"xi", "hsi", "si"},
		{"yusuf", "yousuf", "yoosuf"}, {"philip", "filip"}, {"wladimir", "vladimir"}, {"zelenskyy", "zelenskiy", "zelenskij"}, {"sarah", "sara"},
	} {
		for _, w := range group[1:] {
			if Fold(w) != Fold(group[0]) {
				t.Errorf("%s sounds %q, %s %q", group[0], Fold(group[0]), w, Fold(w))
			}
		}
	}
}

func TestRolesOfPersonWords(t *testing.T) {
	for in, want := range map[string]string{
		"Sheikh Mohammed bin Salman Al Saud": "title, name, particle, name, particle, name",
		"Dr. Ben Carson Jr.":                 "honorific, name, name, suffix",
		"A. Khamenei":                        "initial, name",
		"Sheikh":                             "name",
		"Abdul Aziz":                         "prefix, name",
		"FNU Khan Gul":                       "honorific, name",
	} {
		var got []string
		n := ParsePerson(in)
		for i := range n.Tokens {
			got = append(got, n.Tokens[i].Role.String())
		}
		if s := strings.Join(got, ", "); s != strings.ReplaceAll(want, "title", "honorific") {
			t.Errorf("%s: %s, want %s", in, s, want)
		}
	}
}

func TestNothingIsNoName(t *testing.T) {
	for _, s := range []string{"", " ", "-", "FNU", "LNU", "unknown", "N.N.N.N"[:0], "\u200b\u202e", "...", "NULL", "((()))"} {
		if n := ParsePerson(s); !n.Empty() {
			t.Errorf("%q gives %q", s, n)
		}
	}
}

func TestOrganisationNames(t *testing.T) {
	for in, want := range map[string]string{
		"Siemens Aktiengesellschaft": "siemens=name ag",
		"S.A.R.L. Dupont":            "ltd dupont=name",
		"ООО \"БАЙКАЛ\"":             "llc baykal=name",
		"Brigade Forty-Four":         "brigade=name 44=number",
		"KKR Asian Fund IV L.P.":     "kkr=name asian=name fund=general word 4=number lp",
		"Deutsche Bank (Schweiz) AG": "deutsche=name bank=general word schweiz=general word ag",
		"A.B.C. Company":             "abc=name inc",
		"Foo JOYNT STOCK COMPAN":     "foo=name jsc",
		"Акционерное общество Ромашка":          "jsc romashka=name",
		"Societatea cu Răspundere Limitată PRO": "ltd pro=name",
	} {
		var got []string
		for _, tok := range Parse(Organisation, in).Tokens {
			if tok.Role == Legal {
				got = append(got, LegalClass(tok.Class))
			} else {
				got = append(got, tok.Text+"="+tok.Role.String())
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", in, s, want)
		}
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"1980-03-04": "1980-03-04", "19800304": "1980-03-04", "04/03/1980": "1980-03-04", "25.12.1980": "1980-12-25", "12/25/1980": "1980-12-25",
		"1980": "1980", "1980-03": "1980-03", "198003": "1980-03", "1980-XX-XX": "1980", "1980-00-00": "1980", "4 March 1980": "1980-03-04", "March 4, 1980": "1980-03-04",
		"about 1975": "about 1975", "c. 1975": "about 1975", "1978-1982": "about 1980", "1980-02-30": "1980-02", "1980-13-01": "1980",
		"1900-01-01": "", "0000-00-00": "", "0001-01-01": "", "unknown": "", "-": "", "99999999999999999999": "", "2500-01-01": "", "1980-03-04T00:00:00Z": "1980-03-04",
	} {
		d, ok := ParseDate(in)
		if d.String() != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", in, d, ok, want)
		}
	}
	if d, _ := ParseDate("03/04/1980"); !d.Ambiguous {
		t.Error("03/04/1980 could be two days and is not called ambiguous")
	}
	if d, _ := ParseDate("1980-01-01"); !d.Conventional {
		t.Error("the first of January is not called conventional")
	}
}

func TestMachineReadableZones(t *testing.T) {
	// The specimens of ICAO 9303-4 appendix A and 9303-5 appendix B.
	for _, zone := range []string{
		"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
		"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	} {
		m, ok := ParseMRZ(zone, 2026)
		if !ok || !m.Valid || m.Name.String() != "eriksson anna maria" || m.Birth.String() != "1974-08-12" || m.Sex != Female || m.Issuer != "UTO" {
			t.Errorf("%+v %v", m, ok)
		}
	}
	if m, _ := ParseMRZ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C46UTO7408122F1204159ZE184226B<<<<<10", 2026); m.Valid {
		t.Error("a wrong check digit is called valid")
	}
	if _, ok := ParseMRZ("P<UTO", 2026); ok {
		t.Error("half a zone is read")
	}
}

func TestDocumentsPhonesEmailsPlates(t *testing.T) {
	for in, want := range map[string]string{"ab 12-34/56": "AB123456", "unknown": "", "000000": "", "A1": "", "Ｘ1234567": "X1234567", "١٢٣٤٥": "12345"} {
		if got := Document(in); got != want {
			t.Errorf("document %q: %q, want %q", in, got, want)
		}
	}
	if DocumentShape("AB12O456") != DocumentShape("AB120456") || DocumentShape("A1234567") == DocumentShape("A1234568") {
		t.Error("shapes do not tell misreading from another number")
	}
	if a, b := Phone("020 7946 0018", "GB"), Phone("+44 (0)20 7946 0018", ""); a != "+442079460018" || a != b {
		t.Errorf("phones %q and %q", a, b)
	}
	for in, want := range map[string]string{" Anna+Work@Example.ORG ": "anna@example.org", "nobody": "", "a@b": "", "@x.org": ""} {
		if got := Email(in); got != want {
			t.Errorf("email %q: %q, want %q", in, got, want)
		}
	}
	if Plate("а123вс 77") != Plate("A123VS77") || Plate("-") != "" {
		t.Errorf("plates %q and %q", Plate("а123вс 77"), Plate("A123VS77"))
	}
}

func TestCountriesAndSex(t *testing.T) {
	for in, want := range map[string]string{"Germany": "DE", "DEU": "DE", "de": "DE", "Russian Federation": "RU", "Côte d’Ivoire": "CI", "United Kingdom": "GB", "UK": "GB", "Atlantis": "atlantis", "": ""} {
		if got := Country(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]Sex{"Female": Female, "m": Male, "X": X, "?": 0, "": 0} {
		if got := ParseSex(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Every table is complete enough to be used: each letter of each script's core
// range reads as something, and every reading is plain Latin.
func TestTablesGivePlainLatin(t *testing.T) {
	check := func(table, reading string) {
		if strings.Trim(reading, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%s: reading %q is not plain Latin", table, reading)
		}
	}
	for name, table := range map[string]letters{"latin": latinTable, "cyrillic": cyrillicTable, "greek": greekTable, "georgian": georgianTable, "armenian": armenianTable, "kana": kanaTable} {
		for _, readings := range table.one {
			for _, r := range readings {
				check(name, r)
			}
		}
	}
	for s, table := range abugidas {
		for _, sign := range table {
			check(s.String(), sign.latin)
		}
	}
	for _, s := range soundList {
		check("sounds", s.latin)
	}
	for _, r := range hanTable {
		check("han", r)
	}
	for _, span := range []struct {
		from, to rune
		script   Script
	}{{'а', 'я', Cyrillic}, {'α', 'ω', Greek}, {'ა', 'ჰ', Georgian}, {'ա', 'ֆ', Armenian}, {'ァ', 'ン', Kana}, {'ก', 'ฮ', Thai}, {'א', 'ת', Hebrew}, {'ا', 'غ', Arabic}, {'ف', 'ي', Arabic}} {
		for r := span.from; r <= span.to; r++ {
			known := latinTable.one[r] != nil || cyrillicTable.one[r] != nil || greekTable.one[r] != nil || georgianTable.one[r] != nil || armenianTable.one[r] != nil || kanaTable.one[r] != nil || thaiTable[r].kind != 0 || soundIndex[r] != 0
			if !known && !strings.ContainsRune("ヮヰヱフ", r) {
				t.Errorf("%s letter %c has no reading", span.script, r)
			}
		}
	}
}

func TestParsingIsBoundedAndStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkParsed(t, rapid.String().Draw(t, "s"))
	})
	long := strings.Repeat("Ж", 10000) + strings.Repeat(" a", 10000)
	checkParsed(t, long)
}

// checkParsed holds what must hold of every name.
func checkParsed(t interface{ Fatalf(string, ...any) }, s string) {
	for _, kind := range []Kind{Person, Organisation, Vessel, Vehicle} {
		n, again := Parse(kind, s), Parse(kind, s)
		if n.String() != again.String() {
			t.Fatalf("%q is read as %q and as %q", s, n, again)
		}
		if len(n.Tokens) > MaxTokens {
			t.Fatalf("%q gives %d words", s, len(n.Tokens))
		}
		for i := range n.Tokens {
			tok := &n.Tokens[i]
			if tok.Text == "" || len(tok.Fold) > maxToken || tok.Role != Legal && len(tok.Text) > maxToken {
				t.Fatalf("%q gives the word %+v", s, tok)
			}
			Consonants(tok.Fold)
			SkeletonKeys(tok)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Jean-Claude Juncker", "ERIKSSON<<ANNA<MARIA<<<<", "عبد الفتاح السيسي", "OOO \"Баз\" (x) 3%ers", "\xff\xfe\x00", "이재명", "贝拉克·奥巴马", "a.b.c. & co", "สมชาย"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkParsed(t, s) })
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"1980-03-04", "4 Mar 1980", "c. 1975", "1978-1982", "00000000", "١٩٨٠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDate(s)
		if d.Known() && (!ok || d.Year < firstYear || d.Year > lastYear || d.Month > 12 || d.Day > 31) {
			t.Fatalf("%q: %+v %v", s, d, ok)
		}
		if again, _ := ParseDate(d.String()); d.About == 0 && d.Known() && (again.Year != d.Year || again.Month != d.Month || again.Day != d.Day) {
			t.Fatalf("%q: %v is read back as %v", s, d, again)
		}
	})
}

func FuzzAttributes(f *testing.F) {
	f.Add("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10")
	f.Add("+44 20 7946 0018")
	f.Add("anna@example.org")
	f.Fuzz(func(t *testing.T, s string) {
		ParseMRZ(s, 2026)
		if d := Document(s); Document(d) != d {
			t.Fatalf("document %q is read back as %q", d, Document(d))
		}
		if e := Email(s); Email(e) != e {
			t.Fatalf("e-mail %q is read back as %q", e, Email(e))
		}
		Phone(s, "GB")
		Plate(s)
		Country(s)
	})
}

// Clean takes short cuts; this is what it promises without them.
func TestCleanIsWhatItPromises(t *testing.T) {
	plainly := func(s string) string {
		var b strings.Builder
		for _, r := range norm.NFKC.String(cut(s, MaxRunes)) {
			switch {
			case r == utf8.RuneError, r == '\u200c', unicode.IsControl(r):
				b.WriteByte(' ')
			case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			default:
				b.WriteRune(unicode.ToLower(r))
			}
		}
		return cut(b.String(), MaxRunes)
	}
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		if got, want := Clean(s), plainly(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	for _, s := range []string{"", "Ana", "é", "e\u0301", "ﬁ", "محمد\u200cعلی", "a\u202eb", "\xff", "Ω", "ŕ\u0323", "\u0915\u093c", "\u09c7\u09be", "각\u11a8", "\u1100\u1161", strings.Repeat("ß", 600)} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "s")) })
}

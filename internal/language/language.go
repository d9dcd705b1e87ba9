package language

import "slices"

// Language is one of the languages of notices, letters and the public's pages.
type Language struct {
	Tag     string // BCP 47, as in the address and the lang attribute
	ISO3    string // ISO 639-3, as everywhere else in clew
	Name    string // what its speakers call it
	English string
	RTL     bool
}

// Dir is the direction of the script, as HTML's dir attribute has it.
func (l Language) Dir() string {
	if l.RTL {
		return "rtl"
	}
	return "ltr"
}

// English is the language in which texts are written first.
const English = "en"

// Languages lists every language, English first.
var Languages = []Language{
	{English, "eng", "English", "English", false},
	{"ro", "ron", "Română", "Romanian", false},
	{"bg", "bul", "Български", "Bulgarian", false},
	{"sq", "sqi", "Shqip", "Albanian", false},
	{"vi", "vie", "Tiếng Việt", "Vietnamese", false},
	{"zh-Hans", "cmn", "简体中文", "Simplified Chinese", false},
	{"ru", "rus", "Русский", "Russian", false},
	{"pl", "pol", "Polski", "Polish", false},
	{"ar", "ara", "العربية", "Arabic", true},
	{"ha", "hau", "Hausa", "Hausa", false},
}

// Find returns the language of a tag, as it stands in Languages.
func Find(tag string) (Language, bool) {
	i := slices.IndexFunc(Languages, func(l Language) bool { return l.Tag == tag })
	if i < 0 {
		return Language{}, false
	}
	return Languages[i], true
}

// Tags lists the tags of Languages.
func Tags() []string {
	tags := make([]string, len(Languages))
	for i, l := range Languages {
		tags[i] = l.Tag
	}
	return tags
}

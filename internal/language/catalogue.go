package language

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// NeedsReview is what the file of every language but English says of itself
// under the id "review".
const NeedsReview = "needs a professional translator's review"

const reviewID = "review"

// Catalogue is the texts of one part in every language.
type Catalogue struct {
	Part   string // "door"
	texts  map[string]map[string]string
	speak  map[string]*i18n.Localizer
	digest map[string]string
}

// Load reads part.<tag>.yaml of every language: flat maps from an id to a text,
// whose blanks are written {{.Name}}. A text that is missing, is too many or has
// other blanks than the English one is an error that names it.
func Load(files fs.FS, part string) (*Catalogue, error) {
	c := &Catalogue{Part: part, texts: map[string]map[string]string{}, speak: map[string]*i18n.Localizer{}, digest: map[string]string{}}
	bundle := i18n.NewBundle(language.English)
	for _, l := range Languages {
		texts, err := read(files, part+"."+l.Tag+".yaml")
		if err != nil {
			return nil, err
		}
		if err := c.add(bundle, l, texts); err != nil {
			return nil, fmt.Errorf("catalogue %s.%s: %w", part, l.Tag, err)
		}
	}
	return c, nil
}

// MustLoad is Load for embedded files, which a test has loaded before.
func MustLoad(files fs.FS, part string) *Catalogue {
	c, err := Load(files, part)
	if err != nil {
		panic(err)
	}
	return c
}

func read(files fs.FS, name string) (map[string]string, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	var texts map[string]string
	if err := yaml.Unmarshal(text, &texts); err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", name, err)
	}
	return texts, nil
}

func (c *Catalogue) add(bundle *i18n.Bundle, l Language, texts map[string]string) error {
	if (l.Tag != English) != (texts[reviewID] == NeedsReview) {
		return fmt.Errorf("every language but English says under %q: %s", reviewID, NeedsReview)
	}
	delete(texts, reviewID)
	if l.Tag != English {
		if err := compare(c.texts[English], texts); err != nil {
			return err
		}
	}
	tag, err := language.Parse(l.Tag)
	if err != nil {
		return fmt.Errorf("tag: %w", err)
	}
	ids := slices.Sorted(maps.Keys(texts))
	sum := sha256.New()
	for _, id := range ids {
		if err := bundle.AddMessages(tag, &i18n.Message{ID: id, Other: texts[id]}); err != nil {
			return fmt.Errorf("text %q: %w", id, err)
		}
		fmt.Fprintf(sum, "%d:%s%d:%s", len(id), id, len(texts[id]), texts[id])
	}
	c.texts[l.Tag], c.digest[l.Tag] = texts, hex.EncodeToString(sum.Sum(nil))
	c.speak[l.Tag] = i18n.NewLocalizer(bundle, l.Tag)
	return nil
}

var blank = regexp.MustCompile(`\{\{[^}]*\}\}`)

func compare(english, texts map[string]string) error {
	for id, text := range english {
		other, ok := texts[id]
		if !ok || strings.TrimSpace(other) == "" {
			return fmt.Errorf("no text for %q", id)
		}
		if a, b := blanks(text), blanks(other); !slices.Equal(a, b) {
			return fmt.Errorf("%q has the blanks %v, English has %v", id, b, a)
		}
	}
	for id := range texts {
		if _, ok := english[id]; !ok {
			return fmt.Errorf("%q is not in English", id)
		}
	}
	return nil
}

func blanks(text string) []string {
	found := blank.FindAllString(text, -1)
	slices.Sort(found)
	return found
}

// Say returns a text with its blanks filled from names and values in turn:
// Say("ar", "when.future", "Day", "3"). An id or a language that the catalogue
// does not have is a fault of the program and gives the id itself.
func (c *Catalogue) Say(tag, id string, fill ...string) string {
	localizer, ok := c.speak[tag]
	if !ok {
		return id
	}
	data := make(map[string]string, len(fill)/2)
	for i := 0; i+1 < len(fill); i += 2 {
		data[fill[i]] = fill[i+1]
	}
	text, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
	if err != nil {
		return id
	}
	return text
}

// Has reports whether the catalogue has the text.
func (c *Catalogue) Has(id string) bool {
	_, ok := c.texts[English][id]
	return ok
}

// IDs lists the ids of all texts, in order.
func (c *Catalogue) IDs() []string { return slices.Sorted(maps.Keys(c.texts[English])) }

// Digest stands for the words of the language as they are today; it changes
// with any of them.
func (c *Catalogue) Digest(tag string) string { return c.digest[tag] }

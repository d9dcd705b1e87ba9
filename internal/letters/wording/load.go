package wording

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"clew/internal/core"
)

//go:embed all:templates
var embedded embed.FS

// AnyScheme is the folder of the wordings that hold for every scheme without one
// of its own.
const AnyScheme = "any"

// maxFiles bounds how many files of a folder are read.
const maxFiles = 5000

// Template is one wording: of a kind, in a language, for a scheme.
type Template struct {
	ID
	Kind     Kind
	Scheme   string // AnyScheme, or the one scheme it is for
	Language *Language
	Local    bool // added or replaced by this installation
	body     []node
	file     string
}

// Shelf is every template that was loaded. It does not change and is safe for
// concurrent use.
type Shelf struct {
	templates map[string]*Template // by path
	languages map[string]*Language // by tag
}

// file is one file of a layer.
type file struct {
	name, text string // name as problems show it
	local      bool
}

var fileForm = regexp.MustCompile(`^([a-z0-9][a-z0-9-]*)/([a-z]{2,3})/(language|_?[a-z]+(?:_[a-z]+)*)\.txt$`)

// Load reads the templates that come with clew and then, when dir is not empty,
// those of dir, which add to them or replace those of the same path. The error,
// when it is about what the files say, is Problems.
func Load(dir string) (*Shelf, error) {
	files := map[string]file{}
	ps := &Problems{}
	inside, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, err
	}
	if err := readLayer(inside, "", false, files, ps); err != nil {
		return nil, fmt.Errorf("read embedded letters: %w", err)
	}
	if dir != "" {
		if err := readLayer(os.DirFS(dir), dir, true, files, ps); err != nil {
			return nil, fmt.Errorf("read letters of %s: %w", dir, err)
		}
	}
	return assemble(files, ps)
}

func readLayer(from fs.FS, dir string, local bool, into map[string]file, ps *Problems) error {
	count := 0
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".txt" {
			return err
		}
		if count++; count > maxFiles {
			return core.E(core.Invalid, "letters.files", fmt.Sprintf("There are more than %d files in the folder of letters.", maxFiles))
		}
		shown := path.Join(dir, name)
		if !fileForm.MatchString(name) {
			ps.add(shown, 0, "a template lies at scheme/language/kind.txt, such as any/ro/rg_positive.txt")
			return nil
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		into[name] = file{name: shown, text: string(text), local: local}
		return nil
	})
}

// assemble parses the files and checks every one against the others.
func assemble(files map[string]file, ps *Problems) (*Shelf, error) {
	s := &Shelf{templates: map[string]*Template{}, languages: map[string]*Language{}}
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if parts := fileForm.FindStringSubmatch(name); parts[3] == "language" {
			s.addLanguage(files[name], parts[1], parts[2], ps)
		}
	}
	l := &linker{files: files, ps: ps}
	for _, name := range names {
		parts := fileForm.FindStringSubmatch(name)
		if parts[3] != "language" && !strings.HasPrefix(parts[3], "_") {
			s.addTemplate(l, name, parts, ps)
		}
	}
	for _, k := range Kinds {
		if s.templates[path.Join(AnyScheme, English, string(k))] == nil {
			ps.add(path.Join(AnyScheme, English, string(k)+".txt"), 0, "the English text is missing")
		}
	}
	return s, ps.err()
}

func (s *Shelf) addLanguage(f file, scheme, tag string, ps *Problems) {
	if scheme != AnyScheme {
		ps.add(f.name, 0, "a language is described once, in %s/%s/language.txt", AnyScheme, tag)
		return
	}
	if _, ok := byTag(tag); !ok {
		ps.add(f.name, 0, "%q is no language: name the folder by the shortest code (BCP 47), such as ro or tir", tag)
		return
	}
	s.languages[tag] = parseLanguage(f.name, tag, f.text, ps)
}

func (s *Shelf) addTemplate(l *linker, name string, parts []string, ps *Problems) {
	f, kind, lang := l.files[name], Kind(parts[3]), s.languages[parts[2]]
	if !slices.Contains(Kinds, kind) {
		ps.add(f.name, 0, "there is no kind of letter %q; a fragment's name begins with _", kind)
		return
	}
	if lang == nil {
		ps.add(f.name, 0, "the language has no %s/%s/language.txt", AnyScheme, parts[2])
		return
	}
	h, body := parseTemplate(f.name, f.text, parts[2], ps)
	sum := sha256.New()
	fmt.Fprintf(sum, "%d:%s%d:%s", len(lang.text), lang.text, len(f.text), f.text)
	link := link{linker: l, scheme: parts[1], tag: parts[2], kind: kind, sum: sum.Write}
	t := &Template{Kind: kind, Scheme: parts[1], Language: lang, Local: f.local, file: f.name, body: link.expand(f.name, body, 0)}
	t.ID = ID{Path: strings.TrimSuffix(name, ".txt"), Version: h.version, Digest: hex.EncodeToString(sum.Sum(nil))[:24]}
	s.templates[t.Path] = t
}

// linker puts fragments where templates use them.
type linker struct {
	files map[string]file
	ps    *Problems
}

// link is the linking of one template. What its digest covers is its file, its
// language's and every fragment it uses.
type link struct {
	*linker
	scheme, tag string
	kind        Kind
	sum         func([]byte) (int, error)
}

// expand replaces @use by the fragment's words and checks every merge field.
func (l *link) expand(name string, body []node, depth int) []node {
	var out []node
	for _, n := range body {
		switch n.kind {
		case nodeUse:
			out = append(out, l.fragment(name, n, depth)...)
			continue
		case nodeIf:
			if _, ok := fieldsOf[l.kind][n.name]; !ok {
				l.unknown(name, n.line, n.name)
			}
			n.then, n.other = l.expand(name, n.then, depth), l.expand(name, n.other, depth)
		default:
			l.checkSpans(name, n)
		}
		out = append(out, n)
	}
	return out
}

func (l *link) fragment(name string, use node, depth int) []node {
	if depth >= maxDepth {
		l.ps.add(name, use.line, "fragments use each other more than %d deep", maxDepth)
		return nil
	}
	for _, scheme := range []string{l.scheme, AnyScheme} {
		f, ok := l.files[path.Join(scheme, l.tag, "_"+use.name+".txt")]
		if !ok {
			continue
		}
		if !readable(f.name, f.text, l.ps) {
			return nil
		}
		_, _ = l.sum([]byte(f.text))
		body := parseBody(f.name, strings.Split(f.text, "\n"), 1, l.ps)
		for _, n := range body {
			if n.kind == nodeTitle {
				l.ps.add(f.name, n.line, "a fragment has no title")
			}
		}
		return l.expand(f.name, body, depth+1)
	}
	l.ps.add(name, use.line, "there is no fragment %q: it would lie at %s/%s/_%s.txt", use.name, AnyScheme, l.tag, use.name)
	return nil
}

func (l *link) unknown(name string, line int, field string) {
	l.ps.add(name, line, "%s has no merge field %q; it has %s", l.kind, field, strings.Join(FieldsOf(l.kind), ", "))
}

func (l *link) checkSpans(name string, n node) {
	for _, s := range slices.Concat(n.head, n.spans) {
		if s.field == "" {
			continue
		}
		alone := len(n.spans) == 1 && len(n.head) == 0
		switch t, ok := fieldsOf[l.kind][s.field]; {
		case !ok:
			l.unknown(name, n.line, s.field)
		case t == flag:
			l.ps.add(name, n.line, "%s is a condition and has no words: use it with @if", s.field)
		case t == block && (n.kind != nodeParagraph || !alone):
			l.ps.add(name, n.line, "%s is several paragraphs: it stands alone between empty lines", s.field)
		case t == list && (n.kind != nodeItem || !alone):
			l.ps.add(name, n.line, "%s is several items: it stands alone on a line, as - {%s}", s.field, s.field)
		}
	}
}

// Template returns the wording of a kind for a scheme in a language: the
// scheme's own, or the one for any scheme.
func (s *Shelf) Template(k Kind, scheme, tag string) (*Template, bool) {
	for _, sch := range []string{scheme, AnyScheme} {
		if t, ok := s.templates[path.Join(sch, tag, string(k))]; ok {
			return t, true
		}
	}
	return nil, false
}

// ByPath returns the template with the path "any/ro/rg_positive".
func (s *Shelf) ByPath(p string) (*Template, bool) {
	t, ok := s.templates[p]
	return t, ok
}

// Templates lists every template by language, kind and scheme, English first.
func (s *Shelf) Templates() []*Template {
	list := slices.Collect(maps.Values(s.templates))
	slices.SortFunc(list, func(a, b *Template) int {
		if c := compareLanguages(a.Language, b.Language); c != 0 {
			return c
		}
		if c := slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind); c != 0 {
			return c
		}
		return strings.Compare(a.Path, b.Path)
	})
	return list
}

// Languages lists the languages, English first, then by their English names.
func (s *Shelf) Languages() []*Language {
	list := slices.Collect(maps.Values(s.languages))
	slices.SortFunc(list, compareLanguages)
	return list
}

// LanguageOf returns the language in which somebody whose language has the code
// (ISO 639-3) is written to, where there are templates in it.
func (s *Shelf) LanguageOf(code string) (*Language, bool) {
	for _, l := range s.languages {
		if l.Code == code || slices.Contains(l.also, code) {
			return l, true
		}
	}
	return nil, false
}

// LanguageByTag returns the language with the tag: "ro".
func (s *Shelf) LanguageByTag(tag string) (*Language, bool) {
	l, ok := s.languages[tag]
	return l, ok
}

func compareLanguages(a, b *Language) int {
	if (a.Tag() == English) != (b.Tag() == English) {
		if a.Tag() == English {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Name, b.Name)
}

package access

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

//go:embed policies/*.cedar policies/schema.cedarschema
var embedded embed.FS

const (
	embeddedDir  = "policies"
	schemaName   = "schema.cedarschema"
	fileSuffix   = ".cedar"
	mouPrefix    = "mou-"
	maxFileSize  = 256 << 10
	maxFiles     = 500
	dateLayout   = "2006-01-02"
	partiesSplit = ";"
)

// PolicyFile is one file of policies: the base, the immutable forbids, or one
// memorandum of understanding.
type PolicyFile struct {
	Name    string   // "mou-police.cedar"
	Title   string   // from @title
	Parties []string // from @parties, separated by ";"
	From    time.Time
	Until   time.Time // the last day in force; zero means until further notice
	Text    string
	Local   bool // from the directory of additional files, not part of clew
}

// InForce reports whether the file applies at t. Dates are UTC days and both
// count; a file without dates always applies.
func (f PolicyFile) InForce(t time.Time) bool {
	return !t.Before(f.From) && (f.Until.IsZero() || t.Before(f.end()))
}

// end is the first moment after Until.
func (f PolicyFile) end() time.Time { return f.Until.AddDate(0, 0, 1) }

func (f PolicyFile) isMoU() bool { return strings.HasPrefix(f.Name, mouPrefix) }

// rule is one policy with its name, "file:id".
type rule struct {
	name string
	*cedar.Policy
	ast  *ast.Policy
	file int // index into Policies.files
}

// source is the text of one file before it is read as policies.
type source struct {
	name, text string
	local      bool
}

func embeddedSources() ([]source, error) { return readSources(embedded, embeddedDir, false) }

// localSources reads a directory of additional files; "" is none.
func localSources(dir string) ([]source, error) {
	if dir == "" {
		return nil, nil
	}
	found, err := readSources(os.DirFS(dir), ".", true)
	if err != nil {
		return nil, fmt.Errorf("policy directory %s: %w", dir, err)
	}
	return found, nil
}

func readSources(fsys fs.FS, dir string, local bool) ([]source, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	var out []source
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != fileSuffix {
			continue
		}
		if len(out) == maxFiles {
			return nil, fmt.Errorf("more than %d policy files", maxFiles)
		}
		text, err := readBounded(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, source{name: e.Name(), text: text, local: local})
	}
	return out, nil
}

func readBounded(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxFileSize {
		return "", fmt.Errorf("%s is larger than %d bytes", name, maxFileSize)
	}
	return string(b), nil
}

// loader reads files one by one against the schema.
type loader struct {
	schema    *resolved.Schema
	validator *validate.Validator
	files     []PolicyFile
	rules     []*rule
}

func newLoader() (*loader, error) {
	text, err := embedded.ReadFile(path.Join(embeddedDir, schemaName))
	if err != nil {
		return nil, err
	}
	var s schema.Schema
	s.SetFilename(schemaName)
	if err := s.UnmarshalCedar(text); err != nil {
		return nil, err
	}
	r, err := s.Resolve()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", schemaName, err)
	}
	return &loader{schema: r, validator: validate.New(r)}, nil
}

func (l *loader) addAll(sources []source) error {
	for _, s := range sources {
		if err := l.add(s); err != nil {
			return err
		}
	}
	return nil
}

var fileName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*\.cedar$`)

// add reads one file. An additional file is a memorandum and nothing else: it
// cannot take the place of a file that clew ships.
func (l *loader) add(s source) error {
	switch {
	case !fileName.MatchString(s.name):
		return fmt.Errorf("policy file %q: the name must be small letters, digits and hyphens", s.name)
	case s.local && !strings.HasPrefix(s.name, mouPrefix):
		return fmt.Errorf("policy file %s: an additional file is a memorandum and its name starts with %q", s.name, mouPrefix)
	case slices.ContainsFunc(l.files, func(f PolicyFile) bool { return f.Name == s.name }):
		return fmt.Errorf("policy file %s: there is a file of this name already", s.name)
	}
	list, err := cedar.NewPolicyListFromBytes(s.name, []byte(s.text))
	if err != nil {
		return fmt.Errorf("policy file %s: %w", s.name, err)
	}
	if len(list) == 0 {
		return fmt.Errorf("policy file %s: no policy in it", s.name)
	}
	file := PolicyFile{Name: s.name, Text: s.text, Local: s.local}
	if err := file.describe(list[0].Annotations()); err != nil {
		return fmt.Errorf("policy file %s: %w", s.name, err)
	}
	l.files = append(l.files, file)
	for i, p := range list {
		if err := l.addRule(i, p); err != nil {
			return fmt.Errorf("%s:%d: %w", s.name, p.Position().Line, err)
		}
	}
	return nil
}

// describe takes the file's own particulars from its first policy.
func (f *PolicyFile) describe(a cedar.Annotations) error {
	f.Title = string(a["title"])
	if f.Title == "" {
		return errors.New("the first policy needs a @title")
	}
	if !f.isMoU() {
		return nil
	}
	for party := range strings.SplitSeq(string(a["parties"]), partiesSplit) {
		if party = strings.TrimSpace(party); party != "" {
			f.Parties = append(f.Parties, party)
		}
	}
	if len(f.Parties) < 2 {
		return fmt.Errorf("@parties names the agencies of the memorandum, separated by %q", partiesSplit)
	}
	var err error
	if f.From, err = time.Parse(dateLayout, string(a["from"])); err != nil {
		return errors.New("@from is the first day in force, as 2024-04-01")
	}
	if until, set := a["until"]; set {
		if f.Until, err = time.Parse(dateLayout, string(until)); err != nil || f.Until.Before(f.From) {
			return errors.New("@until is the last day in force, as 2026-03-31, and not before @from")
		}
	}
	return nil
}

var (
	ruleID      = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	fileOnlyKey = []string{"title", "parties", "from", "until"}
)

func (l *loader) addRule(i int, p *cedar.Policy) error {
	notes := p.Annotations()
	id := string(notes["id"])
	if !ruleID.MatchString(id) {
		return fmt.Errorf("policy %d needs an @id of small letters, digits and underscores", i+1)
	}
	r := &rule{name: l.files[len(l.files)-1].Name + ":" + id, Policy: p, ast: (*ast.Policy)(p.AST()), file: len(l.files) - 1}
	for _, key := range fileOnlyKey {
		if _, set := notes[types.AnnotationKey(key)]; set && i > 0 {
			return fmt.Errorf("%s: @%s belongs on the first policy of the file", r.name, key)
		}
	}
	if slices.ContainsFunc(l.rules, func(have *rule) bool { return have.name == r.name }) {
		return fmt.Errorf("%s: there is a policy of this name already", r.name)
	}
	if err := l.validator.Policy(r.name, r.ast); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	if err := l.checkWords(r.ast); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	if p.Effect() == cedar.Permit && !namesPurpose(r.ast) {
		return fmt.Errorf("%s: a permit names its purpose: when { context.purpose == Purpose::\"…\" && … }", r.name)
	}
	l.rules = append(l.rules, r)
	return nil
}

// checkWords refuses a role, kind, purpose or state that the schema does not
// list; Cedar's own validation leaves such a policy to match nobody.
func (l *loader) checkWords(p *ast.Policy) error {
	var wrong error
	ast.Inspect(eval.PolicyToNode(p), func(n ast.IsNode) bool {
		if v, ok := n.(ast.NodeValue); ok {
			if uid, ok := v.Value.(cedar.EntityUID); ok && wrong == nil {
				wrong = l.checkWord(uid)
			}
		}
		return wrong == nil
	})
	return wrong
}

func (l *loader) checkWord(uid cedar.EntityUID) error {
	if enum, ok := l.schema.Enums[uid.Type]; ok && !slices.Contains(enum.Values, uid) {
		return fmt.Errorf("%s is not one of the words in %s", uid, schemaName)
	}
	return nil
}

// namesPurpose reports whether a policy applies for named purposes only: one of
// the conjuncts of a `when` compares context.purpose with constants.
func namesPurpose(p *ast.Policy) bool {
	for _, c := range p.Conditions {
		if c.Condition == ast.ConditionWhen && slices.ContainsFunc(conjuncts(c.Body), comparesPurpose) {
			return true
		}
	}
	return false
}

func comparesPurpose(n ast.IsNode) bool {
	switch n := n.(type) {
	case ast.NodeTypeEquals:
		return isPurpose(n.Left) && isConstant(n.Right) || isPurpose(n.Right) && isConstant(n.Left)
	case ast.NodeTypeContains:
		return isConstant(n.Left) && isPurpose(n.Right)
	}
	return false
}

func isPurpose(n ast.IsNode) bool {
	access, ok := n.(ast.NodeTypeAccess)
	if !ok || access.Value != "purpose" {
		return false
	}
	v, ok := access.Arg.(ast.NodeTypeVariable)
	return ok && v.Name == "context"
}

func isConstant(n ast.IsNode) bool {
	constant := true
	ast.Inspect(ast.NewNode(n), func(n ast.IsNode) bool {
		if _, variable := n.(ast.NodeTypeVariable); variable {
			constant = false
		}
		return constant
	})
	return constant
}

// conjuncts splits a && b && c.
func conjuncts(n ast.IsNode) []ast.IsNode {
	if and, ok := n.(ast.NodeTypeAnd); ok {
		return append(conjuncts(and.Left), conjuncts(and.Right)...)
	}
	return []ast.IsNode{n}
}

package ui

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed templates/*.html
var templateFiles embed.FS

// templateSets holds the components twice: one set to execute for single
// components, one never executed so that it can be cloned for pages.
type templateSets struct {
	exec, pristine *template.Template
}

var library = sync.OnceValue(func() templateSets {
	return templateSets{exec: parseOwn(), pristine: parseOwn()}
})

func parseOwn() *template.Template {
	t := template.New("ui").Funcs(template.FuncMap{"asset": AssetPath}).Option("missingkey=error")
	return template.Must(t.ParseFS(templateFiles, "templates/*.html"))
}

// Templates parses one page's files over the layout and the components. The
// files define "content", whose dot is Page.Content.
func Templates(fsys fs.FS, patterns ...string) (*template.Template, error) {
	t, err := library().pristine.Clone()
	if err != nil {
		return nil, fmt.Errorf("clone page layout: %w", err)
	}
	if t, err = t.ParseFS(fsys, patterns...); err != nil {
		return nil, fmt.Errorf("parse page templates: %w", err)
	}
	return t, nil
}

// Pages parses every .html file of a directory as a page of its own, by its
// name without the ending. Files whose name begins with "_" are shared by all.
func Pages(fsys fs.FS, dir string) (map[string]*template.Template, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.html"))
	if err != nil {
		return nil, fmt.Errorf("list page templates: %w", err)
	}
	var shared, own []string
	for _, f := range files {
		if strings.HasPrefix(path.Base(f), "_") {
			shared = append(shared, f)
		} else {
			own = append(own, f)
		}
	}
	pages := make(map[string]*template.Template, len(own))
	for _, f := range own {
		t, err := Templates(fsys, append(shared[:len(shared):len(shared)], f)...)
		if err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(path.Base(f), ".html")] = t
	}
	return pages, nil
}

// MustPages is Pages for embedded files, which are known to parse once a test
// has run.
func MustPages(fsys fs.FS, dir string) map[string]*template.Template {
	pages, err := Pages(fsys, dir)
	if err != nil {
		panic(err)
	}
	return pages
}

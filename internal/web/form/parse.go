package form

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"clew/internal/core"
)

const (
	maxFormBytes = 1 << 20 // a page of text areas, each full, encoded
	maxMemory    = 1 << 20 // of an upload; the rest waits in a temporary file
)

// Parse reads every field from the request. The error is about the request as a
// whole: too large, cut off. What is wrong with answers is on the fields; ask
// Valid.
func (f *Form) Parse(r *http.Request) error {
	values, err := f.read(r)
	if err != nil {
		return err
	}
	// What an option reveals depends on the option, so all answers are taken in
	// before any is checked.
	flaws := make(map[*Field]flaw, len(f.fields))
	for _, field := range f.fields {
		flaws[field] = field.take(values, r)
	}
	for _, field := range f.fields {
		if !field.applies() {
			continue
		}
		if w := flaws[field]; w != sound {
			field.Fail(w.message(field.Label))
		}
		field.check()
	}
	return nil
}

func (f *Form) read(r *http.Request) (url.Values, error) {
	if f.get {
		return r.URL.Query(), nil
	}
	if r.Form == nil {
		r.Body = http.MaxBytesReader(nil, r.Body, f.maxBytes)
	}
	var err error
	if f.multipart {
		err = r.ParseMultipartForm(maxMemory)
		if errors.Is(err, http.ErrNotMultipart) {
			err = nil // sent without files: the rest has been parsed all the same
		}
	} else {
		err = r.ParseForm()
	}
	if err == nil {
		return r.PostForm, nil
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, core.E(core.TooLarge, "form.too_large", "What was sent is too large. Send less at once, or a smaller file.")
	}
	return nil, &core.Error{Kind: core.Invalid, Code: "form.unreadable", Msg: "The form did not arrive whole. Send it again.", Err: err}
}

// take reads the field's raw values and cleans them.
func (f *Field) take(values url.Values, r *http.Request) flaw {
	f.Error, f.integer = "", 0
	switch f.kind {
	case kindDate, kindPartial:
		return f.takeDate(values)
	case kindFile:
		f.takeFile(r)
		return sound
	}
	var cleaned []string
	worst := sound
	for _, v := range values[f.Name] {
		text, w := clean(v, f.kind == kindTextarea)
		worst = max(worst, w)
		if text != "" && !slices.Contains(cleaned, text) {
			cleaned = append(cleaned, text)
		}
	}
	if f.kind != kindChecks && len(cleaned) > 1 {
		cleaned = cleaned[:1]
	}
	f.values = cleaned
	return worst
}

// check holds the answer against the field's own bounds.
func (f *Field) check() {
	switch f.kind {
	case kindDate, kindPartial:
		f.checkDate()
	case kindFile:
		f.checkFile()
	case kindRadios, kindSelect, kindChecks:
		f.checkChoice()
	default:
		f.checkText()
	}
}

func (f *Field) checkText() {
	text := f.Text()
	if text == "" && f.required != "" {
		f.Fail(f.required)
	}
	if msg := tooLong(f.Label, text, f.max); msg != "" {
		f.Fail(msg)
	}
	if f.number != nil && text != "" {
		f.checkNumber(text)
	}
}

func (f *Field) checkNumber(text string) {
	n, ok := wholeNumber(text)
	if !ok || n < f.number.least || n > f.number.most {
		f.Fail(fmt.Sprintf("“%s” must be a whole number from %d to %d.", f.Label, f.number.least, f.number.most))
		return
	}
	f.integer = n
}

func (f *Field) checkChoice() {
	if len(f.values) == 0 {
		if f.required != "" {
			f.Fail(f.required)
		}
		return
	}
	only := ""
	for _, v := range f.values {
		i := slices.IndexFunc(f.options, func(o Option) bool { return o.Value == v })
		if i < 0 {
			f.values = nil
			f.Fail(fmt.Sprintf("Choose “%s” from the list.", f.Label))
			return
		}
		if f.options[i].Only {
			only = f.options[i].Label
		}
	}
	if only != "" && len(f.values) > 1 {
		f.Fail(fmt.Sprintf("Choose either “%s” or the others, not both.", only))
	}
}

// Upload is a file that was sent. Its name is only for showing.
type Upload struct {
	Name string
	Size int64
	head *multipart.FileHeader
}

// Open reads the file. The caller closes it.
func (u *Upload) Open() (io.ReadCloser, error) {
	file, err := u.head.Open()
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	return file, nil
}

// maxFileName bounds a file's name in characters.
const maxFileName = 120

func (f *Field) takeFile(r *http.Request) {
	f.upload = nil
	if r.MultipartForm == nil || len(r.MultipartForm.File[f.Name]) == 0 {
		return
	}
	head := r.MultipartForm.File[f.Name][0]
	if head.Filename == "" {
		return
	}
	f.upload = &Upload{Name: fileName(head.Filename), Size: head.Size, head: head}
}

// fileName keeps the last part of a path as any system writes it, cleaned.
func fileName(s string) string {
	s, _ = clean(path.Base(strings.ReplaceAll(s, `\`, "/")), false)
	if letters := []rune(s); len(letters) > maxFileName {
		s = string(letters[len(letters)-maxFileName:]) // the end says what it is
	}
	if s == "" || s == "." || s == "/" {
		return "file"
	}
	return s
}

func (f *Field) checkFile() {
	switch {
	case f.upload == nil && f.required != "":
		f.Fail(f.required)
	case f.upload == nil:
	case f.upload.Size == 0:
		f.Fail("The file is empty. Choose another.")
	case f.upload.Size > f.maxBytes:
		f.Fail(fmt.Sprintf("The file is larger than %s. Choose a smaller one.", byteWords(f.maxBytes)))
	}
}

func byteWords(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", max(1, n>>10))
}

// Package evidence decides which files are kept as evidence and cleans them: the
// type is what the bytes say, not the name; image metadata (places, devices,
// times) is removed; a document that unpacks to something huge is refused.
//
// It promises never to run or render what it is given and to bound what it
// reads. It does not look for malware: that is a scanner's work (see Clamd).
package evidence

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"clew/internal/core"

	"github.com/gabriel-vasile/mimetype"
)

// Bounds of a file.
const (
	MaxSize      = 25 << 20  // bytes
	maxUnpacked  = 250 << 20 // bytes, of all parts of an office document
	maxParts     = 5000
	maxRatio     = 200 // unpacked to packed, of the whole
	maxNameRunes = 120
)

// File is a file that is fit to be kept.
type File struct {
	Name      string // without a path, printable, with the extension of its type
	MediaType string
	Content   []byte // cleaned
}

type kind struct {
	extension string
	clean     func([]byte) ([]byte, error)
}

var kinds = map[string]kind{
	"image/jpeg":         {".jpg", stripJPEG},
	"image/png":          {".png", stripPNG},
	"application/pdf":    {".pdf", same},
	"text/plain":         {".txt", same},
	"application/msword": {".doc", same},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx", checkPacked},
	"application/vnd.oasis.opendocument.text":                                 {".odt", checkPacked},
}

// Accept checks and cleans a file. What is wrong comes back as a core.Invalid
// error about the field "file".
func Accept(name string, content []byte) (File, error) {
	if len(content) == 0 {
		return File{}, refuse("file.empty", "This file is empty. Choose another one.")
	}
	if len(content) > MaxSize {
		return File{}, refuse("file.large", "This file is larger than 25 MB. Send a smaller copy, or split it.")
	}
	mediaType := sniff(content)
	k, known := kinds[mediaType]
	if !known {
		return File{}, refuse("file.type", "This type of file cannot be kept. Send a JPEG or PNG picture, a PDF, a Word or OpenDocument text, or plain text.")
	}
	clean, err := k.clean(content)
	if err != nil {
		return File{}, err
	}
	return File{Name: safeName(name, k.extension), MediaType: mediaType, Content: clean}, nil
}

func refuse(code, msg string) error {
	return core.InvalidFields([]core.Field{{Name: "file", Code: code, Msg: msg}})
}

// sniff returns the media type that the bytes show, without parameters. Types
// derived from plain text (HTML, scripts, CSV) are what they are, not text.
func sniff(content []byte) string {
	t, _, _ := strings.Cut(mimetype.Detect(content).String(), ";")
	return t
}

// safeName drops any path, everything that does not print, and a misleading
// extension.
func safeName(name, extension string) string {
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "")
	}
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, filepath.Ext(name))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > maxNameRunes {
		name = string(runes[:maxNameRunes])
	}
	if strings.Trim(name, ".") == "" {
		name = "file"
	}
	return name + extension
}

func same(content []byte) ([]byte, error) { return content, nil }

// checkPacked refuses an office document (a ZIP) that would unpack to more than
// it can honestly hold. Sizes are measured, not believed.
func checkPacked(content []byte) ([]byte, error) {
	bomb := refuse("file.bomb", "This document unpacks to far more than it should hold, so it was not kept. Save it again, or send it as a PDF.")
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, refuse("file.damaged", "This document is damaged. Save it again, or send it as a PDF.")
	}
	if len(r.File) > maxParts {
		return nil, bomb
	}
	left := min(int64(maxUnpacked), int64(len(content))*maxRatio)
	for _, f := range r.File {
		n, err := unpackedSize(f, left)
		if err != nil {
			return nil, refuse("file.damaged", "This document is damaged. Save it again, or send it as a PDF.")
		}
		if left -= n; left < 0 {
			return nil, bomb
		}
	}
	return content, nil
}

func unpackedSize(f *zip.File, left int64) (int64, error) {
	part, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("open part: %w", err)
	}
	defer func() { _ = part.Close() }()
	return io.Copy(io.Discard, io.LimitReader(part, left+1))
}

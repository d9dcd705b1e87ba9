package ui

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

// AssetPrefix is where Assets must be mounted.
const AssetPrefix = "/static/"

// assetTypes are the content types of what is served; nothing is sniffed.
var assetTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// asset is one file in the encodings it can be sent in.
type asset struct {
	contentType string
	plain       []byte
	brotli      []byte // nil when it would not help
	gzip        []byte
}

type assetSet struct {
	names map[string]string // "clew.css" → "clew-0123456789ab.css"
	files map[string]asset  // by hashed name
}

var assets = sync.OnceValue(func() assetSet {
	set, err := loadAssets(staticFiles)
	if err != nil {
		panic(err) // the files are part of the binary: a test loads them
	}
	return set
})

func loadAssets(fsys fs.FS) (assetSet, error) {
	set := assetSet{files: map[string]asset{}}
	manifest, err := fs.ReadFile(fsys, "static/manifest.json")
	if err != nil {
		return set, fmt.Errorf("read asset manifest: %w", err)
	}
	if err := json.Unmarshal(manifest, &set.names); err != nil {
		return set, fmt.Errorf("read asset manifest: %w", err)
	}
	for _, name := range set.names {
		a, err := loadAsset(fsys, name)
		if err != nil {
			return set, err
		}
		set.files[name] = a
	}
	return set, nil
}

func loadAsset(fsys fs.FS, name string) (asset, error) {
	a := asset{contentType: assetTypes[path.Ext(name)]}
	if a.contentType == "" {
		return a, fmt.Errorf("asset %s: unknown type", name)
	}
	var err error
	if a.plain, err = fs.ReadFile(fsys, "static/"+name); err != nil {
		return a, fmt.Errorf("read asset: %w", err)
	}
	if a.brotli, err = fs.ReadFile(fsys, "static/"+name+".br"); err != nil {
		return a, nil //nolint:nilerr // fonts have no compressed copy
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if _, err := z.Write(a.plain); err != nil {
		return a, fmt.Errorf("compress asset: %w", err)
	}
	if err := z.Close(); err != nil {
		return a, fmt.Errorf("compress asset: %w", err)
	}
	a.gzip = b.Bytes()
	return a, nil
}

// AssetPath is the address of an asset by its plain name, as "clew.css". It is
// also a function of every page's template.
func AssetPath(name string) (string, error) {
	hashed, ok := assets().names[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return AssetPrefix + hashed, nil
}

// Assets serves the stylesheet, scripts, fonts and images. Names carry a hash
// of the content, so a browser may keep each one for ever.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets().files[strings.TrimPrefix(r.URL.Path, AssetPrefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		a.serve(w, r)
	})
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	body, encoding := a.encoded(r.Header.Get("Accept-Encoding"))
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	if a.brotli != nil {
		h.Set("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// encoded picks the smallest body the browser says it takes.
func (a asset) encoded(accept string) (body []byte, encoding string) {
	if a.brotli == nil {
		return a.plain, ""
	}
	switch {
	case accepts(accept, "br"):
		return a.brotli, "br"
	case accepts(accept, "gzip"):
		return a.gzip, "gzip"
	}
	return a.plain, ""
}

// accepts reads an Accept-Encoding header (RFC 9110 §12.5.3) as far as browsers
// write it: a coding with q=0 is refused.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.ReplaceAll(params, " ", "")
			return !strings.HasPrefix(q, "q=0") || strings.Trim(q, "q=0.") != ""
		}
	}
	return false
}

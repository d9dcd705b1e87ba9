package web

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return z
}}

// compress sends pages gzipped to browsers that ask for it. Form tokens are
// masked anew on each page, and no page that names somebody repeats anything
// from its address, so that sizes tell nothing (see docs/adr/pages-compressed.md).
// Downloads and assets pass as they are.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		zw := &zipWriter{ResponseWriter: w}
		defer zw.close()
		next.ServeHTTP(zw, r)
	})
}

// zipWriter compresses what turns out to be a page.
type zipWriter struct {
	http.ResponseWriter
	zip     *gzip.Writer
	decided bool
}

// WriteHeader looks at what is about to be sent.
func (w *zipWriter) WriteHeader(status int) {
	if !w.decided {
		w.decided = true
		h := w.Header()
		if strings.HasPrefix(h.Get("Content-Type"), "text/html") && h.Get("Content-Encoding") == "" && status != http.StatusNotModified && status != http.StatusNoContent {
			h.Set("Content-Encoding", "gzip")
			h.Add("Vary", "Accept-Encoding")
			h.Del("Content-Length")
			w.zip = zippers.Get().(*gzip.Writer)
			w.zip.Reset(w.ResponseWriter)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write compresses, or passes on.
func (w *zipWriter) Write(b []byte) (int, error) {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	if w.zip != nil {
		return w.zip.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer inside.
func (w *zipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *zipWriter) close() {
	if w.zip == nil {
		return
	}
	_ = w.zip.Close() // a failed write means that the reader has gone
	w.zip.Reset(nil)
	zippers.Put(w.zip)
}

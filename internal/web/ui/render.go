package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"
)

// contentSecurityPolicy lets a page load only what this server sends, and
// forbids inline scripts, inline styles and being framed.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled is the largest buffer kept for the next page.
const maxPooled = 1 << 20

// Render sends the page, or returns an error having written nothing, so that
// the caller can still send an error page instead.
func Render(w http.ResponseWriter, status int, t *template.Template, p Page) error {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= maxPooled {
			b.Reset()
			buffers.Put(b)
		}
	}()
	if err := t.ExecuteTemplate(b, "ui/layout", p.withDefaults()); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	h := w.Header()
	SetSecurityHeaders(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	if !p.Cacheable {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	// A failed write means the reader has gone; there is nobody left to tell.
	_, _ = b.WriteTo(w)
	return nil
}

// SetSecurityHeaders sets the headers that every response of clew carries,
// pages and downloads alike.
func SetSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/core"
)

// Problem is how every failure is told (RFC 9457, Problem Details).
type Problem struct {
	Type      string         `json:"type" doc:"Always about:blank; code tells problems apart." example:"about:blank"`
	Title     string         `json:"title" doc:"The status in words." example:"Unprocessable Entity"`
	Status    int            `json:"status" doc:"The HTTP status." example:"422"`
	Code      string         `json:"code" doc:"A stable code, for programs." example:"input.invalid"`
	Detail    string         `json:"detail" doc:"One sentence, for people." example:"Some answers need another look."`
	RequestID string         `json:"requestId,omitempty" doc:"Quote this when asking for help."`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"What is wrong with which field. Never holds what was sent."`

	headers http.Header
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Field   string `json:"field" doc:"The property's path in the body, with a number for an item of a list; or the parameter's name." example:"identity.names.0.given"`
	Code    string `json:"code" doc:"A stable code." example:"required"`
	Message string `json:"message" doc:"One sentence that names the mend." example:"Enter at least one name the person is known by, even a nickname."`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses is the one table from kinds to statuses.
var statuses = map[core.Kind]int{
	core.Invalid: http.StatusUnprocessableEntity, core.NotFound: http.StatusNotFound, core.Forbidden: http.StatusForbidden,
	core.Conflict: http.StatusConflict, core.NotNow: http.StatusConflict, core.Unauthorized: http.StatusUnauthorized,
	core.TooMany: http.StatusTooManyRequests, core.Unavailable: http.StatusServiceUnavailable, core.TooLarge: http.StatusRequestEntityTooLarge,
	core.Internal: http.StatusInternalServerError,
}

// retryAfter is how many seconds a client should wait, by kind.
var retryAfter = map[core.Kind]int{core.TooMany: 5, core.Unavailable: 5}

// problemOf turns an error into what the client is told. Of an internal one it is
// told nothing.
func problemOf(err error) *Problem {
	kind := core.KindOf(err)
	p := &Problem{Type: "about:blank", Status: statuses[kind], Code: "internal", Detail: "Something went wrong on our side. It has been recorded.", headers: http.Header{}}
	p.Title = http.StatusText(p.Status)
	var e *core.Error
	if kind == core.Internal || !errors.As(err, &e) {
		return p
	}
	p.Code, p.Detail = e.Code, e.Msg
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem{f.Name, f.Code, f.Msg})
	}
	if s := retryAfter[kind]; s > 0 {
		p.headers.Set("Retry-After", strconv.Itoa(s))
	}
	if kind == core.Unauthorized {
		p.headers.Set("WWW-Authenticate", `Bearer realm="clew"`)
	}
	return p
}

// write answers with the problem outside of huma.
func (p *Problem) write(w http.ResponseWriter, requestID string) {
	p.RequestID = requestID
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone; nobody else could be told
}

// What huma itself finds wrong becomes the same document: it is one function for
// the whole program, and this package is the only one that uses huma.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return humaProblem(status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := humaProblem(status, msg, errs)
		p.RequestID = requestID(ctx.Context())
		return p
	}
}

func humaProblem(status int, _ string, errs []error) *Problem {
	p := &Problem{Type: "about:blank", Status: status, Title: http.StatusText(status), headers: http.Header{}}
	switch status {
	case http.StatusUnprocessableEntity:
		p.Code, p.Detail = "input.invalid", "Some answers need another look."
	case http.StatusBadRequest:
		p.Code, p.Detail = "input.unreadable", "The body is missing or is not valid JSON."
		return p
	case http.StatusRequestEntityTooLarge:
		p.Code, p.Detail = "input.large", "The request is larger than this operation takes."
		return p
	case http.StatusUnsupportedMediaType:
		p.Code, p.Detail = "input.type", "This operation takes another content type."
		return p
	case http.StatusRequestTimeout:
		p.Code, p.Detail = "input.slow", "The request took too long to arrive."
		return p
	default:
		p.Code, p.Detail = "request.refused", http.StatusText(status)+"."
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, fieldOf(d.ErrorDetail()))
		}
	}
	return p
}

var (
	requiredProperty = regexp.MustCompile(`^expected required property (\S+) to be present$`)
	indexed          = regexp.MustCompile(`\[(\d+)\]`)
	plainName        = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,40}$`)
)

// shapes are what huma says about a schema, by how its sentence begins. The
// sentences come from the schema; none repeats a value.
var shapes = []struct{ start, code, msg string }{
	{"expected length <=", "text.long", ""}, {"expected length >=", "required", "This must not be empty."},
	{"expected value to be one of", "choice.unknown", ""}, {"expected array length <=", "list.long", ""},
	{"expected array length >=", "required", "Give at least one."},
	{"required ", "required", "This is required."}, {"expected number", "number.range", ""}, {"expected integer", "number.range", ""},
	{"expected string to match pattern", "text.form", "This does not have the form that the description asks for."},
	{"expected string", "type.wrong", "This must be text."}, {"expected boolean", "type.wrong", "This must be true or false."},
	{"expected array", "type.wrong", "This must be a list."}, {"expected object", "type.wrong", "This must be an object."},
}

// fieldOf turns what huma found about a field into ours, without the value.
func fieldOf(d *huma.ErrorDetail) FieldProblem {
	where := d.Location
	for _, prefix := range []string{"body.", "query.", "path.", "header."} {
		where = strings.TrimPrefix(where, prefix)
	}
	where = indexed.ReplaceAllString(where, ".$1")
	if where == "body" {
		where = ""
	}
	if m := requiredProperty.FindStringSubmatch(d.Message); m != nil {
		return FieldProblem{strings.TrimPrefix(where+"."+m[1], "."), "required", "This is required."}
	}
	if d.Message == "unexpected property" || d.Message == "unknown query parameter" {
		return unknownProperty(where)
	}
	for _, s := range shapes {
		if strings.HasPrefix(d.Message, s.start) {
			msg := s.msg
			if msg == "" {
				msg = strings.ToUpper(d.Message[:1]) + d.Message[1:] + "."
			}
			return FieldProblem{where, s.code, msg}
		}
	}
	return FieldProblem{where, "input.invalid", "This cannot be read as the description says."}
}

// unknownProperty names a property that the description does not have, unless its
// name is no identifier and might be somebody's.
func unknownProperty(where string) FieldProblem {
	parent, name := "", where
	if i := strings.LastIndexByte(where, '.'); i >= 0 {
		parent, name = where[:i], where[i+1:]
	}
	if !plainName.MatchString(name) {
		where = parent
	}
	return FieldProblem{where, "property.unknown", "The description has no such property."}
}

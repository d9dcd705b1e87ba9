package api

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/core"
)

func TestEveryKindOfErrorHasItsStatus(t *testing.T) {
	want := map[core.Kind]int{core.Internal: 500, core.Invalid: 422, core.NotFound: 404, core.Forbidden: 403, core.Conflict: 409, core.NotNow: 409,
		core.Unauthorized: 401, core.TooMany: 429, core.Unavailable: 503, core.TooLarge: 413}
	for kind := core.Internal; kind.String() != "internal" || kind == core.Internal; kind++ {
		p := problemOf(fmt.Errorf("on the way: %w", core.E(kind, "some.code", "Some words.")))
		if p.Status != want[kind] || p.Title == "" {
			t.Errorf("%s: %d %q, want %d", kind, p.Status, p.Title, want[kind])
		}
		if waits := p.GetHeaders().Get("Retry-After") != ""; waits != (kind == core.TooMany || kind == core.Unavailable) {
			t.Errorf("%s: Retry-After %v", kind, waits)
		}
	}
}

func TestAnInternalErrorTellsNothing(t *testing.T) {
	for _, err := range []error{errors.New("row of Jane Roe"), core.E(core.Internal, "vault.unreadable", "The key of Jane Roe.")} {
		if p := problemOf(err); p.Code != "internal" || strings.Contains(p.Detail, "Jane") {
			t.Errorf("told: %s %s", p.Code, p.Detail)
		}
	}
}

func TestWhatTheLibraryFindsIsToldWithoutTheValue(t *testing.T) {
	for _, tc := range []struct {
		d    huma.ErrorDetail
		want FieldProblem
	}{
		{huma.ErrorDetail{Location: "body.identity.names[3].given", Message: "expected length <= 200", Value: "Jane"}, FieldProblem{"identity.names.3.given", "text.long", "Expected length <= 200."}},
		{huma.ErrorDetail{Location: "body", Message: "expected required property age to be present", Value: map[string]any{"x": "Jane"}}, FieldProblem{"age", "required", "This is required."}},
		{huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "required header parameter is missing"}, FieldProblem{"Idempotency-Key", "required", "This is required."}},
		{huma.ErrorDetail{Location: "body.Jane Roe", Message: "unexpected property", Value: "Jane"}, FieldProblem{"", "property.unknown", "The description has no such property."}},
		{huma.ErrorDetail{Location: "query.surname", Message: "unknown query parameter", Value: "Jane"}, FieldProblem{"surname", "property.unknown", "The description has no such property."}},
		{huma.ErrorDetail{Location: "query.limit", Message: "invalid integer Jane", Value: "Jane"}, FieldProblem{"limit", "input.invalid", "This cannot be read as the description says."}},
	} {
		if got := fieldOf(&tc.d); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.d.Message, got, tc.want)
		}
	}
}

func TestAPanicIsAnAnswerAndALogLineWithoutItsValue(t *testing.T) {
	var log bytes.Buffer
	clock := core.SystemClock{}
	s := &server{Parts: Parts{Clock: clock, Log: slog.New(slog.NewJSONHandler(&log, nil))}, ids: core.NewIDs(clock)}
	w := httptest.NewRecorder()
	s.attend(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("Jane Roe") })).ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/cases?x=Jane", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String()+log.String(), "Jane") || !strings.Contains(log.String(), "panicked") {
		t.Errorf("%d %s\n%s", w.Code, w.Body, log.String())
	}
}

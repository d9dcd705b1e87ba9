package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
)

// Parts are what the API stands on.
type Parts struct {
	Cases    *casework.Service
	Auth     *auth.Service
	Policies *access.Policies
	Schemes  *scheme.Registry
	Scheme   string // the installation's
	Clock    core.Clock
	Log      *slog.Logger
	// Secret is where the key of the cursors comes from: the same in every process
	// of the installation, such as the ledger's seed.
	Secret []byte
	Limits Limits
}

// Limits bound how often one token may ask. Zero values take the defaults.
type Limits struct {
	PerSecond float64 // 20
	Burst     int     // 100
}

// Version is the version of the description. It changes when the interface does.
const Version = "1.0.0"

// server is the API with its parts.
type server struct {
	Parts
	ids    *core.IDs
	tokens *tokenLimits
}

// New returns the handler of /api/.
func New(p Parts) http.Handler {
	s := &server{Parts: p, ids: core.NewIDs(p.Clock), tokens: newTokenLimits(p.Limits, p.Clock)}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	s.Secret = cursorKey(p.Secret)
	mux := http.NewServeMux()
	description := s.register(mux)
	text, err := description.OpenAPI().MarshalJSON()
	if err != nil {
		panic("api: the description cannot be written: " + err.Error()) // a fault of the program, found by any test
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		problemOf(core.E(core.NotFound, "api.no_operation", "There is no such operation.")).write(w, requestID(r.Context()))
	})
	outer := http.NewServeMux()
	outer.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text)
	})
	outer.Handle("/", s.identify(mux))
	return s.attend(outer)
}

// Description returns the OpenAPI description as YAML.
func Description() ([]byte, error) {
	s := &server{}
	return s.register(http.NewServeMux()).OpenAPI().YAML()
}

// register adds every operation to the mux.
func (s *server) register(mux *http.ServeMux) huma.API {
	config := huma.DefaultConfig("clew", Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no links to schemas in bodies
	config.RejectUnknownQueryParameters = true
	config.Info.Description = "Refer potential victims of trafficking, follow the cases, work the queue, ask the non-removal question. " +
		"Every request names its token (Authorization: Bearer) and its purpose (Clew-Purpose), which must be the token's. docs/api.md explains the rest."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token of `clew token add` or of the administrator's page: one agency, one role, one purpose."}}
	config.Security = []map[string][]string{{"token": {}}}
	a := humago.New(mux, config)
	s.registerReferrals(a)
	s.registerEvidence(a)
	s.registerCases(a)
	s.registerRemoval(a)
	s.registerScheme(a)
	return a
}

// Asked is what every operation is asked with besides its own input.
type Asked struct {
	Purpose string `header:"Clew-Purpose" doc:"Why this is asked: identify, protect, investigate, screen, publish or oversee. It must be the token's purpose." required:"true" enum:"identify,protect,investigate,screen,publish,oversee"`
}

// operation registers a use case behind a route. The handler is given who asks
// and why as arguments; from here on nothing depends on the request.
func operation[I, O any](a huma.API, op huma.Operation, do func(ctx context.Context, actor core.Actor, purpose core.Purpose, in *I) (*O, error)) {
	op.Errors = append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable}, op.Errors...)
	huma.Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		c := callerOf(ctx)
		out, err := do(ctx, c.actor, c.purpose, in)
		if err != nil {
			p := problemOf(err)
			p.RequestID = requestID(ctx)
			noteFailure(ctx, err, p.Status)
			return nil, p
		}
		return out, nil
	})
}

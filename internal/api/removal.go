package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/casework"
	"clew/internal/core"
)

// RemovalQuestion asks about one person. A wrong extra key hides nobody.
type RemovalQuestion struct {
	Reference string `json:"reference,omitempty" maxLength:"40" doc:"The case's reference, if the person shows one."`
	Document  string `json:"document,omitempty" maxLength:"200" doc:"A document's number."`
	Name      string `json:"name,omitempty" maxLength:"400" doc:"The full name, together with the date of birth."`
	BirthDate string `json:"birthDate,omitempty" maxLength:"40" example:"1996-07-21"`
}

// RemovalAnswer is all that is ever told.
type RemovalAnswer struct {
	Protected bool   `json:"protected" doc:"true: this person must not be removed."`
	Until     string `json:"until,omitempty" doc:"Last day, YYYY-MM-DD. Absent while protected: until a decision is made."`
}

type removalInput struct {
	Asked
	Body RemovalQuestion
}

type removalOutput struct{ Body RemovalAnswer }

func (s *server) registerRemoval(a huma.API) {
	operation(a, huma.Operation{OperationID: "check-non-removal", Method: http.MethodPost, Path: "/api/v1/non-removal-checks", Tags: []string{"non-removal"},
		Summary: "Is this person protected from removal?", MaxBodyBytes: 16 << 10,
		Description: "Answers yes or no and until when, and nothing else. Every question is recorded. Needs the role immigration_staff and the purpose protect. " +
			"It is a POST so that no name stands in a URL.",
		Errors: []int{http.StatusBadRequest}}, s.checkRemoval)
}

func (s *server) checkRemoval(ctx context.Context, actor core.Actor, purpose core.Purpose, in *removalInput) (*removalOutput, error) {
	k := &reader{}
	q := casework.RemovalQuery{Reference: core.Secret(in.Body.Reference), Document: core.Secret(in.Body.Document), Name: core.Secret(in.Body.Name),
		BirthDate: k.partial("birthDate", in.Body.BirthDate)}
	if err := core.InvalidFields(k.fields); err != nil {
		return nil, err
	}
	answer, err := s.Cases.CheckNonRemoval(ctx, actor, purpose, q)
	if err != nil {
		return nil, err
	}
	return &removalOutput{RemovalAnswer{answer.Protected, answer.Until.String()}}, nil
}

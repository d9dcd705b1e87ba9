package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
)

type submitInput struct {
	Asked
	Key  string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"200" doc:"Made by you, one for each referral, the same when you send it again. The same key submits once."`
	Body Referral
}

// Receipt is what the referring system is told.
type Receipt struct {
	Reference     string `json:"reference" doc:"For people to say and write." example:"ABCD-2345"`
	CaseID        string `json:"caseId" doc:"For GET /api/v1/cases/{id}." format:"uuid"`
	Kind          string `json:"kind" enum:"referral,duty_to_notify"`
	PossibleMatch bool   `json:"possibleMatch" doc:"The person may have been referred before. Nothing more is told."`
}

type submitOutput struct {
	Status   int
	Replay   string `header:"Idempotent-Replay" doc:"true when this key was submitted before; nothing new was made."`
	Location string `header:"Location"`
	Body     Receipt
}

func (s *server) registerReferrals(a huma.API) {
	const maxReferral = 2 << 20
	operation(a, huma.Operation{OperationID: "submit-referral", Method: http.MethodPost, Path: "/api/v1/referrals", Tags: []string{"referrals"},
		Summary: "Refer a potential victim", DefaultStatus: http.StatusCreated, MaxBodyBytes: maxReferral,
		Description: "Submits one referral, whole, under one idempotency key. Sent again with the same key it answers 200 with the same receipt and Idempotent-Replay: true. " +
			"The same key with another body is a conflict. Needs the role first_responder.",
		Errors: []int{http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge}}, s.submit)
	answers := a.OpenAPI().Paths["/api/v1/referrals"].Post.Responses
	again := *answers["201"]
	again.Description = "This key was submitted before: the same receipt again."
	answers["200"] = &again
}

func (s *server) submit(ctx context.Context, actor core.Actor, purpose core.Purpose, in *submitInput) (*submitOutput, error) {
	// Who may not submit at all is not helped to fill in the form.
	if _, err := s.Policies.Require(actor, purpose, access.SubmitByAPI, access.Whole()); err != nil {
		return nil, err
	}
	sub, err := s.submission(ctx, actor, in)
	if err != nil {
		return nil, err
	}
	r, err := s.Cases.Submit(ctx, actor, purpose, access.SubmitByAPI, sub)
	if err != nil {
		return nil, err
	}
	out := &submitOutput{Status: http.StatusCreated, Location: "/api/v1/cases/" + r.CaseID.String(),
		Body: Receipt{r.Reference, r.CaseID.String(), string(r.Kind), r.PossibleMatch}}
	if r.Repeated {
		out.Status, out.Replay = http.StatusOK, "true"
	}
	return out, nil
}

// submission reads the body. The digest is of what was understood, so that
// another spacing or order of properties is the same request.
func (s *server) submission(ctx context.Context, actor core.Actor, in *submitInput) (casework.Submission, error) {
	form, err := s.form(ctx, actor, &in.Body)
	if err != nil {
		return casework.Submission{}, err
	}
	earlier, err := earlierCase(in.Body.EarlierCase)
	if err != nil {
		return casework.Submission{}, err
	}
	content, err := json.Marshal(in.Body)
	if err != nil {
		return casework.Submission{}, fmt.Errorf("digest of a referral: %w", err)
	}
	digest := sha256.Sum256(content)
	return casework.Submission{Form: form, EarlierCaseID: earlier, IdempotencyKey: "api:" + in.Key, Digest: digest[:]}, nil
}

// earlierCase reads the reference to the round before this one. Whether the
// sender may refer that case again, casework says.
func earlierCase(text string) (core.ID, error) {
	if text == "" {
		return core.ID{}, nil
	}
	id, err := core.ParseID(text)
	if err != nil {
		return core.ID{}, core.InvalidFields([]core.Field{{Name: "earlierCase", Code: "case.not_found", Msg: "There is no such case that you could refer again."}})
	}
	return id, nil
}

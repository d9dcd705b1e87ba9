package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/evidence"
)

// maxEvidenceBody is a file of the largest size in base64 with some room.
const maxEvidenceBody = evidence.MaxSize/3*4 + 64<<10

type evidenceInput struct {
	Asked
	ID          string `path:"id" maxLength:"36" doc:"The case's id."`
	ContentType string `header:"Content-Type" hidden:"true"`
	// The body is read whole and taken apart in memory: the library's own reading
	// of forms keeps large parts in temporary files, in clear.
	RawBody []byte
}

// EvidenceFile is a file inside JSON.
type EvidenceFile struct {
	Name    string `json:"name" maxLength:"255" doc:"The file's name. Its type is told from the content."`
	Content string `json:"content" doc:"The file in base64, up to 25 MB before encoding." contentEncoding:"base64"`
}

// EvidenceReceipt names the document that was made.
type EvidenceReceipt struct {
	DocumentID string `json:"documentId" format:"uuid"`
}

type evidenceOutput struct{ Body EvidenceReceipt }

func (s *server) registerEvidence(a huma.API) {
	file := a.OpenAPI().Components.Schemas.Schema(typeOf[EvidenceFile](), true, "EvidenceFile")
	form := &huma.Schema{Type: "object", Required: []string{"file"},
		Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary", Description: "The file, up to 25 MB."}}}
	operation(a, huma.Operation{OperationID: "add-evidence", Method: http.MethodPost, Path: "/api/v1/cases/{id}/evidence", Tags: []string{"referrals"},
		Summary: "Add a file to a case", DefaultStatus: http.StatusCreated, MaxBodyBytes: maxEvidenceBody, BodyReadTimeout: 2 * time.Minute, SkipValidateBody: true,
		Description: "JPEG, PNG, PDF, Word, OpenDocument or plain text, up to 25 MB. The type is told from the content, picture metadata is removed, and the file is sealed.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: form}, "application/json": {Schema: file}}},
		Errors:      []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}}, s.addEvidence)
	// The library describes a raw body as any bytes; this one is one of the two.
	delete(a.OpenAPI().Paths["/api/v1/cases/{id}/evidence"].Post.RequestBody.Content, "application/octet-stream")
}

func (s *server) addEvidence(ctx context.Context, actor core.Actor, purpose core.Purpose, in *evidenceInput) (*evidenceOutput, error) {
	id, err := caseID(in.ID)
	if err != nil {
		return nil, err
	}
	// A case that may not be seen is not found, whatever the file is like.
	if _, err := s.Cases.Status(ctx, actor, purpose, id); err != nil {
		return nil, err
	}
	up, err := uploadOf(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	document, err := s.Cases.AddEvidence(ctx, actor, purpose, id, up)
	if err != nil {
		return nil, err
	}
	return &evidenceOutput{EvidenceReceipt{document.String()}}, nil
}

func errFile(code, msg string) error {
	return core.InvalidFields([]core.Field{{Name: "file", Code: code, Msg: msg}})
}

// uploadOf takes the file out of the body, in either form.
func uploadOf(contentType string, body []byte) (casework.Upload, error) {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		mediaType = ""
	}
	switch mediaType {
	case "multipart/form-data":
		return fromForm(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	case "application/json":
		return fromJSON(body)
	}
	return casework.Upload{}, errFile("file.form", "Send the file as multipart/form-data with a part “file”, or as application/json in base64.")
}

// maxParts bounds the parts of a form.
const maxParts = 20

func fromForm(form *multipart.Reader) (casework.Upload, error) {
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return casework.Upload{}, errFile("file.form", "The form could not be read.")
		}
		if part.FormName() != "file" {
			continue
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return casework.Upload{}, errFile("file.form", "The form could not be read.")
		}
		return casework.Upload{Name: part.FileName(), Content: content}, nil
	}
	return casework.Upload{}, errFile("required", "The form has no part “file”.")
}

func fromJSON(body []byte) (casework.Upload, error) {
	var f EvidenceFile
	if err := json.Unmarshal(body, &f); err != nil {
		return casework.Upload{}, errFile("file.form", "The body is not the JSON that the description asks for.")
	}
	content, err := base64.StdEncoding.DecodeString(f.Content)
	if err != nil {
		return casework.Upload{}, core.InvalidFields([]core.Field{{Name: "content", Code: "file.base64", Msg: "The content is not base64."}})
	}
	return casework.Upload{Name: f.Name, Content: content}, nil
}

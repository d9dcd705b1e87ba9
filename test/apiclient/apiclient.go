// Package apiclient is what the load and the kill test speak to a server with:
// a made-up referral and the API's way of submitting and asking.
package apiclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"clew/internal/api"
)

// Client is a machine with a token.
type Client struct {
	HTTP  *http.Client
	Base  string // "http://127.0.0.1:8080"
	Token string
}

// New returns a client of its own connections.
func New(base, token string) *Client {
	return &Client{HTTP: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}}, Base: base, Token: token}
}

// Referral makes up the i-th referral of an adult who consents.
func Referral(i int64) api.Referral {
	return api.Referral{
		Jurisdiction: "england-wales",
		Age:          api.Age{Stated: "adult"},
		Consent:      api.Consent{Explained: "yes", Answer: "yes", NoticeVersion: "2", Language: "sqi", Interpreter: "yes", On: "2026-01-05"},
		Identity: api.Identity{Names: []api.Name{{Given: fmt.Sprintf("Made%d", i), Family: "Up", Kind: "main"}}, BirthDate: "1990-04", Gender: "masculine",
			Nationality: "ALB", Documents: []api.IdentityDocument{{Type: "passport", Number: fmt.Sprintf("T%08d", i), Country: "ALB"}}},
		Narrative: api.Narrative{Account: "Was promised work and paid nothing for it.", Referrer: api.Referrer{Name: "Duty desk", Phone: "01632 960001"}},
		Contact:   api.Contact{Town: "Norbridge", SafeToReach: "only_through", Through: "The duty desk"},
		Facts:     api.Facts{Exploitation: []string{"forced_labour"}, ExploitedWhere: "domestic", Indicators: []api.Indicator{{Code: "GEN-01", ObservedBy: "me"}}},
	}
}

// Submit sends a referral under a key. replayed says that the key had been
// submitted before.
func (c *Client) Submit(key string, r api.Referral) (receipt api.Receipt, replayed bool, err error) {
	body, err := json.Marshal(r)
	if err != nil {
		return receipt, false, err
	}
	status, err := c.do(http.MethodPost, "/api/v1/referrals", map[string]string{"Idempotency-Key": key}, body, &receipt)
	if err == nil && status != http.StatusCreated && status != http.StatusOK {
		err = fmt.Errorf("submission answered %d", status)
	}
	return receipt, status == http.StatusOK, err
}

// Reference asks for a case and returns its reference.
func (c *Client) Reference(caseID string) (string, error) {
	var v struct {
		Reference string `json:"reference"`
	}
	status, err := c.do(http.MethodGet, "/api/v1/cases/"+caseID, nil, nil, &v)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("case answered %d", status)
	}
	return v.Reference, err
}

func (c *Client) do(method, path string, headers map[string]string, body []byte, into any) (int, error) {
	req, err := http.NewRequest(method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Clew-Purpose", "identify")
	req.Header.Set("Content-Type", "application/json")
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return 0, err
	}
	if res.StatusCode >= 300 {
		return res.StatusCode, fmt.Errorf("%s %s answered %d: %s", method, path, res.StatusCode, answer)
	}
	return res.StatusCode, json.Unmarshal(answer, into)
}

package concern

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"clew/internal/core"
)

// Draft is a report on its way, before it is sent. It stands nowhere but in a
// hidden field of the reporter's page, sealed: no cookie, no row.
type Draft struct {
	ID      core.ID   `json:"id"` // of the report it will be: sending it twice files it once
	Receipt Receipt   `json:"receipt"`
	Words   Words     `json:"words"`
	Lang    string    `json:"lang"`
	At      time.Time `json:"at"`
}

// Words is what a report says.
type Words struct {
	What   core.Secret      `json:"what"`
	Where  core.Secret      `json:"where,omitempty"`
	When   core.PartialDate `json:"when,omitzero"`
	Danger bool             `json:"danger,omitempty"` // somebody is in danger now
	Child  bool             `json:"child,omitempty"`
}

// Talk is an open conversation in the reporter's page: what is needed to read on
// and to answer without typing the receipt again.
type Talk struct {
	ID      core.ID    `json:"id"`
	Receipt Receipt    `json:"receipt,omitzero"` // until it is confirmed
	Key     contentKey `json:"key,omitzero"`     // once it was
	At      time.Time  `json:"at"`
}

// How long a page may lie open before what it carries is no longer taken.
const (
	draftFor = 12 * time.Hour
	talkFor  = 30 * time.Minute
)

// maxCarried bounds what is read back, in characters: the longest report in the
// widest script, encoded twice.
const maxCarried = 128 << 10

var errCarried = core.E(core.Invalid, "state.old", "This page was open too long, or did not arrive whole. Start again.")

// CarryDraft seals a draft for the page.
func (s *Service) CarryDraft(d Draft) (string, error) { return carry(s.keys, "draft", d) }

// TakeDraft opens what CarryDraft sealed.
func (s *Service) TakeDraft(sealed string) (Draft, error) {
	d, err := take[Draft](s.keys, "draft", sealed)
	if err != nil || s.old(d.At, draftFor) || d.ID.IsZero() {
		return Draft{}, errCarried
	}
	return d, nil
}

// CarryTalk seals a conversation for the page.
func (s *Service) CarryTalk(t Talk) (string, error) {
	t.At = s.clock.Now()
	return carry(s.keys, "talk", t)
}

// TakeTalk opens what CarryTalk sealed.
func (s *Service) TakeTalk(sealed string) (Talk, error) {
	t, err := take[Talk](s.keys, "talk", sealed)
	longest := talkFor
	if t.Receipt != (Receipt{}) { // it stands on the page, which may lie open while somebody looks for a pen
		longest = draftFor
	}
	if err != nil || s.old(t.At, longest) || t.ID.IsZero() {
		return Talk{}, errCarried
	}
	return t, nil
}

func (s *Service) old(at time.Time, longest time.Duration) bool {
	age := s.clock.Now().Sub(at)
	return age > longest || age < -time.Minute // another process's clock may be a little ahead
}

func carry[T any](k *Keys, kind string, v T) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(k.state.Seal(nil, nil, plain, []byte(kind))), nil
}

func take[T any](k *Keys, kind, sealed string) (T, error) {
	var v T
	if len(sealed) > maxCarried {
		return v, errCarried
	}
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return v, errCarried
	}
	plain, err := k.state.Open(nil, nil, b, []byte(kind))
	if err != nil {
		return v, errCarried
	}
	if err := json.Unmarshal(plain, &v); err != nil {
		return v, errCarried
	}
	return v, nil
}

package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/vault"
)

// heldFor is how long a form typed in an expired session is kept, and heldMost
// how many are for one user: the oldest make room.
const (
	heldFor  = 24 * time.Hour
	heldMost = 20
)

// neverHeld are the pages whose forms hold passwords and codes, or nothing worth
// keeping.
var neverHeld = []string{"/sign-in", "/sign-out", "/confirm", "/account"}

const formToken = "csrf" // of the session that ended: good for nothing any more

// HoldForm keeps what was typed in a session that ended meanwhile, sealed, for
// the same user to go on with after signing in again. It refuses a token that
// never was a session, and forms with passwords or codes. Posts from other sites
// must have been refused before; besides, its user sees it before it is sent.
func (s *Service) HoldForm(ctx context.Context, token, path string, form url.Values) (held string, err error) {
	r, err := s.sessionRow(ctx, token)
	if err != nil {
		return "", err
	}
	for _, p := range neverHeld {
		if path == p || strings.HasPrefix(path, p+"/") || strings.HasPrefix(path, p+"?") {
			return "", core.E(core.NotNow, "form.not_held", "This form is not kept.")
		}
	}
	form = maps.Clone(form)
	form.Del(formToken)
	body, err := json.Marshal(form)
	if err != nil {
		return "", fmt.Errorf("hold form: %w", err)
	}
	held, digest := newToken()
	sealed, err := s.vault.Seal(ctx, heldRef(digest), body)
	if err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error { return s.storeHeld(ctx, tx, r.user, digest, path, sealed) })
	return onlyIf(err, held)
}

func (s *Service) storeHeld(ctx context.Context, tx *sql.Tx, user core.ID, digest []byte, path string, sealed []byte) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO held_form (digest, user_id, path, sealed, created_at) VALUES ($1, $2, $3, $4, $5)`,
		digest, user, path, sealed, database.Micros(s.clock.Now())); err != nil {
		return fmt.Errorf("hold form: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM held_form WHERE user_id = $1 AND digest NOT IN (SELECT digest FROM held_form WHERE user_id = $1 ORDER BY created_at DESC, digest LIMIT $2)`,
		user, heldMost); err != nil {
		return fmt.Errorf("make room for a held form: %w", err)
	}
	return nil
}

// HeldForm returns a held form to the user who typed it.
func (s *Service) HeldForm(ctx context.Context, user core.ID, held string) (path string, form url.Values, err error) {
	digest := digestOf(held)
	var sealed []byte
	var created int64
	err = s.db.Reader().QueryRowContext(ctx, `SELECT path, sealed, created_at FROM held_form WHERE digest = $1 AND user_id = $2`, digest, user).Scan(&path, &sealed, &created)
	if errors.Is(err, sql.ErrNoRows) || err == nil && s.clock.Now().Sub(database.FromMicros(created)) > heldFor {
		return "", nil, core.E(core.NotFound, "form.not_held", "Nothing is kept under this link any more.")
	}
	if err != nil {
		return "", nil, fmt.Errorf("load held form: %w", database.Explain(err))
	}
	body, err := s.vault.Open(ctx, heldRef(digest), sealed)
	if err != nil {
		return "", nil, err
	}
	if err := json.Unmarshal(body, &form); err != nil {
		return "", nil, fmt.Errorf("read held form: %w", err)
	}
	return path, form, nil
}

func heldRef(digest []byte) vault.Ref {
	return vault.Ref{Table: "held_form", Row: fmt.Sprintf("%x", digest), Field: "form", Version: 1}
}

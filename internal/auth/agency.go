package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

const agencyColumns = `id, rev, kind, name, code, jurisdiction, first_responder, active`

func scanAgency(r interface{ Scan(...any) error }) (*core.Agency, error) {
	var a core.Agency
	err := r.Scan(&a.ID, &a.Rev, &a.Kind, &a.Name, &a.Code, &a.Jurisdiction, &a.FirstResponder, &a.Active)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, core.E(core.NotFound, "agency.not_found", "There is no such agency.")
	}
	if err != nil {
		return nil, fmt.Errorf("load agency: %w", database.Explain(err))
	}
	return &a, nil
}

// Agency loads an agency.
func (s *Service) Agency(ctx context.Context, id core.ID) (*core.Agency, error) {
	return s.agency(ctx, s.db.Reader(), id)
}

func (s *Service) agency(ctx context.Context, q database.Querier, id core.ID) (*core.Agency, error) {
	return scanAgency(q.QueryRowContext(ctx, `SELECT `+agencyColumns+` FROM agency WHERE id = $1`, id))
}

// AgencyByCode loads an agency by its code.
func (s *Service) AgencyByCode(ctx context.Context, code string) (*core.Agency, error) {
	return scanAgency(s.db.Reader().QueryRowContext(ctx, `SELECT `+agencyColumns+` FROM agency WHERE code = $1`, normalLogin(code)))
}

// Agencies lists every agency by name, inactive ones included.
func (s *Service) Agencies(ctx context.Context) ([]core.Agency, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT `+agencyColumns+` FROM agency ORDER BY name, id LIMIT 5000`)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var list []core.Agency
	for rows.Next() {
		a, err := scanAgency(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, *a)
	}
	return list, rows.Err()
}

var agencyCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,38}$`)

// SaveAgency adds an agency (zero ID) or changes one read at its Rev. When it is
// no longer active, everybody in it is signed out at once.
func (s *Service) SaveAgency(ctx context.Context, actor core.Actor, a core.Agency) (core.ID, error) {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageAgencies, access.Whole())
	if err != nil {
		return core.ID{}, err
	}
	if a.ID == actor.AgencyID && !a.Active && !a.ID.IsZero() {
		return core.ID{}, core.InvalidFields([]core.Field{{Name: "active", Code: "agency.own", Msg: "You cannot remove the agency you are in. Ask an administrator of another."}})
	}
	return s.saveAgency(ctx, ledger.Write, actor, a, decision.Policies)
}

// BootstrapAgency makes an agency from the command line, where whoever holds the
// database and the keyset is the operator.
func (s *Service) BootstrapAgency(ctx context.Context, a core.Agency) (core.ID, error) {
	a.ID = core.ID{}
	return s.saveAgency(ctx, ledger.System, core.SystemActor(), a, nil)
}

func (s *Service) saveAgency(ctx context.Context, kind ledger.Kind, actor core.Actor, a core.Agency, policies []string) (core.ID, error) {
	a.Name, a.Code = strings.TrimSpace(a.Name), strings.ToLower(strings.TrimSpace(a.Code))
	if err := core.InvalidFields(checkAgency(&a)); err != nil {
		return core.ID{}, err
	}
	write := s.updateAgency
	if a.ID.IsZero() {
		a.ID, write = s.ids.New(), s.insertAgency
	}
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := write(ctx, tx, &a); err != nil {
			return err
		}
		return s.record(ctx, tx, kind, actor, "manage_agencies", "agency:"+a.ID.String(), policies)
	})
	if err != nil {
		return core.ID{}, duplicate(err, "code", "Another agency has this code. Choose a different one.")
	}
	return a.ID, nil
}

func checkAgency(a *core.Agency) []core.Field {
	var f []core.Field
	if !a.Kind.Valid() {
		f = append(f, core.Field{Name: "kind", Code: "required", Msg: "Choose what kind of agency it is."})
	}
	if !isName(a.Name) {
		f = append(f, core.Field{Name: "name", Code: "required", Msg: "Enter the agency's name, up to 200 characters."})
	}
	if !agencyCode.MatchString(a.Code) {
		f = append(f, core.Field{Name: "code", Code: "code.form", Msg: "Enter a short code of small letters, digits and hyphens, such as north-police."})
	}
	if !agencyCode.MatchString(a.Jurisdiction) {
		f = append(f, core.Field{Name: "jurisdiction", Code: "required", Msg: "Choose the jurisdiction whose working days count."})
	}
	return f
}

// isName reports whether a name can be shown on one line.
func isName(name string) bool {
	const most = 200
	return name != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= most && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) })
}

func (s *Service) insertAgency(ctx context.Context, tx *sql.Tx, a *core.Agency) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO agency (`+agencyColumns+`, created_at) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)`,
		a.ID, string(a.Kind), a.Name, a.Code, a.Jurisdiction, a.FirstResponder, a.Active, database.Micros(s.clock.Now()))
	if err != nil {
		return fmt.Errorf("add agency: %w", err)
	}
	return nil
}

func (s *Service) updateAgency(ctx context.Context, tx *sql.Tx, a *core.Agency) error {
	ok, err := changedOne(tx.ExecContext(ctx, `UPDATE agency SET rev = rev + 1, kind = $2, name = $3, code = $4, jurisdiction = $5, first_responder = $6, active = $7 WHERE id = $1 AND rev = $8`,
		a.ID, string(a.Kind), a.Name, a.Code, a.Jurisdiction, a.FirstResponder, a.Active, a.Rev))
	if err != nil {
		return fmt.Errorf("change agency: %w", err)
	}
	if !ok {
		return core.E(core.Conflict, "agency.changed_meanwhile", "Somebody else changed this agency meanwhile. Load the page again.")
	}
	if err := s.checkRolesFit(ctx, tx, a); err != nil {
		return err
	}
	if !a.Active {
		return s.endSessionsOfAgency(ctx, tx, a.ID)
	}
	return nil
}

// checkRolesFit refuses a new kind in which the roles of the agency's accounts
// have no work: nobody becomes a caseworker of another sort of house by a change
// of label.
func (s *Service) checkRolesFit(ctx context.Context, tx *sql.Tx, a *core.Agency) error {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT roles FROM user_account WHERE agency_id = $1 UNION SELECT DISTINCT role FROM api_token WHERE agency_id = $1 AND revoked_at = 0`, a.ID)
	if err != nil {
		return fmt.Errorf("roles of agency: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var words string
		if err := rows.Scan(&words); err != nil {
			return fmt.Errorf("roles of agency: %w", err)
		}
		if slices.ContainsFunc(strings.Fields(words), func(r string) bool { return !hasWork(core.Role(r), a.Kind) }) {
			return core.InvalidFields([]core.Field{{Name: "kind", Code: "agency.roles", Msg: "People or machines of this agency have roles without work in that kind of agency. Change their roles first."}})
		}
	}
	return rows.Err()
}

// duplicate turns a broken uniqueness into an error about the field.
func duplicate(err error, field, msg string) error {
	if err != nil && core.KindOf(err) == core.Conflict {
		var e *core.Error
		if errors.As(err, &e) && e.Code == "storage.exists" {
			return core.InvalidFields([]core.Field{{Name: field, Code: "taken", Msg: msg}})
		}
	}
	return err
}

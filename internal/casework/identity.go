package casework

import (
	"context"
	"strings"

	"clew/internal/core"
	"clew/internal/vault"
)

// blindDigests makes the exact keys by which a case can be found: each name
// token, each name with the date of birth, documents, phones and e-mails.
func (s *Service) blindDigests(id *Identity) []BlindDigest {
	var list []BlindDigest
	seen := map[string]bool{}
	add := func(kind vault.BlindKind, normalised string) {
		d := s.vault.Blind(kind, normalised)
		if d == nil || seen[string(d)] {
			return
		}
		seen[string(d)] = true
		list = append(list, BlindDigest{Kind: string(kind), Digest: d})
	}
	for _, n := range id.Names {
		for _, token := range vault.NormaliseName(n.Full()) {
			add(vault.BlindName, token)
		}
		add(vault.BlindNameAndBirthDate, nameAndDate(n, id.BirthDate))
	}
	if !id.BirthDate.IsZero() {
		add(vault.BlindBirthDate, id.BirthDate.ISO())
	}
	for _, d := range id.Documents {
		add(vault.BlindDocument, vault.NormaliseDocument(d.Number.Reveal()))
	}
	for _, p := range id.Phones {
		add(vault.BlindPhone, normalPhone(p))
	}
	for _, e := range id.Emails {
		add(vault.BlindEmail, vault.NormaliseEmail(e.Reveal()))
	}
	return list
}

func normalPhone(p core.Secret) string { return vault.NormalisePhone(p.Reveal(), "GB") }

func nameAndDate(n Name, born core.PartialDate) string {
	if born.IsZero() {
		return ""
	}
	return vault.NameAndBirthDate(n.Full(), born.ISO())
}

// strongKinds are the keys of which one alone makes a possible match. A name
// alone does not, nor a birth date.
var strongKinds = map[string]bool{string(vault.BlindNameAndBirthDate): true, string(vault.BlindDocument): true,
	string(vault.BlindPhone): true, string(vault.BlindEmail): true}

// matchesOf finds cases that share a strong key with the identity.
func (s *Service) matchesOf(ctx context.Context, r Reader, not core.ID, id *Identity, limit int) ([]Case, error) {
	var any [][]byte
	for _, d := range s.blindDigests(id) {
		if strongKinds[d.Kind] {
			any = append(any, d.Digest)
		}
	}
	if len(any) == 0 {
		return nil, nil
	}
	return r.FindBlind(ctx, BlindQuery{Groups: [][][]byte{any}, Scope: everywhere, Not: not, Limit: limit})
}

// PersonQuery is a search by identity. All that is given must agree.
type PersonQuery struct {
	Name      core.Secret
	BirthDate core.PartialDate
	Document  core.Secret
	Phone     core.Secret
	Email     core.Secret
}

// groups turns the query into blind-index groups.
func (q PersonQuery) groups(v *vault.Vault) [][][]byte {
	var groups [][][]byte
	add := func(kind vault.BlindKind, normalised string) {
		if normalised != "" {
			groups = append(groups, v.BlindAll(kind, normalised))
		}
	}
	for _, token := range vault.NormaliseName(q.Name.Reveal()) {
		add(vault.BlindName, token)
	}
	if !q.BirthDate.IsZero() {
		add(vault.BlindBirthDate, q.BirthDate.ISO())
	}
	add(vault.BlindDocument, vault.NormaliseDocument(q.Document.Reveal()))
	if q.Phone != "" {
		add(vault.BlindPhone, normalPhone(q.Phone))
	}
	add(vault.BlindEmail, vault.NormaliseEmail(q.Email.Reveal()))
	const maxGroups = 12
	return groups[:min(len(groups), maxGroups)]
}

func (q PersonQuery) check() error {
	k := &checker{}
	for name, v := range map[string]core.Secret{"name": q.Name, "document": q.Document, "phone": q.Phone, "email": q.Email} {
		k.text(name, v.Reveal(), MaxShort)
	}
	if strings.TrimSpace(q.Name.Reveal()) == "" && q.Document == "" && q.Phone == "" && q.Email == "" {
		k.add("name", "search.empty", "Enter a name, a document number, a phone number or an e-mail address.")
	}
	return core.InvalidFields(k.fields)
}

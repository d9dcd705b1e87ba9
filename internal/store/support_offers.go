package store

import (
	"context"
	"strings"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/support"
)

const requestColumns = `id, rev, case_id, person_id, authority_id, kind, state, who, accessible, region, avoid_region, languages, dependants,
opened_at, due_at, escalated_at, closed_at, closed_reason, accepted_by`

func scanRequest(s scanner) (r support.Request, err error) {
	var languages string
	err = s.Scan(&r.ID, &r.Rev, &r.Case, &r.Person, &r.Authority, &r.Kind, &r.State, &r.Needs.Who, &r.Needs.Accessible, &r.Needs.Region, &r.Needs.Avoid, &languages,
		&r.Needs.Dependants, at{&r.OpenedAt}, at{&r.DueAt}, at{&r.EscalatedAt}, at{&r.ClosedAt}, &r.ClosedReason, &r.AcceptedBy)
	r.Needs.Languages = words(languages)
	return r, err
}

// Request loads one referral to support.
func (s supportReader) Request(ctx context.Context, id core.ID) (*support.Request, error) {
	return one(ctx, s.r.q, scanRequest, "referral to support", `SELECT `+requestColumns+` FROM support_request WHERE id = $1`, id)
}

// RequestsOf lists the referrals to support of a case.
func (s supportReader) RequestsOf(ctx context.Context, caseID core.ID) ([]support.Request, error) {
	return many(ctx, s.r.q, scanRequest, "referrals to support", `SELECT `+requestColumns+` FROM support_request WHERE case_id = $1 ORDER BY id`, caseID)
}

// OpenRequests lists open referrals to support, those that wait longest first.
func (s supportReader) OpenRequests(ctx context.Context, after support.Cursor, limit int) ([]support.Request, error) {
	return many(ctx, s.r.q, scanRequest, "referrals to support", `SELECT `+requestColumns+` FROM support_request
WHERE state = 'open' AND (opened_at, id) > ($1, $2) ORDER BY opened_at, id LIMIT $3`, after.Key, after.ID.String(), limit)
}

// AddRequest adds a referral to support; a second open one of a case is a
// conflict.
func (t *supportTx) AddRequest(ctx context.Context, r *support.Request) error {
	return t.exec(ctx, "add referral to support", `INSERT INTO support_request (`+requestColumns+`)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		r.ID, r.Rev, r.Case, r.Person, r.Authority, r.Kind, string(r.State), r.Needs.Who, r.Needs.Accessible, r.Needs.Region, r.Needs.Avoid, wordList(r.Needs.Languages),
		r.Needs.Dependants, database.Micros(r.OpenedAt), database.Micros(r.DueAt), database.Micros(r.EscalatedAt), database.Micros(r.ClosedAt), r.ClosedReason, r.AcceptedBy)
}

// SaveRequest writes how a referral to support stands.
func (t *supportTx) SaveRequest(ctx context.Context, r *support.Request, readRev int) error {
	return t.swap(ctx, "save referral to support", `UPDATE support_request SET rev = $2, state = $3, escalated_at = $4, closed_at = $5, closed_reason = $6, accepted_by = $7 WHERE id = $1 AND rev = $8`,
		r.ID, r.Rev, string(r.State), database.Micros(r.EscalatedAt), database.Micros(r.ClosedAt), r.ClosedReason, r.AcceptedBy, readRev)
}

const offerColumns = `id, rev, request_id, case_id, agency_id, state, place_in_order, reasons, offered_at, answer_by, answered_at, answered_by, decline_reason`

func scanOffer(s scanner) (o support.Offer, err error) {
	var reasons string
	err = s.Scan(&o.ID, &o.Rev, &o.Request, &o.Case, &o.Agency, &o.State, &o.Place, &reasons, at{&o.OfferedAt}, at{&o.AnswerBy}, at{&o.AnsweredAt}, &o.AnsweredBy, &o.Declined)
	o.Reasons = words(reasons)
	return o, err
}

// Offer loads one offer.
func (s supportReader) Offer(ctx context.Context, id core.ID) (*support.Offer, error) {
	return one(ctx, s.r.q, scanOffer, "offer", `SELECT `+offerColumns+` FROM support_offer WHERE id = $1`, id)
}

// OffersOf lists the offers of a referral to support in the order of asking.
func (s supportReader) OffersOf(ctx context.Context, request core.ID) ([]support.Offer, error) {
	return many(ctx, s.r.q, scanOffer, "offers", `SELECT `+offerColumns+` FROM support_offer WHERE request_id = $1 ORDER BY id`, request)
}

// OffersTo lists an agency's offers in some states, least time left first.
func (s supportReader) OffersTo(ctx context.Context, agency core.ID, states []support.OfferState, limit int) ([]support.Offer, error) {
	marks, args := make([]string, len(states)), []any{agency, limit}
	for i, st := range states {
		args = append(args, string(st))
		marks[i] = []string{"$3", "$4", "$5", "$6", "$7"}[i]
	}
	return many(ctx, s.r.q, scanOffer, "offers", `SELECT `+offerColumns+` FROM support_offer WHERE agency_id = $1 AND state IN (`+strings.Join(marks, ", ")+`)
ORDER BY answer_by, id LIMIT $2`, args...)
}

// AddOffer adds an offer.
func (t *supportTx) AddOffer(ctx context.Context, o *support.Offer) error {
	return t.exec(ctx, "add offer", `INSERT INTO support_offer (`+offerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		o.ID, o.Rev, o.Request, o.Case, o.Agency, string(o.State), o.Place, wordList(o.Reasons), database.Micros(o.OfferedAt), database.Micros(o.AnswerBy),
		database.Micros(o.AnsweredAt), o.AnsweredBy, o.Declined)
}

// SaveOffer writes how an offer stands.
func (t *supportTx) SaveOffer(ctx context.Context, o *support.Offer, readRev int) error {
	return t.swap(ctx, "save offer", `UPDATE support_offer SET rev = $2, state = $3, answered_at = $4, answered_by = $5, decline_reason = $6 WHERE id = $1 AND rev = $7`,
		o.ID, o.Rev, string(o.State), database.Micros(o.AnsweredAt), o.AnsweredBy, o.Declined, readRev)
}

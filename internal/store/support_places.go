package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/support"
)

const agreementColumns = `id, rev, agency_id, parent_id, from_day, until_day, standards, services, regions, languages, takes, updated_at`

func scanAgreement(s scanner) (a support.Agreement, err error) {
	var services, regions, languages, takes string
	err = s.Scan(&a.ID, &a.Rev, &a.Agency, &a.Parent, &a.From, &a.Until, &a.Standards, &services, &regions, &languages, &takes, at{&a.UpdatedAt})
	a.Services, a.Regions, a.Languages, a.Takes = words(services), words(regions), words(languages), words(takes)
	return a, err
}

func agreementValues(a *support.Agreement) []any {
	return []any{a.ID, a.Rev, a.Agency, a.Parent, a.From, a.Until, a.Standards, wordList(a.Services), wordList(a.Regions), wordList(a.Languages), wordList(a.Takes),
		database.Micros(a.UpdatedAt)}
}

// Agreement loads one service agreement.
func (s supportReader) Agreement(ctx context.Context, id core.ID) (*support.Agreement, error) {
	return one(ctx, s.r.q, scanAgreement, "agreement", `SELECT `+agreementColumns+` FROM support_agreement WHERE id = $1`, id)
}

// Agreements lists the agreements of an agency, or all, the latest to begin
// first.
func (s supportReader) Agreements(ctx context.Context, agency core.ID) ([]support.Agreement, error) {
	if agency.IsZero() {
		return many(ctx, s.r.q, scanAgreement, "agreements", `SELECT `+agreementColumns+` FROM support_agreement ORDER BY from_day DESC, id`)
	}
	return many(ctx, s.r.q, scanAgreement, "agreements", `SELECT `+agreementColumns+` FROM support_agreement WHERE agency_id = $1 ORDER BY from_day DESC, id`, agency)
}

// AddAgreement adds an agreement.
func (t *supportTx) AddAgreement(ctx context.Context, a *support.Agreement) error {
	return t.exec(ctx, "add agreement", `INSERT INTO support_agreement (`+agreementColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, agreementValues(a)...)
}

// SaveAgreement changes an agreement that was read at readRev.
func (t *supportTx) SaveAgreement(ctx context.Context, a *support.Agreement, readRev int) error {
	return t.swap(ctx, "save agreement", `UPDATE support_agreement SET rev = $2, agency_id = $3, parent_id = $4, from_day = $5, until_day = $6, standards = $7, services = $8,
regions = $9, languages = $10, takes = $11, updated_at = $12 WHERE id = $1 AND rev = $13`, append(agreementValues(a), readRev)...)
}

const placeColumns = `id, rev, agency_id, key_id, region, attributes, sealed, updated_at`

func scanPlace(s scanner) (p support.Place, err error) {
	var attributes string
	err = s.Scan(&p.ID, &p.Rev, &p.Agency, &p.Key, &p.Region, &attributes, &p.Sealed, at{&p.UpdatedAt})
	p.Attributes = words(attributes)
	return p, err
}

func placeValues(p *support.Place) []any {
	return []any{p.ID, p.Rev, p.Agency, p.Key, p.Region, wordList(p.Attributes), p.Sealed, database.Micros(p.UpdatedAt)}
}

// Place loads one place.
func (s supportReader) Place(ctx context.Context, id core.ID) (*support.Place, error) {
	return one(ctx, s.r.q, scanPlace, "place", `SELECT `+placeColumns+` FROM support_place WHERE id = $1`, id)
}

// Places lists an agency's places in the order they were added.
func (s supportReader) Places(ctx context.Context, agency, after core.ID, limit int) ([]support.Place, error) {
	return many(ctx, s.r.q, scanPlace, "places", `SELECT `+placeColumns+` FROM support_place WHERE agency_id = $1 AND id > $2 ORDER BY id LIMIT $3`, agency, after.String(), limit)
}

// AddPlace adds a place.
func (t *supportTx) AddPlace(ctx context.Context, p *support.Place) error {
	return t.exec(ctx, "add place", `INSERT INTO support_place (`+placeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, placeValues(p)...)
}

// SavePlace changes a place that was read at readRev. Its key and who runs it
// stay.
func (t *supportTx) SavePlace(ctx context.Context, p *support.Place, readRev int) error {
	return t.swap(ctx, "save place", `UPDATE support_place SET rev = $2, region = $3, attributes = $4, sealed = $5, updated_at = $6 WHERE id = $1 AND rev = $7`,
		p.ID, p.Rev, p.Region, wordList(p.Attributes), p.Sealed, database.Micros(p.UpdatedAt), readRev)
}

const bedColumns = `b.id, b.rev, b.place_id, b.agency_id, b.number, b.sleeps, b.state, b.since`

func scanBed(s scanner) (b support.Bed, err error) {
	err = s.Scan(&b.ID, &b.Rev, &b.Place, &b.Agency, &b.Number, &b.Sleeps, &b.State, at{&b.Since})
	return b, err
}

// Bed loads one bed.
func (s supportReader) Bed(ctx context.Context, id core.ID) (*support.Bed, error) {
	return one(ctx, s.r.q, scanBed, "bed", `SELECT `+bedColumns+` FROM support_bed b WHERE b.id = $1`, id)
}

// Beds lists the beds of some places by place and number.
func (s supportReader) Beds(ctx context.Context, places []core.ID) ([]support.Bed, error) {
	if len(places) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(places)), make([]any, len(places))
	for i, p := range places {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), p
	}
	return many(ctx, s.r.q, scanBed, "beds", `SELECT `+bedColumns+` FROM support_bed b WHERE b.place_id IN (`+strings.Join(marks, ", ")+`) ORDER BY b.place_id, b.number`, args...)
}

// fits is the condition on a place for whom it is; $2 is whom (empty: anybody)
// and $3 whether it must be accessible.
const fits = ` AND ($2 = '' OR p.attributes LIKE '%,' || $2 || ',%') AND ($3 = FALSE OR p.attributes LIKE '%,accessible,%')`

// FreeBeds lists an agency's free beds that fit, smallest first.
func (s supportReader) FreeBeds(ctx context.Context, agency core.ID, who string, accessible bool, sleeps, limit int) ([]support.Bed, error) {
	return many(ctx, s.r.q, scanBed, "free beds", `SELECT `+bedColumns+` FROM support_bed b JOIN support_place p ON p.id = b.place_id
WHERE b.agency_id = $1 AND b.state = 'free'`+fits+` AND b.sleeps >= $4 ORDER BY b.sleeps, b.place_id, b.number LIMIT $5`, agency, who, accessible, sleeps, limit)
}

// BedCounts counts an agency's beds by state.
func (s supportReader) BedCounts(ctx context.Context, agency core.ID) (map[support.BedState]int, error) {
	type count struct {
		state support.BedState
		n     int
	}
	list, err := many(ctx, s.r.q, func(r scanner) (c count, err error) { err = r.Scan(&c.state, &c.n); return c, err }, "bed counts",
		`SELECT b.state, COUNT(*) FROM support_place p JOIN support_bed b ON b.place_id = p.id WHERE p.agency_id = $1 GROUP BY b.state`, agency)
	counts := map[support.BedState]int{}
	for _, c := range list {
		counts[c.state] = c.n
	}
	return counts, err
}

// AddBed adds a bed.
func (t *supportTx) AddBed(ctx context.Context, b *support.Bed) error {
	return t.exec(ctx, "add bed", `INSERT INTO support_bed (id, rev, place_id, agency_id, number, sleeps, state, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		b.ID, b.Rev, b.Place, b.Agency, b.Number, b.Sleeps, string(b.State), database.Micros(b.Since))
}

// MoveBed puts a bed from one state into another; a bed in any other state is a
// conflict.
func (t *supportTx) MoveBed(ctx context.Context, bed core.ID, from, to support.BedState, when time.Time) error {
	return t.swap(ctx, "move bed", `UPDATE support_bed SET state = $3, since = $4, rev = rev + 1 WHERE id = $1 AND state = $2`,
		bed, string(from), string(to), database.Micros(when))
}

// Candidates lists every provider with an agreement in force on the day that
// takes whom the needs are about, with its free beds that fit, by region.
func (s supportReader) Candidates(ctx context.Context, day core.Date, n support.Needs) ([]support.Candidate, error) {
	type row struct {
		agency             core.ID
		regions, languages string
	}
	agreements, err := many(ctx, s.r.q, func(r scanner) (v row, err error) { err = r.Scan(&v.agency, &v.regions, &v.languages); return v, err }, "candidates",
		`SELECT a.agency_id, a.regions, a.languages FROM support_agreement a LEFT JOIN support_agreement p ON p.id = a.parent_id
WHERE a.from_day <= $1 AND (a.until_day IS NULL OR a.until_day >= $1) AND a.services LIKE '%,accommodation,%'
AND ($2 = '' OR a.takes LIKE '%,' || $2 || ',%') AND ($3 = FALSE OR a.takes LIKE '%,accessible,%')
AND (a.parent_id IS NULL OR (p.from_day <= $1 AND (p.until_day IS NULL OR p.until_day >= $1))) ORDER BY a.agency_id, a.id`, day.String(), n.Who, n.Accessible)
	if err != nil {
		return nil, err
	}
	free, err := s.freeByRegion(ctx, n)
	if err != nil {
		return nil, err
	}
	waiting, err := s.waitingOffers(ctx)
	if err != nil {
		return nil, err
	}
	var list []support.Candidate
	for _, a := range agreements {
		if last := len(list) - 1; last >= 0 && list[last].Agency == a.agency { // several agreements of one agency
			list[last].Regions, list[last].Languages = append(list[last].Regions, words(a.regions)...), append(list[last].Languages, words(a.languages)...)
			continue
		}
		list = append(list, support.Candidate{Agency: a.agency, Regions: words(a.regions), Languages: words(a.languages), Free: free[a.agency], Waiting: waiting[a.agency]})
	}
	return list, nil
}

// freeByRegion counts the free beds that fit, by agency and region.
func (s supportReader) freeByRegion(ctx context.Context, n support.Needs) (map[core.ID]map[string]int, error) {
	type row struct {
		agency core.ID
		region string
		n      int
	}
	list, err := many(ctx, s.r.q, func(r scanner) (v row, err error) { err = r.Scan(&v.agency, &v.region, &v.n); return v, err }, "free beds",
		`SELECT b.agency_id, p.region, COUNT(*) FROM support_bed b JOIN support_place p ON p.id = b.place_id
WHERE b.state = 'free' AND b.sleeps >= $1`+fits+` GROUP BY b.agency_id, p.region`, 1+n.Dependants, n.Who, n.Accessible)
	free := map[core.ID]map[string]int{}
	for _, v := range list {
		if free[v.agency] == nil {
			free[v.agency] = map[string]int{}
		}
		free[v.agency][v.region] = v.n
	}
	return free, err
}

func (s supportReader) waitingOffers(ctx context.Context) (map[core.ID]int, error) {
	type row struct {
		agency core.ID
		n      int
	}
	list, err := many(ctx, s.r.q, func(r scanner) (v row, err error) { err = r.Scan(&v.agency, &v.n); return v, err }, "waiting offers",
		`SELECT agency_id, COUNT(*) FROM support_offer WHERE state = 'waiting' GROUP BY agency_id`)
	waiting := map[core.ID]int{}
	for _, v := range list {
		waiting[v.agency] = v.n
	}
	return waiting, err
}

package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
)

// htcdsRows reads records shaped like the Human Trafficking Case Data Standard
// 2.0 (IOM): objects whose fields carry the standard's names, flat or inside
// objects of any name, with values of its vocabularies. A field "clew" may hold
// clew's own columns for what the standard has no field for.
type htcdsRows struct {
	base
	in    *jsonReader
	rules scheme.Rules
}

func openHTCDS(t *text, b base, rules scheme.Rules) (*htcdsRows, error) {
	in, err := newJSONReader(t)
	if err != nil {
		return nil, err
	}
	return &htcdsRows{base: b, in: in, rules: rules}, nil
}

// Next implements Reader.
func (h *htcdsRows) Next() (Row, error) {
	raw, line, fault, ok, err := h.in.object()
	if err != nil {
		return Row{}, err
	}
	if !ok {
		return Row{}, io.EOF
	}
	row := Row{Line: line}
	if fault != nil {
		row.Faults = []core.Field{{Code: fault.Code, Msg: fault.Msg}}
		return row, nil
	}
	h.convert(raw, &row)
	return row, nil
}

func (h *htcdsRows) convert(raw []byte, row *Row) {
	if !utf8.Valid(raw) {
		row.Faults = []core.Field{{Code: "text.encoding", Msg: "This record is not UTF-8."}}
		return
	}
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&object); err != nil {
		row.Faults = []core.Field{{Code: "json.invalid", Msg: "This record is not valid JSON."}}
		return
	}
	c := &record{h: h, row: row, fields: map[string][]string{}, used: map[string]bool{}}
	c.collect(object, "", 0)
	c.identify()
	c.personal()
	c.exploitation()
	c.events()
	c.referral()
	c.contact()
	c.ownColumns(object)
	h.finish(row)
	c.fallbacks()
	c.keepRest()
}

// record is one record being turned into a form.
type record struct {
	h      *htcdsRows
	row    *Row
	fields map[string][]string // by lower-case name without the vendor's "__c"
	order  []string
	used   map[string]bool
	places []map[string][]string // Historic Trafficking Events
}

const (
	maxDepth  = 8
	maxValues = 100
)

var prefixes = []string{"prs_", "vic_", "cas_", "con_", "cco_", "org_", "hte_", "spl_", "per_"}

// collect takes every field of the standard from the object and the objects in
// it. Events are kept apart from each other; of anything else the first value
// stays. inside names the object, so that the referred organisation is not taken
// for the referring one.
func (c *record) collect(object map[string]any, inside string, depth int) {
	if depth > maxDepth || strings.EqualFold(inside, "clew") {
		return
	}
	event := map[string][]string{}
	for _, name := range sortedKeys(object) {
		key := strings.TrimSuffix(strings.ToLower(name), "__c")
		values := valuesOf(object[name])
		switch {
		case strings.HasPrefix(key, "hte_") && len(values) > 0:
			event[key] = values
		case standard(key) && len(values) > 0:
			if _, there := c.fields[key]; !there {
				c.fields[key], c.order = values, append(c.order, key)
			}
		}
		c.nested(object[name], key, depth)
	}
	if len(event) > 0 && len(c.places) < maxValues {
		c.places = append(c.places, event)
	}
}

func (c *record) nested(v any, key string, depth int) {
	switch v := v.(type) {
	case map[string]any:
		if strings.Contains(key, "referredorganisation") || strings.Contains(key, "perpetrator") {
			return // others than the person and who refers them
		}
		c.collect(v, key, depth+1)
	case []any:
		for _, item := range v[:min(len(v), maxValues)] {
			if m, ok := item.(map[string]any); ok {
				c.collect(m, key, depth+1)
			}
		}
	}
}

func standard(key string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// valuesOf reads a value as texts: a list, or one text with semicolons between
// the values as a multiselect picklist is exported. An object that stands for a
// look-up gives its name.
func valuesOf(v any) []string {
	switch v := v.(type) {
	case string:
		if v = strings.TrimSpace(v); v == "" {
			return nil
		}
		return []string{v}
	case json.Number:
		return []string{v.String()}
	case bool:
		return []string{fmt.Sprint(v)}
	case []any:
		var out []string
		for _, item := range v[:min(len(v), maxValues)] {
			if _, nested := item.([]any); !nested {
				out = append(out, valuesOf(item)...)
			}
		}
		return out
	case map[string]any:
		for _, name := range []string{"code", "Code", "org_Name", "Name", "name", "Id", "id"} {
			if s, ok := v[name].(string); ok && strings.TrimSpace(s) != "" {
				return []string{strings.TrimSpace(s)}
			}
		}
	}
	return nil
}

// one returns a field's first value, and marks the field as used.
func (c *record) one(name string) string {
	key := strings.ToLower(name)
	c.used[key] = true
	if v := c.fields[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// several returns all values of a multiselect field.
func (c *record) several(name string) []string {
	key := strings.ToLower(name)
	c.used[key] = true
	var out []string
	for _, v := range c.fields[key] {
		for part := range strings.SplitSeq(v, ";") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// put sets a column from a text and names the standard's field when that fails.
func (c *record) put(column, text, field string) {
	if text == "" {
		return
	}
	p, ok := findColumn(column)
	if !ok {
		c.row.Faults = append(c.row.Faults, core.Field{Name: field, Code: "column.unknown", Msg: "There is no such column. `clew import template` lists them."})
		return
	}
	p.name = field
	p.put(&c.row.Form, text, c.h.directory, &c.row.Faults)
}

// ownColumns reads the object "clew": column → text, which goes before what was
// concluded from the standard's fields.
func (c *record) ownColumns(object map[string]any) {
	own, _ := object["clew"].(map[string]any)
	for _, name := range sortedKeys(own) {
		text := strings.Join(valuesOf(own[name]), ";")
		switch strings.ToLower(name) {
		case columnExternal:
			c.row.External = text
		case columnAgency:
			c.row.Agency = text
		default:
			if _, ok := findColumn(name); !ok {
				c.row.Faults = append(c.row.Faults, core.Field{Name: "clew", Code: "column.unknown", Msg: "A name in “clew” is no column. `clew import template` lists them."})
				continue
			}
			c.put(name, text, name)
		}
	}
}

// identify finds the sender's number and whether the case is over.
func (c *record) identify() {
	switch strings.ToLower(c.one("cas_Status")) {
	case "closed", "closedreferred":
		c.row.Closed = true
	}
	c.row.Agency = c.agencyCode(c.one("cas_ReferringOrganisation"))
	for _, name := range []string{"cas_CaseNumber", "cas_Id", "prs_Id"} {
		if c.row.External == "" {
			c.row.External = c.one(name)
		}
	}
}

// agencyCode understands an agency's code or its name; what is neither is kept as
// it is, so that the error can name the field.
func (c *record) agencyCode(text string) string {
	if _, ok := c.h.directory.ByCode(text); ok || text == "" {
		return text
	}
	for code, a := range c.h.directory.byCode {
		if strings.EqualFold(a.Name, text) {
			return code
		}
	}
	return text
}

func (c *record) personal() {
	f := &c.row.Form
	given := strings.Join(nonEmpty(c.one("prs_FirstName"), c.one("prs_MiddleName")), " ")
	if family := c.one("prs_SecondName"); given != "" || family != "" {
		f.Identity.Names = []casework.Name{{Given: core.Secret(given), Family: core.Secret(family), Kind: "main"}}
	}
	c.put("identity.birthDate", dayOf(c.one("prs_Birthdate")), "prs_Birthdate")
	c.put("identity.gender", c.one("prs_Gender"), "prs_Gender")
	nationalities := c.several("prs_Citizenship")
	for i, column := range []string{"identity.nationality", "identity.secondNationality"} {
		if i < len(nationalities) {
			c.put(column, nationalities[i], "prs_Citizenship")
		}
	}
	if number := c.one("prs_IdentityNumber"); number != "" {
		f.Identity.Documents = []casework.IdentityDocument{{Type: "other", Number: core.Secret(number)}}
	}
	for _, phone := range nonEmpty(c.one("prs_MobilePhone"), c.one("prs_HomePhone")) {
		f.Identity.Phones = append(f.Identity.Phones, core.Secret(phone))
	}
	if email := c.one("prs_Email"); email != "" {
		f.Identity.Emails = []core.Secret{core.Secret(email)}
	}
}

// dayOf cuts the time off a date that has one.
func dayOf(text string) string {
	if len(text) > 10 && (text[10] == 'T' || text[10] == ' ') {
		return text[:10]
	}
	return text
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func (c *record) contact() {
	street, postcode, country := c.one("prs_MailingStreet"), c.one("prs_MailingPostalCode"), c.one("prs_MailingCountry")
	c.row.Form.Contact.Address = core.Secret(strings.Join(nonEmpty(street, postcode, country), ", "))
	c.row.Form.Contact.Town = core.Secret(c.one("prs_MailingCity"))
	c.put("contact.region", c.one("prs_MailingState"), "prs_MailingState")
	c.put("contact.language", c.one("prs_PrimaryLanguage"), "prs_PrimaryLanguage")
}

// referral reads who refers, in which words, and the consent. Whether the
// referral was explained is not in the standard's one checkbox, so it is never
// concluded from it.
func (c *record) referral() {
	n := &c.row.Form.Narrative
	n.Account = core.Secret(c.one("cas_IncomingReferralDetails"))
	if n.Account == "" {
		n.Account = core.Secret(c.one("cco_CaseComment"))
	}
	n.Referrer.Name = core.Secret(c.one("cas_ReferringPrimaryCaseWorker"))
	n.Referrer.Phone = core.Secret(c.one("org_Phone"))
	switch codeOf(c.one("con_Consent")) {
	case "yes":
		c.row.Form.Consent.Answer = "yes"
	case "no":
		c.row.Form.Consent.Answer = "no"
	}
}

// fallbacks are what may be said of a record that is silent, because it says
// nothing: not known, not safe, perhaps a child.
func (c *record) fallbacks() {
	f := &c.row.Form
	set := func(at *string, v string) {
		if *at == "" {
			*at = v
		}
	}
	set(&f.Identity.Gender, string(core.GenderUnspecified))
	set(&f.Identity.Nationality, core.NationalityUnspecified)
	set(&f.Contact.SafeToReach, "no")
	set(&f.Facts.ExploitedWhere, "unknown")
	if f.Age.Stated == "" {
		f.Age.Stated = c.ageToday()
	}
}

func (c *record) ageToday() string {
	born := c.row.Form.Identity.BirthDate
	if born.IsZero() {
		return "unsure"
	}
	switch least, greatest := born.AgeOn(c.h.rules.Day); {
	case least >= c.h.rules.AdultAge.Value:
		return "adult"
	case greatest < c.h.rules.AdultAge.Value:
		return "child"
	}
	return "unsure"
}

// keepRest writes what the record holds beyond clew's fields into the
// observations, word by word: it is sealed there, and nothing is lost.
func (c *record) keepRest() {
	var lines []string
	for _, key := range c.order {
		if !c.used[key] {
			lines = append(lines, key+": "+strings.Join(c.fields[key], "; "))
		}
	}
	if len(lines) == 0 {
		return
	}
	o := &c.row.Form.Narrative.Observations
	text := strings.Join(nonEmpty(o.Reveal(), strings.Join(lines, "\n")), "\n")
	if r := []rune(text); len(r) > casework.MaxAccount {
		text = string(r[:casework.MaxAccount])
	}
	*o = core.Secret(text)
}

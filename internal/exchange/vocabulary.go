package exchange

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
)

// general is which of a scheme's types stands for a value of the standard that
// several types come under. The choice says the least.
var general = map[string]string{"forcedlabour": "forced_labour", "sexualexploitation": "sexual_other", "other": "other"}

// sexual is the standard's field that tells kinds of sexual exploitation apart.
var sexual = map[string]string{"prostitution": "sexual_prostitution", "pornography": "sexual_images", "remoteinteractiveservices": "sexual_images",
	"privatesexualservices": "sexual_other"}

// respelled are values of the methods of control that the standard's documents
// spell in two ways.
var respelled = map[string]string{"restrictsmovement": "psychologicalabuse", "threats": "physicalthreats",
	"threatoflawenforcement": "threatslawenforcement", "useschildren": "threatenschildrenfamily",
	"psychoactivesubstances": "psychoactivesubstance"}

// plainValue is a value of the standard without regard to case, spaces and the
// vocabulary's name before it.
func plainValue(v string) string {
	v = strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(v))
	return strings.TrimPrefix(v, "methodsofcontrol")
}

func holds(values []string, plain string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return plainValue(v) == plain })
}

func (c *record) exploitation() {
	facts := &c.row.Form.Facts
	kinds := c.several("vic_TypeOfSexExploitation")
	for _, v := range c.several("vic_TypeOfExploitation") {
		plain := plainValue(v)
		if plain == "sexualexploitation" && len(kinds) > 0 {
			continue // the narrower field says which
		}
		code := c.typeOf(plain)
		if code == "" {
			c.fault("vic_TypeOfExploitation", "This type of exploitation is not in the standard's list.")
			continue
		}
		facts.Exploitation = addOnce(facts.Exploitation, code)
	}
	for _, v := range kinds {
		if code, ok := sexual[plainValue(v)]; ok {
			facts.Exploitation = addOnce(facts.Exploitation, code)
		} else {
			c.fault("vic_TypeOfSexExploitation", "This type of sexual exploitation is not in the standard's list.")
		}
	}
	c.methods(facts)
	c.ageThen(facts)
}

func (c *record) fault(field, msg string) {
	c.row.Faults = append(c.row.Faults, core.Field{Name: field, Code: "choice.unknown", Msg: msg})
}

// typeOf is the scheme's code for a value of the standard.
func (c *record) typeOf(plain string) string {
	var codes []string
	for _, t := range c.h.rules.ExploitationTypes {
		if holds(t.HTCDS, plain) {
			codes = append(codes, t.Code)
		}
	}
	if g := general[plain]; slices.Contains(codes, g) {
		return g
	}
	if len(codes) == 0 {
		return ""
	}
	return codes[0]
}

// methods maps the methods of control to the scheme's means; "Other" and what is
// unknown stays in the record's own words.
func (c *record) methods(facts *casework.Facts) {
	const field = "vic_MethodsOfControl"
	var rest []string
	for _, v := range c.several(field) {
		plain := plainValue(v)
		if again, ok := respelled[plain]; ok {
			plain = again
		}
		i := slices.IndexFunc(c.h.rules.Means, func(m scheme.Code) bool { return holds(m.HTCDS, plain) })
		if i < 0 {
			rest = append(rest, v)
			continue
		}
		facts.Means = addOnce(facts.Means, c.h.rules.Means[i].Code)
	}
	c.keep(field, rest)
}

// keep leaves values of a field for the observations.
func (c *record) keep(field string, values []string) {
	if key := strings.ToLower(field); len(values) > 0 {
		c.fields[key], c.used[key] = values, false
	}
}

func (c *record) ageThen(facts *casework.Facts) {
	text := c.one("vic_AgeWhenTrafficked")
	if text == "" {
		return
	}
	age, err := strconv.ParseFloat(text, 64)
	if err != nil || age < 0 || age > 120 {
		c.fault("vic_AgeWhenTrafficked", "Write an age in years.")
		return
	}
	facts.AgeAtExploitation = "adult"
	if age < float64(c.h.rules.AdultAge.Value) {
		facts.AgeAtExploitation = "child"
	}
}

// events turns the standard's historic events into places of exploitation and,
// where one says so, into acts.
func (c *record) events() {
	f := &c.row.Form
	for _, e := range c.places {
		get := func(name string) string { return strings.Join(e[name], ", ") }
		switch kind := plainValue(get("hte_type")); kind {
		case "recruitment", "transit":
			f.Facts.Act = addOnce(f.Facts.Act, map[string]string{"recruitment": "recruited", "transit": "transported"}[kind])
			c.say("hte_"+kind, strings.Join(nonEmpty(get("hte_date"), get("hte_street"), get("hte_city"), get("hte_state"), get("hte_country"), get("hte_description")), ", "))
			continue
		}
		s := casework.Situation{Town: core.Secret(get("hte_city")),
			Address: core.Secret(strings.Join(nonEmpty(get("hte_street"), get("hte_state"), get("hte_postalcode")), ", "))}
		if text := get("hte_country"); text != "" {
			if e := parseCountry(text, &s.Country); e != nil {
				c.row.Faults = append(c.row.Faults, core.Field{Name: "hte_Country", Code: e.Code, Msg: e.Msg})
			}
		}
		if e := parsePartial(dayOf(get("hte_date")), &s.From); e != nil {
			c.row.Faults = append(c.row.Faults, core.Field{Name: "hte_Date", Code: e.Code, Msg: e.Msg})
		}
		for _, key := range slices.Sorted(maps.Keys(e)) {
			if !slices.Contains(placed, key) {
				c.say(key, get(key))
			}
		}
		if s != (casework.Situation{}) {
			f.Narrative.Situations = append(f.Narrative.Situations, s)
		}
	}
}

// placed are the fields of an event that a place of exploitation has room for.
var placed = []string{"hte_type", "hte_city", "hte_street", "hte_state", "hte_postalcode", "hte_country", "hte_date"}

// say leaves a text for the observations, after others of the same name.
func (c *record) say(key, text string) {
	if text == "" {
		return
	}
	if _, there := c.fields[key]; !there {
		c.order = append(c.order, key)
	}
	c.fields[key] = append(c.fields[key], text)
}

func addOnce(list []string, code string) []string {
	if slices.Contains(list, code) {
		return list
	}
	return append(list, code)
}

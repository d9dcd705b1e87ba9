package pnrgov

import (
	"strings"

	"clew/edifact/manifest"
)

// bookingContacts are those of the record, which every person of it shares.
func (r *resolver) bookingContacts() {
	r.shared = r.contacts(r.rec.Texts, r.rec.Addresses, "booking")
	r.shared = r.shared[:len(r.shared):len(r.shared)]
}

// contacts reads addresses and the contact texts among the free texts.
func (r *resolver) contacts(texts []Text, addresses []Address, scope string) []manifest.Contact {
	var list []manifest.Contact
	for _, a := range addresses {
		list = addressContacts(list, a, scope)
	}
	for _, t := range texts {
		for _, line := range t.Lines {
			if c, ok := contactText(line); ok {
				c.Scope = scope
				list = append(list, c)
			}
		}
	}
	return list
}

// addressContacts reads an ADD: the postal address, and the telephone or e-mail
// in its last component.
func addressContacts(list []manifest.Contact, a Address, scope string) []manifest.Contact {
	var parts []string
	for _, v := range []string{a.Street, a.City, a.Region, a.Subentity, a.Postcode, a.Country} {
		if v != "" {
			parts = append(parts, v)
		}
	}
	postal := strings.Join(parts, ", ")
	if postal != "" {
		list = append(list, manifest.Contact{Type: "address", Value: postal, Use: purpose(a.Purpose), Scope: scope})
	}
	if a.Text == "" {
		return list
	}
	c, ok := contactText(a.Text)
	if !ok {
		c = manifest.Contact{Type: "phone", Value: a.Text}
		if strings.Contains(a.Text, "@") || strings.Contains(a.Text, "//") {
			c = manifest.Contact{Type: "email", Value: email(a.Text)}
		}
	}
	if c.Use == "" {
		c.Use = purpose(a.Purpose)
	}
	c.Scope = scope
	return append(list, c)
}

// purpose names what an address is for (PADIS code list 3299).
func purpose(code string) string {
	switch code {
	case "H":
		return "home"
	case "M":
		return "mobile"
	case "B":
		return "business"
	}
	return ""
}

// uses are the letters that follow CTC (AIRIMP, passenger contact).
var uses = map[byte][2]string{
	'E': {"email", ""}, 'M': {"phone", "mobile"}, 'H': {"phone", "home"}, 'B': {"phone", "business"},
	'T': {"phone", "agency"}, 'P': {"phone", ""}, 'F': {"fax", ""}, 'A': {"address", ""}, 'R': {"phone", "refused"}, 'N': {"phone", ""},
}

// contactText reads a text such as "YY CTCM 123456789" or "CTC M 123456789".
func contactText(text string) (manifest.Contact, bool) {
	i := strings.Index(text, "CTC")
	if i < 0 || i > 0 && text[i-1] != ' ' && text[i-1] != '/' {
		return manifest.Contact{}, false
	}
	rest := text[i+3:]
	c := manifest.Contact{Type: "phone"}
	letter := strings.TrimLeft(rest, " ")
	if letter != "" {
		use, known := uses[letter[0]]
		alone := len(letter) == 1 || letter[1] == ' ' || letter[1] == '-' || letter[1] == '/' || letter[1] >= '0' && letter[1] <= '9' || letter[1] == '+'
		if known && alone {
			c.Type, c.Use = use[0], use[1]
			if c.Use == "refused" {
				c.Use = ""
			}
			rest = letter[1:]
		}
	}
	c.Value = strings.TrimSpace(strings.TrimLeft(rest, " /-"))
	if c.Type == "email" {
		c.Value = email(c.Value)
	}
	return c, c.Value != ""
}

// email undoes what AIRIMP does to an address: // for @, .. for _, ./ for -.
func email(v string) string {
	return strings.TrimSpace(strings.NewReplacer("//", "@", "..", "_", "./", "-").Replace(v))
}

// ctc reads the contact requests CTCE, CTCM and CTCR.
func ctc(s *SSR, p *manifest.Person) {
	if p == nil {
		return
	}
	text := strings.TrimPrefix(strings.TrimSpace(s.Text), "/")
	if i := strings.LastIndex(text, "-1"); i > 0 && i+2 < len(text) && text[i+2] >= 'A' && text[i+2] <= 'Z' {
		text = text[:i] // whose it is, said again
	}
	c := manifest.Contact{Type: "phone", Use: "mobile", Value: text}
	switch s.Code {
	case "CTCE":
		c = manifest.Contact{Type: "email", Value: email(text)}
	case "CTCR":
		c = manifest.Contact{Type: "other", Use: "refused", Value: text}
	}
	if c.Value == "" || len(p.Contacts) >= maxEach {
		return
	}
	for _, have := range p.Contacts {
		if have.Type == c.Type && have.Value == c.Value {
			return
		}
	}
	p.Contacts = append(p.Contacts[:len(p.Contacts):len(p.Contacts)], c)
}

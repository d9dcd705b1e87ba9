package pnrgov

import (
	"strings"

	"clew/edifact/manifest"
)

// bookingContacts are those of the record, which every person of it shares.
func (r *resolver) bookingContacts() {
	r.shared = r.contacts(nil, r.rec.Texts, r.rec.Addresses, "booking")
	n := min(len(r.shared), max(maxEach/10, min(maxEach, maxShared/max(1, len(r.rec.Travellers)))))
	r.shared = r.shared[:n:n]
}

// contacts adds to list the addresses and the contact texts among the free texts.
func (r *resolver) contacts(list []manifest.Contact, texts []Text, addresses []Address, scope string) []manifest.Contact {
	for i := range addresses {
		list = r.addressContacts(list, &addresses[i], scope)
	}
	for i := range texts {
		for _, line := range texts[i].Lines {
			if c, ok := contactText(line); ok {
				c.Scope = scope
				list = r.mem.contacts.Append(list, c)
			}
		}
	}
	return list
}

// addressContacts reads an ADD: the postal address, and the telephone or e-mail
// in its last component.
func (r *resolver) addressContacts(list []manifest.Contact, a *Address, scope string) []manifest.Contact {
	var all [6]string
	parts := all[:0]
	for _, v := range [...]string{a.Street, a.City, a.Region, a.Subentity, a.Postcode, a.Country} {
		if v != "" {
			parts = append(parts, v)
		}
	}
	if postal := r.mem.text.Join(", ", parts...); postal != "" {
		list = r.mem.contacts.Append(list, manifest.Contact{Type: "address", Value: postal, Use: purpose(a.Purpose), Scope: scope})
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
	return r.mem.contacts.Append(list, c)
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
var mailMarks = strings.NewReplacer("//", "@", "..", "_", "./", "-")

func email(v string) string {
	return strings.TrimSpace(mailMarks.Replace(v))
}

// ctc reads the contact requests CTCE, CTCM and CTCR.
func (r *resolver) ctc(s *SSR, p *manifest.Person) {
	if p == nil {
		return
	}
	text := strings.TrimPrefix(s.read(), "/")
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
	p.Contacts = r.mem.contacts.Append(p.Contacts, c)
}

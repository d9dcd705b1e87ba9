package paper

import (
	"fmt"
	"strings"
)

// elem is an element of the structure tree: what a screen reader goes by.
type elem struct {
	tag, lang string
	attrs     string
	kids      []*elem
	marks     []marked // in the order of reading
	ref       ref
	parent    *elem
}

// marked is a piece of a page's content.
type marked struct{ page, id int }

func (e *elem) child(tag string) *elem {
	k := &elem{tag: tag, parent: e}
	e.kids = append(e.kids, k)
	return k
}

// writeTags writes the structure tree. pages are the page objects, owners the
// elements of each page's marks by number.
func (d *drawing) writeTags(pages []ref) ref {
	root := d.file.reserve()
	d.reserve(d.root)
	d.writeElem(d.root, root, pages)
	var nums strings.Builder
	for i, p := range d.pages {
		owners := make([]string, len(p.owners))
		for k, e := range p.owners {
			owners[k] = e.ref.String()
		}
		fmt.Fprintf(&nums, "%d [%s] ", i, strings.Join(owners, " "))
	}
	d.file.set(root, fmt.Sprintf("<< /Type /StructTreeRoot /K [%s] /ParentTree << /Nums [%s] >> /ParentTreeNextKey %d >>", d.root.ref, nums.String(), len(d.pages)))
	return root
}

func (d *drawing) reserve(e *elem) {
	e.ref = d.file.reserve()
	for _, k := range e.kids {
		d.reserve(k)
	}
}

func (d *drawing) writeElem(e *elem, parent ref, pages []ref) {
	var kids []string
	for _, m := range e.marks {
		kids = append(kids, fmt.Sprintf("<< /Type /MCR /Pg %s /MCID %d >>", pages[m.page], m.id))
	}
	for _, k := range e.kids {
		kids = append(kids, k.ref.String())
		d.writeElem(k, e.ref, pages)
	}
	entries := ""
	if e.lang != "" {
		entries += " /Lang " + text(e.lang)
	}
	d.file.set(e.ref, fmt.Sprintf("<< /Type /StructElem /S /%s /P %s /K [%s]%s%s >>", e.tag, parent, strings.Join(kids, " "), entries, e.attrs))
}

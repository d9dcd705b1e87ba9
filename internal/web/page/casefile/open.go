package casefile

import (
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Open opens parts of the case that the path names.
func Open(rq *page.Request, parts ...casework.Part) (*casework.File, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Cases.File(rq.Context(), rq.Actor, rq.Purpose, id, parts...)
}

// Path is the address of a page of the case.
func Path(f *casework.File, rest string) string {
	p := "/cases/" + f.ID.String()
	if rest != "" {
		p += "/" + rest
	}
	return p
}

// when is a moment in the time of the case's place.
func when(f *casework.File, t time.Time) ui.Component {
	if t.IsZero() {
		return nil
	}
	return ui.Moment{At: t.In(f.Calendar.Location())}
}

func moment(f *casework.File, t time.Time) ui.Moment {
	return ui.Moment{At: t.In(f.Calendar.Location())}
}

// who is a person with their agency.
func who(rq *page.Request, user, agency core.ID) string {
	name, from := rq.Site.UserName(rq.Context(), user), rq.Site.AgencyName(rq.Context(), agency)
	switch {
	case name == "":
		return from
	case from == "" || from == name:
		return name
	}
	return name + ", " + from
}

// text shows typed words with their line breaks; nothing when there are none.
func text(s core.Secret) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Prose(s.Reveal())
}

// line shows a short answer; nothing when there is none.
func line(s string) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Text(s)
}

// bullets is a list of short answers; nothing when it is empty.
func bullets(items []string) ui.Component {
	if len(items) == 0 {
		return nil
	}
	l := ui.List{Plain: len(items) == 1}
	for _, i := range items {
		l.Items = append(l.Items, ui.Text(i))
	}
	return l
}

// blocks is several paragraphs in one cell.
func blocks(parts []ui.Component) ui.Component { return ui.List{Items: parts, Plain: true} }

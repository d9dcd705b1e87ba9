package desk

import (
	"net/http"
	"strconv"
	"strings"

	"clew/internal/access"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/language"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/door"
	"clew/internal/web/ui"
)

var (
	doneArticle  = page.Flash("advice-saved", "The article was saved. Calls that named the one before still show that one.")
	doneApproved = page.Flash("language-approved", "The words are approved as they stand today.")
)

// findAdvice searches the line's articles.
func findAdvice(rq *page.Request) error {
	if err := mayList(rq, access.UseAdvice); err != nil {
		return err
	}
	f := form.NewSearch("/advice").Buttons(ui.Button{Text: "Search"})
	words := f.Text("words", "Search the line’s advice", form.Type("search"), form.Hint("A word or two about the situation. Never a name."), form.Max(100))
	lang := f.Select("lang", "Language", languageOptions())
	if err := f.Parse(rq.Request); err != nil {
		return err
	}
	list, err := rq.Site.Concerns.FindAdvice(rq.Context(), rq.Actor, purpose(rq), words.Text(), lang.Choice())
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Articles", CaptionHidden: true, RowHeader: true, Empty: "Nothing was found. Try another word.", Columns: []ui.Column{{Title: "Article"}, {Title: "Language"}}}
	for _, a := range list {
		l, _ := language.Find(a.Lang)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: a.Title, Href: "/advice/" + a.ID.String()}, ui.Text(l.English)}})
	}
	return rq.Show(ui.Page{Title: "Advice"}, ui.Heading{Level: 1, Text: "Advice"}, f, t)
}

func languageOptions() []form.Option {
	var out []form.Option
	for _, l := range language.Languages {
		out = append(out, form.Option{Value: l.Tag, Label: l.English})
	}
	return out
}

// article is one piece of advice, and its number for the record of a call.
func article(rq *page.Request) error {
	if err := mayList(rq, access.UseAdvice); err != nil {
		return err
	}
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(rq.URL.Query().Get("version")) // none: the newest
	a, err := rq.Site.Concerns.Advice(rq.Context(), rq.Actor, purpose(rq), id, version)
	if err != nil {
		return err
	}
	return rq.Show(ui.Page{Title: "Advice", Back: "/advice"}, ui.Reading{ui.Heading{Level: 1, Text: a.Title}, ui.Prose(a.Body),
		ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Number", Value: ui.Text(a.ID.String())}, {Key: "Version", Value: ui.Text(strconv.Itoa(a.Version))},
			{Key: "Written", Value: moment(rq, a.At)}}}})
}

// keepAdvice lists every article for those who keep them.
func keepAdvice(rq *page.Request) error {
	list, err := rq.Site.Concerns.AllAdvice(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Articles", CaptionHidden: true, RowHeader: true, Empty: "There is no article yet.", Columns: []ui.Column{{Title: "Article"}, {Title: "Language"}, {Title: "Version", Numeric: true}, {Title: "State"}}}
	for _, a := range list {
		l, _ := language.Find(a.Lang)
		state := ui.Tag{Text: "In use", Tone: ui.Positive}
		if !a.Active {
			state = ui.Tag{Text: "Withdrawn", Tone: ui.Neutral}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: a.Title, Href: "/admin/advice/" + a.ID.String()}, ui.Text(l.English), ui.Text(strconv.Itoa(a.Version)), state}})
	}
	return rq.Show(ui.Page{Title: "Advice line’s articles", Back: "/admin"}, ui.Heading{Level: 1, Text: "Advice line’s articles"}, ui.Para("What advisers look up during a call."),
		ui.Button{Text: "Write an article", Href: "/admin/advice/new"}, t)
}

// writeAdvice writes an article, or a new version of one.
func writeAdvice(rq *page.Request) error {
	a := concern.Article{Lang: language.English, Active: true}
	if rq.PathValue("id") != "" {
		id, err := rq.ID("id")
		if err != nil {
			return err
		}
		old, err := rq.Site.Concerns.Advice(rq.Context(), rq.Actor, rq.Purpose, id, 0)
		if err != nil {
			return err
		}
		a = *old
	}
	f := rq.Form().Buttons(ui.Button{Text: "Save"}, ui.Button{Text: "Cancel", Href: "/admin/advice", Kind: ui.Quiet})
	title := f.Text("title", "Title", form.Value(a.Title), form.Max(150))
	body := f.Textarea("body", "Advice", form.Rows(14), form.Max(20_000), form.Value(a.Body), form.Hint("Short sentences that can be read aloud."))
	words := f.Text("words", "Other words it is found by", form.Value(a.Words), form.Max(500))
	lang := f.Select("lang", "Language", languageOptions(), form.Value(a.Lang))
	active := f.Radios("active", "May it be used?", []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No, it is withdrawn"}}, form.Inline(), form.Value(map[bool]string{true: "yes", false: "no"}[a.Active]))
	version := f.Hidden("version", strconv.Itoa(a.Version))
	var clash []ui.Component
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		read, err := strconv.Atoi(version.Text())
		if err != nil {
			return errUnread
		}
		mine := concern.Article{ID: a.ID, Version: read, Lang: lang.Choice(), Title: title.Text(), Body: body.Text(), Words: words.Text(), Active: active.Choice() == "yes"}
		if f.Valid() {
			_, err := rq.Site.Concerns.SaveAdvice(rq.Context(), rq.Actor, rq.Purpose, mine)
			if err == nil {
				return rq.Done("/admin/advice", doneArticle)
			}
			if !page.Refused(f, err) {
				return err
			}
			if core.KindOf(err) == core.Conflict {
				version.SetValue(strconv.Itoa(a.Version))
				clash = []ui.Component{ui.Versions{Yours: "What you typed", Theirs: "Saved by " + rq.Site.UserName(rq.Context(), a.Author),
					Rows: []ui.VersionRow{{Field: "Title", Yours: mine.Title, Theirs: a.Title}, {Field: "Advice", Yours: mine.Body, Theirs: a.Body}}}}
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Article", Back: "/admin/advice"}, f, append(clash, ui.Reading{ui.Heading{Level: 1, Text: "Article"}, f})...)
}

// languages shows which translations somebody has looked at, and takes an
// administrator's word for one.
func languages(rq *page.Request) error {
	f := form.New("/admin/languages", rq.CSRF())
	which, digest := f.Hidden("which", ""), f.Hidden("digest", "")
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		part, tag, _ := strings.Cut(which.Text(), " ")
		for _, c := range door.Catalogues() {
			if c.Part != part {
				continue
			}
			if err := rq.Site.Spoken.Approve(rq.Context(), rq.Actor, rq.Purpose, c, tag, digest.Text()); err != nil {
				return err
			}
			return rq.Done("/admin/languages", doneApproved)
		}
		return errUnread
	}
	t := ui.Table{Caption: "Translations", CaptionHidden: true, RowHeader: true, Columns: []ui.Column{{Title: "Language"}, {Title: "Part"}, {Title: "Read it"}, {Title: "Review"}}}
	for _, l := range language.Languages[1:] {
		for _, c := range door.Catalogues() {
			state, err := reviewState(rq, c, l)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(l.English), ui.Text(partLabels[c.Part]), ui.Link{Text: "Open", Hidden: l.English, Href: partPaths[c.Part] + l.Tag}, state}})
		}
	}
	return rq.Show(ui.Page{Title: "Languages of the public", Back: "/admin"}, ui.Heading{Level: 1, Text: "Languages of the public"},
		ui.Para("Every text that is not English needs a professional translator’s review. Approve it when one has read all of it; readers see a remark until then."), t)
}

var (
	partLabels = map[string]string{"door": "Writing to the desk", "rights": "Know your rights"}
	partPaths  = map[string]string{"door": "/write/", "rights": "/know/"}
)

func reviewState(rq *page.Request, c *language.Catalogue, l language.Language) (ui.Component, error) {
	ok, err := rq.Site.Spoken.Reviewed(rq.Context(), c, l.Tag)
	if err != nil {
		return nil, err
	}
	if ok {
		return ui.Tag{Text: "Approved", Tone: ui.Positive}, nil
	}
	f := form.New("/admin/languages", rq.CSRF()).Buttons(ui.Button{Text: "Approve " + partLabels[c.Part] + " in " + l.English, Kind: ui.Quiet})
	f.Hidden("which", c.Part+" "+l.Tag)
	f.Hidden("digest", c.Digest(l.Tag))
	return ui.Group{ui.Tag{Text: "Needs a professional translator’s review", Tone: ui.Waiting}, f}, nil
}

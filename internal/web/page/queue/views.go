package queue

import (
	"net/url"

	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	viewSaved   = page.Flash("queue-view-saved", "The view was saved.")
	viewDeleted = page.Flash("queue-view-deleted", "The view was deleted.")
)

// savedViews lists the filters somebody keeps, and offers to keep this one.
func (d *desk) savedViews(open bool) ui.Component {
	t := ui.Table{Caption: "Your views", CaptionHidden: true, Columns: []ui.Column{{Title: "View"}, {Title: "Delete"}}, RowHeader: true, Empty: "You have not saved a view yet."}
	for _, v := range d.views {
		remove := form.New("/queue/views/"+v.ID.String()+"/delete", d.rq.CSRF()).Buttons(ui.Button{Text: "Delete " + v.Name, Kind: ui.Quiet})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: v.Name, Href: viewPath(v.Query)}, remove}})
	}
	return ui.Details{Summary: "Saved views", Open: open, Body: []ui.Component{t, ui.Para("A view keeps the filter that is chosen now. Only you see it. A view of the same name is replaced."), d.save}}
}

// viewPath is the address of a saved filter. What was saved is read anew, so
// that it can only ever be a filter of the queue.
func viewPath(query string) string {
	v, err := url.ParseQuery(query)
	if err != nil {
		return "/queue"
	}
	return withQuery("/queue", v)
}

func saveView(rq *page.Request) error {
	d, err := newDesk(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(d.save); err != nil {
		return err
	}
	if !d.save.Valid() {
		return d.show(d.save)
	}
	err = rq.Site.Cases.SaveView(rq.Context(), rq.Actor, rq.Purpose, d.name.Text(), d.filter.values().Encode())
	if err == nil {
		return rq.Done(d.filter.path("/queue"), viewSaved)
	}
	if !page.Refused(d.save, err) {
		return err
	}
	return d.show(d.save)
}

func dropView(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	if err := rq.Site.Cases.DropView(rq.Context(), rq.Actor, rq.Purpose, id); err != nil {
		return err
	}
	return rq.Done("/queue", viewDeleted)
}

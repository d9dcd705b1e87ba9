package queue

import (
	"fmt"
	"strings"

	"clew/internal/core"
	"clew/internal/web/page"
)

// unassign is the choice that takes cases off every desk.
const unassign = "nobody"

var assigned = page.Flash("queue-assigned", "The selected cases were assigned.")

// assign gives the selected cases to one caseworker. Sending it twice assigns
// the same cases to the same person: nothing more happens.
func assign(rq *page.Request) error {
	d, err := newDesk(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(d.assign); err != nil {
		return err
	}
	cases, err := d.pickedCases()
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		d.assign.Fail("Select at least one case.")
	}
	if !d.assign.Valid() {
		return d.show(d.assign)
	}
	var to core.ID
	if d.to.Choice() != unassign {
		if to, err = core.ParseID(d.to.Choice()); err != nil {
			return fmt.Errorf("read caseworker: %w", err)
		}
	}
	failed, err := rq.Site.Cases.AssignMany(rq.Context(), rq.Actor, rq.Purpose, cases, to)
	if err == nil {
		return rq.Done(d.filter.path("/queue"), assigned)
	}
	if len(failed) == 0 {
		return err
	}
	d.sayFailed(failed, len(cases), err)
	return d.show(d.assign)
}

// pickedCases reads the checkboxes. A forged id looks like a case that is not
// there.
func (d *desk) pickedCases() ([]core.ID, error) {
	var ids []core.ID
	for _, v := range d.rq.PostForm["case"] {
		id, err := core.ParseID(v)
		if err != nil {
			return nil, page.ErrNotFound
		}
		ids, d.picked = append(ids, id), append(d.picked, v)
	}
	return ids, nil
}

// sayFailed says which cases were not assigned and keeps only those selected.
func (d *desk) sayFailed(failed []core.ID, asked int, cause error) {
	d.picked = nil
	var references []string
	unknown := 0
	for _, id := range failed {
		c, err := d.rq.Site.Cases.Status(d.rq.Context(), d.rq.Actor, d.rq.Purpose, id)
		if err != nil {
			unknown++
			continue
		}
		references, d.picked = append(references, c.Reference), append(d.picked, id.String())
	}
	if done := asked - len(failed); done > 0 {
		d.assign.Fail(fmt.Sprintf("Assigned: %d. The others were not assigned.", done))
	}
	if len(references) > 0 {
		d.assign.Fail("Not assigned: " + strings.Join(references, ", ") + ". " + page.Sentence(cause))
	}
	if unknown > 0 {
		d.assign.Fail(fmt.Sprintf("Not assigned: %d that are not in your queue.", unknown))
	}
}

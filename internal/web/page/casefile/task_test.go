package casefile_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

// A task is ticked off on the page of its own case only.
func TestATaskBelongsToItsCase(t *testing.T) {
	s := serve(t)
	f := caseworktest.Form()
	mine, other := assigned(t, s, f), assigned(t, s, f)
	task := casework.Task{ID: core.NewIDs(s.World.Clock).New(), Rev: 1, CaseID: other, Kind: casework.TaskInfoOverdue, AgencyID: s.Actor(caseworker).AgencyID, CreatedAt: s.World.Clock.Now()}
	if err := s.World.Store.Write(context.Background(), func(tx casework.Tx) error { return tx.AddTask(context.Background(), task) }); err != nil {
		t.Fatal(err)
	}
	v := visit(t, s, caseworker)
	doc, _ := v.get("/cases/" + other.String() + "/tasks")
	tick := func(path string) int {
		_, res := v.post(path+"/tasks/"+task.ID.String(), hidden(doc), url.Values{})
		return res.StatusCode
	}
	if status := tick("/cases/" + mine.String()); status != http.StatusNotFound {
		t.Errorf("under another case: status %d", status)
	}
	done := func() bool {
		done, err := s.World.Store.Task(context.Background(), task.ID)
		return err == nil && !done.DoneAt.IsZero()
	}
	if done() {
		t.Fatal("a task was done under the address of another case")
	}
	if status := tick("/cases/" + other.String()); status != http.StatusSeeOther || !done() {
		t.Errorf("under its own case: status %d, done %v", status, done())
	}
}

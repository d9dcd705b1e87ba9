package casefile_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
)

// A task is ticked off on the page of its own case only.
func TestATaskBelongsToItsCase(t *testing.T) {
	s := serve(t)
	f := caseworktest.Form()
	mine, other := assigned(t, s, f), assigned(t, s, f) // the second one may be an earlier person
	tasks, err := s.World.Store.Tasks(context.Background(), other)
	if err != nil || len(tasks) == 0 || tasks[0].Kind != casework.TaskPossibleMatch {
		t.Fatalf("tasks %v, %v: want a possible match", tasks, err)
	}
	v := visit(t, s, caseworker)
	doc, _ := v.get("/cases/" + other.String() + "/tasks")
	tick := func(path string) int {
		_, res := v.post(path+"/tasks/"+tasks[0].ID.String(), hidden(doc), url.Values{})
		return res.StatusCode
	}
	if status := tick("/cases/" + mine.String()); status != http.StatusNotFound {
		t.Errorf("under another case: status %d", status)
	}
	done := func() bool {
		task, err := s.World.Store.Task(context.Background(), tasks[0].ID)
		return err == nil && !task.DoneAt.IsZero()
	}
	if done() {
		t.Fatal("a task was done under the address of another case")
	}
	if status := tick("/cases/" + other.String()); status != http.StatusSeeOther || !done() {
		t.Errorf("under its own case: status %d, done %v", status, done())
	}
}

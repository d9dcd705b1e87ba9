package store

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database/dbtest"
)

// TestTheQueueIsFoundInItsIndexAlone holds SQLite to the plan that keeps the
// queue fast with hundreds of thousands of cases: the page is found in one
// index, in order and without sorting or reading a row. SQLite plans without
// statistics, so an empty database plans like a full one.
func TestTheQueueIsFoundInItsIndexAlone(t *testing.T) {
	db := dbtest.SQLite(t)
	authority := access.Scope{Any: []access.Term{{All: []access.Match{{Column: access.ColumnAuthority, ID: core.NewIDAt(time.Unix(1, 0))}}}}}
	work := []casework.State{casework.Submitted, casework.RGPending, casework.Recovery, casework.CGPending, casework.Reconsideration, casework.Suspended}
	now := time.Unix(1_700_000_000, 0)
	for name, c := range map[string]struct {
		q     casework.CaseQuery
		index string
	}{
		"at work":      {casework.CaseQuery{LiveOnly: true, States: work}, "case_file_work"},
		"a later page": {casework.CaseQuery{LiveOnly: true, States: work, After: casework.Cursor{DueAt: 7, ID: core.NewIDAt(now)}}, "case_file_work"},
		"overdue":      {casework.CaseQuery{LiveOnly: true, States: work, DueBefore: now}, "case_file_work"},
		"this week":    {casework.CaseQuery{LiveOnly: true, States: work, DueFrom: now, DueBefore: now.Add(time.Hour)}, "case_file_work"},
		"nobody's":     {casework.CaseQuery{LiveOnly: true, States: work, Unassigned: true}, "case_file_assignee"},
		"children":     {casework.CaseQuery{LiveOnly: true, States: work, ChildOnly: true}, "case_file_work"},
		"in review":    {casework.CaseQuery{LiveOnly: true, States: work, ReviewOnly: true}, "case_file_work"},
		"one state":    {casework.CaseQuery{LiveOnly: true, States: work[2:3]}, "case_file_work"},
		"nationality":  {casework.CaseQuery{LiveOnly: true, States: work, Nationality: "ALB"}, "case_file_work"},
		"exploitation": {casework.CaseQuery{LiveOnly: true, States: work, Exploitation: "sexual"}, "case_file_work"},
		"decided too":  {casework.CaseQuery{LiveOnly: true, States: []casework.State{casework.Confirmed}}, "case_file_queue"},
		"live":         {casework.CaseQuery{LiveOnly: true}, "case_file_queue"},
		"every case":   {casework.CaseQuery{}, "case_file_queue"},
	} {
		q := c.q
		q.Scope, q.Limit = authority, 51
		text, args := caseQuery(q)
		plan := explain(t, db.Reader(), text, args)
		if !strings.Contains(plan, "USING COVERING INDEX "+c.index) {
			t.Errorf("%s is not found in %s alone:\n%s", name, c.index, plan)
		}
		if strings.Count(plan, "TEMP B-TREE") > 1 { // the page itself is sorted once it has been cut
			t.Errorf("%s is sorted before it is cut:\n%s", name, plan)
		}
	}
	mine := casework.CaseQuery{Scope: authority, LiveOnly: true, States: work, Assignee: core.NewIDAt(now), Limit: 51}
	text, args := caseQuery(mine)
	if plan := explain(t, db.Reader(), text, args); !strings.Contains(plan, "INDEX case_file_assignee") {
		t.Errorf("one caseworker's cases are looked for among everybody's:\n%s", plan)
	}
	text, args = countQuery(authority, now, now)
	if plan := explain(t, db.Reader(), text, args); !strings.Contains(plan, "USING COVERING INDEX case_file_work") {
		t.Errorf("the counts read rows:\n%s", plan)
	}
	if plan := explain(t, db.Reader(), workloadQuery, []any{"a", 1}); !strings.Contains(plan, "USING COVERING INDEX case_file_work") {
		t.Errorf("the workload reads rows:\n%s", plan)
	}
}

func TestCasesAreTakenUpByTheirIDs(t *testing.T) {
	db := dbtest.SQLite(t)
	authority := access.Scope{Any: []access.Term{{All: []access.Match{{Column: access.ColumnAuthority, ID: core.NewIDAt(time.Unix(1, 0))}}}}}
	text, args := casesByIDQuery([]core.ID{core.NewIDAt(time.Unix(2, 0)), core.NewIDAt(time.Unix(3, 0))}, authority)
	if plan := explain(t, db.Reader(), text, args); !strings.Contains(plan, "SEARCH case_file USING INDEX sqlite_autoindex_case_file_1 (id=?)") {
		t.Errorf("cases are looked for among everybody's:\n%s", plan)
	}
}

func explain(t *testing.T, db *sql.DB, text string, args []any) string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(detail + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

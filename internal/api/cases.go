package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// Case is how a case stands, as far as the token's agency may know.
type Case struct {
	ID              string       `json:"id" format:"uuid"`
	Reference       string       `json:"reference"`
	Kind            string       `json:"kind" enum:"referral,duty_to_notify"`
	State           string       `json:"state" doc:"submitted, rg_pending, rg_negative, recovery, cg_pending, cg_negative, confirmed, reconsideration, suspended, withdrawn or closed."`
	StateLabel      string       `json:"stateLabel" doc:"The state in words."`
	Round           int          `json:"round" doc:"1 for a first referral."`
	SubmittedAt     time.Time    `json:"submittedAt"`
	UpdatedAt       time.Time    `json:"updatedAt"`
	Deadline        *Deadline    `json:"deadline,omitempty" doc:"What the clock runs for. Absent when none runs."`
	RGDecidedAt     *time.Time   `json:"rgDecidedAt,omitempty" doc:"Reasonable grounds."`
	RecoveryUntil   string       `json:"recoveryUntil,omitempty" doc:"Last day of the recovery period, YYYY-MM-DD."`
	CGDecidedAt     *time.Time   `json:"cgDecidedAt,omitempty" doc:"Conclusive grounds."`
	ReconsiderUntil string       `json:"reconsiderUntil,omitempty" doc:"Last day to ask for reconsideration, YYYY-MM-DD."`
	ClosedAt        *time.Time   `json:"closedAt,omitempty"`
	InfoRequested   bool         `json:"infoRequested" doc:"Your agency has an open request for information."`
	Summary         *CaseSummary `json:"summary,omitempty" doc:"The coded facts, where your agency may see them."`
}

// Deadline is one clock.
type Deadline struct {
	For string    `json:"for" enum:"rg,recovery_end,reconsideration,reconsider_window"`
	At  time.Time `json:"at"`
}

// CaseSummary is the coded facts of a case. They name nobody.
type CaseSummary struct {
	AgeGroup     string   `json:"ageGroup" enum:"adult,child"`
	Child        bool     `json:"child"`
	Gender       string   `json:"gender"`
	Nationality  string   `json:"nationality"`
	Exploitation []string `json:"exploitation"`
	Assigned     bool     `json:"assigned" doc:"A caseworker has it."`
}

// Page is one page of cases.
type Page struct {
	Cases []Case `json:"cases"`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
}

type pageOutput struct{ Body Page }

type pageInput struct {
	Asked
	Cursor string `query:"cursor" maxLength:"300" doc:"Where to go on: next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many cases at most."`
}

type caseInput struct {
	Asked
	ID string `path:"id" maxLength:"36" doc:"The case's id."`
}

type caseOutput struct{ Body Case }

type queueInput struct {
	Asked
	Cursor   string `query:"cursor" maxLength:"300" doc:"Where to go on: next of the page before."`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many cases at most."`
	State    string `query:"state" enum:"submitted,rg_pending,rg_negative,recovery,cg_pending,cg_negative,confirmed,reconsideration,suspended" doc:"Only this state."`
	Deadline string `query:"deadline" enum:"overdue,today,week" doc:"Only what is due then."`
	Assigned string `query:"assigned" enum:"nobody" doc:"Only what nobody has."`
	Child    bool   `query:"child" doc:"Only children."`
	Review   bool   `query:"review" doc:"Only what waits for a second reviewer."`
}

func (s *server) registerCases(a huma.API) {
	operation(a, huma.Operation{OperationID: "get-case", Method: http.MethodGet, Path: "/api/v1/cases/{id}", Tags: []string{"cases"},
		Summary: "How a case stands", Description: "Its state, its clock and the outcome without reasons. A case that your agency may not see does not exist.",
		Errors: []int{http.StatusNotFound}}, s.getCase)
	operation(a, huma.Operation{OperationID: "list-cases", Method: http.MethodGet, Path: "/api/v1/cases", Tags: []string{"cases"},
		Summary: "Your agency's cases, newest first"}, s.listCases)
	operation(a, huma.Operation{OperationID: "list-queue", Method: http.MethodGet, Path: "/api/v1/queue", Tags: []string{"cases"},
		Summary:     "The competent authority's queue, least time first",
		Description: "For systems of a competent authority: what is live and entrusted to it, ordered by the time left."}, s.listQueue)
}

// caseID reads a case's id; what is none names no case.
func caseID(text string) (core.ID, error) {
	id, err := core.ParseID(text)
	if err != nil {
		return id, core.E(core.NotFound, "case.not_found", "There is no such case.")
	}
	return id, nil
}

func (s *server) getCase(ctx context.Context, actor core.Actor, purpose core.Purpose, in *caseInput) (*caseOutput, error) {
	id, err := caseID(in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.Cases.Status(ctx, actor, purpose, id)
	if err != nil {
		return nil, err
	}
	return &caseOutput{s.caseOf(actor, purpose, c)}, nil
}

func (s *server) listCases(ctx context.Context, actor core.Actor, purpose core.Purpose, in *pageInput) (*pageOutput, error) {
	after, err := s.openCursor("cases", actor, in.Cursor)
	if err != nil {
		return nil, err
	}
	p, err := s.Cases.Mine(ctx, actor, purpose, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return s.pageOf("cases", actor, purpose, p), nil
}

func (s *server) listQueue(ctx context.Context, actor core.Actor, purpose core.Purpose, in *queueInput) (*pageOutput, error) {
	if _, err := s.Policies.Require(actor, purpose, access.ListCases, access.Whole()); err != nil {
		return nil, err
	}
	if actor.AgencyKind != core.CompetentAuthority {
		return nil, core.E(core.Forbidden, "queue.authority_only", "Only a competent authority has a queue. Ask for /api/v1/cases.")
	}
	after, err := s.openCursor("queue", actor, in.Cursor)
	if err != nil {
		return nil, err
	}
	f := casework.QueueFilter{Deadline: in.Deadline, Assigned: in.Assigned, Child: in.Child, Review: in.Review}
	if in.State != "" {
		f.States = []casework.State{casework.State(in.State)}
	}
	p, err := s.Cases.Queue(ctx, actor, purpose, f, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return s.pageOf("queue", actor, purpose, p), nil
}

func (s *server) pageOf(list string, actor core.Actor, purpose core.Purpose, p casework.Page) *pageOutput {
	out := &pageOutput{Page{Cases: make([]Case, 0, len(p.Cases))}}
	for i := range p.Cases {
		out.Body.Cases = append(out.Body.Cases, s.caseOf(actor, purpose, &p.Cases[i]))
	}
	if p.Next != nil {
		out.Body.Next = s.sealCursor(list, actor, *p.Next)
	}
	return out
}

func (s *server) caseOf(actor core.Actor, purpose core.Purpose, c *casework.Case) Case {
	out := Case{ID: c.ID.String(), Reference: c.Reference, Kind: string(c.Kind), State: string(c.State), StateLabel: c.State.Label(), Round: c.Round,
		SubmittedAt: c.SubmittedAt, UpdatedAt: c.UpdatedAt, RGDecidedAt: moment(c.RGDecidedAt), CGDecidedAt: moment(c.CGDecidedAt), ClosedAt: moment(c.ClosedAt),
		RecoveryUntil: c.RecoveryUntil.String(), ReconsiderUntil: c.ReconsiderUntil.String(),
		InfoRequested: !c.InfoRequestedFrom.IsZero() && c.InfoRequestedFrom == actor.AgencyID}
	if !c.DueAt.IsZero() {
		out.Deadline = &Deadline{string(c.DueFor), c.DueAt}
	}
	if s.Policies.Check(actor, purpose, access.ViewSummary, c.Resource()).Allowed {
		out.Summary = &CaseSummary{AgeGroup: c.AgeGroup, Child: c.Child, Gender: c.Gender, Nationality: c.Nationality,
			Exploitation: append([]string{}, c.Facts.Exploitation...), Assigned: !c.Assignee.IsZero()}
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

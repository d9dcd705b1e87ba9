package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
)

// Scheme is the coded lists of a jurisdiction today: what a client needs to build
// its form.
type Scheme struct {
	ID               string             `json:"id"`
	Name             string             `json:"name"`
	Day              string             `json:"day" doc:"The day whose rules these are."`
	Jurisdictions    []string           `json:"jurisdictions"`
	AdultAge         int                `json:"adultAge"`
	RecoveryDays     int                `json:"recoveryDays"`
	Notice           Notice             `json:"consentNotice"`
	Exploitation     []ExploitationType `json:"exploitationTypes"`
	Acts             []Code             `json:"acts"`
	Means            []Code             `json:"means"`
	Purposes         []Code             `json:"purposes"`
	Risks            []Code             `json:"risks"`
	UrgentNeeds      []Code             `json:"urgentNeeds"`
	DocumentTypes    []string           `json:"documentTypes"`
	Catalogue        Catalogue          `json:"catalogue"`
	LocalAuthorities []Agency           `json:"localAuthorities" doc:"Whom to name for a child."`
}

// Notice is the privacy notice in force.
type Notice struct {
	Version   string   `json:"version"`
	Languages []string `json:"languages"`
}

// Code is one choice of a list.
type Code struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// ExploitationType is one type of exploitation.
type ExploitationType struct {
	Code        string   `json:"code"`
	Label       string   `json:"label"`
	Adult       bool     `json:"adult"`
	Child       bool     `json:"child"`
	Contradicts []string `json:"contradicts,omitempty" doc:"Types that cannot be true as well."`
	HTCDS       []string `json:"htcds,omitempty" doc:"Values of the case data standard."`
}

// Catalogue is the indicators.
type Catalogue struct {
	Version    string               `json:"version"`
	Indicators []CatalogueIndicator `json:"indicators"`
}

// CatalogueIndicator is one indicator of the catalogue.
type CatalogueIndicator struct {
	Code     string   `json:"code"`
	Category string   `json:"category"`
	Label    string   `json:"label"`
	Prompt   string   `json:"prompt"`
	Elements []string `json:"elements"`
}

// Agency names an agency.
type Agency struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type schemeInput struct {
	Asked
	ID string `path:"id" maxLength:"60" doc:"The scheme, such as uk; current is the installation's own."`
}

type schemeOutput struct{ Body Scheme }

func (s *server) registerScheme(a huma.API) {
	operation(a, huma.Operation{OperationID: "get-scheme", Method: http.MethodGet, Path: "/api/v1/schemes/{id}", Tags: []string{"schemes"},
		Summary: "The coded lists of today", Description: "The codes that a referral may hold, with their labels. For any token: it is published law.",
		Errors: []int{http.StatusNotFound}}, s.getScheme)
}

func (s *server) getScheme(ctx context.Context, _ core.Actor, _ core.Purpose, in *schemeInput) (*schemeOutput, error) {
	if in.ID == "current" {
		in.ID = s.Scheme
	}
	if !slices.Contains(s.Schemes.IDs(), in.ID) {
		return nil, core.E(core.NotFound, "scheme.not_found", "There is no such scheme.")
	}
	sch, err := s.Schemes.Scheme(in.ID)
	if err != nil {
		return nil, err
	}
	cal, err := sch.Calendar("")
	if err != nil {
		return nil, err
	}
	rules, err := sch.On(core.DateIn(s.Clock.Now(), cal.Location()))
	if err != nil {
		return nil, err
	}
	out := schemeOf(sch, rules)
	agencies, err := s.Auth.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	out.LocalAuthorities = []Agency{}
	for _, a := range agencies {
		if a.Active && a.Kind == core.LocalAuthority {
			out.LocalAuthorities = append(out.LocalAuthorities, Agency{a.Code, a.Name})
		}
	}
	return &schemeOutput{out}, nil
}

func schemeOf(sch *scheme.Scheme, r scheme.Rules) Scheme {
	out := Scheme{ID: sch.ID, Name: sch.Name, Day: r.Day.String(), Jurisdictions: sch.Jurisdictions, AdultAge: r.AdultAge.Value, RecoveryDays: r.Recovery.Value,
		Notice: Notice{r.ConsentNotice.Value.Version, r.ConsentNotice.Value.Languages},
		Acts:   codesOf(r.Acts), Means: codesOf(r.Means), Purposes: codesOf(r.Purposes), Risks: codesOf(r.Risks), UrgentNeeds: codesOf(r.UrgentNeeds),
		DocumentTypes: casework.DocumentTypes(), Catalogue: Catalogue{Version: sch.Catalogue().Version}}
	for _, t := range r.ExploitationTypes {
		out.Exploitation = append(out.Exploitation, ExploitationType{t.Code, t.Label, t.Adult, t.Child, t.ContradictsWith, t.HTCDS})
	}
	for _, i := range sch.Catalogue().Indicators() {
		d := CatalogueIndicator{Code: i.Code, Category: i.Category, Label: i.Label, Prompt: strings.TrimSpace(i.Prompt), Elements: []string{}}
		for _, e := range i.Elements {
			d.Elements = append(d.Elements, string(e))
		}
		out.Catalogue.Indicators = append(out.Catalogue.Indicators, d)
	}
	return out
}

func codesOf(list []scheme.Code) []Code {
	out := make([]Code, 0, len(list))
	for _, c := range list {
		out = append(out, Code{c.Code, c.Label})
	}
	return out
}

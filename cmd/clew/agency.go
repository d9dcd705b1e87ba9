package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"

	"clew/internal/core"
)

type agencyCmd struct {
	Add  agencyAddCmd  `cmd:"" help:"Add an agency."`
	List agencyListCmd `cmd:"" help:"List the agencies."`
}

type agencyAddCmd struct {
	nodeFlags
	Code           string `required:"" help:"A short code for the command line: small letters, digits and hyphens." placeholder:"CODE"`
	Kind           string `required:"" help:"What it is: police, border, immigration, local_authority, labour_inspectorate, ngo, support_provider, competent_authority, prosecution, health, oversight or statistics." placeholder:"KIND"`
	Name           string `required:"" help:"Its name as people read it." placeholder:"NAME"`
	Jurisdiction   string `default:"england-wales" help:"Whose working days count for it." placeholder:"NAME"`
	FirstResponder bool   `help:"It may refer potential victims."`
}

// Run adds the agency.
func (c agencyAddCmd) Run(ctx context.Context, io streams) error {
	return withNode(ctx, c.nodeFlags, io, func(n *node) error {
		if err := knownJurisdiction(n, c.Jurisdiction); err != nil {
			return err
		}
		a := core.Agency{Code: c.Code, Kind: core.AgencyKind(c.Kind), Name: c.Name, Jurisdiction: c.Jurisdiction, FirstResponder: c.FirstResponder, Active: true}
		if !a.Kind.Valid() {
			return core.E(core.Invalid, "agency.kind", "There is no such kind of agency. The kinds are: "+words(core.AgencyKinds)+".")
		}
		if _, err := n.auth.BootstrapAgency(ctx, a); err != nil {
			return err
		}
		fmt.Fprintf(io.out, "Added %s (%s, %s).\n", strings.TrimSpace(a.Name), strings.ToLower(a.Code), a.Kind.Label())
		return nil
	})
}

// knownJurisdiction refuses a jurisdiction that no scheme has a calendar for.
func knownJurisdiction(n *node, jurisdiction string) error {
	var known []string
	for _, id := range n.schemes.IDs() {
		s, err := n.schemes.Scheme(id)
		if err != nil {
			return err
		}
		for _, j := range s.Jurisdictions {
			if !slices.Contains(known, j) {
				known = append(known, j)
			}
		}
	}
	if !slices.Contains(known, jurisdiction) {
		slices.Sort(known)
		return core.E(core.Invalid, "agency.jurisdiction", "No scheme has a calendar for this jurisdiction. There are: "+words(known)+".")
	}
	return nil
}

// words joins names for a message.
func words[T ~string](list []T) string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}

type agencyListCmd struct{ nodeFlags }

// Run prints one line for each agency.
func (c agencyListCmd) Run(ctx context.Context, io streams) error {
	return withNode(ctx, c.nodeFlags, io, func(n *node) error {
		agencies, err := n.auth.Agencies(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "CODE\tKIND\tJURISDICTION\tREFERS\tACTIVE\tNAME")
		for _, a := range agencies {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Code, a.Kind, a.Jurisdiction, yesNo(a.FirstResponder), yesNo(a.Active), a.Name)
		}
		return w.Flush()
	})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// withNode opens the installation for one command, and has the ledger sign what
// the command wrote before it ends.
func withNode(ctx context.Context, f nodeFlags, io streams, do func(n *node) error) error {
	quiet := slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	n, err := openNode(ctx, f, nodeOptions{log: quiet})
	if err != nil {
		return err
	}
	defer func() { _ = n.Close() }()
	if err := do(n); err != nil {
		return err
	}
	return n.lastCheckpoint()
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"clew/internal/auth"
	"clew/internal/core"
)

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Add an account: the first administrator of an installation, or anybody."`
	List  userListCmd  `cmd:"" help:"List the accounts."`
	Reset userResetCmd `cmd:"" help:"Give an account a new first password; take away its one-time codes, its lock and its sessions."`
}

type userAddCmd struct {
	nodeFlags
	Agency        string   `required:"" help:"The agency's code." placeholder:"CODE"`
	Login         string   `required:"" help:"The sign-in name: an e-mail address or a staff number." placeholder:"LOGIN"`
	Name          string   `required:"" help:"The person's name." placeholder:"NAME"`
	Role          []string `required:"" help:"What the person does; may be given several times: first_responder, caseworker, reviewer, manager, support_worker, safeguarding_lead, immigration_staff, officer, statistician, auditor or administrator." placeholder:"ROLE"`
	PasswordStdin bool     `help:"Read the first password from standard input. Without this, one is made up and printed."`
}

// Run adds the account. Its password must be changed at the first sign-in.
func (c userAddCmd) Run(ctx context.Context, io streams) error {
	var given string
	if c.PasswordStdin {
		var err error
		if given, err = passwordFrom(io); err != nil {
			return err
		}
	}
	return withNode(ctx, c.nodeFlags, io, func(n *node) error {
		agency, err := n.auth.AgencyByCode(ctx, c.Agency)
		if err != nil {
			return err
		}
		roles, err := rolesOf(c.Role)
		if err != nil {
			return err
		}
		_, password, err := n.auth.Bootstrap(ctx, auth.NewUser{AgencyID: agency.ID, Login: c.Login, Name: c.Name, Roles: roles, Password: given}, true)
		if err != nil {
			return err
		}
		fmt.Fprintf(io.out, "Added %s, who signs in as %s.\n", strings.TrimSpace(c.Name), strings.ToLower(strings.TrimSpace(c.Login)))
		if given == "" {
			firstPassword(io, password)
		}
		return nil
	})
}

// firstPassword prints a password that is stored nowhere.
func firstPassword(io streams, password string) {
	fmt.Fprintf(io.out, "First password: %s\n", password)
	fmt.Fprintln(io.err, "It is shown only now. Hand it over in person or by telephone; it has to be changed at the first sign-in.")
}

func rolesOf(names []string) ([]core.Role, error) {
	roles := make([]core.Role, len(names))
	for i, name := range names {
		if roles[i] = core.Role(name); !roles[i].Valid() {
			return nil, core.E(core.Invalid, "user.role", "There is no such role. The roles are: "+words(core.Roles)+".")
		}
	}
	return roles, nil
}

// passwordFrom reads one line.
func passwordFrom(io streams) (string, error) {
	const longest = 4096
	line := bufio.NewScanner(io.in)
	line.Buffer(make([]byte, 0, longest), longest)
	if !line.Scan() || line.Text() == "" {
		return "", core.E(core.Invalid, "user.no_password", "No password came on standard input. Nothing was made.")
	}
	return line.Text(), nil
}

type userListCmd struct {
	nodeFlags
	Agency string `help:"Only this agency's." placeholder:"CODE"`
}

// Run prints one line for each account.
func (c userListCmd) Run(ctx context.Context, io streams) error {
	return withNode(ctx, c.nodeFlags, io, func(n *node) error {
		var only core.ID
		if c.Agency != "" {
			agency, err := n.auth.AgencyByCode(ctx, c.Agency)
			if err != nil {
				return err
			}
			only = agency.ID
		}
		return listUsers(ctx, n, only, io)
	})
}

func listUsers(ctx context.Context, n *node, only core.ID, io streams) error {
	agencies, err := n.auth.Agencies(ctx)
	if err != nil {
		return err
	}
	codes := make(map[core.ID]string, len(agencies))
	for _, a := range agencies {
		codes[a.ID] = a.Code
	}
	users, err := n.auth.Users(ctx, only)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tAGENCY\tACTIVE\tCODES\tSIGNED IN\tROLES\tNAME")
	for _, u := range users {
		last := "never"
		if !u.SignedInAt.IsZero() {
			last = u.SignedInAt.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", u.Login, codes[u.AgencyID], yesNo(u.Active), yesNo(u.HasTOTP), last, words(u.Roles), u.Name)
	}
	return w.Flush()
}

type userResetCmd struct {
	nodeFlags
	Login string `arg:"" help:"The sign-in name."`
}

// Run resets the account.
func (c userResetCmd) Run(ctx context.Context, io streams) error {
	return withNode(ctx, c.nodeFlags, io, func(n *node) error {
		u, err := n.auth.UserByLogin(ctx, c.Login)
		if err != nil {
			return err
		}
		password, err := n.auth.BootstrapReset(ctx, u.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(io.out, "Reset %s, who is signed out everywhere and sets up one-time codes anew.\n", u.Login)
		firstPassword(io, password)
		return nil
	})
}

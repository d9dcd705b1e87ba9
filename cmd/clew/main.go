// Command clew is the whole system in one binary: it serves the pages and the
// API, runs a demonstration country, and has a subcommand for each job that an
// operator, an analyst or a script does from a terminal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is every subcommand. Each one lives in the file of its name.
type cli struct {
	Demo     demoCmd     `cmd:"" help:"Make a country that does not exist and serve it."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the tables to this version's form."`
	Serve    serveCmd    `cmd:"" help:"Serve the pages and the API."`
	Estimate estimateCmd `cmd:"" help:"Estimate how many people no list has seen."`
	Screen   screenCmd   `cmd:"" help:"Read border messages (PAXLST, PNRGOV, CUSRES)."`
	Protect  protectCmd  `cmd:"" help:"Protect a table or records before they are published."`
	Agency   agencyCmd   `cmd:"" help:"Agencies: add, list."`
	User     userCmd     `cmd:"" help:"Accounts: add the first administrator, list, reset."`
	Token    tokenCmd    `cmd:"" help:"Tokens for machines that use the API."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
	Scheme   schemeCmd   `cmd:"" help:"The dated rules of law: list, show, check."`
	Match    matchCmd    `cmd:"" help:"Match names and records: pairs, lists, whole files."`
	Vault    vaultCmd    `cmd:"" help:"Keys that keep identities sealed: make, rotate, count, destroy."`
	Ledger   ledgerCmd   `cmd:"" help:"The tamper-evident record: verify, prove, export."`
	Import   importCmd   `cmd:"" help:"Import referrals from files of other systems."`
	WhatIf   whatifCmd   `cmd:"" name:"what-if" help:"What another recovery period would mean for places of safety."`
	Openapi  openapiCmd  `cmd:"" name:"openapi" help:"Print the description of the API (OpenAPI 3.1)."`
}

// streams are what a command reads from and writes to; tests give their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// exitError carries an exit status other than 1.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }

// run is main without the process: it returns the exit status. 0 is success, 1
// a failure that is explained on the error stream, 2 wrong usage.
func run(args []string, io streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exited := -1
	parser, err := kong.New(&cli{},
		kong.Name("clew"),
		kong.Description("Coordination for a country's response to trafficking in persons."),
		kong.UsageOnError(),
		kong.Writers(io.out, io.err),
		kong.Exit(func(status int) { exited = status }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(io),
	)
	if err != nil {
		fmt.Fprintln(io.err, "clew:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help has been printed
	}
	if err != nil {
		fmt.Fprintln(io.err, "clew:", err)
		return 2
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(io.err, "clew:", err)
		var exit *exitError
		if errors.As(err, &exit) {
			return exit.status
		}
		return 1
	}
	return 0
}

package main

import (
	"errors"
	"fmt"
	stdio "io"
	"os"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/profile"
	"clew/edifact/reading"
	"clew/internal/core"
)

type screenCmd struct {
	Parse  screenParseCmd  `cmd:"" help:"Read PAXLST, PNRGOV and CUSRES messages and print what they say."`
	Schema screenSchemaCmd `cmd:"" help:"Print the JSON Schema of what parse --json prints."`
}

type screenParseCmd struct {
	Files    []string `arg:"" name:"file" help:"Files of messages; - is the standard input."`
	JSON     bool     `help:"Print one JSON object a message, one a line."`
	Join     bool     `help:"Put the parts of a message together, over all files, and print each message once."`
	Dialects string   `type:"existingfile" placeholder:"FILE" help:"Carrier dialects (YAML) to use in place of the built-in ones."`
}

// Run reads each file. It fails when a file cannot be read or holds no message
// at all; whatever a message holds is never a failure, it is a finding.
func (c *screenParseCmd) Run(io streams) error {
	o := reading.Options{Parts: reading.NewParts(), Join: c.Join}
	if c.Dialects != "" {
		set, err := readDialects(c.Dialects)
		if err != nil {
			return err
		}
		o.Dialects = set
	}
	out := newReportPrinter(io.out, c.JSON)
	failed := 0
	joiner := reading.NewJoiner()
	for _, name := range c.Files {
		if err := c.file(name, io, o, joiner, out); err != nil {
			failed++
			fmt.Fprintf(io.err, "clew: %s: %v\n", name, err)
		}
	}
	for _, rep := range joiner.Rest() {
		if err := out.print(&rep); err != nil {
			return err
		}
	}
	if err := out.close(); err != nil {
		return err
	}
	if failed > 0 {
		return core.E(core.Invalid, "screen.no_message", fmt.Sprintf("%d of %d files could not be read or held no message.", failed, len(c.Files)))
	}
	return nil
}

func (c *screenParseCmd) file(name string, io streams, o reading.Options, joiner *reading.Joiner, out *reportPrinter) error {
	var r stdio.Reader = io.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		r = f
	}
	for rep, err := range reading.Reports(name, r, o) {
		if err != nil {
			return explain(err)
		}
		reports := []manifest.Report{rep.Report}
		if c.Join {
			reports = joiner.Add(rep)
		}
		for i := range reports {
			if err := out.print(&reports[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func explain(err error) error {
	if errors.Is(err, edifact.ErrNoMessage) {
		return core.E(core.Invalid, "screen.no_message", "The file holds no PAXLST, PNRGOV or CUSRES message.")
	}
	return err
}

func readDialects(name string) (*profile.Set, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read dialects: %w", err)
	}
	set, err := profile.NewSet(text)
	if err != nil {
		return nil, &core.Error{Kind: core.Invalid, Code: "screen.dialects", Msg: "The dialects file cannot be read.", Err: err}
	}
	return set, nil
}

type screenSchemaCmd struct{}

// Run prints the schema.
func (screenSchemaCmd) Run(io streams) error {
	_, err := io.out.Write(manifest.Schema)
	return err
}

package main

import (
	"fmt"
	"text/tabwriter"

	"clew/internal/exchange"
)

type importTemplateCmd struct {
	Explain bool `help:"Explain every column instead of writing the file."`
}

// Run writes the template to the standard output.
func (c importTemplateCmd) Run(io streams) error {
	if !c.Explain {
		return exchange.Template(io.out)
	}
	w := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	for _, d := range exchange.Columns() {
		fmt.Fprintf(w, "%s\t%s\n", d.Name, d.About)
	}
	return w.Flush()
}

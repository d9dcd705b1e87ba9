package main

import (
	"context"
	"fmt"
	"time"

	"clew/internal/auth"
	"clew/internal/core"
)

type tokenCmd struct {
	Add tokenAddCmd `cmd:"" help:"Make a token for a machine that uses the API."`
}

type tokenAddCmd struct {
	nodeFlags
	Agency  string `required:"" help:"The code of the agency whose machine it is." placeholder:"CODE"`
	Role    string `required:"" help:"What the machine does, as a role." placeholder:"ROLE"`
	Purpose string `required:"" help:"Why: identify, protect, investigate, screen, publish or oversee." placeholder:"PURPOSE"`
	Label   string `required:"" help:"Which system uses it." placeholder:"TEXT"`
	Days    int    `default:"90" help:"For how many days it is good; 366 at most." placeholder:"N"`
}

const (
	hoursADay    = 24
	maxTokenDays = 366
)

// Run makes the token and prints its secret, which is stored nowhere.
func (c tokenAddCmd) Run(ctx context.Context, io streams) error {
	if c.Days < 1 || c.Days > maxTokenDays {
		return core.E(core.Invalid, "token.days", "Give --days a number from 1 to 366.")
	}
	return withNode(ctx, c.nodeFlags, io, func(n *node) error {
		agency, err := n.auth.AgencyByCode(ctx, c.Agency)
		if err != nil {
			return err
		}
		until := n.clock.Now().Add(time.Duration(c.Days) * hoursADay * time.Hour)
		secret, err := n.auth.BootstrapToken(ctx, auth.Token{AgencyID: agency.ID, Role: core.Role(c.Role), Purpose: core.Purpose(c.Purpose), Label: c.Label, ExpiresAt: until})
		if err != nil {
			return err
		}
		fmt.Fprintln(io.out, secret)
		fmt.Fprintf(io.err, "The token of %s for %s is good until %s. It is shown only now; put it where only that system reads it.\n", agency.Name, c.Purpose, until.Format(time.DateOnly))
		return nil
	})
}

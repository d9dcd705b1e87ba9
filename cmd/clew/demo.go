package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/demo"
	"clew/internal/vault"
)

type demoCmd struct {
	Addr        string  `default:"127.0.0.1:8080" help:"The address to listen on."`
	Data        string  `type:"path" help:"Keep the country in this folder and go on with it next time. Default: a temporary folder, gone at the end." placeholder:"DIR"`
	DatabaseURL string  `name:"database-url" help:"Keep it in this PostgreSQL database; the folder then holds the keys only." placeholder:"URL"`
	People      int     `default:"2000" help:"How many people are referred in the three years: 1 to 200,000."`
	Seed        uint64  `default:"7" help:"Another seed makes another country."`
	APIRate     float64 `name:"api-rate" default:"20" help:"Requests a second that one API token may make."`
	BuildOnly   bool    `help:"Make the country and stop."`
}

const maxDemoPeople = 200_000

// Run makes a country and serves it.
func (c demoCmd) Run(ctx context.Context, io streams) (err error) {
	if c.People < 1 || c.People > maxDemoPeople {
		return core.E(core.Invalid, "demo.people", "Give --people a number from 1 to 200,000.")
	}
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "clew-demo-"); err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer func() { _ = os.RemoveAll(c.Data) }()
	}
	n, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = n.Close() }()
	if err := c.build(ctx, n, io); err != nil || c.BuildOnly {
		return errors.Join(err, n.lastCheckpoint())
	}
	return c.serve(ctx, n, io)
}

// open makes the installation in the folder, or opens the one that is there. Its
// keyset has no passphrase: everybody in it is made up.
func (c demoCmd) open(ctx context.Context) (*node, error) {
	dir := dataDir(c.Data)
	if err := dir.Create(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir.Keyset()); errors.Is(err, os.ErrNotExist) {
		if err := createVault(ctx, vault.FileSource(dir.Keyset(), vault.Unsealed()), dir.Keys()); err != nil {
			return nil, err
		}
	}
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	flags := nodeFlags{vaultFlags: vaultFlags{Data: c.Data, Keyset: dir.Keyset()}, DatabaseURL: c.DatabaseURL, Scheme: "uk"}
	return openNode(ctx, flags, nodeOptions{auth: auth.Options{WithoutTOTP: true, Cheap: true}, cheap: true, vault: []vault.Option{vault.WithBatch(256)}, log: quiet})
}

func (c demoCmd) build(ctx context.Context, n *node, io streams) error {
	show := progress(io.err, "Making a country")
	err := demo.Build(ctx, demo.Parts{DB: n.db, Auth: n.auth, Vault: n.vault.Vault, Schemes: n.schemes, Now: n.clock.Now(), Seed: c.Seed}, c.People, show)
	if err != nil {
		return err
	}
	for {
		integrated, err := n.ledger.Integrate(ctx)
		if err != nil || integrated == 0 {
			return err
		}
	}
}

func (c demoCmd) serve(ctx context.Context, n *node, io streams) error {
	site := n.site()
	if err := demo.Concerns(ctx, n.concerns, site); err != nil {
		return err
	}
	info, err := demo.Describe(ctx, n.db, n.auth)
	if err != nil {
		return err
	}
	site.Demo = info
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Addr, err)
	}
	fmt.Fprintf(io.out, "\nA country with %s. Everybody in it is made up.\nSign in with any of these names; the password is: %s\n\n", people(c.People), demo.Password)
	for _, s := range info.SignIns {
		fmt.Fprintf(io.out, "  %-15s %s, %s\n", s.Login, s.Role, s.Agency)
	}
	fmt.Fprintf(io.out, "\nData: %s\nOpen http://%s   (stop with Ctrl-C)\n", filepath.Clean(c.Data), listener.Addr())
	return n.serve(ctx, listener, n.handler(site, handlerOptions{metrics: true, apiRate: c.APIRate}), "", "", "")
}

func people(n int) string {
	if n == 1 {
		return "one person referred"
	}
	return fmt.Sprintf("%d people referred", n)
}

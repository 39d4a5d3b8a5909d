package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
)

// serveCommand runs the ledger until it is stopped.
func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the ledger and its projections until Ctrl-C",
		Long: `Run the embedded NATS server, the ledger and the projections on the data folder until Ctrl-C.
Other sijil commands on the same folder then ask this process, and start in no time.`,
		Example: `  sijil serve
  sijil serve --data /var/lib/sijil -v`,
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := node.StartSoon(c.Context(), a.config())
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Serving the ledger of %s in %s. Ctrl-C ends it.\n", n.Programme, absolute(a.data))
			select {
			case <-c.Context().Done():
				err = nil
			case err = <-n.Failed():
			}
			if err2 := n.Close(); err == nil {
				err = err2
			}
			if err == nil {
				fmt.Fprintln(a.stdout, "Closed.")
			}
			return err
		},
	}
}

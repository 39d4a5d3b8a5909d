package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is that of the release; the build's revision is added where it is known.
const version = "0.1.0"

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version, and those of NATS and bbolt",
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintln(a.stdout, "sijil", version)
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return nil
			}
			fmt.Fprintln(a.stdout, info.GoVersion)
			for _, s := range info.Settings {
				if s.Key == "vcs.revision" {
					fmt.Fprintln(a.stdout, "revision", s.Value)
				}
			}
			for _, m := range info.Deps {
				switch m.Path {
				case "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats.go", "go.etcd.io/bbolt":
					fmt.Fprintln(a.stdout, m.Path, m.Version)
				}
			}
			return nil
		},
	}
}

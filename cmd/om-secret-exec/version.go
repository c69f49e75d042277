package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

// version is the release, set when it is built: -ldflags '-X main.version=...'.
var version = "devel"

// about is what version -o json prints; scripts may rely on its fields.
type about struct {
	Version    string           `json:"version"`
	Go         string           `json:"go"`
	Platform   string           `json:"platform"`
	Protocol   string           `json:"protocol"`
	Providers  []string         `json:"providers"`
	ExitCodes  []exitCode       `json:"exitCodes"`
	ErrorCodes []providers.Code `json:"errorCodes"`
}

func newVersion(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Tell the version, the providers and the exit codes",
		Long:    "Version tells which build this is, which providers it can read, and what its\nexit codes mean.",
		Example: "  om-secret-exec version -o json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := aboutThis()
			if format == "json" {
				return a.writeJSON(v)
			}
			return a.write("", []byte(v.text()))
		},
	}
	addFormat(cmd, &format)
	return cmd
}

func aboutThis() about {
	v := about{
		Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Protocol: protocol.Version, ExitCodes: exitCodes(), ErrorCodes: providers.Codes(),
	}
	for _, k := range stores() {
		if k.Open != nil {
			v.Providers = append(v.Providers, k.Names...)
		}
	}
	return v
}

func (v about) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "om-secret-exec %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	fmt.Fprintf(&b, "protocol   %s\n", v.Protocol)
	fmt.Fprintf(&b, "providers  %s\n", strings.Join(v.Providers, " "))
	b.WriteString("exit codes\n")
	for _, c := range v.ExitCodes {
		fmt.Fprintf(&b, "  %-6s %s\n", c.Code, c.Text)
	}
	return b.String()
}

// addFormat registers -o, which is an output format wherever it occurs.
func addFormat(cmd *cobra.Command, format *string) {
	addChoice(cmd, choice{"output", format, []string{"text", "json"}, "how to print"}, "o")
}

func (a *app) writeJSON(v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return failed(&providers.Error{Code: providers.Internal, Message: "encoding the report"})
	}
	return a.write("", append(data, '\n'))
}

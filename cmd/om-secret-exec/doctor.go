package main

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
)

const doctorLong = `Doctor checks what a run would meet: the settings, who the store says we are,
whether it can be reached, the clock, and permissions as far as they can be
told without reading a secret. With FILE the provider and loader are those of
the workflow. It reads no secret. Exit 1 means that something is wrong.`

func newDoctor(a *app) *cobra.Command {
	o := &options{}
	var format string
	cmd := &cobra.Command{
		Use:     "doctor [FILE]",
		Short:   "Check settings, identity and reachability",
		Long:    doctorLong,
		Example: "  om-secret-exec doctor workflow.yaml",
		Args:    oneDocument,
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := o.effective(cmd.Context(), a, args)
			if err != nil {
				return err
			}
			a.warmUp()
			ctx, cancel := context.WithTimeout(cmd.Context(), set.Run.Timeout)
			defer cancel()
			return a.report(examine(ctx, a.env, set), format)
		},
	}
	addFormat(cmd, &format)
	o.addSettings(cmd)
	return cmd
}

// finding is one line of doctor.
type finding struct {
	Store  string           `json:"store,omitempty"`
	Name   string           `json:"name"`
	Status providers.Status `json:"status"`
	Text   string           `json:"text"`
	Hint   string           `json:"hint,omitempty"`
}

// report prints the findings; that one of them is bad is the exit code's to say.
func (a *app) report(findings []finding, format string) error {
	var text strings.Builder
	bad := 0
	for _, f := range findings {
		name := f.Name
		if f.Store != "" {
			name += " " + f.Store
		}
		fmt.Fprintf(&text, "%-8s %-14s %s\n", f.Status, name, printable(f.Text))
		if f.Hint != "" {
			fmt.Fprintf(&text, "%-8s %-14s %s\n", "", "hint:", printable(f.Hint))
		}
		if f.Status == providers.Fail {
			bad++
		}
	}
	var err error
	if format == "json" {
		err = a.writeJSON(findings)
	} else {
		err = a.write("", []byte(text.String()))
	}
	if err == nil && bad > 0 {
		return &codedError{err: fmt.Errorf("%d of %d checks failed", bad, len(findings)), code: exitFindings}
	}
	return err
}

// examine asks each store about itself.
func examine(ctx context.Context, env func(string) (string, bool), set *settings.Effective) []finding {
	list := []finding{{
		Name: "settings", Status: providers.OK,
		Text: fmt.Sprintf("provider %s (%s), loader %s (%s)", set.Provider.Value, set.Provider.Source, set.Loader.Value, set.Loader.Source),
	}}
	if f := proxy(env); f != nil {
		list = append(list, *f)
	}
	for _, store := range storesOf(set) {
		if store.Kind.Warnings != nil {
			for _, w := range store.Kind.Warnings(store.Settings) {
				list = append(list, finding{Store: store.Settings.Store, Name: "settings", Status: providers.Warn, Text: w})
			}
		}
		for _, fact := range examineStore(ctx, store) {
			list = append(list, finding{store.Settings.Store, fact.Name, fact.Status, fact.Text, fact.Hint})
		}
	}
	if set.Main == nil {
		e := set.NoStore()
		list = append(list, finding{Name: "store", Status: providers.Warn, Text: e.Message, Hint: e.Hint})
	}
	return list
}

func examineStore(ctx context.Context, s *settings.StoreSettings) []providers.Fact {
	store, err := openNow(ctx, s)
	facts := []providers.Fact{{Name: "open", Status: providers.OK, Text: s.Kind.Title + ": the settings can be used"}}
	if x, ok := store.(providers.Examiner); ok {
		facts, err = timely(ctx, "examining the store", func() ([]providers.Fact, error) { return x.Examine(ctx), nil })
	}
	if err != nil {
		e := asError(err)
		return []providers.Fact{{Name: "open", Status: providers.Fail, Text: e.Error(), Hint: e.Hint}}
	}
	return facts
}

// hostPort is the short form of a proxy.
var hostPort = regexp.MustCompile(`^[^:/@]+:[0-9]+$`)

// proxy tells of the proxy in the way, without its password.
func proxy(env func(string) (string, bool)) *finding {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		text, _ := env(name)
		if text == "" {
			continue
		}
		f := &finding{Name: "proxy", Status: providers.OK, Text: "variable " + name}
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			f.Text += ": " + u.Host
		} else if hostPort.MatchString(text) {
			f.Text += ": " + text
		} else {
			f.Status, f.Hint = providers.Fail, "write it as http://HOST:PORT"
		}
		return f
	}
	return nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/settings"
)

const configLong = `Config shows the settings that a run would use: each key with its value, where
the value comes from and what it overrode. Secret values are masked unless
--reveal is given. With FILE the provider and loader are those of the workflow.`

func newConfig(a *app) *cobra.Command {
	o := &options{}
	var format string
	var reveal bool
	cmd := &cobra.Command{
		Use:     "config [FILE]",
		Short:   "Show the effective settings and their sources",
		Long:    configLong,
		Example: "  om-secret-exec config --provider aws --loader airflow",
		Args:    oneDocument,
		RunE: func(cmd *cobra.Command, args []string) error {
			// Settings that cannot be used are those that one wants to see.
			set, unusable := o.effective(cmd.Context(), a, args)
			if set == nil {
				return unusable
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), set.Run.Timeout)
			defer cancel()
			report := newReport(ctx, set, reveal)
			var err error
			if format == "json" {
				err = a.writeJSON(report)
			} else {
				err = a.write("", []byte(report.text()))
			}
			return cmp.Or(err, unusable)
		},
	}
	addFormat(cmd, &format)
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show secret values, too")
	o.addSettings(cmd)
	cmd.AddCommand(newGetValue(a))
	return cmd
}

// effective finds the settings: a workflow's if args name one, else those of
// the flags and the environment. With an error about one of them the others are
// returned all the same.
func (o *options) effective(ctx context.Context, a *app, args []string) (*settings.Effective, error) {
	if err := o.apply(a); err != nil {
		return nil, err
	}
	if len(args) > 0 {
		j := newJob(a, o)
		if err := j.read(ctx, args); err != nil {
			return nil, err
		}
		err := j.prepare(ctx)
		if err == nil && len(j.set.Broken) > 0 {
			err = settingsError(errors.Join(slices.Collect(maps.Values(j.set.Broken))...))
		}
		return j.set, err
	}
	l := newLookups(a, o)
	if err := l.settings(ctx, nil); err != nil {
		return l.set, err
	}
	if l.set.Provider.Source == "" {
		return nil, failed(l.set.NoStore())
	}
	return l.set, nil
}

// configReport is what config prints; -o json is this as it stands.
type configReport struct {
	Provider      settings.Choice `json:"provider"`
	Loader        settings.Choice `json:"loader"`
	AirflowConfig airflowFile     `json:"airflowConfig"`
	Options       []optionReport  `json:"options"`
	Stores        []storeReport   `json:"stores"`
}

type airflowFile struct {
	Path  string `json:"path"`
	Found bool   `json:"found"`
}

// optionReport is a setting of the run itself.
type optionReport struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

type storeReport struct {
	Name     string          `json:"name,omitempty"`
	Provider string          `json:"provider"`
	Title    string          `json:"title"`
	Place    string          `json:"place,omitempty"`
	Settings []settingReport `json:"settings"`
}

type settingReport struct {
	Key       string   `json:"key"`
	Set       bool     `json:"set"`
	Value     string   `json:"value,omitempty"`
	Masked    bool     `json:"masked,omitempty"`
	Source    string   `json:"source,omitempty"`
	Overrides []string `json:"overrides,omitempty"`
	Text      string   `json:"text"`
}

// mask stands for every secret value, whatever its length.
const mask = "********"

func newReport(ctx context.Context, set *settings.Effective, reveal bool) configReport {
	r := configReport{
		Provider: set.Provider, Loader: set.Loader,
		AirflowConfig: airflowFile(set.Airflow),
		Stores:        []storeReport{},
	}
	for _, o := range set.Options {
		switch o.Option.Flag {
		case "provider", "loader", "airflow-config": // they have places of their own
		default:
			r.Options = append(r.Options, optionReport{o.Option.Flag, o.Value, o.Source})
		}
	}
	for _, s := range storesOf(set) {
		store := storeReport{Name: s.Settings.Store, Provider: s.Settings.Provider, Title: s.Kind.Title, Place: placeOf(ctx, s)}
		for _, e := range s.Entries {
			one := settingReport{
				Key: e.Key.Name, Set: e.Set, Value: e.Value, Source: e.Source,
				Overrides: e.Overrides, Text: e.Key.Text,
			}
			if shown := masked(e); !reveal && shown != e.Value {
				one.Value, one.Masked = shown, true
			}
			store.Settings = append(store.Settings, one)
		}
		r.Stores = append(r.Stores, store)
	}
	return r
}

// placeOf says where a store looks, for stores that find a part of that out by
// themselves. Opening a store asks nobody; what keeps it from opening is for
// doctor and resolve to say.
func placeOf(ctx context.Context, s *settings.StoreSettings) string {
	store, err := openNow(ctx, s)
	if err != nil {
		return ""
	}
	if placed, ok := store.(interface{ Place() string }); ok {
		return placed.Place()
	}
	return ""
}

// masked is a value without what must not be seen: all of a secret, and what
// may be one in an address.
func masked(e settings.Entry) string {
	if e.Key.Secret && e.Value != "" {
		return mask
	}
	u, err := url.Parse(e.Value)
	if err != nil || u.Host == "" || u.User == nil && u.RawQuery == "" {
		return e.Value
	}
	return u.Scheme + "://" + mask + "@" + u.Host + u.EscapedPath()
}

// storesOf lists the stores of a run: the main one, then the named ones by name.
func storesOf(set *settings.Effective) []*settings.StoreSettings {
	var list []*settings.StoreSettings
	if set.Main != nil {
		list = append(list, set.Main)
	}
	for _, name := range slices.Sorted(maps.Keys(set.Named)) {
		list = append(list, set.Named[name])
	}
	return list
}

func (r configReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "provider     %s (%s)\nloader       %s (%s)\n",
		r.Provider.Value, r.Provider.Source, r.Loader.Value, r.Loader.Source)
	if path := r.AirflowConfig.Path; path != "" {
		found := "read"
		if !r.AirflowConfig.Found {
			found = "not there"
		}
		fmt.Fprintf(&b, "airflow.cfg  %s (%s)\n", path, found)
	}
	for _, o := range r.Options {
		if o.Source != "" {
			fmt.Fprintf(&b, "%-12s %s (%s)\n", o.Name, printable(o.Value), o.Source)
		}
	}
	for _, s := range r.Stores {
		fmt.Fprintf(&b, "\n%s", s.Title)
		if s.Name != "" {
			fmt.Fprintf(&b, " (store %q)", s.Name)
		}
		b.WriteString("\n")
		if s.Place != "" {
			fmt.Fprintf(&b, "  looks in %s\n", s.Place)
		}
		for _, e := range s.Settings {
			b.WriteString(e.line())
		}
	}
	return b.String()
}

func (e settingReport) line() string {
	value := printable(e.Value)
	switch {
	case !e.Set:
		return fmt.Sprintf("  %-26s not set: %s\n", e.Key, e.Text)
	case value == "":
		value = `""`
	}
	line := fmt.Sprintf("  %-26s %s  (%s)", e.Key, value, e.Source)
	if len(e.Overrides) > 0 {
		line += "  overrides " + strings.Join(e.Overrides, ", ")
	}
	return line + "\n"
}

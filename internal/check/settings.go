package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

// Settings checks settings, also those that [settings.Resolve] gave beside an
// error. What is wrong with the workflow's own two keys is found by [Document].
// Where nothing else is wrong it opens the stores, which asks nobody.
func Settings(ctx context.Context, set *settings.Effective) []Finding {
	var found []Finding
	add := func(code, message, fix string) {
		found = append(found, New(code, workflow.Position{}, "", message, fix))
	}
	for _, r := range set.Remarks {
		if code, fix := remarkRule(r.Kind); code != "" {
			if r.Hint != "" {
				fix = r.Hint
			}
			add(code, r.Text, fix)
		}
	}
	var stores []*settings.StoreSettings
	if set.Main != nil {
		stores = append(stores, set.Main)
	}
	for _, name := range slices.Sorted(maps.Keys(set.Named)) {
		stores = append(stores, set.Named[name])
	}
	for _, s := range stores {
		checkStore(s, add)
	}
	if !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Error }) {
		for _, s := range stores {
			checkOpen(ctx, s, add)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set.Broken)) {
		for _, e := range flatten(set.Broken[name]) {
			fix := e.Hint
			if fix == "" {
				fix = "define the store as docs/providers.md says, or leave store= out"
			}
			message := e.Message
			if !strings.Contains(message, strconv.Quote(name)) {
				message = fmt.Sprintf("store %q: %s", name, message)
			}
			add(BrokenStore, message, fix)
		}
	}
	return slices.Compact(found)
}

// remarkRule is the rule for a kind of remark, and what mends it.
func remarkRule(kind settings.RemarkKind) (code, fix string) {
	switch kind {
	case settings.AirflowCfg:
		return settingFile, "name the file with --airflow-config, and see to it that it can be read"
	case settings.Blanks:
		return settingBlanks, "remove the blanks"
	case settings.Quotes:
		return settingQuotes, "remove the quotes"
	case settings.Spelling:
		return settingSpelling, "write the setting under the first name"
	case settings.Unread:
		return settingUnread, "set the one that is missing, or remove the others"
	case settings.CountsAsFalse:
		return settingFalse, "write true or false"
	case settings.HalfCredential:
		return settingHalf, "set both halves, or neither"
	case settings.Missing:
		return settingMissing, "set it"
	case settings.Unusable:
		return settingUnusable, "give it a value of the right form; " + settingsListed
	case settings.Workflow:
	}
	return "", ""
}

// checkStore finds values that are wrong, and those that are dangerous.
func checkStore(s *settings.StoreSettings, add func(code, message, fix string)) {
	if region, ok := s.Settings.Lookup("aws_region"); ok && isZone(region.Value) {
		add(settingZone, fmt.Sprintf("aws_region (%s) is %q, an availability zone", region.Source, region.Value),
			fmt.Sprintf("write the region, %q", region.Value[:len(region.Value)-1]))
	}
	if s.Kind.Warnings == nil {
		return
	}
	for _, w := range s.Kind.Warnings(s.Settings) {
		add(settingDangerous, w, "remove the setting; docs/providers.md says how a private CA is trusted")
	}
}

const settingsListed = "docs/providers.md lists the settings"

// checkOpen finds what the store's own code knows only, such as that no region
// is set anywhere.
func checkOpen(ctx context.Context, s *settings.StoreSettings, add func(code, message, fix string)) {
	_, err := s.Open(ctx)
	e := (*providers.Error)(nil)
	if !errors.As(err, &e) || e.Code != providers.Config {
		return
	}
	message := e.Message
	if name := s.Settings.Store; name != "" {
		message = fmt.Sprintf("store %q: %s", name, message)
	}
	add(settingUnusable, message, cmp.Or(e.Hint, settingsListed))
}

// isZone tells the shape of an availability zone: a region, whose last character
// is a digit, and a letter.
func isZone(s string) bool {
	n := len(s)
	return n > 2 && s[n-1] >= 'a' && s[n-1] <= 'z' && s[n-2] >= '0' && s[n-2] <= '9'
}

// flatten takes apart what errors.Join made.
func flatten(err error) []*providers.Error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*providers.Error
		for _, one := range joined.Unwrap() {
			all = append(all, flatten(one)...)
		}
		return all
	}
	if e := (*providers.Error)(nil); errors.As(err, &e) {
		return []*providers.Error{e}
	}
	return nil
}

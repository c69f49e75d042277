package check

import (
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
func Settings(set *settings.Effective) []Finding {
	var found []Finding
	add := func(code, message, fix string) {
		found = append(found, finding(code, workflow.Position{}, "", message, fix))
	}
	for _, r := range set.Remarks {
		if code, fix := remarkRule(r.Kind); code != "" {
			if r.Hint != "" {
				fix = r.Hint
			}
			add(code, r.Text, fix)
		}
	}
	stores := []*settings.StoreSettings{set.Main}
	for _, name := range slices.Sorted(maps.Keys(set.Named)) {
		stores = append(stores, set.Named[name])
	}
	for _, s := range stores {
		if s != nil {
			checkStore(s, add)
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
			add(settingStore, message, fix)
		}
	}
	return slices.CompactFunc(found, func(a, b Finding) bool { return a == b })
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
		return settingUnusable, "give it a value of the right form; docs/providers.md lists the settings"
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

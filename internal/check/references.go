package check

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
	"om-secret-exec/internal/typo"
	"om-secret-exec/internal/workflow"
)

// references checks what the document has looked up.
func (l *lint) references() {
	homeless := 0
	var first workflow.Scalar
	for _, s := range l.doc.References() {
		text, shown, ok := l.open(s)
		if !ok {
			continue
		}
		ref, err := reference.Parse(text)
		if err != nil {
			l.invalid(s, text, shown, err)
			continue
		}
		l.reference(s, ref, shown)
		if ref.Store == "" {
			if homeless == 0 {
				first = s
			}
			homeless++
		}
	}
	l.noStore(first, homeless)
}

// open gives the reference in a scalar, decrypted if need be, and how messages
// show it. It is false when there is no reference, or none that can be read
// here.
func (l *lint) open(s workflow.Scalar) (text, shown string, ok bool) {
	if !fernet.Is(s.Value) {
		return s.Value, reference.Shown(s.Value), true
	}
	if !fernet.IsToken(s.Value) {
		l.add(fernetToken, s.Pos, s.Path, "the text after fernet: is not a Fernet token", "copy the token whole, its trailing = signs included")
		return "", "", false
	}
	env := l.in.Document.Env
	if file, _ := env("FERNET_KEY_FILE"); file != "" {
		return "", "", false // no file is read here
	}
	keys, err := fernet.FromEnv(env, nil)
	if err != nil || keys == nil {
		l.add(fernetNoKey, s.Pos, s.Path, "the value is Fernet encrypted, and FERNET_KEY holds no key that opens it; ingestion has no code for it and would take it for the password",
			"set FERNET_KEY (or FERNET_KEY_FILE) to the fernetConfiguration.fernetKey of the OpenMetadata server where this runs")
		return "", "", false
	}
	value, failed := keys.Decrypt(s.Value)
	if failed != nil {
		l.add(fernetToken, s.Pos, s.Path, failed.Message, failed.Hint)
		return "", "", false
	}
	text = string(value)
	return text, "fernet:... holding " + reference.Shown(text), reference.Is(text)
}

// invalid reports a text that is no reference.
func (l *lint) invalid(s workflow.Scalar, text, shown string, err error) {
	code, message, fix := refInvalid, "the reference is not valid", "write it as secret:ID, such as secret:/prod/db/password"
	if e := (*providers.Error)(nil); errors.As(err, &e) {
		message, fix = e.Message, e.Hint
	}
	if strings.ContainsAny(text, " \r\n\u2028\u2029") {
		code = refBlank
	}
	if strings.HasPrefix(text, "secret: ") {
		fix = "write the id directly after secret:, without a blank"
	}
	l.add(code, s.Pos, s.Path, fmt.Sprintf("%q: %s", shown, message), fix)
}

// reference checks a reference that can be read.
func (l *lint) reference(s workflow.Scalar, ref reference.Reference, shown string) {
	kind := l.kind(l.provider())
	// Which store a name stands for is in the settings, not in the document.
	if kind != nil && kind.CheckID != nil && ref.Store == "" && !l.unsettled[s.Pos] {
		if e := (*providers.Error)(nil); errors.As(kind.CheckID(ref.ID), &e) {
			fix := e.Hint
			if fix == "" {
				fix = "write the id as " + kind.Title + " shows it"
			}
			l.add(refID, s.Pos, s.Path, fmt.Sprintf("%q: %s", shown, e.Message), fix)
		}
	}
	if ref.Default != nil && *ref.Default != "" {
		l.add(refDefault, s.Pos, s.Path, fmt.Sprintf("%q: default= writes a value into the document, where everybody reads it, and hides that the secret is missing", shown),
			"store the value as a secret, or leave default= empty")
	}
	if l.in.Portable && ref.Extended() {
		l.add(refExtended, s.Pos, s.Path, fmt.Sprintf("%q: OpenMetadata takes all that follows secret: for the id, options, field and escapes included", shown),
			"store the value as a secret of its own and write secret:ID")
	}
}

// noStore reports once that nobody can look references up.
func (l *lint) noStore(first workflow.Scalar, count int) {
	provider, whence := l.provider(), "no provider is named"
	if l.in.Portable {
		provider = l.ownProvider() // OpenMetadata knows no flag of ours
	}
	if count == 0 || !storeless(provider) {
		return
	}
	if provider != "" {
		whence = fmt.Sprintf("provider %s is no store", provider)
	}
	what := "this reference"
	if count > 1 {
		what = fmt.Sprintf("this reference and %d more", count-1)
	}
	l.add(refNoStore, first.Pos, first.Path, whence+" to look "+what+" up in; OpenMetadata would use the text behind secret: as the value",
		"write secretsManagerProvider: aws (or another) into workflowConfig.openMetadataServerConfig, or pass --provider")
}

// lookAlikes checks what was probably meant to be looked up and is not.
func (l *lint) lookAlikes() {
	const fix = "write the whole value as secret:ID, in lower case and with nothing before it"
	for _, n := range l.nodes {
		isRef := reference.Is(n.Value) || fernet.Is(n.Value)
		switch {
		case !n.Scalar:
		case n.IsKey && isRef:
			l.at(refKey, n, "the reference is the key of a mapping, and keys are not looked up", "write the reference as a value, in quotes and without braces around it")
		case n.IsKey && isGlued(n.Value):
			l.at(refKey, n, "without a blank behind its colon, a key and the reference are one key, and keys are not looked up", "write a blank behind the first colon")
		case n.IsKey:
		case isRef && !n.String:
			l.at(refTagged, n, "the reference has a tag, so that nobody looks it up", "remove the tag before the reference")
		case isRef || !n.String:
		case isLookAlike(n):
			l.at(refLookAlike, n, `the value looks like a reference but does not start with "secret:", so that it is used as it stands`, fix)
		case holdsReference(n.Value):
			l.at(refInside, n, `a reference stands inside a longer text; only a value that starts with "secret:" is looked up`,
				"store the whole text as one secret and refer to that")
		}
	}
}

// isLookAlike tells Secret:/x, secrets:/x, " secret:/x" and the like. Text that
// goes on behind a blank is prose, and digits are a port. What is no path, ARN or
// Fernet token has to be a password: secrets:read is a permission elsewhere.
func isLookAlike(n workflow.Node) bool {
	word, rest, ok := strings.Cut(strings.TrimSpace(n.Value), ":")
	word = strings.ToLower(strings.TrimSpace(word))
	rest = strings.TrimSpace(rest)
	if !ok || rest == "" || strings.ContainsAny(rest, " \t\r\n") || strings.Trim(rest, "0123456789") == "" {
		return false
	}
	if typo.Nearest(word, []string{"secret", "fernet"}, 1) == "" && word != "sercet" && word != "secert" {
		return false
	}
	return isPassword(n.Key) || strings.Contains(rest, "/") || strings.HasPrefix(rest, "arn:") || strings.HasPrefix(rest, "gAAAA")
}

// isGlued tells the key of {password:secret:/x}.
func isGlued(key string) bool {
	word, rest, _ := strings.Cut(key, ":")
	return strings.HasPrefix(rest, "secret:/") || reference.Is(rest) && isPassword(word)
}

// inside matches a reference somewhere in a text: a path, or the value of what
// looks like an option.
var inside = regexp.MustCompile(`secret:/[^/]|=secret:[^/\s]`)

// holdsReference tells a text with a reference somewhere behind its start. The
// ARN of a secret is none.
func holdsReference(value string) bool {
	return inside.MatchString(value) && !strings.HasPrefix(value, "arn:")
}

package check

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/reference"
	"om-secret-exec/internal/workflow"
)

const (
	maskedText = "asterisks are what OpenMetadata's server shows instead of a secret; they would be used as the password"
	maskedFix  = "write a reference such as secret:/prod/db/password, or read the workflow with a bot's token, which is shown secrets"
)

// values checks the other scalars. No message of it quotes one.
func (l *lint) values() {
	l.fileName()
	for i, n := range l.nodes {
		if isUnknownTag(n) {
			l.at(unknownTag, n, "OpenMetadata loads YAML with Python's safe loader, which refuses this tag and with it the whole document", "remove the tag")
		}
		if n.IsKey && n.Key == "secret" && n.Sole && n.Mapped {
			l.secretKey(n, l.nodes[i+1:])
		}
		if isNumber(n) && isPassword(n.Key) {
			l.at(untypedPassword, n, "without quotes the value is a number or a date, and OpenMetadata takes text only here", "put quotes around the value")
		}
		if !n.String || n.IsKey {
			continue
		}
		l.variables(n)
		switch {
		case isMask(n.Value):
			l.at(maskedValue, n, maskedText, maskedFix)
		case isOneLinePEM(strings.TrimSpace(n.Value)):
			l.at(escapedNewlines, n, `the key is one line with \n in it as two characters, and most programs that read PEM want line breaks`,
				`put it into double quotes, where \n is a line break, or write a block with |`)
		}
	}
}

// fileName reports a suffix that OpenMetadata does not know. Without any, the
// name may be standard input's, or a key that is mounted under another one.
func (l *lint) fileName() {
	suffix := filepath.Ext(l.in.Document.Name)
	known := []string{"", ".yaml", ".yml", ".json"}
	if slices.Contains(known, suffix) {
		return
	}
	message, fix := "OpenMetadata refuses a file whose name ends with "+suffix, "rename the file, so that it ends with .yaml, .yml or .json"
	if lower := strings.ToLower(suffix); slices.Contains(known, lower) {
		message, fix = message+", in capitals", "rename the file, so that it ends with "+lower
	}
	l.add(fileSuffix, workflow.Position{Line: 1, Column: 1}, "", message, fix)
}

// secretKey reports {secret: ID}. Behind the key comes its value, or nothing
// when that is an alias.
func (l *lint) secretKey(key workflow.Node, rest []workflow.Node) {
	if len(rest) > 0 && rest[0].Path == key.Path && !rest[0].String && rest[0].Tag != "!!null" {
		return // a number or a boolean is no id
	}
	l.at(secretMapping, key, "a blank or line break after secret: makes a mapping with the key secret, and nothing is looked up",
		"if a reference is meant, write the id directly after secret:, without a blank")
}

// isUnknownTag tells the tags that Python's safe loader has no reading for. A
// tagged reference has a rule of its own.
func isUnknownTag(n workflow.Node) bool {
	if n.Scalar && (reference.Is(n.Value) || fernet.Is(n.Value)) {
		return false
	}
	switch n.Tag {
	case "", "!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map", "!!merge",
		"!!timestamp", "!!binary", "!!omap", "!!pairs", "!!set":
		return false
	}
	return true
}

// isMask tells a run of at least five asterisks.
func isMask(value string) bool {
	value = strings.TrimSpace(value)
	return len(value) >= 5 && strings.Trim(value, "*") == ""
}

// isOneLinePEM tells a key whose line breaks are text.
func isOneLinePEM(value string) bool {
	return strings.HasPrefix(value, "-----BEGIN") && strings.Contains(value, `\n`) && !strings.ContainsAny(value, "\r\n")
}

// variables checks what expansion makes of a value.
func (l *lint) variables(n workflow.Node) {
	if n.Live {
		l.at(variableTwice, n, "the value of a variable holds a variable in its turn; that one stays text, because expansion goes over the document once",
			"set the first variable to the final text")
	}
	for _, v := range n.Variables {
		switch {
		case !v.Set && !canBeSet(v.Name) && !v.Braces:
			// $1, or half of a hash such as $2b$10$: no environment has it.
		case !v.Set:
			l.unset(n, v)
		case !v.Alone && !v.Braces && isPassword(n.Key) && !isReference(n.Value):
			l.add(variableInside, v.Pos, n.Path, "a variable of the environment is set whose name follows $ in this value; expansion replaces it, also where $ is meant as a character",
				"write ${NAME} if the variable is meant; a $ that is one is "+`"\u0024" in double quotes`)
		}
	}
}

// unset reports a variable that stays text. Its name may be part of a password,
// unless the braces tell that a variable is meant, or it is in a reference that
// may be shown.
func (l *lint) unset(n workflow.Node, v workflow.Variable) {
	message := "no variable of the name that follows $ is set here, so that the text stays as it is written"
	if v.Braces || reference.Is(n.Value) && reference.Shown(n.Value) == n.Value {
		message = fmt.Sprintf("variable %q is not set here, so that its name stays in the value", v.Name)
	}
	fix := `set the variable where this runs; a $ that is a character is "\u0024" in double quotes`
	if v.Braces && !canBeSet(v.Name) {
		message, fix = "what is in the braces is not the name of a variable; OpenMetadata knows $NAME and ${NAME} only, no defaults", "write ${NAME}"
	}
	l.add(variableUnset, v.Pos, n.Path, message, fix)
}

// isUnset tells a variable that is not set here and may be elsewhere.
func isUnset(v workflow.Variable) bool { return !v.Set && canBeSet(v.Name) }

func isReference(value string) bool { return reference.Is(value) || fernet.Is(value) }

// canBeSet tells the names that a shell lets one give to a variable.
func canBeSet(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// isPassword tells the keys under which OpenMetadata expects secrets.
func isPassword(key string) bool {
	key = strings.ToLower(key)
	for _, word := range []string{"password", "passphrase", "passwd", "secret", "token", "apikey", "accesskey", "privatekey", "secretkey"} {
		if strings.HasSuffix(key, word) {
			return true
		}
	}
	return false
}

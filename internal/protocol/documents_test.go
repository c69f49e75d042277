package protocol_test

import (
	"strings"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

// spec is a request with the members of its spec given.
func spec(members string) string {
	return `{"apiVersion": "om-secret-exec/v1", "kind": "SecretRequest", "spec": {` + members + `}}`
}

func refs(list string) string { return spec(`"refs": [` + list + `]`) }

func many(n int) string {
	return refs(strings.TrimSuffix(strings.Repeat(`{"ref": "a"},`, n), ","))
}

// documents are requests with our verdict: empty, or part of what we say
// against it. The schema must come to the same one, unless the fault is of a
// sort that no schema sees.
var documents = []struct {
	name, doc, fault string
	code             providers.Code // DOCUMENT when empty
	unseen           bool
}{
	{name: "smallest", doc: refs(``)},
	{name: "one", doc: refs(`{"ref": "/prod/db"}`)},
	{name: "everything", doc: spec(`"refs": [{"ref": "secret:/a", "version": "1", "field": "f", "default": ""}], "deadlineMs": 1500`)},
	{name: "the same twice", doc: refs(`{"ref": "a"}, {"ref": "a"}`)},
	{name: "unknown members", doc: `{"x": 1, "apiVersion": "om-secret-exec/v1", "kind": "SecretRequest", "spec": {"x": null, "refs": [{"ref": "a", "Field": 1, "x": {"y": 1, "y": 2}}]}}`},
	{name: "blanks around it", doc: "\r\n\t " + refs(``) + "\n\n"},
	{name: "texts that are no references", doc: refs(`{"ref": ""}, {"ref": "a", "version": "", "field": ""}`)},
	{name: "escapes", doc: refs(`{"ref": "\ud83d\ude00 \\ud800 \u00e9\n\u0000"}`)},
	{name: "the shortest time", doc: spec(`"refs": [], "deadlineMs": 1`)},
	{name: "the longest time", doc: spec(`"refs": [], "deadlineMs": 2147483647`)},
	{name: "a whole number with a fraction", doc: spec(`"refs": [], "deadlineMs": 1500.0`)},
	{name: "a whole number with an exponent", doc: spec(`"refs": [], "deadlineMs": 1.5e3`)},
	{name: "as many as may be", doc: many(protocol.MaxRefs)},

	{name: "empty", doc: "", fault: "it is empty"},
	{name: "blank", doc: " \n", fault: "it is empty"},
	{name: "no JSON", doc: "refs: []", fault: "it is not JSON (byte 1)"},
	{name: "half of it", doc: refs(``)[:40], fault: "it ends too early"},
	{name: "a fault inside", doc: refs(`{"ref": S3NTINEL}`), fault: "it is not JSON (byte 88)"},
	{name: "a mark before it", doc: "\ufeff" + refs(``), fault: "it is not JSON (byte 1)"},
	{name: "two of them", doc: refs(``) + refs(``), fault: "something follows the JSON document"},
	{name: "a brace behind it", doc: refs(``) + "}", fault: "something follows the JSON document"},
	{name: "a NUL behind it", doc: refs(``) + "\x00", fault: "something follows the JSON document"},
	{name: "a list", doc: "[]", fault: "the request: want an object, not an array"},
	{name: "null", doc: "null", fault: "the request: want an object, not null"},
	{name: "no version", doc: `{"kind": "SecretRequest", "spec": {"refs": []}}`, fault: "apiVersion: is missing"},
	{name: "a version that is a number", doc: `{"apiVersion": 1, "kind": "SecretRequest", "spec": {"refs": []}}`, fault: "apiVersion: want a string, not a number"},
	{name: "another version", doc: `{"apiVersion": "S3NTINEL", "spec": 5}`, fault: "unknown apiVersion; supported: om-secret-exec/v1"},
	{name: "no kind", doc: `{"apiVersion": "om-secret-exec/v1", "spec": {"refs": []}}`, fault: "kind: is missing"},
	{name: "another kind", doc: `{"apiVersion": "om-secret-exec/v1", "kind": "SecretResponse", "spec": {"refs": []}}`, fault: "kind: want SecretRequest"},
	{name: "names in other cases", doc: `{"APIVersion": "om-secret-exec/v1", "Kind": "SecretRequest", "Spec": {"refs": []}}`, fault: "apiVersion: is missing; kind: is missing; spec: is missing"},
	{name: "no spec", doc: `{"apiVersion": "om-secret-exec/v1", "kind": "SecretRequest"}`, fault: "spec: is missing"},
	{name: "a spec that is a list", doc: `{"apiVersion": "om-secret-exec/v1", "kind": "SecretRequest", "spec": []}`, fault: "spec: want an object, not an array"},
	{name: "no refs", doc: spec(``), fault: "spec.refs: is missing"},
	{name: "refs that are null", doc: spec(`"refs": null`), fault: "spec.refs: want an array, not null"},
	{name: "a ref that is a text", doc: refs(`"S3NTINEL"`), fault: "spec.refs[0]: want an object, not a string"},
	{name: "a ref without its text", doc: refs(`{"ref": "a"}, {"id": "S3NTINEL"}`), fault: "spec.refs[1].ref: is missing"},
	{name: "a ref that is a boolean", doc: refs(`{"ref": true}`), fault: "spec.refs[0].ref: want a string, not a boolean"},
	{name: "a version that is no text", doc: refs(`{"ref": "a", "version": 4711}`), fault: "spec.refs[0].version: want a string, not a number"},
	{name: "a field that is null", doc: refs(`{"ref": "a", "field": null}`), fault: "spec.refs[0].field: want a string, not null"},
	{name: "a default that is a list", doc: refs(`{"ref": "a", "default": ["S3NTINEL"]}`), fault: "spec.refs[0].default: want a string, not an array"},
	{name: "a time that is a text", doc: spec(`"refs": [], "deadlineMs": "10s"`), fault: "spec.deadlineMs: want a whole number of milliseconds from 1 to 2147483647, not a string"},
	{name: "no time", doc: spec(`"refs": [], "deadlineMs": 0`), fault: "spec.deadlineMs: want a whole number"},
	{name: "less than none", doc: spec(`"refs": [], "deadlineMs": -1`), fault: "spec.deadlineMs: want a whole number"},
	{name: "a part of a millisecond", doc: spec(`"refs": [], "deadlineMs": 1.5`), fault: "spec.deadlineMs: want a whole number"},
	{name: "a hair more than a millisecond", doc: spec(`"refs": [], "deadlineMs": 1.00000000000000000001`), fault: "spec.deadlineMs: want a whole number"},
	{name: "more time than there is", doc: spec(`"refs": [], "deadlineMs": 2147483648`), fault: "spec.deadlineMs: want a whole number"},
	{name: "far more", doc: spec(`"refs": [], "deadlineMs": 1e99`), fault: "spec.deadlineMs: want a whole number"},
	{name: "more than a float has", doc: spec(`"refs": [], "deadlineMs": 1e999`), fault: "spec.deadlineMs: want a whole number"},
	{name: "too many", doc: many(protocol.MaxRefs + 1), fault: "the request has 1001 references; the limit is 1000", code: providers.TooLarge},
	{
		name: "all that is wrong", doc: spec(`"refs": [{"ref": 1}, [], {"ref": "a", "field": 2}], "deadlineMs": null`),
		fault: "spec.refs[0].ref: want a string, not a number; spec.refs[1]: want an object, not an array; " +
			"spec.refs[2].field: want a string, not a number; spec.deadlineMs: want a whole number of milliseconds from 1 to 2147483647, not null",
	},
	{name: "more than one reads", doc: refs(strings.TrimSuffix(strings.Repeat("1,", 12), ",")), fault: "spec.refs[9]: want an object, not a number; and more"},

	{name: "a name twice above", doc: `{"kind": "x", "apiVersion": "om-secret-exec/v1", "kind": "SecretRequest", "spec": {"refs": []}}`, fault: "the request: a name is there twice", unseen: true},
	{name: "a name twice below", doc: refs(`{"ref": "S3NTINEL", "ref": "b"}`), fault: "spec.refs[0]: a name is there twice", unseen: true},
	{name: "an unknown name twice", doc: spec(`"refs": [], "x": 1, "x": 2`), fault: "spec: a name is there twice", unseen: true},
	{name: "a name twice by an escape", doc: refs(`{"ref": "a", "\u0072ef": "b"}`), fault: "spec.refs[0]: a name is there twice", unseen: true},
	{name: "not UTF-8", doc: refs(`{"ref": "` + "\xff" + `"}`), fault: "it is not UTF-8", unseen: true},
	{name: "not UTF-8 where nobody looks", doc: `{"x": "` + "\xe9" + `"}`, fault: "it is not UTF-8"},
	{name: "a first half", doc: refs(`{"ref": "\ud83d"}`), fault: "one half of a surrogate pair", unseen: true},
	{name: "two first halves", doc: refs(`{"ref": "\ud83d\ud83d"}`), fault: "one half of a surrogate pair", unseen: true},
	{name: "a first half and something", doc: refs(`{"ref": "\uD83D\n"}`), fault: "one half of a surrogate pair", unseen: true},
	{name: "a second half", doc: refs(`{"ref": "\udE00"}`), fault: "one half of a surrogate pair", unseen: true},
	{name: "too large", doc: refs(``) + strings.Repeat(" ", protocol.MaxBytes), fault: "the request has more than 1 MiB", code: providers.TooLarge, unseen: true},
}

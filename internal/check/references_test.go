package check_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/workflow"
)

// kinds are two stores, one of which refuses ids with capital letters.
func kinds() []providers.Kind {
	return []providers.Kind{
		{Names: []string{"aws", "managed-aws"}, Title: "A", CheckID: func(id string) error {
			if strings.ToLower(id) != id {
				return &providers.Error{Code: providers.InvalidRef, Message: "a name has no capital letters"}
			}
			return nil
		}, Open: func(context.Context, providers.Settings) (providers.Store, error) { return nil, nil }},
		{Names: []string{"azure-kv"}, Title: "B"},
		{Names: []string{"openbao", "managed-openbao", "vault"}, Title: "C"},
	}
}

// input is a document with a provider, expanded with an environment.
func input(text string, env map[string]string) check.Input {
	return check.Input{
		Document: workflow.Input{
			Name: "w.yaml", Data: []byte(text), Expand: true,
			Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		},
		Kinds: kinds(), Provider: "aws",
	}
}

// found writes findings as `CODE LINE:COLUMN`.
func found(list []check.Finding) []string {
	var lines []string
	for _, f := range list {
		lines = append(lines, f.Code+" "+f.Pos.String())
	}
	return lines
}

// table runs rows of a text and what it gives. A value of S3NTINEL may not be
// quoted.
func table(t *testing.T, rows []row) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			in := input(tt.in, tt.env)
			if tt.change != nil {
				tt.change(&in)
			}
			got := check.Document(in)
			if diff := cmp.Diff(tt.want, found(got)); diff != "" {
				t.Errorf("findings in %q (-want +got):\n%s", tt.in, diff)
			}
			for _, f := range got {
				if f.Message == "" || f.Fix == "" || f.Title == "" || f.Severity == "" {
					t.Errorf("%s says too little: %+v", f.Code, f)
				}
				if text := f.Message + f.Fix + f.Path; strings.Contains(text, "S3NTINEL") || strings.ContainsAny(text, "\n") {
					t.Errorf("%s quotes what may be a secret, or has several lines: %q", f.Code, text)
				}
			}
		})
	}
}

type row struct {
	name, in string
	env      map[string]string
	change   func(*check.Input)
	want     []string
}

func provider(name string) func(*check.Input) {
	return func(in *check.Input) { in.Provider = name }
}

func portable(in *check.Input) { in.Portable = true }

func TestReferences(t *testing.T) {
	const own = "workflowConfig: {openMetadataServerConfig: {secretsManagerProvider: aws}}\nsource: {serviceConnection: {a: b}}\n"
	table(t, []row{
		{name: "nothing", in: "a: secret:/x\nb: [secret:/y, 'secret:arn:aws:secretsmanager:x:1:secret:y']\n"},
		{name: "no id", in: "a: 'secret:'\nb: 'secret:?version=1'", want: []string{"OMS101 1:4", "OMS101 2:4"}},
		{name: "options", in: "a: secret:/x?vesion=S3NTINEL\nb: secret:/x?default=S3NTINEL&default=S3NTINEL#", want: []string{"OMS101 1:4", "OMS101 2:4"}},
		{name: "nothing behind #", in: "a: 'secret:/x#'", want: []string{"OMS101 1:4"}},
		{name: "folded", in: "a: secret:/x/\n  y\nb: >-\n  secret:/x\n  y\n", want: []string{"OMS102 1:4", "OMS102 3:4"}},
		{name: "a blank first", in: "a: 'secret: /x'", want: []string{"OMS102 1:4"}},
		{name: "a blank in a field is the field's", in: "a: 'secret:/x#the field'"},
		{name: "a block", in: "a: |\n  secret:/x\n", want: []string{"OMS103 1:4"}},
		{name: "an id", in: "a: secret:/X", want: []string{"OMS104 1:4"}},
		{name: "an id with a variable that is not set", in: "a: secret:/$NOPE/x\nb: &b 'secret:/${NOPE}'\nc: secret:/X$1", want: []string{"OMS205 1:12", "OMS205 2:16", "OMS104 3:4"}},
		{
			name: "an id that is asked for as it is", in: "a: secret:/$NOPE/x", change: func(in *check.Input) { in.Asked = true },
			want: []string{"OMS104 1:4", "OMS205 1:12"},
		},
		{name: "an id of a store that the document cannot know", in: "a: secret:/X?store=other"},
		{name: "look-alikes", in: "a: secrets:/x\nb: Secret:/x\ntoken: SECRET:S3NTINEL\nd: ' secret:/x'\ne: 'secret :/x'\nf: sercet:/x\ng: Fernet:gAAAAS3NTINEL\nh: 'Secret: /x'\ni: Secret:arn:aws:x\nj: {password: 'secret :prod-db'}", want: []string{
			"OMS105 1:4", "OMS105 2:4", "OMS105 3:8", "OMS105 4:4", "OMS105 5:4", "OMS105 6:4", "OMS105 7:4", "OMS105 8:4", "OMS105 9:4", "OMS105 10:15",
		}},
		{name: "no look-alikes", in: "a: 'Secret: keep this'\nb: secret\nc: 'Secret:'\nd: http://x\ne: secrets:443\nf: 'Secrets: overview'\ng: secrets:read\nh: '^secret:.*'\n# Secret:/x\n"},
		{name: "default", in: "a: secret:/x?default=S3NTINEL\nb: secret:/x?default=", want: []string{"OMS106 1:4"}},
		{name: "no provider", in: "a: secret:/x\nb: secret:/y\nc: secret:/z?store=n\n", change: provider(""), want: []string{"OMS107 1:4"}},
		{name: "provider db", in: "a: secret:/x", change: provider("db"), want: []string{"OMS107 1:4"}},
		{name: "a provider that nobody knows", in: "a: secret:/x", change: provider("nope")},
		{name: "the document's provider", in: own + "a: secret:/x", change: provider("")},
		{name: "portable", in: own + "a: secret:/x#f\nb: secret:/x?version=1\nc: secret:/a%23\nd: secret:/x", change: portable, want: []string{
			"OMS108 3:4", "OMS108 4:4", "OMS108 5:4",
		}},
		{name: "not portable without a provider of its own", in: "a: secret:/x", change: portable, want: []string{"OMS107 1:4"}},
		{name: "keys", in: "a: {secret:/x}\nsecret:y: 1", want: []string{"OMS109 1:5", "OMS109 2:1"}},
		{name: "a key with a default", in: "a: {'secret:/x?default=S3NTINEL': secrets:/x}", want: []string{"OMS109 1:5", "OMS105 1:35"}},
		{
			name: "a key without a blank behind its colon", in: "a: {b:secret:/x}\nc: {'password:secret:x?default=S3NTINEL': '*****'}\nd: {arn:aws:secret:/x: 1, b:secret:x: 2}",
			want: []string{"OMS109 1:5", "OMS109 2:5", "OMS208 2:43"},
		},
		{name: "a key that is an alias", in: "a: &a secret:/x\n*a : 1", want: []string{"OMS109 2:1"}},
		{name: "inside text", in: "a: jdbc:x?password=secret:/x\nb: secret://x\nc: arn:aws:secretsmanager:eu-west-1:1:secret:x\nd: arn:aws:secretsmanager:eu-west-1:1:secret:/x\ne: x;password=secret:prod-db;y\nf: a=secret://x", want: []string{"OMS113 1:4", "OMS113 5:4"}},
	})
}

func TestFernet(t *testing.T) {
	const token = "gAAAAABobdwA" // too short
	key := map[string]string{"FERNET_KEY": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="}
	// The token that the key above opens, holding "hello", from the Fernet specification.
	const hello = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
	table(t, []row{
		{name: "no key", in: "a: fernet:" + hello, want: []string{"OMS111 1:4"}},
		{name: "a key", in: "a: fernet:" + hello, env: key},
		{name: "another key", in: "a: fernet:" + hello, env: map[string]string{"FERNET_KEY": strings.Repeat("A", 43)}, want: []string{"OMS112 1:4"}},
		{name: "a key in a file", in: "a: fernet:" + hello, env: map[string]string{"FERNET_KEY_FILE": "/nowhere"}},
		{name: "no token", in: "a: fernet:" + token, env: key, want: []string{"OMS112 1:4"}},
	})
}

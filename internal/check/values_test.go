package check_test

import (
	"strings"
	"testing"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/workflow"
)

func asJSON(in *check.Input) { in.Document.Format = workflow.JSON }

func TestUnreadable(t *testing.T) {
	table(t, []row{
		{name: "no YAML", in: "a: [S3NTINEL", want: []string{"OMS001 1:13"}},
		{name: "empty", in: "", want: []string{"OMS001 1:1"}},
		{name: "no JSON", in: `{"a": secret: x}`, change: asJSON, want: []string{"OMS001 1:7"}},
		{name: "a variable breaks it", in: "a: $V", env: map[string]string{"V": "S3NTINEL: x"}, want: []string{"OMS001 1:4"}},
		{name: "secret and a blank", in: "x: 1\r\na: secret: S3NTINEL", want: []string{"OMS202 2:10"}},
		{name: "secret and nothing", in: "\ufeffa: secret:\n", want: []string{"OMS202 1:10"}},
		{name: "secret in braces", in: "c: {a: secret: S3NTINEL}", want: []string{"OMS202 1:14"}},
		{name: "another colon", in: "a: mysecret: S3NTINEL", want: []string{"OMS001 1:12"}},
		{name: "a plain mask", in: "a: *********", want: []string{"OMS208 1:4"}},
		{name: "no anchor", in: "a: *S3NTINEL", want: []string{"OMS001 1:4"}},
	})
}

func TestValues(t *testing.T) {
	table(t, []row{
		{name: "a key twice", in: "a: 1\nb: 1\na: S3NTINEL", want: []string{"OMS201 3:1"}},
		{name: "a key twice in JSON", in: `{"a": 1, "a": 2}`, change: asJSON, want: []string{"OMS201 1:10"}},
		{name: "secret as a key", in: "a:\n  secret: /S3NTINEL\nb: [secret: x]\nc: {secret: }\nd: {'secret': *x}", want: []string{"OMS001 5:15"}},
		{name: "the key secret alone", in: "a:\n  secret: /S3NTINEL\nb: [secret: x]\nc: {secret: }", want: []string{"OMS203 2:3", "OMS203 3:5", "OMS203 4:5"}},
		{name: "the key secret as a key", in: "a: {secret: x, id: y}\nb: {secret: {}}\nc: {secret: true}\nd: {\"secret\": {x: 1}}"},
		{name: "tags", in: "a: !vault S3NTINEL\nb: !m {a: 1}\nc: !!str x\nd: ! x\ne: !!python/name:x ''\nf: !<tag:yaml.org,2002:int> 1", want: []string{
			"OMS204 1:11", "OMS204 2:4", "OMS204 5:20",
		}},
		{name: "tagged references", in: "a: !vault secret:/x\nb: !m [secret:/x]\nc: !!binary secret:/x", want: []string{"OMS110 1:11", "OMS204 2:4", "OMS110 3:13"}},
		{name: "masks", in: "a: '*********'\nb: '****'\nc: '* * * * *'\nd: |\n *****", want: []string{"OMS208 1:4", "OMS208 4:4"}},
		{name: "numbers", in: "password: 1234\njwtToken: yes\nclientSecret: '1'\npassword2: 1\npassphrase: 2024-01-01\nsecret:\nport: 1", want: []string{"OMS211 1:11", "OMS211 5:13"}},
		{name: "numbers in YAML 1.1 only", in: "a: {password: 12:30}\nb: {password: 0b_}\nc: {password: 1_0}", want: []string{"OMS211 1:15", "OMS211 2:15", "OMS211 3:15"}},
		{name: "numbers in YAML 1.2 only", in: "a: {password: 1e5}\nb: {password: 0899}\nc: {password: 0o17}\nd: {password: 2024-1-1}"},
		{name: "numbers in quotes and tags", in: "a: {password: '12:30'}\nb: {password: !!int 7}\nc: {password: !!str 7}", want: []string{"OMS211 2:21"}},
		{name: "numbers in JSON", in: `{"password": 1e5, "a": {"password": "12:30"}}`, change: asJSON, want: []string{"OMS211 1:14"}},
		{name: "a name in capitals", in: "a: 1", change: func(in *check.Input) { in.Document.Name = "x/W.YAML" }, want: []string{"OMS210 1:1"}},
		{name: "another name", in: "a: 1", change: func(in *check.Input) { in.Document.Name = "x.d/w.conf" }, want: []string{"OMS210 1:1"}},
		{name: "no suffix", in: "a: 1", change: func(in *check.Input) { in.Document.Name = "x.d/w" }},
		{name: "PEM", in: "a: '-----BEGIN X-----\\nS3NTINEL'\nb: \"-----BEGIN X-----\\nx\"\nc: |\n  -----BEGIN\n  \\n\nd: |\n  -----BEGIN X-----\\nS3NTINEL\n", want: []string{"OMS209 1:4", "OMS209 6:4"}},
	})
}

// TestTemplate: a syntax error of a text with a template's marks says what to do
// with templates; another one does not.
func TestTemplate(t *testing.T) {
	for in, want := range map[string]bool{"{% if x %}\na: b": true, "a: x\n{{- if y }}\nb: c": true, "a: [b": false} {
		found := check.Document(input(in, nil))
		if len(found) != 1 || strings.Contains(found[0].Fix, "render it first") != want {
			t.Errorf("%q: %+v, want a word about templates: %v", in, found, want)
		}
	}
}

func TestVariables(t *testing.T) {
	env := map[string]string{"HOME": "/h", "LIVE": "$HOME", "WORD": "S3NTINEL", "EMPTY": ""}
	quiet := func(in *check.Input) { in.Document.Expand = false }
	table(t, []row{
		{name: "not set", in: "a: x$S3NTINEL\nb: '${NOPE}'\nc: secret:/$nope/x\nd: |\n  x\n  $NOPE\n", env: env, want: []string{
			"OMS205 1:5", "OMS205 2:5", "OMS205 3:12", "OMS205 6:3",
		}},
		{name: "in a default", in: "a: secret:/x?default=pa$S3NTINEL", env: env, want: []string{"OMS106 1:4", "OMS205 1:24"}},
		{name: "a default", in: "a: ${NOPE:-x}", env: env, want: []string{"OMS205 1:4"}},
		{name: "no variables", in: "a: $2b$10$, $1 $ $$ ^x$\n# $nope\n$nope: 1", env: env},
		{name: "not expanded", in: "a: $nope $HOME", env: env, change: quiet},
		{name: "a part of a password", in: "password: S3N$HOME\njwtToken: '${HOME}x'\nclientSecret: $HOME\nkeyPath: $HOME/x\npassword2: x$WORD", env: env, want: []string{"OMS206 1:14"}},
		{name: "a part that becomes nothing", in: "password: a${EMPTY}$EMPTY", env: env, want: []string{"OMS206 1:20"}},
		{name: "a reference", in: "password: secret:/x$HOME/y", env: env},
		{name: "twice", in: "a: b$LIVE\n# $LIVE\n", env: env, want: []string{"OMS207 1:4", "OMS207 2:3"}},
		{name: "JSON", in: `{"password": "S3N$HOME", "b": "$nope"}`, env: env, change: asJSON, want: []string{"OMS206 1:18", "OMS205 1:32"}},
	})
}

func TestServer(t *testing.T) {
	own := func(in *check.Input) { in.Provider = "" }
	doc := func(server, rest string) string {
		return "workflowConfig:\n  openMetadataServerConfig: {" + server + "}\n" + rest
	}
	const connection = "source: {serviceConnection: {password: secret:/x}}"
	const provider = "secretsManagerProvider: "
	both := func(in *check.Input) { in.Provider, in.Portable = "", true }
	table(t, []row{
		{name: "good", in: doc(provider+"aws, storeServiceConnection: false", connection), change: own},
		{name: "unknown", in: doc(provider+"asw", ""), change: own, want: []string{"OMS301 2:54"}},
		{
			name: "variables that are not set", in: doc(provider+"&p '${NOPE}', secretsManagerLoader: $NOPE", connection), change: own,
			want: []string{"OMS205 2:58", "OMS205 2:90", "OMS305 3:40"},
		},
		{name: "what is no variable", in: doc(provider+"'${NOPE:-aws}'", ""), change: own, want: []string{"OMS301 2:54", "OMS205 2:55"}},
		{name: "tests' own", in: doc(provider+"in-memory", ""), change: own, want: []string{"OMS301 2:54"}},
		{name: "no words", in: doc(provider+"[aws, {a: [b]}], secretsManagerLoader: {a: b}", ""), change: own, want: []string{"OMS301 2:54", "OMS302 2:93"}},
		{name: "old words", in: doc(provider+"noop", "") + "request: {secretsManagerProvider: ''}", change: own, want: []string{"OMS303 2:54"}},
		{name: "null", in: doc(provider+", secretsManagerLoader: ", ""), change: own},
		{name: "null loader", in: doc(provider+"aws, storeServiceConnection: false, secretsManagerLoader: ", connection), change: own, want: []string{"OMS303 2:112"}},
		{name: "unknown loader", in: doc(provider+"db, secretsManagerLoader: envv", ""), change: own, want: []string{"OMS302 2:80"}},
		{name: "noop by default", in: doc(provider+"azure-kv, storeServiceConnection: false", connection), change: own, want: []string{"OMS304 2:54"}},
		{name: "noop", in: doc(provider+"azure-kv, secretsManagerLoader: noop, storeServiceConnection: false", connection), change: own, want: []string{"OMS304 2:86"}},
		{name: "noop and aws", in: doc(provider+"aws, secretsManagerLoader: noop, storeServiceConnection: false", connection), change: own},
		{name: "stored", in: doc(provider+"aws", connection), change: own, want: []string{"OMS305 3:40"}},
		{name: "forced", in: doc(provider+"aws, forceEntityOverwriting: true", connection), change: own, want: []string{"OMS306 3:40"}},
		{name: "references elsewhere", in: doc(provider+"aws", "source: {serviceConnection: {a: b}}\nsink: secret:/x"), change: own},
		{name: "shape", in: doc(provider+"aws", "source: {serviceName: x}"), change: own, want: []string{"OMS307 2:54"}},
		{name: "shape without a store", in: doc(provider+"db", "source: {serviceName: x}"), change: own},
		{name: "not upstream", in: doc(provider+"vault, secretsManagerLoader: auto, storeServiceConnection: false", connection), change: both, want: []string{"OMS308 2:54", "OMS308 2:83"}},
	})
}

// TestPortableFix: what is recommended is not refused in its turn.
func TestPortableFix(t *testing.T) {
	in := input("openMetadataServerConfig: {secretsManagerProvider: vault, secretsManagerLoader: env}\nsource: {serviceConnection: {a: b}}", nil)
	in.Portable = true
	if got := check.Document(in); len(got) != 1 || got[0].Code != "OMS308" || strings.Contains(got[0].Fix, "in-memory") {
		t.Errorf("findings: %+v", got)
	}
}

func TestIgnores(t *testing.T) {
	table(t, []row{
		{name: "at the end", in: "a: secrets:/x # om-secret-exec: ignore[OMS105] because\nb: secrets:/x", want: []string{"OMS105 2:4"}},
		{name: "above", in: "# om-secret-exec: ignore[OMS105]\n# om-secret-exec:ignore[ OMS103 , OMS104 ]\na: |\n  secret:/X\nb: [secrets:/x]", want: []string{"OMS003 1:1", "OMS105 5:5"}},
		{name: "behind a block's header", in: "a: | # om-secret-exec: ignore[OMS103]\n  secret:/x\n"},
		{name: "no codes", in: "a: 1 # om-secret-exec: ignore\nb: 1 # om-secret-exec: ignore[]\nc: 1 # om-secret-exec: x", want: []string{"OMS002 1:6", "OMS002 2:6", "OMS002 3:6"}},
		{name: "unknown", in: "a: secrets:/x # om-secret-exec: ignore[OMS105, S3NTINEL]", want: []string{"OMS003 1:15"}},
		{name: "another line", in: "a: 1 # om-secret-exec: ignore[OMS105]\nb: secrets:/x", want: []string{"OMS003 1:6", "OMS105 2:4"}},
		{name: "found elsewhere", in: "a: x # om-secret-exec: ignore[OMS205, OMS111, OMS108, OMS501, OMS503, OMS104, OMS107, OMS301, OMS302]"},
		{
			name: "found by this run only", in: "a: x # om-secret-exec: ignore[OMS108, OMS501, OMS506]",
			change: func(in *check.Input) { in.Portable, in.Asked = true, true },
			want:   []string{"OMS003 1:6", "OMS003 1:6"},
		},
		{name: "no comment", in: "a: 'secrets:/x#om-secret-exec: ignore[OMS105]'\nb: |\n  # om-secret-exec: ignore[OMS105]\n", want: nil},
		{name: "other comments", in: "a: secret:/x # om-secret-exec is here\n"},
	})
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

const protocolPage = "../../docs/protocol/README.md"

// exchangeBlocks matches a request of the page and its response.
var exchangeBlocks = regexp.MustCompile("(?ms)^```json request\n(.*?)^```$\\s+^```json response, exit code (\\d+)\n(.*?)^```$")

// TestProtocolPage runs the exchanges that the page shows.
func TestProtocolPage(t *testing.T) {
	t.Parallel()
	page, dir := readPage(t), t.TempDir()
	store := fence.FindStringSubmatch(page)
	if store == nil || store[2] != "secrets.yaml" {
		t.Fatal("the page shows no store")
	}
	if err := os.WriteFile(filepath.Join(dir, store[2]), []byte(store[3]), 0o600); err != nil {
		t.Fatal(err)
	}
	exchanges := exchangeBlocks.FindAllStringSubmatch(page, -1)
	if len(exchanges) != 3 {
		t.Errorf("the page shows %d exchanges, want 3", len(exchanges))
	}
	for _, exchange := range exchanges {
		cmd, stdout, stderr := program(t, []string{"OM_SECRET_EXEC_PROVIDER=file", "OM_SECRET_EXEC_SECRETS_FILE=secrets.yaml"}, "get", "--json")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(exchange[1])
		if code := strconv.Itoa(exitOf(t, cmd.Run())); code != exchange[2] || stderr.Len() > 0 {
			t.Errorf("exit %s, want %s; stderr %q", code, exchange[2], stderr)
		}
		responseOf(t, stdout)
		got := regexp.MustCompile(`"durationMs":\d+`).ReplaceAllString(stdout.String(), `"durationMs":0`)
		if want := compact(t, exchange[3]); strings.TrimSpace(got) != want {
			t.Errorf("the page shows\n%s\nbut it is\n%s", want, got)
		}
	}
}

func readPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(protocolPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func compact(t *testing.T, doc string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(doc)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestProtocolCodes holds the page's table to the codes and their exit codes.
func TestProtocolCodes(t *testing.T) {
	t.Parallel()
	var codes []providers.Code
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z0-9_]+)` \\| ([^|]+) \\| [^|]+ \\|$").FindAllStringSubmatch(readPage(t), -1) {
		code := providers.Code(row[1])
		codes = append(codes, code)
		want := []string{strconv.Itoa(classOf(&providers.Error{Code: code, Retryable: true}))}
		switch {
		case refusal(code):
			want = []string{strconv.Itoa(exitRefused), want[0]}
		case code == providers.Unavailable:
			want = append(want, strconv.Itoa(classOf(&providers.Error{Code: code})))
		case code == providers.Cancelled:
			want = []string{"128+n"}
		}
		if row[2] != strings.Join(want, " or ") {
			t.Errorf("%s has exit code %s, want %s", code, row[2], strings.Join(want, " or "))
		}
	}
	if !slices.Equal(codes, providers.Codes()) {
		t.Errorf("the page lists %v, want %v", codes, providers.Codes())
	}
}

// TestProtocolVersion holds what version says to what the protocol is.
func TestProtocolVersion(t *testing.T) {
	t.Parallel()
	if got := aboutThis().Protocol; got != protocol.Version || !strings.Contains(readPage(t), "`apiVersion` is `"+got+"`") {
		t.Errorf("version says %q, the protocol is %q", got, protocol.Version)
	}
}

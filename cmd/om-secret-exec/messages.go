package main

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"

	"om-secret-exec/internal/providers"
)

// messages is the only printer of words. Everything goes to stderr as
// `om-secret-exec: KIND: TEXT`, one line each, or as one JSON object a line;
// stdout belongs to the document or report. No text that comes here may hold a
// secret's value.
type messages struct {
	w       *os.File
	colour  bool
	json    bool
	quiet   bool // errors only
	verbose bool // steps as well
}

func newMessages(w *os.File, env func(string) (string, bool)) *messages {
	none, _ := env("NO_COLOR") // no-color.org: set and not empty
	return &messages{w: w, colour: none == "" && term.IsTerminal(int(w.Fd()))}
}

// The ANSI colours of the kinds of message.
const (
	red    = "31"
	yellow = "33"
	cyan   = "36"
	faint  = "2"
)

func (m *messages) line(kind, colour, text string) {
	if m.json {
		m.object(jsonMessage{Kind: kind, Message: text})
		return
	}
	if m.colour {
		kind = "\x1b[" + colour + "m" + kind + "\x1b[0m"
	}
	fmt.Fprintf(m.w, "om-secret-exec: %s: %s\n", kind, printable(text))
}

func (m *messages) errorf(format string, args ...any) {
	m.line("error", red, fmt.Sprintf(format, args...))
}

func (m *messages) warn(text string) {
	if !m.quiet {
		m.line("warning", yellow, text)
	}
}

func (m *messages) note(text string) {
	if !m.quiet {
		m.line("note", cyan, text)
	}
}

func (m *messages) hint(text string) {
	if text != "" && !m.quiet {
		m.line("hint", cyan, text)
	}
}

func (m *messages) stepf(format string, args ...any) {
	if m.verbose {
		m.line("step", faint, fmt.Sprintf(format, args...))
	}
}

// ask writes a question of a terminal, which the answer follows.
func (m *messages) ask(text string) { fmt.Fprint(m.w, text) }

// failures prints every failure of a run: a headline that editors can jump to,
// the facts below it, and what to do. A hint that many share is said once.
func (m *messages) failures(f *failedError) {
	said := map[string]bool{}
	for _, one := range f.failures {
		if m.json {
			m.object(failureObject(one))
			continue
		}
		m.failure(one)
		if h := one.err.Hint; !said[h] {
			m.hint(h)
			said[h] = true
		}
	}
	if f.total > 0 {
		m.errorf("%d of %d %s failed; %s (exit %d: %s)", len(f.failures), f.total, plural(f.total, cmp.Or(f.noun, "reference")),
			cmp.Or(f.undone, "nothing was written"), f.exit(), meaning(f.exit()))
	}
}

func (m *messages) failure(f failure) {
	head := string(f.err.Code) + ": " + f.err.Message
	if f.where != "" {
		head = f.where + ": " + head
	}
	m.errorf("%s", head)
	m.fact("reference", f.ref)
	m.fact("path", f.path)
	m.fact("store", storeText(f))
	m.fact("identity", f.err.Identity)
	m.fact("request", requestText(f.err))
	if f.err.Retryable {
		m.fact("retry", "may help")
	}
}

// fact prints one indented line below an error's headline.
func (m *messages) fact(name, text string) {
	if text != "" {
		fmt.Fprintf(m.w, "    %-10s %s\n", name, printable(text))
	}
}

func storeText(f failure) string {
	if f.store == "" || f.err.Place == "" {
		return f.err.Place
	}
	return fmt.Sprintf("%s (store %q)", f.err.Place, f.store)
}

func requestText(e *providers.Error) string {
	switch {
	case e.RequestID == "" && e.Status == 0:
		return ""
	case e.RequestID == "":
		return fmt.Sprintf("HTTP %d", e.Status)
	case e.Status == 0:
		return e.RequestID
	}
	return fmt.Sprintf("%s (HTTP %d)", e.RequestID, e.Status)
}

// meaning is the documented text of an exit code.
func meaning(code int) string {
	for _, c := range exitCodes() {
		if c.Code == strconv.Itoa(code) {
			return c.Text
		}
	}
	return "unknown"
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// printable escapes control and format characters: an id or a file name must not
// be able to move the cursor of the terminal that shows it, to forge a second
// line, or to be shown as another, as by an override of the writing direction.
func printable(s string) string {
	if strings.IndexFunc(s, unseen) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unseen(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unseen tells of characters that a terminal obeys rather than shows.
func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

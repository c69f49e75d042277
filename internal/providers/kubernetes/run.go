package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// maxCredential is far above the largest ExecCredential, one with a chain of
// certificates.
const maxCredential = 1 << 20 // 1 MiB

// run starts the program and waits for it, at most as long as ctx lives. It has
// no standard input, and what it says on standard error is dropped: that may
// quote a credential.
func (p *plugin) run(ctx context.Context) (execStatus, *providers.Error) {
	var out limited
	cmd := exec.CommandContext(ctx, filepath.Clean(p.spec.Command), p.spec.Args...) //nolint:gosec // the kubeconfig's user is whom we are to be
	cmd.Stdout = &out
	cmd.Env = cmd.Environ()
	for _, v := range p.spec.Env {
		cmd.Env = append(cmd.Env, v.Name+"="+v.Value)
	}
	cmd.Env = append(cmd.Env, "KUBERNETES_EXEC_INFO="+string(p.info))
	killAll(cmd)
	cmd.WaitDelay = time.Second // for what it started and left behind, which may hold its output
	err := cmd.Run()
	if ctx.Err() != nil {
		return execStatus{}, p.late(ctx)
	}
	var ended *exec.ExitError
	switch {
	case out.full:
		return execStatus{}, p.useless("writes more than any credential has")
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, exec.ErrDot):
		hint := "install it, or name its full path in the kubeconfig"
		if p.spec.InstallHint != "" {
			hint += ": " + oneLine(p.spec.InstallHint)
		}
		return execStatus{}, configError(hint, "exec plugin %s cannot be run: there is no such program", p.name())
	case errors.As(err, &ended):
		e := p.useless(fmt.Sprintf("ended with status %d and gave no credential", ended.ExitCode()))
		e.Code = providers.Unauthenticated
		e.Hint = "log in again with the plugin's own tool; see what it says with: kubectl auth whoami"
		return execStatus{}, e
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return execStatus{}, p.useless("gave no credential")
	}
	return p.read(out.kept)
}

// read takes the credential out of what the program wrote.
func (p *plugin) read(out []byte) (execStatus, *providers.Error) {
	var credential struct {
		APIVersion string
		Kind       string
		Status     *execStatus
	}
	if json.Unmarshal(out, &credential) != nil || credential.Kind != "ExecCredential" || credential.Status == nil {
		return execStatus{}, p.useless("does not write an ExecCredential with a status")
	}
	if credential.APIVersion != p.spec.APIVersion {
		return execStatus{}, p.useless("answers in another version than the kubeconfig names, " + p.spec.APIVersion)
	}
	return *credential.Status, nil
}

func (p *plugin) name() string { return quote(oneLine(p.spec.Command)) }

// useless is a plugin that runs and does not help.
func (p *plugin) useless(what string) *providers.Error {
	return configError("try it with: kubectl auth whoami; the user of "+p.origin+" names it", "exec plugin %s %s", p.name(), what)
}

// late is the end of the context before that of the plugin.
func (p *plugin) late(ctx context.Context) *providers.Error {
	e, _ := rest.Explain(ctx, ctx.Err(), rest.Hints{})
	if e.Code == providers.Timeout {
		e.Message = "exec plugin " + p.name() + " gave no credential in time, and was stopped"
		// The resolver has words of its own for the end of an attempt, and
		// keeps the hint.
		e.Hint = "exec plugin " + p.name() + " did not end: see what it waits for with kubectl auth whoami; it may want somebody to log in first"
	}
	return e
}

// limited keeps what fits; more is no credential. It has no other method of a
// buffer's, lest io.Copy prefer that to Write.
type limited struct {
	kept []byte
	full bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.full = len(l.kept)+len(p) > maxCredential; l.full {
		return 0, errors.New("the output is too long")
	}
	l.kept = append(l.kept, p...)
	return len(p), nil
}

package azurekv

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// tenantError tells that the vault trusts another tenant than ours.
type tenantError struct{ vault string }

// Error implements error; the text is for explain to replace.
func (e tenantError) Error() string { return "the vault is in another tenant" }

// login is the credential that the data client sees. It knows who asks, and
// notes a failed login in the trace of the read. It is safe for concurrent use.
type login struct {
	credential
	make maker
	// got is called when there is a token.
	got func()

	mu    sync.Mutex
	inner azcore.TokenCredential
	last  string
	who   claims
}

// GetToken implements [azcore.TokenCredential].
func (l *login) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	t := traceOf(ctx)
	token, err := l.ask(ctx, o, t.lastRejected())
	t.mu.Lock()
	t.login = err
	t.mu.Unlock()
	if err == nil {
		l.got()
	}
	return token, err
}

func (l *login) ask(ctx context.Context, o policy.TokenRequestOptions, rejected string) (azcore.AccessToken, error) {
	tenant, err := l.tenantFor(o.TenantID)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	o.TenantID = tenant
	inner, err := l.current(rejected)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	token, err := inner.GetToken(ctx, o)
	if err != nil {
		return token, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if token.Token != l.last {
		l.last, l.who = token.Token, readClaims(token.Token)
	}
	return token, nil
}

// current is the credential to ask. When the vault rejected the token that it
// gave last, one without a memory takes its place: this is the one new login.
func (l *login) current(rejected string) (azcore.TokenCredential, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inner != nil && (rejected == "" || rejected != l.last) {
		return l.inner, nil
	}
	inner, err := l.make()
	if err != nil {
		return nil, err
	}
	l.inner = inner
	return inner, nil
}

// tenantFor chooses the tenant to log in to. The SDK would take the vault's word
// for it only where no tenant is set, and refuse a tenant that is written as a
// domain.
func (l *login) tenantFor(vault string) (string, error) {
	switch {
	case l.kind == kindManaged, !isGUID(vault):
		return "", nil
	case l.tenant == "", strings.EqualFold(l.tenant, vault):
		return l.tenantOr(vault), nil
	case slices.Contains(l.allowed, "*"), slices.Contains(l.allowed, vault):
		return vault, nil
	case isGUID(l.tenant):
		return "", tenantError{vault}
	}
	return "", nil
}

func (l *login) tenantOr(vault string) string {
	if l.tenant != "" {
		return l.tenant
	}
	return vault
}

func (t *trace) lastRejected() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rejected
}

// vaultTenant is the tenant that a failed login found the vault in, or "".
func vaultTenant(err error) string {
	var other tenantError
	if errors.As(err, &other) {
		return other.vault
	}
	return ""
}

package gcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"om-secret-exec/internal/providers"
)

// scope is what tokens are asked for. The service knows no narrower one; what
// they may do is up to the roles.
const scope = "https://www.googleapis.com/auth/cloud-platform"

// login fetches access tokens.
type login struct {
	cred   credential
	meta   *metadata
	where  *place
	client *http.Client
	env    func(string) (string, bool)
	now    func() time.Time
}

// fetch makes one login with the client of ctx's caller: the sources of x/oauth2
// keep the context that they were made with, so they are made anew.
func (l *login) fetch(ctx context.Context) (*oauth2.Token, *providers.Error) {
	if err := l.ready(); err != nil {
		return nil, err
	}
	w := &witness{ctx: ctx, next: l.client.Transport}
	token, err := l.base(ctx, w)
	if err == nil && l.cred.target != "" {
		token, err = l.impersonate(ctx, w, token)
	}
	if err != nil {
		return nil, l.explain(ctx, w.last, err)
	}
	return token, nil
}

// base fetches the token of the credentials themselves.
func (l *login) base(ctx context.Context, w *witness) (*oauth2.Token, error) {
	if l.cred.kind == typeMetadata {
		token, err := l.meta.token(ctx)
		if err == nil {
			err = l.where.learn(ctx, l.meta)
		}
		return token, err
	}
	if l.cred.kind == typeServiceAccount && l.cred.universe() != publicUniverse {
		// Other universes have no token endpoint for keys: the signed assertion
		// is the token.
		source, err := google.JWTAccessTokenSourceWithScope(l.cred.data, scope)
		if err != nil {
			return nil, err
		}
		return source.Token()
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: w})
	creds, err := google.CredentialsFromJSONWithTypeAndParams(ctx, l.cred.data,
		google.CredentialsType(l.cred.kind), google.CredentialsParams{Scopes: []string{scope}})
	if err != nil {
		return nil, err
	}
	return creds.TokenSource.Token()
}

// errAnswer tells that the answer that the witness saw is not the wanted one.
var errAnswer = errors.New("not the wanted answer")

// impersonate exchanges a token for one of the target. That of x/oauth2 can be
// used with a file only, and not with the metadata server's token.
func (l *login) impersonate(ctx context.Context, w *witness, base *oauth2.Token) (*oauth2.Token, error) {
	body, err := json.Marshal(map[string]any{
		"scope": []string{scope}, "lifetime": "3600s", "delegates": delegates(l.cred.delegates),
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://iamcredentials."+l.where.universe+
		"/v1/"+account(l.cred.target)+":generateAccessToken", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	base.SetAuthHeader(req)
	resp, err := (&http.Client{Transport: w}).Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var token struct {
		Text   string    `json:"accessToken"`
		Expiry time.Time `json:"expireTime"`
	}
	if resp.StatusCode != http.StatusOK || json.Unmarshal(w.last.body, &token) != nil || token.Text == "" {
		return nil, errAnswer
	}
	return &oauth2.Token{AccessToken: token.Text, Expiry: token.Expiry}, nil
}

// account is the resource name of a service account. The dash stands for the
// account's own project.
func account(email string) string { return "projects/-/serviceAccounts/" + email }

func delegates(emails []string) []string {
	names := make([]string, len(emails))
	for i, email := range emails {
		names[i] = account(email)
	}
	return names
}

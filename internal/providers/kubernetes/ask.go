package kubernetes

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// answer is an HTTP answer that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask logs in and makes one request. A credential that the server refuses is
// given up for a newer one, once, if the login has one: tokens are replaced
// while they are in use. The error explains every answer but success.
func (q *question) ask(ctx context.Context, method string, u *url.URL, body []byte) (answer, *providers.Error) {
	cred, failed := q.login.credential(ctx, nil)
	if failed != nil {
		return answer{}, q.located(failed)
	}
	a, err := q.send(ctx, method, u, body, cred)
	if err == nil && a.status == http.StatusUnauthorized {
		newer, failed := q.login.credential(ctx, cred)
		if failed != nil {
			return answer{}, q.located(failed)
		}
		if newer.differs(cred) {
			a, err = q.send(ctx, method, u, body, newer)
		}
	}
	if err != nil {
		return answer{}, q.explainTransport(ctx, err)
	}
	if a.status < 200 || a.status > 299 {
		return answer{}, q.explain(a)
	}
	return a, nil
}

func (q *question) send(ctx context.Context, method string, u *url.URL, body []byte, cred *credential) (answer, error) {
	q.token = claimsOf(cred.token)
	q.who = q.Store.who.text(q.token.Subject)
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", cmp.Or(q.accept, "application/json"))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if cred.token != "" {
		req.Header.Set("Authorization", "Bearer "+cred.token)
	}
	resp, err := cred.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, data}, err
}

// explainTransport gives the meaning of a request without an answer.
func (q *question) explainTransport(ctx context.Context, err error) *providers.Error {
	e, ok := rest.Explain(ctx, err, rest.Hints{Endpoint: "the address in " + q.addressIn, CA: q.rootsIn})
	if !ok {
		e = &providers.Error{
			Code: providers.Unavailable, Message: "the request has no answer", Retryable: true,
			Hint: "check the proxy (HTTPS_PROXY, NO_PROXY, the kubeconfig's proxy-url) and the address in " + q.addressIn,
		}
	}
	return q.located(e)
}

// secret reads the object. Its data are base64 by the API's rule.
func (q *question) secret(a answer) (providers.Secret, *providers.Error) {
	var object struct {
		Kind     string
		Metadata struct{ Name, ResourceVersion string }
		Data     map[string][]byte
	}
	err := json.Unmarshal(a.body, &object)
	var corrupt base64.CorruptInputError
	switch {
	case errors.As(err, &corrupt):
		return providers.Secret{}, q.answered(a, q.failure(providers.BadValue, "the data of "+q.target()+" are not base64", "write the Secret anew"))
	case err != nil && !json.Valid(a.body) && bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("{")):
		e := q.failure(providers.Unavailable, "the answer breaks off", "")
		e.Retryable = true
		return providers.Secret{}, q.answered(a, e)
	case err != nil, object.Kind != "Secret", object.Metadata.Name != q.name:
		return providers.Secret{}, q.answered(a, q.foreign(a))
	}
	secret := providers.Secret{
		Fields: map[string][]byte{},
		Source: providers.Source{
			Name: q.name, Version: object.Metadata.ResourceVersion, Place: q.Place(), Identity: q.who,
		},
	}
	if q.name != q.id {
		secret.Source.Note = fmt.Sprintf("read as %q: %q is an id that older servers wrote, and Kubernetes allows no such name", q.name, q.id)
	}
	for key, value := range object.Data {
		if value == nil {
			value = []byte{}
		}
		secret.Fields[key] = value
	}
	secret.Value = secret.Fields["value"]
	return secret, nil
}

func quote(s string) string { return strconv.Quote(s) }

//go:build integration

package aws

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// query makes a call of IAM or STS as the account's root, whose modules we do
// not otherwise need, and returns the texts of the answer's elements.
func (a *account) query(service, version string, pairs ...string) map[string]string {
	a.t.Helper()
	form := url.Values{"Version": {version}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	body := form.Encode()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.server.Endpoint+"/", strings.NewReader(body))
	a.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	creds, err := a.cfg.Credentials.Retrieve(a.t.Context())
	a.must(err)
	sum := sha256.Sum256([]byte(body))
	a.must(v4.NewSigner().SignHTTP(a.t.Context(), creds, req, hex.EncodeToString(sum[:]), service, a.server.Region, time.Now()))
	resp, err := http.DefaultClient.Do(req)
	a.must(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	a.must(err)
	if resp.StatusCode != http.StatusOK {
		a.t.Fatalf("making a fixture: %s %v: status %d: %s", service, pairs, resp.StatusCode, answer)
	}
	return texts(answer)
}

func texts(doc []byte) map[string]string {
	out := map[string]string{}
	element := ""
	for d := xml.NewDecoder(bytes.NewReader(doc)); ; {
		token, err := d.Token()
		if err != nil {
			return out
		}
		switch x := token.(type) {
		case xml.StartElement:
			element = x.Name.Local
		case xml.CharData:
			if text := strings.TrimSpace(string(x)); text != "" {
				out[element] = text
			}
		}
	}
}

func (a *account) iam(pairs ...string) map[string]string {
	a.t.Helper()
	return a.query("iam", "2010-05-08", pairs...)
}

// policy is an IAM policy that allows actions on resources.
func policy(actions, resources []string) string {
	text, err := json.Marshal(object{"Version": "2012-10-17", "Statement": []object{
		{"Effect": "Allow", "Action": actions, "Resource": resources},
	}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// user makes a user with one policy, and returns an access key of it.
func (a *account) user(name, policy string) (id, secret string) {
	a.t.Helper()
	a.iam("Action", "CreateUser", "UserName", name)
	a.iam("Action", "PutUserPolicy", "UserName", name, "PolicyName", "p", "PolicyDocument", policy)
	key := a.iam("Action", "CreateAccessKey", "UserName", name)
	return key["AccessKeyId"], key["SecretAccessKey"]
}

// role makes a role with one policy, and returns its ARN.
func (a *account) role(name, trust, policy string) string {
	a.t.Helper()
	made := a.iam("Action", "CreateRole", "RoleName", name, "AssumeRolePolicyDocument", trust)
	a.iam("Action", "PutRolePolicy", "RoleName", name, "PolicyName", "p", "PolicyDocument", policy)
	return made["Arn"]
}

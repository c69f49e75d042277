package gcp

import (
	"crypto/x509"
	"encoding/pem"
	"path"
	"strings"

	"om-secret-exec/internal/providers"
)

// credentialsFile is what we look at in a credentials file; x/oauth2 reads it
// for itself.
type credentialsFile struct {
	Type             string           `json:"type"`
	ProjectID        string           `json:"project_id"`
	ClientEmail      string           `json:"client_email"`
	PrivateKey       string           `json:"private_key"`
	ClientID         string           `json:"client_id"`
	Account          string           `json:"account"`
	QuotaProject     string           `json:"quota_project_id"`
	Universe         string           `json:"universe_domain"`
	Audience         string           `json:"audience"`
	ImpersonationURL string           `json:"service_account_impersonation_url"`
	Source           *credentialsFile `json:"source_credentials"`
	CredentialSource struct {
		File       string `json:"file"`
		Executable *struct {
			Command string `json:"command"`
		} `json:"executable"`
	} `json:"credential_source"`
}

// check refuses a file that cannot work, so that it fails before any request.
func (c credential) check() *providers.Error {
	switch f := c.file; f.Type {
	case typeServiceAccount:
		if f.ClientEmail == "" {
			return c.err("has no client_email", "download the key again")
		}
		if !isKey(f.PrivateKey) {
			return c.err("has no usable private_key", "download the key again; its line breaks are written \\n inside the JSON string")
		}
	case typeUser, typeExternal, typeExternalUser, typeImpersonated:
	case "":
		return c.err("has no type, so it holds no credentials", "create it with gcloud, or download the key of a service account")
	default:
		// The type is not quoted: the file may be anything.
		return c.err("has a type that is not supported", "types are "+strings.Join([]string{
			typeServiceAccount, typeUser, typeExternal, typeExternalUser, typeImpersonated,
		}, ", "))
	}
	return nil
}

// isKey tells whether text is a private key as x/oauth2 reads it.
func isKey(text string) bool {
	der := []byte(text)
	if block, _ := pem.Decode(der); block != nil {
		der = block.Bytes
	}
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(der)
	return err == nil
}

// project is the project that the file names, and how to say so. A workload
// identity has none but that of its pool, which google.auth takes as well; its
// number serves as well as an id.
func (c credential) project() (project, source string) {
	for f := &c.file; f != nil; f = f.Source {
		if f.ProjectID != "" {
			return f.ProjectID, "the credentials file"
		}
		rest, ok := strings.CutPrefix(f.Audience, "//iam.googleapis.com/projects/")
		if number, _, _ := strings.Cut(rest, "/"); ok && f.Type == typeExternal && number != "" {
			return number, "the workload identity pool"
		}
	}
	return "", ""
}

// universe is the domain of the cloud that the credentials belong to; "" is for
// the metadata server to tell.
func (c credential) universe() string {
	switch {
	case c.kind == typeMetadata:
		return ""
	case c.file.Universe == "", c.kind == typeUser:
		return publicUniverse
	}
	return c.file.Universe
}

// who names the identity. It is empty where only the metadata server knows it.
func (c credential) who() string {
	text := c.file.who()
	if c.target != "" {
		text = join("service account "+c.target, text)
	}
	return text
}

func (f *credentialsFile) who() string {
	switch f.Type {
	case typeServiceAccount:
		return "service account " + f.ClientEmail
	case typeUser, typeExternalUser:
		return join("user "+f.Account, "OAuth client "+f.ClientID)
	case typeExternal:
		// //iam.googleapis.com/projects/N/locations/global/workloadIdentityPools/P/providers/Q
		_, pool, _ := strings.Cut(f.Audience, "/locations/")
		return join(impersonated(f.ImpersonationURL), "workload identity "+pool)
	case typeImpersonated:
		text := impersonated(f.ImpersonationURL)
		if f.Source != nil {
			text = join(text, f.Source.who())
		}
		return text
	}
	return ""
}

// impersonated takes the account from the URL of its method
// generateAccessToken.
func impersonated(url string) string {
	if url == "" {
		return ""
	}
	account, _, _ := strings.Cut(path.Base(url), ":")
	return "service account " + account
}

// join puts "by way of" between an identity and the one that it was got with,
// and leaves out what has no name.
func join(outer, inner string) string {
	switch {
	case outer == "" || strings.HasSuffix(outer, " "):
		return strings.TrimSpace(inner)
	case inner == "" || strings.HasSuffix(inner, " "):
		return outer
	}
	return outer + ", by way of " + inner
}

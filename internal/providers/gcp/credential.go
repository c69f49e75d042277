package gcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// The values of gcp_credential.
const (
	pinDefault  = "default"
	pinFile     = "file"
	pinMetadata = "metadata"
)

const variableFile = "GOOGLE_APPLICATION_CREDENTIALS"

// The types of credentials files that are read; Google's names.
const (
	typeServiceAccount  = "service_account"
	typeUser            = "authorized_user"
	typeExternal        = "external_account"
	typeExternalUser    = "external_account_authorized_user"
	typeImpersonated    = "impersonated_service_account"
	typeMetadata        = "metadata" // ours, for no file
	wellKnown           = "application_default_credentials.json"
	variableConfig      = "CLOUDSDK_CONFIG"
	variableNoMetadata  = "NO_GCE_CHECK"
	variableExecutables = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
)

// credential is who asks: a credentials file, or the metadata server.
type credential struct {
	kind string
	// path and source are the file, and the setting that names it.
	path, source string
	data         []byte
	file         credentialsFile
	// pinned tells that the metadata server was asked for by name.
	pinned bool
	// target is the service account to read as, by way of delegates.
	target    string
	delegates []string
}

// choose finds the credentials in the order of Google's libraries: the setting,
// the variable, gcloud's file, the metadata server. It reads files and makes no
// request; errors have code CONFIG.
func choose(s providers.Settings) (credential, *providers.Error) {
	c, err := chooseBase(s)
	if err != nil {
		return c, err
	}
	if set := s.Get(keyImpersonate); set != "" {
		chain := strings.Split(strings.ReplaceAll(set, " ", ""), ",")
		if slices.ContainsFunc(chain, func(account string) bool { return !isAccount(account) }) {
			return c, errSetting(keyImpersonate, set, "is not a service account", "write its e-mail address, NAME@PROJECT.iam.gserviceaccount.com")
		}
		c.delegates, c.target = chain[:len(chain)-1], chain[len(chain)-1]
	}
	return c, nil
}

// isAccount tells whether s may be part of an address: an e-mail, or the number
// of a service account.
func isAccount(s string) bool { return consists(s, idBytes+"@.:") }

func chooseBase(s providers.Settings) (credential, *providers.Error) {
	pin := s.Get(keyCredential)
	switch pin {
	case pinMetadata:
		return credential{kind: typeMetadata, pinned: true}, nil
	case "", pinDefault, pinFile:
	default:
		return credential{}, errSetting(keyCredential, pin, "is not a kind of credential", "write default, file or metadata")
	}
	if set, _ := s.Lookup(keyFile); set.Value != "" {
		return load(set.Value, set.Source)
	}
	if path, _ := s.Env(variableFile); path != "" {
		return load(path, "variable "+variableFile)
	}
	path := gcloudFile(s.Env)
	if path != "" {
		if _, err := os.Stat(path); err == nil {
			return load(path, "gcloud's own")
		}
	}
	if pin == pinFile {
		return credential{}, &providers.Error{
			Code: providers.Config, Message: fmt.Sprintf("%s is file, and no credentials file is set", keyCredential),
			Hint: s.HowToSet(Kind().Keys, keyFile),
		}
	}
	if no, _ := s.Env(variableNoMetadata); strings.EqualFold(no, "true") {
		return credential{}, &providers.Error{
			Code: providers.Config, Message: "no credentials file is set, and " + variableNoMetadata + " forbids the metadata server",
			Hint: s.HowToSet(Kind().Keys, keyFile),
		}
	}
	return credential{kind: typeMetadata}, nil
}

// gcloudFile is where gcloud auth application-default login puts its file.
func gcloudFile(env func(string) (string, bool)) string {
	for _, dir := range [][]string{{variableConfig}, {"APPDATA", "gcloud"}, {"HOME", ".config", "gcloud"}} {
		if base, _ := env(dir[0]); base != "" {
			return filepath.Join(append(append([]string{base}, dir[1:]...), wellKnown)...)
		}
	}
	return ""
}

// load reads a credentials file. Nothing of its text is ever shown.
func load(path, source string) (credential, *providers.Error) {
	c := credential{path: path, source: source}
	data, err := os.ReadFile(path)
	if err != nil {
		hint := "check the path and the file's permissions"
		if errors.Is(err, fs.ErrNotExist) {
			hint = "mount the file there, or set " + keyFile + " to where it is"
		}
		return c, &providers.Error{Code: providers.Config, Message: "reading the credentials file: " + err.Error(), Hint: hint}
	}
	if json.Unmarshal(data, &c.file) != nil {
		return c, c.err("is not JSON", "download it again, or create it with gcloud; it is the whole file and no part of it")
	}
	c.kind, c.data = c.file.Type, data
	return c, c.check()
}

// err is a CONFIG error about the file.
func (c credential) err(what, hint string) *providers.Error {
	return &providers.Error{
		Code:    providers.Config,
		Message: fmt.Sprintf("the credentials file %q (%s) %s", c.path, c.source, what), Hint: hint,
	}
}

package openbao

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// tokenLogin uses a token as it is: the setting's, a file's, or what the bao and
// vault commands would use. A named store and loader airflow take nothing from
// the surroundings: OpenMetadata would not either, and whose token that is
// nobody has said.
func tokenLogin(s providers.Settings) (login, error) {
	if setting, ok := s.Lookup(keyToken); ok && setting.Value != "" {
		return fixedToken(setting.Value, setting.Source)
	}
	if file := s.Get(keyTokenFile); file != "" {
		return fileToken(file), nil
	}
	if s.Store == "" && s.Loader != "airflow" {
		for _, name := range []string{"BAO_TOKEN", "VAULT_TOKEN"} {
			if token, _ := s.Env(name); strings.TrimSpace(token) != "" {
				return fixedToken(strings.TrimSpace(token), "variable "+name)
			}
		}
		if home, _ := s.Env("HOME"); home != "" {
			file := filepath.Join(home, ".vault-token")
			if _, err := os.Stat(file); err == nil {
				return fileToken(file), nil
			}
		}
	}
	hint := howToSet(s, keyToken)
	if s.Get(keyRoleID) != "" {
		hint = keyRoleID + " is set, so " + strings.Replace(howToSet(s, keyMethod), "set "+keyMethod, "set "+keyMethod+" to approle", 1)
	}
	return login{}, config("there is no token, which "+keyMethod+" token needs", hint)
}

func fixedToken(token, source string) (login, error) {
	who := "a token"
	if source != "" {
		who = "the token of " + source
	}
	if !isToken(token) {
		return login{}, config(who+" has characters that no token has", "check it for blanks, quotes and line breaks")
	}
	return login{who: who, get: func(context.Context) (*grant, *providers.Error) {
		return &grant{token: token, identity: who}, nil
	}}, nil
}

// fileToken reads the token when it is needed, and again when it is refused: an
// agent may have replaced it.
func fileToken(file string) login {
	who := "the token of file " + file
	return login{who: who, renewable: true, get: func(context.Context) (*grant, *providers.Error) {
		token, err := readToken(file, keyTokenFile)
		if err != nil {
			return nil, err
		}
		return &grant{token: token, identity: who}, nil
	}}
}

// readToken reads a file that the setting key names.
func readToken(file, key string) (string, *providers.Error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", &providers.Error{
			Code: providers.Config, Message: "reading the token file: " + err.Error(),
			Hint: "check " + key + ", or the volume that the file comes from",
		}
	}
	token := strings.TrimSpace(string(data))
	if !isToken(token) {
		return "", &providers.Error{
			Code: providers.Config, Message: "the file " + file + " does not hold a token alone",
			Hint: "check " + key,
		}
	}
	return token, nil
}

func isToken(s string) bool { return s != "" && rest.FitsHeader(s) }

// subjectOf reads whom a web token is for, unverified, for messages; "" when
// that cannot be told.
func subjectOf(token string) string {
	var claims struct {
		Subject string `json:"sub"`
	}
	if !rest.ReadClaims(token, &claims) || !isWord(claims.Subject) {
		return ""
	}
	return claims.Subject
}

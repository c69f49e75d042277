package gcp

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const publicUniverse = "googleapis.com"

// place is where the secrets are, as the settings have it.
type place struct {
	project, source string // "" until the metadata server told it
	location        string
	// endpoint replaces Google's address when it is not nil.
	endpoint *url.URL
	universe string // "" until the metadata server told it
	learned  bool
	// howTo says how to set the project.
	howTo string
}

// newPlace reads the settings. What they leave open is taken from the
// environment, as Google's libraries do under every loader, then from the
// credentials file, and later from the metadata server. Errors have code CONFIG.
func newPlace(s providers.Settings, c credential) (*place, *providers.Error) {
	p := &place{location: s.Get(keyLocation), howTo: s.HowToSet(Kind().Keys, keyProject)}
	p.project, p.source = projectOf(s, c)
	if p.project != "" && !consists(p.project, lower+digits+"-.:") {
		return nil, errSetting(keyProject, p.project, "is not the id of a project", "write the project's id or number, as gcloud projects list shows it")
	}
	if p.location != "" && !consists(p.location, lower+digits+"-") {
		return nil, errSetting(keyLocation, p.location, "is not a location", "write a region such as europe-west3, or remove the setting for global secrets")
	}
	var err *providers.Error
	if p.endpoint, err = endpointOf(s); err != nil {
		return nil, err
	}
	p.universe, err = universeOf(s, c)
	return p, err
}

func projectOf(s providers.Settings, c credential) (project, source string) {
	if set, _ := s.Lookup(keyProject); set.Value != "" {
		return set.Value, set.Source
	}
	if s.Store != "" { // the variables are the main store's
		return c.project()
	}
	for _, name := range projectVariables() {
		if value, _ := s.Env(name); value != "" {
			return value, "variable " + name
		}
	}
	return c.project()
}

// endpointOf reads an address that replaces Google's.
func endpointOf(s providers.Settings) (*url.URL, *providers.Error) {
	text := s.Get(keyEndpoint)
	if text == "" {
		return nil, nil //nolint:nilnil // none is set
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" {
		// The text is not quoted: an address may hold a password.
		return nil, &providers.Error{
			Code: providers.Config, Message: keyEndpoint + " is not the address of a service",
			Hint: "write it as https://HOST",
		}
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
	return u, nil
}

// universeOf gives the universe domain, or "" when the metadata server knows it.
// A token of one universe is worth nothing in another.
func universeOf(s providers.Settings, c credential) (string, *providers.Error) {
	set, own := s.Get(keyUniverse), c.universe()
	if set != "" && !consists(set, lower+digits+"-.") {
		return "", errSetting(keyUniverse, set, "is not a domain", "remove the setting for Google's public cloud")
	}
	if set != "" && own != "" && set != own {
		return "", errSetting(keyUniverse, set, "is not the universe of the credentials, "+own, "set it to "+own+", or use credentials of "+set)
	}
	if set == "" {
		set = own
	}
	return set, nil
}

func errSetting(key, value, what, hint string) *providers.Error {
	return &providers.Error{Code: providers.Config, Message: fmt.Sprintf("%s %q %s", key, value, what), Hint: hint}
}

// learn asks the metadata server for what nothing else has told, and for the
// name of its service account. It is part of the first login, which comes before everything that looks at the place.
func (p *place) learn(ctx context.Context, m *metadata) error {
	if p.learned {
		return nil
	}
	if p.project == "" {
		text, err := m.get(ctx, "project/project-id")
		if err != nil && !isAbsent(err) {
			return err
		}
		p.project, p.source = text, "the metadata server"
	}
	if p.universe == "" {
		text, err := m.get(ctx, "universe/universe-domain")
		if err != nil && !isAbsent(err) {
			return err
		}
		if p.universe = publicUniverse; consists(text, lower+digits+"-.") {
			p.universe = text
		}
	}
	m.account = m.email(ctx)
	p.learned = true
	return nil
}

// complete fills in the project and the location of a resource. A full name
// without a location is that of a global secret.
func (p *place) complete(r resource) (resource, *providers.Error) {
	if r.project != "" {
		return r, nil
	}
	if !consists(p.project, lower+digits+"-.:") {
		return r, &providers.Error{
			Code: providers.Config, Message: "no project is set for " + title + ", and the credentials name none",
			Hint:  p.howTo + ", or write projects/PROJECT/secrets/ID in the reference",
			Place: title,
		}
	}
	r.project, r.location = p.project, p.location
	return r, nil
}

// base is the service's address for a location; each region has one of its own.
func (p *place) base(location string) string {
	switch {
	case p.endpoint != nil:
		return p.endpoint.String()
	case location != "":
		return "https://secretmanager." + location + ".rep." + p.universe
	}
	return "https://secretmanager." + p.universe
}

// access is the one method that gives a value.
const access = ":access"

// version is the address of a version.
func (p *place) version(r resource) string {
	return p.base(r.location) + "/v1/" + r.name() + "/versions/" + r.version
}

// text names the place of a resource for people, and why it is this project.
func (p *place) text(r resource) string {
	text := title
	switch r.project {
	case "":
	case p.project:
		text += fmt.Sprintf(", project %s (from %s)", r.project, p.source)
	default:
		text += fmt.Sprintf(", project %s (from the reference)", r.project)
	}
	if r.location != "" {
		text += ", location " + r.location
	}
	if p.endpoint != nil {
		text += ", endpoint " + p.endpoint.Scheme + "://" + p.endpoint.Host
	}
	return text
}

// warnings are about a connection on which somebody else can have the token.
func warnings(s providers.Settings) []string {
	u, err := endpointOf(s)
	if err != nil || u == nil || u.Scheme == "https" || rest.IsLocal(u.Hostname()) {
		return nil
	}
	return []string{"the connection is NOT encrypted, as " + keyEndpoint +
		" says http: the token and the secrets can be read on the way; write https"}
}

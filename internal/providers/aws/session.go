package aws

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
)

// session is an opened store without its service's calls: where it is, and who
// asks. It is safe for concurrent use.
type session struct {
	svc *service
	cfg aws.Config
	// endpoint replaces the service's public one when it is not empty.
	endpoint string
	// tokens replaces the public endpoint of STS when it is not empty.
	tokens string
	who    identity
	// keysHint says how to give an access key to this store.
	keysHint string
	noBatch  bool

	logins gate.Gate[aws.Credentials]

	mu   sync.Mutex
	home string // the configured region; "" until instance metadata has told it
}

// open makes a session without network I/O. Errors have code CONFIG.
func open(ctx context.Context, s providers.Settings, svc *service) (*session, error) {
	if s.Env == nil {
		s.Env = func(string) (string, bool) { return "", false }
	}
	region := s.Get(keyRegion)
	if err := checkRegion(region); err != nil {
		return nil, err
	}
	endpoint, err := endpointOf(s, svc)
	if err != nil {
		return nil, err
	}
	cred, err := chooseCredential(s)
	if err != nil {
		return nil, err
	}
	client, caErr := newHTTPClient(s.CAFile)
	if caErr != nil {
		return nil, caErr
	}
	tokens := tokenEndpoint(s, svc, endpoint)
	cfg, err := config.LoadDefaultConfig(ctx, append(
		cred.loadOptions(),
		config.WithRegion(region),
		config.WithHTTPClient(client),
		config.WithLogger(logging.Nop{}),
		// With mode auto the SDK asks the machine's metadata service where it is.
		config.WithDefaultsMode(aws.DefaultsModeLegacy),
		config.WithAPIOptions(append(userAgent(s.UserAgent), withTokenEndpoint(tokens))),
	)...)
	if err != nil {
		return nil, explainLoad(err)
	}
	if err := checkRegion(cfg.Region); err != nil {
		return nil, err
	}
	if cfg.Region == "" && (cred.kind != credentialInstance || s.Get(keyRole) != "") {
		return nil, &providers.Error{
			Code: providers.Config, Message: "no region is set for " + svc.title,
			Hint: regionHint(s),
		}
	}
	cfg.HTTPClient = guardedClient{cfg.HTTPClient}
	if err := cred.apply(&cfg, s); err != nil {
		return nil, err
	}
	opened := &session{
		svc: svc, cfg: cfg, endpoint: endpoint, tokens: tokens, who: cred.who,
		keysHint: keysHint(s), noBatch: s.NoBatch, home: cfg.Region,
	}
	opened.logins.Valid = func(c aws.Credentials) bool { return !c.Expired() }
	opened.logins.Stopped = func(ctx context.Context) *providers.Error {
		return opened.explainLogin(ctx, ctx.Err(), call{svc: svc, identity: cred.who.text(aws.Credentials{})})
	}
	return opened, nil
}

func regionHint(s providers.Settings) string {
	if s.Store != "" {
		return s.HowToSet(nil, keyRegion) + ", or region in the profile"
	}
	return "set aws_region (loader airflow), AWS_DEFAULT_REGION or AWS_REGION, or region in the profile"
}

// keysHint says how to give an access key to this store.
func keysHint(s providers.Settings) string {
	switch {
	case s.Store != "":
		return s.HowToSet(nil, keyAccessKey) + " (" + keySecretKey + " likewise)"
	case s.Loader == "airflow":
		return "set aws_region, aws_access_key_id and aws_secret_access_key in [openmetadata_secrets_manager]"
	}
	return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
}

// checkRegion refuses a region that cannot work: an availability zone, and text
// that cannot be part of a host name. Unknown regions pass, because AWS adds
// new ones.
func checkRegion(region string) error {
	if isZone(region) {
		return &providers.Error{
			Code: providers.Config, Message: "aws_region " + quote(region) + " is an availability zone",
			Hint: "write the region, " + quote(region[:len(region)-1]),
		}
	}
	if strings.Trim(region, lower+digits+"-") != "" {
		return &providers.Error{
			Code: providers.Config, Message: "aws_region " + quote(region) + " is not a region",
			Hint: "write a region such as eu-west-1",
		}
	}
	return nil
}

func userAgent(ua string) []func(*middleware.Stack) error {
	if ua == "" {
		return nil
	}
	name, version, _ := strings.Cut(ua, "/")
	return []func(*middleware.Stack) error{awsmiddleware.AddUserAgentKeyValue(name, version)}
}

// region returns the region to call for an id: the id's own, or the configured
// one. Only with the instance credential, and no region set anywhere, is the
// instance's metadata asked for it.
func (s *session) region(ctx context.Context, id string) (string, error) {
	if r := s.svc.regionOf(id); r != "" {
		return r, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.home != "" {
		return s.home, nil
	}
	out, err := imds.NewFromConfig(s.cfg).GetRegion(ctx, nil)
	if err != nil {
		return "", err
	}
	s.home = out.Region
	return s.home, nil
}

// clients makes one client for each region that is asked, when it is asked.
type clients[C any] struct {
	mu       sync.Mutex
	byRegion map[string]C
	make     func(region string) C
}

func (c *clients[C]) in(region string) C {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, ok := c.byRegion[region]
	if !ok {
		client = c.make(region)
		c.byRegion[region] = client
	}
	return client
}

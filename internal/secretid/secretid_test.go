package secretid

import (
	"errors"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// The order of All.
const (
	aws = iota
	ssm
	azure
	gcp
	kube
	kubeOlder
	bao
)

func service(t *testing.T, kind, name string) Owner {
	t.Helper()
	owner, err := Service(kind, name)
	if err != nil {
		t.Fatal(err)
	}
	return owner
}

func must(t *testing.T, owner Owner, err error) Owner {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return owner
}

func ids(t *testing.T, server Server, owner Owner, path string) []ID {
	t.Helper()
	var field Field
	if path != "" {
		var err error
		if field, err = owner.ParseField(path); err != nil {
			t.Fatal(err)
		}
	}
	return All(server, owner, field)
}

// TestIDs has the values of the server's own tests and documentation, and what
// its algorithm gives for the rest.
func TestIDs(t *testing.T) {
	om := Server{Cluster: DefaultCluster}
	bot, err := Bot("ingestion-bot")
	bot = must(t, bot, err)
	app, err := App("MetaPilot App")
	app = must(t, app, err)
	pipeline, err := Pipeline("nightly")
	pipeline = must(t, pipeline, err)
	workflow, err := Workflow("test connection")
	workflow = must(t, workflow, err)
	tests := []struct {
		name   string
		server Server
		owner  Owner
		field  string
		// AWS, Parameter Store, OpenBao; the others; the object of older servers
		slashes, azure, gcp, kube, object string
	}{
		{
			"the server's own test", om, service(t, "database", "test"), "authType.password",
			"/openmetadata/database/test/authtype/password",
			"openmetadata-database-test-authtype-password",
			"openmetadata_database_test_authtype_password",
			"openmetadata-database-test-authtype-password",
			"openmetadata-database-test-authtype-password",
		},
		{
			"prefix",
			Server{"openmetadata", "team"},
			service(t, "Database", "mysvc"), "authType.password",
			"/team/openmetadata/database/mysvc/authtype/password",
			"teamopenmetadata-database-mysvc-authtype-password",
			"teamopenmetadata_database_mysvc_authtype_password",
			"teamopenmetadata-database-mysvc-authtype-password",
			"team-openmetadata-database-mysvc-authtype-password",
		},
		{
			"dots and blanks",
			Server{Cluster: "prod.eu"},
			service(t, "databaseServices", "My Service.v2"), "password",
			"/prod_eu/database/my_service_v2/password",
			"prodeu-database-myservicev2-password",
			"prodeu_database_myservicev2_password",
			"prod-eu-database-my-service-v2-password",
			"prod-eu-database-my-service-v2-password",
		},
		{
			"underscore and dash", om, service(t, "database", "my_svc-1"), "source.serviceConnection.config.credentials.gcpConfig.privateKey",
			"/openmetadata/database/my_svc-1/credentials/gcpconfig/privatekey",
			"openmetadata-database-mysvc-1-credentials-gcpconfig-privatekey",
			"openmetadata_database_my_svc1_credentials_gcpconfig_privatekey",
			"openmetadata-database-my-svc-1-credentials-gcpconfig-privatekey",
			"openmetadata-database-my-svc-1-credentials-gcpconfig-privatekey",
		},
		{
			"bot", om, bot, "config.JWTToken",
			"/openmetadata/bot/ingestion-bot/config/jwttoken",
			"openmetadata-bot-ingestion-bot-config-jwttoken",
			"openmetadata_bot_ingestionbot_config_jwttoken",
			"openmetadata-bot-ingestion-bot-config-jwttoken",
			"openmetadata-bot-ingestion-bot-config-jwttoken",
		},
		{
			"underscores in a row and at the end", om, service(t, "database", "prod__db_"), "password",
			"/openmetadata/database/prod__db_/password",
			"openmetadata-database-proddb-password",
			"openmetadata_database_prod__db__password",
			"openmetadata-database-prod-db-password",
			"openmetadata-database-prod-db-password",
		},
		{
			"the documentation's, before authType", om, service(t, "database", "mysql-test"), "password",
			"/openmetadata/database/mysql-test/password",
			"openmetadata-database-mysql-test-password",
			"openmetadata_database_mysqltest_password",
			"openmetadata-database-mysql-test-password",
			"openmetadata-database-mysql-test-password",
		},
		{
			"odd characters", om, service(t, "messaging", "special@#$%characters"), "saslPassword",
			"/openmetadata/messaging/special____characters/saslpassword",
			"openmetadata-messaging-specialcharacters-saslpassword",
			"openmetadata_messaging_specialcharacters_saslpassword",
			"openmetadata-messaging-special-characters-saslpassword",
			"openmetadata-messaging-special-characters-saslpassword",
		},
		{
			"one underscore for a character beyond the BMP, letters of other alphabets", om, service(t, "search", "é😀x"), "password",
			"/openmetadata/search/__x/password",
			"openmetadata-search-x-password",
			"openmetadata_search_x_password",
			"openmetadata-search-x-password",
			"openmetadata-search-x-password",
		},
		{
			"the prefix is in lower case before it is cleaned",
			Server{"om", "\u0130K\u212a"},
			service(t, "drive", "d"), "token",
			"/i_kk/om/drive/d/token",
			"ikkom-drive-d-token",
			"ikkom_drive_d_token",
			"i-kkom-drive-d-token",
			"i-kk-om-drive-d-token",
		},
		{
			"server connection", om, ServerConnection(), "securityConfig.secretKey",
			"/openmetadata/serverconnection/securityconfig/secretkey",
			"openmetadata-serverconnection-securityconfig-secretkey",
			"openmetadata_serverconnection_securityconfig_secretkey",
			"openmetadata-serverconnection-securityconfig-secretkey",
			"openmetadata-serverconnection-securityconfig-secretkey",
		},
		{
			"pipeline", om, pipeline, "sourceConfig.config.dbtConfigSource.dbtCloudAuthToken",
			"/openmetadata/pipeline/nightly/sourceconfig/config/dbtconfigsource/dbtcloudauthtoken",
			"openmetadata-pipeline-nightly-sourceconfig-config-dbtconfigsource-dbtcloudauthtoken",
			"openmetadata_pipeline_nightly_sourceconfig_config_dbtconfigsource_dbtcloudauthtoken",
			"openmetadata-pipeline-nightly-sourceconfig-config-dbtconfigsource-dbtcloudauthtoken",
			"openmetadata-pipeline-nightly-sourceconfig-config-dbtconfigsource-dbtcloudauthtoken",
		},
		{
			"workflow", om, workflow, "request.connection.config.private_key",
			"/openmetadata/workflow/test_connection/request/connection/config/privatekey",
			"openmetadata-workflow-testconnection-request-connection-config-privatekey",
			"openmetadata_workflow_testconnection_request_connection_config_privatekey",
			"openmetadata-workflow-test-connection-request-connection-config-privatekey",
			"openmetadata-workflow-test-connection-request-connection-config-privatekey",
		},
		{
			"app: no cluster, no leading slash, a doubled one",
			Server{"prod", "team"},
			app, "",
			"external-app/private-config//metapilot_app",
			"external-appprivate-config-metapilotapp",
			"externalappprivateconfig_metapilotapp",
			"external-app-private-config-metapilot-app",
			"external-app-private-config-metapilot-app",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := []string{aws: tt.slashes, ssm: tt.slashes, azure: tt.azure, gcp: tt.gcp, kube: tt.kube, kubeOlder: tt.slashes, bao: tt.slashes}
			for i, id := range ids(t, tt.server, tt.owner, tt.field) {
				if id.ID != want[i] {
					t.Errorf("%s (%s): id = %q, want %q", id.Provider, id.Variant, id.ID, want[i])
				}
				object := id.ID
				if i == kubeOlder {
					object = tt.object
				}
				if id.Object != object {
					t.Errorf("%s (%s): object = %q, want %q", id.Provider, id.Variant, id.Object, object)
				}
			}
		})
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	svc := service(t, "database", "x")
	app, err := App("x")
	app = must(t, app, err)
	field := func(owner Owner, path string) func() error {
		return func() error { _, err := owner.ParseField(path); return err }
	}
	tests := []struct {
		name string
		do   func() error
		want string
	}{
		{"type", func() error { _, err := Service("databse", "x"); return err }, `no service type "databse"; there are api, `},
		{"empty name", func() error { _, err := Service("database", ""); return err }, "the name of the service is empty"},
		{"empty bot", func() error { _, err := Bot(""); return err }, "the name of the bot is empty"},
		{"empty app", func() error { _, err := App(""); return err }, "the name of the app is empty"},
		{"no field", field(svc, ""), "no path of fields"},
		{"empty step", field(svc, "authType..password"), "no path of fields"},
		{"odd character", field(svc, "auth Type"), "no path of fields"},
		{"an index only", field(svc, "0"), "names no field"},
		{"a field of an app", field(app, "password"), "stored as a whole"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e *providers.Error
			if err := tt.do(); !errors.As(err, &e) || e.Code != providers.Config || !strings.Contains(e.Message, tt.want) {
				t.Errorf("error = %v, want CONFIG with %q", err, tt.want)
			}
		})
	}
}

func TestWithoutAuthType(t *testing.T) {
	svc := service(t, "database", "mysql-test")
	for path, want := range map[string]string{
		"authType.password":                     "/openmetadata/database/mysql-test/password",
		"authType.awsConfig.awsSecretAccessKey": "/openmetadata/database/mysql-test/awsconfig/awssecretaccesskey",
		"connection.authType.password":          "/openmetadata/database/mysql-test/connection/password",
		"config.authType.password":              "/openmetadata/database/mysql-test/password",
		"password":                              "", "authType": "",
	} {
		field, err := svc.ParseField(path)
		if err != nil {
			t.Fatal(err)
		}
		older, ok := field.WithoutAuthType()
		if ok != (want != "") {
			t.Errorf("WithoutAuthType(%q) = %t", path, ok)
		}
		if ok {
			if got := All(Server{Cluster: DefaultCluster}, svc, older)[aws].ID; got != want {
				t.Errorf("the older id of %q is %q, want %q", path, got, want)
			}
		}
	}
}

package secretid

import (
	"errors"
	"slices"
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
		"password":                              "", "authType": "", "connection.authType.password": "",
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

func TestWarnings(t *testing.T) {
	om := Server{Cluster: DefaultCluster}
	long := strings.Repeat("x", 250)
	bot, err := Bot("b")
	bot = must(t, bot, err)
	app, err := App("x")
	app = must(t, app, err)
	const overwrite = " have the same id, and they overwrite each other's secrets"
	tests := []struct {
		name   string
		server Server
		owner  Owner
		field  string
		want   map[int]string // a part of a warning; the rest have none
		lost   []int          // those whose stores cannot hold it
	}{
		{"nothing to say", om, service(t, "database", "warehouse"), "authType.password", nil, nil},
		{"left out", om, service(t, "database", "my_svc"), "password", map[int]string{
			azure:     `the service name "my_svc" becomes "mysvc": names that differ only in "_" (left out)` + overwrite,
			kube:      `becomes "my-svc": names that differ only in "_" (each written as "-")` + overwrite,
			kubeOlder: `becomes "my-svc"`,
		}, nil},
		{"case alone", om, service(t, "database", "Sales"), "password", map[int]string{
			aws: `becomes "sales": names that differ only in upper and lower case` + overwrite,
			ssm: "case", azure: "case", gcp: "case", kube: "case", kubeOlder: "case", bao: "case",
		}, nil},
		{"several kinds", om, service(t, "database", "My Db.v2"), "password", map[int]string{
			aws:   `becomes "my_db_v2": names that differ only in upper and lower case and " ", "." (each written as "_")` + overwrite,
			azure: `becomes "mydbv2": names that differ only in upper and lower case and " ", "." (left out)` + overwrite,
			ssm:   "my_db_v2", gcp: "mydbv2", kube: "my-db-v2", kubeOlder: "my-db-v2", bao: "my_db_v2",
		}, nil},
		{"dashes", om, service(t, "database", "-a--b"), "password", map[int]string{
			gcp:  `becomes "ab"`,
			kube: `becomes "a-b": names that differ only in dashes at the ends or beside each other` + overwrite, kubeOlder: `becomes "a-b"`,
		}, nil},
		{"nothing left", om, service(t, "database", "数据库"), "password", map[int]string{
			aws: `becomes "___"`, ssm: `becomes "___"`, bao: `becomes "___"`,
			azure: `nothing of the service name "数据库" is left in the id`, gcp: "nothing of", kube: "nothing of", kubeOlder: "nothing of",
		}, nil},
		{"glued", Server{"prod", "team"}, service(t, "database", "x"), "password", map[int]string{
			azure: `prefix "team" and cluster "prod" are put together without anything between: each other pair that makes "teamprod"`,
			gcp:   "put together", kube: "put together",
		}, nil},
		{"cluster", Server{Cluster: "prod.eu"}, service(t, "database", "x"), "password", map[int]string{
			aws: `the cluster name "prod.eu" becomes "prod_eu"`, ssm: "prod_eu", bao: "prod_eu",
			azure: "prodeu", gcp: "prodeu", kube: "prod-eu", kubeOlder: "prod-eu",
		}, nil},
		{"a name for Parameter Store itself", Server{"om", "AWS-eu"}, service(t, "database", "x"), "password", map[int]string{
			ssm: "refuses names that start with aws or ssm", aws: "case", azure: "put together", gcp: "put together", kube: "put together", kubeOlder: "case", bao: "case",
		}, nil},
		{"too long for Key Vault, and Google", om, service(t, "database", long), "password", map[int]string{
			azure: "at most 127 characters, and this has 281", gcp: "at most 255 characters, and this has 281",
			kube: "cuts the name after 253 characters", kubeOlder: "refuses such references",
		}, []int{azure, gcp, kubeOlder}},
		{"too long for all of AWS", om, service(t, "database", strings.Repeat("x", 1000)), "password", map[int]string{
			aws: "at most 512 characters", ssm: "at most 1011 characters", azure: "at most 127", gcp: "at most 255", kube: "cuts", kubeOlder: "refuses",
		}, []int{aws, ssm, azure, gcp, kubeOlder}},
		{"levels", om, service(t, "database", strings.Repeat("a/", 12)+"a"), "password", map[int]string{
			ssm: "at most 15 levels, and this has 16", azure: `"/" (left out)`, gcp: `"/" (left out)`, kube: `"/"`, kubeOlder: `"/"`,
		}, []int{ssm}},
		{"empty level", om, service(t, "database", "a//b"), "password", map[int]string{
			bao: "no empty name between slashes", azure: `"/"`, gcp: `"/"`, kube: `"/"`, kubeOlder: `"/"`,
		}, []int{bao}},
		{"app", om, app, "", map[int]string{
			ssm: "do not start with a slash", bao: "no empty name between slashes",
		}, []int{ssm, bao}},
		{"bot's password", om, bot, "config.password", everywhere("the server does not store a bot's password"), nil},
		{"own token", om, ServerConnection(), "securityConfig.jwtToken", everywhere("the server does not store the token of its own connection"), nil},
		{"list", om, service(t, "database", "x"), "accounts[0].password", everywhere("no values in lists"), nil},
		{"list by number", om, service(t, "database", "x"), "accounts.0.password", everywhere("no values in lists"), nil},
		{"free map", om, service(t, "database", "x"), "connectionOptions.password", everywhere("no values below connectionOptions"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i, id := range ids(t, tt.server, tt.owner, tt.field) {
				said := strings.Join(id.Warnings, "\n")
				if want := tt.want[i]; want == "" && said != "" || !strings.Contains(said, want) {
					t.Errorf("%s (%s) %s: warnings = %q, want %q", id.Provider, id.Variant, id.ID, said, want)
				}
				if id.Storable == slices.Contains(tt.lost, i) {
					t.Errorf("%s (%s) %s: storable = %t", id.Provider, id.Variant, id.ID, id.Storable)
				}
			}
		})
	}
}

// What concerns prefix and cluster may come with other warnings.
func TestWarningsOfTheServer(t *testing.T) {
	for _, tt := range []struct {
		server Server
		store  int
		want   string
	}{
		{Server{"a%sb", ""}, aws, "cannot make ids of a prefix or cluster with %"},
		{Server{"om", "100%"}, gcp, "cannot make ids of a prefix or cluster with %"},
		{Server{"om", "team a"}, bao, "does not start with a prefix or cluster"},
		{Server{"büro", ""}, bao, "does not start with a prefix or cluster"},
	} {
		list := ids(t, tt.server, service(t, "database", "x"), "password")[tt.store].Warnings
		if said := strings.Join(list, "\n"); !strings.Contains(said, tt.want) {
			t.Errorf("%+v: warnings = %q, want %q", tt.server, said, tt.want)
		}
	}
}

func everywhere(text string) map[int]string {
	all := map[int]string{}
	for i := range namings() {
		all[i] = text
	}
	return all
}

// FuzzAll holds that the id of any names is plain text for YAML and a shell, and
// that two names are told apart or warned about.
func FuzzAll(f *testing.F) {
	f.Add("openmetadata", "", "My Service.v2", "my_service_v2", "authType.password")
	f.Add("prod.eu", "team", "-", "--", "password")
	f.Add("\u0130", "%s", "\xff", "数据库", "a[0].b")
	f.Fuzz(func(t *testing.T, cluster, prefix, one, other, path string) {
		first, err := Service("database", one)
		second, err2 := Service("database", other)
		if err != nil || err2 != nil || len(path) > 500 { // the work grows with the square
			return
		}
		field, err := first.ParseField(path)
		if err != nil {
			return
		}
		server := Server{cluster, prefix}
		others := All(server, second, field)
		for i, id := range All(server, first, field) {
			const plain = "abcdefghijklmnopqrstuvwxyz0123456789/_-"
			if strings.Trim(id.ID+id.Object, plain) != "" || len(id.Warnings) == 0 && !id.Storable {
				t.Errorf("%+v", id)
			}
			if one != other && id.Object == others[i].Object && len(id.Warnings)+len(others[i].Warnings) == 0 {
				t.Errorf("%q and %q both are %s of %s, and nobody says so", one, other, id.Object, id.Provider)
			}
		}
	})
}

package secretid

import (
	"slices"
	"strings"
	"testing"
)

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

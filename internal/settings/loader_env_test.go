package settings_test

import (
	"strings"
	"testing"
)

func TestLoaderEnv(t *testing.T) {
	env := func(provider string, vars map[string]string) world {
		return world{provider: provider, loader: "env", env: vars, cfg: cfgKeys}
	}
	rows := []row{
		{"OpenMetadata's name before the SDK's, never airflow.cfg", env("aws", map[string]string{"AWS_REGION": "b", "AWS_DEFAULT_REGION": "a"}), `
			aws_region=a <- variable AWS_DEFAULT_REGION over variable AWS_REGION
			aws_max_attempts=3 <- default`},
		{"the SDK's name", env("aws", map[string]string{"AWS_REGION": "b"}), `
			aws_region=b <- variable AWS_REGION
			aws_max_attempts=3 <- default`},
		{"empty is set", env("aws", map[string]string{"AWS_REGION": "b", "AWS_DEFAULT_REGION": ""}), `
			aws_region= <- variable AWS_DEFAULT_REGION over variable AWS_REGION
			aws_max_attempts=3 <- default`},
		{"half a credential", env("aws", map[string]string{"AWS_SECRET_ACCESS_KEY": sentinel}), `
			error: CONFIG: aws_access_key_id is not set: aws_secret_access_key (variable AWS_SECRET_ACCESS_KEY) is half a credential without it (AWS Secrets Manager, loader env)
			hint: set variable AWS_ACCESS_KEY_ID (aws_access_key_id in section [openmetadata_secrets_manager] of airflow.cfg is for loader airflow)`},
		{"a twin provider, blank value", env("managed-azure-kv", map[string]string{"AZURE_KEY_VAULT_NAME": "kv ", "AZURE_CLIENT_ID": "identity"}), `
			azure_key_vault_name=kv <- variable AZURE_KEY_VAULT_NAME
			azure_key_vault_dns_suffix=vault.azure.net <- default
			azure_credential=default <- default
			azure_client_id=identity <- variable AZURE_CLIENT_ID
			warning: azure_key_vault_name (variable AZURE_KEY_VAULT_NAME) has blanks around it, which are left out; OpenMetadata would keep them`},
		{"required but empty, and half a credential: both are told", env("azure-kv", map[string]string{"AZURE_KEY_VAULT_NAME": "", "AZURE_CLIENT_SECRET": sentinel, "AZURE_TENANT_ID": "t"}), `
			error: CONFIG: azure_key_vault_name is empty (variable AZURE_KEY_VAULT_NAME): the store cannot be used without it (Azure Key Vault, loader env)
			hint: set variable AZURE_KEY_VAULT_NAME (azure_key_vault_name in section [openmetadata_secrets_manager] of airflow.cfg is for loader airflow)
			error: CONFIG: azure_client_id is not set: azure_client_secret (variable AZURE_CLIENT_SECRET) is half a credential without it (Azure Key Vault, loader env)
			hint: set variable AZURE_CLIENT_ID (azure_client_id in section [openmetadata_secrets_manager] of airflow.cfg is for loader airflow)`},
		{"gcp's variables in order", env("gcp", map[string]string{"GCP_PROJECT": "c", "GCLOUD_PROJECT": "b", "GOOGLE_CLOUD_PROJECT": "a"}), `
			project_id=a <- variable GOOGLE_CLOUD_PROJECT over variable GCLOUD_PROJECT, variable GCP_PROJECT`},
		{"gcp's last variable", env("gcp", map[string]string{"GCP_PROJECT": "c"}), `
			project_id=c <- variable GCP_PROJECT`},
		{"gcp without a project is the store's business", env("gcp", nil), ``},
		{"only true is true", env("kubernetes", map[string]string{"KUBERNETES_IN_CLUSTER": "TRUE", "KUBECONFIG": "/b", "KUBERNETES_KUBECONFIG_PATH": "/a"}), `
			kubernetes_in_cluster=true <- variable KUBERNETES_IN_CLUSTER
			kubernetes_kubeconfig_path=/a <- variable KUBERNETES_KUBECONFIG_PATH over variable KUBECONFIG`},
		{"yes is not true, and said so", env("kubernetes", map[string]string{"KUBERNETES_IN_CLUSTER": "yes"}), `
			kubernetes_in_cluster=false <- variable KUBERNETES_IN_CLUSTER
			warning: kubernetes_in_cluster (variable KUBERNETES_IN_CLUSTER) counts as false: in a variable only true is true`},
		{"an empty boolean is false", env("kubernetes", map[string]string{"KUBERNETES_IN_CLUSTER": ""}), `
			kubernetes_in_cluster=false <- variable KUBERNETES_IN_CLUSTER`},
		{"openbao's names before bao's and vault's, int()", env("vault", map[string]string{
			"VAULT_ADDR": "v", "BAO_ADDR": "b", "OPENBAO_ADDRESS": "o", "VAULT_TOKEN": sentinel, "OPENBAO_READ_TIMEOUT_MS": "1_000 ", "OPENBAO_SKIP_TLS_VERIFY": "True",
		}), `
			openbao_address=o <- variable OPENBAO_ADDRESS over variable BAO_ADDR, variable VAULT_ADDR
			openbao_mount=secret <- default
			openbao_kv_version=2 <- default
			openbao_auth_method=token <- default
			openbao_token=S3NTINEL <- variable VAULT_TOKEN
			openbao_skip_tls_verify=true <- variable OPENBAO_SKIP_TLS_VERIFY
			openbao_connect_timeout_ms=5000 <- default
			openbao_read_timeout_ms=1000 <- variable OPENBAO_READ_TIMEOUT_MS
			warning: openbao_read_timeout_ms (variable OPENBAO_READ_TIMEOUT_MS) has blanks around it, which are left out; OpenMetadata would keep them`},
		{"not a number, and no address", env("openbao", map[string]string{"OPENBAO_READ_TIMEOUT_MS": sentinel}), `
			error: CONFIG: openbao_read_timeout_ms (variable OPENBAO_READ_TIMEOUT_MS) is not a whole number
			error: CONFIG: openbao_address is not set: the store cannot be used without it (OpenBao or Vault, loader env)
			hint: set variable OPENBAO_ADDRESS (openbao_address in section [openmetadata_secrets_manager] of airflow.cfg is for loader airflow)`},
		{"approle without secret id", env("openbao", map[string]string{"OPENBAO_ADDRESS": "o", "OPENBAO_AUTH_METHOD": "approle", "OPENBAO_ROLE_ID": "r"}), `
			error: CONFIG: openbao_secret_id is not set: openbao_role_id (variable OPENBAO_ROLE_ID) is half a credential without it (OpenBao or Vault, loader env)
			hint: set variable OPENBAO_SECRET_ID (openbao_secret_id in section [openmetadata_secrets_manager] of airflow.cfg is for loader airflow)`},
	}
	for _, r := range rows {
		r.run(t)
	}
}

func TestIntegersAsInPython(t *testing.T) {
	tests := []struct {
		in   string
		want string // "" for an error
	}{
		{"5", "5"},
		{"+5", "5"},
		{"-3", "-3"},
		{"007", "7"},
		{"1_0", "10"},
		{" 8\n", "8"},
		{"", ""},
		{"5.0", ""},
		{"1__0", ""},
		{"_1", ""},
		{"0x1F", ""},
		{"1e3", ""},
		{"five", ""},
		{"99999999999999999999", ""},
	}
	for _, tt := range tests {
		eff, outcome := world{provider: "aws", loader: "env", env: map[string]string{"AWS_MAX_ATTEMPTS": tt.in}}.resolve(t)
		if failed := strings.Contains(outcome, "error: CONFIG: aws_max_attempts (variable AWS_MAX_ATTEMPTS) is not a whole number"); failed != (tt.want == "") {
			t.Errorf("AWS_MAX_ATTEMPTS=%q: %s, want %q", tt.in, outcome, tt.want)
		}
		if got := eff.Main.Settings.Get("aws_max_attempts"); tt.want != "" && got != tt.want {
			t.Errorf("AWS_MAX_ATTEMPTS=%q is %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLoaderNoop(t *testing.T) {
	noop := func(provider string, vars map[string]string) world {
		return world{provider: provider, env: vars, cfg: cfgKeys}
	}
	rows := []row{
		{"credentials are the SDK's, places the variables'", noop("aws", map[string]string{"AWS_REGION": "b", "AWS_ACCESS_KEY_ID": "half"}), `
			aws_region=b <- variable AWS_REGION
			aws_max_attempts=3 <- default`},
		{"a variable of ours is no part of the SDK's chain", noop("aws", map[string]string{"OM_SECRET_EXEC_AWS_ROLE_ARN": "role"}), `
			aws_role_arn=role <- variable OM_SECRET_EXEC_AWS_ROLE_ARN
			aws_max_attempts=3 <- default`},
		{"azure cannot work upstream", noop("azure-kv", map[string]string{"AZURE_KEY_VAULT_NAME": "kv", "AZURE_CLIENT_SECRET": sentinel}), `
			azure_key_vault_name=kv <- variable AZURE_KEY_VAULT_NAME
			azure_key_vault_dns_suffix=vault.azure.net <- default
			azure_credential=default <- default
			warning: loader noop never works for provider azure-kv in OpenMetadata; places are taken from the variables of loader env here, so write ` + "`secretsManagerLoader: env`"},
		{"kubernetes cannot either", noop("kubernetes", map[string]string{"KUBERNETES_NAMESPACE": "ns"}), `
			kubernetes_namespace=ns <- variable KUBERNETES_NAMESPACE
			warning: loader noop never works for provider kubernetes in OpenMetadata; places are taken from the variables of loader env here, so write ` + "`secretsManagerLoader: env`"},
		{"gcp can", noop("gcp", map[string]string{"GOOGLE_CLOUD_PROJECT": "p"}), `
			project_id=p <- variable GOOGLE_CLOUD_PROJECT`},
		{"openbao without an address", noop("openbao", nil), `
			warning: loader noop never works for provider openbao in OpenMetadata; places are taken from the variables of loader env here, so write ` + "`secretsManagerLoader: env`" + `
			error: CONFIG: openbao_address is not set: the store cannot be used without it (OpenBao or Vault, loader noop)
			hint: set variable OPENBAO_ADDRESS (openbao_address in section [openmetadata_secrets_manager] of airflow.cfg is for loader airflow)`},
	}
	for _, r := range rows {
		r.run(t)
	}
}

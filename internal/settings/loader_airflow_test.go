package settings_test

import "testing"

func TestLoaderAirflow(t *testing.T) {
	airflow := func(provider, cfg string, env map[string]string) world {
		return world{provider: provider, loader: "airflow", cfg: cfg, env: env}
	}
	rows := []row{
		{"reads the section and nothing else", airflow("aws", cfgKeys, map[string]string{"AWS_REGION": "us-east-1", "AWS_SESSION_TOKEN": sentinel}), `
			aws_region=eu-west-1 <- airflow.cfg:2
			aws_access_key_id=CFGID <- airflow.cfg:3
			aws_secret_access_key=S3NTINEL <- airflow.cfg:4
			aws_max_attempts=3 <- default`},
		{"variable over file, interpolation and expansion as conf has them", airflow("aws", section("base = eu", "aws_region = %(base)s-$N"),
			map[string]string{"N": "west-2", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_MAX_ATTEMPTS": " 1_0 "}), `
			aws_region=eu-west-2 <- airflow.cfg:3
			aws_max_attempts=10 <- variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_MAX_ATTEMPTS`},
		{"what a variable hides in the file is told", airflow("aws", section("aws_region = eu-west-1"),
			map[string]string{"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_REGION": ""}), `
			aws_region= <- variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_REGION over airflow.cfg:2
			aws_max_attempts=3 <- default`},
		{"keys without a region are not read upstream", airflow("aws", section("aws_access_key_id = CFGID", "aws_secret_access_key = %broken"+sentinel), nil), `
			aws_access_key_id unset over airflow.cfg:2
			aws_secret_access_key unset over airflow.cfg:3
			aws_max_attempts=3 <- default
			warning: not used: aws_access_key_id (airflow.cfg:2), aws_secret_access_key (airflow.cfg:3); OpenMetadata's loader airflow reads this only when aws_region is set, so set that, or leave this out`},
		{"an empty region is no region", airflow("aws", section("aws_region =", "aws_access_key_id = CFGID"), nil), `
			aws_region= <- airflow.cfg:2
			aws_access_key_id unset over airflow.cfg:3
			aws_max_attempts=3 <- default
			warning: not used: aws_access_key_id (airflow.cfg:3); OpenMetadata's loader airflow reads this only when aws_region is set, so set that, or leave this out`},
		{"a region that cannot be read is a region", airflow("aws", section("aws_region = %broken", "aws_access_key_id = a", "aws_secret_access_key = b"), nil), `
			error: CONFIG: airflow.cfg:2: ...`},
		{"half a credential", airflow("aws", section("aws_region = eu-west-1", "aws_access_key_id = "+sentinel), nil), `
			error: CONFIG: aws_secret_access_key is not set: aws_access_key_id (airflow.cfg:3) is half a credential without it (AWS Secrets Manager, loader airflow)
			hint: set aws_secret_access_key in section [openmetadata_secrets_manager] of airflow.cfg, or variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY (variable AWS_SECRET_ACCESS_KEY is for loader env)`},
		{"the other half, empty", airflow("aws", section("aws_region = eu-west-1", "aws_access_key_id =", "aws_secret_access_key = "+sentinel), nil), `
			error: CONFIG: aws_access_key_id is empty (airflow.cfg:3): aws_secret_access_key (airflow.cfg:4) is half a credential without it (AWS Secrets Manager, loader airflow)
			hint: set aws_access_key_id in section [openmetadata_secrets_manager] of airflow.cfg, or variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_ACCESS_KEY_ID (variable AWS_ACCESS_KEY_ID is for loader env)`},
		{"required, with no file at all", airflow("azure-kv", "", map[string]string{"AZURE_KEY_VAULT_NAME": "kv"}), `
			error: CONFIG: azure_key_vault_name is not set: the store cannot be used without it (Azure Key Vault, loader airflow)
			hint: set azure_key_vault_name in section [openmetadata_secrets_manager] of airflow.cfg, or variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AZURE_KEY_VAULT_NAME (variable AZURE_KEY_VAULT_NAME is for loader env)`},
		{"the documentation's spelling for gcp", airflow("gcp", section("gcp_project_id = docs"), map[string]string{"GOOGLE_CLOUD_PROJECT": "other"}), `
			project_id=docs <- airflow.cfg:2
			warning: project_id (airflow.cfg:2) is spelt gcp_project_id there, which OpenMetadata's code does not read`},
		{"the code's spelling first", airflow("gcp", section("gcp_project_id = docs", "project_id = code"), nil), `
			project_id=code <- airflow.cfg:3 over airflow.cfg:2`},
		{"getboolean refuses yes", airflow("kubernetes", section("kubernetes_in_cluster = yes"), nil), `
			error: CONFIG: airflow.cfg:2: ...`},
		{"getboolean takes t", airflow("kubernetes", section("kubernetes_in_cluster = T # pod", "kubernetes_namespace = team"), nil), `
			kubernetes_namespace=team <- airflow.cfg:3
			kubernetes_in_cluster=true <- airflow.cfg:2`},
		{"empty, or 0, is the default", airflow("openbao", section("openbao_address = https://b", "openbao_mount =", "openbao_read_timeout_ms = 0", "openbao_connect_timeout_ms = +07"), nil), `
			openbao_address=https://b <- airflow.cfg:2
			openbao_mount=secret <- default over airflow.cfg:3
			openbao_kv_version=2 <- default
			openbao_auth_method=token <- default
			openbao_skip_tls_verify=false <- default
			openbao_connect_timeout_ms=7 <- airflow.cfg:5
			openbao_read_timeout_ms=10000 <- default over airflow.cfg:4`},
		{"our own variables count under any loader", world{provider: "db", loader: "airflow", cfg: section("secrets_file = /cfg"), env: map[string]string{
			"OM_SECRET_EXEC_PROVIDER": "file", "OM_SECRET_EXEC_SECRETS_FILE": "/own",
		}}, `
			secrets_file=/own <- variable OM_SECRET_EXEC_SECRETS_FILE over airflow.cfg:2
			note: variable OM_SECRET_EXEC_PROVIDER overrides secretsManagerProvider at wf.yaml:3:5`},
		{"our own variables, empty", airflow("aws", section("aws_region = r", "aws_role_arn = cfg"), map[string]string{"OM_SECRET_EXEC_AWS_ROLE_ARN": ""}), `
			aws_region=r <- airflow.cfg:2
			aws_role_arn=cfg <- airflow.cfg:3
			aws_max_attempts=3 <- default`},
		{"our own variables are in the hint", airflow("file", "", nil), `
			error: CONFIG: secrets_file is not set: the store cannot be used without it (secrets file, loader airflow)
			hint: set variable OM_SECRET_EXEC_SECRETS_FILE, or secrets_file in section [openmetadata_secrets_manager] of airflow.cfg`},
		{"blanks and quotes", airflow("aws", section(`aws_region = "eu-west-1"`), map[string]string{
			"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_ACCESS_KEY_ID":     " ID",
			"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY": "'" + sentinel + "'\n",
		}), `
			aws_region="eu-west-1" <- airflow.cfg:2
			aws_access_key_id=ID <- variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_ACCESS_KEY_ID
			aws_secret_access_key='S3NTINEL' <- variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY
			aws_max_attempts=3 <- default
			warning: aws_region (airflow.cfg:2) has quotes around it, which are part of the value; leave them out
			warning: aws_access_key_id (variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_ACCESS_KEY_ID) has blanks around it, which are left out; OpenMetadata would keep them
			warning: aws_secret_access_key (variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY) has blanks around it, which are left out; OpenMetadata would keep them
			warning: aws_secret_access_key (variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY) has quotes around it, which are part of the value; leave them out`},
	}
	for _, r := range rows {
		r.run(t)
	}
}

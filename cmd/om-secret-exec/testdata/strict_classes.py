"""Asks OpenMetadata's own classes with strict look-ups installed.

usage: strict_classes.py URL ARN

URL is a double of the server, ARN that of the secret S3NTINEL. The classes are
asked as connectors ask them. A failed assertion ends the script.
"""
import sys

from om_secret_exec import SecretExecError
from om_secret_exec.openmetadata import UnresolvedReferenceError, install, strict, uninstall

url, arn = sys.argv[1:]
assert not {name for name in sys.modules if name.split(".")[0] == "metadata"}
install()

from metadata.generated.schema.entity.services.connections.database.postgresConnection import PostgresConnection
from metadata.generated.schema.entity.services.connections.metadata.openMetadataConnection import OpenMetadataConnection
from metadata.ingestion.models.custom_pydantic import CustomSecretStr
from metadata.ingestion.ometa.ometa_api import OpenMetadata
from metadata.utils.secrets.db_secrets_manager import DBSecretsManager
from metadata.utils.secrets.secrets_manager_factory import SecretsManagerFactory
from metadata.utils.singleton import Singleton
from metadata.workflow.metadata import MetadataWorkflow
from pydantic import BaseModel


class Model(BaseModel):
    secret: CustomSecretStr


def ask(text: str) -> str:
    return Model(secret=text).secret.get_secret_value()


def client(**settings: str) -> OpenMetadata:
    Singleton.clear_all()
    return OpenMetadata(OpenMetadataConnection(
        hostPort=url, authProvider="openmetadata", securityConfig={"jwtToken": "abc"}, **settings))


def fails(code: str, text: str) -> SecretExecError:
    try:
        try:
            ask(text)
        except Exception as err:
            raise AssertionError(f"a handler of Exception sees {err!r}")
    except UnresolvedReferenceError as err:
        assert err.error.code == code, err
        return err.error
    raise AssertionError(f"{text} resolves")


# Nobody has chosen a provider: the id is no password.
client()
assert "provider" in str(fails("CONFIG", "secret:/strict/classes"))
client(secretsManagerProvider="db")
assert 'provider "db"' in str(fails("CONFIG", "secret:/strict/classes"))

# Loader noop is fatal for Azure and Kubernetes in OpenMetadata as soon as there is
# a client; here nothing happens until a reference is asked for.
for provider in ("managed-azure-kv", "azure-kv", "kubernetes", "gcp"):
    client(secretsManagerProvider=provider, secretsManagerLoader="noop")
    assert ask("plain") == "plain"

for provider in ("aws", "managed-aws"):
    om = client(secretsManagerProvider=provider, secretsManagerLoader="env")
    assert ask("secret:/strict/classes") == "S3NTINEL"
    assert ask("secret:" + arn) == "S3NTINEL"
    assert ask("secret:/strict/null") == ""
    assert om.secrets_manager_client.get_string_value("/strict/classes") == "S3NTINEL"
    error = fails("NOT_FOUND", "secret:/strict/absent")
    assert (error.exit_status, error.retryable) == (3, False)
    assert error.failures[0].hint and "__main__:" in error.failures[0].where, error

# What is not asked for is not looked up: masks, and the reference itself.
model = Model(secret="secret:/strict/absent")
assert str(model.secret) == "**********"
assert model.secret.get_secret_value(skip_secret_manager=True) == "secret:/strict/absent"

# A workflow whose own connection holds the reference ends where it is made.
workflow = {
    "source": {
        "type": "postgres", "serviceName": "strict",
        "serviceConnection": {"config": {"type": "Postgres", "username": "u", "hostPort": "127.0.0.1:1", "database": "d",
                                         "authType": {"password": "secret:/strict/absent"}}},
        "sourceConfig": {"config": {"type": "DatabaseMetadata"}},
    },
    "sink": {"type": "metadata-rest", "config": {}},
    "workflowConfig": {"openMetadataServerConfig": {
        "hostPort": url, "authProvider": "openmetadata", "securityConfig": {"jwtToken": "abc"},
        "secretsManagerProvider": "managed-aws", "secretsManagerLoader": "env"}},
}
try:
    with strict():
        MetadataWorkflow.create(workflow)
except SecretExecError as err:
    assert err.code == "NOT_FOUND", err
else:
    raise AssertionError("a workflow was made")

# It goes away again, and takes over what exists.
uninstall()
client(secretsManagerProvider="db")
assert isinstance(SecretsManagerFactory().get_secrets_manager(), DBSecretsManager)
assert ask("secret:/strict/classes") == "/strict/classes"
with strict(provider="aws", loader="env"):
    assert ask("secret:/strict/classes") == "S3NTINEL"
assert isinstance(SecretsManagerFactory().get_secrets_manager(), DBSecretsManager)
connection = PostgresConnection(username="u", hostPort="h:1", database="d", authType={"password": "secret:/a"})
assert connection.authType.password.get_secret_value() == "/a"

"""A made-up OpenMetadata and a made-up program, for tests of strict look-ups."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from conftest import GIVE

from om_secret_exec import openmetadata

if TYPE_CHECKING:
    from collections.abc import Iterator

# What of OpenMetadata the look-ups touch, with its behaviour and none of its code.
MODULES = {
    "metadata/__init__.py": "",
    "metadata/ingestion/__init__.py": "",
    "metadata/ingestion/models/__init__.py": "",
    "metadata/ingestion/models/custom_pydantic.py": """
class _CustomSecretStr:
    def __init__(self, text):
        self.text = text
    def get_secret_value(self, skip_secret_manager=False):
        from metadata.utils.secrets.secrets_manager_factory import SecretsManagerFactory
        if skip_secret_manager or not (self.text or "").startswith("secret:"):
            return self.text
        try:
            return SecretsManagerFactory().get_secrets_manager().get_string_value(self.text.replace("secret:", ""))
        except Exception:
            return self.text
""",
    "metadata/utils/__init__.py": "",
    "metadata/utils/secrets/__init__.py": "",
    "metadata/utils/secrets/secrets_manager_factory.py": """
class Singleton(type):
    _instances = {}
    def __call__(cls, *args):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__(*args)
        return cls._instances[cls]
class DB:
    def get_string_value(self, secret_id):
        return secret_id
class SecretsManagerFactory(metaclass=Singleton):
    def __init__(self, provider=None, loader=None):
        self.secrets_manager_provider, self.secrets_manager_loader = provider, loader
        self.secrets_manager = self._get_secrets_manager(provider, loader)
    def _get_secrets_manager(self, secrets_manager_provider, secrets_manager_loader):
        return DB()
    def get_secrets_manager(self):
        return self.secrets_manager
""",
    "metadata/workflow/__init__.py": "",
    "metadata/workflow/workflow_status_mixin.py": """
import enum
State = enum.Enum("State", "success failed")
class WorkflowStatusMixin:
    def __init__(self, run):
        self.run, self.told = run, []
    def execute(self):
        try:
            self.run()
        finally:
            self.set_ingestion_pipeline_status(State.success, "summary")
    def set_ingestion_pipeline_status(self, state, ingestion_status=None):
        self.told.append((state.name, ingestion_status))
""",
}

# Resolves secret:/good, secret:/slow when the test writes to a pipe, nothing else;
# counts its runs.
PROGRAM = (
    "#!/bin/sh\n"
    + GIVE
    + r"""
document=$(cat)
echo "$*" >>"$(dirname "$0")/runs"
case $document in
*secret:/empty*)
    echo '{"kind": "warning", "message": "<stdin>:1:1: the value is empty"}' >&2
    printf '{"secret": ""}' | give; exit 0 ;;
*secret:/good*) printf '{"secret": "va$lue"}' | give; exit 0 ;;
*secret:/slow*) read -r value <"$(dirname "$0")/pipe"; printf '{"secret": "%s"}' "$value" | give; exit 0 ;;
*secret:/busy*) code=THROTTLED status=5 retryable=true ;;
*) code=NOT_FOUND status=3 retryable=false ;;
esac
printf '{"kind": "error", "message": "no such secret", "code": "%s", "where": "<stdin>:1:1", "path": "secret", ' "$code" >&2
printf '"reference": "secret:/x", "hint": "look again", "retryable": %s}\n' "$retryable" >&2
exit "$status"
"""
)


class OpenMetadata:
    """The classes of a made-up OpenMetadata, imported when they are asked for."""

    @property
    def factory(self) -> Any:
        return importlib.import_module("metadata.utils.secrets.secrets_manager_factory").SecretsManagerFactory

    @property
    def workflow(self) -> Any:
        return importlib.import_module("metadata.workflow.workflow_status_mixin").WorkflowStatusMixin

    def secret(self, text: str | None) -> Any:
        module = importlib.import_module("metadata.ingestion.models.custom_pydantic")
        return module._CustomSecretStr(text)  # noqa: SLF001 - it has no other name

    def ask(self, text: str) -> Any:
        return self.secret(text).get_secret_value()


def _forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "metadata"]:
        del sys.modules[name]


@pytest.fixture
def om(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenMetadata]:
    for name, text in MODULES.items():
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    for name in ("PROVIDER", "LOADER", "TIMEOUT"):
        monkeypatch.delenv(f"OM_SECRET_EXEC_{name}", raising=False)
    monkeypatch.delitem(sys.modules, "airflow", raising=False)
    _forget()
    yield OpenMetadata()
    openmetadata.uninstall()
    _forget()


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a program in place, and tell the arguments of its runs."""
    program = tmp_path / "program"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("OM_SECRET_EXEC_BINARY", str(program))
    os.mkfifo(tmp_path / "pipe")
    record = tmp_path / "runs"
    return lambda: record.read_text(encoding="utf-8").splitlines() if record.exists() else []


@pytest.fixture
def enum() -> Any:
    return lambda value: SimpleNamespace(value=value)


@pytest.fixture
def environ() -> dict[str, str]:
    """Return variables for a Python that finds this package and the made-up OpenMetadata."""
    source = Path(openmetadata.__file__).parents[1]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(source), *sys.path[:1]])}

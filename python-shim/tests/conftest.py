from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Callable

import pytest

# The program under test; `make test-shim` sets it.
REAL = os.environ.get("OM_SECRET_EXEC_BINARY", "")


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own settings out of a test."""
    for name in os.environ:
        if name.startswith(("OM_SECRET_EXEC_", "AIRFLOW", "AWS_", "AZURE_", "FERNET_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))


@pytest.fixture
def binary(monkeypatch: pytest.MonkeyPatch) -> str:
    """Have the package use the real program."""
    assert REAL, "OM_SECRET_EXEC_BINARY does not name the program to test: run make test-shim"
    path = str(Path(REAL).resolve())
    monkeypatch.setenv("OM_SECRET_EXEC_BINARY", path)
    return path


Fake = Callable[[str], Path]

# In a fake, `... | give` prints what it reads, and says so as the program does.
GIVE = r"""give() {
    exec 3>&1
    printf '{"kind":"done","bytes":%d}\n' "$(tee /dev/fd/3 | wc -c)" >&2
}
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Have the package use a shell script in the program's place."""

    def make(script: str) -> Path:
        path = tmp_path / "fake"
        path.write_text(f"#!/bin/sh\n{GIVE}{script}\n", encoding="utf-8")
        path.chmod(0o700)
        monkeypatch.setenv("OM_SECRET_EXEC_BINARY", str(path))
        return path

    return make


Store = Callable[[dict], None]  # type: ignore[type-arg]


@pytest.fixture
def store(tmp_path: Path, binary: str, monkeypatch: pytest.MonkeyPatch) -> Store:  # noqa: ARG001
    """Have the real program look up in a file of these secrets."""

    def make(secrets: dict[str, object]) -> None:
        path = tmp_path / "secrets.json"
        path.write_text(json.dumps(secrets), encoding="utf-8")
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        monkeypatch.setenv("OM_SECRET_EXEC_SECRETS_FILE", str(path))
        monkeypatch.setenv("OM_SECRET_EXEC_PROVIDER", "file")

    return make

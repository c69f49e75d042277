# ruff: noqa: N818 - Airflow's own names
"""What stands in for the program and for Airflow in tests without either."""

from __future__ import annotations

import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

from om_secret_exec import Failure, SecretExecError
from om_secret_exec.airflow import _hook

TEXT = "source:\n  password: secret:/db\nworkflowConfig: {}\n"
RESOLVED = 'source:\n  password: "hunter2"\nworkflowConfig: {}\n'


class Program:
    """Stands in for the program: gives values, fails, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.secrets = {"/db": "hunter2", "/null": ""}
        self.retryable = False

    def resolve(self, text: str, **options: Any) -> str:
        self.asked.append((text, options))
        missing = [m for m in re.findall(r"secret:(/\w+)", text) if m not in self.secrets]
        if missing:
            path = next(iter(re.findall(r'"(r\d+)": "secret:' + missing[0], text)), "source.password")
            failure = Failure(
                "NOT_FOUND", f"no {missing[0]}", where="<stdin>:2:13", path=path, retryable=self.retryable
            )
            raise SecretExecError(failure, exit_status=5 if self.retryable else 3)
        return re.sub(r'"?secret:(/\w+)"?', lambda m: f'"{self.secrets[m[1]]}"', text).replace(
            '"aws"', '"db"'
        )


class Masker(ModuleType):
    """Stands in for Airflow's masker."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.masked: set[str] = set()

    def mask_secret(self, secrets: list[str]) -> None:
        self.masked.update(secrets)


class AirflowFailException(Exception):
    """As Airflow's."""


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    fake = Program()
    monkeypatch.setattr(_hook, "resolve", fake.resolve)
    return fake


@pytest.fixture
def masker(monkeypatch: pytest.MonkeyPatch) -> Masker:
    """Put an Airflow in place that has a masker and an exception and nothing else."""
    log, exceptions = Masker("airflow.sdk.log"), ModuleType("airflow.sdk.exceptions")
    exceptions.AirflowFailException = AirflowFailException  # type: ignore[attr-defined]
    for name in ("airflow", "airflow.sdk"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "airflow.sdk.log", log)
    monkeypatch.setitem(sys.modules, "airflow.sdk.exceptions", exceptions)
    return log


def task(**attributes: Any) -> SimpleNamespace:
    return SimpleNamespace(task_id="ingest", **attributes)


def run(hook: _hook.Hook, of: object) -> None:
    hook({"task": of})


class Model:
    """As OpenMetadata's own."""

    model_fields: ClassVar = {"workflowConfig": None}

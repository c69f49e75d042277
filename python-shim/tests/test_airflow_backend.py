# ruff: noqa: SLF001, N818 - Airflow's own names
"""The secrets backend, and what it keeps."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from types import ModuleType
from typing import Any

import pytest

from om_secret_exec import Failure, SecretExecError
from om_secret_exec.airflow import SecretsBackend, _backend, _lookups, _mask
from om_secret_exec.airflow._cache import Cache

URI = "postgres://user:hunter%402@db.example/shop"
ALL = {"connections_lookup_pattern": ".*", "variables_lookup_pattern": ".*"}


class Program:
    """Stands in for the program."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.asked: list[str] = []
        self.options: list[dict[str, Any]] = []

    def get(self, refs: list[str], **options: Any) -> dict[str, str]:
        self.asked += refs
        self.options.append(options)
        (ref,) = refs
        if ref in self.values:
            return {ref: self.values[ref]}
        code = self.codes.get(ref, "NOT_FOUND")
        raise SecretExecError(
            Failure(code, "no", reference=ref, retryable=code == "UNAVAILABLE"), exit_status=3
        )


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    fake = Program()
    monkeypatch.setattr(_lookups, "get", fake.get)
    monkeypatch.setattr(_backend, "_cache", Cache())
    return fake


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    values: set[str] = set()
    monkeypatch.setattr(_mask, "mask", lambda masked, **_: values.update(masked))
    return values


def test_ids_become_paths_and_values_are_masked(program: Program, masked: set[str]) -> None:
    program.values = {
        "secret:airflow/connections/pg": URI,
        "secret:airflow/variables/a%25b%3Fc%23d%26": "value",
        "secret:airflow/config/fernet": "key",
        "secret:pg": '{"conn_type": "x", "password": "in json"}',
        "secret:t-v-pg": "[1]",
    }
    backend = SecretsBackend(**ALL)
    assert backend.get_conn_value("pg", team_name="a") == URI
    assert backend.get_variable("a%b?c#d&", team_name=None, later="b") == "value"
    assert backend.get_config("fernet") == "key"
    assert SecretsBackend(connections_prefix="", **ALL).get_conn_value("pg") == program.values["secret:pg"]
    assert SecretsBackend(sep=None, **ALL).get_config("fernet") == "key"
    assert SecretsBackend(connections_prefix="t-v-", sep="-", **ALL).get_conn_value("pg") == "[1]"
    assert {URI, "hunter@2", "value", "key", "in json", "[1]"} <= masked


def test_nothing_is_asked_that_was_not_opted_into(program: Program) -> None:
    backend = SecretsBackend()
    assert backend.get_conn_value("pg") is None
    assert backend.get_variable("x") is None
    backend = SecretsBackend(connections_prefix=None, config_prefix=None, variables_lookup_pattern="om_")
    assert backend.get_conn_value("pg") is None
    assert backend.get_config("fernet") is None
    assert backend.get_variable("my_om_x") is None
    assert program.asked == []
    assert backend.get_variable("OM_x") is None
    assert program.asked == ["secret:airflow/variables/OM_x"]


def test_each_secret_is_asked_for_once_in_a_process(program: Program) -> None:
    program.values = {"secret:airflow/variables/a": "value"}
    for _ in range(3):
        assert SecretsBackend(**ALL).get_variable("a") == "value"
        assert SecretsBackend(**ALL).get_variable("missing") is None
    assert program.asked == ["secret:airflow/variables/a", "secret:airflow/variables/missing"]
    assert SecretsBackend(provider="file", timeout="5", **ALL).get_variable("a") == "value"
    assert program.options[-1] == {"provider": "file", "timeout": 5.0}
    assert len(program.asked) == 3, "another store was asked"
    SecretsBackend(cache_ttl_seconds="0", provider="x", **ALL).get_variable("a")
    SecretsBackend(cache_ttl_seconds=0, provider="x", **ALL).get_variable("a")
    assert len(program.asked) == 5


def test_failures_are_raised_and_only_lasting_ones_kept(program: Program) -> None:
    for code, runs in (("UNAVAILABLE", 2), ("PERMISSION_DENIED", 1), ("CONFIG", 1)):
        program.codes[f"secret:airflow/variables/{code}"] = code
        for _ in range(2):
            with pytest.raises(SecretExecError, match=code) as caught:
                SecretsBackend(**ALL).get_variable(code)
            assert caught.value.__context__ is None
        assert program.asked.count(f"secret:airflow/variables/{code}") == runs


def test_a_refusal_ends_airflows_search(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    class AirflowSecretsBackendAccessDenied(PermissionError):
        pass

    exceptions = ModuleType("airflow.sdk.exceptions")
    exceptions.AirflowSecretsBackendAccessDenied = AirflowSecretsBackendAccessDenied  # type: ignore[attr-defined]
    for name in ("airflow", "airflow.sdk"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "airflow.sdk.exceptions", exceptions)
    program.codes = {"secret:airflow/variables/a": "POLICY", "secret:airflow/variables/b": "UNAVAILABLE"}
    with pytest.raises(AirflowSecretsBackendAccessDenied, match="POLICY: no"):
        SecretsBackend(**ALL).get_variable("a")
    program.codes["secret:airflow/config/c"] = "POLICY"
    with pytest.raises(SecretExecError):
        SecretsBackend(**ALL).get_variable("b")
    with pytest.raises(SecretExecError):
        SecretsBackend(**ALL).get_config("c")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"connections_lookup_pattern": "("}, "connections_lookup_pattern is not a regular expression"),
        ({"timeout": "soon"}, "timeout is not a number of seconds"),
        ({"timeout": "nan"}, "timeout is not a number of seconds"),
        ({"timeout": -1}, "timeout is not a number of seconds"),
        ({"timeout": 1e308}, "timeout is not a number of seconds"),
        ({"cache_ttl_seconds": "inf"}, "cache_ttl_seconds is not a number of seconds"),
        ({"cache_ttl_seconds": []}, "cache_ttl_seconds is not a number of seconds"),
    ],
)
def test_a_wrong_option_fails_look_ups_and_not_the_import(
    program: Program, options: dict[str, Any], message: str
) -> None:
    backend = SecretsBackend(**options)
    with pytest.raises(SecretExecError, match=message):
        backend.get_conn_value("pg")
    assert program.asked == []


def test_unknown_options_are_told_by_name(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    assert program.asked == []
    with caplog.at_level(logging.WARNING):
        SecretsBackend(new="S3NTINEL", newer=1).get_variable("a")
    assert caplog.messages == ["SecretsBackend ignores the unknown option(s) new, newer"]


class Uri:
    """As Airflow 2's Connection."""

    def __init__(self, **given: str) -> None:
        self.given = given

    @classmethod
    def from_json(cls, value: str, conn_id: str) -> Uri:
        return cls(json=value, conn_id=conn_id)


class UriOfSdk(Uri):
    """As the Connection of Airflow 3's tasks."""

    @classmethod
    def from_uri(cls, uri: str, conn_id: str) -> UriOfSdk:
        return cls(from_uri=uri, conn_id=conn_id)


def test_connections_are_of_the_class_of_this_airflow(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.values = {
        "secret:airflow/connections/a": f" {URI}\n",
        "secret:airflow/connections/b": '\n{"conn_type": "x"}',
        "secret:airflow/connections/c": " \n",
        "secret:airflow/connections/d": "http://[broken",
    }
    backend = SecretsBackend(**ALL)
    backend._set_connection_class(UriOfSdk)
    assert backend.get_connection("a", team_name="t").given == {"from_uri": URI, "conn_id": "a"}
    assert backend.get_connection("b").given == {"json": '{"conn_type": "x"}', "conn_id": "b"}
    assert backend.get_connection("c") is None
    models = ModuleType("airflow.models.connection")
    models.Connection = Uri  # type: ignore[attr-defined]
    for name in ("airflow", "airflow.models"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "airflow.models.connection", models)
    assert SecretsBackend(**ALL).get_connection("d").given == {"uri": "http://[broken", "conn_id": "d"}


def test_importing_the_backend_imports_no_airflow() -> None:
    program = (
        "import sys, om_secret_exec.airflow as a; a.SecretsBackend(); assert 'airflow' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": ":".join(sys.path)}, check=False
    )
    assert done.returncode == 0


def test_answers_end_with_their_time() -> None:
    now = [0.0]
    cache = Cache(clock=lambda: now[0])
    asked: list[float] = []

    def ask() -> tuple[str, float]:
        asked.append(now[0])
        return f"at {now[0]}", 10

    assert [cache.get("k", ask) for now[0] in (0, 9.9, 10, 11)] == ["at 0", "at 0", "at 10", "at 10"]
    assert asked == [0, 10]
    assert "at 10" not in repr(cache._entries)
    now[0] = 20
    assert cache.get("k", lambda: ("not kept", 0)) == "not kept"
    assert cache._entries == {}, "an answer is kept beyond its time"


def test_one_of_many_threads_asks() -> None:
    cache = Cache()
    started, release = threading.Event(), threading.Event()
    asked: list[int] = []

    def ask() -> tuple[str, float]:
        asked.append(1)
        started.set()
        release.wait(10)
        return "value", 60

    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(cache.get("k", ask))) for _ in range(8)]
    for thread in threads:
        thread.start()
    started.wait(10)
    assert cache.get("other", lambda: ("at once", 0)) == "at once"
    release.set()
    for thread in threads:
        thread.join(10)
    assert answers == ["value"] * 8
    assert len(asked) == 1


def test_a_signal_handler_may_ask_for_what_its_thread_asks_for() -> None:
    cache = Cache()
    answers: list[Any] = []

    def interrupted() -> tuple[str, float]:
        return f"outer, {cache.get('k', lambda: ('inner', 0))}", 0

    thread = threading.Thread(target=lambda: answers.append(cache.get("k", interrupted)), daemon=True)
    thread.start()
    thread.join(10)
    assert answers == ["outer, inner"]


def test_a_fork_does_not_wait_for_threads_it_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache()
    holder = threading.Thread(target=cache._lock.acquire)
    holder.start()
    holder.join()
    monkeypatch.setattr(os, "getpid", lambda: cache._pid + 1)
    assert cache.get("k", lambda: ("value", 60)) == "value"


def test_a_password_that_is_a_number_is_masked(program: Program, masked: set[str]) -> None:
    program.values = {"secret:airflow/connections/a": json.dumps({"password": 5})}
    assert SecretsBackend(**ALL).get_conn_value("a") == '{"password": 5}'
    assert masked == {'{"password": 5}', "5"}

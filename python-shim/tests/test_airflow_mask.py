"""What Airflow's masker is told."""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
import yaml

import om_secret_exec
from om_secret_exec.airflow import _mask

if TYPE_CHECKING:
    from pathlib import Path

# The program under test; the tests' own clean-up takes the variable away.
BINARY = os.environ.get("OM_SECRET_EXEC_BINARY", "")

VALUE = "p@ss \"w'ö$HOME €😀/+"


def install(monkeypatch: pytest.MonkeyPatch, name: str, mask_secret: object) -> None:
    """Put a module with mask_secret in place, and none of the others."""
    for other in (
        "airflow.sdk.log",
        "airflow.sdk.execution_time.secrets_masker",
        "airflow.utils.log.secrets_masker",
    ):
        monkeypatch.setitem(sys.modules, other, None)
    parents = name.split(".")[:-1]
    for depth in range(1, len(parents) + 1):
        monkeypatch.setitem(sys.modules, ".".join(parents[:depth]), ModuleType(".".join(parents[:depth])))
    module = ModuleType(name)
    if mask_secret is not None:
        module.mask_secret = mask_secret  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize(
    "name",
    ["airflow.sdk.log", "airflow.sdk.execution_time.secrets_masker", "airflow.utils.log.secrets_masker"],
)
def test_the_masker_of_each_airflow_is_told_every_form(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    told: list[list[str]] = []
    install(monkeypatch, name, told.append)
    _mask.mask([VALUE])
    assert len(told) == 1
    raw = VALUE.encode()
    assert set(told[0]) == {
        VALUE,
        json.dumps(VALUE)[1:-1],
        json.dumps(VALUE, ensure_ascii=False)[1:-1],
        "p@ss \\\"w'\\u00F6\\u0024HOME \\u20AC😀/+",
        repr(VALUE)[1:-1],
        VALUE.replace("'", "''"),
        quote(VALUE),
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        yaml.dump(VALUE, default_style='"').rstrip("\n")[1:-1],
    }


def test_lines_are_masked_one_by_one_and_trivial_ones_not_at_all() -> None:
    assert {"--BEGIN--", "abcdef"} <= set(_mask.forms("--BEGIN--\n  abcdef\r\n}\n"))
    assert "}" not in set(_mask.forms("--BEGIN--\n  abcdef\r\n}\n"))
    assert "secret" in set(_mask.forms("secret\n"))


def test_half_a_surrogate_pair_is_no_failure() -> None:
    assert "abc\ud83ddef" in set(_mask.forms("abc\ud83ddef"))


def test_short_values_are_told_and_not_masked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[list[str]] = []
    install(monkeypatch, "airflow.sdk.log", told.append)
    with caplog.at_level(logging.WARNING):
        _mask.mask(["", "abcd"])
        _mask.mask(["abc"], warn=False)
    assert told == []
    assert caplog.messages == ["1 secret value(s) of less than 5 characters cannot be masked in logs"]


def test_without_a_masker_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "airflow.sdk.log",
        "airflow.sdk.execution_time.secrets_masker",
        "airflow.utils.log.secrets_masker",
    ):
        monkeypatch.setitem(sys.modules, name, None)
    _mask.mask([VALUE])
    install(monkeypatch, "airflow.sdk.log", None)
    _mask.mask([VALUE])


def test_a_masker_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: list[str]) -> None:
        raise RuntimeError

    install(monkeypatch, "airflow.utils.log.secrets_masker", refuse)
    with caplog.at_level(logging.WARNING):
        _mask.mask([VALUE])
    assert "values are not masked" in caplog.text
    assert VALUE not in caplog.text


def test_airflow_is_not_imported_while_it_imports_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    install(monkeypatch, "airflow.sdk.log", told.append)
    configuration = ModuleType("airflow.configuration")
    configuration.__spec__ = SimpleNamespace(_initializing=True)  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "airflow.configuration", configuration)
    _mask.mask([VALUE])
    assert told == []


def test_the_form_of_documents_is_the_programs_own(tmp_path: Path) -> None:
    assert BINARY, "OM_SECRET_EXEC_BINARY does not name the program to test"
    value = "".join(map(chr, range(1, 0x250))) + "\u2028\u20ac\ufeff\uffff😀"
    secrets = tmp_path / "secrets.json"
    secrets.touch(mode=0o600)
    secrets.write_text(json.dumps({"/v": value}))
    options = {"OM_SECRET_EXEC_SECRETS_FILE": str(secrets)}
    resolved = om_secret_exec.resolve("a: secret:/v", provider="file", env=options, binary=BINARY)
    assert resolved[4:-1] in set(_mask.forms(value))


@pytest.mark.parametrize(
    "value", ["Ünï\ncode", "a\u2028b\x85\xa0c\x01", "\U0001f511 key\u20ac", 'q"\\\t$x\n']
)
def test_values_are_known_as_pyyaml_writes_them(value: str) -> None:
    written = yaml.dump(value, default_style='"', width=10**6).rstrip("\n")
    assert written[1:-1] in set(_mask.forms(value))

"""What Airflow's masker is told."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Callable
from urllib.parse import quote, quote_plus

import pytest
import yaml

import om_secret_exec
from om_secret_exec.airflow import _forms, _mask

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
    (forms,) = told
    assert set(forms) == set(_forms.forms(VALUE))
    assert forms == sorted(forms, key=len), "Airflow compiles the long ones again and again"


def document(value: str) -> str:
    """Return a document as the program prints it."""
    escaped = (c if " " <= c <= "~" and c not in '"\\$' else f"\\u{ord(c):04X}" for c in value)
    return 'a: "' + "".join(escaped).replace("\\u0022", '\\"').replace("\\u005C", "\\\\") + '"\nb: "x"\n'


VALUES = [
    "it's-a-secret",
    "ab+cd/ef==gh",
    "pässwörd✓",
    "pa$$w0rd-x",
    'back\\slash"quote',
    "s3cr3tvalue",
    "two words+x@y",
]
CONTEXTS: dict[str, Callable[[str], str]] = {
    "itself": str,
    "arguments": lambda v: repr({"config": document(v)}),
    "arguments as JSON": lambda v: json.dumps({"config": document(v)}),
    "text with both quotes": lambda v: repr(f"x \"{v}\" 'y'"),
    "bytes": lambda v: repr(v.encode()),
    "JSON in JSON": lambda v: json.dumps(json.dumps({"p": v})),
    "JSON in arguments": lambda v: repr(json.dumps({"p": v})),
    "YAML": lambda v: yaml.safe_dump({"p": v}),
    "quoted YAML": lambda v: yaml.safe_dump({"p": v}, default_style='"'),
    "URL": lambda v: f"db://u:{quote(v, safe='')}@h",
    "URL of OpenMetadata": lambda v: f"db://u:{quote_plus(v)}@h",
    "URL of SQLAlchemy 2": lambda v: f"db://u:{quote(v, safe=' +')}@h",
    "URL of SQLAlchemy 1.4": lambda v: f"db://u:{re.sub('[:@/]', lambda m: f'%{ord(m[0]):X}', v)}@h",
    "lower-case URL": lambda v: re.sub("%..", lambda m: m[0].lower(), quote(v, safe="")),
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64 of more": lambda v: base64.b64encode(f"{v}\nmore".encode()).decode(),
    **{
        f"Basic {user}": lambda v, user=user: base64.b64encode(f"{user}:{v}".encode()).decode()  # type: ignore[misc]
        for user in ("u", "us", "usr")
    },
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("context", CONTEXTS)
def test_a_value_is_known_where_logs_show_it(context: str, value: str) -> None:
    text = CONTEXTS[context](value)
    assert any(form in text for form in _forms.forms(value)), text


def test_nothing_too_short_is_a_form() -> None:
    assert _forms.forms("abcde") == ["abcde", "YWJjZGU", "FiY2Rl", "hYmNk"]
    assert min(map(len, _forms.forms("a" * 600))) == 600, "a long value has long forms only"


PEM = "\n".join(["-----BEGIN-----", *(f"{i:064}" for i in range(26)), "-----END-----"])


def test_some_keys_are_known_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    install(monkeypatch, "airflow.sdk.log", told.append)
    keys = [PEM.replace("0", c) for c in "abc"]
    _mask.mask(keys)
    assert set(told[0]) == {form for key in keys for form in _forms.forms(key)}


@pytest.mark.parametrize(
    ("values", "known", "warning"),
    [
        (["a" * 20_000, "b" * 200], {"b" * 200}, "1 secret value(s) cannot be masked in logs: too long, or too many"),
        ([f"{i:016000}" for i in range(17)], {f"{i:016000}" for i in range(16)}, "1 secret value(s) cannot be masked in logs: too long, or too many"),
        (["\n".join(f"line {i:02}" for i in range(65))], set(), "1 secret value(s) of more than 64 lines: not each line can be masked in logs"),
        ([f'{i:08}$"\\' for i in range(200)], {f'{i:08}$"\\' for i in range(200)}, "so many or so long secret values cannot be masked in logs in every form"),
    ],
)  # fmt: skip
def test_masking_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    values: list[str],
    known: set[str],
    warning: str,
) -> None:
    told: list[list[str]] = []
    install(monkeypatch, "airflow.sdk.log", told.append)
    with caplog.at_level(logging.WARNING):
        _mask.mask(values)
    assert known <= set(told[0])
    assert warning in caplog.messages
    assert sum(map(len, told[0])) < 300_000
    caplog.clear()
    _mask.mask(values, warn=False)
    assert caplog.messages == []


def test_lines_are_masked_one_by_one_and_trivial_ones_not_at_all() -> None:
    assert {"--BEGIN--", "abcdef"} <= set(_forms.forms("--BEGIN--\n  abcdef\r\n}\n"))
    assert "}" not in set(_forms.forms("--BEGIN--\n  abcdef\r\n}\n"))
    assert "secret" in set(_forms.forms("secret\n"))


def test_half_a_surrogate_pair_is_no_failure() -> None:
    assert "abc\ud83ddef" in set(_forms.forms("abc\ud83ddef"))


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


def test_a_masker_that_fails_fails_no_task(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(secrets: list[str]) -> None:
        raise ValueError(secrets)

    install(monkeypatch, "airflow.utils.log.secrets_masker", refuse)
    with caplog.at_level(logging.WARNING):
        _mask.mask([VALUE])
    assert caplog.messages == ["Airflow's secrets masker failed (ValueError): not all values are masked"]


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
    assert resolved[4:-1] in set(_forms.forms(value))


@pytest.mark.parametrize(
    "value", ["Ünï\ncode", "a\u2028b\x85\xa0c\x01", "\U0001f511 key\u20ac", 'q"\\\t$x\n']
)
def test_values_are_known_as_pyyaml_writes_them(value: str) -> None:
    written = yaml.dump(value, default_style='"', width=10**6).rstrip("\n")
    assert written[1:-1] in set(_forms.forms(value))

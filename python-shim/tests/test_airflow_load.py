"""load and loads in callables of tasks: the real program with the file store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airflow_doubles import AirflowFailException, Masker, masker

from om_secret_exec import SecretExecError
from om_secret_exec.airflow import load, loads

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Fake, Store

__all__ = ["masker"]

TEXT = "a: &x {1: ['secret:/db', $NAME]}\nb: *x\nc: &loop {d: *loop}\nsecretsManagerProvider: aws\n"


@pytest.fixture(autouse=True)
def _secrets(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store({"/db": "hunter$2", "/name": "Jo$eph"})
    monkeypatch.setenv("NAME", "secret:/name")


def test_a_text_is_read_and_its_values_masked(masker: Masker) -> None:
    got: Any = loads(TEXT.replace("&loop {d: *loop}", "d"))
    assert got["a"] == got["b"] == {1: ["hunter$2", "$NAME"]}
    assert "hunter$2" in masker.masked
    assert not {"Jo$eph", "aws", "d"} & masker.masked
    assert loads('{"a": "$NAME"}', expand=True) == {"a": "Jo$eph"}
    assert "Jo$eph" in masker.masked


def test_a_file_is_read_as_metadata_reads_it(masker: Masker, tmp_path: Path) -> None:
    path = tmp_path / "wf.yaml"
    path.write_text("\ufeff" + TEXT.replace("&loop {d: *loop}", "d"), encoding="utf-8")
    assert load(path)["a"] == {1: ["hunter$2", "Jo$eph"]}
    assert {"hunter$2", "Jo$eph"} <= masker.masked
    assert load(path, expand=False)["a"] == {1: ["hunter$2", "$NAME"]}


def test_variables_of_the_call_are_masked_as_well(masker: Masker, tmp_path: Path) -> None:
    path = tmp_path / "wf.yaml"
    path.write_text("a: $OTHER\nb: ${OTHER}\nc: $UNKNOWN ${} $\n", encoding="utf-8")
    got = load(path, env={"OTHER": "secret:/name"})
    assert got == {"a": "Jo$eph", "b": "Jo$eph", "c": "$UNKNOWN ${} $"}
    assert "Jo$eph" in masker.masked
    masker.masked.clear()
    assert loads("a: $OTHER", env={"OTHER": "secret:/db"}, expand=True) == {"a": "hunter$2"}
    assert "hunter$2" in masker.masked


def test_a_workflow_that_holds_itself_ends(masker: Masker, fake: Fake) -> None:
    fake("sed s,secret:/db,hunter2, | give")
    got: Any = loads(TEXT)
    assert got["c"]["d"] is got["c"]
    assert "hunter2" in masker.masked


def test_what_a_retry_cannot_mend_fails_the_task(masker: Masker) -> None:
    with pytest.raises(AirflowFailException, match=r"NOT_FOUND: no secret .*typo") as caught:
        loads("a: secret:/typo")
    assert caught.value.__context__ is None
    assert masker.masked == set()


def test_what_a_retry_may_mend_is_raised_as_it_is(masker: Masker, fake: Fake) -> None:
    fake(
        """echo '{"kind": "error", "message": "busy", "code": "THROTTLED", "retryable": true}' >&2; exit 5"""
    )
    with pytest.raises(SecretExecError, match="THROTTLED: busy"):
        loads("a: secret:/db")
    assert masker.masked == set()

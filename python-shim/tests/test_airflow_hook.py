# ruff: noqa: SLF001 - Airflow's own names
"""The hook, beside tasks that are only shaped like Airflow's."""

from __future__ import annotations

import logging
import sys
from collections import UserDict, deque
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from airflow_doubles import (
    RESOLVED,
    TEXT,
    AirflowFailException,
    Masker,
    Model,
    Program,
    masker,
    program,
    run,
    task,
)

from om_secret_exec import Failure, SecretExecError
from om_secret_exec.airflow import _hook, resolve_workflow, resolves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Fake

__all__ = ["masker", "program"]


def test_what_is_named_is_resolved_and_nothing_else(program: Program, masker: Masker) -> None:
    before = {"config": TEXT, "other": "secret:/unasked"}
    ingest = task(op_kwargs=before)
    run(resolve_workflow(op_kwargs="config", timeout=7, provider="file"), ingest)
    assert ingest.op_kwargs == {"config": RESOLVED, "other": "secret:/unasked"}
    assert before["config"] == TEXT, "the DAG's own dictionary was changed"
    assert program.asked == [(TEXT, {"timeout": 7, "provider": "file"})]
    assert "hunter2" in masker.masked


def test_everything_that_holds_references_is_found(program: Program, masker: Masker) -> None:
    class Pair(NamedTuple):
        left: str
        right: str

    workflow = {
        "source": {"password": "secret:/db", "since": date(2026, 1, 1), "ports": (1, "secret:/db"), 5: None},
        "workflowConfig": {"secretsManagerProvider": "aws"},
    }
    ingest = task(
        op_kwargs={
            "workflow": workflow,
            "one": "secret:/db",
            "text": "a: b",
            "clean": {"workflowConfig": {}},
        },
        op_args=[
            TEXT,
            ("secret:/db", 1),
            Pair("a", "secret:/null"),
            "broken: [secret:",
            "- secret:/db",
            object(),
        ],
        env={
            "config": '{"password": "secret:/db", "n": [1, null]}',
            "PATH": "/bin",
            "LIST": '["secret:/db"]',
        },
    )
    run(resolve_workflow(), ingest)
    assert ingest.op_kwargs["workflow"] == {
        "source": {"password": "hunter2", "since": date(2026, 1, 1), "ports": (1, "hunter2"), 5: None},
        "workflowConfig": {"secretsManagerProvider": "db"},
    }
    assert (ingest.op_kwargs["one"], ingest.op_kwargs["text"]) == ("hunter2", "a: b")
    assert ingest.op_args[:3] == [RESOLVED, ("hunter2", 1), Pair("a", "")]
    assert ingest.env == {
        "config": '{"password": "hunter2", "n": [1, null]}', "PATH": "/bin", "LIST": '["secret:/db"]',
    }  # fmt: skip
    assert len(program.asked) == 4, "one run for each document, and one for all single references"
    assert "aws" not in masker.masked


def test_a_deferred_task_that_resumes_is_resolved_again_at_no_harm(program: Program) -> None:
    ingest = task(op_kwargs={"config": TEXT, "one": "secret:/db"})
    hook = resolve_workflow()
    run(hook, ingest)
    run(hook, ingest)
    assert ingest.op_kwargs == {"config": RESOLVED, "one": "hunter2"}
    assert len(program.asked) == 2


def test_a_task_without_references_starts_nothing(program: Program) -> None:
    loop: list[Any] = []
    loop.append(loop)
    ingest = task(op_kwargs={"a": 1, "b": None, "c": loop, "d": {"workflowConfig": loop}}, op_args=())
    run(resolve_workflow(op_kwargs=True, op_args=True, env=False), ingest)
    assert program.asked == []


@pytest.mark.parametrize(
    "value",
    [b"secret:/db", {"secret:/db"}, Path("wf.yaml"), iter(["secret:/db"]), UserDict({"a": "secret:/db"}), deque(["secret:/db"])],
)  # fmt: skip
def test_what_is_named_must_be_searchable(program: Program, value: object) -> None:
    message = f"CONFIG: op_kwargs.config is a {type(value).__name__}, which a hook cannot search"
    with pytest.raises(SecretExecError, match=message):
        run(resolve_workflow(op_kwargs="config"), task(op_kwargs={"config": value}))

    @resolves("config")
    def ingest(config: object) -> object:
        return config

    with pytest.raises(SecretExecError, match=message.replace("op_kwargs", "arguments")):
        ingest(value)
    assert ingest(None) is None
    assert program.asked == []


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"p": b"secret:/db"}, r"config\.p: DOCUMENT: the value is a bytes that holds a reference"),
        ({"p": [{"secret:/db"}]}, r"config\.p\[0\]: DOCUMENT: the value is a set that holds a reference"),
        (
            {"q": "secret:/db", "p": {1: "a", "1": "b"}},
            r"config\.p: DOCUMENT: the value has keys that are the same",
        ),
    ],
)
def test_a_dictionary_that_json_cannot_hold_is_refused(
    program: Program, part: dict[str, Any], message: str
) -> None:
    with pytest.raises(SecretExecError, match=message):
        run(resolve_workflow(), task(op_kwargs={"config": {"workflowConfig": {}, **part}}))
    assert program.asked == []


def test_a_text_that_is_nested_too_deeply_is_no_workflow(program: Program) -> None:
    run(resolve_workflow(), task(op_kwargs={"config": "[" * 100_000 + "secret:/db"}))
    assert program.asked == []


def test_all_failures_are_told_at_once_with_their_places(program: Program, masker: Masker) -> None:
    assert masker.masked == set()
    ingest = task(
        op_kwargs={
            "text": TEXT.replace("/db", "/typo"),
            "workflow": {"workflowConfig": {}, "password": "secret:/lost"},
            "one": "secret:/gone",
        }
    )
    with pytest.raises(AirflowFailException) as caught:
        run(resolve_workflow(), ingest)
    text = str(caught.value)
    assert text.startswith("3 failures (om-secret-exec exit status 3)\n")
    assert "op_kwargs.text:2:13: NOT_FOUND: no /typo" in text
    assert "op_kwargs.workflow: NOT_FOUND: no /lost" in text
    assert "op_kwargs.one: NOT_FOUND: no /gone" in text
    assert caught.value.__context__ is None
    assert len(program.asked) == 3
    assert ingest.op_kwargs["one"] == "secret:/gone", "something was changed"


def test_a_failure_of_the_whole_run_has_no_place_of_ours(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str, **__: object) -> str:
        raise SecretExecError(Failure("CONFIG", "no program"))

    assert program.asked == []
    monkeypatch.setattr(_hook, "resolve", broken)
    with pytest.raises(SecretExecError, match=r"^CONFIG: no program$"):
        run(resolve_workflow(), task(op_kwargs={"one": "secret:/db"}))
    with pytest.raises(SecretExecError, match=r"^op_kwargs.text: CONFIG: no program$"):
        run(resolve_workflow(), task(op_kwargs={"text": TEXT}))


def test_what_a_retry_may_mend_is_raised_as_it_is(program: Program, masker: Masker) -> None:
    assert masker.masked == set()
    program.retryable = True
    with pytest.raises(SecretExecError) as caught:
        run(resolve_workflow(), task(op_kwargs={"a": "secret:/late", "b": TEXT.replace("/db", "/late")}))
    assert caught.value.retryable
    assert caught.value.exit_status == 5


def test_what_is_named_must_be_there(program: Program) -> None:
    assert program.asked == []
    ingest = task(op_kwargs={"config": TEXT}, op_args=[1], env=None)
    with pytest.raises(SecretExecError) as caught:
        run(
            resolve_workflow(op_kwargs=["config", "conf"], op_args=[0, 7], env="X", templates_dict="y"),
            ingest,
        )
    assert [f.message for f in caught.value.failures] == [
        "the task has no op_kwargs.conf",
        "the task has no op_args[7]",
        "the task has no templates_dict.y",
        "the task has no env.X",
    ]


def test_text_that_is_named_is_a_workflow_whatever_it_holds(program: Program) -> None:
    ingest = task(op_kwargs={"config": "a: b", "one": "secret:/db", "n": 5})
    run(resolve_workflow(op_kwargs=["config", "one", "n"]), ingest)
    assert [text for text, _ in program.asked] == ['{"r0": "secret:/db"}', "a: b"]


def test_a_broken_workflow_is_left_to_the_program_to_explain(program: Program) -> None:
    with pytest.raises(SecretExecError, match=r"^op_kwargs.config: DOCUMENT: PyYAML does not read"):
        run(resolve_workflow(), task(op_kwargs={"config": 'workflowConfig: [secret:/db\n"'}))
    assert len(program.asked) == 1, "the program was not asked"


def test_without_pyyaml_only_json_is_read(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    ingest = task(op_kwargs={"a": '{"password": "secret:/db"}', "b": "password: secret:/db"})
    run(resolve_workflow(), ingest)
    assert ingest.op_kwargs == {"a": '{"password": "hunter2"}', "b": "password: secret:/db"}
    with pytest.raises(SecretExecError, match="cannot be masked"):
        run(resolve_workflow(op_kwargs="b"), ingest)
    assert len(program.asked) == 2


def test_an_empty_text_is_no_workflow(program: Program) -> None:
    run(resolve_workflow(), task(op_kwargs={"a": "# secret:/db"}))
    assert program.asked == []


def test_an_object_that_cannot_be_rewritten_is_told(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    assert program.asked == []
    with caplog.at_level(logging.WARNING):
        run(resolve_workflow(), task(op_kwargs={"workflow_config": Model()}))
    assert "op_kwargs.workflow_config: Model cannot be rewritten by a hook" in caplog.text
    with pytest.raises(SecretExecError, match=r"strict\(\)"):
        run(resolve_workflow(op_kwargs="workflow_config"), task(op_kwargs={"workflow_config": Model()}))


def test_a_container_gets_values_where_they_are_least_seen(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    assert program.asked == []
    docker = task(environment={"config": TEXT, "A": "b"}, _private_environment={"C": "d", "E": "secret:/db"})
    with caplog.at_level(logging.WARNING):
        run(resolve_workflow(environment="config", private_environment="E"), docker)
    assert docker.environment == {"A": "b"}
    assert docker._private_environment == {"C": "d", "E": "hunter2", "config": RESOLVED}
    assert "environment: the values are readable in the definition of the container" in caplog.text

    class DockerSwarmOperator(SimpleNamespace):
        pass

    swarm = DockerSwarmOperator(environment={"A": "secret:/db"}, _private_environment={})
    run(resolve_workflow(), swarm)
    assert swarm.environment == {"A": "hunter2"}


def test_a_pod_gets_values_in_copies_of_its_variables(program: Program) -> None:
    assert program.asked == []
    variables = [SimpleNamespace(name="A", value="secret:/db"), SimpleNamespace(name="B", value=None)]
    pod = task(env_vars=variables)
    run(resolve_workflow(env_vars="A"), pod)
    assert [(v.name, v.value) for v in pod.env_vars] == [("A", "hunter2"), ("B", None)]
    assert variables[0].value == "secret:/db"
    pod = task(env_vars={"A": "secret:/db"})
    run(resolve_workflow(), pod)
    assert pod.env_vars == {"A": "hunter2"}


def test_rendered_fields_that_are_stored_again_are_told(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    assert program.asked == []
    with caplog.at_level(logging.WARNING):
        run(resolve_workflow(), task(env={"A": "secret:/db"}, overwrite_rtif_after_execution=True))
    assert "stores its rendered fields again" in caplog.text


def test_a_hook_that_was_there_runs_first(program: Program) -> None:
    order: list[str] = []

    def plain(context: Any) -> None:
        order.append(context["task"].op_kwargs["a"])

    def generator(context: Any) -> Iterator[None]:
        order.append(context["task"].task_id)
        yield

    run(resolve_workflow(after=plain), task(op_kwargs={"a": "secret:/db"}))
    run(resolve_workflow(after=generator), task())
    assert order == ["secret:/db", "ingest"]
    assert len(program.asked) == 1


def test_an_index_may_count_from_the_end(program: Program) -> None:
    ingest = task(op_args=["a", TEXT])
    run(resolve_workflow(op_args=[-1, 0]), task(op_args=["secret:/db"]))
    run(resolve_workflow(op_args=-1), ingest)
    assert ingest.op_args == ["a", RESOLVED]
    assert len(program.asked) == 2


def test_objects_of_others_are_left_alone(program: Program) -> None:
    class Odd:
        def model_fields(self) -> None:
            pass

    environment = [{"name": "A", "value": "secret:/db"}, {"name": "B", "value": "b"}]
    other = task(op_kwargs={"odd": Odd()}, env_vars=environment)
    run(resolve_workflow(), other)
    assert other.env_vars == [{"name": "A", "value": "hunter2"}, {"name": "B", "value": "b"}]
    assert environment[0]["value"] == "secret:/db"
    assert len(program.asked) == 1


WORKFLOW = {"workflowConfig": {}, "a": "secret:/db", "b": {"c": ["secret:/db"]}}


@pytest.mark.parametrize("value", [WORKFLOW, "secret:/db"])
@pytest.mark.parametrize(
    "output",
    ["S3NTINEL", '["S3NTINEL"]', "{}", '{"workflowConfig": {}, "a": 5, "b": {"c": ["S"]}, "r0": 5}'],
)
def test_garbage_is_no_value(value: object, output: str, fake: Fake, masker: Masker) -> None:
    fake(f"cat > /dev/null; echo '{output}' | give")
    ingest = task(op_kwargs={"config": value})
    with pytest.raises(
        AirflowFailException, match="INTERNAL: om-secret-exec printed something else"
    ) as caught:
        run(resolve_workflow(), ingest)
    assert caught.value.__context__ is None
    assert "S3NTINEL" not in str(caught.value)
    assert ingest.op_kwargs == {"config": value}
    assert not masker.masked


def test_a_workflow_that_holds_itself_is_refused(program: Program, masker: Masker) -> None:
    workflow: dict[str, Any] = {"workflowConfig": {}, "a": "secret:/db"}
    workflow["self"] = workflow
    with pytest.raises(AirflowFailException, match=r"op_kwargs\.config: DOCUMENT: the workflow holds itself"):
        run(resolve_workflow(), task(op_kwargs={"config": workflow}))
    assert program.asked == []
    assert masker.masked == set()

# ruff: noqa: SLF001 - Airflow's own names
"""The decorator and the policy, and what the package offers."""

from __future__ import annotations

import asyncio
import functools
import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow_doubles import RESOLVED, TEXT, Masker, Model, Program, masker, program, run, task

import om_secret_exec.airflow as package
from om_secret_exec.airflow import _callables, apply_policy, loads, resolve_workflow, resolves

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["masker", "program"]


def test_the_decorator_resolves_arguments(program: Program, masker: Masker) -> None:
    @resolves("config", "extra")
    def ingest(name: str, config: str = TEXT, **kwargs: str) -> tuple[str, str, dict[str, str]]:
        """Ingest."""
        return name, config, kwargs

    assert ingest("n", extra="secret:/db", other="secret:/db") == (
        "n", RESOLVED, {"extra": "hunter2", "other": "secret:/db"},
    )  # fmt: skip
    assert (ingest.__name__, ingest.__doc__) == ("ingest", "Ingest.")
    assert "hunter2" in masker.masked
    assert len(program.asked) == 2


def test_the_decorator_without_names_takes_what_holds_references(program: Program) -> None:
    @resolves(binary="/opt/program")
    def ingest(a: str, *rest: str, b: int = 1) -> tuple[str, int, tuple[str, ...]]:
        return a, b, rest

    assert ingest("secret:/db", "c", "secret:/db") == ("hunter2", 1, ("c", "hunter2"))
    assert program.asked[0][1] == {"binary": "/opt/program"}


def test_the_decorator_keeps_the_kind_of_the_function(program: Program) -> None:
    @resolves()
    async def waits(a: str) -> str:
        return a

    @resolves()
    def yields(a: str) -> Iterator[str]:
        yield a

    assert asyncio.run(waits("secret:/db")) == "hunter2"
    assert list(yields("secret:/db")) == ["hunter2"]
    assert len(program.asked) == 2


def test_the_decorator_refuses_what_the_callable_never_gets() -> None:
    with pytest.raises(TypeError, match="no parameter 'conf'"):

        @resolves("conf")
        def ingest(config: str) -> None:
            """Never called."""

    with pytest.raises(TypeError, match="takes names"):
        resolves(len)  # type: ignore[arg-type]


CONFIG = TEXT


def uses_global() -> str:
    return CONFIG


def uses_body() -> str:
    return "password: secret:/db"


def uses_nothing() -> str:
    return "nothing"


ANYTHING: Any = uses_nothing


def test_the_policy_attaches_one_hook(program: Program) -> None:
    python = task(template_fields=("op_kwargs",), op_kwargs={"a": "secret:/db"}, python_callable=uses_nothing)
    apply_policy(python, provider="file")
    first = python._pre_execute_hook
    apply_policy(python)
    assert python._pre_execute_hook is first
    run(first, python)
    assert python.op_kwargs == {"a": "hunter2"}
    assert program.asked[0][1] == {"provider": "file"}


def test_the_policy_completes_a_hook_for_one_attribute(program: Program) -> None:
    python = task(
        template_fields=("op_kwargs", "op_args"),
        op_kwargs={"config": TEXT},
        op_args=["secret:/db"],
        _pre_execute_hook=resolve_workflow(op_kwargs="config"),
    )
    apply_policy(python)
    run(python._pre_execute_hook, python)
    assert (python.op_kwargs, python.op_args) == ({"config": RESOLVED}, ["hunter2"])
    assert len(program.asked) == 2


def operator(module: str, **methods: Any) -> Any:
    base = type("BaseOperator", (SimpleNamespace,), {"pre_execute": lambda *_: None, "__module__": module})
    return type("Own", (base,), methods)


def test_the_policy_tells_who_keeps_airflow_2_from_running_it(caplog: pytest.LogCaptureFixture) -> None:
    def without(self: object, context: object) -> None:
        """Forget the hook."""

    def with_super(self: Any, context: object) -> None:
        super(type(self), self).pre_execute(context)

    given: dict[str, Any] = {"template_fields": ("op_kwargs",), "op_kwargs": {}, "task_id": "t"}
    two = "airflow.models.baseoperator"
    with caplog.at_level(logging.WARNING):
        apply_policy(operator(two)(dag_id="none", **given))
        apply_policy(operator(two, pre_execute=with_super)(dag_id="calls", **given))
        apply_policy(operator("airflow.sdk.bases.operator", pre_execute=without)(dag_id="three", **given))
        assert caplog.messages == []
        for _ in range(2):
            apply_policy(operator(two, pre_execute=without)(dag_id="own", **given))
        mapped = task(
            dag_id="mapped",
            operator_class=operator(two, pre_execute=without),
            partial_kwargs={},
            template_fields=("op_kwargs",),
        )
        apply_policy(mapped)
    text = "Own overrides pre_execute and does not call super().pre_execute(context)"
    assert [message.partition(":")[0] for message in caplog.messages] == ["own.t", "mapped.ingest"]
    assert all(text in message for message in caplog.messages)


def wrapping(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def closure(text: str) -> Any:
    def uses_closure() -> str:
        return text + later

    if text == "":
        later = ""
    return uses_closure


def has_default(config: str = TEXT, *, other: str = "") -> str:
    return config + other


class Object:
    def __call__(self) -> str:
        return CONFIG

    def method(self) -> str:
        return CONFIG


def reads_global() -> object:
    return loads(CONFIG)


def reads_by_module() -> object:
    return package.loads(CONFIG)


def reads_by_import() -> object:
    from om_secret_exec import loads as read

    return read(CONFIG)


@pytest.mark.parametrize(
    ("callable_", "told"),
    [
        (functools.partial(uses_global), ["the global CONFIG"]),
        (functools.partial(ANYTHING, TEXT, a=TEXT), ["the argument 0 of the partial", "the argument a of the partial"]),
        (wrapping(uses_global), ["the global CONFIG"]),
        (closure(TEXT), ["the variable text"]),
        (has_default, ["a default"]),
        (Object(), ["the global CONFIG"]),
        (Object().method, ["the global CONFIG"]),
        (resolves()(has_default), []),
        (reads_global, []),
        (wrapping(reads_by_module), []),
        (functools.partial(reads_by_import), []),
        (print, []),
        (Object, []),
        (5, []),
    ],
)  # fmt: skip
def test_workflows_are_found_whatever_the_callable(callable_: object, told: list[str]) -> None:
    assert list(_callables.texts_of(callable_)) == told


def test_the_policy_keeps_hooks_of_mapped_tasks(program: Program) -> None:
    seen: list[object] = []
    mapped = task(template_fields=("op_kwargs",), partial_kwargs={"pre_execute": seen.append})
    apply_policy(mapped)
    apply_policy(mapped)
    run(mapped.partial_kwargs["pre_execute"], task(op_kwargs={"a": "secret:/db"}))
    assert len(seen) == 1
    assert len(program.asked) == 1


def test_the_policy_leaves_containers_and_other_tasks_alone(caplog: pytest.LogCaptureFixture) -> None:
    pod = task(template_fields=("env_vars", "op_kwargs"), env_vars={"A": "secret:/db"}, dag_id="policy_pod")
    sql = task(template_fields=("sql",))
    with caplog.at_level(logging.WARNING):
        for each in (pod, pod, sql):
            apply_policy(each)
            assert not hasattr(each, "_pre_execute_hook")
    assert caplog.text.count("env_vars.A holds references and is left alone") == 1


def test_the_policy_tells_what_it_cannot_reach(caplog: pytest.LogCaptureFixture) -> None:
    fields = ("op_kwargs",)
    with caplog.at_level(logging.WARNING):
        apply_policy(
            task(template_fields=fields, op_kwargs={"workflow_config": Model()}, dag_id="policy_model")
        )
        apply_policy(task(template_fields=fields, python_callable=uses_global, dag_id="policy_global"))
        apply_policy(task(template_fields=fields, python_callable=uses_body, dag_id="policy_body"))
    assert (
        "policy_model.ingest: op_kwargs.workflow_config is an object that a hook cannot rewrite"
        in caplog.text
    )
    assert "policy_global.ingest: the global CONFIG of the callable holds references" in caplog.text
    assert "policy_body.ingest: the body of the callable holds references" in caplog.text


def test_the_package_has_what_it_says_and_imports_it_when_asked() -> None:
    assert {name: getattr(package, name).__name__ for name in package.__all__} == {
        n: n for n in package.__all__
    }
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing  # type: ignore[attr-defined]

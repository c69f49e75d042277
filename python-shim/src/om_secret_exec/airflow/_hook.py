"""The pre_execute hook."""

from __future__ import annotations

import functools
import inspect
import logging
from typing import TYPE_CHECKING, Any, Callable

from om_secret_exec import SecretExecError, resolve
from om_secret_exec.airflow import _attributes, _failures, _find, _mask, _units
from om_secret_exec.airflow._find import Kind

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from om_secret_exec.airflow._attributes import Names
    from om_secret_exec.airflow._units import Ask

Hook = Callable[[Any], object]

_log = logging.getLogger("om_secret_exec.airflow")


def resolve_workflow(
    *,
    op_kwargs: Names | None = None,
    op_args: Names | None = None,
    templates_dict: Names | None = None,
    env: Names | None = None,
    environment: Names | None = None,
    private_environment: Names | None = None,
    env_vars: Names | None = None,
    after: Hook | None = None,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
) -> Hook:
    """Return a hook for an operator's ``pre_execute``, which resolves what the task was given.

    Each of the first arguments is an attribute of operators and names what to
    resolve in it: a key (``op_kwargs="config"``), an index (``op_args=0``), several
    of them, or True for everything that holds references. With none, all are
    searched: strings that are workflows as YAML or JSON, workflows as dictionaries,
    and strings that are one reference (``secret:/team/db/password``).

    after       a hook to run first, such as the one that the operator had
    provider    the store, for what is not a workflow that names one
    timeout     seconds; Airflow's execution_timeout does not cover hooks

    The hook changes this try's copy of the task alone, after Airflow stored the
    rendered fields: the web interface shows the references. Values of
    ``environment`` move to DockerOperator's ``private_environment``; those of
    ``env_vars`` land in the pod's definition. Before the task runs, all values are
    registered with Airflow's masker. What cannot be resolved fails the task with
    AirflowFailException, or as any error if trying again may help.
    """
    named: dict[str, Names | None] = {
        "op_kwargs": op_kwargs,
        "op_args": op_args,
        "templates_dict": templates_dict,
        "env": env,
        "environment": environment,
        "private_environment": private_environment,
        "env_vars": env_vars,
    }
    wanted = {name: names for name, names in named.items() if names is not None and names is not False}
    return hook(
        wanted or dict.fromkeys(named, True), asking(provider, loader, airflow_config, timeout, binary), after
    )


def asking(
    provider: str | None,
    loader: str | None,
    airflow_config: str | os.PathLike[str] | None,
    timeout: float | None,
    binary: str | os.PathLike[str] | None,
) -> Ask:
    """Return a function that resolves a text with the options that are given."""
    options = {
        "provider": provider,
        "loader": loader,
        "airflow_config": airflow_config,
        "timeout": timeout,
        "binary": binary,
    }
    given = {name: value for name, value in options.items() if value is not None}
    return functools.partial(_resolve, given)


def _resolve(options: Mapping[str, Any], text: str) -> str:
    # Looked up at each call, and text from a DAG is never expanded, as upstream.
    return resolve(text, **options)


def hook(wanted: Mapping[str, Names], ask: Ask, after: Hook | None) -> Hook:
    """Return the hook itself: a plain function, which every Airflow calls.

    A generator would do nothing before 2.10. Airflow 3 stores the source of a
    mapped task's hook: of an instance it would store the address, a new version of
    the DAG each time.
    """

    def om_secret_exec_hook(context: Any) -> None:
        _run_first(after, context)
        run(context["task"], wanted, ask)

    return om_secret_exec_hook


def _run_first(after: Hook | None, context: object) -> None:
    result = after(context) if after is not None else None
    if inspect.isgenerator(result):
        # Airflow would run it to its end as well; what it yields is metadata of
        # outlets, which only Airflow's own runner can take.
        for _ in result:
            pass


def run(task: object, wanted: Mapping[str, Names], ask: Ask) -> None:
    """Resolve the wanted attributes of task, or raise what fails it. Nothing is changed then."""
    failure: Exception
    try:
        found = _attributes.search(task, wanted)
        values, secrets = _units.resolve_all([f for f in found if f.kind is not Kind.MODEL], ask)
    except SecretExecError as error:
        failure = _failures.for_task(error)
    else:
        _mask.mask(secrets)
        for attribute in dict.fromkeys(path[0] for path in values):
            _attributes.write(task, str(attribute), {p: v for p, v in values.items() if p[0] == attribute})
        _tell(task, found)
        return
    raise failure


def _tell(task: object, found: list[_find.Found]) -> None:
    """Log what was done, by places, and what could not be."""
    places = [f.place for f in found if f.kind is not Kind.MODEL]
    if places:
        _log.info("resolved the secret references in %s", ", ".join(places))
    if places and getattr(task, "overwrite_rtif_after_execution", False):
        _log.warning(
            "this operator stores its rendered fields again when it has run: they will show the values"
        )
    for f in found:
        if f.kind is Kind.MODEL:
            _log.warning(
                "%s: %s cannot be rewritten by a hook; see docs/airflow.md", f.place, type(f.value).__name__
            )

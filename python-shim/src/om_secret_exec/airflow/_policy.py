"""A cluster policy that attaches the hook to every task it can help."""

from __future__ import annotations

import functools
import inspect
import logging
from typing import TYPE_CHECKING, Any, Final

from om_secret_exec.airflow import _attributes, _callables, _find, _hook
from om_secret_exec.airflow._find import Kind

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

_log = logging.getLogger("om_secret_exec.airflow")

# Set on the hooks attached here, so that there is no second one. A hook that somebody
# has made with resolve_workflow may be about one attribute only: it stays, before ours.
_MARK: Final = "om_secret_exec_policy"

_INSTALL: Final = "wrap the callable in om_secret_exec.openmetadata.strict(): docs/ingestion.md shows how"


def apply_policy(
    task: Any,
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
) -> None:
    """Attach resolve_workflow to task; for ``task_policy`` in airflow_local_settings.

    Reaches tasks that run on the worker with ``op_kwargs``, ``op_args``,
    ``templates_dict`` or ``env``; a hook that is there runs first. A task without
    references starts no process. References that it cannot reach are logged when
    the DAG is parsed, once: those of containers and pods, whose values would become
    readable in their definitions (attach the hook yourself, or run om-secret-exec in
    the image), those in globals of the callable, and those in OpenMetadata's objects.
    """
    fields = frozenset(getattr(task, "template_fields", ()))
    contained = not fields.isdisjoint(_attributes.CONTAINER)
    local = () if contained else tuple(name for name in _attributes.LOCAL if name in fields)
    troubles = _left_alone(task) if contained else _out_of_reach(task)
    for trouble in (*troubles, *(_overridden(task) if local else ())):
        _warn_once(f"{getattr(task, 'dag_id', '')}.{getattr(task, 'task_id', '')}", trouble)
    if not local:
        return
    wanted, ask = dict.fromkeys(local, True), _hook.asking(provider, loader, airflow_config, timeout, binary)

    def attach(former: Any) -> Any:
        if getattr(former, _MARK, False):
            return former
        hook = _hook.hook(wanted, ask, former)
        setattr(hook, _MARK, True)
        return hook

    partial_kwargs = getattr(task, "partial_kwargs", None)
    if isinstance(partial_kwargs, dict):  # a mapped operator, whose operators do not exist yet
        partial_kwargs["pre_execute"] = attach(partial_kwargs.get("pre_execute"))
    else:
        task._pre_execute_hook = attach(getattr(task, "_pre_execute_hook", None))  # noqa: SLF001 - pre_execute's own


def _left_alone(task: object) -> Iterator[str]:
    """Yield what is to be told about the references of a container or pod."""
    for attribute in (*_attributes.CONTAINER, *_attributes.LOCAL):
        for found in _held(task, attribute):
            yield (
                f"{found.place} holds references and is left alone: values would be readable in the "
                "container's definition. Run om-secret-exec in the image, or give the task resolve_workflow()"
            )


def _out_of_reach(task: object) -> Iterator[str]:
    """Yield what is to be told about references that the hook will not see."""
    for attribute in _attributes.LOCAL:
        for found in _held(task, attribute):
            if found.kind is Kind.MODEL:
                yield f"{found.place} is an object that a hook cannot rewrite; {_INSTALL}"
    for name in _callables.texts_of(_argument(task, "python_callable")):
        yield (
            f"{name} of the callable holds references, which a hook cannot reach; pass it in op_kwargs, "
            "or read it with om_secret_exec.airflow.loads() in the callable"
        )


def _held(task: object, attribute: str) -> Iterator[_find.Found]:
    return _find.find(_argument(task, attribute), (attribute,))


def _argument(task: object, name: str) -> Any:
    partial_kwargs = getattr(task, "partial_kwargs", None)
    if isinstance(partial_kwargs, dict):
        return partial_kwargs.get(name)
    return _attributes.read(task, name)


def _overridden(task: Any) -> Iterator[str]:
    """Yield which class keeps Airflow 2 from running hooks, which its BaseOperator does."""
    kind = getattr(task, "operator_class", type(task))  # of a mapped operator
    methods = [(k, vars(k)["pre_execute"]) for k in getattr(kind, "__mro__", ()) if "pre_execute" in vars(k)]
    if not methods or not methods[-1][0].__module__.startswith("airflow.models."):
        return  # in Airflow 3 the hook does not depend on the method
    for owner, method in methods[:-1]:
        if "pre_execute" not in inspect.unwrap(method).__code__.co_names:
            yield (
                f"{owner.__name__} overrides pre_execute and does not call super().pre_execute(context): "
                "Airflow 2 runs no hook then, and references stay as they are"
            )


@functools.lru_cache(maxsize=4096)
def _warn_once(task: str, trouble: str) -> None:
    """Log once for each process: DAGs are parsed over and over."""
    _log.warning("%s: %s", task, trouble)

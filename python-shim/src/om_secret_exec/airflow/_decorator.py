"""The decorator for callables."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable

from om_secret_exec._wrapped import F, wrapped
from om_secret_exec.airflow import _hook

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from om_secret_exec.airflow._units import Ask


def resolves(
    *names: str,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
) -> Callable[[F], F]:
    """Decorate a callable: the arguments of these names are resolved when it is called.

    Text becomes resolved text, a dictionary a resolved dictionary, a string that is
    one reference its value. With no names, every parameter that holds references
    is, defaults included. Failures and masking are those of resolve_workflow.

    It stands below ``@task``. It cannot help a function whose source Airflow runs
    in another interpreter (``@task.virtualenv``, ``@task.external_python``): give
    those ``pre_execute=resolve_workflow(op_kwargs=...)``.
    """
    if any(not isinstance(name, str) for name in names):
        raise TypeError('resolves takes names: write @resolves("config"), or @resolves()')
    ask = _hook.asking(provider, loader, airflow_config, timeout, binary)

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        _check(signature, names)

        @contextmanager
        def resolved(
            args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            _rewrite(bound, names, ask)
            yield bound.args, bound.kwargs

        return wrapped(function, resolved)

    return decorate


def _check(signature: inspect.Signature, names: tuple[str, ...]) -> None:
    """Raise TypeError, where the DAG is parsed, if the callable cannot get an argument."""
    parameters = signature.parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for name in names:
        if name not in parameters:
            raise TypeError(f"resolves: the callable has no parameter {name!r}")


def _rewrite(bound: inspect.BoundArguments, names: tuple[str, ...], ask: Ask) -> None:
    """Resolve arguments in place, with the rules for a task's op_kwargs."""
    collected = next((p.name for p in bound.signature.parameters.values() if p.kind is p.VAR_KEYWORD), "")
    # What **kwargs collects in a task is Airflow's context, mostly: by name only.
    extra = {
        name: bound.arguments[collected][name] for name in names if name in bound.arguments.get(collected, {})
    }
    own = {name: value for name, value in bound.arguments.items() if name != collected}
    holder = SimpleNamespace(task_id="", arguments={**own, **extra})
    _hook.run(holder, {"arguments": names or True}, ask)
    for name in own:
        bound.arguments[name] = holder.arguments[name]
    if extra:
        bound.arguments[collected] = {
            **bound.arguments[collected],
            **{name: holder.arguments[name] for name in extra},
        }

"""The decorator for callables."""

from __future__ import annotations

import functools
import inspect
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from om_secret_exec.airflow import _hook

if TYPE_CHECKING:
    import os

    from om_secret_exec.airflow._units import Ask

_F = TypeVar("_F", bound=Callable[..., Any])


def resolves(
    *names: str,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
) -> Callable[[_F], _F]:
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
    ask = _hook.asking(
        {
            "provider": provider,
            "loader": loader,
            "airflow_config": airflow_config,
            "timeout": timeout,
            "binary": binary,
        }
    )

    def decorate(function: _F) -> _F:
        signature = inspect.signature(function)
        _check(signature, names)

        def call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            _rewrite(bound, names, ask)
            return bound

        return _wrapped(function, call)

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


def _wrapped(function: _F, call: Callable[[tuple[Any, ...], dict[str, Any]], inspect.BoundArguments]) -> _F:
    """Return a function of the same kind: Airflow awaits coroutines and drains generators."""
    resolved: Callable[..., Any]
    if inspect.iscoroutinefunction(function):

        async def waits(*args: Any, **kwargs: Any) -> Any:
            bound = call(args, kwargs)
            return await function(*bound.args, **bound.kwargs)

        resolved = waits
    elif inspect.isgeneratorfunction(function):

        def yields(*args: Any, **kwargs: Any) -> Any:
            bound = call(args, kwargs)
            return (yield from function(*bound.args, **bound.kwargs))

        resolved = yields
    else:

        def returns(*args: Any, **kwargs: Any) -> Any:
            bound = call(args, kwargs)
            return function(*bound.args, **bound.kwargs)

        resolved = returns
    return functools.update_wrapper(resolved, function)  # type: ignore[return-value]

"""Finds the workflows that a callable has from elsewhere than its arguments."""

from __future__ import annotations

import functools
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from om_secret_exec.airflow import _find

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAYERS: Final = 16  # an object that makes up attributes has no innermost one
_READERS: Final = frozenset({"load", "loads", "resolve"})


def texts_of(callable_: object) -> Iterator[str]:
    """Yield which workflows a callable uses that a hook cannot reach.

    None if it reads them with our load or loads.
    """
    layers = list(islice(_layers(callable_), _LAYERS))
    if any(_reads(layer) for layer in layers):
        return
    resolved = any(_global(layer, "__name__") == "om_secret_exec._wrapped" for layer in layers)
    for layer in layers:
        for name, value in (*_values(layer), *(() if resolved else _defaults(layer))):
            if isinstance(value, (str, dict)) and any(True for _ in _find.find(value, (name,))):
                yield name
        constants = getattr(getattr(layer, "__code__", None), "co_consts", ())
        if any(isinstance(constant, str) and _find.is_document(constant) for constant in constants):
            yield "the body"


def _layers(callable_: Any) -> Iterator[Any]:
    """Yield a callable and what is wrapped in it."""
    while callable_ is not None:
        yield callable_
        if isinstance(callable_, functools.partial):
            callable_ = callable_.func
        elif hasattr(callable_, "__code__"):
            callable_ = getattr(callable_, "__wrapped__", None)
        else:  # an object with a method, or something that is not written in Python
            inner = type(callable_).__call__ if callable(callable_) else None
            callable_ = inner if hasattr(inner, "__code__") else None


def _reads(layer: Any) -> bool:
    """Report whether a function uses a function of ours that reads workflows."""
    names = getattr(getattr(layer, "__code__", None), "co_names", ())
    return any(name.startswith("om_secret_exec") or _is_ours(_global(layer, name)) for name in names)


def _is_ours(value: object) -> bool:
    """Report whether a global is a function of ours that reads workflows, or has them."""
    name = str(getattr(value, "__name__", ""))
    module = name if isinstance(value, ModuleType) else str(getattr(value, "__module__", ""))
    reads = isinstance(value, ModuleType) or name in _READERS
    return reads and module.partition(".")[0] == "om_secret_exec"


def _values(layer: Any) -> Iterator[tuple[str, object]]:
    """Yield names and values of what a callable uses beside its arguments."""
    if isinstance(layer, functools.partial):
        yield from ((f"the argument {index} of the partial", v) for index, v in enumerate(layer.args))
        yield from ((f"the argument {name} of the partial", v) for name, v in layer.keywords.items())
    code = getattr(layer, "__code__", None)
    if code is None:
        return
    for name in code.co_names:
        yield f"the global {name}", _global(layer, name)
    for name, cell in zip(code.co_freevars, layer.__closure__ or ()):
        yield f"the variable {name}", _contents(cell)


def _defaults(layer: Any) -> Iterator[tuple[str, object]]:
    """Yield the defaults of a function's parameters, which @resolves resolves."""
    if hasattr(layer, "__code__"):
        defaults = (*(layer.__defaults__ or ()), *(layer.__kwdefaults__ or {}).values())
        yield from (("a default", value) for value in defaults)


def _global(layer: Any, name: str) -> object:
    return getattr(layer, "__globals__", {}).get(name)


def _contents(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # nothing was assigned yet
        return None

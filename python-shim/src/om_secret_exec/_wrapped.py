"""Wraps functions of every kind."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

F = TypeVar("F", bound=Callable[..., Any])


def wrapped(
    function: F,
    block: Callable[[tuple[Any, ...], dict[str, Any]], AbstractContextManager[tuple[Any, Any]]],
) -> F:
    """Return a function of the same kind, whose body runs in a block of its own.

    block is given the arguments and gives those to call function with. Airflow
    awaits coroutines and drains generators: what encloses the making of one only
    would be over before it runs.
    """
    new: Callable[..., Any]
    if inspect.iscoroutinefunction(function):

        async def waits(*args: Any, **kwargs: Any) -> Any:
            with block(args, kwargs) as (positional, named):
                return await function(*positional, **named)

        new = waits
    elif inspect.isgeneratorfunction(function):

        def yields(*args: Any, **kwargs: Any) -> Any:
            with block(args, kwargs) as (positional, named):
                return (yield from function(*positional, **named))

        new = yields
    else:

        def returns(*args: Any, **kwargs: Any) -> Any:
            with block(args, kwargs) as (positional, named):
                return function(*positional, **named)

        new = returns
    return functools.update_wrapper(new, function)  # type: ignore[return-value]

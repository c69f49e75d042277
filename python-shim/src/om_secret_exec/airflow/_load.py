"""load and loads for the callables of tasks."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import om_secret_exec
from om_secret_exec import SecretExecError, _parse
from om_secret_exec.airflow import _failures, _find, _mask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def load(path: str | os.PathLike[str], **options: Any) -> dict[str, Any]:
    """Return the workflow in a file with its values, for a callable that Airflow runs.

    It is om_secret_exec.load, with its options, as the hook does it: the values are
    registered with Airflow's masker, and what cannot be resolved fails the task with
    AirflowFailException, or as any error if trying again may help.
    """

    def written() -> str:
        text = Path(path).read_text(encoding="utf-8-sig")
        return _expanded(text, options.get("env")) if options.get("expand", True) else text

    return _for_task(lambda: om_secret_exec.load(path, **options), written)


def loads(text: str, **options: Any) -> dict[str, Any]:
    """Return the workflow in text with its values, for a callable that Airflow runs.

    It is to om_secret_exec.loads what load is to om_secret_exec.load.
    """

    def written() -> str:
        return _expanded(text, options.get("env")) if options.get("expand") else text

    return _for_task(lambda: om_secret_exec.loads(text, **options), written)


def _expanded(text: str, env: Mapping[str, str] | None) -> str:
    """Return text as os.path.expandvars does it, with the variables that the program has."""
    variables = {**os.environ, **(env or {})}
    pattern = r"\$(?:(\w+)|\{([^}]*)\})"
    return re.sub(pattern, lambda m: variables.get(m[1] or m[2], m[0]), text, flags=re.ASCII)


def _for_task(resolved: Callable[[], dict[str, Any]], written: Callable[[], str]) -> dict[str, Any]:
    failure: Exception
    try:
        workflow = resolved()
        values = set(_values(_parse.either(written(), "the workflow"), workflow, set()))
    except SecretExecError as error:
        failure = _failures.for_task(error)
    else:
        _mask.mask(values)
        return workflow
    # Outside the except block: the context would say the same.
    raise failure


def _values(old: Any, new: Any, seen: set[int]) -> Iterator[str]:
    """Yield the strings in new that stand where old has references."""
    if isinstance(old, (dict, list)):
        if id(old) in seen:  # an alias, perhaps of what is around it
            return
        seen.add(id(old))
        for step in old if isinstance(old, dict) else range(len(old)):
            yield from _values(old[step], new[step], seen)
    elif isinstance(old, str) and old.startswith(_find.MARKS):
        yield new

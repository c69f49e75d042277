"""Resolves what was found: one run of the program for each document, all or nothing."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace as with_fields
from typing import TYPE_CHECKING, Any, Callable

from om_secret_exec import Failure, SecretExecError
from om_secret_exec._errors import IS_IT_OURS
from om_secret_exec.airflow import _find
from om_secret_exec.airflow._find import Found, Kind, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Resolves the text of one document; om_secret_exec.resolve with its options bound.
Ask = Callable[[str], str]


def resolve_all(found: Sequence[Found], ask: Ask) -> tuple[dict[Path, Any], set[str]]:
    """Return the value for each path, and every secret that is among them.

    Single references go into one document, workflows are one each, because each
    says for itself where its secrets are. Raises one SecretExecError that names
    the failures of all documents, with the place in the task's attributes.
    """
    values: dict[Path, Any] = {}
    secrets: set[str] = set()
    errors: list[SecretExecError] = []
    singles = [f for f in found if f.kind is Kind.REFERENCE]
    for unit in (singles, *([f] for f in found if f.kind is not Kind.REFERENCE)):
        if not unit:
            continue
        try:
            if unit is singles:
                _references(unit, ask, values, secrets)
            elif unit[0].kind is Kind.TEXT:
                _text(unit[0], ask, values, secrets)
            else:
                _workflow(unit[0], ask, values, secrets)
        except SecretExecError as error:
            errors.append(error)
    if errors:
        # What reports exceptions may report the variables around them as well.
        values.clear()
        secrets.clear()
        raise together(errors)
    return values, secrets


def together(errors: Sequence[SecretExecError]) -> SecretExecError:
    """Return one error for all: trying again may help if it may for each."""
    if len(errors) == 1:
        return errors[0]
    failures = [failure for error in errors for failure in error.failures]
    retryable = all(error.retryable for error in errors)
    decisive = next((e for e in errors if e.retryable == retryable), errors[0])
    return SecretExecError(*failures, exit_status=decisive.exit_status, retryable=retryable)


def _references(unit: Sequence[Found], ask: Ask, values: dict[Path, Any], secrets: set[str]) -> None:
    names = {f"r{index}": f for index, f in enumerate(unit)}

    def place(failure: Failure) -> Failure:
        f = names.get(failure.path)
        return with_fields(failure, where=f.place if f else "", path="")

    got = _loaded(_asked(json.dumps({name: f.value for name, f in names.items()}), ask, place), "")
    if not all(isinstance(got.get(name), str) for name in names):
        raise _broken("")
    for name, f in names.items():
        values[f.path] = got[name]
        secrets.add(got[name])


def _text(unit: Found, ask: Ask, values: dict[Path, Any], secrets: set[str]) -> None:
    def place(failure: Failure) -> Failure:
        # Line and column are those of the text as the DAG holds it.
        return with_fields(failure, where=failure.where.replace("<stdin>", unit.place, 1) or unit.place)

    got = _asked(unit.value, ask, place)
    values[unit.path] = got
    # The program changes scalars, and neither their number nor their order.
    pairs = zip(_scalars(unit.value, unit.place), _scalars(got, unit.place))
    secrets.update(new for old, new in pairs if old.startswith(_find.MARKS))


def _scalars(text: str, place: str) -> list[str]:
    try:
        return _find.scalars(text)
    except ValueError:
        pass  # it does not say more
    raise SecretExecError(
        Failure(
            "DOCUMENT",
            "PyYAML does not read the workflow, so its values cannot be masked in logs",
            where=place,
        )
    )


def _workflow(unit: Found, ask: Ask, values: dict[Path, Any], secrets: set[str]) -> None:
    def place(failure: Failure) -> Failure:
        return with_fields(failure, where=unit.place)

    got = _loaded(_asked(_dumped(unit), ask, place), unit.place)
    for path, old, new in _changed(unit, got):
        values[path] = new
        if old.startswith(_find.MARKS):  # and not the key that says which store it is
            secrets.add(new)


def _dumped(unit: Found) -> str:
    with contextlib.suppress(RecursionError):
        return json.dumps(_plain(unit.value, unit.path))
    raise SecretExecError(Failure("DOCUMENT", "the workflow holds itself", where=unit.place))


def _plain(value: object, path: Path) -> object:
    """Return value as JSON can hold it: what YAML alone knows, like dates, as text."""
    if isinstance(value, dict):
        plain = {str(key): _plain(item, (*path, key)) for key, item in value.items()}
        if len(plain) < len(value):
            raise _unfit(path, "has keys that are the same as text", "keep one of them")
        return plain
    if isinstance(value, (list, tuple)):
        return [_plain(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, (bytes, set, frozenset)) and any(True for _ in _find.hidden(value)):
        what = f"is a {type(value).__name__} that holds a reference"
        raise _unfit(path, what, "make it a list, or a text")
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _unfit(path: Path, what: str, hint: str) -> SecretExecError:
    place = _find.place(path)
    return SecretExecError(Failure("DOCUMENT", f"the value {what}", where=place, hint=hint))


def _changed(unit: Found, got: Any) -> list[tuple[Path, str, str]]:
    with contextlib.suppress(KeyError, IndexError, TypeError):
        changes = list(_changes(unit.value, got, unit.path))
        if all(isinstance(new, str) for _, _, new in changes):
            return changes
    raise _broken(unit.place)


def _changes(old: object, new: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield path, old and new of the strings that differ in new, which has the same shape."""
    if isinstance(old, dict):
        for key, item in old.items():
            yield from _changes(item, new[str(key)], (*path, key))
    elif isinstance(old, (list, tuple)):
        for index, item in enumerate(old):
            yield from _changes(item, new[index], (*path, index))
    elif isinstance(old, str) and old != new:
        yield path, old, new


def _loaded(document: str, where: str) -> dict[str, Any]:
    """Return a document that the program printed. The parser's error would quote it."""
    with contextlib.suppress(ValueError, RecursionError):
        got = json.loads(document)
        if isinstance(got, dict):
            return got
    raise _broken(where)


def _broken(where: str) -> SecretExecError:
    return SecretExecError(
        Failure(
            "INTERNAL",
            "om-secret-exec printed something else than the resolved document",
            where=where,
            hint=IS_IT_OURS,
        )
    )


def _asked(document: str, ask: Ask, place: Callable[[Failure], Failure]) -> str:
    """Return the resolved document; failures say where in the task it was."""
    try:
        return ask(document)
    except SecretExecError as error:
        failures = [place(failure) for failure in error.failures]
        located = SecretExecError(*failures, exit_status=error.exit_status, retryable=error.retryable)
    # Outside the except block: the context would say the same, less exactly.
    raise located

"""The attributes of operators that carry configuration, and how each is rewritten."""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Union

from om_secret_exec import Failure, SecretExecError
from om_secret_exec.airflow import _find
from om_secret_exec.airflow._find import Found, Kind, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Which values of an attribute to resolve: one, several, or all that hold references.
Names = Union[str, int, Sequence[Union[str, int]], bool]

# Attributes whose values stay on the worker.
LOCAL: Final = ("op_kwargs", "op_args", "templates_dict", "env")

# Attributes whose values become part of a container's or pod's definition.
CONTAINER: Final = ("environment", "private_environment", "env_vars")

# What a hook looks into, or what cannot hold a reference.
_SEARCHED: Final = (str, int, float, dict, list, tuple)

_log = logging.getLogger("om_secret_exec.airflow")


def search(task: object, wanted: Mapping[str, Names]) -> list[Found]:
    """Return what is to be resolved in the wanted attributes of task.

    True means everything that holds references. Values that are named must be
    there, and text that is named is taken for a workflow whatever it looks like.
    Raises SecretExecError (CONFIG) for each that is not, or cannot be rewritten.
    """
    found: list[Found] = []
    failures: list[Failure] = []
    for attribute, names in wanted.items():
        holder = read(task, attribute)
        if names is True:
            found += _find.find(holder, (attribute,))
            continue
        there = [name for name in _listed(names) if _has(holder, name)]
        failures += [_missing(task, attribute, name) for name in _listed(names) if name not in there]
        failures += [
            f for name in there for f in _unsearchable((attribute, _step(holder, name)), holder[name])
        ]
        for name in there:
            found += _named((attribute, _step(holder, name)), holder[name])
    failures += [
        _unreachable(f) for f in found if f.kind is Kind.MODEL and wanted[str(f.path[0])] is not True
    ]
    if failures:
        raise SecretExecError(*failures)
    return found


def read(task: object, attribute: str) -> Any:
    """Return an attribute of task, a list of V1EnvVar as a dictionary, None if unset."""
    if attribute == "private_environment":
        attribute = "_private_environment"  # as DockerOperator keeps it
    value: Any = getattr(task, attribute, None)
    if attribute == "env_vars" and _are_variables(value):
        return {variable.name: variable.value for variable in value}
    return value


def write(task: Any, attribute: str, values: Mapping[Path, Any]) -> None:
    """Put values into an attribute of task.

    Only the task's own attributes are set anew, never what they refer to: that is
    shared with the DAG, and with the tries to come.
    """
    new = _find.replace(read(task, attribute), values, (attribute,))
    if attribute == "environment" and _keeps_private(task):
        secret = {path[1] for path in values}
        task.environment = {name: value for name, value in new.items() if name not in secret}
        task._private_environment = {**task._private_environment, **{name: new[name] for name in secret}}  # noqa: SLF001 - it has no other name
    elif attribute == "private_environment":
        task._private_environment = new  # noqa: SLF001 - it has no other name
    elif attribute == "env_vars" and _are_variables(task.env_vars):
        task.env_vars = [_with_value(variable, new[variable.name]) for variable in task.env_vars]
    else:
        setattr(task, attribute, new)
    if attribute in CONTAINER:
        _log.warning(
            "%s: the values are readable in the definition of the container, and to whoever may read that; "
            "om-secret-exec in the image, as the container's entry point, keeps them out of it",
            attribute,
        )


def _are_variables(value: object) -> bool:
    """Report whether value is a list of V1EnvVar; operators of others have lists of dictionaries."""
    return isinstance(value, list) and all(hasattr(v, "name") and hasattr(v, "value") for v in value)


def _keeps_private(task: object) -> bool:
    # DockerSwarmOperator inherits the attribute and does not use it.
    swarm = any(kind.__name__ == "DockerSwarmOperator" for kind in type(task).__mro__)
    return isinstance(getattr(task, "_private_environment", None), dict) and not swarm


def _with_value(variable: Any, value: str) -> Any:
    if variable.value == value:
        return variable
    changed = copy.copy(variable)
    changed.value = value
    return changed


def _listed(names: Names) -> Sequence[str | int]:
    return [names] if isinstance(names, (str, int)) else names


def _has(holder: object, name: str | int) -> bool:
    if isinstance(holder, dict):
        return name in holder
    return isinstance(holder, (list, tuple)) and isinstance(name, int) and -len(holder) <= name < len(holder)


def _step(holder: Any, name: str | int) -> str | int:
    """Return name as paths have it: an index counted from the front."""
    return name + len(holder) if isinstance(name, int) and name < 0 and not isinstance(holder, dict) else name


def _named(path: Path, value: object) -> Iterator[Found]:
    if isinstance(value, str) and not value.startswith(_find.MARKS):
        yield Found(path, value, Kind.TEXT)
        return
    yield from _find.find(value, path)


def _unsearchable(path: Path, value: object) -> Iterator[Failure]:
    """Yield what is to be told about a value of a type that may hold references unseen."""
    if not (value is None or isinstance(value, _SEARCHED) or any(True for _ in _find.find(value, path))):
        yield Failure(
            "CONFIG",
            f"{_find.place(path)} is a {type(value).__name__}, which a hook cannot search",
            hint="make it a list, a dictionary or a text",
        )


def _missing(task: object, attribute: str, name: str | int) -> Failure:
    at = _find.place((attribute, name))
    return Failure(
        "CONFIG",
        f"the task has no {at}",
        where=str(getattr(task, "task_id", "")),
        hint=f"name in resolve_workflow({attribute}=...) what the task is given",
    )


def _unreachable(found: Found) -> Failure:
    return Failure(
        "CONFIG",
        f"{type(found.value).__name__} is an object made when the DAG was parsed; a hook cannot rewrite it",
        where=found.place,
        hint="wrap the callable in om_secret_exec.openmetadata.strict(): docs/ingestion.md shows how",
    )

"""Parses a resolved document. The parsers' errors quote it, so they are not kept."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from om_secret_exec._errors import Failure, SecretExecError


def either(text: str, name: str) -> Any:
    """Return the value of a text of unknown kind: JSON if it is, else YAML."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        pass
    return yaml_text(text, name)


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON: YAML reads them otherwise."""
    raise ValueError(constant)


def json_text(text: str, name: str) -> Any:
    """Return the value of a JSON text, as OpenMetadata reads a file."""
    try:
        return json.loads(text)
    except RecursionError:
        fault = "JSON that is nested too deeply"
    except ValueError as error:
        fault = f"no JSON that Python can read{_place(error)}"
    raise _unreadable(name, fault)


def yaml_text(text: str, name: str) -> Any:
    """Return the value of a YAML text, by PyYAML's safe_load as OpenMetadata does."""
    try:
        import yaml
    except ImportError:
        raise SecretExecError(
            Failure(
                "CONFIG", "PyYAML is needed to read YAML, and is not installed", hint="pip install PyYAML"
            )
        ) from None
    try:
        return yaml.safe_load(text)
    except RecursionError:
        fault = "YAML that is nested too deeply"
    except (yaml.YAMLError, ValueError, TypeError) as error:
        # safe_load lets a ValueError through for a date such as 2024-13-01, and
        # a TypeError for a mapping as a key.
        fault = f"no YAML that PyYAML can read ({type(error).__name__}){_place(error)}"
    raise _unreadable(name, fault)


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f", line {error.lineno}, column {error.colno}"
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"


def _unreadable(name: str, fault: str) -> SecretExecError:
    hint = "load the document as it was written in Python, which shows the place with its text"
    return SecretExecError(Failure("DOCUMENT", f"it is {fault}", where=name, hint=hint))

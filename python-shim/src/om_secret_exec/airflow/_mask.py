"""Tells Airflow's secrets masker about values, before anything can print them."""

from __future__ import annotations

import contextlib
import logging
import sys
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, Any, Callable, Final

from om_secret_exec.airflow import _forms

if TYPE_CHECKING:
    from collections.abc import Iterable

# A longer value is not masked at all, nor what is beyond so many characters of values
# together. Airflow 2 can search for some 600,000, fails then, and its RE2 library prints
# the beginning of what it was given.
_MAX_LENGTH: Final = 16 << 10
_MAX_VALUES: Final = 256 << 10

# What the forms of values may come to beside the values themselves: characters, and
# characters that Airflow compiles, all that it has again for each form that is new.
# Airflow 3 compiles a million in two seconds.
_MAX_FORMS: Final = 64 << 10
_MAX_COMPILED: Final = 1 << 20

_log = logging.getLogger("om_secret_exec.airflow")

# Where mask_secret is, newest first: 3.1, 3.0, 2.x. The first one also tells the
# supervisor of the task, which masks what the task prints.
_MODULES: Final = (
    "airflow.sdk.log",
    "airflow.sdk.execution_time.secrets_masker",
    "airflow.utils.log.secrets_masker",
)

# Modules that must not be in the middle of their import when ours is made.
_ROOTS: Final = ("airflow", "airflow.configuration", "airflow.settings", "airflow.sdk.configuration")


def mask(values: Iterable[str], *, warn: bool = True) -> None:
    """Register values with Airflow's masker, in every form they are likely printed in.

    What cannot be masked is left out, with a warning if warn. Without Airflow, and
    while Airflow is being imported, it does nothing. It never raises.
    """
    secrets = sorted({value for value in values if value}, key=lambda value: (len(value), value))
    fitting = _fitting([value for value in secrets if len(value) >= _forms.MIN_LENGTH])
    wanted, whole = _within_limits(fitting)
    if warn:
        _warn(secrets, fitting, whole=whole)
    mask_secret = _mask_secret() if wanted else None
    if mask_secret is None:
        return
    try:
        # The longest last: Airflow compiles all that it has for each one.
        mask_secret(sorted(wanted, key=len))
    except RuntimeError:  # 2.x with a logging configuration of the site's own
        _log.warning(
            "Airflow's secrets masker is not installed on the logger airflow.task: values are not masked"
        )
    except Exception as error:  # noqa: BLE001 - it may quote a value, and must not fail the task
        _log.warning("Airflow's secrets masker failed (%s): not all values are masked", type(error).__name__)


def _fitting(secrets: list[str]) -> list[str]:
    """Return those of secrets, which are sorted by length, that are not too long."""
    totals = accumulate(map(len, secrets))
    return [v for v, total in zip(secrets, totals) if len(v) <= _MAX_LENGTH and total <= _MAX_VALUES]


def _within_limits(secrets: list[str]) -> tuple[set[str], bool]:
    """Return the forms to mask, and whether these are all.

    The values in any case; then the next likely form of each value, as long as that
    is not too much.
    """
    wanted = set(secrets)
    for layer in zip_longest(*map(_forms.forms, secrets), fillvalue=""):
        more = wanted.union(filter(None, layer))
        lengths = sorted(map(len, more))
        if sum(lengths) > _MAX_FORMS or sum(accumulate(lengths)) > _MAX_COMPILED:
            return wanted, False
        wanted = more
    return wanted, True


def _warn(secrets: list[str], fitting: list[str], *, whole: bool) -> None:
    short = sum(len(value) < _forms.MIN_LENGTH for value in secrets)
    for number, trouble in (
        (short, f"of less than {_forms.MIN_LENGTH} characters cannot be masked in logs"),
        (len(secrets) - short - len(fitting), "cannot be masked in logs: too long, or too many"),
        (
            sum(len(_forms.lines(value)) > _forms.MAX_LINES for value in fitting),
            f"of more than {_forms.MAX_LINES} lines: not each line can be masked in logs",
        ),
    ):
        if number:
            _log.warning("%d secret value(s) %s", number, trouble)
    if not whole:
        _log.warning("so many or so long secret values cannot be masked in logs in every form")


def _mask_secret() -> Callable[[Any], None] | None:
    """Return Airflow's mask_secret, or None when there is none to be had."""
    from importlib import import_module

    if any(_initialising(name) for name in _ROOTS):
        return None
    for name in _MODULES:
        with contextlib.suppress(ImportError, AttributeError):
            mask_secret: Callable[[Any], None] = import_module(name).mask_secret
            return mask_secret
    return None


def _initialising(name: str) -> bool:
    """Report whether the import of a module has begun and not ended."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))

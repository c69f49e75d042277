"""Turns a failure into what makes Airflow fail or retry the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from om_secret_exec import SecretExecError


def for_task(error: SecretExecError) -> Exception:
    """Return what to raise in a task.

    A failure that a retry may mend is returned as it is: Airflow retries the task
    as often as the DAG says. Any other becomes AirflowFailException, which fails
    the task at once: repeating it would only ask the store again, and lock out
    accounts. Without Airflow the error is returned as it is.
    """
    if error.retryable:
        return error
    fail = _fail_exception()
    return error if fail is None else fail(str(error))


def _fail_exception() -> type[Exception] | None:
    for name in ("airflow.sdk.exceptions", "airflow.exceptions"):
        found = _attribute(name, "AirflowFailException")
        if found is not None:
            return found
    return None


def access_denied() -> type[Exception] | None:
    """Return the exception that ends Airflow's search for a connection or variable.

    Airflow has it since 3.3; before, the search always goes on.
    """
    return _attribute("airflow.sdk.exceptions", "AirflowSecretsBackendAccessDenied")


def _attribute(module: str, name: str) -> type[Exception] | None:
    from importlib import import_module

    try:
        found: type[Exception] | None = getattr(import_module(module), name, None)
    except ImportError:
        return None
    return found

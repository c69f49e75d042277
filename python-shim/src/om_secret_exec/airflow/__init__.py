"""What runs inside Airflow, 2.7 to 3.3: hooks for tasks, and a secrets backend.

``resolve_workflow`` makes a ``pre_execute`` hook, ``resolves`` decorates a callable,
``load`` and ``loads`` are the package's own for the inside of a callable,
``apply_policy`` attaches the hook to every task it can help, and ``SecretsBackend``
gives Airflow connections, variables and configuration from any store.

Importing this package imports none of them, nor Airflow: Airflow imports a secrets
backend while it is still being imported itself.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    # Those of _load have the parameters and results of the originals.
    from om_secret_exec import load, loads
    from om_secret_exec.airflow._backend import SecretsBackend
    from om_secret_exec.airflow._decorator import resolves
    from om_secret_exec.airflow._hook import resolve_workflow
    from om_secret_exec.airflow._policy import apply_policy

__all__ = ["SecretsBackend", "apply_policy", "load", "loads", "resolve_workflow", "resolves"]

_MODULES: Final = MappingProxyType(
    {
        "SecretsBackend": "_backend",
        "apply_policy": "_policy",
        "load": "_load",
        "loads": "_load",
        "resolve_workflow": "_hook",
        "resolves": "_decorator",
    }
)


if not TYPE_CHECKING:  # else a type checker takes every misspelt name for one of ours

    def __getattr__(name: str) -> Any:
        """Import what is asked for when it is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

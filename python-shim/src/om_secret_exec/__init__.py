"""Resolve the secret references of OpenMetadata ingestion workflows.

``load(path)`` and ``loads(text)`` give the workflow as a dictionary with every
``secret:`` reference replaced by its value, ``resolve(text)`` gives its text and
``get(refs)`` single secrets: all of them, or a SecretExecError that names every
failure. The work is done by the program ``om-secret-exec``, which comes with the
package's wheels. Importing this package does nothing; neither Airflow nor
OpenMetadata is imported by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from om_secret_exec._api import get, load, loads, resolve
from om_secret_exec._errors import Failure, SecretExecError

__all__ = ["Failure", "SecretExecError", "__version__", "get", "load", "loads", "resolve"]

__version__: str

if not TYPE_CHECKING:  # else a type checker takes every misspelt name for one of ours

    def __getattr__(name: str) -> str:
        """Return ``__version__``, read from the installed metadata when it is asked for."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import metadata

        try:
            return metadata.version("om-secret-exec")
        except metadata.PackageNotFoundError:  # run from a source tree
            return "0+unknown"

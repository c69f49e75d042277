"""Strict look-ups inside OpenMetadata: what cannot be resolved ends the run.

OpenMetadata looks references up while it runs, and when that fails it goes on with
the text ``secret:...`` as the password. After ``install()`` it asks om-secret-exec
instead, each reference once per process, and a failure ends the run: nothing is
sent to the database. ``strict()`` does the same for a part of a program, such as a
task of Airflow. For whole programs there is ``python -m om_secret_exec.run``.

It is for what cannot be resolved before ingestion: connections that come from the
server. Importing this module imports nothing of OpenMetadata; installing does.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from om_secret_exec import _blocks
from om_secret_exec._errors import SecretExecError
from om_secret_exec._strict import UnresolvedReferenceError, for_task
from om_secret_exec._wrapped import F, wrapped

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

__all__ = ["UnresolvedReferenceError", "install", "strict", "uninstall"]


def install(
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Have OpenMetadata ask om-secret-exec for references, for the rest of the process.

    It may be called at any time, before OpenMetadata is imported (which it does) or
    after its client was made, and again with other options. Without any, the
    provider and the loader are those of the variables OM_SECRET_EXEC_PROVIDER and
    OM_SECRET_EXEC_LOADER, else the workflow's. Options are those of
    om_secret_exec.load.

    Afterwards a reference that cannot be resolved raises UnresolvedReferenceError,
    which handlers of Exception let pass. Raises SecretExecError (CONFIG) when
    OpenMetadata is not there, or is not as we know it; nothing has changed then.
    """
    _blocks.install(_options(provider, loader, airflow_config, timeout, binary, env))


def uninstall() -> None:
    """Undo install(): OpenMetadata looks references up by itself, and values are forgotten."""
    _blocks.uninstall()


def strict(
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
) -> Strict:
    """Install for a block, or for the calls of a function that it decorates.

    A reference that could not be resolved makes it raise SecretExecError, even if
    the block ended well without it. Where Airflow runs the block, it raises what
    the hooks of om_secret_exec.airflow raise: AirflowFailException, or
    SecretExecError when a retry may help.
    """
    return Strict(_options(provider, loader, airflow_config, timeout, binary, env))


class Strict:
    """What strict() gives: a block, and a decorator of which each call is a block."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._entered: AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        """Begin the block, which can be done once."""
        if self._entered is not None:
            raise RuntimeError("a strict() is one block: call strict() again for another")
        self._entered = _block(self._options)
        self._entered.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        """End the block."""
        assert self._entered is not None  # noqa: S101 - __enter__ was first
        return self._entered.__exit__(kind, error, traceback)

    def __call__(self, function: F) -> F:
        """Return a function of the same kind, each call of which is a block."""

        @contextmanager
        def block(args: Any, kwargs: Any) -> Iterator[tuple[Any, Any]]:
            with _block(self._options):
                yield args, kwargs

        return wrapped(function, block)


@contextmanager
def _block(options: dict[str, Any]) -> Iterator[None]:
    try:
        with _blocks.guarded(options):
            yield
    except SecretExecError as error:
        raise for_task(error) from None


def _options(*values: object) -> dict[str, Any]:
    names = ("provider", "loader", "airflow_config", "timeout", "binary", "env")
    return {name: value for name, value in zip(names, values) if value is not None}

"""What is installed in OpenMetadata, and the blocks on whose behalf.

Look-ups happen in threads of OpenMetadata's. Their options and failures are those of
the blocks that their own thread is in, else of all that are being run.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from om_secret_exec import _factory
from om_secret_exec._errors import SecretExecError
from om_secret_exec._strict import Lookups, UnresolvedReferenceError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(eq=False)
class _Block:
    """A block that is being run; without lookups, it has those of the block around it."""

    lookups: Lookups | None
    thread: int = field(default_factory=threading.get_ident)
    failures: list[SecretExecError] = field(default_factory=list)


class _Installed:
    """What is installed in this process."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.patch: _factory.Patch | None = None
        self.to_stay = False  # somebody called install()
        self.lookups = Lookups({}, self.fail)  # of install(), and of blocks without options
        self.blocks: list[_Block] = []
        self.unheard: SecretExecError | None = None

    # These two take no lock: another thread may have held it when the process forked.

    def heard_by(self) -> list[_Block]:
        blocks = list(self.blocks)
        return [block for block in blocks if block.thread == threading.get_ident()] or blocks

    def fail(self, error: SecretExecError) -> None:
        """Keep a failure for those that a thread or a careless handler hides it from."""
        blocks = self.heard_by()
        for block in blocks:
            block.failures.append(error)
        if not blocks:
            self.unheard = error

    def chosen(self) -> Lookups:
        """Return the look-ups for who asks now."""
        return next((b.lookups for b in reversed(self.heard_by()) if b.lookups), self.lookups)

    def have_patch(self) -> None:
        if self.patch is None:
            self.patch = _factory.Patch(self.chosen)

    def remove_unused(self) -> None:
        if self.patch is not None and not self.blocks and not self.to_stay:
            self.patch.remove()
            self.patch = None
            self.lookups = Lookups({}, self.fail)


_installed: Final = _Installed()


def install(options: dict[str, Any]) -> None:
    """Install for the rest of the process, or change the options of what is installed."""
    with _installed.lock:
        _installed.have_patch()
        _installed.to_stay = True
        if _installed.lookups.options != options:
            _installed.lookups = Lookups(options, _installed.fail)


def uninstall() -> None:
    """Undo install(); what blocks need stays until they end."""
    with _installed.lock:
        _installed.to_stay = False
        _installed.remove_unused()


def unheard() -> SecretExecError | None:
    """Return the last failure that happened outside of all blocks."""
    return _installed.unheard


@contextmanager
def guarded(options: dict[str, Any]) -> Iterator[None]:
    """Install for a block, and raise SecretExecError at its end if a look-up failed in it.

    What ends the block otherwise passes: an interrupt, a time-out of Airflow.
    """
    with _held(options) as failures:
        try:
            yield
        except UnresolvedReferenceError as error:
            failed = error.error
        except (Exception, SystemExit):
            if not failures:
                raise
            failed = failures[0]  # which is why, or worse than that
        else:
            if not failures:
                return
            failed = failures[0]
    # A new one, whose traceback starts here: a thread may still be raising the other.
    raise SecretExecError(
        *failed.failures, exit_status=failed.exit_status, retryable=failed.retryable
    ) from None


@contextmanager
def _held(options: dict[str, Any]) -> Iterator[list[SecretExecError]]:
    with _installed.lock:
        _installed.have_patch()
        lookups = _installed.chosen() if options else None
        if lookups is not None and lookups.options != options:
            lookups = Lookups(options, _installed.fail)
        block = _Block(lookups)
        _installed.blocks.append(block)
    try:
        yield block.failures
    finally:
        with _installed.lock:
            _installed.blocks.remove(block)
            _installed.remove_unused()

"""Runs a Python program with strict look-ups in OpenMetadata.

    python -m om_secret_exec.run SCRIPT [ARGUMENT...]
    python -m om_secret_exec.run -m MODULE [ARGUMENT...]

It runs the script or module as ``python`` does, after ``install()``. When a
reference cannot be resolved, the program ends with what om-secret-exec says about
it on stderr and om-secret-exec's exit status: 3 if trying again will not help, 4 if
the store refuses our identity, 5 if trying again may help, 2 for a wrong setting.
Everything else is the program's own: arguments, output, tracebacks, exit status.

Variables such as OM_SECRET_EXEC_PROVIDER choose what the workflow leaves open.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from om_secret_exec import _blocks, openmetadata
from om_secret_exec._errors import SecretExecError

if TYPE_CHECKING:
    from types import TracebackType

_USAGE: Final = """\
usage: python -m om_secret_exec.run SCRIPT [ARGUMENT...]
       python -m om_secret_exec.run -m MODULE [ARGUMENT...]"""

_EXIT_BUG: Final = 70
_EXIT_USAGE: Final = 2
_EXIT_RETRY: Final = 5

# What is between the interpreter and the program.
_OURS: Final = frozenset({__file__, contextlib.__file__, _blocks.__file__, runpy.__file__, "<frozen runpy>"})


def main() -> None:
    """Run what the command line names; it ends the process as that does."""
    arguments = sys.argv[1:]
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)  # noqa: T201 - that is what it is asked for
        return
    module = arguments[:1] == ["-m"]
    program = arguments[1:] if module else arguments
    if not program or (not module and program[0].startswith("-")):
        sys.exit(_complain(_USAGE, _EXIT_USAGE))
    if not module and not Path(program[0]).exists():
        sys.exit(_complain(f"om-secret-exec: error: there is no file {program[0]}", _EXIT_USAGE))
    atexit.register(_end)  # what is registered later, by the program, is called before it
    try:
        openmetadata.install()
        with _blocks.guarded({}):
            _run(program, module=module)
    except SecretExecError as error:
        status = _complain(f"om-secret-exec: error: {error}", _status(error))
    else:
        return
    sys.exit(status)


def _end() -> None:
    """Let a failure decide that a thread or an exit handler had when main was over."""
    error = _blocks.unheard()
    if error is None:
        return
    status = _complain(f"om-secret-exec: error: {error}", _status(error))
    # Python would have done these yet; it has no other way to change the status.
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # it may be closed, or nobody may read it
            stream.flush()
    os._exit(status)


def _run(program: list[str], *, module: bool) -> None:
    former = sys.excepthook

    def plain(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        """Show the program's own part of a traceback."""
        while traceback is not None and traceback.tb_frame.f_code.co_filename in _OURS:
            traceback = traceback.tb_next
        former(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = plain
    if module:
        sys.argv = program
        runpy.run_module(program[0], run_name="__main__", alter_sys=True)
        return
    sys.argv = program
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        # What stands there is the working directory, because of -m.
        sys.path[0] = os.path.dirname(os.path.realpath(program[0]))  # noqa: PTH120 - a str, as python has it
    runpy.run_path(program[0], run_name="__main__")


def _status(error: SecretExecError) -> int:
    """Return the exit status of a run that error ends."""
    if error.exit_status is not None:
        return error.exit_status
    if error.retryable:
        return _EXIT_RETRY
    return _EXIT_USAGE if error.code == "CONFIG" else _EXIT_BUG


def _complain(text: str, status: int) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - the end of a program
    return status


if __name__ == "__main__":
    main()

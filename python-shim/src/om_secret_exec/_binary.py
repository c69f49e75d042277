"""Finds the program om-secret-exec."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Final

from om_secret_exec._errors import Failure, SecretExecError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME: Final = "om-secret-exec"
VARIABLE: Final = "OM_SECRET_EXEC_BINARY"


def find(named: str | os.PathLike[str] | None, env: Mapping[str, str]) -> str:
    """Return the path of the program.

    The first of these decides: the caller's argument, the variable
    OM_SECRET_EXEC_BINARY of env, the places where pip puts a package's programs
    (of this interpreter, of the user, beside this package), PATH of env. One that
    was named must be there: nothing else is run in its place. Raises
    SecretExecError (code CONFIG) when there is none.
    """
    for source, path in (("argument binary", named), (VARIABLE, env.get(VARIABLE))):
        if path:
            return _named(os.fspath(path), source)
    for directory in _script_directories():
        candidate = directory / NAME
        if _runs(candidate):
            return str(candidate)
    on_path = shutil.which(NAME, path=env.get("PATH", os.defpath))
    if on_path:
        return on_path
    raise SecretExecError(
        Failure(
            code="CONFIG",
            message=f"the program {NAME} is neither beside {sys.executable or 'Python'} nor on PATH",
            hint=f"install a wheel of {NAME} for this platform, or set {VARIABLE} to the program's path",
        )
    )


def _named(path: str, source: str) -> str:
    if _runs(Path(path)):
        # A bare name would be looked for on PATH by the system, not where we looked.
        return str(Path(path).absolute())
    trouble = "is not an executable file" if Path(path).exists() else "does not exist"
    raise SecretExecError(
        Failure(
            code="CONFIG",
            message=f"{source}: {path} {trouble}",
            hint=f"name the program {NAME}, or none to use the one that was installed with the package",
        )
    )


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _script_directories() -> Iterator[Path]:
    """Yield where pip may have put the program, the likeliest first."""
    yield Path(sysconfig.get_path("scripts"))
    user = "osx_framework_user" if sys.platform == "darwin" and sys._framework else f"{os.name}_user"  # type: ignore[attr-defined,unused-ignore] # noqa: SLF001
    yield Path(sysconfig.get_path("scripts", user))
    package = Path(__file__).resolve().parent
    yield package.parent / "bin"  # pip install --target
    yield from (above / "bin" for above in list(package.parents)[3:4])  # pip install --prefix

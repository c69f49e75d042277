"""The functions of the package: each makes one run of the program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from om_secret_exec import _parse
from om_secret_exec._errors import Failure, SecretExecError
from om_secret_exec._run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_YAML: Final = frozenset({".yaml", ".yml"})
_JSON: Final = ".json"

_TEXT: Final = "the workflow"  # what messages call one that has no file


def load(
    path: str | os.PathLike[str],
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    expand: bool = True,
) -> dict[str, Any]:
    """Return the workflow in a file with every reference replaced by its value.

    The file is read as ``metadata -c`` reads it: a regular file whose name ends
    in ``.yaml``, ``.yml`` or ``.json`` (in lower case), with variables (``$NAME``)
    expanded unless expand is False. YAML needs PyYAML, which OpenMetadata brings.

    provider        the secrets manager, instead of the workflow's own
    loader          where its settings come from: airflow, env, noop or auto
    airflow_config  the airflow.cfg to read
    timeout         seconds for the look-ups; by default OM_SECRET_EXEC_TIMEOUT, or
                    30. A program that hangs is stopped 5 seconds later
    binary          the program; by default OM_SECRET_EXEC_BINARY, the one that was
                    installed with the package, or the one on PATH
    env             variables to set beside those of this process

    All or nothing: raises SecretExecError when anything cannot be resolved, with
    every failure. Values are never logged; warnings go to the logger
    ``om_secret_exec``. Safe to call from several threads.
    """
    name = os.fspath(path)
    suffix = Path(name).suffix
    if suffix not in _YAML and suffix != _JSON:
        raise _document_error(
            name, f"the name ends in {suffix or 'no suffix'!r}", "name it .yaml, .yml or .json"
        )
    if not Path(name).is_file():
        raise _document_error(name, "there is no such file", "give the path of a regular file")
    run = Run.of(provider, loader, airflow_config, timeout, binary, env)
    resolved = run.resolve(None, "--", name, expand=expand)
    return _mapping(
        _parse.json_text(resolved, name) if suffix == _JSON else _parse.yaml_text(resolved, name), name
    )


def loads(
    text: str,
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    expand: bool = False,
) -> dict[str, Any]:
    """Return the workflow in text with every reference replaced by its value.

    It stands in for the ``yaml.safe_load(config)`` of a DAG: variables are not
    expanded unless expand is True. A text that is JSON is read as JSON, any other
    as YAML. Options and errors are those of load.
    """
    document = _encoded(text)
    run = Run.of(provider, loader, airflow_config, timeout, binary, env)
    resolved = run.resolve(document, "-", expand=expand)
    return _mapping(_parse.either(resolved, _TEXT), _TEXT)


def resolve(
    text: str,
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    expand: bool = False,
) -> str:
    """Return the text of a workflow with every reference replaced by its value.

    The rest of the text stays as it is. Options and errors are those of load.
    """
    document = _encoded(text)
    run = Run.of(provider, loader, airflow_config, timeout, binary, env)
    return run.resolve(document, "-", expand=expand)


def get(
    refs: Iterable[str],
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the values of references, as written (``secret:...``) or by id.

    The result has each of refs as a key. Without references, nothing is run. The
    provider comes from the argument or from OM_SECRET_EXEC_PROVIDER. At most 1,000
    references and 1 MiB of them at a time. Options and errors are those of load; a
    value that is not text is an error (code NOT_UTF8).
    """
    if isinstance(refs, str):
        raise TypeError("refs is one str: give a list of references")
    run = Run.of(provider, loader, airflow_config, timeout, binary, env)
    wanted = list(dict.fromkeys(refs))
    return run.get(wanted) if wanted else {}


def _document_error(name: str, message: str, hint: str) -> SecretExecError:
    return SecretExecError(Failure("DOCUMENT", message, where=name, hint=hint))


def _mapping(value: object, name: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _document_error(name, f"it holds a {type(value).__name__}, not a mapping", "give a whole workflow")


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # it holds the text
        pass
    raise _document_error(
        _TEXT, "half of a surrogate pair cannot be written as UTF-8", "decode the text as UTF-8"
    )

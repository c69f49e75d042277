"""Where the program is looked for, and how it is called."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import GIVE

import om_secret_exec
from om_secret_exec import SecretExecError, _binary, _run, load, resolve

if TYPE_CHECKING:
    from conftest import Fake


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{GIVE}give\n", encoding="utf-8")
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def schemes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have pip's directories, this package's place and PATH below tmp_path."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _, scheme="venv": str(tmp_path / scheme))
    package = tmp_path / "prefix/lib/python3/site-packages/om_secret_exec"
    monkeypatch.setattr(_binary, "__file__", str(package / "_binary.py"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path


def test_order(schemes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place that is filled wins over those filled before."""
    with pytest.raises(SecretExecError) as caught:
        _binary.find(None, {"PATH": str(schemes / "path")})
    assert str(caught.value) == (
        f"CONFIG: the program om-secret-exec is neither beside {sys.executable} nor on PATH\n"
        "    hint       install a wheel of om-secret-exec for this platform,"
        " or set OM_SECRET_EXEC_BINARY to the program's path"
    )
    user = (
        "osx_framework_user"
        if sys.platform == "darwin" and sysconfig.get_config_var("PYTHONFRAMEWORK")
        else "posix_user"
    )
    for place in ("path", "prefix/bin", "prefix/lib/python3/site-packages/bin", user, "venv"):
        want = program(schemes / place / "om-secret-exec")
        assert _binary.find(None, {"PATH": str(schemes / "path")}) == want
    variable = program(schemes / "variable")
    assert _binary.find(None, {"OM_SECRET_EXEC_BINARY": variable}) == variable
    argument = Path(program(schemes / "argument"))
    assert _binary.find(argument, {"OM_SECRET_EXEC_BINARY": variable}) == str(argument)
    monkeypatch.chdir(schemes)
    assert _binary.find("argument", {}) == str(argument)


def test_path_of_the_env_argument(schemes: Path) -> None:
    program(schemes / "other" / "om-secret-exec")
    assert resolve("a: b", env={"PATH": f"{schemes}/other:/usr/bin:/bin"}) == "a: b"


def test_named_but_wrong_is_not_replaced(schemes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(schemes / "venv" / "om-secret-exec")
    monkeypatch.setenv("OM_SECRET_EXEC_BINARY", str(schemes / "gone"))
    with pytest.raises(SecretExecError, match=r"OM_SECRET_EXEC_BINARY: .*/gone does not exist"):
        resolve("a: b")


def test_command_line(fake: Fake, tmp_path: Path) -> None:
    fake(f"printf '%s\\n' \"$@\" > {tmp_path}/argv; echo a: $VALUE | give")
    workflow = tmp_path / "-w.yaml"
    workflow.write_text("a: b", encoding="utf-8")

    def argv() -> list[str]:
        return (tmp_path / "argv").read_text(encoding="utf-8").splitlines()

    load(
        workflow,
        provider="aws",
        loader="env",
        airflow_config=Path("/x/airflow.cfg"),
        timeout=1.5,
        env={"VALUE": "c"},
    )
    assert argv() == [
        "resolve",
        "--expand-env=always",
        "--messages=json",
        "--provider=aws",
        "--loader=env",
        "--airflow-config=/x/airflow.cfg",
        "--timeout=1500ms",
        "--",
        str(workflow),
    ]
    load(workflow, expand=False)
    assert argv() == ["resolve", "--expand-env=never", "--messages=json", "--", str(workflow)]
    assert resolve("a: b", env={"VALUE": "c"}) == "a: c\n"
    assert argv() == ["resolve", "--expand-env=never", "--messages=json", "-"]
    resolve("a: b", expand=True)
    assert argv() == ["resolve", "--expand-env=always", "--messages=json", "-"]


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("", 30),
        ("90", 90),
        ("90s", 90),
        ("2m", 120),
        ("1m30s", 90),
        ("1.5h", 5400),
        ("500ms", 0.5),
        ("soon", 30),
        ("1.2.3s", 30),
    ],
)
def test_timeout_of_the_variable(duration: str, seconds: float) -> None:
    assert _run._seconds(duration) == pytest.approx(seconds)  # noqa: SLF001


def test_run_shows_no_variables(fake: Fake) -> None:
    fake("")
    run = _run.Run.of(None, None, None, None, None, {"A": "S3NTINEL"})
    assert "S3NTINEL" not in repr(run)


def test_version() -> None:
    assert om_secret_exec.__version__ == "0+unknown" or om_secret_exec.__version__[0].isdigit()
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        om_secret_exec.nothing  # type: ignore[attr-defined]  # noqa: B018

# ruff: noqa: SLF001 - the end of a process is private
from __future__ import annotations

import atexit
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from om_secret_exec import Failure, SecretExecError, _blocks, openmetadata, run

if TYPE_CHECKING:
    from openmetadata_doubles import OpenMetadata

pytest_plugins = ("openmetadata_doubles",)

ASK = """
import sys
from metadata.ingestion.models.custom_pydantic import _CustomSecretStr as Secret
print(Secret(sys.argv[1]).get_secret_value(), sys.argv[1:], __name__)
"""


@pytest.fixture
def program(tmp_path: Path) -> Any:
    def make(text: str, name: str = "prog/main.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch, om: OpenMetadata) -> None:
    del om
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(atexit, "register", lambda _: None)


def main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | None:
    """Run main as a process would, and return the exit status."""
    monkeypatch.setattr(sys, "argv", ["run", *arguments])
    try:
        run.main()
    except SystemExit as end:
        status = end.code
    else:
        return 0
    assert status is None or isinstance(status, int)
    return status


def test_a_script_runs_as_main(
    program: Any, runs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = program("import beside\n" + ASK)
    program("", "prog/beside.py")
    assert main(monkeypatch, path, "secret:/good", "-v") == 0
    assert capsys.readouterr().out == "va$lue ['secret:/good', '-v'] __main__\n"
    assert len(runs()) == 1


def test_a_module_runs_as_main(
    program: Any, runs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(Path(program(ASK, "prog/thing.py")).parent))
    assert main(monkeypatch, "-m", "thing", "secret:/good") == 0
    assert capsys.readouterr().out == "va$lue ['secret:/good'] __main__\n"
    assert len(runs()) == 1


@pytest.mark.parametrize(("reference", "status"), [("secret:/bad", 3), ("secret:/busy", 5)])
@pytest.mark.usefixtures("runs")
def test_a_failure_ends_the_run(
    reference: str,
    status: int,
    program: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(monkeypatch, program(ASK), reference) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("om-secret-exec: error: __main__:4: ")
    assert "no such secret (om-secret-exec exit status" in said.err
    assert "Traceback" not in said.err


def test_a_failure_that_was_swallowed_ends_the_run(
    program: Any, runs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = program("try:" + ASK.replace("\n", "\n  ") + "\nexcept BaseException: sys.exit(0)")
    assert main(monkeypatch, path, "secret:/bad") == 3
    assert "NOT_FOUND" in capsys.readouterr().err
    assert len(runs()) == 1


def test_the_programs_own_status_and_errors_pass(
    program: Any, runs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(monkeypatch, program("import sys; sys.exit(9)")) == 9
    path = program("def f():\n    1 / 0\nf()")
    with pytest.raises(ZeroDivisionError) as caught:
        main(monkeypatch, path)
    assert caught.tb.tb_next is not None
    assert caught.tb.tb_next.tb_next is not None
    sys.excepthook(caught.type, caught.value, caught.tb.tb_next.tb_next)  # without the test's own frames
    frames = [line for line in capsys.readouterr().err.splitlines() if line.lstrip().startswith("File")]
    assert [path in frame for frame in frames] == [True, True]
    assert runs() == []


@pytest.mark.parametrize("arguments", [[], ["-m"], ["-x", "main.py"]])
def test_a_wrong_command_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(monkeypatch, *arguments) == 2
    assert capsys.readouterr().err.startswith("usage: python -m om_secret_exec.run SCRIPT")


def test_a_script_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(monkeypatch, "absent.py") == 2
    assert capsys.readouterr().err == "om-secret-exec: error: there is no file absent.py\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(monkeypatch, flag) == 0
    assert "python -m om_secret_exec.run -m MODULE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Failure("TIMEOUT", "late", retryable=True), 5),
        (Failure("CONFIG", "no program"), 2),
        (Failure("INTERNAL", "garbage"), 70),
    ],
)
def test_a_program_of_ours_that_did_not_end_by_itself(
    failure: Failure, status: int, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install() -> None:
        raise SecretExecError(failure)

    monkeypatch.setattr(openmetadata, "install", install)
    assert main(monkeypatch, program("")) == status


def test_as_a_process(program: Any, runs: Any, environ: dict[str, str]) -> None:
    path = program(
        "import os, signal, sys\n"
        # Whoever runs the tests in the background of a script ignores it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getpid(), signal.SIGINT) if sys.argv[1:] else 1 / 0"
    )
    command = [sys.executable, "-m", "om_secret_exec.run", path]
    plain = subprocess.run([sys.executable, path], check=False, stderr=subprocess.PIPE, text=True)
    ours = subprocess.run(command, env=environ, check=False, stderr=subprocess.PIPE, text=True)
    assert (ours.returncode, ours.stderr) == (plain.returncode, plain.stderr)
    ours = subprocess.run([*command, "-i"], env=environ, check=False, stderr=subprocess.PIPE, text=True)
    assert ours.returncode == -signal.SIGINT
    asks = subprocess.run(
        [*command[:3], program(ASK), "secret:/bad"],
        env=environ,
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert (asks.returncode, asks.stderr.count("\n")) == (3, 3)
    assert len(runs()) == 1


POOL = """
import concurrent.futures.thread as pool
import time
from metadata.ingestion.models.custom_pydantic import _CustomSecretStr as Secret
def work():
    while not pool._shutdown:
        time.sleep(0.01)
    return Secret("secret:/bad").get_secret_value()
pool.ThreadPoolExecutor().submit(work)
"""

ATEXIT = """
import atexit
from metadata.ingestion.models.custom_pydantic import _CustomSecretStr as Secret
atexit.register(lambda: print("not flushed", Secret("secret:/bad").get_secret_value()))
print("flushed")
"""


@pytest.mark.parametrize("text", [POOL, ATEXIT])
def test_a_failure_after_the_main_thread_ended(
    text: str, program: Any, runs: Any, environ: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "om_secret_exec.run", program(text)]
    done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 3
    assert "om-secret-exec: error: __main__:" in done.stderr
    assert done.stdout == ("flushed\n" if text == ATEXIT else "")
    assert len(runs()) == 1


def test_the_end_without_a_late_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses: list[int] = []
    monkeypatch.setattr(os, "_exit", statuses.append)
    monkeypatch.setattr(_blocks._installed, "unheard", None)
    run._end()
    late = SecretExecError(Failure("TIMEOUT", "late", retryable=True))
    monkeypatch.setattr(_blocks._installed, "unheard", late)
    run._end()
    assert statuses == [5]
    assert "TIMEOUT: late" in capsys.readouterr().err


def test_it_is_a_main_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "--help"])
    monkeypatch.delitem(sys.modules, "om_secret_exec.run")
    runpy.run_module("om_secret_exec.run", run_name="__main__")
    assert "strict look-ups" in capsys.readouterr().out

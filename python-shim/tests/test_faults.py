"""What becomes of a program that is not there, not ours, or in trouble."""

from __future__ import annotations

import pickle
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING

import pytest

from om_secret_exec import Failure, SecretExecError, _process, _run, get, load, loads, resolve

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Fake

SENTINEL = "S3NTINEL-value"


def error_of(text: str = "a: b") -> SecretExecError:
    """Return the error of a run, which must not know what was printed."""
    with pytest.raises(SecretExecError) as caught:
        loads(text)
    error = caught.value
    assert SENTINEL not in "".join(traceback.format_exception(type(error), error, error.__traceback__))
    assert SENTINEL not in repr(vars(error))
    assert error.__cause__ is None
    assert error.__context__ is None
    return error


def test_named_program_is_missing() -> None:
    with pytest.raises(SecretExecError) as caught:
        loads("a: b", binary="/nowhere/om-secret-exec")
    assert str(caught.value) == (
        "CONFIG: argument binary: /nowhere/om-secret-exec does not exist\n"
        "    hint       name the program om-secret-exec, or none to use the one that was installed"
        " with the package"
    )
    assert (caught.value.code, caught.value.retryable, caught.value.exit_status) == ("CONFIG", False, None)


def test_program_is_not_executable(fake: Fake) -> None:
    fake("exit 0").chmod(0o600)
    assert "is not an executable file" in str(error_of())


def test_program_is_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OM_SECRET_EXEC_BINARY", str(tmp_path))
    assert "is not an executable file" in str(error_of())


def test_program_is_for_another_platform(fake: Fake) -> None:
    fake("").write_bytes(b"\xcf\xfa\xed\xfe not for this machine")
    error = error_of()
    assert "cannot be run: Exec format error" in str(error)
    assert (error.code, error.retryable, error.exit_status) == ("CONFIG", False, None)


def test_nul_in_a_variable(fake: Fake) -> None:
    fake("exit 0")
    with pytest.raises(SecretExecError, match="holds a NUL byte"):
        loads("a: b", env={"A": "b\0c"})


def test_program_hangs(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run, "_GRACE", 0.0)
    fake(f"echo {SENTINEL}; exec sleep 60")
    with pytest.raises(SecretExecError) as caught:
        loads("a: b", timeout=0.2)
    assert str(caught.value) == (
        "TIMEOUT: om-secret-exec did not end within 0.2 s, and was stopped\n    retry      may help"
    )
    assert (caught.value.code, caught.value.retryable, caught.value.exit_status) == ("TIMEOUT", True, None)


def test_program_hangs_with_closed_outputs(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run, "_GRACE", 0.0)
    fake("exec >&- 2>&-; exec sleep 60")
    with pytest.raises(SecretExecError) as caught:
        loads("a: b", timeout=0.2)
    assert caught.value.code == "TIMEOUT"


def test_program_ignores_sigterm(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run, "_GRACE", 0.0)
    monkeypatch.setattr(_process, "STOP_GRACE", 0.1)
    fake("trap '' TERM; exec sleep 60")
    with pytest.raises(SecretExecError) as caught:
        loads("a: b", timeout=0.2)
    assert caught.value.code == "TIMEOUT"


def test_child_of_the_program_keeps_the_pipes(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The pipes then never end, and must not be waited for."""
    monkeypatch.setattr(_run, "_GRACE", 0.0)
    fake(f"sleep 60 & echo $! > {tmp_path}/child; exit 0")
    with pytest.raises(SecretExecError) as caught:
        loads("a: b", timeout=0.2)
    assert caught.value.code == "TIMEOUT"
    fake(f"kill $(cat {tmp_path}/child)")
    loads_ignoring_errors()


def loads_ignoring_errors() -> None:
    with pytest.raises(SecretExecError):
        loads("a: b")


def test_garbage_on_stdout(fake: Fake) -> None:
    fake(f"cat > /dev/null; echo '{SENTINEL}: [ {SENTINEL}' | give")
    error = error_of()
    assert str(error).startswith(
        "the workflow: DOCUMENT: it is no YAML that PyYAML can read (ParserError), line 2"
    )


@pytest.mark.parametrize("output", ["", f"{SENTINEL}", "- a", "3", "null"])
def test_output_that_is_no_workflow(fake: Fake, output: str) -> None:
    fake(f"cat > /dev/null; echo '{output}' | give")
    error = error_of()
    assert error.code == "DOCUMENT"
    assert "not a mapping" in str(error)


def test_garbage_on_stderr(fake: Fake) -> None:
    fake(f"echo '{SENTINEL}' >&2; printf '\\377\\n[]\\n{{}}\\n3\\n{{\"kind\":1}}\\n' >&2; exit 3")
    error = error_of()
    assert str(error).startswith(
        "INTERNAL: om-secret-exec failed without saying why (om-secret-exec exit status 3)\n"
    )
    assert error.exit_status == 3


def test_garbage_on_stderr_is_no_fault_of_a_good_run(fake: Fake) -> None:
    fake("echo garbage >&2; give")
    assert loads("a: b") == {"a": "b"}


DONE = """echo '{"kind":"done","bytes":5}' >&2"""


@pytest.mark.parametrize(
    "script",
    [
        "cat",
        "cat > /dev/null; echo 'hello: garbage'",
        f"{DONE}; cat",
        f"{DONE}; echo 'more: garbage'",
        DONE,
        'echo \'{"kind":"done"}\' >&2',
        'printf \'%s\' \'a: \'; echo \'{"kind":"done","bytes":"3"}\' >&2',
    ],
)
def test_a_program_that_is_not_ours_and_ends_well(fake: Fake, script: str, tmp_path: Path) -> None:
    fake(script)
    error = error_of()
    assert str(error).startswith(
        "INTERNAL: om-secret-exec ended without giving what it was asked for (om-secret-exec exit status 0)"
    )
    assert error.failures[0].hint.startswith("see whether the program named by OM_SECRET_EXEC_BINARY")
    (tmp_path / "w.yaml").write_text("a: b", encoding="utf-8")
    with pytest.raises(SecretExecError, match="INTERNAL"):
        load(tmp_path / "w.yaml")


def test_json_mixed_with_text(fake: Fake) -> None:
    fake(
        """cat > /dev/null; cat >&2 <<'END'
some library: warning
{"kind":"warning","message":"w"}
{"kind":"error","message":"no secret","code":"NOT_FOUND","where":"f:1:2","path":"a.b","reference":"secret:/x",
{"kind":"error","message":"busy","code":"THROTTLED","retryable":true,"requestId":"id1","httpStatus":429,"identity":"me","store":"s"}
om-secret-exec: error: of our own
{"kind":"error","message":"no secret","code":"NOT_FOUND","where":"f:1:2","path":"a.b","reference":"secret:/x","hint":"look"}
{"kind":"error","message":"2 of 2 references failed"}
END
exit 3"""
    )
    error = error_of()
    assert str(error) == (
        "2 failures (om-secret-exec exit status 3)\n"
        "THROTTLED: busy\n"
        "    store      s\n"
        "    identity   me\n"
        "    request    id1 HTTP 429\n"
        "    retry      may help\n"
        "f:1:2: NOT_FOUND: no secret\n"
        "    reference  secret:/x\n"
        "    path       a.b\n"
        "    hint       look"
    )
    assert error.failures == (
        Failure(
            "THROTTLED", "busy", store="s", identity="me", request_id="id1", http_status=429, retryable=True
        ),
        Failure("NOT_FOUND", "no secret", where="f:1:2", path="a.b", reference="secret:/x", hint="look"),
    )
    assert (error.code, error.retryable, error.exit_status) == ("NOT_FOUND", False, 3)


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (1, "INTERNAL", False),
        (2, "CONFIG", False),
        (3, "INTERNAL", False),
        (4, "PERMISSION_DENIED", False),
        (5, "UNAVAILABLE", True),
        (70, "INTERNAL", False),
        (74, "OUTPUT", False),
        (126, "INTERNAL", False),
        (127, "INTERNAL", False),
        (137, "CANCELLED", True),
        (255, "INTERNAL", False),
    ],
)
def test_status_without_a_word(fake: Fake, status: int, code: str, retryable: bool) -> None:  # noqa: FBT001
    fake(f"echo {SENTINEL}; exit {status}")
    error = error_of()
    assert (error.code, error.retryable, error.exit_status) == (code, retryable, status)


def test_words_of_the_program_that_are_not_json(fake: Fake) -> None:
    fake(
        "echo 'om-secret-exec: error: there is no option --messages' >&2; echo 'om-secret-exec: hint: see' >&2; exit 2"
    )
    error = error_of()
    assert str(error) == (
        "CONFIG: there is no option --messages (om-secret-exec exit status 2)\n    hint       see"
    )


def test_a_status_that_the_system_did_not_keep(binary: str, fake: Fake) -> None:
    """Where SIGCHLD is ignored, which programs inherit, Python takes every status for 0."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with pytest.raises(SecretExecError, match="PROVIDER"):
            resolve("a: secret:/db", provider="nothing", binary=binary)
        fake("""echo '{"kind":"error","message":"busy","code":"THROTTLED","retryable":true}' >&2; exit 5""")
        with pytest.raises(SecretExecError, match="THROTTLED") as caught:
            resolve("a: secret:/db")
        assert caught.value.retryable
        fake("echo 'a: secret:/db'; kill -KILL $$")
        with pytest.raises(SecretExecError, match="INTERNAL: om-secret-exec ended without giving"):
            resolve("a: secret:/db")
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_timeout_of_months(fake: Fake) -> None:
    fake("echo 'a: b' | give")
    assert loads("a: b", timeout=1e8) == {"a": "b"}
    assert loads("a: b", env={"OM_SECRET_EXEC_TIMEOUT": "9" * 400}) == {"a": "b"}


def test_bug_in_the_program(fake: Fake) -> None:
    fake(
        """echo '{"kind":"error","message":"unexpected string in main.go:1","code":"INTERNAL"}' >&2; exit 70"""
    )
    error = error_of()
    assert str(error) == "INTERNAL: unexpected string in main.go:1 (om-secret-exec exit status 70)"
    assert error.retryable is False


@pytest.mark.parametrize(("signal", "status"), [("KILL", 137), ("SEGV", 139), ("TERM", 143)])
def test_program_is_killed(fake: Fake, signal: str, status: int) -> None:
    fake(f"echo {SENTINEL}; kill -{signal} $$")
    error = error_of()
    assert (error.code, error.retryable, error.exit_status) == ("CANCELLED", True, status)
    assert f"was ended by signal {status - 128} (om-secret-exec exit status {status})" in str(error)
    assert ("memory ran out" in str(error)) == (signal == "KILL")


def test_too_much_on_stdout(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_process, "MAX_STDOUT", 1 << 20)
    fake(f"exec yes {SENTINEL}")
    error = error_of()
    assert str(error) == "INTERNAL: om-secret-exec printed more than 1 MiB, and was stopped"


def test_much_on_stderr(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read to its end, so that the program does not wait for us, but not kept."""
    monkeypatch.setattr(_process, "MAX_STDERR", 100)
    fake("yes | head -c 3000000 >&2; give")
    assert loads("a: b") == {"a": "b"}


def test_program_does_not_read(fake: Fake) -> None:
    fake("exec <&-; echo 'c: d' | give")
    assert loads("a: " + "b" * (4 << 20)) == {"c": "d"}


def test_program_writes_while_it_reads(fake: Fake) -> None:
    fake("give")
    text = '{"a": "' + "b" * (4 << 20) + '"}'
    assert resolve(text) == text


def test_output_that_is_not_utf8(fake: Fake) -> None:
    fake(f"cat > /dev/null; printf 'a: {SENTINEL}\\377' | give")
    error = error_of()
    assert str(error) == (
        "INTERNAL: om-secret-exec printed a document that is not UTF-8 (om-secret-exec exit status 0)"
    )


def test_control_characters_are_escaped(fake: Fake) -> None:
    fake(
        r"""printf '%s\n' '{"kind":"error","code":"NOT_FOUND","message":"a\nforged\u001b[31m","reference":"\u2028"}' >&2; exit 3"""
    )
    assert str(error_of()) == (
        "NOT_FOUND: a\\nforged\\x1b[31m (om-secret-exec exit status 3)\n    reference  \\u2028"
    )


def test_a_message_may_hold_other_line_ends(fake: Fake) -> None:
    fake("""printf '{"kind":"error","code":"NOT_FOUND","message":"a\\302\\205b"}\\n' >&2; exit 3""")
    assert str(error_of()) == "NOT_FOUND: a\\x85b (om-secret-exec exit status 3)"


def test_error_crosses_processes(fake: Fake) -> None:
    fake("""echo '{"kind":"error","code":"TIMEOUT","message":"m","retryable":true}' >&2; exit 5""")
    error = error_of()
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (str(copy), vars(copy)) == (str(error), vars(error))
    assert isinstance(copy, SecretExecError)


def test_descriptors_are_not_inherited(fake: Fake, tmp_path: Path) -> None:
    fake(f"ls -l /proc/self/fd > {tmp_path}/fds; give")
    assert loads("a: b") == {"a": "b"}
    workflow = tmp_path / "w.yaml"
    workflow.write_text("a: b", encoding="utf-8")
    if sys.platform == "linux":
        assert " 0 -> pipe:" in (tmp_path / "fds").read_text(encoding="utf-8")
    fake(f"ls -l /proc/self/fd > {tmp_path}/fds; echo 'c: d' | give")
    assert load(workflow) == {"c": "d"}
    if sys.platform == "linux":
        assert " 0 -> /dev/null" in (tmp_path / "fds").read_text(encoding="utf-8")


def test_many_threads(fake: Fake) -> None:
    fake("give")
    results: list[str] = []
    threads = [threading.Thread(target=lambda i=i: results.append(resolve(f"a: {i}"))) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [f"a: {i}" for i in range(8)]


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e308])
def test_timeout_that_is_none(timeout: float) -> None:
    with pytest.raises(ValueError, match="not a number of seconds"):
        get(["/a"], timeout=timeout)

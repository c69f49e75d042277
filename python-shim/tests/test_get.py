"""get: the protocol of `om-secret-exec get --json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from om_secret_exec import SecretExecError, get

if TYPE_CHECKING:
    from conftest import Fake

SENTINEL = "S3NTINEL-value"


def ok(ref: str, value: str, encoding: str = "utf8") -> dict[str, Any]:
    return {"ref": ref, "status": "ok", "value": value, "encoding": encoding, "provider": "file"}


def bad(ref: str, code: str, message: str, **more: object) -> dict[str, Any]:
    return {
        "ref": ref,
        "status": "error",
        "error": {"code": code, "message": message, "retryable": False, **more},
    }


def answer(items: list[dict[str, Any]] | None, status: int = 0, **more: object) -> str:
    """Return a script that gives a response."""
    envelope: dict[str, Any] = {"apiVersion": "om-secret-exec/v1", "kind": "SecretResponse", **more}
    if items is not None:
        envelope["items"] = [{"index": i, **item} for i, item in enumerate(items)]
    return f"cat > $0.request; printf '%s\\n' \"$@\" > $0.argv; cat <<'END'\n{json.dumps(envelope)}\nEND\nexit {status}"


def test_values(fake: Fake) -> None:
    path = fake(answer([ok("secret:/a", "x"), ok("/b#c", "é")]))
    assert get(iter(["secret:/a", "/b#c", "secret:/a"]), provider="file") == {"secret:/a": "x", "/b#c": "é"}
    assert json.loads(Path(f"{path}.request").read_text(encoding="utf-8")) == {
        "apiVersion": "om-secret-exec/v1",
        "kind": "SecretRequest",
        "spec": {"refs": [{"ref": "secret:/a"}, {"ref": "/b#c"}]},
    }
    argv = Path(f"{path}.argv").read_text(encoding="utf-8").split()
    assert argv == ["get", "--json", "--messages=json", "--provider=file"]


def test_nothing_to_get_runs_nothing(fake: Fake) -> None:
    path = fake(answer([]))
    assert get([]) == {}
    assert not Path(f"{path}.request").exists()


def test_one_string_is_a_slip() -> None:
    with pytest.raises(TypeError, match="give a list"):
        get("secret:/a")


def error_of(refs: list[str]) -> SecretExecError:
    with pytest.raises(SecretExecError) as caught:
        get(refs)
    assert SENTINEL not in str(caught.value)
    assert SENTINEL not in repr(vars(caught.value))
    assert caught.value.__context__ is None
    return caught.value


def test_failures(fake: Fake) -> None:
    fake(
        answer(
            [
                ok("/a", SENTINEL),
                bad(
                    "/b", "NOT_FOUND", "no secret", hint="look", identity="me", requestId="r", httpStatus=400
                ),
                bad("/c", "THROTTLED", "busy", retryable=True),
            ],
            status=3,
        )
    )
    error = error_of(["/a", "/b", "/c"])
    assert str(error) == (
        "2 failures (om-secret-exec exit status 3)\n"
        "NOT_FOUND: no secret\n"
        "    reference  /b\n"
        "    identity   me\n"
        "    request    r HTTP 400\n"
        "    hint       look\n"
        "THROTTLED: busy\n"
        "    reference  /c\n"
        "    retry      may help"
    )
    assert (error.code, error.retryable, error.exit_status) == ("NOT_FOUND", False, 3)


def test_retry(fake: Fake) -> None:
    fake(answer([bad("/a", "THROTTLED", "busy", retryable=True)], status=5))
    error = error_of(["/a"])
    assert (error.code, error.retryable, error.exit_status) == ("THROTTLED", True, 5)


def test_failure_of_the_whole_run_is_told_once(fake: Fake) -> None:
    whole = {"code": "CONFIG", "message": "no provider", "retryable": False}
    fake(
        answer([bad("/a", "CONFIG", "no provider"), bad("/b", "INVALID_REF", "empty")], status=2, error=whole)
    )
    assert [(f.code, f.reference) for f in error_of(["/a", "/b"]).failures] == [
        ("CONFIG", ""),
        ("INVALID_REF", "/b"),
    ]
    fake(answer([], status=2, error=whole))
    assert [f.code for f in error_of(["/a", "/b"]).failures] == ["CONFIG"]


def test_binary_value(fake: Fake) -> None:
    fake(answer([ok("/a", "/w==", "base64")]))
    assert str(error_of(["/a"])).startswith(
        "NOT_UTF8: the secret is not text (om-secret-exec exit status 0)\n"
    )


@pytest.mark.parametrize(
    ("script", "want"),
    [
        (f"echo {SENTINEL}", "something that is not a response"),
        (f"""echo '{{"kind":"{SENTINEL}"}}'""", "something that is not a response"),
        (f"""echo '["{SENTINEL}"]'""", "something that is not a response"),
        (answer(None), "a response to something else"),
        (answer([]), "a response to something else"),
        (answer([ok("/other", SENTINEL)]), "a response to something else"),
        ("""echo '{"kind":"SecretResponse","items":[3]}'""", "a response to something else"),
        (answer([{"ref": "/a", "status": "ok"}]), "an answer without a value"),
        (answer([{"ref": "/a", "status": "error", "value": SENTINEL}]), "an answer without a value"),
    ],
)
def test_garbage(fake: Fake, script: str, want: str) -> None:
    fake(script)
    error = error_of(["/a"])
    assert f"INTERNAL: om-secret-exec get --json printed {want}" in str(error)


def test_silence(fake: Fake) -> None:
    fake("exit 0")
    assert error_of(["/a"]).code == "INTERNAL"
    fake("kill -KILL $$")
    assert error_of(["/a"]).exit_status == 137


def test_words_instead_of_a_response(fake: Fake) -> None:
    fake("echo 'om-secret-exec: error: there is no command \"get\"' >&2; exit 2")
    assert str(error_of(["/a"])) == 'CONFIG: there is no command "get" (om-secret-exec exit status 2)'

"""The real program with the file store: what a workflow becomes."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from om_secret_exec import SecretExecError, get, load, loads, resolve

if TYPE_CHECKING:
    from conftest import Fake, Store

HOME = "$HOME ${HOME} $$ $"

# Every character that some layer between the store and the caller treats apart.
AWKWARD = {
    "quotes": "'\"'\"`",
    "backslashes": "\\ \\n \\u0024 \\",
    "variables": HOME,
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "line ends": "\r\n\n\r\u0085\u2028\u2029 end",
    "blanks": "  both sides \t",
    "only a newline": "\n",
    "yaml": "a: b #c - [d] {e} &f *g !h |i >j %k @l",
    "no string": "0123",
    "date": "2024-01-01",
    "yes": "yes",
    "merge": "<<",
    "value": "=",
    "document": "---\n...\n",
    "bom": "\ufeffx\ufeff",
    "noncharacters": "\ufffe\uffff\ufdd0",
    "private": "\ue000",
    "astral": "\U0001f600\U0010ffff",
    "all planes": "".join(map(chr, range(0xE000, 0x110000, 251))),
    "latin": "".join(map(chr, range(0x20, 0x3000, 7))),
    "jinja": "{{ x }} {% y %}",
    "secret inside": "not secret:/a",
    "json": '{"a": [1, null]}',
    "long": "x" * 60_000,
}


@pytest.mark.parametrize("expand", [True, False])
@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_awkward_values(tmp_path: Path, store: Store, kind: str, expand: bool) -> None:  # noqa: FBT001
    store({f"/{i}": value for i, value in enumerate(AWKWARD.values())})
    document = {name: f"secret:/{i}" for i, name in enumerate(AWKWARD)}
    text = json.dumps(document) if kind == "json" else yaml.safe_dump(document)
    path = tmp_path / f"w.{kind}"
    path.write_text(text, encoding="utf-8")
    assert loads(text, expand=expand) == AWKWARD
    assert load(path, expand=expand) == AWKWARD
    resolved = resolve(text, expand=expand)
    assert (json.loads(resolved) if kind == "json" else yaml.safe_load(resolved)) == AWKWARD


def test_the_rest_stays_as_it_is(store: Store) -> None:
    store({"/a": "x"})
    text = "# é\r\na:   secret:/a   # why\r\nb: [1, 0x1F,  ~]\r\n"
    assert resolve(text) == text.replace("secret:/a", '"x"')
    assert loads(text) == {"a": "x", "b": [1, 31, None]}


def test_variables(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store({"/dev/a": "x"})
    monkeypatch.setenv("STAGE", "dev")
    text = "a: secret:/$STAGE/a\nb: $STAGE\n"
    path = tmp_path / "w.yml"
    path.write_text(text, encoding="utf-8")
    assert load(path) == {"a": "x", "b": "dev"}
    assert load(str(path), env={"STAGE": "dev"}) == {"a": "x", "b": "dev"}
    assert loads(text, expand=True) == {"a": "x", "b": "dev"}
    assert loads("b: $STAGE") == {"b": "$STAGE"}
    with pytest.raises(SecretExecError, match=r'NOT_FOUND: no secret "/\$STAGE/a"'):
        loads(text)


def test_json_is_read_as_json(store: Store) -> None:
    store({"/a": "x"})
    # Half a pair is no text for YAML, a tab no indentation, and 1e3 no number.
    text = '{\n\t"a": "secret:/a", "b": "\\ud83d\\ude00", "c": 1e3}'
    assert loads(text) == {"a": "x", "b": "\U0001f600", "c": 1000.0}
    assert loads('{"a": NaN}') == {"a": "NaN"}


def test_messages_name_the_file(tmp_path: Path, store: Store) -> None:
    store({"/prod/a": "x"})
    path = tmp_path / "wörk flow.yaml"
    path.write_text('x: {y: [1, secret:/prod/b]}\nz: "secret:"\n', encoding="utf-8")
    with pytest.raises(SecretExecError) as caught:
        load(path)
    first, second = caught.value.failures
    assert (first.code, first.where, first.path, first.reference) == (
        "NOT_FOUND",
        f"{path}:1:12",
        "x.y[1]",
        "secret:/prod/b",
    )
    assert first.hint == 'did you mean "/prod/a"?'
    assert first.store == f"file store {tmp_path}/secrets.json"
    assert (second.code, second.where) == ("INVALID_REF", f"{path}:2:4")
    assert caught.value.exit_status == 3


@pytest.mark.parametrize("name", ["w.YAML", "w", "w.toml", ".yaml"])
def test_suffix(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a: b", encoding="utf-8")
    with pytest.raises(SecretExecError) as caught:
        load(path)
    assert (caught.value.code, caught.value.exit_status) == ("DOCUMENT", None)
    assert str(caught.value) == (
        f"{path}: DOCUMENT: the name ends in {path.suffix or 'no suffix'!r}\n"
        "    hint       name it .yaml, .yml or .json"
    )


def test_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").mkdir()
    for name in ("d.yaml", "none.json"):
        with pytest.raises(SecretExecError, match="DOCUMENT: there is no such file"):
            load(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: !vault x", "(ConstructorError), line 1, column 4"),
        ("a: 2024-13-01", "(ValueError)"),
        ("a: " + "[" * 500 + "]" * 500, "nested too deeply"),
    ],
)
def test_yaml_that_only_the_program_can_read(store: Store, text: str, where: str) -> None:
    store({"/s": "S3NTINEL"})
    with pytest.raises(SecretExecError) as caught:
        loads(text + "\ns: secret:/s")
    assert where in str(caught.value)
    assert "S3NTINEL" not in str(caught.value)
    assert caught.value.__context__ is None


def test_json_that_only_the_program_can_read(tmp_path: Path, fake: Fake) -> None:
    path = tmp_path / "w.json"
    path.write_text("{}", encoding="utf-8")
    fake("echo '{\"a\": S3NTINEL}' | give")
    with pytest.raises(SecretExecError) as caught:
        load(path)
    assert "no JSON that Python can read, line 1, column 7" in str(caught.value)
    assert caught.value.__context__ is None
    fake("yes [ | tr -d '\\n' | head -c 500000 | give")
    with pytest.raises(SecretExecError, match="JSON that is nested too deeply"):
        load(path)


def test_text_that_is_no_utf8() -> None:
    with pytest.raises(SecretExecError) as caught:
        loads("a: \ud83d")
    assert caught.value.code == "DOCUMENT"
    assert caught.value.__context__ is None


def test_yaml_without_pyyaml(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store({"/a": "x"})
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert loads('{"a": "secret:/a"}') == {"a": "x"}
    with pytest.raises(SecretExecError) as caught:
        loads("a: secret:/a")
    assert str(caught.value) == (
        "CONFIG: PyYAML is needed to read YAML, and is not installed\n    hint       pip install PyYAML"
    )


def test_warnings_are_logged_without_values(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store({"/null": "null", "/line": "S3NTINEL\n"})
    with caplog.at_level(logging.DEBUG):
        loads("a: secret:/null\nb: secret:/line\nsecretsManagerProvider: file\n")
    assert {record.name for record in caplog.records} == {"om_secret_exec"}
    assert "<stdin>:1:4: the value is the text null" in caplog.text
    assert "S3NTINEL" not in caplog.text


def test_notes_are_logged_with_their_hint(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    fake("""echo '{"kind":"note","message":"n"}' >&2; echo '{"kind":"hint","message":"h"}' >&2; give""")
    with caplog.at_level(logging.INFO):
        loads("a: b")
    assert caplog.record_tuples == [("om_secret_exec", logging.INFO, "n (h)")]


def test_provider_that_is_none(store: Store) -> None:
    store({})
    with pytest.raises(SecretExecError) as caught:
        loads("a: secret:/x", provider="nonsense")
    assert (caught.value.code, caught.value.exit_status) == ("UNSUPPORTED_PROVIDER", 2)


def test_get(store: Store) -> None:
    store({f"/{i}": value for i, value in enumerate(AWKWARD.values())})
    want = dict(zip((f"secret:/{i}" for i in range(len(AWKWARD))), AWKWARD.values()))
    assert get(want) == want
    with pytest.raises(SecretExecError) as caught:
        get(["/0", "/nothing"])
    assert [(f.code, f.reference) for f in caught.value.failures] == [("NOT_FOUND", "/nothing")]


def test_import_is_cheap() -> None:
    """Importing loads nothing that is not in the standard library, and runs nothing."""
    script = (
        "import sys, om_secret_exec; "
        "print([m for m in ('yaml', 'airflow', 'metadata', 'importlib.metadata') if m in sys.modules])"
    )
    path = str(Path(__file__).parents[1] / "src")
    listed = subprocess.run(
        [sys.executable, "-S", "-c", script],
        env={"PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    assert listed.stdout == "[]\n"

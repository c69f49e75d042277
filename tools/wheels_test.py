"""The wheels and the sdist: their names, their insides, and that they install."""

import email
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import flit_core.buildapi
import packaging.tags
import packaging.utils
import packaging.version
import pytest
import testenv
import wheels

# The wheel of this machine is built; the others differ in Go's target and in tags.
HERE = f"{sys.platform}/{'arm64' if os.uname().machine in ('arm64', 'aarch64') else 'amd64'}"

# Runs in the environment that the package was installed into.
USE = """
import om_secret_exec
assert om_secret_exec.loads("a: secret:/a", provider="file") == {"a": "va$lue"}
print(om_secret_exec.__version__)
"""


def run(*command: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command without the variables of the shim's own tests."""
    base = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "OM_SECRET_EXEC_BINARY")}
    return subprocess.run([str(c) for c in command], env={**base, **env}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def build(root: Path, out: Path) -> tuple[Path, Path]:
    """Build this machine's wheel and the sdist of a checkout."""
    done = run(sys.executable, root / "tools" / "wheels.py", out, HERE)
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(wheels.ROOT, tmp_path_factory.mktemp("dist"))


@pytest.mark.parametrize(("described", "want"), [
    ("v1.2.3-0-gabc1234", "1.2.3"),
    ("v1.2.3-0-gabc1234-dirty", "1.2.4.dev0+gabc1234.dirty"),
    ("v1.2.3-4-gabc1234", "1.2.4.dev4+gabc1234"),
    ("v2-4-gabc1234", "3.dev4+gabc1234"),
    ("abc1234", "0.0.dev9+gabc1234"),
    ("abc1234-dirty", "0.0.dev9+gabc1234.dirty"),
])
def test_version(described: str, want: str) -> None:
    got = wheels.pep440(described, "9")
    assert got == want == str(packaging.version.Version(got))
    with pytest.raises(ValueError, match="is no version"):
        wheels.pep440("release-1-0-gabc1234", "9")


def test_tags_are_those_that_pip_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    from packaging import _musllinux

    monkeypatch.setattr(_musllinux, "_get_musl_version", lambda _: _musllinux._MuslVersion(1, 2))
    for arch, machine in (("amd64", "x86_64"), ("arm64", "aarch64")):
        assert set(wheels.PLATFORMS[f"linux/{arch}"]) & set(_musllinux.platform_tags([machine]))
    for arch, machine in (("amd64", "x86_64"), ("arm64", "arm64")):
        assert set(wheels.PLATFORMS[f"darwin/{arch}"]) & set(packaging.tags.mac_platforms((14, 0), machine))


def test_wheel(built: tuple[Path, Path]) -> None:
    name, version, _, tags = packaging.utils.parse_wheel_filename(built[0].name)
    assert name == "om-secret-exec"
    assert tags & set(packaging.tags.sys_tags())
    with zipfile.ZipFile(built[0]) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        contents = {name: archive.read(name) for name in entries}
    info = f"om_secret_exec-{version}.dist-info"
    script = f"om_secret_exec-{version}.data/scripts/om-secret-exec"
    assert {n for n, e in entries.items() if e.external_attr >> 16 & 0o111} == {script}
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/THIRD_PARTY.txt", "om_secret_exec/py.typed"} <= set(entries)
    terms = contents[f"{info}/licenses/THIRD_PARTY.txt"].decode()
    for name in ("Go: LICENSE", "github.com/aws/aws-sdk-go-v2 ", "github.com/spf13/cobra ", "k8s.io/client-go "):
        assert f"\n{name}" in terms
    rows = [row.split(",") for row in contents[f"{info}/RECORD"].decode().splitlines()]
    assert [row[0] for row in rows] == list(entries)
    for path, digest, size in rows[:-1]:
        assert (digest, int(size)) == (f"sha256={wheels.digest(contents[path])}", len(contents[path]))
    listed = {line.removeprefix("Tag: ") for line in contents[f"{info}/WHEEL"].decode().splitlines() if line.startswith("Tag")}
    assert listed == {str(tag) for tag in tags}


def test_judges(built: tuple[Path, Path]) -> None:
    for command in (("twine", "check", "--strict", *built), ("check_wheel_contents", built[0])):
        done = run(sys.executable, "-m", *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    hashes = []
    for name, zone in (("a", "UTC"), ("b", "Asia/Tokyo")):
        root = tmp_path / name
        assert run("git", "clone", "-q", "--no-hardlinks", wheels.ROOT, root).returncode == 0
        assert run("git", "-C", root, "fetch", "-q", "--tags", wheels.ROOT).returncode == 0
        out = tmp_path / f"dist-{name}"
        done = run("sh", "-c", 'umask $1; exec "$2" "$3" "$4" "$5"', "sh", "002" if name == "a" else "077",
                   sys.executable, root / "tools" / "wheels.py", out, HERE, TZ=zone)
        assert done.returncode == 0, done.stderr
        hashes.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in out.iterdir()})
    assert len(hashes[0]) == 2
    assert hashes[0] == hashes[1]


def environment(path: Path, *packages: Path) -> Path:
    """Make a virtual environment with packages and PyYAML; return its bin."""
    uv, env = testenv.interpreter("uv").parent / "uv", testenv.uv_environment()
    made = run(uv, "venv", "--python", sys.executable, path, **env)
    assert made.returncode == 0, made.stderr
    done = run(uv, "pip", "install", "--no-deps", "--no-index", "--python", path / "bin" / "python", *packages, **env)
    assert done.returncode == 0, done.stderr
    # PyYAML, which OpenMetadata brings: this environment's own.
    spec = importlib.util.find_spec("yaml")
    assert spec and spec.origin
    site = next(path.glob("lib/python3*/site-packages"))
    (site / "yaml").symlink_to(Path(spec.origin).parent)
    return path / "bin"


def store(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"/a": "va$lue"}), "utf-8")
    path.chmod(0o600)
    return {"OM_SECRET_EXEC_SECRETS_FILE": str(path)}


def test_wheel_installed(built: tuple[Path, Path], tmp_path: Path) -> None:
    bin_ = environment(tmp_path / "env", built[0])
    version = run(bin_ / "om-secret-exec", "version")
    assert version.stdout.startswith("om-secret-exec ")
    used = run(bin_ / "python", "-c", USE, **store(tmp_path))
    assert used.stdout.strip() == str(packaging.utils.parse_wheel_filename(built[0].name)[1]), used.stderr


def test_sdist_installed(built: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    source = next(tmp_path.glob("om_secret_exec-*"))
    monkeypatch.chdir(source)
    pure = tmp_path / flit_core.buildapi.build_wheel(str(tmp_path))
    assert pure.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(pure) as archive:
        flit = email.message_from_bytes(archive.read(next(n for n in archive.namelist() if n.endswith("/METADATA"))))
    ours = email.message_from_bytes((source / "PKG-INFO").read_bytes())
    for field in ("Name", "Version", "Summary", "Requires-Python", "License-Expression", "Keywords"):
        assert ours.get_all(field) == flit.get_all(field)
    assert ours.get_all("Classifier") == flit.get_all("Classifier")

    bin_ = environment(tmp_path / "env", pure)
    without = run(bin_ / "python", "-c", USE, PATH="/usr/bin:/bin", **store(tmp_path))
    assert "the program om-secret-exec is neither beside" in without.stderr
    with zipfile.ZipFile(built[0]) as archive:
        name = next(n for n in archive.namelist() if n.endswith("/scripts/om-secret-exec"))
        program = tmp_path / "path" / "om-secret-exec"
        program.parent.mkdir()
        program.write_bytes(archive.read(name))
        program.chmod(0o755)
    used = run(bin_ / "python", "-c", USE, PATH=f"{program.parent}:/usr/bin:/bin", **store(tmp_path))
    assert used.returncode == 0, used.stderr

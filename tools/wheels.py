#!/usr/bin/env python3
"""Build what PyPI gets: a wheel per platform that holds the program, and an sdist.

    wheels.py DIRECTORY [GOOS/GOARCH...]

The version is what git describe says of the checkout, as PEP 440 writes it. The
same commit, Go and zlib give the same bytes: files come from git's list, in its
order, with the commit's time (or SOURCE_DATE_EPOCH) and fixed modes. Python 3.11
or newer, git and Go; standard library only.
"""
import argparse
import base64
import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIM = ROOT / "python-shim"

# The tags that each platform's pip accepts. The program is static: glibc and musl
# systems run the same one. Go 1.26 needs macOS 12.
PLATFORMS = {
    "linux/amd64": ["manylinux2014_x86_64", "manylinux_2_17_x86_64", "musllinux_1_1_x86_64"],
    "linux/arm64": ["manylinux2014_aarch64", "manylinux_2_17_aarch64", "musllinux_1_1_aarch64"],
    "darwin/amd64": ["macosx_12_0_x86_64"],
    "darwin/arm64": ["macosx_12_0_arm64"],
}

THIRD_PARTY = "THIRD_PARTY.txt"

Files = list[tuple[str, bytes, int]]  # name in the archive, content, mode


def run(*command: str, **env: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def pep440(described: str, commits: str) -> str:
    """Return the version that `git describe --tags --always --long --dirty` means.

    v1.2.3-0-gHASH is 1.2.3; three commits later it is 1.2.4.dev3+gHASH, because it
    comes before the next release. Without a tag it is 0.0.dev and the number of
    commits.
    """
    tagged = re.fullmatch(r"v(\d+(?:\.\d+)*)-(\d+)-g([0-9a-f]+)(-dirty)?", described)
    untagged = re.fullmatch(r"([0-9a-f]+)(-dirty)?", described)
    if tagged:
        release, since, commit, dirty = tagged.groups()
        if since == "0" and not dirty:
            return release
        head, _, last = release.rpartition(".")
        version = f"{head}{'.' if head else ''}{int(last) + 1}.dev{since}"
    elif untagged:
        commit, dirty = untagged.groups()
        version = f"0.0.dev{commits}"
    else:
        raise ValueError(f"git describe says {described!r}, which is no version: tags are v1.2.3")
    return f"{version}+g{commit}{'.dirty' if dirty else ''}"


def metadata(version: str, *licences: str) -> bytes:
    """Return METADATA (PKG-INFO in the sdist), from pyproject.toml and README.md."""
    project = tomllib.loads((SHIM / "pyproject.toml").read_text("utf-8"))["project"]
    lines = ["Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {version}",
             f"Summary: {project['description']}", f"Keywords: {','.join(project['keywords'])}",
             f"Requires-Python: {project['requires-python']}", "Description-Content-Type: text/markdown",
             f"License-Expression: {project['license']}"]
    lines += [f"License-File: {name}" for name in [*project["license-files"], *licences]]
    lines += [f"Classifier: {name}" for name in project["classifiers"]]
    return "\n".join([*lines, "", (SHIM / project["readme"]).read_text("utf-8")]).encode()


def tracked(directory: Path) -> list[Path]:
    """Return the files below directory that git knows; a link is the file it leads to."""
    return [ROOT / name for name in sorted(run("git", "ls-files", str(directory)).splitlines())]


def program(platform: str, described: str) -> bytes:
    """Return the program for a platform, built with Go."""
    goos, _, goarch = platform.partition("/")
    target = ROOT / "build" / f"om-secret-exec-{goos}-{goarch}-{os.getpid()}"
    try:
        # No build cache of another's flags, and no path or time of this checkout.
        run("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w -X main.version={described}",
            "-o", str(target), "./cmd/om-secret-exec", CGO_ENABLED="0", GOOS=goos, GOARCH=goarch, GOFLAGS="",
            GOAMD64="v1", GOARM64="v8.0", GOWORK="off")
        return target.read_bytes()
    finally:
        target.unlink(missing_ok=True)


def notices(platform: str) -> bytes:
    """Return the licences and notices of all that is linked into the program."""
    goos, _, goarch = platform.partition("/")
    modules = run("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}",
                  "./cmd/om-secret-exec", CGO_ENABLED="0", GOOS=goos, GOARCH=goarch, GOFLAGS="", GOWORK="off")
    parts = {line for line in modules.splitlines() if line} | {f"Go\t{run('go', 'env', 'GOROOT')}"}
    text = ["The program om-secret-exec contains the software below, under these terms.\n"]
    for part in sorted(parts):
        name, _, directory = part.partition("\t")
        found = [path for path in sorted(Path(directory).iterdir())
                 if re.match("(licen[cs]e|notice|copying|patents)", path.name, re.IGNORECASE) and path.is_file()]
        if not found:
            raise ValueError(f"{name} has no licence that could be handed on")
        text += [f"\n{'=' * 80}\n{name}: {path.name}\n{'=' * 80}\n\n{path.read_text('utf-8').strip()}\n" for path in found]
    return "".join(text).encode()


def wheel_files(version: str, platform: str, described: str) -> Files:
    info = f"om_secret_exec-{version}.dist-info"
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in PLATFORMS[platform])
    package = SHIM / "src" / "om_secret_exec"
    files = [(str(path.relative_to(SHIM / "src")), path.read_bytes(), 0o644) for path in tracked(package)]
    files += [
        (f"om_secret_exec-{version}.data/scripts/om-secret-exec", program(platform, described), 0o755),
        (f"{info}/METADATA", metadata(version, THIRD_PARTY), 0o644),
        (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: om-secret-exec\nRoot-Is-Purelib: false\n{tags}".encode(), 0o644),
        (f"{info}/licenses/LICENSE", (SHIM / "LICENSE").read_bytes(), 0o644),
        (f"{info}/licenses/{THIRD_PARTY}", notices(platform), 0o644),
    ]
    files.sort()
    rows = [f"{name},sha256={digest(data)},{len(data)}" for name, data, _ in files]
    record = "\n".join([*rows, f"{info}/RECORD,,", ""])
    return [*files, (f"{info}/RECORD", record.encode(), 0o644)]  # last, as the format recommends


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")


def zipped(files: Files, epoch: int) -> bytes:
    """Return a zip archive of files. Its times have no zone, and begin in 1980."""
    out = io.BytesIO()
    date = time.gmtime(max(epoch, 315532800))[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data, mode in files:
            entry = zipfile.ZipInfo(name, date)
            entry.external_attr = (0o100000 | mode) << 16
            entry.create_system = 3  # Unix, whatever this is
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def sdist_files(version: str) -> Files:
    """Return the package's own tree: pure Python, with the version written in."""
    top = f"om_secret_exec-{version}"
    files = [(f"{top}/{path.relative_to(SHIM)}", path.read_bytes(), 0o644) for path in tracked(SHIM)]
    files = [(name, data.replace(b'\nversion = "0.0.0"\n', f'\nversion = "{version}"\n'.encode(), 1)
              if name == f"{top}/pyproject.toml" else data, mode) for name, data, mode in files]
    return sorted([*files, (f"{top}/PKG-INFO", metadata(version), 0o644)])


def tarred(files: Files, epoch: int) -> bytes:
    out = io.BytesIO()
    with (gzip.GzipFile("", "wb", 9, out, mtime=epoch) as packed,
          tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive):
        for name, data, mode in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), mode, epoch
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, help="where to write")
    parser.add_argument("platform", nargs="*", help=f"which wheels ({', '.join(PLATFORMS)}); without, all of them")
    args = parser.parse_args()
    unknown = set(args.platform) - set(PLATFORMS)
    if unknown:
        parser.error(f"no platform {', '.join(sorted(unknown))}")
    describe = ("git", "describe", "--tags", "--match=v[0-9]*", "--always", "--dirty")
    version = pep440(run(*describe, "--long"), run("git", "rev-list", "--count", "HEAD"))
    described = run(*describe)  # as make build has it
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct"))
    (ROOT / "build").mkdir(exist_ok=True)
    args.directory.mkdir(parents=True, exist_ok=True)
    archives = {f"om_secret_exec-{version}.tar.gz": tarred(sdist_files(version), epoch)}
    for platform in args.platform or PLATFORMS:
        name = f"om_secret_exec-{version}-py3-none-{'.'.join(sorted(PLATFORMS[platform]))}.whl"
        archives[name] = zipped(wheel_files(version, platform, described), epoch)
    for name, data in archives.items():
        (args.directory / name).write_bytes(data)
        print(f"{hashlib.sha256(data).hexdigest()}  {args.directory / name}")


if __name__ == "__main__":
    try:
        main()
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        sys.exit(f"wheels: error: {error}")

#!/usr/bin/env python3
"""Install what the integration tests need, once per machine and version.

    testenv.py [NAME...]      make the named environments, or all of them
    testenv.py --path NAME    print the program to run of one that is there
    testenv.py --lock [NAME]  write tools/testenv/NAME.txt anew from NAME.in
    testenv.py --fresh DIRECTORY NAME PACKAGE...
                              make a new virtual environment of nothing but these
                              packages and what they need, as NAME pins it, and
                              print its interpreter

An environment is a virtual environment in the user's cache directory, named
after a hash of its pins and of the Python version, so that all clones share it
and a changed pin makes a new one. The environment kube is a directory of Go
programs instead, built from the module in tools/kube. Its last step writes a stamp: what an
interrupted run left has none, and is made again. A lock file per environment
lets several clones start at once. Standard library only; no root, no stdin.
"""
import sys

if sys.version_info < (3, 11):
    sys.exit("testenv: Python 3.11 or newer is needed, this is %s: name one with PYTHON=... "
             "(make PYTHON=python3.12 test)" % sys.version.split()[0])

import argparse
import ast
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PINS = Path(__file__).resolve().parent / "testenv"
KUBE = Path(__file__).resolve().parent / "kube"

# The environments, with the range of Python versions that each works on.
ENVIRONMENTS = {
    "airflow2": ">=3.11,<3.13",  # Airflow 2.11 knows no newer Python
    "airflow3": ">=3.11,<3.14",
    "bao": ">=3.11",
    "containers": ">=3.11",
    "ministack": ">=3.11",
    "moto": ">=3.11",
    "om110": ">=3.11,<3.12",
    "om113": ">=3.11,<3.12",
    "plain": ">=3.11",
    "postgres": ">=3.11",
    "precommit": ">=3.11",
    "shim": ">=3.11",
    "shim-newest": ">=3.13",
    "shim-oldest": ">=3.9,<3.10",
}
NAMES = [*ENVIRONMENTS, "kube"]


class SetupError(Exception):
    """An environment cannot be made; the text says what to do."""


def cache_root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG rules say that a relative path is to be ignored.
    root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return root / "om-secret-exec"


def place(name: str) -> Path:
    """Return where an environment of the pins in this checkout belongs."""
    version, pins = platform.python_version(), [PINS / f"{name}.txt", PINS / f"{name}.override.txt"]
    if name == "kube":  # what Go builds is for a machine, and needs no Go afterwards
        version, pins = f"{platform.system()} {platform.machine()}", [KUBE / "go.mod", KUBE / "go.sum"]
    digest = hashlib.sha256(version.encode())
    for path in pins:
        if path.exists():
            digest.update(path.read_bytes())
    return cache_root() / f"{name}-{digest.hexdigest()[:16]}"


def interpreter(name: str) -> Path:
    return place(name) / "bin" / "python"


def program(name: str) -> Path:
    """Return what --path prints; other programs are in the same directory."""
    return place(name) / "bin" / "kube-apiserver" if name == "kube" else interpreter(name)


def ready(name: str) -> bool:
    # The interpreter is a link: one that leads nowhere (the machine's Python
    # was replaced) makes the environment as good as absent.
    return (place(name) / ".ready").exists() and os.access(program(name), os.X_OK)


@contextlib.contextmanager
def locked(target: Path) -> Iterator[None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{target}.lock", "w") as lock:
        # Children hold the lock as well: one that outlives a killed run must
        # not write into what the next run makes.
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that makes {target.name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    print(f"testenv: {text}", file=sys.stderr, flush=True)


def run(*command: object, env: dict[str, str] | None = None) -> None:
    """Run a command quietly; what it said becomes the error when it fails."""
    done = subprocess.run([str(c) for c in command], env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          close_fds=False)
    if done.returncode != 0:
        raise SetupError(f"{Path(str(command[0])).name} failed:\n{done.stdout.strip()}")


def ensure(name: str) -> None:
    """Make one environment unless it is there."""
    if ready(name):
        return
    with locked(place(name)):
        if ready(name):
            return
        build = {"uv": make_uv, "kube": make_kube}.get(name, make_packages)
        if build is make_packages:
            ensure("uv")
        say(f"making {name} (once per machine) ...")
        start = time.monotonic()
        shutil.rmtree(place(name), ignore_errors=True)
        build(name)
        (place(name) / ".ready").touch()
        say(f"{name} is ready after {time.monotonic() - start:.0f} s")


def make_uv(name: str) -> None:
    try:
        run(sys.executable, "-m", "venv", place(name))
    except SetupError as err:
        raise SetupError(f"{err}\n(Debian and Ubuntu: the package python3-venv is needed)") from err
    run(interpreter(name), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "-r", PINS / f"{name}.txt")


def make_packages(name: str) -> None:
    env = uv_environment()
    uv = interpreter("uv").parent / "uv"
    run(uv, "venv", "--python", choose_python(uv, name, env), place(name), env=env)
    run(uv, "pip", "install", "--python", interpreter(name), "--no-deps",
        "-r", PINS / f"{name}.txt", env=env)


def make_kube(name: str) -> None:
    """Build a Kubernetes API server and the etcd that it needs."""
    go = shutil.which("go")
    if not go:
        raise SetupError("Go is needed to build Kubernetes, and there is no go in PATH")
    # A go.work above this directory is about other modules.
    env = dict(os.environ, CGO_ENABLED="0", GOWORK="off")
    listed = subprocess.run([go, "list", "-C", KUBE, "-mod=readonly", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes"],
                            env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    version = listed.stdout.strip()
    if listed.returncode != 0:
        raise SetupError(f"go list failed:\n{listed.stderr.strip()}")
    say(f"building Kubernetes {version} and etcd from source: five to ten minutes, and 3 GB of build cache")
    # More than two compilers at once would need more memory than small machines have.
    build = [go, "build", "-C", KUBE, "-mod=readonly", "-p", "2", "-trimpath"]
    run(*build, "-ldflags=-s -w", "-o", place(name) / "bin" / "etcd", "go.etcd.io/etcd/server/v3", env=env)
    run(*build, f"-ldflags=-s -w -X k8s.io/component-base/version.gitVersion={version}",
        "-o", program(name), "k8s.io/kubernetes/cmd/kube-apiserver", env=env)


def choose_python(uv: Path, name: str, env: dict[str, str]) -> str:
    """Return the Python to use: this one when it fits, else one that uv finds.

    uv downloads a Python when the machine has none that fits.
    """
    wanted = ENVIRONMENTS[name]
    oldest, newest = oldest_python(name), wanted.partition("<")[2]
    if sys.version_info >= numbers(oldest) and (not newest or sys.version_info < numbers(newest)):
        return sys.executable
    try:
        run(uv, "python", "find", wanted, env=env)
    except SetupError:
        say(f"{name} needs Python {wanted}, this is {platform.python_version()}: "
            "asking uv for another one")
    return wanted


def make_fresh(directory: Path, name: str, packages: list[str]) -> Path:
    """Install packages into an environment of the caller's own; return its Python."""
    if not ready("uv"):
        raise SetupError("uv is not installed: run make test-env")
    env = uv_environment()
    uv, python = interpreter("uv").parent / "uv", directory / "bin" / "python"
    run(uv, "venv", "--python", choose_python(uv, name, env), directory, env=env)
    run(uv, "pip", "install", "--python", python, "--constraint", PINS / f"{name}.txt", *packages, env=env)
    return python


def oldest_python(name: str) -> str:
    return ENVIRONMENTS[name].removeprefix(">=").partition(",")[0]


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def pip_settings(env: dict[str, str]) -> dict[str, str]:
    """Return pip's effective settings: files and variables, by option name."""
    listed = subprocess.run([interpreter("uv"), "-m", "pip", "config", "list"], env=env,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    settings: dict[str, str] = {}
    # Increasing precedence, whatever the order in which pip lists them.
    for section in ("global.", "install.", ":env:."):
        for line in listed.stdout.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(section):
                settings[key.removeprefix(section)] = ast.literal_eval(value)
    return settings


def uv_environment() -> dict[str, str]:
    """Return the environment for uv, which does not read pip's settings.

    Whoever needs an index, a proxy or a CA of their own has told pip so. A
    variable of uv's own wins over the translation.
    """
    env = dict(os.environ)
    pip = pip_settings(env)
    translated = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(pip.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(pip.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": pip.get("timeout", pip.get("default-timeout", "")),
        "SSL_CERT_FILE": pip.get("cert", ""),
        "HTTPS_PROXY": pip.get("proxy", ""),
        # pip takes the best version of all indexes, uv that of the first.
        "UV_INDEX_STRATEGY": "unsafe-best-match" if pip.get("extra-index-url") else "",
    }
    if pip.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        translated["UV_NO_INDEX"] = "1"
    for key, value in translated.items():
        if value and not env.get(key):
            env[key] = value
    # An active virtual environment is nobody's business here.
    for key in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        env.pop(key, None)
    env["UV_NO_PROGRESS"] = "1"
    # pyenv shows uv only the version that is active.
    pyenv = Path(env.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin")
    env["PATH"] = os.pathsep.join([env.get("PATH", os.defpath), *map(str, sorted(pyenv, reverse=True))])
    return env


def lock(name: str) -> None:
    """Resolve NAME.in to NAME.txt, for every Python version at once."""
    ensure("uv")
    command: list[object] = [
        interpreter("uv").parent / "uv", "pip", "compile", "--quiet", "--universal",
        "--python-version", oldest_python(name), "--no-header", "--no-annotate", "--upgrade",
        PINS / f"{name}.in", "-o", PINS / f"{name}.txt"]
    override = PINS / f"{name}.override.txt"
    if override.exists():
        command += ["--override", override]
    run(*command, env=uv_environment())
    say(f"wrote {PINS.name}/{name}.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="*", help=", ".join(NAMES))
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--path", action="store_true", help="print the program to run, make nothing")
    mode.add_argument("--lock", action="store_true", help="write the pins of all packages anew")
    mode.add_argument("--fresh", type=Path, metavar="DIRECTORY",
                      help="make an environment there, of the packages after the one name")
    args = parser.parse_args()
    names = list(ENVIRONMENTS) if args.lock else NAMES  # go.sum is the lock of kube
    packages: list[str] = []
    if args.fresh:
        if len(args.name) < 2:
            parser.error("--fresh needs a name and packages")
        packages, args.name = args.name[1:], args.name[:1]
        names = list(ENVIRONMENTS)
    unknown = set(args.name) - set(names)
    if unknown:
        parser.error(f"no environment {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    for name in args.name or names:
        if args.lock:
            lock(name)
        elif args.fresh:
            print(make_fresh(args.fresh, name, packages))
        elif not args.path:
            ensure(name)
        elif ready(name):
            print(program(name))
        else:
            raise SetupError(f"{name} is not installed: run make test-env")


if __name__ == "__main__":
    try:
        main()
    except (SetupError, OSError) as error:
        sys.exit(f"testenv: error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

#!/usr/bin/env python3
"""Install what the integration tests need, once per machine and version.

    testenv.py [NAME...]      make the named environments, or all of them
    testenv.py --path NAME    print the Python interpreter of one that is there
    testenv.py --lock [NAME]  write tools/testenv/NAME.txt anew from NAME.in

An environment is a virtual environment in the user's cache directory, named
after a hash of its pins and of the Python version, so that all clones share it
and a changed pin makes a new one. Its last step writes a stamp: what an
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

# The environments, with the range of Python versions that each works on.
ENVIRONMENTS = {
    "airflow2": ">=3.11,<3.13",  # Airflow 2.11 knows no newer Python
    "airflow3": ">=3.11,<3.14",
    "ministack": ">=3.11",
    "moto": ">=3.11",
    "plain": ">=3.11",
}


class SetupError(Exception):
    """An environment cannot be made; the text says what to do."""


def cache_root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG rules say that a relative path is to be ignored.
    root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return root / "om-secret-exec"


def place(name: str) -> Path:
    """Return where an environment of the pins in this checkout belongs."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in [PINS / f"{name}.txt", PINS / f"{name}.override.txt"]:
        if path.exists():
            digest.update(path.read_bytes())
    return cache_root() / f"{name}-{digest.hexdigest()[:16]}"


def interpreter(name: str) -> Path:
    return place(name) / "bin" / "python"


def ready(name: str) -> bool:
    # The interpreter is a link: one that leads nowhere (the machine's Python
    # was replaced) makes the environment as good as absent.
    return (place(name) / ".ready").exists() and os.access(interpreter(name), os.X_OK)


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
        build = make_uv if name == "uv" else make_packages
        if name != "uv":
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


def choose_python(uv: Path, name: str, env: dict[str, str]) -> str:
    """Return the Python to use: this one when it fits, else one that uv finds.

    uv downloads a Python when the machine has none that fits.
    """
    wanted = ENVIRONMENTS[name]
    newest = wanted.partition("<")[2]
    if not newest or sys.version_info < tuple(int(part) for part in newest.split(".")):
        return sys.executable
    try:
        run(uv, "python", "find", wanted, env=env)
    except SetupError:
        say(f"{name} needs Python {wanted}, this is {platform.python_version()}: "
            "asking uv for another one")
    return wanted


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
    return env


def lock(name: str) -> None:
    """Resolve NAME.in to NAME.txt, for every Python version at once."""
    ensure("uv")
    command: list[object] = [
        interpreter("uv").parent / "uv", "pip", "compile", "--quiet", "--universal",
        "--python-version", "3.11", "--no-header", "--no-annotate", "--upgrade",
        PINS / f"{name}.in", "-o", PINS / f"{name}.txt"]
    override = PINS / f"{name}.override.txt"
    if override.exists():
        command += ["--override", override]
    run(*command, env=uv_environment())
    say(f"wrote {PINS.name}/{name}.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="*", help=", ".join(ENVIRONMENTS))
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--path", action="store_true", help="print the interpreter, make nothing")
    mode.add_argument("--lock", action="store_true", help="write the pins of all packages anew")
    args = parser.parse_args()
    unknown = set(args.name) - set(ENVIRONMENTS)
    if unknown:
        parser.error(f"no environment {', '.join(sorted(unknown))}; there are {', '.join(ENVIRONMENTS)}")
    for name in args.name or ENVIRONMENTS:
        if args.lock:
            lock(name)
        elif not args.path:
            ensure(name)
        elif ready(name):
            print(interpreter(name))
        else:
            raise SetupError(f"{name} is not installed: run make test-env")


if __name__ == "__main__":
    try:
        main()
    except (SetupError, OSError) as error:
        sys.exit(f"testenv: error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

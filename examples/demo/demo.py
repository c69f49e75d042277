"""Show om-secret-exec at work, on the workflow beside this file.

Run it with `make demo`. It makes a store in which every value is encrypted with
Fernet, resolves the workflow, shows what changed with the values masked, then
breaks two references and shows what is said about them. Nothing outlives it.
Standard library only; the values are made up in every run.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
RED, GREEN, BOLD = "31", "32", "1"


def main(binary: str) -> int:
    """Run the demonstration with the program at the path binary."""
    with tempfile.TemporaryDirectory(prefix="om-secret-exec-demo-") as directory:
        return Demo(binary, Path(directory)).run()


class Demo:
    """One run: a store, a workflow, and the program."""

    def __init__(self, binary: str, directory: Path) -> None:
        """Prepare a run in directory, which is removed after it."""
        self.binary, self.directory = binary, directory
        # The visitor's own settings are none of the demonstration's.
        theirs = {n: v for n, v in os.environ.items() if not n.startswith(("OM_SECRET_EXEC_", "FERNET_"))}
        self.env = theirs | {
            "OM_SECRET_EXEC_SECRETS_FILE": str(directory / "secrets.json"),
            "SNOWFLAKE_ACCOUNT": "xy12345.eu-central-1",
        }
        self.env["FERNET_KEY"] = self.fernet("keygen")

    def run(self) -> int:
        """Show the good case and the bad one."""
        values = self.make_store()
        workflow = HERE / "snowflake.yaml"

        title("A workflow with references, and a store where every value is encrypted")
        print((self.directory / "secrets.json").read_text()[:240] + "...")

        title("om-secret-exec resolve snowflake.yaml (values masked here, not in its output)")
        good = self.resolve(workflow)
        if good.returncode != 0:
            print(good.stderr)
            return 1
        show_diff(workflow.read_text(), mask(good.stdout, values))
        leaked = [name for name, value in values.items() if value in good.stderr]

        title("The same with a misspelt id and a field that is not there")
        broken = self.directory / "broken.yaml"
        text = workflow.read_text()
        text = text.replace("/prod/snowflake/passphrase", "/prod/snowflake/pasphrase")
        broken.write_text(text.replace("#password", "#pasword"))
        bad = self.resolve(broken)
        print(bad.stderr.replace(str(broken), broken.name), end="")
        print(f"exit code {bad.returncode}, {len(bad.stdout)} bytes on standard output")
        return 0 if bad.returncode == 3 and not bad.stdout and not leaked else 1

    def make_store(self) -> dict[str, str]:
        """Write the encrypted store; return the values that must not be seen."""
        values = {
            "user": "svc_" + secrets.token_hex(4),
            "password": "p$ss'" + secrets.token_urlsafe(12) + '"é',
            "key": "-----BEGIN PRIVATE KEY-----\n" + secrets.token_hex(24) + "\n-----END PRIVATE KEY-----",
            "passphrase": secrets.token_urlsafe(16),
            "jwt": "eyJ" + secrets.token_urlsafe(40),
        }
        plain = {
            "/prod/snowflake": json.dumps({"user": values["user"], "password": values["password"]}),
            "/prod/snowflake/private-key": values["key"],
            "/prod/snowflake/passphrase": values["passphrase"],
            "/openmetadata/bot/ingestion-bot/config/jwttoken": values["jwt"],
        }
        encrypted = {name: self.fernet("encrypt", value) for name, value in plain.items()}
        store = self.directory / "secrets.json"
        store.touch(mode=0o600)
        store.write_text(json.dumps(encrypted, indent=2))
        return values

    def fernet(self, command: str, value: str = "") -> str:
        """Run one of the program's fernet commands; values go in by a pipe."""
        done = subprocess.run(
            [self.binary, "fernet", command],
            env=self.env, input=value, check=True, capture_output=True, encoding="utf-8",
        )
        return done.stdout.strip()

    def resolve(self, workflow: Path) -> subprocess.CompletedProcess[str]:
        """Run the program as a user would."""
        command = [self.binary, "resolve", str(workflow)]
        return subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
        )


def mask(text: str, values: dict[str, str]) -> str:
    """Replace each value that stands in the output as a quoted string."""
    names = {value: name for name, value in values.items()}

    def hide(quoted: re.Match[str]) -> str:
        value = json.loads(quoted[0])
        return f'"<{names[value]}: {len(value)} characters>"' if value in names else quoted[0]

    return re.sub(r'"(?:[^"\\]|\\.)*"', hide, text)


def show_diff(before: str, after: str) -> None:
    """Print what changed, as diff -u does."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "snowflake.yaml", "resolved", lineterm="", n=1
    )
    for line in lines:
        print(paint(line, {"-": RED, "+": GREEN}.get(line[0])))


def title(text: str) -> None:
    """Print a heading."""
    print("\n" + paint(text, BOLD), flush=True)


def paint(text: str, colour: str | None) -> str:
    """Colour text if the terminal shows colours."""
    return f"\x1b[{colour}m{text}\x1b[0m" if COLOUR and colour else text


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

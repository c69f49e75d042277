"""What tasks of real Airflows receive and log.

The Airflows are those of tools/testenv.py, the program is OM_SECRET_EXEC_BINARY, or
build/om-secret-exec. These tests take minutes: the name of this file keeps it out
of the package's quick ones. Run it by name:

    pytest tests/airflow/real_airflow.py
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BINARY = os.environ.get("OM_SECRET_EXEC_BINARY") or str(ROOT / "build" / "om-secret-exec")

DB = "S3NTINEL p@ss\"w'ö$HOME €1😀"
PEM = "-----BEGIN S3NTINEL-----\nabcdefghijklmnop\nqrstuvwx\n-----END S3NTINEL-----\n"
CONNECTION = f"postgres://user:{quote(DB, safe='')}@db.example:5432/shop"
FERNET_KEY = base64.urlsafe_b64encode(b"S3NTINEL" * 4).decode()

# Counts its runs, and is refused some secrets, and is late with others.
PROGRAM = """\
#!/bin/sh
input=$(cat; echo .)
printf '%s\\n' "${input%.}" >> "$TEST_HOME/calls"
case "$input" in
*om_denied*)
    printf '%s' '{"apiVersion":"om-secret-exec/v1","kind":"SecretResponse","status":{"ok":false},"items":[
    {"index":0,"ref":"secret:airflow/variables/om_denied","status":"error","error":
    {"code":"PERMISSION_DENIED","message":"the store refused","hint":"grant it","retryable":false}}]}'
    exit 4 ;;
esac
if [ "$0" = "$TEST_HOME/flaky" ] && ! [ -e "$TEST_HOME/late" ]; then
    touch "$TEST_HOME/late"
    echo '{"kind":"error","message":"no answer","code":"UNAVAILABLE","where":"<stdin>:5:17",
    "retryable":true}' | tr -d '\\n' >&2
    exit 5
fi
printf '%s' "${input%.}" | exec "$TEST_BINARY" "$@"
"""


class Airflow:
    """An AIRFLOW_HOME with a database, and the DAGs of this directory."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.home = home
        found = subprocess.run(
            [sys.executable, str(ROOT / "tools" / "testenv.py"), "--path", name],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        self.python = found.stdout.strip()
        (home / "secrets.json").touch(mode=0o600)
        (home / "secrets.json").write_text(
            json.dumps(
                {
                    "/team/db": DB,
                    "/team/pem": PEM,
                    "airflow/connections/om_pg": CONNECTION,
                    "airflow/variables/om_pem": PEM,
                    "airflow/config/fernet": FERNET_KEY,
                }
            )
        )
        for program in ("flaky", "program"):
            (home / program).write_text(PROGRAM)
            (home / program).chmod(0o755)
        (home / "config").mkdir()
        (home / "config" / "airflow_local_settings.py").write_text(
            "from om_secret_exec.airflow import apply_policy\n"
            "def task_policy(task):\n    if task.dag_id == 'policy':\n        apply_policy(task)\n"
        )
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PYTHONPATH": f"{ROOT / 'python-shim' / 'src'}:{home / 'config'}",
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(HERE / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "OM_SECRET_EXEC_BINARY": BINARY,
            "OM_SECRET_EXEC_PROVIDER": "file",
            "OM_SECRET_EXEC_SECRETS_FILE": str(home / "secrets.json"),
            "TEST_HOME": str(home),
            "TEST_BINARY": BINARY,
            "TEST_FLAKY": str(home / "flaky"),
            "TEST_DAG_FILE": "tasks.py",
            "TEST_DB_SHA256": hashlib.sha256(DB.encode()).hexdigest(),
            "TEST_PEM_SHA256": hashlib.sha256(PEM.encode()).hexdigest(),
        }
        self.run("-m", "airflow", "db", "migrate")

    def run(self, *arguments: str, **env: str) -> str:
        """Run this Python and return what it printed."""
        done = subprocess.run(
            [self.python, *arguments],
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            cwd=self.home,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def dags(self, *dag_ids: str, **env: str) -> Results:
        """Run DAGs to their end."""
        output = self.run(str(HERE / "run_dag.py"), *dag_ids, **env)
        results = next(line for line in output.splitlines() if line.startswith("RESULTS "))
        return Results(output, json.loads(results.partition(" ")[2]))


class Results:
    """What became of tasks, by name."""

    def __init__(self, output: str, tasks: dict[str, Any]) -> None:
        self.output = output
        self.tasks = tasks

    def states(self, dag_id: str) -> dict[str, tuple[str, int]]:
        """Return state and number of tries by task."""
        return {n: (t["state"], t["tries"]) for n, t in self.tasks.items() if n.startswith(f"{dag_id}.")}

    def log(self, task: str) -> str:
        """Return all logs of a task, as Airflow would show them."""
        texts = [Path(log).read_text(encoding="utf-8") for log in self.tasks[task]["logs"]]
        lines = [line for text in texts for line in text.splitlines()]
        # Airflow 3 writes a JSON object a line.
        return "\n".join(_event(line) for line in lines)


def _event(line: str) -> str:
    try:
        record = json.loads(line)
    except ValueError:
        return line
    if not isinstance(record, dict):
        return line
    details = [f"{d['exc_type']}: {d['exc_value']}" for d in record.get("error_detail") or ()]
    return "\n".join([str(record.get("event")), *details])


@pytest.fixture(scope="module", params=["airflow2", "airflow3"])
def airflow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Return each Airflow, with a home of its own."""
    return Airflow(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def hooks(airflow: Airflow) -> Results:
    """Run the DAGs that resolve what their tasks are given."""
    return airflow.dags("hooks", "wrong", "retried", "policy")


@pytest.fixture(scope="module")
def lookups(airflow: Airflow) -> Results:
    """Run the DAG that asks the secrets backend."""
    return airflow.dags(
        "lookups",
        OM_SECRET_EXEC_BINARY=str(airflow.home / "program"),
        AIRFLOW__SECRETS__BACKEND="om_secret_exec.airflow.SecretsBackend",
        AIRFLOW__SECRETS__BACKEND_KWARGS=json.dumps(
            {"connections_lookup_pattern": "om_", "variables_lookup_pattern": "om_", "from_the_future": 1}
        ),
        AIRFLOW__CORE__FERNET_KEY_SECRET="fernet",  # noqa: S106 - its name in the store
        AIRFLOW_VAR_OM_MISSING="from the environment",
        AIRFLOW_VAR_OM_DENIED="another value",
        AIRFLOW_VAR_OTHER="not asked for",
    )


def test_every_way_to_hand_a_workflow_over_gets_the_values(hooks: Results) -> None:
    names = (
        "text", "parsed", "bash", "elsewhere", "mapped[0]", "mapped[1]",
        "flow", "flow_hook", "flow_mapped[0]", "flow_mapped[1]", "flow_elsewhere",
    )  # fmt: skip
    assert hooks.states("hooks") == {f"hooks.{name}": ("success", 1) for name in names}, hooks.output


def test_a_hook_that_was_there_runs_first(hooks: Results) -> None:
    log = hooks.log("hooks.text")
    assert log.index("the hook that was there ran before source:") < log.index(
        "resolved the secret references in op_kwargs.config"
    )


@pytest.mark.parametrize(
    "task", ["text", "parsed", "bash", "elsewhere", "mapped[1]", "flow", "flow_mapped[0]"]
)
def test_a_log_holds_stars_in_the_place_of_values(hooks: Results, task: str) -> None:
    log = hooks.log(f"hooks.{task}")
    assert "***" in log
    assert "S3NTINEL" not in log
    assert not [form for value in (DB, PEM) for form in in_logs(value) if form in log]


def in_logs(value: str) -> list[str]:
    """Return the forms in which the tasks log a value."""
    return [
        value,
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        quote(value, safe=""),
        base64.b64encode(value.encode()).decode().rstrip("="),
    ]


def test_a_wrong_reference_fails_the_task_once_with_our_words(hooks: Results) -> None:
    assert hooks.states("wrong") == {"wrong.wrong": ("failed", 1)}
    log = hooks.log("wrong.wrong")
    assert 'AirflowFailException: op_kwargs.config:5:17: NOT_FOUND: no secret "/team/typo"' in log
    assert "hint       add the id to the file, or mend the reference" in log
    assert "resolved the secret references" not in log


def test_what_a_retry_may_mend_is_retried(hooks: Results) -> None:
    assert hooks.states("retried") == {"retried.retried": ("success", 2)}
    assert "SecretExecError: op_kwargs.config:5:17: UNAVAILABLE: no answer" in hooks.log("retried.retried")


def test_the_policy_attaches_the_hook(hooks: Results) -> None:
    names = ("attached", "attached_mapped[0]", "attached_flow", "attached_flow_mapped[0]")
    assert hooks.states("policy") == {f"policy.{name}": ("success", 1) for name in names}, hooks.output
    log = hooks.log("policy.attached")
    assert log.index("the hook that was there") < log.index("resolved the secret references")


def test_no_value_stays_in_airflows_home(hooks: Results, lookups: Results, airflow: Airflow) -> None:
    files = [f for f in airflow.home.rglob("*") if f.is_file() and f.name != "secrets.json"]
    assert any(f.name == "airflow.db" for f in files)
    assert [str(f) for f in files if b"S3NTINEL" in f.read_bytes()] == []
    assert "S3NTINEL" not in hooks.output
    assert "S3NTINEL" not in lookups.output


def test_the_backend_answers_connections_and_variables(lookups: Results) -> None:
    assert lookups.tasks["lookups.asks"]["state"] == "success", lookups.log("lookups.asks")
    assert "***" in lookups.log("lookups.asks")


def test_the_backend_asks_the_store_once_for_each_secret_of_a_task(
    lookups: Results, airflow: Airflow
) -> None:
    assert lookups.tasks
    calls = [json.loads(line)["spec"]["refs"] for line in (airflow.home / "calls").read_text().splitlines()
             if line.startswith('{"apiVersion"')]  # fmt: skip
    asked = [ref["ref"] for refs in calls for ref in refs if "fernet" not in ref["ref"]]
    # One task asks three times for each, and for "other", which does not match. What
    # nobody has, Airflow 3 asks its API server for, which has a backend of its own.
    assert sorted(asked) == [
        "secret:airflow/connections/om_pg",
        "secret:airflow/variables/om_denied",
        "secret:airflow/variables/om_missing",
        *["secret:airflow/variables/om_none"] * (1 if airflow.name == "airflow2" else 2),
        "secret:airflow/variables/om_pem",
    ]


def test_a_refusal_ends_the_search_where_airflow_can(airflow: Airflow, lookups: Results) -> None:
    log = lookups.log("lookups.denied")
    assert "PERMISSION_DENIED: the store refused" in log
    if airflow.name == "airflow2":
        assert "answer: another value" in log
    else:
        assert lookups.tasks["lookups.denied"]["state"] == "failed"
        assert "another value" not in log


def test_the_backend_answers_while_airflow_is_imported(airflow: Airflow) -> None:
    env = {
        "AIRFLOW__SECRETS__BACKEND": "om_secret_exec.airflow.SecretsBackend",
        "AIRFLOW__CORE__FERNET_KEY_SECRET": "fernet",
    }
    program = "from airflow.configuration import conf; import sys; "
    program += "assert conf.get('core', 'fernet_key') == sys.argv[1]"
    airflow.run("-c", program, FERNET_KEY, **env)

# ruff: noqa: T201, DTZ001, N813 - a DAG file whose tasks print
# mypy: disable-error-code="import-not-found, import-untyped, untyped-decorator, attr-defined"
"""DAGs for the tests: each task fails unless it received the values, and logs them."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import ExternalPythonOperator, PythonOperator
    from airflow.sdk import DAG, Variable, task
    from airflow.sdk import BaseHook as hook
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task
    from airflow.hooks.base import BaseHook as hook
    from airflow.models import Variable
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import ExternalPythonOperator, PythonOperator

from om_secret_exec.airflow import resolve_workflow, resolves

TEXT = """\
source:
  serviceConnection:
    config:
      username: openmetadata
      password: secret:/team/db  # kept
  lines: secret:/team/pem
workflowConfig:
  openMetadataServerConfig:
    secretsManagerProvider: aws
"""
PARSED = {
    "source": {"password": "secret:/team/db", "lines": "secret:/team/pem", "since": datetime(2026, 1, 1)},
    "workflowConfig": {"openMetadataServerConfig": {"secretsManagerProvider": "aws"}},
}
WRONG = TEXT.replace("/team/db", "/team/typo")
# The digests of the values: a DAG file does not hold them.
DB, PEM = os.environ["TEST_DB_SHA256"], os.environ["TEST_PEM_SHA256"]


def received(*values: tuple[str, str]) -> None:
    """Log values in every form that is masked, and fail unless they have these digests."""
    import base64
    from urllib.parse import quote

    log = logging.getLogger("airflow.task")
    for value, digest in values:
        for form in (value, json.dumps(value), repr(value), quote(value, safe="")):
            log.info("logged %s", form)
            print("printed", form)
        print(base64.b64encode(value.encode()).decode())
        if hashlib.sha256(value.encode()).hexdigest() != digest:
            raise AssertionError("not the value")


def use_text(config: str) -> None:
    import yaml

    print(config)
    read = yaml.safe_load(config)
    received((read["source"]["serviceConnection"]["config"]["password"], DB), (read["source"]["lines"], PEM))


def use_parsed(config: dict[str, Any], password: str, plain: str = "untouched") -> None:
    print(config)
    assert config["source"]["since"] == datetime(2026, 1, 1)
    assert plain == "untouched"
    received((config["source"]["password"], DB), (config["source"]["lines"], PEM), (password, DB))


def use_elsewhere(password: str, digest: str) -> None:
    import hashlib

    print("elsewhere", password)
    assert hashlib.sha256(password.encode()).hexdigest() == digest


def note(context: Any) -> None:
    print("the hook that was there ran before", context["task"].op_kwargs["config"][:7])


DEFAULT = "default" if hook.__module__.startswith("airflow.sdk") else "default_var"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)

with DAG("hooks", start_date=START, schedule="@daily", catchup=False):
    PythonOperator(
        task_id="text",
        python_callable=use_text,
        op_kwargs={"config": TEXT},
        pre_execute=resolve_workflow(op_kwargs="config", after=note),
    )
    PythonOperator(
        task_id="parsed",
        python_callable=use_parsed,
        op_kwargs={"config": PARSED, "password": "secret:/team/db"},
        pre_execute=resolve_workflow(),
    )
    BashOperator(
        task_id="bash",
        bash_command='echo "in bash: $PASSWORD"; test "$(printf %s "$PASSWORD" | sha256sum)" = "$DIGEST  -"',
        env={"PASSWORD": "secret:/team/db", "DIGEST": DB, "PATH": os.environ["PATH"]},
        do_xcom_push=False,  # it would push the last line of the output
        pre_execute=resolve_workflow(env="PASSWORD"),
    )
    ExternalPythonOperator(
        task_id="elsewhere",
        python=sys.executable,
        python_callable=use_elsewhere,
        op_kwargs={"password": "secret:/team/db", "digest": DB},
        expect_airflow=False,
        pre_execute=resolve_workflow(op_kwargs="password"),
    )
    PythonOperator.partial(task_id="mapped", python_callable=use_text, pre_execute=resolve_workflow()).expand(
        op_kwargs=[{"config": TEXT}, {"config": TEXT.replace("openmetadata", "other")}]
    )

    @task
    @resolves("config")
    def flow(config: str) -> None:
        use_text(config)

    flow(TEXT)

    @task(pre_execute=resolve_workflow())
    def flow_hook(config: str) -> None:
        use_text(config)

    flow_hook(TEXT)

    @task
    @resolves("config")
    def flow_mapped(config: str) -> None:
        use_text(config)

    flow_mapped.expand(config=[TEXT, TEXT])

    @task.external_python(
        python=sys.executable, expect_airflow=False, pre_execute=resolve_workflow(op_args=0)
    )
    def flow_elsewhere(password: str, digest: str) -> None:
        import hashlib

        print("elsewhere", password)
        assert hashlib.sha256(password.encode()).hexdigest() == digest

    flow_elsewhere("secret:/team/db", DB)

with DAG("wrong", start_date=START, schedule="@daily", catchup=False):
    PythonOperator(
        task_id="wrong",
        python_callable=use_text,
        op_kwargs={"config": WRONG},
        retries=3,
        retry_delay=timedelta(seconds=1),
        pre_execute=resolve_workflow(op_kwargs="config"),
    )

with DAG("retried", start_date=START, schedule="@daily", catchup=False):
    PythonOperator(
        task_id="retried",
        python_callable=use_text,
        op_kwargs={"config": TEXT},
        retries=3,
        retry_delay=timedelta(seconds=1),
        pre_execute=resolve_workflow(op_kwargs="config", binary=os.environ["TEST_FLAKY"]),
    )

# Nothing here names the package: airflow_local_settings attaches the hook.
with DAG("policy", start_date=START, schedule="@daily", catchup=False):
    PythonOperator(task_id="attached", python_callable=use_text, op_kwargs={"config": TEXT}, pre_execute=note)
    PythonOperator.partial(task_id="attached_mapped", python_callable=use_text).expand(
        op_kwargs=[{"config": TEXT}]
    )

    @task
    def attached_flow(config: str) -> None:
        use_text(config)

    attached_flow(TEXT)
    attached_flow.override(task_id="attached_flow_mapped").expand(config=[TEXT])

# What the secrets backend answers, and what it leaves to others.
with DAG("lookups", start_date=START, schedule="@daily", catchup=False):

    @task
    def asks() -> None:
        for _ in range(3):
            connection = hook.get_connection("om_pg")
            received((connection.password, DB))
            received((Variable.get("om_pem"), PEM))
            assert Variable.get("om_missing") == "from the environment"
            assert Variable.get("other") == "not asked for"
            assert Variable.get("om_none", **{DEFAULT: None}) is None

    asks()

    @task
    def denied() -> None:
        print("answer:", Variable.get("om_denied"))

    denied()

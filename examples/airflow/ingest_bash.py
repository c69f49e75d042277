"""Ingestion by the command `metadata`.

om-secret-exec resolves the file and then becomes the command, which reads the
resolved document from memory, where {} stands. No file system holds it, and
signals, output and exit status are those of the command.

Airflow never has the values here, so it could not mask them in the command's
output; `metadata` does not print them. Nor can the command tell Airflow that
another try is of no use (exit status 3, in the log), so there is none.
"""

import shlex
from datetime import datetime
from pathlib import Path

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.bash import BashOperator

WORKFLOW = Path(__file__).with_name("warehouse.yaml")

with DAG("ingest_bash", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    BashOperator(
        task_id="ingest",
        bash_command=f"om-secret-exec exec {shlex.quote(str(WORKFLOW))} -- metadata ingest -c {{}}",
        retries=0,
        do_xcom_push=False,
    )

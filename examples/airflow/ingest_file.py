"""Ingestion by a callable that reads a workflow file of the worker.

load reads a file as `metadata ingest -c` does: variables in it
($NAME) are expanded, and its references resolved.
"""

from datetime import datetime
from pathlib import Path

try:
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.python import PythonOperator

from om_secret_exec.airflow import load

WORKFLOW = Path(__file__).with_name("warehouse.yaml")


def ingest():
    from metadata.workflow.metadata import MetadataWorkflow

    workflow = MetadataWorkflow.create(load(WORKFLOW))
    workflow.execute()
    workflow.raise_from_status()
    workflow.print_status()
    workflow.stop()


with DAG("ingest_file", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    PythonOperator(task_id="ingest", python_callable=ingest)

"""Ingestion in a Python environment of its own.

OpenMetadata's packages are often kept apart from Airflow's. The hook runs in
Airflow's environment, so the other one needs nothing of om-secret-exec. Airflow
hands the arguments over in a temporary file, which is there while the task runs.

PythonVirtualenvOperator is in ingest_virtualenv.py. @task.external_python and
@task.virtualenv take the same arguments.
"""

from datetime import datetime

try:
    from airflow.providers.standard.operators.python import ExternalPythonOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.python import ExternalPythonOperator

from om_secret_exec.airflow import resolve_workflow

WORKFLOW = """
source:
  type: postgres
  serviceName: warehouse
  serviceConnection:
    config:
      type: Postgres
      username: warehouse
      authType:
        password: secret:/team/prod/warehouse/password
      hostPort: warehouse.example.com:5432
      database: warehouse
  sourceConfig:
    config:
      type: DatabaseMetadata
      schemaFilterPattern:
        includes: [^public$]
sink:
  type: metadata-rest
  config: {}
workflowConfig:
  openMetadataServerConfig:
    hostPort: http://openmetadata.example.com:8585/api
    authProvider: openmetadata
    securityConfig:
      jwtToken: secret:/team/prod/openmetadata/token
    secretsManagerProvider: aws
    secretsManagerLoader: airflow
    # A new service would be stored with the password as it is.
    storeServiceConnection: false
"""


def ingest(config):
    import yaml
    from metadata.workflow.metadata import MetadataWorkflow

    workflow = MetadataWorkflow.create(yaml.safe_load(config))
    workflow.execute()
    workflow.raise_from_status()
    workflow.print_status()
    workflow.stop()


with DAG("ingest_external_python", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    ExternalPythonOperator(
        task_id="ingest",
        python="/opt/ingestion/bin/python",
        python_callable=ingest,
        op_kwargs={"config": WORKFLOW},
        expect_airflow=False,
        pre_execute=resolve_workflow(op_kwargs="config"),
    )

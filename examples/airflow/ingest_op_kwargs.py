"""Ingestion by a callable that is given its workflow.

The hook resolves what op_kwargs holds before the callable runs: the callable stays
as it is. The web interface shows the references, as rendered fields, and Airflow
masks the values in the log.
"""

from datetime import datetime

try:
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.python import PythonOperator

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


with DAG("ingest_op_kwargs", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    PythonOperator(
        task_id="ingest",
        python_callable=ingest,
        op_kwargs={"config": WORKFLOW},
        pre_execute=resolve_workflow(op_kwargs="config"),
    )

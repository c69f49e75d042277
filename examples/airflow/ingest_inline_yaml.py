"""Ingestion by a callable that holds its workflow.

One line differs from OpenMetadata's own example: loads(WORKFLOW) stands where
yaml.safe_load(WORKFLOW) was. It is called inside the callable, never at the top of
this file: each process that parses DAGs would fetch the secrets.
"""

from datetime import datetime

try:
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.python import PythonOperator

from om_secret_exec.airflow import loads

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


def ingest():
    from metadata.workflow.metadata import MetadataWorkflow

    workflow = MetadataWorkflow.create(loads(WORKFLOW))
    workflow.execute()
    workflow.raise_from_status()
    workflow.print_status()
    workflow.stop()


with DAG("ingest_inline_yaml", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    PythonOperator(task_id="ingest", python_callable=ingest)

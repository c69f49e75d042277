"""Ingestion by a TaskFlow task.

@resolves stands below @task, and names the arguments to resolve. The function gets
the text with the values in place.
"""

from datetime import datetime

try:
    from airflow.sdk import DAG, task
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task

from om_secret_exec.airflow import resolves

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


@task
@resolves("config")
def ingest(config):
    import yaml
    from metadata.workflow.metadata import MetadataWorkflow

    workflow = MetadataWorkflow.create(yaml.safe_load(config))
    workflow.execute()
    workflow.raise_from_status()
    workflow.print_status()
    workflow.stop()


with DAG("ingest_taskflow", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    ingest(config=WORKFLOW)

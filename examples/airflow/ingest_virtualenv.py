"""Ingestion in an environment that is made for the task.

As in ingest_external_python.py, but Airflow installs OpenMetadata's packages itself.
Airflow 2 needs the package virtualenv for it. The hook comes first: a wrong reference
fails the task before anything is installed.
"""

from datetime import datetime

try:
    from airflow.providers.standard.operators.python import PythonVirtualenvOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.python import PythonVirtualenvOperator

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


with DAG("ingest_virtualenv", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    PythonVirtualenvOperator(
        task_id="ingest",
        requirements=["openmetadata-ingestion[postgres]==2.0.7.0"],
        system_site_packages=False,
        expect_airflow=False,
        # Without it the environment is made anew for each run, which takes minutes.
        venv_cache_path="/opt/ingestion/environments",
        python_callable=ingest,
        op_kwargs={"config": WORKFLOW},
        pre_execute=resolve_workflow(op_kwargs="config"),
    )

"""Ingestion in a pod.

The task submits references. They are resolved in the pod, whose image is
OpenMetadata's with om-secret-exec in it:

    FROM openmetadata/ingestion-base:1.12.14
    RUN pip install om-secret-exec

The pod's definition, which the API server stores, has the references. The pod asks
the store itself, as its service account: no setting holds a credential.
"""

from datetime import datetime

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

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
    secretsManagerLoader: env
    # A new service would be stored with the password as it is.
    storeServiceConnection: false
"""

with DAG("ingest_kubernetes", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    KubernetesPodOperator(
        task_id="ingest",
        name="ingest-warehouse",
        namespace="ingestion",
        service_account_name="ingestion",
        image="registry.example.com/ingestion:1.12.14",
        cmds=["om-secret-exec", "exec", "--env", "config", "--"],
        arguments=["python", "main.py"],
        env_vars={"config": WORKFLOW, "pipelineType": "metadata", "AWS_DEFAULT_REGION": "eu-central-1"},
    )

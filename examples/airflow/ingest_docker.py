"""Ingestion in a container.

The task submits references. They are resolved in the container, whose image is
OpenMetadata's with om-secret-exec in it:

    FROM openmetadata/ingestion-base:1.12.14
    RUN pip install om-secret-exec

`docker inspect` shows the references. The container asks the store itself: give it
an identity of its own, or the settings as private_environment.
"""

from datetime import datetime

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

from airflow.providers.docker.operators.docker import DockerOperator

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

with DAG("ingest_docker", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    DockerOperator(
        task_id="ingest",
        image="registry.example.com/ingestion:1.12.14",
        entrypoint=["om-secret-exec", "exec", "--env", "config", "--"],
        command=["python", "main.py"],
        environment={"config": WORKFLOW, "pipelineType": "metadata", "AWS_DEFAULT_REGION": "eu-central-1"},
        docker_url="unix:///var/run/docker.sock",
        mount_tmp_dir=False,
        auto_remove="force",
    )

"""A pipeline as OpenMetadata's own interface deploys it.

Nothing here names om-secret-exec: openmetadata-airflow-apis writes such DAGs, and
writes them again. What their tasks are given is OpenMetadata's own object, made
when the DAG was parsed, which a hook cannot rewrite. Look-ups happen inside
ingestion, and airflow_local_settings.py beside this file makes them strict.
"""

from datetime import datetime

from metadata.generated.schema.metadataIngestion.workflow import OpenMetadataWorkflowConfig

try:
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.python import PythonOperator

WORKFLOW = {
    "source": {
        "type": "postgres",
        "serviceName": "warehouse",
        "serviceConnection": {
            "config": {
                "type": "Postgres",
                "username": "warehouse",
                "authType": {"password": "secret:/team/prod/warehouse/password"},
                "hostPort": "warehouse.example.com:5432",
                "database": "warehouse",
            }
        },
        "sourceConfig": {
            "config": {"type": "DatabaseMetadata", "schemaFilterPattern": {"includes": ["^public$"]}}
        },
    },
    "sink": {"type": "metadata-rest", "config": {}},
    "workflowConfig": {
        "openMetadataServerConfig": {
            "hostPort": "http://openmetadata.example.com:8585/api",
            "authProvider": "openmetadata",
            "securityConfig": {"jwtToken": "secret:/team/prod/openmetadata/token"},
            "secretsManagerProvider": "managed-aws",
            "secretsManagerLoader": "airflow",
        }
    },
}


def metadata_ingestion_workflow(workflow_config):
    import json

    from metadata.workflow.metadata import MetadataWorkflow

    config = json.loads(workflow_config.model_dump_json(exclude_defaults=False, mask_secrets=False))
    workflow = MetadataWorkflow.create(config)
    workflow.execute()
    workflow.raise_from_status()
    workflow.print_status()
    workflow.stop()


def build_dag(dag_id, workflow_config):
    with DAG(
        dag_id, start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False, tags=["OpenMetadata"]
    ) as dag:
        PythonOperator(
            task_id="ingestion_task",
            python_callable=metadata_ingestion_workflow,
            op_kwargs={"workflow_config": workflow_config},
            retries=0,
        )
    return dag


ingest_managed = build_dag("ingest_managed", OpenMetadataWorkflowConfig.model_validate(WORKFLOW))

"""A cluster policy, for $AIRFLOW_HOME/config: it helps DAGs that cannot be changed.

apply_policy attaches the hook of ingest_op_kwargs.py to every task that it can
help. What is left are the pipelines that OpenMetadata deploys (ingest_managed.py):
strict() makes the look-ups inside their ingestion ask om-secret-exec, and a
reference that cannot be resolved fail the task.
"""

from om_secret_exec.airflow import apply_policy
from om_secret_exec.openmetadata import strict


def task_policy(task):
    op_kwargs = getattr(task, "op_kwargs", None)
    if isinstance(op_kwargs, dict) and "workflow_config" in op_kwargs:
        task.python_callable = strict()(task.python_callable)
    else:
        apply_policy(task)

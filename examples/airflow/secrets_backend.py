"""A task that asks Airflow for a connection and a variable, which a store holds.

Airflow looks them up with om-secret-exec when it is told so, for ids that begin
with om_ here:

    AIRFLOW__SECRETS__BACKEND=om_secret_exec.airflow.SecretsBackend
    AIRFLOW__SECRETS__BACKEND_KWARGS={"provider": "aws", "connections_lookup_pattern": "^om_", "variables_lookup_pattern": "^om_"}

The store has the connection, a URI or JSON, as airflow/connections/om_warehouse and
the variable as airflow/variables/om_token.
"""

from datetime import datetime

try:
    from airflow.sdk import DAG, BaseHook, Variable, task
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task
    from airflow.hooks.base import BaseHook
    from airflow.models import Variable


@task
def use():
    warehouse = BaseHook.get_connection("om_warehouse")
    token = Variable.get("om_token")
    # In the log Airflow masks both.
    print("as", warehouse.login, "with", warehouse.password, "and", token)


with DAG("secrets_backend", start_date=datetime(2026, 1, 1), schedule="@daily", catchup=False):
    use()

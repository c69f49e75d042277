# ruff: noqa: T201, SLF001 - a program that looks into Airflow
# mypy: disable-error-code="import-not-found, import-untyped, attr-defined"
"""Runs DAGs with real tasks: each in a process of its own, with a log file, as a worker's.

    python run_dag.py DAG...

It is ``dag.test()``, which goes on until a DAG's run is over, retries included, but
for how a task is run: as Airflow 2's worker does after its fork, or by Airflow 3's
supervisor. Prints a JSON object: task, or task[index], to {state, tries, logs}.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

LOGS: dict[str, list[str]] = {}


def log_of(ti: Any) -> Path:
    """Return the next log file of a task."""
    name: str = ti.task_id if ti.map_index < 0 else f"{ti.task_id}[{ti.map_index}]"
    logs = LOGS.setdefault(f"{ti.dag_id}.{name}", [])
    path = Path(os.environ["AIRFLOW_HOME"], "logs", ti.dag_id, name) / f"{len(logs) + 1}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    logs.append(str(path))
    return path


def run_task_2(*, ti: Any, session: Any, **_: object) -> None:
    """Run a task as ``airflow tasks run --raw`` does, in a fork."""
    path = log_of(ti)
    session.commit()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            _worker_2(ti, path)
        os._exit(0)
    os.waitpid(pid, 0)
    session.expire_all()
    ti.refresh_from_db(session=session)


def _worker_2(ti: Any, path: Path) -> None:
    from airflow import settings
    from airflow.cli.commands.task_command import _move_task_handlers_to_root, _redirect_stdout_to_ti_log

    settings.reconfigure_orm(disable_connection_pool=True)
    settings.MASK_SECRETS_IN_LOGS = True
    handler = logging.FileHandler(path)
    handler.addFilter(
        next(f for f in logging.getLogger("airflow.task").filters if type(f).__name__ == "SecretsMasker")
    )
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("airflow.task")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logging.getLogger().handlers[:] = []
    ti.init_run_context(raw=True)
    ti.log.handlers[:] = [handler]
    with _move_task_handlers_to_root(ti), _redirect_stdout_to_ti_log(ti):
        ti._run_raw_task()


def run_task_3(*, ti: Any, **_: object) -> None:
    """Run a task under the supervisor, against the API server in this process."""
    from uuid import UUID

    from airflow.executors.workloads import BundleInfo
    from airflow.sdk.api.datamodels._generated import TaskInstance
    from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor, supervise_task
    from airflow.utils.state import TaskInstanceState

    ti.set_state(TaskInstanceState.QUEUED)
    supervise_task(
        ti=TaskInstance(
            id=UUID(str(ti.id)),
            task_id=ti.task_id,
            dag_id=ti.dag_id,
            run_id=ti.run_id,
            try_number=ti.try_number,
            map_index=ti.map_index,
            dag_version_id=UUID(str(ti.dag_version_id)),
        ),
        bundle_info=BundleInfo(name="dags-folder"),
        dag_rel_path=os.environ["TEST_DAG_FILE"],
        token="",
        client=InProcessTestSupervisor._api_client(),
        log_path=str(log_of(ti)),
    )
    ti.refresh_from_db()


def main(dag_ids: list[str]) -> None:
    """Run DAGs and print what became of their tasks."""
    from airflow import __version__
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    if __version__.startswith("2."):
        from airflow.models import dag as runner
        from airflow.models.dagbag import DagBag

        runner._run_task = run_task_2
    else:
        from airflow.dag_processing.dagbag import DagBag
        from airflow.sdk.definitions import dag as runner

        runner._run_task = run_task_3
    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    if bag.import_errors:
        raise SystemExit(str(bag.import_errors))
    results: dict[str, Any] = {}
    for dag_id in dag_ids:
        with contextlib.suppress(Exception):
            bag.dags[dag_id].test()
        with create_session() as session:
            for ti in session.query(TaskInstance).filter(TaskInstance.dag_id == dag_id):
                name = f"{dag_id}.{ti.task_id}" + (f"[{ti.map_index}]" if ti.map_index >= 0 else "")
                logs = LOGS.get(name, [])
                results[name] = {"state": str(ti.state), "tries": len(logs), "logs": logs}
    print("RESULTS", json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1:])

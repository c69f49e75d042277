"""The policies that the pages and examples show."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from airflow_doubles import task

ROOT = Path(__file__).resolve().parents[2]


def policy(source: str) -> Any:
    path = ROOT / source
    if path.suffix == ".py":
        return runpy.run_path(str(path))["task_policy"]
    snippets = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(next(s for s in snippets if "def task_policy" in s), names)  # noqa: S102 - our own page
    return names["task_policy"]


class Later:
    """As Airflow's XComArg, which stands for what another task will give."""

    def __iter__(self) -> Any:
        raise TypeError("not iterable")


@pytest.mark.parametrize(
    "source", ["docs/airflow.md", "docs/ingestion.md", "examples/airflow/airflow_local_settings.py"]
)
def test_a_policy_breaks_no_dag(source: str) -> None:
    """An exception in a policy keeps every DAG of its file from being imported."""
    task_policy = policy(source)
    fields = ("op_kwargs", "op_args", "templates_dict")
    callables: tuple[Any, ...] = (print, [1].append, None)  # append has no module
    for callable_ in callables:
        task_policy(
            task(template_fields=fields, op_kwargs=Later(), op_args=Later(), python_callable=callable_)
        )
        task_policy(task(template_fields=fields, partial_kwargs={"op_kwargs": Later()}))
        task_policy(task())


@pytest.mark.parametrize("source", ["docs/ingestion.md", "examples/airflow/airflow_local_settings.py"])
def test_a_policy_wraps_managed_pipelines(source: str) -> None:
    def workflow(workflow_config: object) -> object:
        return workflow_config

    workflow.__module__ = "openmetadata_managed_apis.workflows.ingestion.metadata"
    managed = task(template_fields=("op_kwargs",), op_kwargs={"workflow_config": 1}, python_callable=workflow)
    policy(source)(managed)
    assert managed.python_callable is not workflow
    assert managed.python_callable.__wrapped__ is workflow

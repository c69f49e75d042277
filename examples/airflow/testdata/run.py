"""Runs DAGs of the folder as workers do, and prints what became of their tasks.

    run.py DAG...

A DAG is in the file of its name. TEST_PACKAGES names a directory of more packages,
which Airflow's own come before.
"""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3] / "python-shim" / "tests" / "airflow"))
sys.path += filter(None, [os.environ.get("TEST_PACKAGES")])

import run_dag

for dag in sys.argv[1:]:
    os.environ["TEST_DAG_FILE"] = f"{dag}.py"
    run_dag.main([dag])

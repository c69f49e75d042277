#!/bin/sh
# Runs the tests of python-shim that need real Airflows, with the program $1 behind
# the package. The tests start each Airflow's Python themselves.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
OM_SECRET_EXEC_BINARY=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
PYTHONDONTWRITEBYTECODE=1
export OM_SECRET_EXEC_BINARY PYTHONDONTWRITEBYTECODE
cd "$root/python-shim"
echo "pytest (tests in Airflow 2.11.2 and 3.3.2: minutes)"
"$("${PYTHON:-python3}" "$root/tools/testenv.py" --path shim)" -m pytest -q -p no:cacheprovider tests/airflow/real_airflow.py

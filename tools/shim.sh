#!/bin/sh
# Checks the Python package in python-shim, with the program $1 behind it:
# format, lint and types; the tests with every line covered; the tests again on
# the oldest and the newest Python; and its wheels.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python() { # NAME ARG...: run the Python of an environment
    interpreter=$("${PYTHON:-python3}" "$root/tools/testenv.py" --path "$1")
    shift
    "$interpreter" "$@"
}
OM_SECRET_EXEC_BINARY=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
PYTHONPATH=$root/python-shim/src
PYTHONDONTWRITEBYTECODE=1
COVERAGE_FILE=$root/build/coverage
export OM_SECRET_EXEC_BINARY PYTHONPATH PYTHONDONTWRITEBYTECODE COVERAGE_FILE
cd "$root/python-shim"

echo "ruff, mypy (python-shim)"
python shim -m ruff check --quiet --no-cache .
python shim -m ruff format --quiet --no-cache --check .
python shim -m mypy --no-error-summary --cache-dir /dev/null
python shim -m mypy --no-error-summary --cache-dir /dev/null --python-version 3.11 src tests

for name in shim shim-oldest shim-newest; do
    echo "pytest ($name: $(python "$name" --version))"
    if test "$name" = shim; then set -- -m coverage run; else set --; fi
    python "$name" "$@" -m pytest -q -p no:cacheprovider
done
python shim -m coverage report

echo "wheels"
cd "$root"
PYTHONPATH=$root/tools python shim -m pytest -q -p no:cacheprovider -W error tools/wheels_test.py

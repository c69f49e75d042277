#!/bin/sh
# Called by `make demo`, from the root of the repository, when the program is built.
set -eu
exec "${PYTHON:-python3}" examples/demo/demo.py build/om-secret-exec

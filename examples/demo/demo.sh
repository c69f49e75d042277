#!/bin/sh
# Called by `make demo`, from the root of the repository, when the program is built.
set -eu
go build -o build/demo-encrypt ./examples/demo/encrypt
exec "${PYTHON:-python3}" examples/demo/demo.py build/om-secret-exec build/demo-encrypt

#!/bin/sh
# Runs every fuzz target of the module, each for the time given: fuzz.sh 30s
set -eu
time=${1:?usage: fuzz.sh DURATION}
found=0
packages=$(go list ./...)
for package in $packages; do
    # The names, one per line, and a line about the package.
    listed=$(go test -list '^Fuzz' "$package")
    for target in $(echo "$listed" | grep '^Fuzz' || true); do
        found=$((found + 1))
        echo "fuzzing $target in $package for $time"
        # Minimising an interesting input can stall a short run for a minute.
        go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x "$package"
    done
done
[ "$found" -gt 0 ] || { echo "fuzz: no fuzz target found" >&2; exit 1; }

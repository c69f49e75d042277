# Needs Go 1.26 and make; tests and the demo need Python 3.11 or newer as well.
# Everything else (test environments, the linter) is fetched, pinned and cached.

PYTHON   ?= python3
FUZZTIME ?= 30s
BINARY    = build/om-secret-exec
LINT      = go tool -modfile=tools/go.mod golangci-lint

# The tests that start a Python use the same one.
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test check build bench fuzz campaign test-env lint format vet race tidy shim shim-airflow wheels clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## resolve a realistic workflow, then show what broken references look like
	@sh examples/demo/demo.sh

test: test-env check shim shim-airflow ## everything: check, then the tests against real Pythons and servers
	go test -tags=integration -count=1 -timeout=20m ./...

check: vet lint race tidy ## the quick part: vet, lint, race tests with fuzz seeds, import rules, tidy

build: ## build the static program, build/om-secret-exec
	@mkdir -p build
	CGO_ENABLED=0 go build -trimpath \
	    -ldflags "-s -w -X main.version=$$(git describe --tags --always --dirty 2>/dev/null || echo devel)" \
	    -o $(BINARY) ./cmd/om-secret-exec

shim: test-env build ## the Python package: lint, types, and tests on three Pythons
	@PYTHON="$(PYTHON)" sh tools/shim.sh $(BINARY)

shim-airflow: test-env build ## the Python package's hook, policy and backend in real Airflows
	@PYTHON="$(PYTHON)" sh tools/shim-airflow.sh $(BINARY)

wheels: test-env ## build the wheels and the sdist of the Python package, build/dist
	@$$($(PYTHON) tools/testenv.py --path shim) tools/wheels.py build/dist

bench: build ## measure start-up, look-ups, memory and size beside floor programs
	go run ./bench -binary $(BINARY)

fuzz: ## run each fuzz target for FUZZTIME (30s)
	@sh tools/fuzz.sh $(FUZZTIME)

campaign: test-env ## the long forms: 100 times the generated cases, ten minutes per fuzz target
	OMSE_CAMPAIGN=1 go test -tags=integration -count=1 -timeout=12h ./...
	@sh tools/fuzz.sh 10m

test-env: ## install the Pythons and servers of the tests, once per machine
	@$(PYTHON) tools/testenv.py

vet:
	go vet -tags=integration ./...

lint: ## run golangci-lint (the first run on a machine builds it: minutes)
	@echo "golangci-lint run (the first run on a machine builds the linter, which takes minutes)"
	@$(LINT) run

format: ## format the code as the linter wants it
	$(LINT) fmt

race:
	@if command -v "$$(go env CC)" >/dev/null; then \
	    echo "go test -race ./..."; CGO_ENABLED=1 go test -race -timeout=10m ./...; \
	else \
	    echo "go test ./... (without -race: it needs a C compiler, and there is none)"; go test -timeout=10m ./...; \
	fi

tidy:
	go mod tidy -diff

clean: ## remove what was built here (not the caches)
	rm -rf build

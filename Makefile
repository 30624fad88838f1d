# What a developer runs. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3
# End-to-end tests wait for servers more than they compute, so there may be more of them than cores.
WORKERS ?= 4

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
STACK := $(BIN)/python -m tests.stack

.PHONY: help install lock lint check test soak golden demo stack stack-status stack-down

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | while IFS='|' read -r name text; do
	  printf '  make %-13s %s\n' "$$name" "$$text"
	done

install: $(INSTALLED) ## the development environment: .venv, from requirements-dev.txt

$(INSTALLED): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	  echo "kubeship needs Python 3.11 or newer; $(PYTHON) is not. Say which to take: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2
	  exit 1
	}
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || {
	  echo "$(PYTHON) can't make virtual environments. On Debian: apt-get install python3-venv" >&2
	  exit 1
	}
	echo "Installing the development environment into $(VENV): uv first, then what requirements-dev.txt pins."
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

lock: ## requirements-dev.txt anew, from pyproject.toml; UPGRADE=1 takes newer versions too
	@[ -x $(BIN)/uv ] || { echo "uv is not there yet: make install" >&2; exit 1; }
	# Names of registries stay out of the file: whoever installs from it may use a mirror.
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  $(if $(UPGRADE),--upgrade) --quiet --output-file requirements-dev.txt

lint: install ## ruff (format and lint), mypy --strict, import-linter
	@set -x
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## lint, and the tests that need no server
	@set -x
	$(BIN)/pytest -n auto tests/unit

test: lint ## everything: lint, unit, golden and end-to-end tests on the test stack
	@selection="not soak"
	running=
	# A background process and `wait`, because bash answers no signal while it waits for one in the foreground.
	stop() { [ -z "$$running" ] || kill -TERM "$$running" || true; exit "$$1"; }
	trap 'stop 130' INT
	trap 'stop 143' TERM
	if $(STACK) status > /dev/null 2>&1; then
	  echo "Using the test stack that is up already (make stack-status)."
	else
	  echo "Starting the test stack: a Docker engine, a registry, PostgreSQL, Kubernetes and Traefik."
	  trap '$(STACK) down' EXIT
	  code=0
	  $(STACK) up || code=$$?
	  if [ $$code = 4 ] && [ -z "$${CI:-}" ]; then
	    trap - EXIT
	    echo "NOT RUN: the end-to-end tests, for the reason above. All other tests follow."
	    selection="not soak and not e2e"
	  elif [ $$code != 0 ]; then
	    exit $$code
	  fi
	fi
	echo "+ pytest -n $(WORKERS) -m '$$selection'"
	code=0
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "$$selection" &
	running=$$!
	wait "$$running" || code=$$?
	if [ $$code = 1 ]; then
	  echo "Once more, with nothing beside it: what failed. What passes now is a defect all the same, of kubeship or of the test."
	  code=0
	  $(BIN)/pytest -x --last-failed --last-failed-no-failures none -m "$$selection" &
	  running=$$!
	  wait "$$running" || code=$$?
	fi
	exit $$code

soak: install ## hours of faults and deploys, on a stack that is up; SEED repeats a run, SHARE=0.1 takes a tenth, ONLY selects
	@$(STACK) status
	KUBESHIP_PUNCTUAL=1 KUBESHIP_SOAK_SEED="$(SEED)" KUBESHIP_SOAK_SHARE="$(SHARE)" $(BIN)/pytest -s -m soak $(if $(ONLY),-k "$(ONLY)")

golden: install ## rewrites the golden files and the JSON Schemas; review the difference
	@$(BIN)/pytest -q tests/unit/rendering --update-golden
	$(BIN)/python -c 'import json; from kubeship.config.json_schema import json_schema; print(json.dumps(json_schema(), indent=2))' > docs/kubeship.schema.json
	$(BIN)/python -c 'import json; from kubeship.ui.json_schema import json_schema; print(json.dumps(json_schema(), indent=2))' > docs/events.schema.json
	git status --short -- tests/golden docs/*.schema.json

demo: install ## the main job on a copy of examples/flask-hello: init, deploy, an address that answers
	@echo "Starting the test stack where it isn't up yet: a Docker engine, a registry, PostgreSQL, Kubernetes, Traefik."
	code=0
	$(STACK) up || code=$$?
	if [ $$code = 4 ]; then
	  echo "The demo needs what is named above. The tests that need no server run with: make check" >&2
	fi
	[ $$code = 0 ] || exit $$code
	$(BIN)/python -m tests.demo

stack: install ## starts the test stack (root; builds Kubernetes and Traefik the first time)
	@$(STACK) up

stack-status: install ## what of the test stack runs, and where
	@$(STACK) status

stack-down: install ## stops the test stack
	@$(STACK) down

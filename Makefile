# Everything that a person or a machine does with this repository, one word each. `make help` lists them.
# Only make and POSIX tools are assumed; the path of the repository may hold spaces.

.POSIX:
.SUFFIXES:
.PHONY: help run test lint bench browser registries slow soak audit lock reset-sandbox clean install install-dev

VENV = .venv
# The servers of registries need other versions of what the checks need.
REGISTRIES = .registries
PYTHONS = python3.13 python3.12 python3.11 python3
SANDBOX_DATA = sandbox-data
# Processes for the tests, which wait more than they reckon; whoever is done takes over from the others.
WORKERS = 4
LONG = tests/crash tests/machine tests/security tests/scenario/release/test_release_http.py tests/unit
LOCK = pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-strip-extras --quiet
PIP = "$(VENV)/bin/python" -m pip --disable-pip-version-check --quiet

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/installed ## start the app: in your workspace with tokens set, as a sandbox without
	@exec "$(VENV)/bin/prompt-change" run

test: lint ## every check that needs no network
	@"$(VENV)/bin/python" -m pytest -n $(WORKERS) --dist worksteal -m "not slow and not browser and not real"

lint: $(VENV)/installed-dev ## style, types and the direction of imports
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/mypy"
	@"$(VENV)/bin/lint-imports"

slow: $(VENV)/installed-dev ## the longer suites: crash points, races, attacks
	@"$(VENV)/bin/python" -m pytest -n $(WORKERS) --dist worksteal -m "slow and not browser and not soak and not real" -k "not (http and postgres)" $(LONG)

soak: $(VENV)/installed-dev ## everything that takes long, every story on Postgres too, at ten times the size
	@SUITE_TIMES=10 "$(VENV)/bin/python" -m pytest -n $(WORKERS) --dist worksteal -m "slow and not browser and not real"

registries: $(VENV)/installed-dev $(REGISTRIES)/installed ## the targets against real MLflow and Phoenix servers
	@"$(VENV)/bin/python" -m tests.real "$(REGISTRIES)/bin"

browser: $(VENV)/installed-dev ## the whole story in headless Chromium
	@"$(VENV)/bin/python" -m pytest -m browser

bench: $(VENV)/installed-dev ## the approve click beside a bare Bolt app
	@"$(VENV)/bin/python" -m tests.bench

install: $(VENV)/installed ## set up what running needs

install-dev: $(VENV)/installed-dev ## set up what the checks need

reset-sandbox: ## forget everything that happened in the sandbox
	@rm -rf "$(SANDBOX_DATA)"
	@echo "The sandbox starts afresh at the next make run."

clean: ## remove the virtual environment and every cache
	@rm -rf "$(VENV)" "$(REGISTRIES)" .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

audit: $(VENV)/created ## look every locked package up among the known vulnerabilities; needs the network
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; "$(VENV)/bin/python" -m venv "$$tools"; \
	"$$tools/bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements-audit.lock; \
	"$$tools/bin/pip-audit" --require-hashes --disable-pip -r requirements.lock -r requirements-dev.lock

lock: ## write the lock files anew from pyproject.toml
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	python=$$($(FIND_PYTHON)); "$$python" -m venv "$$tools"; "$$tools/bin/pip" install --quiet uv; \
	printf '%s\n' hatchling editables > "$$tools/build.in"; \
	"$$tools/bin/uv" $(LOCK) pyproject.toml "$$tools/build.in" -o requirements.lock; \
	"$$tools/bin/uv" $(LOCK) pyproject.toml --extra postgres --group dev -c requirements.lock -o requirements-dev.lock; \
	"$$tools/bin/uv" $(LOCK) --group audit -o requirements-audit.lock; \
	"$$tools/bin/uv" $(LOCK) --group registries -o requirements-registries.lock; \
	echo "Written: requirements.lock and those of dev, audit and registries"

# The first Python in the list that is new enough and can make virtual environments.
FIND_PYTHON = for python in $(PYTHONS); do \
	if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo "$$python"; exit 0; fi; done; \
	echo "make: no Python 3.11 or newer with venv was found. On Debian: apt-get install python3 python3-venv" >&2; \
	exit 1

$(VENV)/created:
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv "$(VENV)" && touch "$@"

$(VENV)/installed: $(VENV)/created requirements.lock pyproject.toml
	@echo "Installing what the app needs into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch "$@"

$(REGISTRIES)/installed: requirements-registries.lock
	@echo "Installing real servers of registries into $(REGISTRIES) ..."
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv "$(REGISTRIES)"
	@"$(REGISTRIES)/bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements-registries.lock
	@touch "$@"

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@echo "Installing what the checks need into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch "$@"

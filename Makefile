# `make help` lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
# The tests start hundreds of servers. Without stored bytecode each would compile every module.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run demo setup test lint lint-python lint-extension format fuzz bench package freeze test-cluster requirements clean FORCE

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
PLACE := $(VENV)/.place
DEVELOPMENT := $(VENV)/.development

PIP_INSTALL := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --quiet

# The first Python of version 3.11 or later; PYTHON=... overrides it. In an activated environment it is the Python that
# the environment was made with, because the active environment may be the one that is replaced.
NEW_ENOUGH := import sys; sys.exit("too old") if sys.version_info < (3, 11) else print(sys._base_executable)
FIND_PYTHON = for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if "$$candidate" -c '$(NEW_ENOUGH)' 2>/dev/null; then exit; fi; \
	done

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{printf "%-20s %s\n", $$1, $$2}'

# An environment variable BROWSER that names a program is passed on: it selects the default browser.
run: $(PLACE)  ## start Inkeeper and open it: in a Chromium with the extension, or BROWSER=default, or BROWSER=none
	@$(if $(filter default none,$(BROWSER)),unset BROWSER;) exec $(PY) -m inkeeper run $(addprefix --browser=,$(filter default none,$(BROWSER)))

demo: $(DEVELOPMENT)  ## try everything without a LinkedIn account: invented history, practice pages, own browser profile
	@exec $(PY) -m e2e.demo

setup: $(DEVELOPMENT)  ## install what tests and linters need; `make test` does it by itself
	@.ci/system
	@$(PY) tests/lint/extension.py --install

test: setup  ## linters and all tests, browser tests included
	@$(MAKE) --no-print-directory lint
	@$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-cluster: setup  ## kill the leader of a PostgreSQL cluster under load, and print how long its servers could not write
	@$(PY) -m pytest -p no:xdist -rP tests/deploy/test_cluster.py

lint: $(DEVELOPMENT)  ## ruff, mypy, the direction of imports, prettier and eslint, and the extension's types, shapes and manifest
	@$(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) lint-python lint-extension

lint-python: $(DEVELOPMENT)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --cache-dir .cache/import-linter
	$(PY) tests/lint/tokens.py --check
	$(PY) tests/lint/contract.py --check
	$(PY) tests/lint/words.py --check

lint-extension: $(DEVELOPMENT)
	$(PY) tests/lint/extension.py

format: $(DEVELOPMENT)  ## let ruff lay out the Python code and prettier the JavaScript, and write what is generated anew
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) tests/lint/tokens.py
	$(PY) tests/lint/contract.py
	$(PY) tests/lint/words.py
	$(PY) tests/lint/extension.py --format

fuzz: $(DEVELOPMENT)  ## 120,000 requests and 12,000 files that nobody would send by mistake; SEED=7 sends those of that seed
	@$(PY) -m tests.fuzz $(if $(SEED),--seed $(SEED))

bench: setup  ## measure speed and size: a table here, and .cache/bench.json
	@$(PY) -m tests.benchmarks

package: $(DEVELOPMENT)  ## make the release's packages in dist/: the extension for both stores, a wheel, an sdist, and their sums
	@$(PY) -m tests.package

freeze: $(DEVELOPMENT)  ## at a release: keep this version in tests/contract/, for the tests of the next one
	@$(PY) -m tests.contract.record

requirements: $(DEVELOPMENT)  ## pin anew what pyproject.toml asks for
	$(COMPILE) --group build --output-file requirements.txt
	$(COMPILE) --extra postgresql --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt

COMPILE := $(PY) -m uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make requirements"

clean:  ## remove the environment and everything that was made here (your ledger is elsewhere and stays)
	rm -rf $(VENV) .cache .hypothesis build dist backend/*.egg-info tests/lint/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Changed pins create a new environment, so that it never holds packages that are not pinned. An environment whose
# Python is gone (after a system upgrade) is recreated too.
ifeq ($(wildcard $(PY)),)
$(RUNTIME): FORCE
endif

$(RUNTIME): requirements.txt
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Inkeeper needs Python 3.11 or newer, and none was found. Say where with: make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$python lacks the venv module (on Debian or Ubuntu: sudo apt-get install python3-venv)" >&2; exit 1; fi; \
	echo "Making the environment in $(VENV) with $$python (once)"; \
	"$$python" -m venv --clear $(VENV)
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@touch $@

# An environment names its folder in the link to the source and in its scripts. In a folder that was moved, renamed or
# copied, the link and the script `inkeeper` are made anew; make itself uses no other script.
ifneq ($(shell [ "$$(cat $(PLACE) 2>/dev/null)" = "$$(pwd -P)" ] || echo elsewhere),)
$(PLACE): FORCE
endif

$(PLACE): $(RUNTIME)
	@$(PIP_INSTALL) --no-index --no-deps --no-build-isolation --editable .
	@pwd -P > $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME) | $(PLACE)
	@if [ -f $@ ]; then rm $(RUNTIME) && $(MAKE) --no-print-directory $(PLACE); fi
	@echo "Installing the development tools (once)"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

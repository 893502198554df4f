# The verbs of the project. `make help` lists them; `make demo` and `make test` work from a fresh clone.

PYTHON ?= python3
UV ?= uv
DEMO ?= workbench-demo
BENCH_MB ?= 256
BENCH_RUNS ?= 3
BENCH_EVENTS ?= 1000000
BENCH_FOLDERS ?= 1000
RUNS ?= 100
PYTEST_ARGS ?=
# Each process has a browser and a JupyterLab of its own: more than four would want more memory than a laptop has.
WORKERS ?= --numprocesses auto --maxprocesses 4 --dist loadfile
FUZZ_SECONDS ?= 30

VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help setup demo test lab bench soak fuzz lint types golden sample docs lock clean

help: ## Lists the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Makes .venv from requirements.lock (once)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make setup PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

# The copy of the lock that was installed is the stamp: a checkout that only touches the file installs nothing.
$(VENV)/.lock: requirements.lock | $(BIN)/python
	@cmp -s requirements.lock $@ || { \
	  echo "Installing the dependencies (once, some minutes) ..."; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock; }
	@cp requirements.lock $@

$(VENV)/.installed: $(VENV)/.lock pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Builds the sample incident's reports and says where they are
	@$(BIN)/workbench demo $(DEMO)

test: setup ## Runs all tests, those in the browser too
	$(BIN)/python -m pytest $(WORKERS) $(PYTEST_ARGS)

lab: setup ## Opens the sample incident in JupyterLab
	@test -d $(DEMO) || $(BIN)/workbench demo $(DEMO)
	$(BIN)/workbench lab $(DEMO)

bench: setup ## Compares reading speed with lnav, ripgrep and a pandas script; times clocks, folds, the explorer (BENCH_EVENTS) and many incidents (BENCH_FOLDERS)
	$(BIN)/python benchmarks/timeline.py
	$(BIN)/python benchmarks/explorer.py --events $(BENCH_EVENTS)
	$(BIN)/python benchmarks/explorer_browser.py --events $(BENCH_EVENTS) --json build/explorer.json
	$(BIN)/python benchmarks/many.py --folders $(BENCH_FOLDERS)
	$(BIN)/python benchmarks/run.py --size-mb $(BENCH_MB) --runs $(BENCH_RUNS)

soak: setup ## Runs the explorer's browser tests RUNS times and says which fail
	$(BIN)/python benchmarks/soak.py --runs $(RUNS)

fuzz: setup ## Looks for bytes that a reader cannot bear, FUZZ_SECONDS an engine (needs a network once)
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check atheris
	$(BIN)/python tests/fuzz.py --seconds $(FUZZ_SECONDS)

lint: setup ## Checks style, formatting, the floors and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

types: setup ## Checks types only
	$(BIN)/mypy

golden: setup ## Re-makes the golden files; read the difference before you commit it
	$(BIN)/python -m pytest --golden $(PYTEST_ARGS)
	@git --no-pager diff --stat -- tests || true

sample: setup ## Re-makes sample_data from its generator
	$(BIN)/python sample_data/generate.py

docs: setup ## Re-makes docs/known-formats.md and docs/checks.md from what they describe, and the extension's notebook
	cp notebooks/explore.ipynb lab/labextensions/postmortem-workbench/static/
	$(BIN)/workbench formats page > docs/known-formats.md
	$(BIN)/python -c 'from workbench.check.lint import page; print(page())' > docs/checks.md

lock: ## Re-makes requirements.lock from pyproject.toml (needs uv and a network)
	$(UV) pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header -o requirements.lock

clean: ## Removes what was built, not the environment
	rm -rf build dist workbench-demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

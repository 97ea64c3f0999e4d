# Everything a developer runs, by name. `make` alone lists the targets.
#
# Each target installs what it needs, and only that, into .venv; a stamp file for each extra makes the next run quick
# and is out of date as soon as pyproject.toml or constraints.txt changes.

PYTHON ?= python3
DATA ?= data
OUT ?= demo
BENCHMARK ?= sine
BENCHMARK_OPTIONS ?=
PYTEST_OPTIONS ?=
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench

# Every pip call is constrained, the isolated build included (older pips pass the first on to it, newer ones read the
# second). A relative name, because pip splits the value at spaces, which a folder may have.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check bench docs format clean

help:  ## list the targets
	@echo "attime: make TARGET"
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  %-8s %s\n", $$1, $$2}'

demo: $(VENV)/.with-core  ## train, draw and measure the sine experiment; results in demo/ (OUT=folder)
	$(BIN)/attime demo --out "$(OUT)"

test: check $(VENV)/.with-test  ## check, then run the tests and the examples in docstrings (PYTEST_OPTIONS="-m slow")
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_OPTIONS)

check: $(VENV)/.with-check  ## style, types, layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/typos

# In an environment of its own: the libraries that ours is compared with ask for older packages than the tests use.
bench: $(BENCH_VENV)/.with-bench  ## run one benchmark (BENCHMARK=name DATA=folder BENCHMARK_OPTIONS=--quick)
	$(BENCH_VENV)/bin/python benchmarks/run.py $(BENCHMARK) --data "$(DATA)" --out benchmarks/results/$(BENCHMARK).json $(BENCHMARK_OPTIONS)

# From scratch (-E, no old pages): a second run would not repeat the warnings of pages that it does not read again.
docs: $(VENV)/.with-docs  ## build the pages into docs/_build/html
	rm -rf docs/generated
	$(BIN)/python -m sphinx -b html -E -W --keep-going -d docs/_build/doctrees docs docs/_build/html

format: $(VENV)/.with-check  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove what the targets made, except environments and benchmark results
	rm -rf demo dist docs/_build docs/auto_examples docs/generated
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ------------------------------------------------------------------------------------------------ the environment
$(VENV)/.made $(BENCH_VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "attime needs Python 3.11 or newer, and '$(PYTHON)' is not: try make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(@D) \
	  || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian: python3-venv)" >&2; exit 1; }
	@touch $@

$(VENV)/.with-core: pyproject.toml constraints.txt $(VENV)/.made
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.with-%: pyproject.toml constraints.txt $(VENV)/.made
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	@touch $@

$(BENCH_VENV)/.with-bench: export PIP_CONSTRAINT := benchmarks/constraints.txt
$(BENCH_VENV)/.with-bench: export PIP_BUILD_CONSTRAINT := benchmarks/constraints.txt
$(BENCH_VENV)/.with-bench: pyproject.toml benchmarks/constraints.txt $(BENCH_VENV)/.made
	$(BENCH_VENV)/bin/python -m pip install --quiet --editable ".[bench]"
	@touch $@

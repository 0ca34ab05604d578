# gaapbridge: `make demo` and `make test` need python3 (3.11 to 3.13) and make, nothing else.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
TEST_STAMP := $(VENV)/.ready-test
KERNELS := $(VENV)/.ready-kernels
SPARK_VENV := .venv-spark
SPARK_STAMP := $(VENV)/.ready-spark
N      ?= 1000000
WORKERS ?= 2

# The first interpreter that runs and is of a supported version. `make PYTHON=/path/to/python3.12 setup` overrides it.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11; do \
	"$$candidate" -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo "$$candidate"; break; }; done)

# Twice quiet: warnings about a registry's mirrors are not ours; errors still show. What only tests need is compiled when it is
# loaded, most of it never.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
INSTALL := $(PIP) install --require-hashes --only-binary :all:

# Only to make the locks anew: `make UV=/path/to/uv locks`. Pins that stand in a lock already stay, unless UPGRADE=--upgrade.
UV      ?= uv
UPGRADE ?=
LOCK    := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header $(UPGRADE) pyproject.toml

# Modules are compiled once for all tests that start Python; and a thread of Polars for each worker.
FASTER := PYTHONDONTWRITEBYTECODE= POLARS_MAX_THREADS=1
PYTEST := $(FASTER) HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-ci} $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# Seconds since make was called, which what it sets up took.
STARTED := $(shell date +%s)
TOOK    = $$(($$(date +%s) - $(STARTED))) s

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-campaigns test-all test-spark spark-tests lint types tests all-tests bench conformance coverage mutation rivals performance test-pythons \
	mutate-tables docs pictures locks clean distclean

help:  ## what can be made
	@echo "make demo          one period close of the example lender, from tapes to statement"
	@echo "make test          ruff, mypy and all tests but the campaigns, import contracts among them; minutes on two cores"
	@echo "make test-campaigns  the tests of breadth that it leaves: random lenders, mutations, a browser, wheels, real tapes"
	@echo "make test-all      both, as one: everything that must hold"
	@echo "make test-spark    the close on Spark, in an environment of its own ($(SPARK_VENV), 2 GB; the first time takes minutes)"
	@echo "make conformance   what every difference must satisfy, worked examples and filings only"
	@echo "make bench [N=...] a close of N synthetic loans against merely reading their tape (default $(N))"
	@echo "make rivals        the same slice of a close by NumPy, DuckDB, Polars, pandas, pyxirr, creditriskengine (N=$(N))"
	@echo "make performance   docs/performance.md from the benchmarks; on a quiet machine, hours"
	@echo "make test-pythons  the same ledger on every Python from 3.11 to 3.13 that is here; says which are not"
	@echo "make coverage      which statements and branches the tests run, room by room; takes minutes"
	@echo "make mutation      what no test sees: small mistakes made one by one, at most half an hour; figures and survivors"
	@echo "make docs          the documentation as a site that opens from a disk: site/index.html"
	@echo "make pictures      the pictures of README and docs anew from a demo (needs Chromium and LibreOffice)"
	@echo "make setup         the environment of the demo only ($(VENV)); the others make it, or add what tests need"
	@echo "make mutate-tables  what verify sees of 24,000 misprints in published tables, by kind"
	@echo "make locks         the hashed requirements anew from pyproject.toml (needs uv)"
	@echo "make clean         remove what tools built; distclean removes the environment too; your plans and runs (demo/) stay"

setup: $(STAMP)  ## the environment, made on first use and again when a pin changes

# Made anew when its interpreter or pip has gone (a moved folder, a removed Python): a venv cannot be mended.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || test -x $(BIN)/python || { \
		echo "gaapbridge needs Python 3.11, 3.12 or 3.13; python3 here is: $$(python3 --version 2>&1 || echo missing)."; \
		echo "Install one of these, or name it: make PYTHON=/path/to/python3.12 setup"; exit 1; }
	@echo "Setting up $(VENV): the first time takes about a minute..."
	@$(BIN)/python -c 'import pip; $(SUPPORTED)' >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "Ready after $(TOOK): $$($(BIN)/python --version), $(BIN)/gaapbridge"

# Both files, since pip wants a hash for whatever a package of the second needs from the first.
$(TEST_STAMP): requirements-test.lock $(STAMP)
	@echo "Adding what the tests need..."
	@$(INSTALL) --no-compile -r requirements.lock -r requirements-test.lock
	@touch $@
	@echo "Tests are ready after $(TOOK)"

# Spark comes as its source: it is built here, by what the lock pins for that, and by nothing that pip would fetch besides.
$(SPARK_STAMP): requirements-spark.lock $(TEST_STAMP)
	@echo "Adding Spark, which is built here: this takes minutes..."
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements-spark.lock > $(VENV)/builds-spark.lock
	@$(INSTALL) -r $(VENV)/builds-spark.lock
	@$(INSTALL) --no-binary pyspark --no-build-isolation --no-compile -r requirements.lock -r requirements-test.lock -r requirements-spark.lock
	@touch $@
	@echo "Spark is ready after $(TOOK)"

# What a close compiles is compiled by one process, beside mypy, and not by every worker for itself.
$(KERNELS): $(TEST_STAMP) $(wildcard src/gaapbridge/measure/*.py)
	@folder=$$(mktemp -d) && $(FASTER) $(BIN)/gaapbridge new plan $$folder/lender >/dev/null && \
		$(FASTER) $(BIN)/gaapbridge close $$folder/lender/plan.toml >/dev/null; rm -rf "$$folder"
	@touch $@

demo: $(STAMP)  ## one period close of the example lender
	@$(BIN)/gaapbridge demo

test: $(TEST_STAMP)  ## what somebody who changed one thing waits for
	@$(MAKE) --no-print-directory -j2 lint types tests

test-campaigns: $(KERNELS)  ## the other tests
	$(PYTEST) -m campaign

# One session and not two: all tests are collected once, what many look at is made once, and nobody waits for a last test twice.
test-all: $(TEST_STAMP)  ## everything that must hold
	@$(MAKE) --no-print-directory -j2 lint types all-tests

# Its own environment: Spark is large, and what it needs is older than what nothing else needs.
test-spark:  ## the close on Spark
	@$(MAKE) --no-print-directory VENV=$(SPARK_VENV) spark-tests

spark-tests: $(SPARK_STAMP)
	$(FASTER) $(BIN)/python -m pytest tests/spark

lint: $(TEST_STAMP)
	$(BIN)/ruff check

types: $(TEST_STAMP)
	$(BIN)/mypy

tests: $(KERNELS)
	$(PYTEST) -m "not campaign"

all-tests: $(KERNELS)
	$(PYTEST)

conformance: $(TEST_STAMP)  ## the suite of the differences, worked examples, filings
	$(BIN)/python -m pytest -n $(WORKERS) $(wildcard tests/conformance) tests/differences tests/filing

bench: $(STAMP)  ## close against mere reading
	$(BIN)/python -m benchmarks.close --loans $(N)

# Rivals of the benchmark in environments of their own: no part of ours, and one of them puts pandas back.
RIVALS := build/rivals/.ready build/rivals-creditriskengine/.ready
build/rivals/.ready: benchmarks/rivals/requirements.txt
build/rivals-creditriskengine/.ready: benchmarks/rivals/requirements-creditriskengine.txt
$(RIVALS): $(STAMP)
	@$(BIN)/python -m venv --clear $(@D)
	@$(@D)/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input install --requirement $(filter %.txt,$^)
	@touch $@

rivals: $(RIVALS)  ## the slice of a close by ours and by others
	$(BIN)/python -m benchmarks.rivals --loans $(N)

performance: $(RIVALS)  ## docs/performance.md anew
	$(BIN)/python -m benchmarks.close --loans $(N) --ways one,totals,contracts
	$(BIN)/python -m benchmarks.rivals --loans $(N)
	$(BIN)/python -m benchmarks.performance

test-pythons: $(STAMP)  ## the ledger of every Python that is supported and here
	$(BIN)/python -m tests.determinism

coverage: $(TEST_STAMP)  ## lines that the tests run
	$(BIN)/python -m benchmarks.covered

mutation: $(TEST_STAMP)  ## mistakes that no test sees
	$(BIN)/python -m benchmarks.mutation --workers $(WORKERS)

mutate-tables: $(STAMP)  ## misprints that verify sees
	$(BIN)/python -m benchmarks.misprints --changes 24000
	$(BIN)/python -m benchmarks.misprints --changes 6000 --plain
	$(BIN)/python -m benchmarks.misprints --changes 600 --signs
	$(BIN)/python -m benchmarks.misprints --changes 600 --signs --plain

docs: $(TEST_STAMP)  ## the documentation as a site
	@$(BIN)/python docs/site/pages_of_site.py
	@echo "Open site/index.html"

pictures: $(TEST_STAMP)  ## what README and docs show of a demo
	$(BIN)/python docs/pictures.py

# A lock leaves out whatever those before it pin, so that no package has two pins.
PINNED_IN = $$(sed -nE 's/^([a-z0-9-]+)==.*/--no-emit-package \1/p' $(1) | sort -u)
locks:  ## the locks from pyproject.toml
	$(LOCK) --extra build --extra report --output-file requirements.lock
	$(LOCK) --extra test --constraint requirements.lock --output-file requirements-test.lock $(call PINNED_IN,requirements.lock)
	$(LOCK) --extra test-spark --constraint requirements.lock --constraint requirements-test.lock \
		--output-file requirements-spark.lock $(call PINNED_IN,requirements.lock requirements-test.lock)

# demo/ is left: plans that were edited and runs that were closed are nobody's to remove but their owner's.
clean:
	rm -rf build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) $(SPARK_VENV)

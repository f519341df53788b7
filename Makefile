# Everything a contributor runs. Needs Python 3.11 or newer with pip, make and a network; `make help` lists the targets.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)
VENV ?= .venv
BIN := $(VENV)/bin
CONFORMANCE ?= ../shared/conformance
CASES := .cache/conformance
JOBS ?= 2
PARALLEL := --numprocesses=$(JOBS) --dist=worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types layers coverage fuzz docs conformance replay bench load format clean

help:  ## show the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24' 'setuptools>=77'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

demo: $(VENV)/.installed  ## migrate a copy of examples/shop, from plan to rollback
	$(BIN)/python scripts/demo.py

test: $(VENV)/.installed  ## run the tests
	$(BIN)/python -m pytest $(PARALLEL)

check: lint types layers coverage  ## all that must hold before a change lands

lint: $(VENV)/.installed  ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed  ## mypy, strict
	$(BIN)/mypy

layers: $(VENV)/.installed  ## who may import whom
	$(BIN)/lint-imports

coverage: $(VENV)/.installed  ## the tests with branch coverage, documentation and packaging included
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term:skip-covered

fuzz: $(VENV)/.installed  ## random applications (FUZZ_APPLICATIONS=2000), data for schemas (FUZZ_INPUTS=20000), requests (PROOF_REQUESTS=100000)
	FUZZ_APPLICATIONS=$(or $(FUZZ_APPLICATIONS),2000) FUZZ_INPUTS=$(or $(FUZZ_INPUTS),20000) $(BIN)/python -m pytest tests/fuzz --capture=no
	PROOF_REQUESTS=$(or $(PROOF_REQUESTS),100000) PROOF_RULES=500 $(BIN)/python -m pytest tests/proxy/test_proof.py

docs: $(VENV)/.installed  ## write the generated pages and the picture again
	$(BIN)/python scripts/docs.py

conformance:  ## replay recorded exchanges of small Flask applications (CONFORMANCE=folder)
	@if test -f "$(CONFORMANCE)/kit.py"; then $(MAKE) --no-print-directory replay; \
	else echo "no conformance cases at $(CONFORMANCE): nothing replayed (set CONFORMANCE to their folder)"; fi

replay: $(CASES)/.installed
	$(CASES)/bin/python "$(CONFORMANCE)/kit.py" replay "$(CONFORMANCE)/cases" --migrate $(CASES)/bin/migrate --jobs $(JOBS)

# The cases name the versions that they were recorded with, so they have an environment of their own.
$(CASES)/.installed: pyproject.toml $(wildcard $(CONFORMANCE)/requirements.txt)
	test -x $(CASES)/bin/python || $(PYTHON) -m venv $(CASES)
	$(CASES)/bin/python -m pip install --quiet --disable-pip-version-check -r "$(CONFORMANCE)/requirements.txt"
	$(CASES)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[app]' httpx2
	@touch $@

bench: $(VENV)/.bench  ## ratios: plan, start-up, gateway, proxies, converted routes, apply, schemas
	$(BIN)/python -m scripts.bench

load: $(VENV)/.bench  ## promotions under load, killed processes, bodies larger than memory: nothing lost, nothing twice
	$(BIN)/python -m scripts.load

format: $(VENV)/.installed  ## rewrite to style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove what the other targets made
	rm -rf $(VENV) .demo .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

# The commands of this project. Each sets up what it needs.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.requirements.sha256
FOLDER ?= examples/network

# Every command and every test starts Python anew: bytecode is kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

SEED := $(or $(SEED),$(shell date +%s))

.PHONY: demo dev test soak check catalog bench server setup install clean

## The example program's year, on virtual clocks. KEEP=1 stops in mid-year and leaves it to look at; PRESET: usual, epidemic.
demo: setup
	$(RUN) starter.py rehearse $(FOLDER) --report out/rehearsal/report.json $(if $(PRESET),--preset $(PRESET)) $(if $(KEEP),--keep --midyear)

## The stack on durable files, with worker and desk, until Ctrl-C.
dev: setup
	$(RUN) starter.py dev

## Files of tests run side by side, each process with servers of its own: more than there are processors, since they often wait.
test: server
	$(VENV)/bin/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

## What is always true, in 500 sequences of events, half of them on each of two processors. SEED=... plays those of another time again.
soak: server
	@echo "make soak SEED=$(SEED)"
	@$(MAKE) --no-print-directory --jobs=2 half-$(SEED) half-$$(($(SEED) + 1))

half-%:
	$(VENV)/bin/pytest tests/always_true --hypothesis-profile=soak --hypothesis-seed=$* --capture=no

check: setup
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	PYTHONPATH=. $(VENV)/bin/lint-imports

## Brings desk/es.po up to date with what the desk says; what is new in it has no Spanish words yet.
catalog: setup
	$(RUN) -m desk.catalog

bench: setup
	$(RUN) -m bench
	$(RUN) -m bench.desk

## A Temporal server for tests that start side by side; demo and dev find it by themselves.
server: setup
	@$(RUN) -m stack

setup:
	@sha256sum --status --check $(STAMP) 2>/dev/null || $(MAKE) --no-print-directory install

install:
	@echo "installing the pinned dependencies into $(VENV)"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@sha256sum requirements-dev.txt > $(STAMP)

clean:
	rm -rf build out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

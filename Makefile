# `make` lists the targets. Everything is safe to repeat; a second run skips what is done.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
export PYTHONPATH := $(CURDIR)
# Images of containers often forbid Python to keep what it compiled. Then each of the many processes that Airflow, the
# gateway and the tests start compiles Airflow, PyTorch and the rest anew: half of its processor time.
export PYTHONDONTWRITEBYTECODE :=
# Two workers on two cores: more only wait for each other. Files stay together, so that a service one file starts is
# started once.
PYTEST := $(PYTHON) -m pytest --dist loadfile -n $(shell n=$$(nproc); echo $$(( n > 4 ? 4 : n )))
# Folders that hold Python of our own.
SOURCES := include tasks cli dags plugins live_gateway benchmarks tests
PRESENT := $(wildcard $(SOURCES))
LINT_SCRIPTS := --deny-warnings --report-unused-disable-directives
NO_SECRETS := -c 2 --baseline .secrets.baseline

.PHONY: help setup setup-dev hooks models demo up env test test-unit test-processors test-walk fuzz bench bench-live compose-test lint format docs constraints clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: ## system packages, virtual environment, pinned packages
	@.ci/bootstrap.sh

setup-dev: ## the same, with what tests and linters need
	@.ci/bootstrap.sh --dev

hooks: setup-dev ## run the quick linters before each commit of this clone
	@.venv/bin/pre-commit install

models: setup ## download and verify the model weights
	@./triview models fetch

demo: setup ## interviews through a real local Airflow, ending with scorecards, reports and a small ranking
	@./triview demo

up: setup ## keep the local system running: Airflow and its pages; prints addresses and the password
	@./triview up

env: ## .env for the composed system, from .env.example, with fresh secrets
	@python3 cli/setup/new_env.py

test: setup-dev ## every test
	@./triview models fetch product tests demo
	@$(PYTEST) --cov --cov-report=term

test-unit: setup-dev ## the pure tests, under a minute
	@$(PYTEST) -m "unit and not slow" -p no:schemathesis -p no:faker

test-processors: setup-dev ## the tests that hear, once under each instruction set of this processor
	@./triview models fetch product tests demo
	@$(PYTHON) -m tests.support.processors -- $(PYTEST) -m hears

test-walk: setup-dev ## by page alone, in Chromium, from accounts to the audit trail; seven minutes and more
	@./triview models fetch product tests demo
	@$(PYTEST) tests/live_gateway/web/walk_by_page.py

fuzz: setup-dev ## give every door mutated inputs, for SECONDS=600 in all; ends with 1 where one is no sentence
	@$(PYTHON) -m tests.fuzz --seconds $(or $(SECONDS),600)

bench: setup-dev ## measure speed, memory and accuracy; writes JSON and prints tables
	@./triview models fetch product demo
	@./triview bench

bench-live: setup-dev ## measure live interviews, beside two other systems; takes most of an hour
	@./triview models fetch product demo
	@./triview bench-live

compose-test: setup-dev ## build and run the composed system in containers, harm it, take it down; needs docker or podman
	@./triview compose-test

lint: setup-dev ## style of Python and scripts, secrets, import floors, types
	@$(PYTHON) -m ruff check $(PRESENT)
	@$(PYTHON) -m ruff format --check $(PRESENT)
	@.venv/bin/oxlint $(LINT_SCRIPTS) $(PRESENT)
	@git ls-files -z --cached --others --exclude-standard | xargs -0 .venv/bin/detect-secrets-hook $(NO_SECRETS)
	@.venv/bin/lint-imports
	@$(PYTHON) -m mypy

format: setup-dev ## rewrite the sources in the project's style
	@$(PYTHON) -m ruff check --fix-only $(PRESENT)
	@$(PYTHON) -m ruff format $(PRESENT)

docs: setup ## generate docs/DAGS.md from the DAGs' own manuals
	@./triview docs

constraints: setup-dev ## record the versions of this environment in .ci/constraints.txt (after the tests passed)
	@{ printf '%s\n' '# Every version the tests ran with, below the pins of requirements*.txt (`make constraints`). No local versions:' \
	  '# the build of torch is chosen per machine.'; \
	  .tools/uv/bin/uv pip freeze --python .venv | grep -v '^-e' | sed 's/+cpu$$//'; } > .ci/constraints.new
	@mv .ci/constraints.new .ci/constraints.txt

clean: ## remove the environment and what runs left behind (models and ~/.cache stay)
	rm -rf .venv .tools .triview .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

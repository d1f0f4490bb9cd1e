# `make demo` and `make test` are all a newcomer needs; both set up .venv first. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PYTEST_ARGS ?=
PAGE := src/referee/serve/static/index.html
SETUP := pyproject.toml constraints.txt scripts/venv.sh tests/adapters/frameworks.txt

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s  %s\n", $$1, $$2}' Makefile

demo: .venv/.base  ## score the bundled example rollouts, then show the walkthrough
	@$(BIN)/referee demo

test: .venv/.dev  ## lint, types, architecture, docs, page, wheel, then the tests
	@$(MAKE) --no-print-directory lint docscheck page wheel
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

code-long: .venv/.dev  ## every published solution and every wrong program, in every tier
	@REFEREE_LONG=1 $(BIN)/python -m pytest tests/code $(PYTEST_ARGS)

sandbox-long: .venv/.dev  ## 10,000 hostile runs in every zygote tier
	@REFEREE_SANDBOX_LONG=1 $(BIN)/python -m pytest tests/sandbox/test_attacks.py $(PYTEST_ARGS)

ledger-long: .venv/.dev  ## many kills of the ledger's writer, and 100,000 scores replayed elsewhere
	@REFEREE_LEDGER_LONG=1 $(BIN)/python -m pytest tests/ledger $(PYTEST_ARGS)

chaos: .venv/.dev  ## kill, stop, fill and skew everything a pool needs, the long form
	@REFEREE_CHAOS_LONG=1 $(BIN)/python -m pytest tests/pool/test_chaos.py tests/pool/test_poison.py $(PYTEST_ARGS)

redteam-long: .venv/.dev  ## every hack and rewrite on every bundled pack, searched and judged again elsewhere
	@REFEREE_LONG=1 $(BIN)/python -m pytest tests/redteam/test_packs.py $(PYTEST_ARGS)

serve-long: .venv/.dev  ## a minute of 64 connections with a kill in the middle, and many requests by the OpenAPI document
	@REFEREE_SERVE_LONG=1 $(BIN)/python -m pytest tests/serve $(PYTEST_ARGS)

train-long: .venv/.dev  ## the miniature with three seeds: accuracy, form, control
	@REFEREE_LONG=1 $(BIN)/python -m pytest tests/examples/test_miniature.py $(PYTEST_ARGS)

lint: .venv/.dev  ## ruff, mypy, import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Run '.venv/bin/ruff format .'" >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

docs: .venv/.dev  ## write the generated pages
	@$(BIN)/python scripts/docs.py

docscheck: .venv/.dev
	@$(BIN)/python scripts/docs.py --check

page: $(PAGE)  ## build the page of `referee serve`, where npm is

$(PAGE): $(shell find web -name node_modules -prune -o -type f -print) scripts/page.sh
	@scripts/page.sh

screenshots: .venv/.dev page  ## take the pictures of docs/page.md anew, where Chromium is
	@$(BIN)/python scripts/screenshots.py

wheel: .venv/.dev page  ## build the wheel and use it in an empty environment
	@scripts/check_wheel.sh

bench: .venv/.base  ## measure the judge on this machine
	@$(BIN)/referee bench judge

clean:  ## remove .venv, caches and build outputs
	rm -rf .venv dist build web/node_modules src/referee/serve/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.base: $(SETUP)
	@scripts/venv.sh base

.venv/.dev: $(SETUP)
	@scripts/venv.sh dev

.PHONY: help demo test chaos code-long sandbox-long redteam-long train-long serve-long ledger-long lint docs docscheck page screenshots wheel bench clean

# `make` alone prints what there is. Only Python 3.11 or newer is assumed; everything else lands in .venv.

PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell \
	$(p) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
PORT ?= 8000
# What a production installation sets, so that its checks run here too. Nothing is kept with this key.
PRODUCTION := SECRET_KEY=only-for-the-check-$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))') \
	FIELD_ENCRYPTION_KEYS=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= ALLOWED_HOSTS=desk.example.com

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run worker test check fmt crash nightly audit bench requirements

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/runtime: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed. On Debian: apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

.venv/development: .venv/runtime requirements-dev.txt
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

setup: .venv/development ## Make .venv with everything needed to run, check and test

run: .venv/runtime ## Serve the product with a demo workspace at http://127.0.0.1:8000 (PORT=8001: elsewhere)
	$(BIN)/python manage.py up --demo --port $(PORT)

worker: .venv/runtime ## Send what is due and do the jobs, without the pages
	$(BIN)/python manage.py worker

test: check ## Set up everything and run all checks and tests
	$(BIN)/python -m tests.everything

check: setup ## Run every check that is not a test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lint-imports --no-cache --no-logo
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

fmt: setup ## Format the Python files and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

crash: setup ## Kill and freeze real workers at every named point, on SQLite and PostgreSQL
	$(BIN)/python -m tests.everything crash

nightly: setup ## All tests in another order with new examples, and the full crash matrix
	$(BIN)/python -m tests.everything nightly

audit: setup ## Look for known vulnerabilities in what is installed
	@$(BIN)/python -m tests.audit

BENCH ?= phones import memory beside
bench: export DATABASE_URL := sqlite:///$(CURDIR)/var/bench.sqlite3
bench: setup ## Measure, and print figures as ratios (BENCH=phones: only one)
	@mkdir -p var
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py benchmark $(BENCH)

# requirements*.txt are written by uv (pip install uv) from the .in files, for every supported Python at once.
requirements: ## Choose and pin versions anew
	for name in requirements requirements-dev requirements-scale; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make requirements" $$name.in -o $$name.txt || exit 1; done

# Plain `make` prints what each target does. Everything is installed into .venv; nothing else is touched.

PYTHON ?= python3
UV_VERSION := 0.13.9

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_STAMP := $(VENV)/.uv-$(UV_VERSION)
APP_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-development

# uv leaves the bytecode to the first import, which would make the first start 10 seconds slower.
INSTALL := $(UV) pip install --python $(BIN)/python --compile-bytecode
LOCK := $(UV) pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --annotation-style line --custom-compile-command "make lock"
# Two test processes share two cores best when neither starts a thread for each core.
ONE_THREAD := OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
TEST := $(ONE_THREAD) $(BIN)/python -m pytest --numprocesses 2 --dist worksteal
DEVELOPMENT_RANGES := import tomllib; \
	extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
	print(*extras["dev"], sep="\n")

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help start install test coverage check format benchmark benchmark-labels readme lock lock-check chromium

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

start: $(APP_STAMP) ## Install what is missing, start the labelling app and the dashboard, print both addresses
	@$(BIN)/python -m app.serve

install: $(APP_STAMP) ## Create .venv with the pinned requirements and the lpr command

test: check chromium ## Run `make check` and all default tests, browser tests included
	@$(TEST)

# Counting lines makes the tests a quarter slower.
coverage: $(DEV_STAMP) chromium ## Run all default tests and tell which lines of both apps and lpr_core none of them reaches
	@$(TEST) --cov --cov-report=term:skip-covered

check: $(DEV_STAMP) ## Check format, lint, types (lpr_core) and which room imports which
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports

format: $(DEV_STAMP) ## Bring the code into the checked format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

benchmark: $(DEV_STAMP) ## Time and score the shipped reader beside EfficientNetB0 and RapidOCR
	@$(INSTALL) --quiet --no-deps --requirement tests/benchmarks/requirements.txt
	@$(BIN)/python -m tests.benchmarks

benchmark-labels: $(DEV_STAMP) ## Let 20 people label for 15 minutes against a real server; print errors, times and memory
	@$(BIN)/python -m tests.benchmarks.labels $(ARGS)
	@$(BIN)/python -m tests.benchmarks.intake

readme: $(DEV_STAMP) ## Fill the README's figures and sessions from the shipped reader and real commands
	@$(BIN)/python -m tests.write_readme

lock: $(UV_STAMP) ## Pin the newest versions that pyproject.toml admits, for deployment and for development
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(BIN)/python -c '$(DEVELOPMENT_RANGES)' \
		| $(LOCK) - --constraints requirements.txt --output-file tests/requirements.txt

lock-check: $(DEV_STAMP) ## Ask the package index whether both lock files install on every platform they are for
	@$(BIN)/python -m tests.check_locks

$(UV_STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed, '$(PYTHON)' is not. Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# pip steps in where uv cannot: uv does not read pip's settings, a company's package index among them.
# opencv-python needs libGL, which servers seldom have; its headless build is the same module without windows.
$(APP_STAMP): requirements.txt pyproject.toml $(UV_STAMP)
	@echo "Installing the pinned requirements into $(VENV): once, about a minute."
	@$(INSTALL) --requirement requirements.txt --editable . \
		|| $(BIN)/python -m pip install --requirement requirements.txt --editable .
	@$(BIN)/python -c 'import cv2' 2>/dev/null || { \
		$(UV) pip uninstall --quiet --python $(BIN)/python opencv-python; \
		sed -n 's/^opencv-python==\([^ ]*\).*/opencv-python-headless==\1/p' requirements.txt \
			| $(INSTALL) --no-deps --reinstall --requirement -; }
	@touch $@

$(DEV_STAMP): tests/requirements.txt $(APP_STAMP)
	@$(INSTALL) --quiet --requirement tests/requirements.txt \
		|| $(BIN)/python -m pip install --quiet --requirement tests/requirements.txt
	@touch $@

chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install --yes -qq --no-install-recommends chromium >/dev/null; \
	else echo "Chromium is missing: the browser tests are skipped. Debian's package is named chromium."; fi

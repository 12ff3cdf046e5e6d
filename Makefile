# One virtual environment, two sets of pinned and hashed requirements, and the checks.
# Needs Python 3.11 or newer and a package registry: no root, no system packages, no containers.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
UV_COMPILE := uv pip compile --quiet --no-config --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

# Debian ships Python without ensurepip, so a new environment may have no pip of its own.
# Then any pip or uv already on the machine installs into it.
define shell_functions
set -eu; \
new_venv() { \
  for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
    "$$python" -m venv --clear $(VENV) >/dev/null 2>&1 && return; \
    "$$python" -m venv --clear --without-pip $(VENV) >/dev/null 2>&1 || continue; \
    ! installer >/dev/null || return 0; \
  done; \
  rm -rf $(VENV); \
  echo 'setup: needs Python 3.11+ (PYTHON=... names one) with ensurepip, or any pip >= 22.3 or uv' >&2; \
  return 1; \
}; \
installer() { \
  if $(BIN)/python -m pip --version >/dev/null 2>&1; then \
    echo '$(BIN)/python -m pip install'; return; \
  fi; \
  for pip in '$(PYTHON) -m pip' pip3 pip; do \
    if $$pip --python $(BIN)/python --version >/dev/null 2>&1; then \
      echo "$$pip --python $(BIN)/python install"; return; \
    fi; \
  done; \
  if uv --version >/dev/null 2>&1; then echo 'uv pip install --python $(BIN)/python'; return; fi; \
  return 1; \
}
endef

# $(call install,REQUIREMENTS)
define install
@$(shell_functions); \
[ -x $(BIN)/python ] && installer >/dev/null || { echo 'setup: creating $(VENV)'; new_venv; }; \
echo 'setup: installing $(1)'; \
install=$$(installer); \
$$install -qq --require-hashes -r $(1); \
echo 'setup: installing zones'; \
$$install -qq --no-deps --no-build-isolation -e .
endef

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check lint types imports format bench long fuzz lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.ready ## install what running needs, into .venv

setup-dev: $(VENV)/.ready-dev ## install what developing needs too

$(VENV)/.ready: requirements.txt pyproject.toml
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt requirements.txt pyproject.toml
	$(call install,requirements-dev.txt)
	@touch $(VENV)/.ready $@

run: setup ## play a generated organisation's year (ARGS="..." adds options)
	@$(BIN)/zones up --demo $(ARGS)

# The tests start hundreds of processes, and each would compile everything anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: lint types imports ## every check, then every test but the long ones (ARGS="..." goes to pytest)
	@echo 'test: pytest'
	@$(BIN)/python -m pytest -n 3 --dist loadscope $(ARGS)

check: test ## the same

lint: setup-dev ## style and layout
	@echo 'check: ruff'
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check || { echo 'run: make format' >&2; exit 1; }

types: setup-dev ## static types
	@echo 'check: mypy'
	@$(BIN)/mypy --no-error-summary

imports: setup-dev ## who may import whom
	@echo 'check: import-linter'
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }

format: setup-dev ## lay the code out, and mend what can be mended
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format --quiet

bench: setup-dev ## measure
	@$(BIN)/python -m tests.bench $(ARGS)

long: setup-dev ## the tests that take minutes
	@$(BIN)/python -m pytest -m long $(ARGS)

fuzz: $(VENV)/.ready-fuzz ## look for input that breaks a reader (Linux on x86-64; ARGS="--seconds 60")
	@$(BIN)/python -m tests.fuzzing $(ARGS)

$(VENV)/.ready-fuzz: $(VENV)/.ready-dev requirements-fuzz.txt
	$(call install,requirements-fuzz.txt)
	@touch $@

lock: ## pin the requirements anew from pyproject.toml (needs uv; ARGS=--upgrade moves them)
	@$(UV_COMPILE) --group build --output-file requirements.txt $(ARGS) pyproject.toml
	@$(UV_COMPILE) --group dev --constraint requirements.txt \
	  --output-file requirements-dev.txt $(ARGS) pyproject.toml
	@$(UV_COMPILE) --group pyproject.toml:fuzz --output-file requirements-fuzz.txt $(ARGS)

clean: ## remove .venv and what the checks have cached; running systems keep their data
	@rm -rf $(VENV) build dist *.egg-info .fuzzing .hypothesis .import_linter_cache .mypy_cache \
	  .pytest_cache .ruff_cache

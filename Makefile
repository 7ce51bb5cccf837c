# Everything is run from .venv, which is made on first use and then left alone.
# Paths are relative, so the folder may have any name, spaces included.

VENV ?= .venv
PYTHON ?=
# For two cores: a third of the time tests wait for servers of their own.
WORKERS ?= 3
ARGS ?=
PY = $(VENV)/bin/python
READY = $(VENV)/.ready
PIP = $(PY) -m pip --disable-pip-version-check install --quiet --progress-bar off -c constraints.txt

# The stamp holds the place it was made for: a folder that was moved is set up again.
$(shell test -x '$(PY)' && test "$$(cat '$(READY)' 2>/dev/null)" = "$$(pwd)" || rm -f '$(READY)')

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format check long bench bench-pricing promises test-slow sabotage mutants test-all

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Make .venv with everything pinned (every other target does it when needed)

run: $(READY) ## A working shop on http://127.0.0.1:8000, with its own database and a demo catalogue
	@exec $(PY) $(VENV)/bin/automate-store run

test: $(READY) ## Every test (ARGS="-k split" for some)
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

lint: $(READY) ## Formatting, lint, types and import contracts
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) $(VENV)/bin/lint-imports --no-logo

format: $(READY) ## Put the formatting right, and what else can be put right safely
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

check: lint test ## What has to pass before a commit is shared: lint, then test

long: $(READY) ## Every test, with 10,000 examples for each law
	@HYPOTHESIS_PROFILE=long $(PY) -m pytest -n $(WORKERS)

bench: $(READY) ## CPU time for each operation of the store, on this machine
	@$(PY) -m benchmarks.speed $(ARGS)

bench-pricing: $(READY) ## What a quote takes, and what 50 promotions cost a checkout
	@$(PY) -m benchmarks.pricing $(ARGS); slow=$$?; \
	$(PY) -m benchmarks.speed --promotions 50 && exit $$slow

promises: $(READY) ## What the store promises, checked under load (ARGS="P01 --seed 7 --quick")
	@$(PY) -m benchmarks.promises $(ARGS)

test-slow: WORKERS = 2
test-slow: $(READY) ## The tests that make test leaves out, and every promise at the size of a test
	@TESTS=all $(PY) -m pytest -n $(WORKERS) -m slow $(ARGS)

sabotage: $(READY) ## What those checks find where the store is broken on purpose (ARGS="P01")
	@$(PY) -m benchmarks.sabotage $(ARGS)

mutants: $(READY) ## What the tests of the rules find where the rules are changed (ARGS="automate_store.domain.coupons*")
	@$(PIP) mutmut
	@HYPOTHESIS_PROFILE=mutants $(PY) -m mutmut run --max-children $(WORKERS) $(ARGS)
	@$(PY) -m benchmarks.mutants

test-all: ## Every test on each Python from 3.11 to 3.13 that is here
	@failed=''; \
	for version in 3.11 3.12 3.13; do \
	  if python$$version -c 'pass' 2>/dev/null; then \
	    echo "== Python $$version"; \
	    $(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON=python$$version \
	      || failed="$$failed $$version"; \
	  else \
	    echo "== Python $$version is not here, and was not tried"; \
	  fi; \
	done; \
	if [ -n "$$failed" ]; then echo "failed on Python$$failed" >&2; exit 1; fi

# Pinned versions first, then newer Pythons than the pins were tried on; a Python that
# is a mere stub, or came without venv, is passed over. Nothing is fetched twice: what is
# in .venv already satisfies pip without a look at the network. Setuptools builds localstripe,
# which has no wheel; from 3.12 on no venv comes with it.
$(READY): pyproject.toml constraints.txt
	@set -e; \
	usable='import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, int(sys.argv[1])))'; \
	if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  chosen=''; \
	  for newest in 13 99; do \
	    for each in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python); do \
	      if [ -z "$$chosen" ] && $$each -c "$$usable" $$newest >/dev/null 2>&1; then chosen=$$each; fi; \
	    done; \
	  done; \
	  if [ -z "$$chosen" ]; then \
	    echo 'Python 3.11 or later, with its venv module, is needed and was not found.' >&2; \
	    echo "python3 here: $$(python3 --version 2>&1 || true)" >&2; \
	    echo 'On Debian and Ubuntu: apt install python3 python3-venv. Another one: make PYTHON=/path/to/python3.12' >&2; \
	    exit 1; \
	  fi; \
	  echo "Setting up $(VENV) with $$chosen, once; it takes about a minute."; \
	  $$chosen -m venv --clear $(VENV); \
	fi; \
	$(PIP) hatchling setuptools; \
	$(PIP) --no-build-isolation -e '.[dev]'; \
	pwd > $(READY)

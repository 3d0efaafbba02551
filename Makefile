# Two commands do all the set-up: `make sandbox` and `make test`.
PYTHON ?= python3
PORT ?= 8770
VENV := .venv
BIN := $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE # each bot loads its doors anew: from compiled files, in half the time
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes

PURE := bot/model.py,bot/text.py,bot/decide.py,bot/policy.py,bot/config/*,bot/claims/*,bot/duplicates/*

.PHONY: sandbox run test check format wheel confusables lock clean

sandbox: $(VENV)/.sandbox ## try Copydesk in a browser, without a token
	@$(BIN)/python -m bot sandbox --port $(PORT)

run: $(VENV)/.run ## run the bot with the token and settings of .env
	@$(BIN)/python -m bot run

test: $(VENV)/.dev ## run the tests; COVERAGE=yes tells what they leave untried, and takes half as long again
	$(BIN)/python -m pytest -n auto $(if $(COVERAGE),--cov --cov-report=term)
	$(if $(COVERAGE),$(BIN)/python -m coverage report --include='$(PURE)' --fail-under=100)

check: $(VENV)/.dev ## lint, types, import contracts, explainers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot faq check data/explainers

format: $(VENV)/.dev ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

wheel: $(VENV)/.dev ## build dist/*.whl
	rm -rf dist
	$(BIN)/hatchling build -t wheel

confusables: $(VENV)/.dev ## write the table of look-alike letters anew from Unicode's data
	$(BIN)/python tools/make_confusables.py

lock: $(VENV)/.dev ## write the pinned requirements anew, newest versions that pyproject.toml admits
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		pyproject.toml --extra sandbox -o requirements/sandbox.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		pyproject.toml --extra fast -o requirements/fast.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		pyproject.toml --extra sandbox --extra fast --group dev -o requirements/dev.txt

clean: ## remove what the other commands made
	rm -rf $(VENV) dist build .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.%: requirements/%.txt | $(BIN)/python
	@echo "Installing requirements/$*.txt ..."
	@$(PIP) -r $<
	@touch $@

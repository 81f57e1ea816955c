# Everything sets itself up in .venv: nothing but Python 3.11+ and make is needed.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Three processes on two cores: a test in a browser waits half of its time
TESTS := pytest -q -n 3 --dist worksteal
PYTEST := $(BIN)/python -m $(TESTS)
ALONE := tests/properties/test_endurance.py tests/serve/test_endurance.py tests/serve/test_flipping.py tests/app/test_soak.py

# Where it is set, each process of the tests would compile everything anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test quick long coverage lowest check wheel bench ux screenshots editor clean

run: .venv/run.stamp            ## start the app
	@$(BIN)/oauth-sandbox

setup: .venv/dev.stamp          ## all that the targets below need

test: .venv/dev.stamp           ## all tests; those in a browser need chromium
	@$(PYTEST) $(ARGS)

quick: .venv/dev.stamp          ## the tests that are fast and need no browser
	@$(PYTEST) -n 2 -m "not browser and not slow" $(ARGS)

long: .venv/dev.stamp           ## all tests in their longer modes: 100 000 hostile inputs, 1 000 seeds twice, 6 000 flows at once, ten minutes with a store
	@LONG=1 $(PYTEST) --durations=25 $(patsubst %,--ignore=%,$(ALONE)) $(ARGS)
	@LONG=1 $(BIN)/python -m pytest -q -s $(ALONE)

coverage: .venv/dev.stamp       ## all tests, and the lines that none of them reaches
	@$(PYTEST) --cov=sandbox --cov-report=term-missing:skip-covered $(ARGS)

lowest: .venv/dev.stamp         ## the tests that need no browser, with the lowest version of each dependency that pyproject.toml admits
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/lowest
	@$(BIN)/uv pip install --quiet --python .venv/lowest/bin/python --resolution lowest-direct --editable '.[test]'
	@.venv/lowest/bin/python -m $(TESTS) -m "not browser" $(ARGS)

check: .venv/dev.stamp          ## lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@! command -v node >/dev/null || find sandbox -name '*.js' -print0 | xargs -0 -I{} sh -c 'node --input-type=module --check <{}'

wheel: .venv/dev.stamp          ## the wheel, built, installed on its own and tried
	@$(BIN)/python -m tests.tools.try_wheel

bench: .venv/dev.stamp          ## how fast it is
	@$(BIN)/python -m tests.bench.bench

ux: .venv/dev.stamp             ## what a learner's screen and line have to carry
	@$(BIN)/python -m tests.bench.ux $(ARGS)

screenshots: .venv/dev.stamp    ## the pictures in the README
	@$(BIN)/python -m tests.tools.screenshots

editor:                         ## the bundle of CodeMirror, from .editor/
	@cd .editor && npm ci --no-audit --no-fund && npm run build

clean:                          ## remove what make made
	rm -rf .venv .editor/node_modules dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OAuth Sandbox needs Python 3.11 or newer; set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

.venv/run.stamp: pyproject.toml .venv/python.stamp
	@echo "Setting up .venv (about a minute, once)"
	@$(PIP) --editable .
	@touch $@

.venv/dev.stamp: pyproject.toml .venv/run.stamp
	@$(PIP) --editable '.[test,dev]'
	@touch $@

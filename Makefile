# smalti. `make demo` and `make test` do all set-up by themselves; they need Python 3.11+ and make.
#
#   PYTHON  the interpreter the environment is made with
#   TORCH   what pip is told to install for torch. The default takes the build pip finds; to choose another,
#           give pip's own words, for example
#             make demo TORCH="torch==2.13.0 --index-url ADDRESS-OF-THE-CPU-BUILDS"
#           It is installed first, so that nothing after it pulls another build.
PYTHON ?= python3
TORCH ?= torch==2.13.0

# Carries the weights that tell voices apart; what it asks for beside them (librosa, webrtcvad) is not used.
VOICES := resemblyzer==0.1.4

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo up test check bench lock clean

demo: $(READY)  ## the main job on the built-in synthetic world
	$(BIN)/smalti demo

up: $(READY)  ## the service: API, dashboard, scheduler and workers, until Ctrl-C
	$(BIN)/smalti up

test: $(READY)  ## everything: lint, types, layers, all tests, coverage
	@$(MAKE) --no-print-directory static
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --cov=smalti --cov-report=term:skip-covered

check: $(READY)  ## what to run before each commit: lint, types, layers, fast tests
	@$(MAKE) --no-print-directory static
	$(BIN)/python -m pytest -q -m "not slow and not data"

.PHONY: static
static:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## every bench: a table each, and JSON in bench/results
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

$(READY): pyproject.toml requirements.lock
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv $(TORCH)
	# Compiled now, since sandboxed processes may not write what they compile. Without dependencies, since the lock
	# names all that is needed, and resemblyzer asks for more than its weights need.
	$(BIN)/uv pip install --quiet --no-deps --compile-bytecode --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

lock:  ## pin what a fresh environment resolves to today
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv $(TORCH)
	.venv-lock/bin/uv pip install --quiet --python .venv-lock/bin/python -e '.[models,speech,dashboards,assistant,traces,dev]'
	.venv-lock/bin/uv pip install --quiet --no-deps --python .venv-lock/bin/python $(VOICES)
	# The local suffix names a build, not a version: any build of it will do.
	.venv-lock/bin/uv pip freeze --python .venv-lock/bin/python --exclude-editable | grep -v '^uv==' | sed 's/+cpu//' > requirements.lock
	rm -rf .venv-lock

clean:  ## everything that make and the tools made
	rm -rf $(VENV) .venv-lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .smalti

# Two commands: `make review` and `make test`. Each makes what it needs once and installs nothing the second time.
STUDY    ?= kediri
RUNS     ?= 200000
YEAR     ?= 2024
LANGUAGE ?= id
PYTHON   ?= python3
VENV     := .venv
BIN      := $(VENV)/bin

# $(call install,WORDS): with uv, in a fifth of the time; with pip where uv is not to be had or does not find the packages
define install
	@$(BIN)/uv pip install --quiet --python $(BIN)/python $(1) 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1)
endef

.PHONY: review test test-long versions lint bench fuzz docs check lock clean help

help:            ## list the commands
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

review: $(VENV)/.run  ## run the review: make review STUDY=kediri YEAR=2024 LANGUAGE=id
	@$(BIN)/smartcity review $(STUDY) --year $(YEAR) --language $(LANGUAGE)

check: $(VENV)/.run  ## check the study's data without running anything
	@$(BIN)/smartcity check $(STUDY) --language $(LANGUAGE)

test: $(VENV)/.test  ## run the tests (some fifteen minutes)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long"

test-long: $(VENV)/.test  ## run the tests that take whole reviews of their own
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m long

versions: $(VENV)/.test  ## run the library's tests on the other Pythons that are here
	@.ci/versions

lint: $(VENV)/.test  ## style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: $(VENV)/.test  ## speed, as ratios within one run (an hour; leave the machine alone)
	@for file in benchmarks/bench_*.py; do OPENBLAS_NUM_THREADS=1 $(BIN)/python $$file || exit 1; done

fuzz: $(VENV)/.fuzz  ## feed RUNS broken inputs to everything that reads (half an hour and more)
	@$(BIN)/python -m tests.fuzz --runs $(RUNS)

docs: $(VENV)/.test  ## build the documentation into docs/_build (any warning is an error)
	@$(BIN)/python -m sphinx -b html -n -W --keep-going -q docs docs/_build
	@echo "Open docs/_build/index.html"

lock: $(VENV)/.test  ## renew the lock files
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  --group test --group docs --group build pyproject.toml -c requirements.lock -o requirements-test.lock
	echo uv | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  - -c requirements-test.lock -o requirements-uv.lock

clean:           ## remove what a run makes (not the reports)
	rm -rf .smartcity .pytest_cache .hypothesis .mypy_cache .ruff_cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Found Python %d.%d; expected 3.11 to 3.13. Name another one: make review PYTHON=python3.12" % v)'
	@echo "Making the environment in $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock || true
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock
	@echo "Installing what requirements.lock lists (once, a minute or two)"
	$(call install,--require-hashes -r requirements.lock)
	$(call install,--no-deps --no-build-isolation -e .)
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	@echo "Installing what requirements-test.lock lists (once, a minute or two)"
	$(call install,--require-hashes -r requirements-test.lock)
	@touch $@

$(VENV)/.fuzz: $(VENV)/.test
	$(call install,'atheris>=3.0')
	@touch $@

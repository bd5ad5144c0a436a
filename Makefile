# Two commands are all a newcomer needs: `make demo` and `make test`. Each does its own set-up.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# What is installed beside the package; `make EXTRAS=test,archives,libmagic …` covers the optional readers, too.
EXTRAS ?= test
# How much dearer than the baseline a ratio may be before `make bench-gate` fails.
ALLOW  ?= 1.10

.PHONY: demo test rules cluster fuzz bench bench-short bench-gate bench-baseline bench-plot lint types pages check docs man wheel reproducible external clean

demo: $(VENV)/ready
	@$(BIN)/python examples/demo.py

# The whole suite over the compiled core; then what rests on the core over the same source uncompiled.
test: $(VENV)/ready
	@echo "the whole suite over the compiled core, then what rests on the core over the same source uncompiled"
	@$(BIN)/python -m pytest -q -n auto -p no:benchmark
	@$(BIN)/python -m pytest -q -n auto -p no:benchmark --core=pure

# Every sample cut at every offset and mutated many times; takes some minutes.
fuzz: $(VENV)/ready
	ATTACHGUARD_CUTS=1000000 ATTACHGUARD_FUZZ=10000 $(BIN)/python -m pytest -q -n auto -p no:benchmark tests/test_robustness.py tests/sanitizers/test_hostile.py

bench: $(VENV)/ready
	$(BIN)/python -m pytest -q benchmarks -p no:randomly

bench-short: $(VENV)/ready
	ATTACHGUARD_BENCH_MESSAGES=100 ATTACHGUARD_BENCH_ROUNDS=3 $(BIN)/python -m pytest -q benchmarks -p no:randomly

# What CI asks for: the short benchmark and, where valgrind is, instructions, against benchmarks/baseline.json; a tenth more fails.
bench-gate: $(VENV)/ready
	@mkdir -p build
	ATTACHGUARD_BENCH_MESSAGES=100 ATTACHGUARD_BENCH_ROUNDS=3 $(BIN)/python -m pytest -q benchmarks/bench_scan.py -p no:randomly --benchmark-json=build/bench.json
	$(BIN)/python -m benchmarks.gate build/bench.json --allow $(ALLOW)

# This machine's run becomes what the gate compares with; after a change that is meant to cost more, or less.
bench-baseline: $(VENV)/ready
	@mkdir -p build
	ATTACHGUARD_BENCH_MESSAGES=100 ATTACHGUARD_BENCH_ROUNDS=5 $(BIN)/python -m pytest -q benchmarks/bench_scan.py -p no:randomly --benchmark-json=build/bench.json
	$(BIN)/python -m benchmarks.gate build/bench.json --write

# The pictures of docs/performance.md: bars from the last run, and cost over size and number of parts, which it measures.
bench-plot: $(VENV)/ready
	$(BIN)/python -m benchmarks.plot build/bench.json docs/pictures
	$(BIN)/python -m benchmarks.scaling docs/pictures/growth.svg

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/vulture

types: $(VENV)/dev
	$(BIN)/mypy

# What is made from the modules: the table of formats, golden reports, pages. Nothing is written where a command fails.
pages: $(VENV)/ready
	$(BIN)/python -m attachguard.formats --table
	$(BIN)/python -m pytest -q -p no:benchmark tests/test_golden.py tests/test_docs.py -k "golden or picture" --rewrite-golden
	$(BIN)/python -m attachguard.formats > docs/formats.md.new && mv docs/formats.md.new docs/formats.md
	$(BIN)/python -m attachguard.kinds > docs/kinds.md.new && mv docs/kinds.md.new docs/kinds.md
	$(BIN)/python -m attachguard.yara.prefilter > rules/marks.json.new && mv rules/marks.json.new rules/marks.json
	$(BIN)/python -m attachguard.report > docs/report.schema.json.new && mv docs/report.schema.json.new docs/report.schema.json

# What analysts run: the built-in rules are without a mistake, and each does what its tests say.
rules: $(VENV)/ready
	$(BIN)/attachguard rules check
	$(BIN)/attachguard rules test

check: lint types rules test

# The gateway against real clients, where they are installed: postfix, rspamd, clamdscan, swaks, systemd; Exim and Haraka
# where EXIM and HARAKA name their programs.
external: $(VENV)/ready
	@! command -v chromium >/dev/null || .ci/step "tools for the browser" $(BIN)/python -m pip install --group browser
	ATTACHGUARD_EXTERNAL=1 $(BIN)/python -m pytest -q -p no:benchmark tests/external

# Hunting on a real cluster of this machine, the long form: what kills workers, what is interrupted.
cluster: $(VENV)/ready
	@.ci/step "packages for clusters" $(BIN)/python -m pip install -e '.[cluster]'
	ATTACHGUARD_CLUSTER=1 $(BIN)/python -m pytest -q -p no:benchmark tests/hunt

# The site in build/site; a broken link or an unknown name is an error.
docs: $(VENV)/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# The manual page, made from the command line's own parsers.
man: $(VENV)/ready
	@mkdir -p build/man
	@$(BIN)/python -m attachguard.cli > build/man/attachguard.1
	@echo build/man/attachguard.1

wheel: $(VENV)/dev
	rm -rf dist
	$(BIN)/python -m build --outdir dist

# The wheel is the same, byte for byte, wherever and whenever it is built from the same sources.
reproducible: wheel
	.ci/twice $(BIN)/python dist/*.tar.gz

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "attachguard needs Python 3.11 or newer; name it: make PYTHON=python3.12 …"; exit 1; }
	@.ci/step "an environment of its own in $(VENV)" $(PYTHON) -m venv $(VENV)
	@.ci/step "a current pip" $(BIN)/python -m pip install --upgrade pip

$(VENV)/ready: $(VENV)/bin/python pyproject.toml setup.py $(wildcard src/attachguard/_core/*.py)
	@.ci/step "packages, and the core compiled (some minutes)" $(BIN)/python -m pip install -e '.[$(EXTRAS)]'
	@touch $@

$(VENV)/dev: $(VENV)/ready
	@.ci/step "tools for developers" $(BIN)/python -m pip install --group dev
	@touch $@

$(VENV)/docs: $(VENV)/ready
	@.ci/step "tools for the documentation" $(BIN)/python -m pip install --group docs
	@touch $@

clean:
	rm -rf $(VENV) build dist src/*.egg-info src/attachguard/_core/*.so .pytest_cache .mypy_cache .ruff_cache .hypothesis

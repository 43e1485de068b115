# The two commands of the README: `make demo` and `make test`. Each sets up what it needs, once.
PYTHON ?= python3
CORE := .venv/core
DEV := .venv/dev
DOCS := .venv/docs
QGIS := .venv/qgis
# Whose Python the plugin runs in; it sees QGIS's own packages.
QGIS_PYTHON ?= /usr/bin/python3
# What a user gets (no torch), what the tests need on top, what the documentation site needs, and what the plugin's
# tests need over QGIS.
core := $(CORE)/.ready
dev := $(DEV)/.ready
docs := $(DOCS)/.ready
plugin_tests := $(QGIS)/.ready
# Only what is pinned here is installed: the same versions on every machine.
pip := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# All that the tests need is installed but for Detectron2, so that nothing else is skipped: real imagery is not part of
# the project, and not everybody may mount a disk.
may_skip := HERDMAP_MAY_SKIP='Detectron2|real imagery|mount a small disk'

.PHONY: setup setup-plugin demo test coverage lint format docs bench plugin qgis clean

setup: $(dev)

setup-plugin: $(dev) qgis $(plugin_tests)

demo: $(core)
	$(CORE)/bin/herdmap demo -o herdmap-demo

test: $(dev) qgis $(plugin_tests)
	$(may_skip) $(DEV)/bin/python scripts/run_tests.py --qgis $(QGIS)/bin/python

# How much of the code the tests run, what they start in other processes too; a quarter slower than `make test`.
coverage: $(dev) qgis
	$(may_skip) $(DEV)/bin/python scripts/run_tests.py --coverage

lint: $(dev)
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy

format: $(dev)
	$(DEV)/bin/ruff check --fix .
	$(DEV)/bin/ruff format .

# The documentation site, in build/site: open index.html. A dead link, a page that is in no menu, or a page that would ask
# the network for something is an error.
docs: $(docs)
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --quiet --strict

# The QGIS plugin as it is released, checked as the plugin site does.
plugin: $(dev)
	$(DEV)/bin/python scripts/build_plugin.py dist/herdmap-qgis.zip
	$(DEV)/bin/python scripts/check_plugin.py dist/herdmap-qgis.zip

bench: $(dev)
	$(DEV)/bin/python -m benchmarks.run_all

# The tests open every map in a real QGIS; Debian and Ubuntu have one.
qgis:
	@scripts/install-qgis

$(core): pyproject.toml constraints.txt
	$(PYTHON) scripts/venv.py $(CORE)
	$(CORE)/bin/python $(pip) --editable .
	@touch $@

$(dev): pyproject.toml constraints.txt
	$(PYTHON) scripts/venv.py $(DEV)
	$(DEV)/bin/python $(pip) --editable '.[torch,fastai,tracking,ray,dev]'
	@touch $@

$(docs): pyproject.toml constraints.txt
	$(PYTHON) scripts/venv.py $(DOCS)
	$(DOCS)/bin/python $(pip) --editable '.[docs]'
	@touch $@

$(plugin_tests): tests/plugin/constraints.txt | qgis
	$(QGIS_PYTHON) -m venv --clear --system-site-packages $(QGIS)
	$(QGIS)/bin/python -m pip install --quiet --disable-pip-version-check --constraint tests/plugin/constraints.txt \
		pytest pytest-qgis pytest-timeout
	@touch $@

clean:
	rm -rf .venv build herdmap-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis

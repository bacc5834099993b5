# make demo    the whole job on real speech, served at http://127.0.0.1:8000
# make test    every test, against the built wheel
# make check   style and types
# make bench   the measurements of docs/benchmarks.md
# make lock    the locked requirements again; make speech: the demo's recordings again; make messages: the interface's catalogues

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := pyproject.toml README.md $(shell find core events media transcripts site -type f -not -path '*/__pycache__/*')

.PHONY: demo test check bench bench-peers lock speech messages clean

demo: $(VENV)/.installed
	$(BIN)/onrecord demo demo-archive

test: $(VENV)/.installed $(VENV)/.test-tools $(VENV)/.whisper
	@sh tests/system-tools.sh
	@sh tests/checkers.sh $(VENV)/checkers
	$(BIN)/pytest $(ARGS)

check: $(VENV)/.installed $(VENV)/.test-tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd / && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache -p onrecord

bench: $(VENV)/.installed
	for each in memory pages desk long_page export search search_quality words transcription_memory transcription_overhead; do \
	    echo "== $$each"; $(BIN)/python benchmarks/$$each.py || exit 1; done

# The search beside others on the same texts; tantivy and matplotlib are for this alone.
bench-peers: $(VENV)/.installed
	$(PIP) install tantivy matplotlib
	$(BIN)/python benchmarks/search_peers.py --markdown --plot docs/images/search-peers.svg

# The locked requirements; yt-dlp floats, because an old one no longer reads the platforms. audioop left Python in 3.13.
$(VENV)/.requirements: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --upgrade 'yt-dlp[default,deno]' "audioop-lts; python_version >= '3.13'"
	touch $@

# The wheel, built from nothing so that no file of an older build is in it.
$(VENV)/.installed: $(VENV)/.requirements $(SOURCES)
	rm -rf build
	$(PIP) wheel --no-deps --wheel-dir build/wheel .
	$(PIP) install --no-deps --force-reinstall build/wheel/*.whl
	rm -rf build
	touch $@

$(VENV)/.test-tools: tests/requirements.txt $(VENV)/.requirements
	$(PIP) install --require-hashes -r tests/requirements.txt
	touch $@

# The reference engine is an extra: without it its tests are skipped, and say so.
$(VENV)/.whisper: $(VENV)/.requirements
	sh tests/install-openai-whisper.sh $(BIN)/python
	touch $@

# yt-dlp is left out of the lock: it floats.
LOCK := $(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links
lock: $(VENV)/.requirements
	$(PIP) install pip-tools
	$(LOCK) --unsafe-package yt-dlp -o requirements.txt pyproject.toml
	$(LOCK) --allow-unsafe -c requirements.txt -o tests/requirements.txt tests/requirements.in

speech: $(VENV)/.installed
	$(BIN)/python -m onrecord.site.demo.make_speech site/demo

messages: $(VENV)/.installed
	$(BIN)/python site/locale/messages.py

clean:
	rm -rf $(VENV) build demo-archive .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

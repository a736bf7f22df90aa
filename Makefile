# Python 3.11 or newer and make are all that must be there: whatever is made first fills $(VENV).
# Another Python or place:  make PYTHON=python3.12 VENV=somewhere book

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000

BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
PYTHONS := 3.11 3.12 3.13
GRADER := $(shell find solutions autograder -type f ! -path '*/__pycache__/*')
LIVE := $(GRADER) $(shell find book/_live book/_figures book/data -type f ! -path '*/node_modules/*' ! -path '*/__pycache__/*')
RUNS := _build/.jupyter_cache _build/.doctrees _build/jupyter_execute _build/html
QUICK := not book and not slow and not once

# One thread for NumPy: the same sums in the same order wherever cells and tests run, and no slower at these sizes.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export VECLIB_MAXIMUM_THREADS := 1
# Bars of progress are for people who run a chapter or a script by hand.
export TQDM_DISABLE := 1

.DEFAULT_GOAL := help
.PHONY: help book serve grade test lint claims cells fairness everycell pythons peers stubs data readers writer benchmark pages pictures live forget-old-runs clean

help:  ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

book: $(VENV)/ready forget-old-runs live  ## run every chapter, build the pages, grade homework/ as it stands
	@rm -rf _build/html _build/jupyter_execute
	$(BIN)/jupyter-book build book --config _config.yml --path-output . --all -n -W --keep-going
	@$(PY) -m autograder || test $$? -eq 1
	@echo
	@echo "The book is made: open _build/html/index.html, or type: make serve"
	@echo "To grade homework/ again: make grade"

serve: $(VENV)/ready _build/html/index.html  ## show the built book on this computer's port 8000 (PORT=...)
	@echo "The book is at http://127.0.0.1:$(PORT)/ until you press Ctrl+C."
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT) || test $$? -eq 130

_build/html/index.html:
	$(MAKE) book

grade: $(VENV)/ready  ## grade homework/ (TOPIC=unrolling for one topic)
	@$(PY) -m autograder $(TOPIC) || test $$? -eq 1

test: book lint claims cells  ## everything that must be true: book, code style, tests, every cell run a second time

lint: $(VENV)/ready  ## code style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

claims: $(VENV)/ready tests/node_modules/.installed
	$(PY) -m pytest -n logical $(if $(MARK),-m "$(MARK)")

# The build kept what its cells printed and drew. Here every chapter runs a second time, in a copy of the course, and
# must print and draw the same.
cells: $(VENV)/ready _build/html/index.html
	@rm -rf _build/again && mkdir _build/again && cp -R book solutions autograder tests _build/again
	@$(PY) tests/executed.py _build/again/book
	$(PY) -m pytest -n logical --dist loadfile -p no:unrolled --nbval --nbval-cell-timeout 120 -W default _build/again/book

everycell: $(VENV)/ready _build/html/index.html  ## run every cell of every chapter in the page (half an hour or more; needs Chromium)
	$(PY) -m pytest -n logical -m slow tests/test_every_cell.py

pythons: $(VENV)/ready  ## the quick tests on each other Python, of 3.11, 3.12 and 3.13, that is here
	@for version in $(PYTHONS); do \
	  if [ "$$($(PY) -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = $$version ]; then \
	    echo "Python $$version: the one of $(VENV), which make test uses."; \
	  elif python$$version -c '' 2>/dev/null; then \
	    echo "Python $$version:"; \
	    $(MAKE) --no-print-directory PYTHON=python$$version VENV=.venv-$$version MARK="$(QUICK)" claims || exit 1; \
	  else \
	    echo "Python $$version: not on this machine, not tried."; \
	  fi; \
	done

fairness: $(VENV)/ready  ## 200 draws of every check: right programs keep all points, mistakes never do (minutes)
	$(PY) -m pytest -n logical -m slow tests/test_fairness.py

peers: $(VENV)/peers  ## add PyTorch and sentencepiece, which some tests compare with

stubs: $(VENV)/ready  ## write homework/ from solutions/; work in it is kept as TOPIC.py.before
	$(PY) -m autograder.stubs

data: $(VENV)/ready  ## make the data again from its source and compare with book/data/
	$(PY) book/data/make_handwritten_words.py
	$(PY) book/data/make_letters_to_sounds.py
	$(PY) book/data/make_alice.py
	$(PY) book/data/make_names.py
	$(PY) book/data/make_pride_and_prejudice.py

readers: $(VENV)/ready  ## train again what the book quotes from records: readers, and the order task (minutes)
	TQDM_DISABLE= $(PY) book/data/make_readers.py
	TQDM_DISABLE= $(PY) book/data/make_temporal_order.py
	TQDM_DISABLE= $(PY) book/data/make_first_symbol.py

writer: $(VENV)/ready  ## train the writer of the chapter on language models again and record it (minutes)
	TQDM_DISABLE= $(PY) book/data/make_writer.py

benchmark: $(VENV)/ready  ## time a training step against PyTorch (after make peers), autograd and a loop (minutes)
	TQDM_DISABLE= $(PY) benchmarks/recurrence.py
	TQDM_DISABLE= $(PY) benchmarks/recurrence.py --float64 --rounds 20

pages: $(VENV)/ready _build/html/index.html  ## measure every page: bytes, barriers, Lighthouse (minutes; needs Chromium)
	TQDM_DISABLE= $(PY) benchmarks/pages.py

pictures: $(VENV)/ready _build/html/index.html  ## take the README's two screenshots (needs Chromium)
	$(PY) book/_figures/readme.py

clean:  ## remove what was built; the virtual environments stay
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache .hypothesis

# ---- what the above stand on

# What runs in the reader's browser: scripts, Python, and the course as wheels.
live: _build/live/sizes.json

_build/live/sizes.json: $(LIVE) _build/oracle/recorded | $(VENV)/ready
	@echo "Building what runs in the reader's browser."
	@$(PY) book/_live/build.py _build/live

_build/oracle/recorded: $(GRADER) | $(VENV)/ready
	@echo "Recording right answers, and those of all mistakes, for the grader in the page."
	@$(PY) -m autograder.record _build/oracle
	@touch $@

# axe-core, which finds barriers in pages.
tests/node_modules/.installed: tests/package-lock.json | $(VENV)/ready
	@$(PY) book/_ext/node.py tests

$(VENV)/packages: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Unrolled needs Python 3.11 or newer, and this is %d.%d. If you have another: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	@echo "Installing the pinned packages into $(VENV). This happens once and takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --no-deps -r requirements.txt
	@touch $@

# The kernel that runs the chapters warns at every start that it speaks over a local socket. Only errors are news.
$(VENV)/ready: $(VENV)/packages pyproject.toml
	@mkdir -p $(VENV)/etc/ipython
	@echo 'c.IPKernelApp.log_level = "ERROR"' > $(VENV)/etc/ipython/ipython_kernel_config.py
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/peers: requirements-peers.txt $(VENV)/packages
	@echo "Installing PyTorch and sentencepiece into $(VENV)."
	@$(PIP) -r requirements-peers.txt --constraint requirements.txt
	@touch $@

# The cache of executed chapters knows their cells, not what the cells import or read. When that changes, all runs
# are forgotten.
forget-old-runs:
	@now=$$(find requirements.txt solutions autograder book/_figures book/data \
	    $(wildcard tests/right tests/wrong tests/hostile) -type f ! -path '*/__pycache__/*' | LC_ALL=C sort | xargs cksum | cksum); \
	test "$$now" = "$$(cat _build/made-from 2>/dev/null)" || { rm -rf $(RUNS); mkdir -p _build; echo "$$now" > _build/made-from; }

# make demo          the main job on a bundled trained checkpoint
# make test          lint and all tests
# make test-slurm    sweeps on a real Slurm, which it installs and starts for itself
# make test-browser  the pages that the tool writes, in headless Chromium
# make screenshots   the pictures of README, notebooks and documentation, made anew
# make notebooks     executes the notebooks and holds their numbers against what they claim; FLAGS=--short in short
# make docs          the library's reference documentation, in .build/docs/html
# make bench         side by side with NumPy, SciPy, JAX and PyTorch
# What is missing of the Debian packages below is installed first.

PACKAGES := libgsl-dev libopenblas-dev libzip-dev gnuplot-nox
SWIFT ?= swift
TOOL := .build/release/cornn-analyze
# Tests are optimised, since they sweep thousands of networks, and built apart: other flags, other products. Debug
# information would only make the build longer.
TESTING := -c release -Xswiftc -enable-testing -Xswiftc -gnone --scratch-path .build/testing
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# The notebooks' Python packages, from PyPI.
NOTEBOOKS := .build/notebooks

.PHONY: demo build test test-slurm test-browser screenshots playground-wasm lint packages bench docs notebooks clean

demo: build
	$(TOOL) demo --output demo

build: packages
	$(SWIFT) build -c release --product cornn-analyze

test: packages lint
	$(SWIFT) build $(TESTING) --build-tests
	$(SWIFT) test $(TESTING) --skip-build --disable-xctest

# Pages want a browser and Python's own library.
test-browser screenshots: PACKAGES += chromium fonts-dejavu-core $(if $(shell command -v python3),,python3)
test-browser: build
	python3 Tests/Browser/run.py $(TOOL)

screenshots: build $(NOTEBOOKS)/installed
	$(NOTEBOOKS)/bin/python Tests/Browser/screenshots.py $(TOOL)

# What the teaching page computes with: to be run after a change to Sources/Step or Sources/Playground.
playground-wasm:
	Sources/Playground/build Sources/cornn-analyze/Resources/playground.wasm

# A cluster of its own, in a folder for scratch files, beside any that the machine may have.
test-slurm: PACKAGES += slurmctld slurmd slurm-client munge python3 procps
test-slurm: build
	Tests/Slurm/run $(TOOL)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

# Installs only what isn't there, so that a machine with all of it needs neither apt nor root.
packages:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if ! command -v apt-get >/dev/null; then \
	  if [ -n "$(SKIP_PACKAGES)" ]; then exit 0; fi; \
	  echo "error: this system has no apt-get to install what is needed." >&2; \
	  echo "hint: install by its own means the GNU Scientific Library, OpenBLAS and libzip with their headers, and gnuplot" >&2; \
	  echo "      (Debian's names:$$missing), then: make SKIP_PACKAGES=1 $(MAKECMDGOALS)" >&2; \
	  exit 1; \
	fi; \
	echo "installing$$missing"; \
	$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing

# Report imports all the others but Step.
docs: packages
	$(SWIFT) build -c release --target CoRNNReport
	$(SWIFT) build -c release --target CoRNNStep
	.docs/build .build/release .build/docs

bench: build
	Benchmarks/run

notebooks: PACKAGES += $(shell python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv)
notebooks: build $(NOTEBOOKS)/installed
	PATH="$(abspath $(dir $(TOOL))):$$PATH" $(NOTEBOOKS)/bin/python notebooks-md/execute.py $(FLAGS)

$(NOTEBOOKS)/installed: notebooks-md/requirements.txt | packages
	python3 -m venv $(NOTEBOOKS)
	$(NOTEBOOKS)/bin/pip install --quiet --disable-pip-version-check --requirement notebooks-md/requirements.txt
	touch $@

clean:
	rm -rf .build demo Benchmarks/.build Benchmarks/.venv

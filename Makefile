# Everything a fresh Debian machine with Swift needs: `make run` and `make test`.

SHELL := /bin/bash
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
BINARY ?= .build/release/purser
SOURCES := Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks

.PHONY: help packages packages-processing packages-bench tools build run test lint format coverage docs bench bench-peers demo \
	install uninstall hooks clean

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

packages: ## Install the system packages that are missing
	@scripts/install-packages.sh libsqlite3-dev zlib1g-dev libzstd-dev curl python3 python3-jsonschema

build: packages ## Build the release
	swift build -c release -j $(JOBS) --product purser

run: build ## Build, and serve ./storage on 127.0.0.1:8080
	@scripts/run.sh

lint: ## Check the format of the sources
	swift format lint --strict --parallel --recursive $(SOURCES)

format: ## Format the sources
	swift format format --in-place --parallel --recursive $(SOURCES)

# What the shipped pipelines run. The service serves without it, and says which pipelines it cannot run.
packages-processing:
	@scripts/install-packages.sh file imagemagick libarchive-tools libvips-tools poppler-utils python3-jsonschema \
		tesseract-ocr tesseract-ocr-eng util-linux zstd

tools: packages packages-processing ## Install what pipelines and tests run
	@scripts/install-tools.sh

test: tools lint ## Check the format and run every test
	swift build -j $(JOBS) --build-tests
	@scripts/test.sh

coverage: tools ## Run the tests, and show which lines of each library they reach
	@scripts/coverage.sh -j $(JOBS)

docs: packages ## Build the documentation of the libraries into .build/docs
	@scripts/docs.sh -j $(JOBS)

packages-bench: packages
	@scripts/install-packages.sh wrk procps

bench: build packages-bench packages-processing ## Measure the service; BASE=old.json compares, WORK=small measures one thing
	@cd Benchmarks && swift build -c release -j $(JOBS) --product ServiceBenchmarks
	@Benchmarks/.build/release/ServiceBenchmarks $(if $(BASE),--base $(BASE)) $(if $(WORK),--only $(WORK))

bench-peers: build packages-bench ## Measure nginx, copyparty and rclone side by side
	@scripts/install-peers.sh
	@cd Benchmarks && swift build -c release -j $(JOBS) --product ServiceBenchmarks
	@Benchmarks/.build/release/ServiceBenchmarks --peers --output .build/benchmarks/peers.json \
		--only $(or $(WORK),large-upload large-download small)

demo: build packages-processing ## Show the service at work on real files
	@scripts/demo.sh

# Builds only where nothing was built, so that the one who installs need not be the one who builds.
$(BINARY):
	$(MAKE) build

install: $(BINARY) ## Install program, completions, manual page, settings and systemd unit under PREFIX
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' SYSCONFDIR='$(SYSCONFDIR)' packaging/install.sh install '$(BINARY)'

uninstall: ## Remove what install put in place, but no edited settings and no files
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' SYSCONFDIR='$(SYSCONFDIR)' packaging/install.sh uninstall

hooks: ## Check the format before each commit
	@printf '#!/bin/sh\nexec make lint\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

clean: ## Remove what was built
	swift package clean

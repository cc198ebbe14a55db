# Everything a fresh Debian machine with Swift needs: `make run` and `make test`.

SHELL := /bin/bash
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
BINARY ?= .build/release/purser
SOURCES := Package.swift Sources Tests

.PHONY: help packages build run test lint format coverage demo install uninstall hooks clean

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

packages: ## Install the system packages that are missing
	@scripts/install-packages.sh libsqlite3-dev zlib1g-dev curl python3

build: packages ## Build the release
	swift build -c release -j $(JOBS) --product purser

run: build ## Build, and serve ./storage on 127.0.0.1:8080
	@scripts/run.sh

lint: ## Check the format of the sources
	swift format lint --strict --parallel --recursive $(SOURCES)

format: ## Format the sources
	swift format format --in-place --parallel --recursive $(SOURCES)

test: packages lint ## Check the format and run every test
	swift build -j $(JOBS) --build-tests
	@scripts/test.sh

coverage: packages ## Run the tests, and show which lines of each library they reach
	@scripts/coverage.sh -j $(JOBS)

demo: build ## Show the service at work on real files
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

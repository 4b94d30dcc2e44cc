# Short names for what a newcomer types first. Everything works with plain `swift` too.

SWIFT ?= swift
SCENARIO ?= ClusterSpecs/mixed-fleet.yaml
LINTED = Package.swift Sources Tests $(if $(wildcard Benchmarks/Package.swift),Benchmarks/Package.swift) \
	$(wildcard Benchmarks/Sources Benchmarks/Benchmarks)

.PHONY: all plan test schema embedder deps lint build clean

all: build

## deps: install libnuma's header where the default build needs it
deps:
	@sh scripts/install-dependencies

## build: debug build of everything
build: deps
	$(SWIFT) build

## plan: plan SCENARIO in release
plan: deps
	$(SWIFT) run -c release tangram plan $(SCENARIO)

## test: the test suite, the JSON Schema on every spec, an embedder's package
test: deps
	$(SWIFT) test
	@$(MAKE) --no-print-directory schema embedder

schema:
	@sh Tests/check-schema.sh

embedder:
	@sh Tests/embedder.sh

## lint: the formatter's rules, warnings are errors
lint:
	$(SWIFT) format lint --strict --recursive --parallel $(LINTED)

clean:
	$(SWIFT) package clean

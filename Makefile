# Short names for ./run, for those whose fingers know make.

SCENARIO ?= ClusterSpecs/mixed-fleet.yaml

.PHONY: all plan test lint benchmark build deps clean

all: build

plan:
	@./run plan $(SCENARIO)

test lint benchmark build deps:
	@./run $@

clean:
	swift package clean

# Freshet. `make help` lists what there is.

# Swift is often installed beside PATH (/opt/swift of the archives, swiftly's folder).
SWIFT ?= $(shell command -v swift 2>/dev/null || \
    ls -d /opt/swift/usr/bin/swift /usr/local/swift/usr/bin/swift $(HOME)/.local/share/swiftly/bin/swift 2>/dev/null | \
    head -n 1)

# Arguments of the command: make run ARGS="--for 20s"
ARGS ?=
# `make run` shall show something soon, so it builds without optimisation; make run RUN=release for the other.
RUN ?= debug
# kafka: also what a real Apache Kafka needs. skip: install nothing.
PACKAGES ?=
# Swift's libraries go into the release binary: it runs on machines without the toolchain, and takes a sixth less memory.
# STATIC= leaves them outside, as does a toolchain that has no such libraries.
STATIC ?= $(if $(wildcard $(dir $(realpath $(SWIFT)))../lib/swift_static),1)
RELEASE := -c release --product freshet $(if $(STATIC),--static-swift-stdlib)
# What the tests use where a folder beside the clone has it: a kit that starts a real Apache Kafka, more seasons.
FRESHET_TEST_KAFKA_KIT ?= $(patsubst %/kafka-up,%,$(firstword $(wildcard $(abspath ..)/*/kafka/kafka-up)))
FRESHET_TEST_SEASONS ?= $(firstword $(wildcard $(abspath ..)/*/data/openfootball))
TEST_FLAGS ?= --disable-xctest
# Schedules that `make test` plays with the release binary, and the first one's seed.
SCHEDULES ?= 20000
SEED ?= 1

DOCS := Sources/freshet/freshet.docc

.PHONY: help run test build lint format bench bench-docs chaos simulate contest packages swift clean
.DEFAULT_GOAL := build

help: ## lists the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 #/p' Makefile | awk -F' #' '{ printf "%-18s %s\n", $$1, $$2 }'

run: packages swift ## freshet dev: the whole thing on this machine, with a sample league (ARGS="--for 20s")
ifeq ($(RUN),release)
	@"$(SWIFT)" build $(RELEASE)
else
	@"$(SWIFT)" build --product freshet
endif
	@.build/$(RUN)/freshet dev $(ARGS)

# The test runner comes last, so that its closing lines do.
test: export FRESHET_TEST_KAFKA_KIT := $(FRESHET_TEST_KAFKA_KIT)
test: export FRESHET_TEST_SEASONS := $(FRESHET_TEST_SEASONS)
test: packages swift lint build ## lint, release build, a simulation of 20,000 schedules and all tests
	@.build/release/freshet simulate --seed $(SEED) --schedules $(SCHEDULES)
	"$(SWIFT)" build --build-tests
	@SWIFT="$(SWIFT)" Tests/run --skip-build --no-parallel $(TEST_FLAGS)

build: packages swift ## the release binary: .build/release/freshet
	"$(SWIFT)" build $(RELEASE)

lint: swift ## swift format in its strict mode
	"$(SWIFT)" format lint --strict --parallel --recursive Sources Tests Package.swift

format: swift ## formats the sources in place
	"$(SWIFT)" format format --in-place --parallel --recursive Sources Tests Package.swift

bench: export FRESHET_TEST_KAFKA_KIT := $(FRESHET_TEST_KAFKA_KIT)
bench: build ## the product against the limits of its parts (ARGS=--quick: under a minute; --scale: how cost grows)
	@.build/release/freshet bench $(ARGS)

# Files first: a run that fails replaces nothing.
bench-docs: export FRESHET_TEST_KAFKA_KIT := $(FRESHET_TEST_KAFKA_KIT)
bench-docs: build ## measures how cost grows (some ten minutes), and puts table and picture into Bench.md
	.build/release/freshet bench --scale --chart .build/bench-scale.svg $(ARGS) >.build/bench-scale.txt
	awk -v table=.build/bench-scale.txt ' \
	    /<!-- scale ends -->/ { skip = 0 } \
	    !skip { print } \
	    /<!-- scale begins/ { skip = 1; print "```"; while ((getline line <table) > 0) print line; print "```" } \
	    ' $(DOCS)/Bench.md >.build/Bench.md
	grep -q 'scale ends' .build/Bench.md && grep -q 'HOW COST GROWS' .build/Bench.md
	mv .build/bench-scale.svg .build/Bench.md $(DOCS)

chaos: export FRESHET_TEST_KAFKA_KIT := $(FRESHET_TEST_KAFKA_KIT)
chaos: build ## kills Redis, PostgreSQL and the broker under running workers
	@.build/release/freshet chaos $(ARGS)

simulate: build ## seeded schedules of faults against the worker's logic
	@.build/release/freshet simulate $(ARGS)

contest: build ## Freshet beside the Go worker of HARNESS=DIR (benchharness), as ratios with their goals
	@if [ -z "$(HARNESS)" ]; then echo "usage: make contest HARNESS=DIR [ARGS=...]" >&2; exit 2; fi
	@HARNESS="$(abspath $(HARNESS))" Tests/contest/run $(ARGS)

packages: ## installs the Debian packages that are missing
ifneq ($(PACKAGES),skip)
	@deploy/install-packages.sh $(PACKAGES)
endif

swift:
	@if [ -z "$(SWIFT)" ]; then \
	    echo "No Swift toolchain found. Install Swift 6.2 or newer (https://www.swift.org/install/linux/)," >&2; \
	    echo "or name it: make SWIFT=/path/to/swift" >&2; exit 2; fi

clean: ## removes what was built
	rm -rf .build

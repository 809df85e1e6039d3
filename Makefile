# Sedai: everything a person types is a target here. `make help` lists them.
#
# The two that matter on a fresh machine:
#   make demo    watch a real file system being snapshotted, backed up, damaged and restored
#   make test    prove that it works
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
export PATH := $(PATH):/usr/sbin:/sbin

PREFIX ?= /usr/local
KEEP ?=
TRANSPORT ?= nbd
SECONDS_EACH ?= 60
ROUNDS ?=

.PHONY: help
help:
	@echo 'make demo [KEEP=1]        snapshot, back up, damage and restore a real file system;'
	@echo '                          with TRANSPORT=iscsi over iSCSI, over NBD otherwise'
	@echo 'make test                 every check: style, unit tests, simulation, real clients, fuzz'
	@echo 'make bench                speed against nbdkit, qemu-nbd and tgt, in one run, as ratios'
	@echo 'make lint                 formatting, architecture and text rules of the sources'
	@echo 'make simulate             the crash simulator for longer, and all crash points, depth 3'
	@echo 'make race                 the tests in which threads meet, under ThreadSanitizer'
	@echo 'make fuzz [SECONDS_EACH=] every decoder against hostile input, 60 s each unless told'
	@echo 'make integration          the long runs: kill -9 50 rounds, power cut 10 rounds'
	@echo 'make install PREFIX=DIR   programs and iSM commands into DIR/bin, no toolchain needed'
	@echo 'make clean                removes what was built'

.PHONY: demo
demo:
	@TRANSPORT='$(TRANSPORT)' scripts/preflight demo
	@scripts/build
	@KEEP='$(KEEP)' TRANSPORT='$(TRANSPORT)' examples/demo/run

.PHONY: test
test:
	@scripts/preflight test
	@scripts/test

.PHONY: bench
bench:
	@scripts/preflight bench
	@scripts/build
	@Benchmarks/run

.PHONY: lint
lint:
	@scripts/preflight lint
	@scripts/lint

.PHONY: simulate
simulate:
	@scripts/preflight build
	@scripts/simulate long

.PHONY: race
race:
	@scripts/preflight build
	@scripts/race

.PHONY: fuzz
fuzz:
	@scripts/preflight build
	@scripts/fuzz $(SECONDS_EACH)

.PHONY: integration
integration:
	@scripts/preflight integration
	@scripts/build
	@IntegrationTests/run full

.PHONY: install
install:
	@scripts/preflight build
	@scripts/build
	@scripts/install '$(PREFIX)'

.PHONY: clean
clean:
	@rm -rf .build

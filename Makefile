# `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run up down status build test chaos fuzz bench bench-full lint format generate pictures clean packages

# Every target that builds uses the same configuration and the same folder, so that the second one is quick.
SWIFT_BUILD := swift build

help: ## Say what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: packages build ## Run everything in the foreground; Ctrl-C stops it
	@exec deploy/local/lintel run

up: packages build ## Start everything in the background; returns when it is ready
	@deploy/local/lintel up

down: ## Stop what `make up` started
	@deploy/local/lintel down

status: ## Say what runs
	@deploy/local/lintel status

build: packages ## Build the four services
	@$(SWIFT_BUILD)

test: ## Run every test, against real servers that it starts and stops itself
	@deploy/local/test.sh

chaos: packages build ## Break what can break, under load, and prove that nothing was lost (SEED=… MINUTES=10 ONLY=test_storm)
	@deploy/local/packages.sh --test
	@LINTEL_CHAOS_SEED=$(SEED) LINTEL_CHAOS_MINUTES=$(MINUTES) exec "$$(deploy/local/python_for_tests.sh)" -m pytest Tests/Chaos -v -s -p no:cacheprovider $(if $(ONLY),-k '$(ONLY)')

bench: packages ## Measure against this machine's floor and against what people would use instead, in three minutes; builds as the image does
	@$(SWIFT_BUILD) -c release --static-swift-stdlib
	@exec Benchmarks/run.py --quick

bench-full: packages ## The same, longer, with growth to a million leads
	@$(SWIFT_BUILD) -c release --static-swift-stdlib
	@exec Benchmarks/run.py --full

fuzz: packages ## Fuzz the readers of submissions and events for ten minutes, or SECONDS=…
	@Tests/Fuzz/fuzz.sh $(SECONDS)

lint: ## Check the format
	@swift format lint --strict --parallel -r Services Shared Tests Package.swift

format: ## Put the format right
	@swift format format --in-place --parallel -r Services Shared Tests Package.swift

cycles: packages ## Start, break and stop the clients of the C libraries a thousand times; nothing may grow (LEAKS=1: under LeakSanitizer)
	@deploy/local/cycles.sh

generate: packages ## Write asyncapi.yaml, docs/schemas and the samples of new messages from Shared/Contracts
	@LINTEL_WRITE_GENERATED=1 swift test --filter ContractsTests

pictures: packages build ## Take the pictures of the README anew; with TOUR=FOLDER every page, wide and narrow, in both languages
	@deploy/local/packages.sh --test
	@exec "$$(deploy/local/python_for_tests.sh)" Tests/System/pictures.py $(TOUR)

clean: down ## Remove what was built and the installation under .local with its data
	@for server in postgres rabbitmq; do deploy/local/$$server.sh remove .local/$$server; done
	@rm -rf .build .local

packages:
	@deploy/local/packages.sh

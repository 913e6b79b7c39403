# Each target is a plain command that works without make as well; `make` lists them.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# A checkout that belongs to somebody else makes git refuse, and with it the build's
# own stamp; the version is given by hand instead.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help demo build dist test lint fuzz bench first-card measure golden cards picture clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run the bot against a simulated Slack and Telnyx, and print the page to open
	@echo "Building the bot: the first time takes a minute or two, later a few seconds."
	@go run ./cmd/bot demo

build: ## build the static program bin/bot
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION) -X main.commit=$(shell git rev-parse --short HEAD 2>/dev/null) -X main.date=$(shell git log -1 --format=%cs 2>/dev/null)' -o bin/bot ./cmd/bot

dist: ## build a release into dist/: static programs, checksums, SBOM (VERSION=…)
	@VERSION='$(VERSION)' sh scripts/dist

test: ## run every test; gets PostgreSQL and Chromium by itself (or: sh scripts/test)
	@sh scripts/test

lint: ## check format, vet, staticcheck, golangci-lint, govulncheck (VULNDB=folder for offline)
	@VULNDB='$(VULNDB)' sh scripts/lint

fuzz: ## run each fuzz target for 30000 inputs (FUZZTIME=… for more)
	@sh scripts/fuzz

bench: ## measure speed and size beside floors of the same machine
	go run ./internal/bench

first-card: ## time the way from git clone to the first card, between the simulators
	@go run ./scripts/firstcard

measure: ## print figures about the shape of the code (DIR=folder for another checkout)
	go run ./internal/measure -dir '$(or $(DIR),.)'

golden: ## rewrite the expected cards and transcripts; then read the diff
	go test ./slackbot/render ./slackbot/transcript -update

cards: ## rewrite docs/cards.md, every card and text as people see them; then read the diff
	go test ./slackbot -run 'TestCardsPage$$' -update

picture: ## renew docs/demo.png and docs/demo.gif; needs Chromium (or TEST_CHROMIUM=its program)
	PICTURE_DIR='$(CURDIR)/docs' go test -tags 'e2e picture' ./cmd/bot -count 1 -run 'TestPicture$$'

clean: ## remove what the other targets made
	rm -rf bin dist .cache

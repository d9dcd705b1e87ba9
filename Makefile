# `make` prints what there is to make.
.DEFAULT_GOAL := help
.PHONY: help check test race bench fuzz browser assets letterfonts openapi demo screenshots kill build

help: ## Print this help
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: ## Everything CI checks but the browser and PostgreSQL: format, vet, lint, tests
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || (gofmt -l $$(git ls-files '*.go'); exit 1)
	go vet ./...
	golangci-lint run ./...
	go test ./...

test: ## Run the tests (PostgreSQL with CLEW_TEST_POSTGRES=postgres://…)
	go test ./...

race: ## Run the tests of the concurrent rooms under the race detector
	CGO_ENABLED=1 go test -race -short ./internal/database/... ./internal/job/... ./internal/ledger/... ./internal/vault/... ./internal/auth/... ./internal/api/... ./match/index/... ./mse/...

bench: ## Run the benchmarks beside the code
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## Fuzz every target for FUZZTIME (default 30s) each
	@for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg 2>/dev/null | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $${FUZZTIME:-30s} $$pkg || exit 1; \
	  done; done

browser: ## Run the browser journeys; a missing Chromium fails
	CLEW_REQUIRE_BROWSER=1 go test ./test/journey/... ./internal/web/...

assets: ## Build styles, scripts and fonts again from their npm packages
	internal/web/ui/assets-src/build.sh

letterfonts: ## Cut the typefaces of the letters again from Debian's packages
	internal/letters/paper/fonts-src/build.sh

openapi: ## Write docs/openapi.yaml again
	go run ./cmd/clew openapi > docs/openapi.yaml

screenshots: ## Take the pictures of docs/images again
	CLEW_SCREENSHOTS=$(CURDIR)/docs/images go test -count=1 -run Screenshots ./test/journey/

kill: ## Kill a server 200 times under load and verify what is left
	go run ./test/kill -cycles 200

demo: ## Serve the demonstration
	go run ./cmd/clew demo

build: ## Build a stripped binary into bin/
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/clew ./cmd/clew

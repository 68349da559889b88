# Two commands: `make demo` and `make test`. Each prepares .venv by itself and repeats nothing.
.DEFAULT_GOAL := help
BIN := .venv/bin

# Debian packages that some tests drive. `make test` installs them only as root with CI=true;
# elsewhere a test that wants one skips and names the line that installs it (tests/conftest.py).
TEST_PACKAGES := golang-go golang-golang-x-mod-dev iproute2 postfix
# Without an answer Postfix's package makes a mail server of the machine, and starts it.
POSTFIX_ANSWER := postfix postfix/main_mailer_type select No configuration

.PHONY: help setup demo test lint format lock packages clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Prepare .venv from the locks (quick when nothing changed)
	@sh scripts/setup.sh

demo: setup ## Run the demo; pass arguments as ARGS="..."
	@$(BIN)/firebreak demo $(ARGS)

test: lint packages ## Run every check
	$(BIN)/pytest -n auto

lint: setup ## Run the checks that need no test run: style, types, rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Put the sources into the house format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

COMPILE = UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --only-binary :all: --custom-compile-command "make lock"

lock: setup ## Write the locks anew from pyproject.toml (pins that still fit stay)
	$(COMPILE) pyproject.toml --group dev --output-file requirements.lock
	$(COMPILE) --group setup --output-file requirements-uv.lock

packages:
ifneq ($(strip $(TEST_PACKAGES)),)
	@if [ "$$CI" = true ] && [ "$$(id -u)" = 0 ] && ! dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1; then \
		echo '$(POSTFIX_ANSWER)' | debconf-set-selections && \
		apt-get update --quiet && DEBIAN_FRONTEND=noninteractive \
		apt-get install --quiet --yes --no-install-recommends $(TEST_PACKAGES); \
	fi
endif

clean: ## Remove what was made here
	rm -rf .venv .benchmarks dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Everything a person or CI runs. Needs Python 3.11 or newer and make; fetches the rest into .venv.
PYTHON ?= python3
PORT ?= 8080
ENV ?= dev
BIN := .venv/bin
# Bytecode makes every second start fast; a machine that forbids it would falsify cold-start figures.
unexport PYTHONDONTWRITEBYTECODE
# Node comes with the lock: what is started here finds that one.
export PATH := $(CURDIR)/$(BIN):$(PATH)
LOCK := $(BIN)/uv pip compile -q pyproject.toml --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/ready ## .venv with the consentry command

.venv/ready: requirements/uv.txt requirements/all.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "consentry needs Python 3.11 or newer: make PYTHON=python3.13 setup"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements/all.txt
	$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/consentry content build || test $$? = 1  # 1: what is broken was left out, and is listed
	touch $@

# Without a shell around it, which Ctrl-C would end too, and make complain of.
serve: setup ## the whole product on this machine: PORT=8080
	@PORT=$(PORT) exec $(BIN)/consentry serve

test: setup browser runtime valgrind tests/node_modules/ready infra/python/node_modules/ready ## every test but the deployed stack
	# Three for two cores: one of them always waits for a server or a browser.
	$(BIN)/pytest -n 3 --dist loadfile --ignore tests/e2e --ignore tests/browser --ignore tests/conformance
	# Apart: the browser's driver keeps an event loop running in its process, and others need their own.
	$(BIN)/pytest -n 3 --dist loadfile tests/browser tests/conformance

browser: setup
	@PYTHONPATH=tests $(BIN)/python -m browser.find_chromium

# For the instruction count of a cold GET. Where it cannot be had, that test fails and says so.
valgrind: setup
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.instructions || true

# The runtime's Python: packages hold its bytecode. Where none is installed and none can be downloaded, the one that
# npm has for WebAssembly.
runtime: setup
	@$(BIN)/python -c 'from infra.packaging import interpreter; interpreter("3.13")' 2>/dev/null || \
		$(BIN)/uv python install 3.13 || $(MAKE) infra/python/node_modules/ready

%/node_modules/ready: %/package-lock.json .venv/ready
	cd $* && npm ci --no-audit --no-fund
	touch $@

lint: setup ## ruff and mypy --strict
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy functions infra tests

content: setup ## compile the content into .build/content
	$(BIN)/consentry content build || test $$? = 1  # 1: what is broken was left out, and is listed

synth: setup ## write infra/template.json anew
	$(BIN)/python -m infra.synth

package: runtime ## build what is deployed: ENV=prod; PREVIOUS=FOLDER or none instead of what is live there
	$(BIN)/python -m infra.packaging $(ENV) $(if $(PREVIOUS),--previous $(PREVIOUS))

publish: setup ## tell a deployed environment about the packaged release: ENV=prod
	$(BIN)/python -m infra.publish $(ENV)

deploy: package infra/node_modules/ready ## package, publish, deploy: ENV=prod
	$(BIN)/python -m infra.publish $(ENV)
	cd infra && rm -rf cdk.out && npx cdk deploy -c environment=$(ENV) consentry-$(ENV)

e2e: setup infra/node_modules/ready ## deploy onto an emulator with IAM enforced and run the whole path
	$(BIN)/pytest tests/e2e

bench: setup ## every number, peers beside them: ARGS="--help" for parts of it
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks $(ARGS)

lock: setup ## resolve requirements/*.txt anew
	$(LOCK) --all-extras -o requirements/all.txt
	$(LOCK) --extra functions -c requirements/all.txt -o requirements/functions.txt
	# A layer beside the one above, which has this one already.
	$(LOCK) --extra staff -c requirements/all.txt --no-emit-package typing-extensions -o requirements/staff.txt
	grep -A99 '^uv==' requirements/all.txt | awk 'NR > 1 && /^[a-z]/ {exit} {print}' > requirements/uv.txt

clean: ## remove everything that was built
	rm -rf .venv .build infra/cdk.out infra/node_modules infra/python/node_modules tests/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis functions/*.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help setup serve test browser valgrind runtime lint content synth package publish deploy e2e bench lock clean

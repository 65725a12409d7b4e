# The commands of the project; `make help` lists them. The work is in bin/, shared with Docker.

PYTHON3 ?= python3
BIN := .venv/bin
PACKAGES := gis_portal layers importers tiles
# No file is called like a target.
.PHONY: help run stop tiles fuzz conformance test long lint types e2e bench bench-import faults docs web-vitals format build messages lock clean dev

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## Install what is missing, start the database, load the demo, serve (PORT=8000 HOST=127.0.0.1)
	@exec $(PYTHON3) bin/run.py run

stop: ## Stop the private database
	@$(PYTHON3) bin/cluster.py stop

tiles: ## Make a layer's tiles before anybody asks (LAYER=slug ZOOMS=5-14 AREA=west,south,east,north)
	@$(PYTHON3) bin/run.py tiles "$(LAYER)" $(if $(ZOOMS),--zooms="$(ZOOMS)") $(if $(AREA),--area="$(AREA)")

test: ## The tests, browser tests included, but for the longest (ARGS="tests/layers -k crs" narrows them)
	@$(PYTHON3) bin/check.py test $(ARGS)

long: ## What make test leaves out: an officer's day, a locked phone searched, 175 photos on a bad line, kills
	@$(PYTHON3) bin/check.py long $(ARGS)

e2e: ## Browser tests only
	@$(PYTHON3) bin/check.py e2e $(ARGS)

bench: ## A million parcels, peers and limits, ratios (PARCELS=50000: quick; ARGS="-k statement"; PORTAL_BENCH_KEEP=1)
	@$(PYTHON3) bin/check.py bench $(if $(PARCELS),--parcels=$(PARCELS)) $(if $(PORTAL_BENCH_KEEP),--keep) $(ARGS)

bench-import: ## A million parcels in and in again, against the limits of the database (PARCELS=200000: fewer)
	@$(PYTHON3) bin/check.py bench-import $(if $(PARCELS),--parcels=$(PARCELS)) $(ARGS)

faults: ## Kill imports at every named point, worker and database: wholly old or wholly new
	@$(PYTHON3) bin/check.py faults $(ARGS)

fuzz: ## 10,000 bad requests for tiles, 6,000 + 6,000 for the API, 6,000 of devices, 2,400 of planners: no answer of 5xx; hostile data crawled: no script runs
	@PORTAL_FUZZ=10000 PORTAL_FUZZ_API=6000 PORTAL_FUZZ_FILTERS=3000 PORTAL_FUZZ_FIELD=2000 PORTAL_FUZZ_ANALYSES=2000 $(PYTHON3) bin/check.py fuzz $(ARGS)

conformance: ## Every collection against the OGC's tests, GDAL, OWSLib, GeoPandas and QGIS (installs it)
	@PORTAL_CONFORMANCE=whole $(PYTHON3) bin/check.py conformance $(ARGS)

web-vitals: ## Lighthouse on home, a lot, a parcel as a cheap phone on slow 4G opens them (RUNS=3)
	@PORTAL_VITALS_RUNS=$(or $(RUNS),3) $(PYTHON3) bin/check.py web-vitals $(ARGS)

docs: ## Check that the documents name what exists
	@$(PYTHON3) bin/check.py docs

lint: dev ## Format, style, import directions, templates, TypeScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint gis_portal/templates
	@$(PYTHON3) bin/install.py npm types

types: dev ## mypy, strict
	$(BIN)/mypy $(PACKAGES) bin tests

format: dev ## Rewrite the Python sources in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

build: ## Environment, front end and translations, without starting anything
	@$(PYTHON3) bin/install.py run

messages: ## Compile the English translations (make test names what is untranslated)
	@$(PYTHON3) bin/install.py messages

lock: ## Resolve the dependencies anew (UPGRADE=1 takes newer versions)
	@$(PYTHON3) bin/install.py lock

clean: ## Remove everything generated, the private database included
	@$(PYTHON3) bin/run.py clean

dev: # the environment with the developers' tools, built front end, translations
	@$(PYTHON3) bin/check.py install

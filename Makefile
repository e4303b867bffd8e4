# modular-faces: `make run` makes a table, `make test` checks that it is right, `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CORES ?= all
LOCK_WITH ?= uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

# One thread per process: as many processes run as there are cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export DATA NAME

.PHONY: help run verify test test-slow test-browser test-slurm test-slurm-long slurm-packages lint format bench measure-landmarks calibrate schema sample lock clean unlock

help:  ## show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12
	@echo
	@echo "make run DATA=/my/pictures   the same on any folder (NAME=... names its results)"

run: $(VENV)/.run  ## the whole workflow on the bundled sample, or on DATA=/my/pictures
	@$(BIN)/modular_faces clear-stale-lock
ifdef DATA
	@$(BIN)/snakemake all front_page --profile profiles/local --cores $(CORES) --configfile config/folder.yaml \
		--config "$$($(BIN)/modular_faces folder-config "$$DATA" --name "$$NAME")"
else
	@$(BIN)/snakemake all front_page --profile profiles/local --cores $(CORES)
endif
	@echo "to see this again: $(BIN)/modular_faces summary"

verify: $(VENV)/.run  ## hash results and pictures again: make verify DATASET=sample
	@$(BIN)/modular_faces verify results/$(or $(DATASET),sample)

test: $(VENV)/.dev  ## unit, workflow and fault tests
	$(BIN)/pytest tests/unit tests/workflow tests/faults -m "not slow" -n 2 --dist loadfile

test-slow: $(VENV)/.dev  ## the slower suites: parity with MediaPipe, causes planted in real pictures, growing datasets
	$(BIN)/pytest tests/parity tests/planted
	$(BIN)/pytest tests/workflow -m slow

test-browser: $(VENV)/.dev  ## the pages in a headless Chromium (Debian's; root installs it)
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
	$(BIN)/pytest tests/browser

SLURM_PACKAGES := slurmctld slurmd slurm-client munge
slurm-packages:
	@command -v slurmctld >/dev/null || command -v /usr/sbin/slurmctld >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			$(SLURM_PACKAGES) >/dev/null; } || echo "no SLURM and no right to install it: its tests are skipped"

test-slurm: $(VENV)/.dev slurm-packages  ## a real SLURM of two nodes on this machine, with faults
	timeout --signal=INT --kill-after=60 1800 $(BIN)/pytest tests/slurm -m "not long"

test-slurm-long: $(VENV)/.dev slurm-packages  ## faults that take minutes: time limit, a node that dies
	timeout --signal=INT --kill-after=60 3600 $(BIN)/pytest tests/slurm -m long

lint: $(VENV)/.dev  ## ruff, snakefmt, snakemake --lint, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint
	$(BIN)/mypy

format: $(VENV)/.dev  ## put code and rules into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

bench: $(VENV)/.dev  ## measure speed and memory (takes some minutes)
	$(BIN)/python benchmarks/run.py

MEASURE := docs/measurements/landmarks
measure-landmarks: $(VENV)/.dev  ## landmark errors, quality and stress; DATA=folder with omi, openface, crops
	$(BIN)/python $(MEASURE)/renders.py --out build/renders
	$(BIN)/python $(MEASURE)/fit_map.py --data "$$DATA" --renders build/renders
	$(BIN)/python $(MEASURE)/collect.py --data "$$DATA" --no-faces --out build/readings_omi.npz
	$(BIN)/python $(MEASURE)/collect.py --renders build/renders --out build/readings_renders.npz
	$(BIN)/python $(MEASURE)/collect.py --group fresh --data "$$DATA" --no-faces --renders build/renders --out build/readings_fresh.npz
	for attempt in original narrow_border frame; do \
		$(BIN)/python $(MEASURE)/collect.py --group calibrate --alone $$attempt --every 5 --data "$$DATA" --no-faces \
			--renders build/renders --out build/alone_$$attempt.npz || exit 1; \
	done
	$(BIN)/python $(MEASURE)/choose_quality.py --readings build/readings_*.npz build/alone_*.npz --renders build/renders --data "$$DATA"
	$(BIN)/python $(MEASURE)/fit_quality.py --readings build/readings_*.npz build/alone_*.npz --renders build/renders --data "$$DATA" --judged fresh
	$(BIN)/python $(MEASURE)/fit_quality.py --readings build/readings_*.npz build/alone_*.npz --renders build/renders --data "$$DATA" --judged test
	$(BIN)/python $(MEASURE)/report.py --readings build/readings_*.npz --renders build/renders --data "$$DATA" --figures build
	$(BIN)/python $(MEASURE)/cascade.py --data "$$DATA"
	$(BIN)/python $(MEASURE)/candidates.py --data "$$DATA" --renders build/renders --out build/candidates.npz

SEEDS ?= 200
calibrate: $(VENV)/.dev  ## how often the failure study errs where nothing is to be found (docs/calibration.md)
	$(BIN)/python tests/calibration/calibrate.py --seeds $(SEEDS) --page docs/calibration.md

schema: $(VENV)/.run  ## write config/config.schema.json and the reference in config/README.md
	$(BIN)/modular_faces write-config-reference

sample: $(VENV)/.dev  ## render the bundled sample again
	$(BIN)/python resources/sample/make_sample.py

lock:  ## resolve the dependencies anew (needs uv)
	$(LOCK_WITH) --output-file requirements/run.lock
	$(LOCK_WITH) --extra dev --constraint requirements/run.lock --output-file requirements/dev.lock

unlock: $(VENV)/.run  ## clear a lock left by a killed run
	$(BIN)/snakemake --unlock

clean:  ## remove results, logs and caches (the environment stays)
	rm -rf results logs .snakemake .pytest_cache .ruff_cache .mypy_cache

$(VENV)/.run: requirements/run.lock pyproject.toml
	@echo "installing into $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@echo "installing what tests and checks need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	@touch $@

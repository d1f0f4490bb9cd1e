#!/bin/sh
# Build the wheel, install it in an empty environment away from the checkout, and use it there.
# Needs the tools of `make test` in .venv.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
export PIP_DISABLE_PIP_VERSION_CHECK=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

rm -rf dist
.venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
wheel=$(ls dist/referee-*.whl)
.venv/bin/python scripts/wheel_contents.py "$wheel"

.venv/bin/python -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --constraint constraints.txt "$root/$wheel"
"$work/venv/bin/python" -m pip check >/dev/null

cp scripts/wheel_smoke.py "$work/smoke.py"
cd "$work"
unset PYTHONPATH
venv/bin/referee --help >/dev/null
venv/bin/referee demo >/dev/null
venv/bin/python -I smoke.py
echo "wheel: $(basename "$wheel") installs and runs in an empty environment"

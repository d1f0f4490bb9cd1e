#!/bin/sh
# Make .venv and install the project into it: `scripts/venv.sh base` or `scripts/venv.sh dev`.
# The interpreter is $PYTHON, else python3.11, else python3. Every version comes from constraints.txt.
set -eu
cd "$(dirname "$0")/.."

need=${1:-base}

python=${PYTHON:-}
if [ -z "$python" ]; then
    for candidate in python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
fi
if [ -z "$python" ]; then
    echo "referee needs Python 3.11 or later: put one on PATH, or name it with 'make PYTHON=/path/to/python3.11 ...'." >&2
    exit 1
fi

# A venv without pip is what Debian leaves behind where python3-venv is missing.
usable() { .venv/bin/python -m pip --version >/dev/null 2>&1; }

if ! usable; then
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "python3-venv is missing: installing it with apt-get."
            apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv </dev/null
        else
            echo "This Python cannot make virtual environments: run 'apt-get install python3-venv' and try again." >&2
            exit 1
        fi
    fi
    echo "Making .venv with $python."
    "$python" -m venv --clear .venv
fi

# The two variables also pin what a build pulls in, whichever version of pip reads them.
PIP_CONSTRAINT=constraints.txt
PIP_BUILD_CONSTRAINT=$PIP_CONSTRAINT
PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_CONSTRAINT PIP_BUILD_CONSTRAINT PIP_DISABLE_PIP_VERSION_CHECK

case $need in
base) target=. ;;
dev) target=".[dev]" ;;
*) echo "usage: scripts/venv.sh base|dev" >&2; exit 2 ;;
esac
echo "Installing referee ($need) into .venv."
.venv/bin/python -m pip install --quiet --editable "$target"
if [ "$need" = dev ]; then .venv/bin/python -m pip install --quiet --no-deps --requirement tests/adapters/frameworks.txt; fi
echo "Done: '. .venv/bin/activate' puts the command 'referee' on PATH."
touch ".venv/.$need"
if [ "$need" = dev ]; then touch .venv/.base; fi

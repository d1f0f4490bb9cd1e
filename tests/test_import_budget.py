"""What starting up may load. Timings are measured by `referee bench`, never here."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "numpy", "pyarrow", "ray", "redis", "starlette", "sympy", "torch", "transformers", "uvicorn",
    "asyncio", "multiprocessing",
}  # fmt: skip

IMPORT = "import referee"
HELP = """
from referee.cli.main import main
try:
    main(["--help"], prog_name="referee")
except SystemExit as stop:
    assert not stop.code
"""


def loaded(program: str) -> set[str]:
    """The top-level modules in memory after the program ran in a fresh interpreter."""
    report = "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program + report], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_measure_sees_what_is_loaded():
    assert "wave" in loaded("import wave")
    assert "wave" not in loaded("pass")


@pytest.mark.parametrize(("program", "banned"), [(IMPORT, HEAVY | {"click", "rich", "yaml"}), (HELP, HEAVY | {"rich"})])
def test_starting_up_stays_light(program: str, banned: set[str]):
    assert not loaded(program) & banned


def test_the_public_names_exist_and_load_when_asked_for():
    import referee

    assert referee.__all__
    missing = [name for name in referee.__all__ if not hasattr(referee, name)]
    assert not missing
    assert set(referee.__all__) <= set(dir(referee))

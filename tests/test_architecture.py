"""The three import contracts hold, they can fail, and no source file grows past the cap."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "referee"
CAP = 350
PURE_FLOORS = (
    "core", "text", "group", "maths", "simulators", "programs", "proofs", "structure", "queries", "instructions",
    "verifiers",
)  # fmt: skip


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in `root`/src, whatever else is installed."""
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(root / "pyproject.toml"), "--no-cache", "--no-logo"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that a test may spoil."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(SOURCE, tmp_path / "src" / "referee", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def spoil(root: Path, module: str, line: str) -> str:
    """Add a line to a module of the copy and say what import-linter answers."""
    path = root / "src" / "referee" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint_imports(root)
    assert result.returncode == 1, result.stdout + result.stderr
    return " ".join(result.stdout.split())


def test_the_contracts_hold():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kept, 0 broken" in result.stdout


def test_a_lower_floor_may_not_import_a_higher_one(copy: Path):
    assert "referee.core is not allowed to import referee.engine" in spoil(
        copy, "core/errors.py", "import referee.engine.score"
    )


def test_rooms_on_one_floor_are_strangers(copy: Path):
    answer = spoil(copy, "text/__init__.py", "import referee.group.advantage")
    assert "referee.text is not allowed to import referee.group" in answer


def test_a_new_room_needs_a_floor(copy: Path):
    attic = copy / "src" / "referee" / "attic"
    attic.mkdir()
    (attic / "__init__.py").touch()
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "referee.attic" in result.stdout


def test_families_are_strangers(copy: Path):
    answer = spoil(copy, "verifiers/choice/letter.py", "import referee.verifiers.math.number")
    assert "referee.verifiers.choice is not allowed to import referee.verifiers.math" in answer


@pytest.mark.parametrize("module", ["time", "random", "os", "subprocess", "torch", "numpy"])
def test_the_judge_is_pure(copy: Path, module: str):
    answer = spoil(copy, "core/types.py", f"import {module}")
    assert f"referee.core is not allowed to import {module}" in answer


def test_every_pure_room_is_in_the_contract():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pure = next(one for one in config["tool"]["importlinter"]["contracts"] if one["id"] == "pure")
    rooms = {f"referee.{name}" for name in PURE_FLOORS if (SOURCE / name / "__init__.py").exists()}
    assert set(pure["source_modules"]) == rooms


def test_no_source_file_passes_the_cap():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert lengths
    too_long = {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > CAP}
    assert not too_long


def test_the_fingerprint_covers_every_room_that_judges():
    """A floor below `engine` that can change a verdict is part of the build's hash."""
    from referee.engine.build import _JUDGING

    rooms = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    assert rooms & (set(PURE_FLOORS) - {"group"} | {"packs", "sandbox", "engine"}) == rooms & set(_JUDGING)

"""What is generated is up to date, and what is written by hand leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [*ROOT.glob("*.md"), ROOT / "tests" / "README.md", *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
RUNNABLE = ["README.md", "docs/quickstart.md"]


def docs(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "docs.py"), "--root", str(root), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_generated_pages_are_fresh():
    result = docs("--check")
    assert result.returncode == 0, result.stderr


def test_a_stale_page_is_named(tmp_path: Path):
    (tmp_path / "README.md").write_text((ROOT / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert docs(root=tmp_path).returncode == 0
    assert docs("--check", root=tmp_path).returncode == 0
    (tmp_path / "docs" / "packs.md").write_text("old", encoding="utf-8")
    (tmp_path / "docs" / "verifiers" / "gone.away.md").write_text("left behind", encoding="utf-8")
    result = docs("--check", root=tmp_path)
    assert result.returncode == 1
    assert "docs/packs.md" in result.stderr
    assert "docs/verifiers/gone.away.md" in result.stderr
    assert "make docs" in result.stderr


def test_every_link_leads_to_a_file():
    def code_free(page: Path) -> str:
        return re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)

    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(code_free(page))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not dead


@pytest.mark.parametrize("page", RUNNABLE)
def test_the_examples_on_a_page_run(page: str, tmp_path: Path):
    blocks = FENCE.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    program = "\n".join(blocks)
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

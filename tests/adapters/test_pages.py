"""The code on the trainers' pages runs as it stands, and the page that lists them shows the lines of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEEDS = {"openrlhf": "torch", "verifiers": "verifiers", "inspect-ai": "inspect_ai"}


@pytest.mark.usefixtures("open_instruct_module")
@pytest.mark.parametrize("page", sorted(path.stem for path in (PAGES / "trainers").glob("*.md")))
def test_the_code_on_the_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page in NEEDS:
        pytest.importorskip(NEEDS[page], reason=f"{NEEDS[page]} is not installed")
    monkeypatch.chdir(tmp_path)
    blocks = FENCE.findall((PAGES / "trainers" / f"{page}.md").read_text(encoding="utf-8"))
    assert blocks
    exec(compile("\n".join(blocks), page, "exec"), {"__name__": "page"})


def test_every_line_of_the_list_stands_on_its_page() -> None:
    rows = re.findall(r"\| .*?\(trainers/([a-z-]+)\.md\).*? \| `(.+?)` \|", (PAGES / "use-in-a-trainer.md").read_text())
    assert {page for page, _ in rows} == {path.stem for path in (PAGES / "trainers").glob("*.md")}
    for page, line in rows:
        shown = line.partition("=")[2] if line.startswith(("reward_funcs=", "scorer=")) else line
        assert shown in (PAGES / "trainers" / f"{page}.md").read_text(), (page, line)

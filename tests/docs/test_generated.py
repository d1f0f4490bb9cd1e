"""What is generated is up to date, and what is written by hand leads somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [*ROOT.glob("*.md"), ROOT / "tests" / "README.md", *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
RUNNABLE = ["README.md", "docs/quickstart.md", "docs/how-to/use-in-a-trainer.md", "docs/how-to/pool.md"]


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


@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md", "docs/walkthrough.md"])
def test_the_commands_on_a_page_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from click.testing import CliRunner

    from referee.cli.main import main

    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    commands = [line[1:] for line in lines if line[:1] == ["referee"]]
    assert commands
    for command in commands:
        result = CliRunner().invoke(main, command, prog_name="referee")
        assert result.exit_code == 0, (command, result.output)


def test_the_code_of_the_page_about_verifiers_keeps_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from referee.engine import contract
    from referee.verifiers import find

    code = FENCE.findall((ROOT / "docs" / "how-to" / "add-a-verifier.md").read_text(encoding="utf-8"))[0]
    family = tmp_path / "acme_pages" / "text"
    family.mkdir(parents=True)
    for folder in (family, family.parent):
        (folder / "__init__.py").write_text("")
    (family / "flipped.py").write_text(code, encoding="utf-8")
    metadata = tmp_path / "acme_pages-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-pages\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[referee.verifiers]\npages = acme_pages\n")
    monkeypatch.syspath_prepend(tmp_path)
    find.cache_clear()
    try:
        assert not list(contract.faults(find("pages/text.flipped")))
    finally:
        find.cache_clear()
        for name in [name for name in sys.modules if name.startswith("acme_pages")]:
            del sys.modules[name]


@pytest.mark.parametrize("action", [["check"], ["format", "--check"]])
def test_the_code_of_the_page_about_verifiers_passes_lint(action: list[str]):
    code = FENCE.findall((ROOT / "docs" / "how-to" / "add-a-verifier.md").read_text(encoding="utf-8"))[0]
    place = str(ROOT / "src" / "referee" / "verifiers" / "text" / "flipped.py")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *action, "--no-cache", "--stdin-filename", place, "-"],
        input=code, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_reason_has_words():
    page = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9_.]+)` \| (.*?) \|", page, re.MULTILINE)
    assert len(rows) > 50
    # The codes of mathematics are young: theirs are read as they are spelled until they have words.
    assert not [reason for reason, words in rows if not words and not reason.startswith("math.")]


def test_the_walkthrough_page_is_what_the_demo_prints():
    from click.testing import CliRunner

    from referee.cli.main import main

    printed = CliRunner().invoke(main, ["demo"], prog_name="referee").stdout
    page = (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")
    figures = page.partition("```text\n")[2].partition("\n```")[0]
    assert "mean 0.575" in figures
    lines = [line.rstrip() for line in printed.splitlines()]
    assert figures in "\n".join(lines)


def test_the_reference_names_every_field_and_column():
    from referee.data.columns import COLUMNS
    from referee.packs.spec import PackSpec, PartSpec, RuleSpec

    fields = (ROOT / "docs" / "reference" / "pack-format.md").read_text(encoding="utf-8")
    columns = (ROOT / "docs" / "reference" / "columns.md").read_text(encoding="utf-8")
    for record in (PackSpec, RuleSpec, PartSpec):
        for name in record.__struct_fields__:
            assert re.search(rf"^\| `{name}` \| [^|]+ \| [^|]* \| [^|]{{10,}} \|$", fields, re.MULTILINE), name
    assert all(f"`{name}`" in columns for names in COLUMNS.values() for name in names)


def test_no_page_shows_a_type_as_python_prints_it():
    for page in (ROOT / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "<class '" not in text, page
        assert "See `Params`" not in text, page

"""Write the pages that would go stale if a person wrote them: `python scripts/docs.py [--check] [--root DIR]`.

From the verifiers: docs/verifiers/ and the table in README.md. From the bundled packs: docs/packs.md. From what
`referee demo` computes: docs/walkthrough.md. From the commands, the records, the instruction kinds, the detectors, the
public names and the source: docs/reference/. With --check, nothing is written and a stale page is an error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pages import (
    catalogue,
    cli,
    columns,
    detectors,
    instructions,
    pack_format,
    packs,
    public,
    reasons,
    verifiers,
    walkthrough,
)

ROOT = Path(__file__).resolve().parent.parent
GENERATED_FOLDERS = ("docs/verifiers", "docs/reference")


def generate(root: Path) -> dict[str, str]:
    """Every generated file: path under the root, and its text."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    texts = {
        **verifiers.pages(),
        "docs/packs.md": packs.page(),
        "docs/walkthrough.md": walkthrough.page(),
        "docs/reference/cli.md": cli.page(),
        "docs/reference/instructions.md": instructions.page(),
        "docs/reference/columns.md": columns.page(),
        "docs/reference/pack-format.md": pack_format.page(),
        "docs/reference/detectors.md": detectors.page(),
        "docs/reference/api.md": public.page(),
        "docs/reference/reasons.md": reasons.page(),
        "docs/reference/hacks.md": catalogue.page(),
        "README.md": verifiers.fill(readme),
    }
    return {path: text.rstrip() + "\n" for path, text in texts.items()}


def compare(root: Path, texts: dict[str, str]) -> tuple[list[str], list[str]]:
    """The paths to write, and the pages that nothing generates any more."""
    stale = [path for path, text in texts.items() if not (root / path).exists() or _read(root / path) != text]
    on_disk = [page for folder in GENERATED_FOLDERS for page in (root / folder).glob("*.md")]
    orphans = [page.relative_to(root).as_posix() for page in on_disk]
    return sorted(stale), sorted(set(orphans) - set(texts))


def main() -> int:
    """Write or check; the exit code is 1 when a check finds something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a page is stale")
    parser.add_argument("--root", type=Path, default=ROOT, help="where docs/ and README.md are")
    options = parser.parse_args()
    texts = generate(options.root)
    stale, orphans = compare(options.root, texts)
    if options.check:
        for path in stale + orphans:
            print(f"{path} is stale: run 'make docs'", file=sys.stderr)
        return 1 if stale or orphans else 0
    for path in stale:
        target = options.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(texts[path], encoding="utf-8")
    for path in orphans:
        (options.root / path).unlink()
    print(f"docs: {len(stale)} written, {len(orphans)} removed, {len(texts) - len(stale)} unchanged")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())

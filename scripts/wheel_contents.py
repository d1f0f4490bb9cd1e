"""Fail unless a wheel holds every data file that lies under src/referee: `python scripts/wheel_contents.py WHEEL`."""

import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
MUST_BE_THERE = ("referee/py.typed", "referee/packs/bundled/r1-zero-math.toml", "referee/packs/bundled/gsm8k.toml")


def main(wheel: str) -> int:
    """Compare the names in the wheel with the files in the source tree."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    in_tree = {
        path.relative_to(SOURCE).as_posix()
        for path in (SOURCE / "referee").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    missing = sorted((in_tree | set(MUST_BE_THERE)) - names)
    for name in missing:
        print(f"wheel: {name} is in the source tree and not in {Path(wheel).name}", file=sys.stderr)
    strangers = sorted(name for name in names if not name.startswith(("referee/", "referee-")))
    for name in strangers:
        print(f"wheel: {name} does not belong in {Path(wheel).name}", file=sys.stderr)
    return 1 if missing or strangers else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

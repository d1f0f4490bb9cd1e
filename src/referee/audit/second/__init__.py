"""Second implementations, a file for each family that has one: `second/math.py` asks math-verify.

What is not installed is not asked, and the report says so. A second implementation runs in a process of its own, so
that it may hang or crash.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from referee.audit.judge import Judge
from referee.audit.second.base import Second


def seconds_for(judge: Judge, rows: int) -> list[Second]:
    """The second implementations for the verifier of a pack, each to be asked about so many rows."""
    path = f"{__name__}.{judge.family}"
    if find_spec(path) is None:
        return []
    module = import_module(path)
    return [Second(module, judge, rows)] if module.fits(judge) else []

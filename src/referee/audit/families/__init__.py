"""What the audit has to know of a family of verifiers, a file each: `families/math.py` for the verifiers `math.*`.

A family without a file is audited by what holds for all of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from referee.audit.families.base import Family


@cache
def family(name: str) -> Family:
    """The family of that name; the plain one where there is no file."""
    path = f"{__name__}.{name}"
    if not name.isidentifier() or name == "base" or find_spec(path) is None:
        return Family()
    found: Family = import_module(path).FAMILY
    return found

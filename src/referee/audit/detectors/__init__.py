"""One file a detector, found by its name: a class below `Detector` in each file that does not begin with `_`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from referee.audit.finding import LEVELS, Detector


@cache
def detectors() -> dict[str, type[Detector]]:
    """Every detector by its id, most serious first."""
    modules = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__) if one.name[0] != "_"]
    found = [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Detector) and value.__module__ == module.__name__
    ]
    return {one.id: one for one in sorted(found, key=lambda one: (LEVELS.index(one.level), one.id))}

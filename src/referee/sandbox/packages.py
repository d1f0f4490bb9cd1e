"""Packages that a program may import beside the standard library: where they are, and what is loaded beforehand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from importlib.util import find_spec

from referee.core.errors import InfrastructureError

# Parts that a package loads when they are first used, each of which would cost every run anew.
_PARTS = {"numpy": ("random", "linalg", "fft", "polynomial", "ma")}
_SOLD_AS = {"z3": "z3-solver"}
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class MissingPackage(InfrastructureError):
    """A package that programs may import cannot be had where the judge runs."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "infra.package")


def view(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What must be readable, what becomes part of the module path, and which modules are loaded.

    Each package brings what it requires. Raises `MissingPackage`.
    """
    places: list[str] = []
    modules: list[str] = []
    for name in names:
        places += _places(name)
        modules += [name, *(f"{name}.{part}" for part in _PARTS.get(name, ()))]
    unique = tuple(dict.fromkeys(places))
    return unique, tuple(dict.fromkeys(os.path.dirname(place) for place in unique)), tuple(modules)


@lru_cache(maxsize=64)
def _places(name: str) -> tuple[str, ...]:
    """The folders and files of a package and of what it requires."""
    spec = find_spec(name) if name.isidentifier() else None
    if spec is None:
        wanted = _SOLD_AS.get(name, name)
        raise MissingPackage(f"the package '{name}' is not installed beside the judge: pip install {wanted}")
    own = list(spec.submodule_search_locations or ([spec.origin] if spec.origin else []))
    for distribution in _distributions(name):
        own += _installed(distribution)
    return tuple(dict.fromkeys(os.path.realpath(place) for place in own))


def _distributions(name: str) -> list[str]:
    """Those that hold a package: as a rule the one of its name, which is found at once."""
    try:
        files = metadata.distribution(name).files or ()
    except metadata.PackageNotFoundError:
        files = ()
    if any(file.parts[0] in {name, f"{name}.py"} for file in files):
        return [name]
    return metadata.packages_distributions().get(name, [])


def _installed(distribution: str) -> Iterator[str]:
    """What a distribution and those that it requires have put beside each other."""
    todo, seen = [distribution], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            found = metadata.distribution(one)
        except metadata.PackageNotFoundError:
            continue  # of another platform, or of an extra that was not asked for
        tops = {file.parts[0] for file in found.files or () if file.parts[0] != ".."}
        for top in sorted(tops):
            if not top.endswith((".dist-info", ".pth", "__pycache__")):
                yield str(found.locate_file(top))
        for required in found.requires or ():
            name = _NAME.match(required)
            if name is not None and "extra ==" not in required:
                todo.append(name.group())

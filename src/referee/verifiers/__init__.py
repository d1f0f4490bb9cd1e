"""The verifiers: one file each, `verifiers/<family>/<name>.py` holds `<family>.<name>`. Families are strangers."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from referee.core.errors import UnknownName, UsageError
from referee.core.verifier import Verifier

ENTRY_POINTS = "referee.verifiers"


def ids() -> list[str]:
    """The ids of all bundled verifiers, in alphabetical order. Imports none of them."""
    families = [entry.name for entry in iter_modules(__path__) if entry.ispkg]
    return sorted(
        f"{family}.{entry.name}"
        for family in families
        for entry in iter_modules([f"{root}/{family}" for root in __path__])
        if not entry.name.startswith("_")
    )


@cache
def find(verifier_id: str) -> Verifier:
    """The verifier of that id; `plugin/family.name` asks an installed plugin. Imports one file."""
    package, _, name = verifier_id.rpartition("/")
    path = f"{_plugin(package, verifier_id)}.{name}" if package else f"{__name__}.{name}"
    if not _exists(path, name):
        raise UnknownName("verifier", verifier_id, ids(), "See `referee verifiers` for all of them.")
    module = import_module(path)
    found = [value for value in vars(module).values() if isinstance(value, Verifier) and value.__module__ == path]
    if len(found) != 1:
        raise UsageError(f"{path} must hold exactly one function decorated with @verifier; it holds {len(found)}.")
    found[0].plugin = package
    return found[0]


def _exists(path: str, name: str) -> bool:
    if not all(part.isidentifier() for part in name.split(".")) or "." not in name:
        return False
    try:
        return find_spec(path) is not None
    except ModuleNotFoundError:
        return False


def _plugin(package: str, verifier_id: str) -> str:
    """The module that a plugin registered under the entry-point group, by the name before the slash."""
    from importlib.metadata import entry_points

    plugins = {entry.name: entry.value for entry in entry_points(group=ENTRY_POINTS)}
    if package not in plugins:
        hint = f"No installed package offers the plugin '{package}'."
        raise UnknownName("verifier", verifier_id, [*ids(), *(f"{name}/" for name in plugins)], hint)
    return plugins[package]

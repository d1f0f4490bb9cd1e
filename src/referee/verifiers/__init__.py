"""The verifiers: one file each, `verifiers/<family>/<name>.py` holds `<family>.<name>`. Families are strangers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from traceback import extract_tb
from typing import TypeVar

from referee.core.errors import PluginError, UnknownName, UsageError
from referee.core.verifier import Verifier

T = TypeVar("T")
ENTRY_POINTS = "referee.verifiers"


def ids() -> list[str]:
    """The ids of all bundled verifiers, in alphabetical order. Imports none of them."""
    return _below(list(__path__))


def plugin_ids() -> list[str]:
    """The ids of the verifiers of all installed plugins, `plugin/family.name`. Imports none of them."""
    return sorted(f"{name}/{one}" for name, module in _plugins().items() for one in _below(_folders(module)))


@cache
def find(verifier_id: str) -> Verifier:
    """The verifier of that id; `plugin/family.name` asks an installed plugin. Imports one file.

    Raises `UnknownName` with the nearest id, or `PluginError` when the file does not import.
    """
    package, _, name = verifier_id.rpartition("/")
    path = f"{_plugin(package, verifier_id)}.{name}" if package else f"{__name__}.{name}"
    if not _is_name(name) or not _guarded(verifier_id, path, _exists):
        hint = "See `referee verifiers` for all of them."
        raise UnknownName("verifier", verifier_id, [*ids(), *plugin_ids()], hint)
    module = _guarded(verifier_id, path, import_module)
    found = [value for value in vars(module).values() if isinstance(value, Verifier) and value.__module__ == path]
    if len(found) != 1:
        raise UsageError(f"{path} must hold exactly one function decorated with @verifier; it holds {len(found)}.")
    found[0].plugin = package
    return found[0]


def _guarded(verifier_id: str, path: str, action: Callable[[str], T]) -> T:
    """What the action makes of a module, or one sentence about what the module's author has to mend."""
    try:
        return action(path)
    except Exception as error:
        where = _place(error, path)
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
        raise PluginError(f"{verifier_id}: {kind}{what}{f' ({where})' if where else ''}") from error


def _place(error: Exception, path: str) -> str:
    """File and line of the package that an import stopped at, the file from its package on."""
    root = path.split(".", maxsplit=1)[0]
    places = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__) if frame.filename != __file__]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    for file, line in reversed(places):
        _, slash, rest = file.rpartition(f"/{root}/")
        if slash:
            return f"{root}/{rest}:{line}"
    return ""


def _exists(path: str) -> bool:
    """Whether there is such a module; imports the packages around it."""
    try:
        return find_spec(path) is not None
    except ModuleNotFoundError as error:
        if error.name and path.startswith(error.name):
            return False
        raise


def _is_name(name: str) -> bool:
    return "." in name and all(part.isidentifier() for part in name.split("."))


def _below(folders: list[str]) -> list[str]:
    """The ids of the verifiers in a package's folders: family.name, in alphabetical order."""
    return sorted(
        f"{family.name}.{entry.name}"
        for family in iter_modules(folders)
        if family.ispkg
        for entry in iter_modules([f"{folder}/{family.name}" for folder in folders])
        if not entry.name.startswith("_")
    )


def _folders(module: str) -> list[str]:
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return []
    return list(spec.submodule_search_locations or ()) if spec else []


def _plugins() -> dict[str, str]:
    """Prefix to package, as plugins registered them under the entry-point group."""
    from importlib.metadata import entry_points

    return {entry.name: entry.value for entry in entry_points(group=ENTRY_POINTS)}


def _plugin(package: str, verifier_id: str) -> str:
    """The package that a plugin registered, by the name before the slash."""
    plugins = _plugins()
    if package not in plugins:
        hint = f"No installed package offers the plugin '{package}'."
        raise UnknownName("verifier", verifier_id, [*ids(), *plugin_ids()], hint)
    return plugins[package]

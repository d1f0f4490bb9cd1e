"""`referee new verifier ID`: a file to fill in, in its place."""

from __future__ import annotations

import builtins
import keyword
from pathlib import Path

import click


@click.group("new", short_help="Write the skeleton of a new verifier.")
def command() -> None:
    """Write a skeleton to fill in."""


@command.command("verifier")
@click.argument("verifier_id", metavar="FAMILY.NAME")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a plugin's package; default: the verifiers of this source checkout.",
)
def verifier(verifier_id: str, folder: Path | None) -> None:
    """Write FAMILY/NAME.py with everything that a verifier needs. Overwrites nothing."""
    from referee.core.errors import UsageError

    family, name = _named(verifier_id)
    root = folder or _checkout()
    path = root / family / f"{name}.py"
    if path.exists():
        raise UsageError(f"{path} exists already; choose another name, or edit it")
    path.parent.mkdir(parents=True, exist_ok=True)
    packages = (root, path.parent) if folder is not None else (path.parent,)
    for package in packages:
        init = package / "__init__.py"
        if not init.exists():
            init.write_text(f'"""Verifiers of {package.name}."""\n', encoding="utf-8")
    path.write_text(_SKELETON.replace("NAME", name), encoding="utf-8")
    click.echo(f"wrote {path}")
    click.echo(f"next: fill in the headings, the cases and the check, then {_next(verifier_id, folder)}")


def _named(verifier_id: str) -> tuple[str, str]:
    """Family and name, both of which can be a module, and the name a function."""
    from referee.core.errors import UsageError

    family, _, name = verifier_id.partition(".")
    for part in (family, name):
        if keyword.iskeyword(part):
            raise UsageError(f"'{part}' is a word of Python and can be no module; choose another name")
        if not part.isidentifier() or not part.islower():
            raise UsageError(f"a verifier's id is family.name in lower case, like text.flipped; got '{verifier_id}'")
    if hasattr(builtins, name):
        raise UsageError(
            f"'{name}' is a builtin of Python, and the function carries the file's name; {verifier_id}_text?"
        )
    return family, name


def _checkout() -> Path:
    """The verifiers of the source checkout that this command runs from."""
    import referee.verifiers
    from referee.core.errors import UsageError

    here = Path(referee.verifiers.__path__[0])
    if here.parent.parent.name != "src":
        raise UsageError("this is an installed package, not a source checkout; name your plugin's folder: --dir FOLDER")
    return here


def _next(verifier_id: str, folder: Path | None) -> str:
    """How the file is checked, in this checkout or in a plugin."""
    if folder is None:
        return f"`referee check {verifier_id}`, `make docs` for its page, and `make test`"
    return f"`referee check PLUGIN/{verifier_id}`, PLUGIN being the name under [project.entry-points]"


_SKELETON = '''"""The final segment is the truth, to the character.

## What it checks
What must hold, in a few sentences.

## Truth
A string.

## Parameters
How the check can be changed.

## When it cannot judge
The truth is not a string: `truth.unreadable`.

## Known gaps
What it judges wrongly, and why that is accepted.

## Sources
Where the rule comes from.
"""

from __future__ import annotations

from referee.core.errors import TruthError
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, Parameters, verifier


class Params(Parameters, frozen=True, kw_only=True):
    """fold_case: whether letter case is ignored."""

    fold_case: bool = False


CASES = (
    Case("yes", "yes", "pass"),
    Case("Yes", "yes", "pass", params={"fold_case": True}),
    Case("no", "yes", "fail"),
    Case("yes no", "yes", "fail", note="attack: says both"),
)


@verifier
def NAME(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Compare the completion with the truth."""
    if not isinstance(task.truth, str):
        raise TruthError("the truth must be a string")
    found, wanted = rollout.text.strip(), task.truth.strip()
    if params.fold_case:
        found, wanted = found.casefold(), wanted.casefold()
    return passed("text.equal", found=found[:80]) if found == wanted else failed("text.different", found=found[:80])
'''

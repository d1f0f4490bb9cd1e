"""`referee verifiers`: the catalogue, or the page of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from referee.core.verifier import Case, Verifier

MOST_CASES = 20


@click.command("verifiers", short_help="List the verifiers, or show one: truth, parameters, cases.")
@click.argument("verifier_id", metavar="[ID]", required=False)
def command(verifier_id: str | None) -> None:
    """List every verifier, also of installed plugins, or show the page of ID (plugin/family.name for a plugin's)."""
    from referee.cli.show import safe, table
    from referee.verifiers import find, ids, plugin_ids

    if verifier_id is None:
        table(("id", "what it checks"), [(name, _about(name)) for name in (*ids(), *plugin_ids())], left=2)
        return
    verifier = find(verifier_id)
    click.echo(click.style(f"{safe(verifier.id)}  version {verifier.version}", bold=True))
    click.echo()
    click.echo(safe(page(verifier, "See the table below.\n\n"), lines=True))
    click.echo()
    _parameters(verifier)
    click.echo()
    _cases(verifier.cases)


def page(verifier: Verifier, instead: str = "") -> str:
    """The verifier's page without its pointer into the source, for which the table of parameters stands."""
    return re.sub(r"^See `Params`\.\n+", instead, verifier.page, flags=re.MULTILINE)


def channels() -> list[tuple[str, str]]:
    """Each channel and what is read from it, as `referee.text.channel` tells it."""
    from referee.text import channel

    told = (channel.__doc__ or "").replace("\\\n", "")
    return re.findall(r"^\| `(\w+)` \| (.+) \|$", told, re.MULTILINE)


def first_sentence(text: str) -> str:
    """The first sentence of a page, on one line."""
    paragraph = " ".join(text.strip().split("\n\n", maxsplit=1)[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + (stop.strip() or ("" if head.endswith(".") else "."))


def case_parameters(case: Case) -> str:
    """What a case gives beside completion and truth: parameters, a token count, a prompt."""
    given = [f"{name}={value!r}" for name, value in case.params.items()]
    given += [f"{case.tokens} tokens"] if case.tokens is not None else []
    return ", ".join(given + ([f"prompt {case.prompt!r}"] if case.prompt is not None else []))


def _about(verifier_id: str) -> str:
    from referee.core.errors import UsageError
    from referee.verifiers import find

    try:
        return first_sentence(find(verifier_id).page)
    except UsageError as error:  # one broken plugin does not hide the others
        return f"(cannot be used) {error}"


def _parameters(verifier: Verifier) -> None:
    from referee.cli.show import table
    from referee.core.fields import fields

    found = fields(verifier.params_type)
    if not found:
        click.echo("It takes no parameters.")
        return
    rows = [
        (one.name, one.kind, one.default, one.meaning.replace(" (see `referee.text.channel`)", "")) for one in found
    ]
    table(("parameter", "may be", "default", "meaning"), rows, left=4)
    if any(one.name == "channel" for one in found):
        click.echo()
        table(("channels", "the answer is"), [(name, text.replace("`", "")) for name, text in channels()], left=2)


def _cases(cases: tuple[Case, ...]) -> None:
    from referee.cli.show import short, table
    from referee.data.plain import dumps

    rows = [
        (
            case.status,
            short(case.completion, 48),
            short(case.truth if isinstance(case.truth, str) else dumps(case.truth).decode(), 24),
            short(case_parameters(case), 64),
            short(case.note, 60),
        )
        for case in cases[:MOST_CASES]
    ]
    table(("verdict", "completion", "truth", "parameters", "note"), rows, left=5)
    if len(cases) > MOST_CASES:
        click.echo(f"... and {len(cases) - MOST_CASES} more; all of them run as tests.")

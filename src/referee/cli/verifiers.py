"""`referee verifiers`: the catalogue, or the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.core.verifier import Case, Verifier

MOST_CASES = 20


@click.command("verifiers", short_help="List the verifiers, or show one: truth, parameters, cases.")
@click.argument("verifier_id", metavar="[ID]", required=False)
def command(verifier_id: str | None) -> None:
    """List every bundled verifier, or show the page of ID (plugin/family.name for an installed plugin)."""
    from referee.cli.show import safe, table
    from referee.verifiers import find, ids

    if verifier_id is None:
        table(("id", "what it checks"), [(name, first_sentence(find(name).page)) for name in ids()], left=2)
        return
    verifier = find(verifier_id)
    click.echo(click.style(f"{safe(verifier.id)}  version {verifier.version}", bold=True))
    click.echo()
    click.echo(safe(verifier.page, lines=True))
    click.echo()
    _parameters(verifier)
    click.echo()
    _cases(verifier.cases)


def first_sentence(page: str) -> str:
    """The first sentence of a page, on one line."""
    paragraph = " ".join(page.strip().split("\n\n", maxsplit=1)[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + (stop.strip() or ("" if head.endswith(".") else "."))


def _parameters(verifier: Verifier) -> None:
    import msgspec

    from referee.cli.show import table

    fields = msgspec.structs.fields(verifier.params_type)
    if not fields:
        click.echo("It takes no parameters.")
        return
    table(("parameter", "default"), [(field.name, repr(_default(field))) for field in fields], left=2)


def _default(field: Any) -> Any:
    import msgspec

    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _cases(cases: tuple[Case, ...]) -> None:
    from referee.cli.show import short, table
    from referee.data.plain import dumps

    rows = [
        (
            case.status,
            short(case.completion, 48),
            short(case.truth if isinstance(case.truth, str) else dumps(case.truth).decode(), 24),
            short(", ".join(f"{name}={value!r}" for name, value in case.params.items()), 40),
            short(case.note, 60),
        )
        for case in cases[:MOST_CASES]
    ]
    table(("verdict", "completion", "truth", "parameters", "note"), rows, left=5)
    if len(cases) > MOST_CASES:
        click.echo(f"... and {len(cases) - MOST_CASES} more; all of them run as tests.")

"""`referee demo`: the bundled rollouts through the judge, figure by figure. Everything is computed when it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.core.types import Group
    from referee.engine.score import RulePack

PACK = "r1-zero-math"
EXAMPLES = Path(__file__).parent.parent / "examples"

WRONG = ("1", "3", "5", "6")


@click.command("demo", short_help="Walk through four rollouts: verdicts, rewards, advantages.")
def command() -> None:
    """Score the bundled rollouts and show how verdicts become rewards, and rewards advantages."""
    _file()
    walkthrough()


def walkthrough() -> None:
    """Print the four rollouts and the silent groups; docs/walkthrough.md is this output."""
    from referee.engine.score import as_pack

    pack = as_pack(PACK)
    rows = _rows("walkthrough.jsonl")
    _walkthrough(pack, rows)
    _silent(pack, rows[0])


def _rows(name: str) -> list[dict[str, Any]]:
    from referee.data.plain import loads_object
    from referee.data.read import Source

    return [loads_object(line.raw) for line in Source(EXAMPLES / name).lines()]


def _file() -> None:
    from referee.cli.report import report
    from referee.engine.run import score_file

    click.echo(click.style(f"referee score rollouts.jsonl --pack {PACK}", bold=True))
    click.echo()
    report(score_file(EXAMPLES / "rollouts.jsonl", PACK, workers=1), as_json=False, quiet=False, strict=False)
    click.echo()


def _walkthrough(pack: RulePack, rows: list[dict[str, Any]]) -> None:
    from referee.cli.show import safe, status
    from referee.cli.words import in_words

    prompt, truth = rows[0]["prompt"], rows[0]["truth"]
    group = pack.score_group([row["completion"] for row in rows], truth=truth, prompt=prompt)
    click.echo(click.style("The walkthrough", bold=True))
    click.echo()
    click.echo(f"prompt  {safe(prompt)}")
    click.echo(f"truth   {safe(truth)}")
    weights = " + ".join(f"{rule.name} {rule.weight:g}" for rule in pack.spec.rules)
    click.echo(f"pack    {pack.name}: {weights}")
    for number, (row, score) in enumerate(zip(rows, group.scores, strict=True), 1):
        click.echo()
        click.echo(f"{number}. {safe(row['completion'])}")
        for name, verdict in score.verdicts.items():
            added = score.contributions[name]
            click.echo(
                f"   {name:<8}{status(f'{verdict.status:<6}')}{added:.3f}  {verdict.reason}: {in_words(verdict.reason)}"
            )
    click.echo()
    _table(group)


def _table(group: Group) -> None:
    from referee.cli.show import table

    rows = [
        (str(number), "none" if reward is None else f"{reward:.3f}", signed(advantage))
        for number, (reward, advantage) in enumerate(zip(group.rewards, group.advantages, strict=True), 1)
    ]
    table(("rollout", "reward", "advantage"), rows)
    if group.mean is not None and group.std is not None:
        click.echo(
            f"mean {group.mean:.3f}, standard deviation {group.std:.3f}, {'silent' if group.silent else 'not silent'}"
        )


def _silent(pack: RulePack, row: dict[str, Any]) -> None:
    """Four wrong and four right rollouts: nothing to learn, exact zeros."""
    right = row["completion"]
    wrong = [right.replace("\\boxed{2}", f"\\boxed{{{number}}}") for number in WRONG]
    for title, completions in (("Four wrong", wrong), ("Four right", [right] * 4)):
        group = pack.score_group(completions, truth=row["truth"], prompt=row["prompt"])
        click.echo()
        click.echo(click.style(f"{title}: a silent group", bold=True))
        click.echo()
        _table(group)


def signed(value: float) -> str:
    """Three decimals with their sign; zero has none."""
    return f"{value:+.3f}" if value else f"{value:.3f}"

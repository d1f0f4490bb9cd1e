"""`referee train`: a run of GRPO on the rewards of rule packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from referee.train.config import TrainConfig


@click.command("train", short_help="Train a language model with GRPO on rule rewards.")
@click.argument("config")
@click.argument("overrides", nargs=-1, metavar="[PATH=VALUE]...")
@click.option("--dry-run", is_flag=True, help="Check data and truths, sample one group, say what a step costs.")
def command(config: str, overrides: tuple[str, ...], dry_run: bool) -> None:
    """Train as CONFIG says: a TOML file, or `r1-zero`, the bundled recipe.

    PATH=VALUE changes one of its fields: sample.group=8 data.0.path=tasks.jsonl optim.lr=2e-6. A run that stands in the
    folder `out` already is taken up where it was saved. The weights of rules are read anew from pack files before each
    step. Several GPUs: accelerate launch -m referee train CONFIG.
    """
    from referee.core.errors import MissingExtra
    from referee.train.config import load_config

    checked = load_config(config, overrides)
    try:
        from referee.train.grpo import Trainer
    except ImportError as error:
        if error.name not in ("torch", "transformers", "accelerate"):
            raise
        raise MissingExtra("training", "train") from None
    if dry_run:
        _rehearse(checked)
    else:
        Trainer(checked).train()


def _rehearse(config: TrainConfig) -> None:
    from referee.cli.show import safe, short, table
    from referee.train.rehearse import check, measure, rehearsal

    config, trainer = rehearsal(config)
    try:
        found = list(check(config, trainer))
        head = ("tasks", "pack", "read", "checked", "right", "tests", "unreadable", "wrong")
        rows = [
            (
                one.path,
                one.pack,
                *map(str, (one.tasks, one.checked, one.right, one.readable, one.unreadable, one.wrong)),
            )
            for one in found
        ]
        table(head, rows, left=2)
        for line in [*trainer.tasks.unreadable, *(line for one in found for line in one.shown)]:
            click.echo(f"  {safe(line)}")
        cost = measure(config, trainer)
    finally:
        trainer.judging.close()
    rewards = ", ".join("unjudged" if reward is None else f"{reward:g}" for reward in cost.rewards)
    click.echo(f"\none group of {cost.rollouts}: {cost.tokens:,} tokens; rewards {rewards}")
    click.echo(f"  its first: {short(cost.text)}")
    click.echo(
        f"  sampled in {cost.sample_s:.2f} s, judged in {cost.judge_ms:.2f} ms a rollout, learned from in "
        f"{cost.learn_s:.2f} s"
    )
    click.echo(
        f"a step of {config.sample.prompts} groups: at most {cost.step_s:,.0f} s; "
        f"{config.steps} steps: {cost.step_s * config.steps / 3600:,.1f} h"
    )

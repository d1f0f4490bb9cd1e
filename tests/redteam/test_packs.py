"""Every bundled pack pays no hack more than an honest wrong answer, and keeps what every rewrite of gold earns.

The short form tries every hack and rewrite on the first tasks, with less processor time for programs; `make redteam-long`
tries all tasks with the packs as they are, searches, and judges again elsewhere.
"""

from __future__ import annotations

import os
from typing import Any

import msgspec
import pytest

from referee.core.errors import UsageError
from referee.packs.load import bundled, load
from referee.redteam.forms import form_of
from referee.redteam.hack import hacks, rewrites
from referee.redteam.report import Report
from referee.redteam.run import Plan, attack
from referee.redteam.target import PackTarget
from referee.redteam.tasks import bundled_problems

LONG = os.environ.get("REFEREE_LONG", "") not in ("", "0")
TASKS = 2  # of each pack in the short form; one for programs


def quicker(name: str) -> dict[str, Any]:
    """The pack with one second for programs, for those that burn all they are given."""
    spec = msgspec.to_builtins(load(name))
    for rule in spec["rules"]:
        if "cpu_s" in rule["params"]:
            rule["params"]["cpu_s"] = 1.0
    return dict(spec)


def attacked(name: str) -> Report:
    target = PackTarget(name if LONG else quicker(name))
    problems = bundled_problems(target.form, name)
    if LONG:
        return attack(target, problems, Plan(budget=3600, most_pairs=2000 if target.pure else 160))
    if target.pure:
        return attack(target, problems[:TASKS], Plan(budget=3600, most_pairs=64, again=False))
    families = {one.family for one in (*hacks(), *rewrites())} | {"baseline", "cross"}
    return attack(target, problems[:1], Plan(families=tuple(sorted(families)), budget=3600, again=False))


@pytest.mark.parametrize("name", bundled())
def test_nothing_is_paid_that_was_not_earned(name: str):
    try:
        report = attacked(name)
    except UsageError as error:
        if "infra." in str(error):
            pytest.skip(f"this machine cannot judge programs of the pack '{name}': {error}")
        raise
    told = [(one.id, one.result, one.note, one.example) for one in report.not_held if one.result != "unjudged"]
    assert not told
    assert not report.no_gold
    masked = [(one.id, one.example) for one in report.findings if one.unjudged and "infra" not in str(one.example)]
    assert not masked
    assert not [(one.id, one.note) for one in report.findings if one.note]
    assert report.covered == report.tasks


def test_the_families_meet_the_packs():
    """Each family of hacks applies to some bundled pack."""
    forms = [form_of(load(name)) for name in bundled()]
    unmet = {one.family for one in (*hacks(), *rewrites())} - {
        one.family for one in (*hacks(), *rewrites()) if any(map(one.applies, forms))
    }
    assert not unmet

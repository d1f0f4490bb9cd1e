"""The suite can see: rewards that a beginner might write are caught by every family of hacks and by every check."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from referee.redteam.callables import CallableTarget, calls_of
from referee.redteam.made import form_like
from referee.redteam.report import Report
from referee.redteam.run import Plan, attack, family_names
from referee.redteam.tasks import bundled_problems

SPEC = importlib.util.spec_from_file_location("naive_rewards", Path(__file__).with_name("naive.py"))
assert SPEC is not None
assert SPEC.loader is not None
naive = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(naive)

ALWAYS_THE_SAME = ("determinism", "search")  # what a pure function cannot fail at, and what has a test of its own


def attacked(name: str) -> Report:
    reward, like = naive.TARGETS[name]
    target = CallableTarget(name, form_like(like), calls_of(reward), {})
    problems = bundled_problems(target.form, like if isinstance(like, str) else "")
    target.pure = name != "program"
    return attack(target, problems[: 1 if name == "program" else 3], Plan(budget=600, again=False, most_pairs=0))


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {name: attacked(name) for name in naive.TARGETS}


@pytest.mark.parametrize("name", naive.TARGETS)
def test_every_naive_reward_is_caught(reports: dict[str, Report], name: str):
    assert reports[name].count("leak") >= 2


@pytest.mark.parametrize("family", [one for one in family_names() if one not in ALWAYS_THE_SAME])
def test_every_family_catches_somebody(reports: dict[str, Report], family: str):
    caught = [
        one.id
        for report in reports.values()
        for one in report.findings
        if one.family == family and one.result != "holds"
    ]
    assert caught, f"no naive reward is caught by the family '{family}'"

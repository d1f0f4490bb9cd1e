"""The curves of a run: drawn from a ledger, the same as the ledger's own figures, live, and beside another run."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.ledger.read import Reader
from referee.ledger.write import Ledger
from referee.pool.base import join
from referee.pool.judge import Judge

DRAWN = (
    "Reward", "Rules", "Format against answer", "Groups that teach nothing", "Masked, stopped, tagged", "Length",
    "Time of judging",
)  # fmt: skip


def train(path, steps, *, run="first", prompts=4, group=4) -> None:
    """Steps of a run in which the form comes before the answer."""
    spec = RulePack.load("r1-zero-math").spec
    judge = Judge("test")
    with Ledger(path) as ledger:
        ledger.learn(spec)
        for step in steps:
            for prompt in range(prompts):
                rollouts = tuple(
                    Rollout(text=f"<think>{'hm. ' * (1 + place)}</think> \\boxed{{{7 if place < step else 8}}}")
                    if place <= step
                    else Rollout(text=f"\\boxed{{{place}}}")
                    for place in range(group)
                )
                work = Submission(
                    run=run, group=f"{step} {prompt}", task=Task(truth="7"), rollouts=rollouts, pack=spec, step=step
                )
                ledger.keep(join(work, judge(work)))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("training") / "train.ledger"
    train(path, range(6))
    train(path, range(3), run="second")
    train(path, range(2), run="live")
    with Ledger(path) as kept, Reader(path) as reader:  # something that must never happen
        scored = reader.entry("5").scored
        other = msgspec.structs.replace(scored.score, reward=0.5, contributions={"answer": 0.5})
        kept.keep([msgspec.structs.replace(scored, score=other)])
    return path


@pytest.fixture
def training(fresh, served, ledger, until):
    """The view of a ledger of three runs."""

    def opened(query: str = "", **options):
        page = fresh(f"#/training{'?' + query if query else ''}", url=served("--ledger", ledger), **options)
        until(page, "document.querySelector('canvas') !== null")
        return page

    return opened


def figures(page, title: str) -> list[list[str]]:
    """What a drawing's table says."""
    panel = page.get_by_role("region", name=title, exact=True)
    if not panel.get_by_role("table").count():
        panel.get_by_text("Show the figures as a table").click()
    rows = panel.locator("tbody tr")
    rows.first.wait_for()
    return [row.split("\t") for row in rows.all_inner_texts()]


def test_every_curve_is_drawn(training):
    page = training("run=first")
    for title in DRAWN:
        assert page.get_by_role("region", name=title, exact=True).locator("canvas").count() == 1
    assert page.get_by_role("img", name="Reward of first, by step").count() == 1


def test_rewards_are_the_ledgers(training, ledger):
    page = training("run=first")
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as store:
        asked = "SELECT step, AVG(reward) FROM entries WHERE run = 'first' GROUP BY step ORDER BY step"
        means = store.execute(asked).fetchall()
    assert figures(page, "Reward") == [[str(step), f"{mean:.4g}"] for step, mean in means]


def test_the_form_is_drawn_against_the_answer(training):
    page = training("run=first")
    rows = figures(page, "Format against answer")
    # At step 2 three of four have the form, and two of them are right.
    assert rows[2] == ["2", "0.5", "0.75"]
    assert rows[5] == ["5", "1", "1"]
    assert figures(page, "Groups that teach nothing")[5] == ["5", "100"]


def test_two_runs_stand_beside_each_other(training, settled):
    page = training("run=first")
    with page.expect_response("**/curves?run=second"):
        page.get_by_role("checkbox", name="second (").check()
    settled(page)
    page.get_by_role("img", name="Reward of first and second, by step").wait_for()
    panel = page.get_by_role("region", name="Reward", exact=True)
    panel.get_by_text("Show the figures as a table").click()
    assert panel.locator("thead").inner_text().strip().split("\t") == ["step", "first: reward", "second: reward"]
    assert "second" in page.url
    page.get_by_role("checkbox", name="first (").uncheck()
    page.get_by_role("img", name="Reward of second, by step").wait_for()


def test_what_is_kept_while_one_looks_is_drawn(training, ledger):
    page = training("run=live")
    assert [step for step, _ in figures(page, "Reward")] == ["0", "1"]
    train(ledger, [2], run="live")
    page.get_by_role("button", name="Look now").click()
    page.get_by_role("region", name="Reward", exact=True).locator("tbody tr").nth(2).wait_for()
    assert [step for step, _ in figures(page, "Reward")] == ["0", "1", "2"]


def test_looking_again_can_be_switched_off(training, until, settled):
    page = training("run=first")
    page.clock.install()
    page.reload()
    until(page, "document.querySelector('canvas') !== null")
    again = page.get_by_label("Look again every 5 seconds")
    assert again.is_checked()
    with page.expect_response("**/curves?run=first"):
        page.clock.fast_forward(5_000)
    settled(page)
    again.uncheck()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(60_000)
    page.evaluate("fetch('/healthz')")
    assert [one.rpartition("/")[2] for one in asked] == ["healthz"]


def test_alarms_stand_in_a_table_with_their_entries(training):
    page = training("run=first")
    panel = page.get_by_role("region", name="Alarms", exact=True)
    panel.wait_for()
    row = panel.get_by_role("row", name="A score came again and differs")
    assert "proof" in row.inner_text()
    assert "entry 5" in row.inner_text()
    assert "A score came again and differs" in page.get_by_role("img", name="Length of first").get_attribute(
        "aria-label"
    )
    row.get_by_role("link", name="5", exact=True).click()
    page.get_by_role("region", name="Entry 5", exact=True).wait_for()


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 640}}])
def test_axe_finds_nothing_on_curves(training, axe, options):
    page = training("run=first%0Asecond", **options)
    assert axe(page) == []
    assert (
        page.evaluate("document.documentElement.scrollWidth") <= (options.get("viewport") or {"width": 1280})["width"]
    )


def test_without_a_ledger_the_next_step_is_said(fresh):
    page = fresh("#/training")
    assert "referee serve --ledger run.ledger" in page.get_by_role("main").inner_text()

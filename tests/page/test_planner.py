"""The planner's view: its figures are the library's, sliders turn them, an address holds them."""

from __future__ import annotations

import msgspec
import pytest

from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.ledger.write import Ledger
from referee.plan.plan import make
from referee.plan.presets import PRESETS
from referee.pool.base import join
from referee.pool.judge import Judge


@pytest.fixture
def planner(fresh, until):
    """The view with a plan."""

    def opened(query: str = "", **options):
        page = fresh(f"#/planner{'?' + query if query else ''}", **options)
        planned(page, until)
        return page

    return opened


def planned(page, until) -> None:
    until(
        page,
        "document.querySelector('[data-sentence]') && !/Fetching/.test(document.querySelector('main').textContent)",
    )


def sentence(page) -> str:
    return page.locator("[data-sentence]").inner_text()


def turned(page, control, until) -> None:
    """Do something that asks for another plan."""
    with page.expect_response("**/v1/plan"):
        control()
    planned(page, until)


def test_the_plan_is_the_librarys(planner):
    page = planner()
    plan = make(PRESETS["code"].setting)
    assert sentence(page) == plan.sentence
    assert f"{plan.streaming.cores}" in page.get_by_role("region", name="In figures").inner_text()


def test_the_curve_has_its_figures_as_a_table(planner):
    page = planner()
    page.get_by_text("Show the figures as a table").click()
    table = page.get_by_role("table", name="How long GPUs wait")
    plan = make(PRESETS["code"].setting)
    assert table.locator("tbody tr").count() == len(plan.curve)
    first = table.locator("tbody tr").first.inner_text().split("\t")
    assert first[0] == "1"
    assert first[2] == f"{100 * plan.curve[0].streaming_share:.1f} %"


def test_a_rule_of_thumb_says_when_it_holds(planner, until):
    page = planner()
    turned(page, lambda: page.get_by_label("Begin with").select_option("code-500"), until)
    assert "holds when 1,024 rollouts with ten tests each" in page.locator("[data-holds]").inner_text()
    assert sentence(page) == make(PRESETS["code-500"].setting).sentence
    assert "from=code-500" in page.url


def test_a_slider_turned_by_keyboard_plans_anew(planner, until):
    page = planner()
    before = sentence(page)
    slider = page.get_by_role("slider", name="Time of one run")
    slider.focus()
    turned(page, lambda: slider.press("PageUp"), until)
    assert sentence(page) != before
    value = float(page.get_by_label("Time of one run, as a number").input_value())
    assert value > 0.08
    assert f"service={value:g}" in page.url
    setting = PRESETS["code"].setting
    changed = msgspec.structs.replace(setting, work=(msgspec.structs.replace(setting.work[0], seconds=value),))
    assert sentence(page) == make(changed).sentence


def test_a_number_is_typed_and_scoring_chosen(planner, until):
    page = planner("from=math-50")
    page.get_by_label("GPUs, as a number").fill("64")
    turned(page, lambda: page.get_by_label("GPUs, as a number").press("Tab"), until)
    turned(page, lambda: page.get_by_label("as they end").check(), until)
    page.get_by_label("Look at this number of cores").fill("9")
    turned(page, lambda: page.get_by_label("Look at this number of cores").press("Tab"), until)
    assert sentence(page).startswith("9 cores, rollouts scored as they end: 64 GPUs wait")


def test_an_address_brings_a_plan_back(planner):
    page = planner("from=code&gpus=16&timeouts=20&scoring=batch&cores=12")
    assert sentence(page).startswith("12 cores, rollouts scored at the end of the batch: 16 GPUs wait")
    assert page.get_by_label("Run into the time limit, as a number").input_value() == "20"


def test_what_cannot_be_planned_is_said(planner, until):
    page = planner()
    page.get_by_label("Prompts of a step, as a number").fill("60000")
    page.get_by_label("Prompts of a step, as a number").press("Tab")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "is more than a plan simulates" in alert.inner_text()


def test_a_ledger_gives_its_own_figures(planner, served, tmp_path, until):
    spec = RulePack.load("gsm8k").spec
    with Ledger(tmp_path / "run.ledger") as ledger:
        ledger.learn(spec)
        rollouts = tuple(Rollout(text=f"#### {place}", tokens=100 + place) for place in range(16))
        work = Submission(run="mine", group="g", task=Task(truth="3"), rollouts=rollouts, pack=spec, step=1)
        ledger.keep(join(work, Judge("test")(work)))
    page = planner(url=served("--ledger", tmp_path / "run.ledger"))
    turned(page, lambda: page.get_by_label("Begin with").select_option("run/mine"), until)
    assert page.get_by_text("Time of one run: as measured").is_visible()
    assert page.get_by_label("Rollouts of a prompt, as a number").input_value() == "16"
    assert "16, sampled in" in page.get_by_role("region", name="In figures").inner_text()


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 640}}])
def test_axe_finds_nothing_on_a_plan(planner, axe, options):
    page = planner("from=code&cores=3", **options)
    page.get_by_text("Show the figures as a table").click()
    assert axe(page) == []
    assert (
        page.evaluate("document.documentElement.scrollWidth") <= (options.get("viewport") or {"width": 1280})["width"]
    )

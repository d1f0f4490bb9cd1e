"""The rollout browser over a ledger of 10,000 rollouts, some of them hostile."""

from __future__ import annotations

import re
import sqlite3

import pytest

from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.ledger.write import Ledger
from referee.pool.base import join
from referee.pool.judge import Judge

STEPS, PROMPTS, GROUP = 50, 25, 8
HOSTILE_STEP = 7  # of which every rollout is hostile: 200 of them
HOSTILE = (
    "<img src=x onerror='window.owned = 1'><script>window.owned = 1</script>",
    "\u202e24\u202c \u200b\u2066\x00\x1b[31m\x07 \\boxed{42}",
    "<think>" + "a\u0300" * 40 + "</think> [link](javascript:alert(1)) {@html '<b>'} ${alert(1)}",
    "</span></div></table><iframe srcdoc='<script>parent.owned = 1</script>'></iframe>",
    "<svg onload='window.owned = 1'></svg><base href=http://192.0.2.1/><link rel=stylesheet href=http://192.0.2.1/a>",
    "<think>a</think>\u2028\u2029\r\v <details open ontoggle='window.owned = 1'> \boxed{<b>3</b>}",
    "\u061c\U000e0041\ue000\ufeff <form action=http://192.0.2.1/><button autofocus onfocus='window.owned = 1'>",
    "\ud800 half \udfff \ufeff " + "W" * 3_000,
)


def text(step: int, prompt: int, place: int) -> str:
    """Right a little more often from step to step; every fifth prompt is all right, and one step is hostile."""
    if step == HOSTILE_STEP:
        one = prompt * GROUP + place
        return HOSTILE[one % len(HOSTILE)] + HOSTILE[one // len(HOSTILE) % len(HOSTILE)]
    if prompt % 5 == 0 or place * STEPS < (step + 5) * GROUP // 2:
        return f"<think>{'so it goes. ' * (1 + (step + place) % 7)}</think> \\boxed{{{prompt}}}"
    if place == 6:
        return f"<think>one of them</think> \\boxed{{{prompt}}} or \\boxed{{{prompt + 1}}}"
    return f"\\boxed{{{prompt + 1}}}" if place % 2 else f"<think>no</think> \\boxed{{{place}0{step}}}"


def fill(path, steps: int, *, run: str = "r1") -> None:
    """A run of so many steps, judged and kept."""
    spec = RulePack.load("r1-zero-math").spec
    judge = Judge("test")
    with Ledger(path) as ledger:
        ledger.learn(spec)
        for step in range(steps):
            found = []
            for prompt in range(PROMPTS):
                rollouts = tuple(Rollout(text=text(step, prompt, place)) for place in range(GROUP))
                work = Submission(
                    run=run, group=f"s{step}p{prompt}", task=Task(truth=str(prompt), prompt=f"What is {prompt}?"),
                    rollouts=rollouts, pack=spec, step=step,
                )  # fmt: skip
                found += join(work, judge(work))
            ledger.keep(found)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("browser") / "run.ledger"
    fill(path, STEPS)
    return path


@pytest.fixture(scope="module")
def url(served, ledger):
    return served("--ledger", ledger)


@pytest.fixture
def rollouts(fresh, url, until):
    """The view as it is opened, with a filter or an entry in its address."""

    def opened(query: str = "", **options):
        page = fresh(f"#/rollouts{'?' + query if query else ''}", url=url, **options)
        until(page, "/ of 10,000 rollouts/.test(document.querySelector('main').textContent)")
        return page

    return opened


def total(page) -> int:
    """How many rollouts the filter leaves."""
    said = page.get_by_role("region", name="Table of rollouts").locator("caption").inner_text()
    return int(re.match(r"([\d,]+) of 10,000", said)[1].replace(",", ""))


def count(ledger, where: str, *values) -> int:
    """The same, asked of the ledger itself."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as store:
        return store.execute(f"SELECT COUNT(*) FROM entries WHERE {where}", values).fetchone()[0]


def status(rule: str, said: str) -> str:
    return f"score ->> '$.verdicts.{rule}.status' = '{said}'"


def changed(page, control, settled) -> None:
    """Do something that asks the service for other rollouts."""
    with page.expect_response(re.compile(r"/rollouts\?")):
        control()
    settled(page)


def test_the_first_view_shows_the_newest_ledger_and_how_its_rewards_spread(rollouts, ledger):
    page = rollouts()
    assert total(page) == 10_000
    assert page.get_by_role("region", name="Table of rollouts").locator("tbody tr").count() == 50
    bars = page.get_by_role("group", name="Filter by reward").get_by_role("button").all_inner_texts()
    right = count(ledger, "reward = 1.1")
    assert f"1.1: {right:,}" in [re.sub(r"\s+", " ", bar) for bar in bars]


def test_filters_leave_what_the_ledger_says(rollouts, ledger, settled):
    page = rollouts()
    changed(page, lambda: page.get_by_label("Rule").select_option("answer"), settled)
    changed(page, lambda: page.get_by_label("Verdict").select_option("fail"), settled)
    assert total(page) == count(ledger, status("answer", "fail"))
    page.get_by_label("From step").fill("10")
    changed(page, lambda: page.get_by_label("From step").press("Tab"), settled)
    page.get_by_label("To step").fill("19")
    changed(page, lambda: page.get_by_label("To step").press("Tab"), settled)
    assert total(page) == count(ledger, f"{status('answer', 'fail')} AND step BETWEEN 10 AND 19")
    changed(page, lambda: page.get_by_label("Reason").select_option(index=1), settled)
    reason = page.get_by_label("Reason").input_value()
    where = f"step BETWEEN 10 AND 19 AND {status('answer', 'fail')} AND score ->> '$.verdicts.answer.reason' = ?"
    assert total(page) == count(ledger, where, reason)
    changed(page, lambda: page.get_by_role("button", name="Clear all filters").click(), settled)
    assert total(page) == 10_000


def test_lengths_and_texts_filter_too(rollouts, settled):
    page = rollouts()
    page.get_by_label("Longest, characters").fill("9")
    changed(page, lambda: page.get_by_label("Longest, characters").press("Tab"), settled)
    short = total(page)
    texts = [text(step, prompt, place) for step in range(STEPS) for prompt in range(PROMPTS) for place in range(GROUP)]
    assert short == sum(len(one) <= 9 for one in texts)
    page.get_by_label("Longest, characters").fill("")
    changed(page, lambda: page.get_by_label("Longest, characters").press("Tab"), settled)
    page.get_by_label("Contains").fill("<think>no</think>")
    changed(page, lambda: page.get_by_label("Contains").press("Enter"), settled)
    assert total(page) == sum("<think>no</think>" in one for one in texts)


def test_a_tag_filters(rollouts, settled):
    page = rollouts()
    options = page.get_by_label("Tag").locator("option").all_inner_texts()
    assert len(options) > 1
    changed(page, lambda: page.get_by_label("Tag").select_option(index=1), settled)
    assert total(page) == int(re.search(r"\(([\d,]+)\)", options[1])[1].replace(",", ""))


def test_a_bar_filters_and_lets_go(rollouts, ledger, settled):
    page = rollouts()
    bar = page.get_by_role("group", name="Filter by reward").get_by_role("button", name="1.1")
    changed(page, bar.click, settled)
    assert total(page) == count(ledger, "reward = 1.1")
    assert bar.get_attribute("aria-pressed") == "true"
    changed(page, bar.click, settled)
    assert total(page) == 10_000


def test_a_bar_of_the_drawing_filters(rollouts, settled):
    page = rollouts(reduced_motion="reduce")
    canvas = page.locator("canvas")
    pressed = page.get_by_role("group", name="Filter by reward").locator("[aria-pressed=true]")
    for _ in range(60):  # a drawing is there a little later than its canvas
        size = canvas.bounding_box()
        canvas.click(position={"x": size["width"] - 40, "y": size["height"] - 60})
        page.wait_for_timeout(500)
        if pressed.count():
            break
    settled(page)
    assert 0 < total(page) < 10_000


def test_more_rollouts_come_when_asked_for(rollouts, settled):
    page = rollouts()
    changed(page, page.get_by_role("button", name="Show more rollouts").click, settled)
    numbers = page.get_by_role("region", name="Table of rollouts").locator("tbody th").all_inner_texts()
    assert [int(number.split()[-1]) for number in numbers] == list(range(1, 101))


def test_an_entry_is_shown_and_computed_again(rollouts, axe):
    page = rollouts()
    page.get_by_role("button", name="Open entry 3", exact=True).click()
    panel = page.get_by_role("region", name="Entry 3", exact=True)
    panel.wait_for()
    assert "What is 0?" in panel.get_by_role("region", name="The prompt").inner_text()
    assert panel.locator("[data-reward]").inner_text() == "1.100"
    panel.get_by_role("button", name="Compute again").click()
    panel.get_by_text("recomputed now: equal").wait_for()
    assert "entry=3" in page.url
    assert axe(page) == []


def test_a_group_stands_side_by_side_and_two_of_it_are_compared(rollouts, axe):
    page = rollouts("group=s9p1&of_run=r1")
    panel = page.get_by_role("region", name="Group s9p1", exact=True)
    panel.wait_for()
    assert panel.get_by_role("article").count() == GROUP
    compare = panel.get_by_role("button", name="Compare the two chosen")
    assert compare.is_disabled()
    panel.get_by_role("checkbox").nth(0).check()
    panel.get_by_role("checkbox").nth(7).check()
    assert axe(page) == []
    compare.click()
    table = page.get_by_role("table", name="Verdicts of the two")
    table.wait_for()
    assert "no" in table.get_by_role("row", name="answer").inner_text()
    assert page.locator("mark").count() > 0
    assert axe(page) == []
    assert "two=" in page.url


def test_an_address_brings_everything_back(rollouts, ledger):
    page = rollouts("rule=answer&status=fail&order=-seq&two=1801-1806")
    assert total(page) == count(ledger, status("answer", "fail"))
    assert page.get_by_label("Order").input_value() == "-seq"
    page.get_by_role("table", name="Verdicts of the two").wait_for()


def test_a_silent_group_says_why(rollouts):
    page = rollouts("group=s9p5&of_run=r1")
    page.locator("[data-why]").wait_for()
    assert "all 8 rewards are 1.1" in page.locator("[data-why]").inner_text()


STRANGERS = (
    "script:not([src^='./assets/']), img, iframe, object, base, main form:not([aria-label]), style, [onload], [onerror]"
)


def harmless(page) -> None:
    """What is on the page is ours."""
    assert page.locator(STRANGERS).count() == 0
    inside = "[...new Set([...document.querySelectorAll('[data-hostile] *')].map(one => one.tagName))].sort()"
    assert set(page.evaluate(inside)) <= {"BDI", "MARK", "SPAN"}
    assert page.evaluate("window.owned") is None
    assert page.title() == "Rollouts · referee"


def test_200_hostile_rollouts_stay_text_in_the_list(rollouts, settled):
    page = rollouts(f"step_from={HOSTILE_STEP}&step_to={HOSTILE_STEP + 1}")
    assert total(page) == 200
    for _ in range(3):
        changed(page, page.get_by_role("button", name="Show more rollouts").click, settled)
    assert page.get_by_role("region", name="Table of rollouts").locator("[data-hostile]").count() == 200
    harmless(page)
    assert page.get_by_text("RLO").count() > 0
    assert page.get_by_text("ESC").count() > 0


@pytest.mark.parametrize("query", ["group=s7p3&of_run=r1", "entry=1426", "two=1425-1430"])
def test_hostile_rollouts_stay_text_wherever_they_are_shown(rollouts, until, query):
    page = rollouts(query)
    until(page, "document.querySelector('main h3') !== null")
    harmless(page)


def test_the_keyboard_walks_through_the_list_and_opens(rollouts):
    page = rollouts()
    page.get_by_role("region", name="Table of rollouts").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "2"
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Entry 2", exact=True).wait_for()


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 640}}])
def test_axe_finds_nothing_with_rollouts(rollouts, axe, options):
    page = rollouts("group=s7p3&of_run=r1", **options)
    page.get_by_role("region", name="Group s7p3", exact=True).wait_for()
    assert axe(page) == []
    assert (
        page.evaluate("document.documentElement.scrollWidth") <= (options.get("viewport") or {"width": 1280})["width"]
    )


def test_without_a_ledger_the_next_step_is_said(fresh):
    page = fresh("#/rollouts")
    assert "referee serve --ledger run.ledger" in page.get_by_role("main").inner_text()

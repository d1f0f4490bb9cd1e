"""View 1: what the page shows of two rollouts is what the library says of them."""

from __future__ import annotations

import re

import pytest

import referee

FORM_RIGHT = "<think>The product of the roots is 6 and their sum is 5.</think> <answer>\\boxed{2}</answer>"


def shown(page, name: str) -> str:
    """The reward beside a rollout's name."""
    return page.get_by_label(f"Reward of {name}").inner_text()


def figure(value: float, sign: str = "") -> str:
    """A number as the page writes it."""
    text = f"{value:{sign}.3f}"
    return ("0.000" if float(text) == 0 else text).replace("-", "\u2212")


def expect_group(page, group) -> None:
    """The page shows this group: rewards, advantages, and each rule's contribution."""
    for name, score in zip(("Rollout A", "Rollout B"), group.scores, strict=True):
        assert shown(page, name) == figure(score.reward)
        adds = page.locator("section", has=page.get_by_role("heading", name=name, exact=True)).locator(
            "tbody td:last-child"
        )
        assert adds.all_inner_texts() == [figure(value, "+") for value in score.contributions.values()]
    assert page.locator("[data-advantage]").all_inner_texts() == [figure(value, "+") for value in group.advantages]


def test_a_wrong_answer_with_perfect_format_falls_from_1_10_to_0_10(fresh):
    page = fresh("#/score?family=format&a=right&b=wrong")
    assert shown(page, "Rollout A") == "1.100"
    assert shown(page, "Rollout B") == "0.100"
    assert page.locator("[data-headline]").inner_text() == "From 1.100 to 0.100: answer \u22121.000"
    assert page.locator("[data-advantage]").all_inner_texts() == ["+1.000", "\u22121.000"]


@pytest.mark.parametrize(
    ("family", "pack"), [("exact", "gsm8k"), ("format", "r1-zero-math"), ("execution", "r1-zero-code")]
)
def test_the_figures_are_those_of_the_library(fresh, settled, family, pack):
    page = fresh(f"#/score?family={family}")
    truth = page.get_by_role("textbox", name="Truth").input_value()
    choice = page.get_by_label("Choose Rollout B")
    names = [
        value for value in choice.locator("option").evaluate_all("all => all.map(one => one.value)") if value != "own"
    ]
    assert len(names) >= 4
    for name in names[:4] if family != "execution" else names[:2]:
        choice.select_option(name)
        settled(page)
        texts = [page.get_by_label(f"Text of Rollout {side}").input_value() for side in "AB"]
        known = referee.RulePack.load(pack)
        value = page.evaluate("text => /^[[{]/.test(text) ? JSON.parse(text) : text", truth)
        expect_group(page, known.score_group(texts, value))


def test_what_a_rule_found_is_marked_in_the_text(fresh):
    page = fresh("#/score?family=format&a=right&b=wrong")
    text = page.get_by_label("Rollout B with what the rules found")
    assert text.locator("mark", has_text=re.compile(r"^3$")).count() == 1
    assert "answer" in text.locator(".label").all_inner_texts()


def test_two_equal_rewards_are_a_silent_group_and_it_says_why(fresh, settled):
    page = fresh("#/score?family=format&a=right&b=wrong")
    assert page.locator("[data-why]").count() == 0
    page.get_by_label("Choose Rollout B").select_option("same")
    settled(page)
    assert page.get_by_text("A silent group").is_visible()
    assert "1.1" in page.locator("[data-why]").inner_text()
    assert page.locator("[data-advantage]").all_inner_texts() == ["0.000", "0.000"]
    assert page.locator("[data-headline]").count() == 0


def test_what_is_pasted_is_judged_and_the_link_holds_it(fresh, settled, until):
    page = fresh("#/score?family=format")
    with page.expect_response("**/v1/explain"):
        page.get_by_label("Text of Rollout A").fill(FORM_RIGHT.replace("{2}", "{4/2}"))
    settled(page)
    pack = referee.RulePack.load("r1-zero-math")
    texts = [page.get_by_label(f"Text of Rollout {side}").input_value() for side in "AB"]
    expect_group(page, pack.score_group(texts, "2"))
    assert page.get_by_label("Choose Rollout A").input_value() == "own"
    until(page, "location.hash.includes('s=')")
    other = fresh(page.evaluate("location.hash"))
    assert [other.get_by_label(f"Text of Rollout {side}").input_value() for side in "AB"] == texts


def test_the_advantage_is_that_of_the_chosen_estimator(fresh, settled):
    page = fresh("#/score?family=format&a=right&b=wrong")
    with page.expect_response("**/v1/explain"):
        page.get_by_role("combobox", name="Advantage").select_option("dr_grpo")
    settled(page)
    assert page.locator("[data-advantage]").all_inner_texts() == ["+0.500", "\u22120.500"]


def test_a_truth_that_is_broken_json_is_said(fresh):
    page = fresh("#/score?family=execution")
    page.get_by_role("textbox", name="Truth").fill('{"entry_point": ')
    page.get_by_role("alert").get_by_text("starts like JSON").wait_for()

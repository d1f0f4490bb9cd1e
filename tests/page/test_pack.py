"""View 2: the pack as it is typed, its faults where they stand, and a link that holds everything."""

from __future__ import annotations

import re

import referee

RIGHT = "<think>two and three</think> <answer>\\boxed{2}</answer>"
PACK = """name = "mine"

[[rules]]
name = "format"
verifier = "format.think_answer"
weight = 0.25
params = { answer = "tag_or_box" }

[[rules]]
name = "answer"
verifier = "math.answer"
params = { channel = "boxed" }
"""


def state(text: str = PACK, **more) -> dict:
    return {"text": text, "format": "toml", "prompt": "", "truth": "2", "rollouts": [RIGHT, "no"], **more}


def write(page, text: str) -> None:
    """Replace the text in the editor, by keyboard."""
    page.get_by_role("textbox", name="The text of the pack").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def rewards(page) -> list[str]:
    return page.get_by_label("Reward of rollout").all_inner_texts()


def test_the_verdicts_follow_what_is_typed(fresh, packed, settled):
    page = fresh(f"#/pack?s={packed(state())}")
    assert rewards(page) == ["1.250", "0.000"]
    with page.expect_response("**/v1/explain"):
        write(page, PACK.replace("0.25", "0.5"))
    settled(page)
    assert rewards(page) == ["1.500", "0.000"]


def test_the_figures_are_those_of_the_library(fresh, packed):
    page = fresh(f"#/pack?s={packed(state())}")
    spec = {"name": "mine", "rules": [
        {"name": "format", "verifier": "format.think_answer", "weight": 0.25, "params": {"answer": "tag_or_box"}},
        {"name": "answer", "verifier": "math.answer", "params": {"channel": "boxed"}},
    ]}  # fmt: skip
    group = referee.RulePack.load(spec).score_group([RIGHT, "no"], "2")
    assert rewards(page) == [f"{reward:.3f}" for reward in group.rewards]
    assert page.locator("[data-advantage]").all_inner_texts() == [
        f"{value:+.3f}".replace("-", "\u2212") for value in group.advantages
    ]


def test_a_fault_stands_at_its_line_and_path(fresh, packed, settled):
    page = fresh(f"#/pack?s={packed(state())}")
    with page.expect_response("**/v1/packs/check"):
        write(page, PACK.replace("weight = 0.25", "weight = -1"))
    faults = page.locator("[data-faults]")
    faults.get_by_text("$.rules[0].weight").wait_for()
    assert faults.get_by_role("button", name="Line 6").is_visible()
    assert "use role = 'penalty'" in faults.inner_text()
    assert page.locator(".cm-lintRange-error").inner_text() == "weight = -1"
    settled(page)
    assert rewards(page) == ["1.250", "0.000"]  # of the last whole pack, and it says so
    assert "last whole pack" in faults.inner_text()


def test_a_fault_of_syntax_stands_at_its_line(fresh, packed):
    page = fresh(f"#/pack?s={packed(state())}")
    write(page, PACK.replace('verifier = "math.answer"', "verifier = math.answer"))
    page.locator("[data-faults]").get_by_role("button", name="Line 11").wait_for()


def test_a_misspelt_verifier_is_offered_its_name(fresh, packed):
    page = fresh(f"#/pack?s={packed(state())}")
    write(page, PACK.replace("math.answer", "math.anser"))
    faults = page.locator("[data-faults]")
    faults.get_by_text("did you mean 'math.answer'").wait_for()
    assert faults.get_by_role("button", name="Line 11").is_visible()


def test_the_link_holds_the_state(fresh, packed, settled):
    page = fresh(f"#/pack?s={packed(state())}")
    with page.expect_response("**/v1/explain"):
        page.get_by_label("Text of rollout 2").fill("<think>three</think> <answer>\\boxed{3}</answer>")
    settled(page)
    page.get_by_role("button", name="Copy a link to this").click()
    page.get_by_text(re.compile("^Copied|keeps the clipboard closed")).wait_for()
    other = fresh(page.evaluate("location.hash"))
    assert rewards(other) == rewards(page) == ["1.250", "0.250"]
    assert other.get_by_label("Text of rollout 2").input_value() == "<think>three</think> <answer>\\boxed{3}</answer>"


def test_a_link_that_nobody_can_read_is_said(fresh):
    page = fresh("#/pack?s=nothing-of-ours")
    assert page.get_by_role("alert").get_by_text("cannot be read").is_visible()
    assert rewards(page)


def test_every_bundled_pack_comes_with_something_to_try(fresh, settled):
    page = fresh("#/pack")
    choice = page.get_by_label("Start from")
    names = choice.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert len(names) >= 10
    for name in ("strict-math", "json-mode", "triviaqa"):
        with page.expect_response("**/v1/explain"):
            choice.select_option(name)
        settled(page)
        assert float(rewards(page)[0]) > 0, name

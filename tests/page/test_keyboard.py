"""The first two views with the keyboard alone, as someone without a mouse does it."""

from __future__ import annotations


def press_until(page, key: str, condition: str) -> None:
    """Press a key until what has the focus fulfils the condition, a JavaScript expression of `here`."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate(f"() => {{ const here = document.activeElement; return Boolean({condition}); }}"):
            return
    raise AssertionError(f"{key} never led to {condition}")


def test_a_family_and_a_rollout_are_chosen_and_the_figures_follow(fresh, settled):
    page = fresh("#/score?family=format&a=right&b=wrong")
    press_until(page, "Tab", "here.name === 'family'")
    with page.expect_response("**/v1/explain"):
        page.keyboard.press("ArrowUp")
    settled(page)
    assert page.get_by_label("Reward of Rollout A").inner_text() == "1.000"
    with page.expect_response("**/v1/explain"):
        page.keyboard.press("ArrowDown")
    settled(page)
    press_until(page, "Tab", "here.labels?.[0]?.textContent === 'Choose Rollout B'")
    with page.expect_response("**/v1/explain"):
        page.keyboard.press("Home")
    settled(page)
    assert page.get_by_text("A silent group").is_visible()
    press_until(page, "Tab", "here.tagName === 'SUMMARY'")
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1


def test_the_pack_editor_is_reached_written_in_and_left(fresh, settled):
    page = fresh("#/score")
    press_until(page, "Tab", "here.textContent === 'Pack editor'")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Pack editor").wait_for()
    settled(page)
    press_until(page, "Tab", "here.shadowRoot")
    page.keyboard.press("Control+End")
    with page.expect_response("**/v1/packs/check"):
        page.keyboard.type("nonsense")
    page.locator("[data-faults]").get_by_role("button").wait_for()
    press_until(page, "Tab", "here.textContent?.startsWith('Line ')")
    page.keyboard.press("Enter")
    assert page.evaluate("Boolean(document.activeElement.shadowRoot)")
    page.keyboard.press("Tab")
    assert not page.evaluate("Boolean(document.activeElement.shadowRoot)")


def test_the_first_stop_skips_to_the_content(fresh):
    page = fresh("#/score")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H1"

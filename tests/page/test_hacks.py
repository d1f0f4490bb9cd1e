"""View 5: what the page shows of a hack is what the red team says of it."""

from __future__ import annotations

from referee.redteam.lab import list_hacks, try_hack

NAIVE = {
    "name": "naive",
    "rules": [{"name": "answer", "verifier": "math.answer", "params": {"channel": "boxed", "take": "last"}}],
}


def figures(page, kind: str) -> list[str]:
    return page.locator(f"[data-{kind}]").all_inner_texts()


def written(value: float) -> str:
    return f"{value:.3f}".replace("-", "\u2212")


def expect_tried(page, tried: dict) -> None:
    """The page shows this attempt: every pay-out, or that there is none on this task."""
    outcome = page.locator("[data-outcome]").inner_text()
    if not tried["rollouts"]:
        assert "does not apply" in outcome
        return
    assert figures(page, "gold") == [written(tried["gold"]["reward"])]
    assert figures(page, "wrong") == [written(tried["wrong"]["reward"])]
    assert figures(page, "hack") == [written(one["reward"]) for one in tried["rollouts"]]
    assert ("It leaks" in outcome) == bool(tried["leaks"])


def test_the_pay_outs_are_those_of_the_red_team(fresh, settled):
    page = fresh("#/hacks?pack=r1-zero-math&hack=B.empty")
    for hack in [one["id"] for one in list_hacks("r1-zero-math")][::20]:
        if page.get_by_label("Hack", exact=True).input_value() != hack:
            with page.expect_response("**/v1/hacks/try"):
                page.get_by_label("Hack", exact=True).select_option(hack)
            settled(page)
        tried = try_hack("r1-zero-math", None, hack)
        assert tried["leaks"] == 0
        expect_tried(page, tried)


def test_what_naive_rules_pay_for_is_a_leak_with_its_rule_and_its_fix(fresh):
    page = fresh("#/hacks?pack=naive&hack=A01")
    tried = try_hack(NAIVE, None, "A01")
    assert tried["leaks"]
    expect_tried(page, tried)
    assert "The rule answer pays for it." in page.locator("[data-outcome]").inner_text()
    assert page.get_by_text(tried["fix"]).is_visible()
    assert page.get_by_role("cell", name="leaks: answer").count() == tried["leaks"]


def test_a_rollout_that_is_refused_says_by_which_rule_and_why(fresh):
    page = fresh("#/hacks?pack=r1-zero-math&hack=A01")
    assert page.locator("[data-stopped]").inner_text() == "Stopped by answer: several answers where one is allowed."


def test_what_a_hack_hides_is_made_visible(fresh):
    page = fresh("#/hacks?pack=r1-zero-math&hack=C04")
    symbols = page.get_by_label("Rollout 1 of the hack").locator(".symbol")
    assert symbols.count() > 0
    assert symbols.first.get_attribute("title").startswith("U+")


def test_hacks_are_found_by_a_word_and_taken_to_the_editor(fresh, settled):
    page = fresh("#/hacks?pack=r1-zero-math&hack=A01")
    page.get_by_label("Find a hack").fill("no width")
    options = page.get_by_label("Hack", exact=True).locator("option").all_inner_texts()
    assert 2 <= len(options) < 10  # what is chosen stays in the list
    page.get_by_role("link", name="Take it to the pack editor").click()
    page.get_by_role("heading", level=1, name="Pack editor").wait_for()
    settled(page)
    rewards = page.get_by_label("Reward of rollout").all_inner_texts()
    assert rewards == ["0.100", "0.100", "1.100"]

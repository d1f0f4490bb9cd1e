"""What holds for each view, whoever wrote it: no violation for axe, light and dark; 320 pixels; the keyboard alone."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

VIEWS = sorted(path.parent.name for path in (Path(__file__).parents[2] / "web" / "src" / "views").glob("*/view.ts"))


def test_each_view_is_in_the_navigation(fresh):
    page = fresh()
    links = page.get_by_role("navigation", name="Views").get_by_role("link")
    assert (
        sorted(
            href.removeprefix("#/") for href in links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
        )
        == VIEWS
    )


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_in_light_and_dark(fresh, axe, until, view):
    page = fresh(f"#/{view}", color_scheme="light")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        until(page, f"document.documentElement.dataset.theme === '{scheme}'")
        assert axe(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_of_320_pixels_needs_no_sideways_scrolling(fresh, view):
    page = fresh(f"#/{view}", viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_policy_lets_the_page_run_its_own_scripts_and_write_no_html(browser, page_url):
    page = browser.new_page()
    policy = page.goto(page_url).headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    )
    assert "unsafe" not in policy
    write = (
        "() => { try { document.body.innerHTML = '<b>x</b>'; return 'written'; } catch (error) { return error.name; } }"
    )
    assert page.evaluate(write) == "TypeError"
    page.close()


# Whether what has the focus, or something around it, is outlined.
OUTLINED = """() => {
    let here = document.activeElement;
    while (here.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
    for (; here; here = here.parentElement ?? here.getRootNode().host) {
        const look = getComputedStyle(here);
        if (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2) return true;
    }
    return false;
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_the_tab_key_reaches_every_control_shows_where_it_is_and_is_never_held(fresh, until, view):
    page = fresh(f"#/{view}")
    page.evaluate(
        """() => {
            const all = 'a[href], button:not(:disabled), select, textarea, input:not(:disabled), summary, [tabindex="0"]';
            window.controls = [...document.querySelectorAll(all)].filter(one => one.checkVisibility());
            // Of a group of radio buttons the Tab key visits one.
            window.controls = window.controls.filter(one => one.type !== 'radio' || one.checked);
            window.visited = new Set();
        }"""
    )
    count = page.evaluate("controls.length")
    assert count > 3
    unseen = []
    for _ in range(count + 10):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { visited.add(document.activeElement); return document.activeElement.outerHTML.slice(0, 120); }"
        )
        if here.startswith("<body"):
            break
        with contextlib.suppress(TimeoutError):
            until(page, OUTLINED, 30)
            continue
        unseen.append(here)
    assert unseen == []
    missed = page.evaluate(
        "controls.filter(one => one.isConnected && !visited.has(one)).map(one => one.outerHTML.slice(0, 160))"
    )
    assert missed == []


def test_the_theme_is_chosen_and_remembered(fresh, settled):
    page = fresh("#/score", color_scheme="light")
    page.get_by_label("Colours").select_option("dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    settled(page)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_name_of_no_view_leads_to_the_first(fresh):
    page = fresh("#/nowhere")
    assert page.get_by_role("heading", level=1).inner_text() == "Score"


def test_an_answer_that_comes_late_leaves_the_address_of_another_view_alone(fresh, settled):
    page = fresh("#/pack")
    held = []

    def hold(asked):
        held.append(asked)

    page.route("**/v1/explain", hold)
    with page.expect_request("**/v1/explain"):
        page.get_by_role("textbox", name="Truth").fill("3")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Rollouts").click()
    page.get_by_role("heading", level=1, name="Rollouts").wait_for()
    assert held
    for asked in held:
        with page.expect_response("**/v1/explain"):
            asked.continue_()
    settled(page)
    assert page.evaluate("location.hash") == "#/rollouts"


def test_a_service_with_a_token_asks_for_it_once(browser, served, tmp_path_factory):
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text("a-token-of-the-tests-0123456789")
    url = served("--token-file", file)
    page = browser.new_page()
    page.goto(f"{url}/#/score?family=format")
    page.get_by_label("Token", exact=True).fill("a-token-of-the-tests-0123456789")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Reward of Rollout A").wait_for()
    page.reload()
    page.get_by_label("Reward of Rollout A").wait_for()
    assert page.get_by_label("Token", exact=True).count() == 0
    page.close()

"""The report as a page: hostile text stays text, what is invisible is shown, nothing is fetched."""

from __future__ import annotations

from html.parser import HTMLParser

from referee.core.types import Task
from referee.redteam.callables import CallableTarget, calls_of
from referee.redteam.hack import hack
from referee.redteam.made import form_like
from referee.redteam.page import page
from referee.redteam.run import Plan, attack
from referee.redteam.tasks import Problem

NASTY = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u200b\x1b[31m\ud800 & \u0301"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs


def made() -> str:
    nasty = hack("Z<b>", "<i>a trick</i>", source="<a href=x>", fix="&")(lambda task, gold, wrong, seed: [NASTY])
    target = CallableTarget(
        "<h1>", form_like("gsm8k"), calls_of(lambda text, truth: float(truth in text or "script" in text)), {}
    )
    problems = [Problem(Task(id="<u>", prompt="<s>", truth="42"))]
    return page(attack(target, problems, Plan(families=("cross",), budget=600, most_pairs=0, also=(nasty,))))


def test_nothing_of_a_rollout_becomes_markup():
    tags = Tags()
    tags.feed(made())
    assert tags.seen <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "b", "details", "summary", "dl", "dt",
        "dd", "code", "pre", "span", "table", "tr", "th", "td",
    }  # fmt: skip
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name in ("src", "href")]


def test_what_cannot_be_seen_is_shown():
    text = made()
    for sign in ("U+202E", "U+200B", "U+001B", "U+D800", "U+0301"):
        assert sign in text
    assert not set(text) & {"\u202e", "\u200b", "\x1b", "\ud800"}


def test_it_needs_nothing_from_outside():
    text = made()
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "@import" not in text

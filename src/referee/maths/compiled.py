"""A truth, read once for all the answers of its group."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from referee.core.errors import TruthError, brief
from referee.maths import prose
from referee.maths.clean import tidy, trailed
from referee.maths.labels import Labels, labels
from referee.maths.read import read
from referee.maths.relations import name_of, spoken_of
from referee.maths.tree import Node, render
from referee.maths.truth import explained, truth_text
from referee.maths.units import Percent, Quantity, quantity
from referee.maths.wording import Clock, canonical, clock
from referee.text.numbers import Unread
from referee.text.rational import Number, show
from referee.text.unicode import Refused, plain

_SHORT = 200  # of a text that may hold nothing
_NOTHING = re.compile(r"(?:[\s~{}()$.,;:]|\\[ ,;:!]|\\(?:text|math|left|right|boxed|q?quad|mbox|displaystyle)[a-z]*)*")


class Truth(NamedTuple):
    """A compiled truth. `text`: what was read. What decides is the first that is set: `number`, `letter`, `words`,
    `clock`, `tree`; `labels` stand beside a tree of their values; `chosen`: the letters of a choice of several.
    """

    shown: str
    text: str = ""
    number: Quantity | None = None
    label: str = ""
    letter: str | None = None
    words: str | None = None
    clock: Clock | None = None
    tree: Node | None = None
    labels: Labels | None = None
    declared: frozenset[str] = frozenset()
    chosen: str = ""


@lru_cache(maxsize=4096, typed=True)
def compiled(truth: Any, percents: Percent = "value") -> Truth:
    """The truth, read once; raises `TruthError`."""
    text = truth_text(truth)
    if isinstance(text, Number):
        return Truth(show(text), show(text), number=Quantity(text))
    ascii_text = plain(text)
    if isinstance(ascii_text, Refused):
        raise TruthError(f"the truth holds {ascii_text.detail}")
    if len(ascii_text) < _SHORT and _NOTHING.fullmatch(ascii_text):
        raise TruthError(f"the truth {brief(text)} holds no answer", "truth.empty")
    if prose.is_letter(ascii_text):
        tree = read(ascii_text)
        letter = str(prose.letter(ascii_text))
        return Truth(letter, ascii_text, letter=letter, tree=tree if isinstance(tree, Node) else None)
    if (chosen := prose.several(ascii_text)) is not None:
        tree = read(ascii_text)
        return Truth(chosen, ascii_text, chosen=chosen, tree=tree if isinstance(tree, Node) else None)
    tidied, declared = trailed(tidy(ascii_text))
    found = _number(ascii_text, percents) or _number(tidied, percents)
    if found is None:
        found = _shaped(text, explained(tidied), declared)
    return found


def _number(text: str, percents: Percent) -> Truth | None:
    label, value = split_label(text)
    number = quantity(value, percents, own_unit=True)
    if isinstance(number, Unread):
        return None
    return Truth(shown(number), text, number=number, label=label)


def _shaped(source: str, text: str, declared: frozenset[str]) -> Truth:
    """A truth that is no number."""
    tree = read(text)
    if (time := clock(text)) is not None:
        return Truth(text.strip(), text, clock=time, tree=tree if isinstance(tree, Node) else None)
    if prose.is_prose(text) or (isinstance(tree, Unread) and prose.words(text)):
        known = labels(text) if isinstance(tree, Unread) else None
        if known is None:
            words = prose.words(text)
            option = prose.option(text)
            return Truth(words or "", text, letter=option, words=canonical(words) if words else "")
        return Truth(render(known.value), text, tree=known.value, labels=known)
    if isinstance(tree, Unread) and (known := labels(text)) is not None:
        return Truth(render(known.value), text, tree=known.value, labels=known)
    if isinstance(tree, Unread):
        raise TruthError(f"the truth {brief(source)} cannot be read: {tree.detail or tree.reason}")
    return Truth(render(tree)[:300], text, tree=tree, declared=declared)


def shown(number: Quantity) -> str:
    """A number with its unit, for people."""
    return f"{show(number.value)} {number.unit}" if number.unit else show(number.value)


def split_label(text: str, *, answer: bool = False) -> tuple[str, str]:
    """`x = 5` as ("x", "5"); ("", text) when there is no label. Only a name on the left may be dropped.

    `a + b = 5` is an equation as a truth, and the value of `a + b` as the answer to a truth that is a number.
    """
    left, sign, right = text.partition("=")
    if not sign or "=" in right or len(left) > 40 or left[-1:] in {"<", ">", "!", ":", ""}:
        return "", text
    node = read(left)
    name = (spoken_of(node) if answer else name_of(node)) if isinstance(node, Node) else None
    return (name, right.strip()) if name else ("", text)

"""Whether an answer is the truth: typed by the truth, exact, structural; equal, different or undecided.

Tiers, cheapest first: number, choice, words, structure (`referee.maths.structure`). The truth decides what an answer is
read as; a label may be dropped from `x = 5`, but `4 = 5` is not 5.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from referee.core.errors import TruthError
from referee.maths import identity, prose
from referee.maths.forms import constant, separates
from referee.maths.read import read
from referee.maths.relations import name_of
from referee.maths.structure import Comparison, Policy, form_of, is_scalar, units_agree
from referee.maths.tree import Node, num, render, sym
from referee.maths.truth import truth_text
from referee.maths.units import Percent, Quantity, quantity
from referee.text.numbers import MAX_LENGTH, Unread
from referee.text.rational import Number, fraction, show
from referee.text.unicode import Refused, plain


class Truth(NamedTuple):
    """A compiled truth: exactly one of number, letter and words is set, or none and there is a tree."""

    shown: str
    number: Quantity | None = None
    label: str = ""
    letter: str | None = None
    words: str | None = None
    tree: Node | None = None


class Result(NamedTuple):
    """`equal` is None when undecided. `value`: what the answer was read as. `detail`: more about the reason.

    `tier`: which one decided, where the reason does not say so.
    """

    equal: bool | None
    reason: str
    value: str = ""
    detail: str = ""
    tier: str = ""


@lru_cache(maxsize=4096, typed=True)
def compiled(truth: Any, percents: Percent = "value") -> Truth:
    """The truth, read once; raises `TruthError`."""
    text = truth_text(truth)
    if isinstance(text, Number):
        return Truth(show(text), number=Quantity(text))
    ascii_text = plain(text)
    if isinstance(ascii_text, Refused):
        raise TruthError(f"the truth holds {ascii_text.detail}")
    label, value = _split_label(ascii_text)
    number = quantity(value, percents, own_unit=True)
    if not isinstance(number, Unread):
        return Truth(_shown(number), number=number, label=label)
    tree = read(ascii_text)
    node = tree if isinstance(tree, Node) else None
    if prose.is_letter(ascii_text):
        return Truth(str(prose.letter(ascii_text)), letter=prose.letter(ascii_text), tree=node)
    if prose.is_prose(ascii_text) or (node is None and prose.words(ascii_text)):
        found = prose.words(ascii_text)
        return Truth(found or "", words=found)
    if isinstance(tree, Unread):
        raise TruthError(f"the truth {text!r:.80} cannot be read: {tree.detail or tree.reason}")
    return Truth(render(tree)[:300], tree=tree)


def judge(truth: Truth, answer: str, policy: Policy) -> Result:
    """Compare an extracted answer with a compiled truth."""
    if truth.number is not None:
        got = quantity(answer, policy.percent)  # the fast path: most truths and most answers are plain numbers
        if not isinstance(got, Unread):
            return _numbers(truth.number, got)
    if len(answer) > MAX_LENGTH:
        return _failed("answer.too_long", detail=f"{len(answer)} characters")
    text = plain(answer)
    if isinstance(text, Refused):
        return _failed(text.reason, detail=text.detail)
    if truth.letter is not None and (letter := prose.letter(text)) is not None:
        return Result(letter == truth.letter, _reason(letter == truth.letter, "choice"), letter)
    if truth.words is not None:
        found = prose.words(text)
        if found is None:
            return _failed("math.type", detail="the truth is words")
        return Result(found == truth.words, _reason(found == truth.words, "text"), found)
    if truth.number is not None:
        return _number_truth(truth, truth.number, text, policy)
    if truth.tree is None:
        return _failed("math.type", detail="the truth is a choice")
    tree = read(text)
    if isinstance(tree, Unread):
        return _unreadable(tree)
    outcome = Comparison(policy).nodes(truth.tree, tree)
    return Result(outcome.equal, outcome.reason, render(tree)[:300], tier=outcome.tier)


def _failed(reason: str, value: str = "", detail: str = "") -> Result:
    return Result(equal=False, reason=reason, value=value, detail=detail)


def _unreadable(problem: Unread) -> Result:
    reason = problem.reason if problem.reason.startswith("answer.") else "math.unreadable"
    return _failed(reason, detail=problem.detail or problem.reason)


def _reason(equal: bool | None, tier: str) -> str:
    return "math.undecided" if equal is None else f"math.equal.{tier}" if equal else "math.different"


def _shown(number: Quantity) -> str:
    return f"{show(number.value)} {number.unit}".rstrip()


# Numbers


def _numbers(truth: Quantity, got: Quantity) -> Result:
    if not units_agree(truth.unit, got.unit):
        return _failed("math.unit", _shown(got), f"the unit is {got.unit}, not {truth.unit or 'none'}")
    equal = got.value == truth.value
    return Result(equal, "math.equal.number" if equal else "math.different", _shown(got))


def _number_truth(truth: Truth, number: Quantity, text: str, policy: Policy) -> Result:
    """An answer that is not simply a number: it may have a label, or be a fraction or a power of another shape."""
    label, value = _split_label(text)
    if label and truth.label and label != truth.label:
        return _failed("math.different", detail=f"the value of {label}, not of {truth.label}")
    got = quantity(value, policy.percent)
    if not isinstance(got, Unread):
        return _numbers(number, got)
    if got.reason.startswith("answer."):
        return _unreadable(got)
    tree = read(value)
    if isinstance(tree, Unread):
        return _unreadable(tree if tree.reason.startswith("answer.") else got)
    unit = tree.text if tree.kind == "unit" else ""
    scalar = tree.args[0] if unit else tree
    if not units_agree(number.unit, unit):
        return _failed("math.unit", render(tree)[:300])
    form, expected = form_of(scalar), fraction(number.value)
    if form is None or expected is None:
        if not is_scalar(scalar):
            return _failed("math.type", render(tree)[:300])
        return _evaluated(number, scalar)
    found = constant(form)
    if found is None:
        if separates(form, {(): expected}):
            return Result(equal=False, reason="math.different", value=render(tree)[:300])
        return _evaluated(number, scalar)
    if found == expected and _unfinished(scalar):
        return _failed("math.unfinished", render(tree)[:300], "the sum or product is not worked out")
    return Result(found == expected, _reason(found == expected, "exact"), render(tree)[:300])


def _evaluated(number: Quantity, scalar: Node) -> Result:
    """By value: a root of unity like e^{i pi} is an answer, other functions of numbers are left to be worked out."""
    found, value = identity.decide(num(number.value), scalar), render(scalar)[:300]
    polar = any(part.kind == "pow" and part.args[0] == sym("e") for part in scalar.walk()) and sym("i") in scalar.walk()
    if found and not polar:
        return _failed("math.unfinished", value, "its value is not worked out")
    return Result(found, _reason(found, "identity"), value, tier="identity" if found is False else "")


def _unfinished(node: Node) -> bool:
    """Whether it leaves arithmetic to the judge: a sum, a product of several numbers, a name that cancels."""
    return any(
        part.kind in {"add", "sym"} or (part.kind == "mul" and sum(factor.kind != "inv" for factor in part.args) > 1)
        for part in node.walk()
    )


def _split_label(text: str) -> tuple[str, str]:
    """`x = 5` as ("x", "5"); ("", text) when there is no label. Only a name on the left may be dropped."""
    left, sign, right = text.partition("=")
    if not sign or "=" in right or len(left) > 40 or left[-1:] in {"<", ">", "!", ":", ""}:
        return "", text
    node = read(left)
    name = name_of(node) if isinstance(node, Node) else None
    return (name, right.strip()) if name else ("", text)

r"""Finished form: an answer states a value and does not leave the work to the judge.

What an answer may leave undone is what the truth leaves undone: a truth `2^{10}` allows powers of numbers,
`\binom{n}{2}` allows binomials, a truth `42` allows neither: `42!/41!`, `6 \cdot 7`, `\frac{84}{2}` and `\sqrt{1764}`
are not finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import gcd
from typing import Literal

from referee.maths import exact
from referee.maths.applied import applies
from referee.maths.tree import Node, num, render
from referee.text.rational import Number, fraction

Form = Literal["any", "factored", "expanded", "reduced"]

_CONSTANTS = frozenset({"pi", "e", "i", "inf"})
_FAMILIES = {
    **dict.fromkeys(["sin", "cos", "tan", "cot", "sec", "csc"], "a trigonometric function"),
    **dict.fromkeys(["arcsin", "arccos", "arctan", "arccot"], "an inverse trigonometric function"),
    **dict.fromkeys(["sinh", "cosh", "tanh", "coth"], "a hyperbolic function"),
    **dict.fromkeys(["ln", "log", "lg"], "a logarithm"),
}
_UNREDUCED = "a fraction that is not reduced"
_TEN = Number("1", 1)


# Numbers, as text

_FRACTION = re.compile(
    r"\\[dtc]?frac\s?(?:\{\s?([^{}]{0,300})\}|([0-9]))\s?(?:\{\s?([^{}]{0,300})\}|([0-9]))|([0-9.]{1,300})\s?/\s?([0-9.]{1,300})"
)
_POWER = re.compile(r"(?:(?:\\times|\\cdot|\*|[xX×])\s?(?:\\,)?10\s?)?(?:\^|\*\*)(?!\s?\{?\s?\\circ)|[²³⁴⁵⁶⁷⁸⁹]")
_UNIT_POWER = re.compile(r"[A-Za-z}]\s?\^\s?\{?\s?[23]")


def number_features(text: str) -> frozenset[str]:
    """What is left undone in the text of one number."""
    found = set()
    for match in _FRACTION.finditer(text):
        above, below = (
            (match[1] or match[2] or match[5] or "").strip(" +-"),
            (match[3] or match[4] or match[6] or "").strip(),
        )
        if not (above.isdigit() and below.isdigit() and len(above + below) < 600):
            found.add("a fraction of decimals")
        elif gcd(int(above), int(below)) != 1 or int(below) == 1:
            found.add(_UNREDUCED)
    rest = _UNIT_POWER.sub("", text) if "^" in text else text
    if any("10" not in match[0] for match in _POWER.finditer(rest)):
        found.add("a power of numbers")
    return frozenset(found)


# Trees


@lru_cache(maxsize=1024)
def features(node: Node) -> frozenset[str]:
    """Everything that is left undone in a tree."""
    return frozenset(found for part in node.walk() for found in _of(part))


def _of(node: Node) -> Iterator[str]:
    kind = node.kind
    if kind == "opaque":
        yield f"the operator {node.text.split(' ', 1)[0]}"
    elif kind == "fact":
        yield "a factorial"
    elif (
        kind == "call"
        and not applies(node)
        and not node.text.startswith(("overline", "bar", "vec", "hat", "tilde", "widehat", "over"))
    ):
        yield _FAMILIES.get(node.text, f"the function {node.text.rstrip('(')}")
    elif kind == "abs" and _numeric(node):
        yield "a modulus of a number"
    elif kind == "add":
        yield from _sum(node)
    elif kind == "mul":
        yield from _product(node)
    elif kind in {"pow", "root"}:
        yield from _power(node)


def _sum(node: Node) -> Iterator[str]:
    terms = [part.args[0] if part.kind == "neg" else part for part in node.args]
    if sum(_rational(term) for term in terms) > 1:
        yield "a sum of numbers"
    kinds = [_symbolic(term) for term in terms if not _rational(term)]
    if len(set(kinds)) < len(kinds):
        yield "like terms"


def _symbolic(term: Node) -> str:
    """A term without its coefficient, as text."""
    if term.kind != "mul":
        return render(term)
    return "*".join(sorted(render(part) for part in term.args if not _rational(part) and not _rational_inverse(part)))


def _product(node: Node) -> Iterator[str]:
    above = [part for part in node.args if part.kind != "inv"]
    below = [part for inverse in node.args if inverse.kind == "inv" for part in _factors(inverse.args[0])]
    tens = [part for part in above if part.kind == "pow" and part.args[0] == num(_TEN)]
    percent = [part for part in above if part.kind == "num" and part.value == Number("1", -2)]
    numbers = [part for part in above if _rational(part) and part not in percent]
    if len(numbers) > 1 or (tens and not numbers) or len(tens) > 1:
        yield "a product of numbers"
    if sum(part.kind == "root" and _numeric(part) for part in above) > 1:
        yield "a product of roots"
    if sum(part.kind == "add" and _numeric(part) for part in above) > 1:
        yield "a product of sums of numbers"
    if below and any(part.kind == "inv" for part in (*below, *(inner for part in above for inner in _factors(part)))):
        yield "a fraction within a fraction"
    if below:
        yield from _reduced([factor for part in above for factor in _factors(part)], below)


def _reduced(above: list[Node], below: list[Node]) -> Iterator[str]:
    over, under = _coefficient(above), _coefficient(below)
    if over is None or under is None:
        yield "a fraction of decimals"
    elif gcd(over, under) != 1 or (under == 1 and all(part.kind == "num" for part in below)):
        yield _UNREDUCED
    bases = [{_base(part) for part in side if not _numeric(part)} for side in (above, below)]
    if bases[0] & bases[1]:
        yield _UNREDUCED


def _base(node: Node) -> Node:
    return node.args[0] if node.kind == "pow" else node


def _coefficient(parts: list[Node]) -> int | None:
    """The product of the whole numbers among the factors; None when one of them is no whole number."""
    product = 1
    for part in parts:
        if part.kind == "num" and part.value is not None:
            value = fraction(part.value)
            if value is None or value.denominator != 1:
                return None
            product *= abs(value.numerator)
    return product


def _factors(node: Node) -> list[Node]:
    if node.kind == "neg":
        return _factors(node.args[0])
    return [factor for part in node.args for factor in _factors(part)] if node.kind == "mul" else [node]


def _power(node: Node) -> Iterator[str]:
    base, exponent = node.args
    if not _numeric(base) or base.text in {"pi", "e", "inf"}:
        return
    value = fraction(exponent.value) if exponent.kind == "num" and exponent.value is not None else None
    if node.kind == "pow":
        negative = exponent.kind == "neg" and exponent.args[0].kind == "num"
        if (value is not None and value.denominator == 1) or negative:
            yield "a power of numbers"
    elif value and base.kind == "num" and base.value is not None and value.denominator == 1 and value > 0:
        size = fraction(base.value)
        found = exact.root(abs(size), 1 / value) if size else None
        if size is not None and (not size or (found is not None and not found[1])):
            yield "a root that is a number"


def _rational(node: Node) -> bool:
    if node.kind in {"neg", "mul", "inv"}:
        return all(_rational(part) for part in node.args)
    return node.kind == "num"


def _rational_inverse(node: Node) -> bool:
    return node.kind == "inv" and _rational(node.args[0])


def _numeric(node: Node) -> bool:
    return all(part.kind != "sym" or part.text in _CONSTANTS for part in node.walk())


def letters(node: Node) -> frozenset[str]:
    """The variables of a scalar."""
    return frozenset(part.text for part in node.walk() if part.kind == "sym" and part.text not in _CONSTANTS)


def scientific(node: Node) -> bool:
    """`1.5 \\times 10^{3}` and its kin, which are numbers and no products."""
    if node.kind == "neg":
        return scientific(node.args[0])
    powers = [part for part in node.args if part.kind == "pow" and part.args[0] == num(_TEN)]
    return (
        node.kind == "mul"
        and len(node.args) == 2
        and len(powers) == 1
        and any(part.kind == "num" for part in node.args)
    )


def undone(answer: Node, truth: Node) -> str:
    """The first thing that the answer leaves undone and the truth does not, in words; empty when it is finished."""
    if scientific(answer):
        return ""
    left = features(answer) - features(truth)
    if left:
        return f"the answer holds {min(left)}"
    if letters(answer) - letters(truth) and truth.kind not in {"rel", "such", "seq", "union"} and answer.kind != "rel":
        return "the answer holds a letter that cancels"
    return ""


# Forms that a task may ask for


def in_form(answer: Node, truth: Node, form: Form) -> bool:
    """Whether the answer has the form that the task asks for."""
    if form == "factored":
        return _top(answer).kind != "add" and _count(answer) >= _count(truth)
    if form == "expanded":
        return not any(_folded(part) for part in answer.walk())
    return form != "reduced" or not features(answer) & {_UNREDUCED, "a fraction of decimals"}


def is_factored(node: Node) -> bool:
    """Whether it is a product of two or more sums, or a power of one."""
    return _top(node).kind in {"mul", "pow"} and _sums(node) > 1


def _top(node: Node) -> Node:
    while node.kind in {"neg", "unit"} or (node.kind == "rel" and node.text == "="):
        node = node.args[-1] if node.kind == "rel" else node.args[0]
    return node


def _sums(node: Node) -> int:
    return sum(count for part, count in _multiplied(_top(node)) if part.kind == "add" and letters(part))


def _count(node: Node) -> int:
    """How many factors hold a variable, counted with their powers."""
    return sum(count for part, count in _multiplied(_top(node)) if letters(part))


def _multiplied(node: Node) -> Iterator[tuple[Node, int]]:
    if node.kind == "neg":
        yield from _multiplied(node.args[0])
    elif node.kind == "mul":
        for part in node.args:
            yield from _multiplied(part)
    elif node.kind == "pow" and node.args[1].kind == "num" and node.args[1].value is not None:
        value = fraction(node.args[1].value)
        count = int(value) if value is not None and value.denominator == 1 and 0 < value < 1000 else 1
        for part, inner in _multiplied(node.args[0]):
            yield part, inner * count
    else:
        yield node, 1


def _folded(node: Node) -> bool:
    if node.kind == "mul":
        return any(part.kind == "add" for part in node.args)
    return node.kind == "pow" and node.args[0].kind == "add" and node.args[1].kind == "num"

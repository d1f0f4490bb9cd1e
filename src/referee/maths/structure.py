"""The structural tier: shapes first, then the normal form of each scalar in them.

What neither shape nor normal form can decide goes to `_identity`, the one place where a tier that knows identities
plugs in. Types never mix: a set is no tuple, an open interval no closed one, a unit and a base are part of the value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from referee.maths import identity
from referee.maths.budget import Budget
from referee.maths.finish import Form
from referee.maths.forms import Poly, constant, separates
from referee.maths.normal import Difference, Undecided, normal
from referee.maths.ranges import describes_range, range_of
from referee.maths.relations import (
    INFINITY,
    MINUS_INFINITY,
    Labelled,
    difference,
    exactly,
    expanded,
    intervals,
    grouped,
    labelled,
    ratio_value,
    spread,
)
from referee.maths.rename import renamed
from referee.maths.tree import Node, num, render, sym
from referee.maths.units import Percent, ignorable
from referee.text.rational import ZERO, Number, of_fraction, within

MAX_UNORDERED = 100  # members that are matched in any order


class Policy(NamedTuple):
    """What a judge may choose: see the parameters of `math.answer`."""

    percent: Percent = "value"
    lists: Literal["unordered", "ordered"] = "unordered"
    inequality: Literal["interval", "refuse"] = "interval"
    policy: Literal["free", "strict", "math-reference", "minerva"] = "free"
    form: Form = "any"
    unit: Literal["optional", "required"] = "optional"
    tolerance: Number | None = None

    @property
    def free(self) -> bool:
        """Whether any form of the value will do."""
        return self.policy == "free" and self.form == "any"


class Outcome(NamedTuple):
    """`equal` is None when undecided; `reason` is the code of the verdict; `tier` decided."""

    equal: bool | None
    reason: str
    tier: str = "structure"


_EQUAL = Outcome(equal=True, reason="math.equal.structure")
_IDENTITY = Outcome(equal=True, reason="math.equal.identity", tier="identity")
_DIFFERENT = Outcome(equal=False, reason="math.different")
_TYPE = Outcome(equal=False, reason="math.type")
_UNDECIDED = Outcome(equal=None, reason="math.undecided")
_SHAPES = frozenset({"seq", "matrix", "rel", "union", "inter", "minus", "such", "text"})
_TURN = (num(Number("18", 1)), Node("inv", (sym("pi"),)))  # radians to degrees


def is_scalar(node: Node) -> bool:
    """Whether it stands for one value, not for a list, a relation or words."""
    return node.kind not in _SHAPES


def units_agree(truth: str, answer: str, *, required: bool = False) -> bool:
    """A truth with a unit allows a bare number; a truth without one allows a known unit, but no degree sign."""
    if not answer:
        return not (truth and required)
    return answer == truth or (not truth and ignorable(answer))


@lru_cache(maxsize=256)
def form_of(node: Node) -> Poly | None:
    """The normal form, or None when there is none; the comparisons of a list ask for it again and again."""
    try:
        return normal(node)
    except Undecided:
        return None


class Comparison:
    """One comparison under one policy: `nodes(truth, answer)`."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.difference = Difference()
        self.budget = Budget()

    def nodes(self, truth: Node, answer: Node) -> Outcome:
        """Any two nodes."""
        truth, answer = exactly(truth), exactly(answer)
        if truth == answer:
            return _EQUAL
        if truth.kind == "unit" or answer.kind == "unit":
            return self.united(truth, answer)
        if truth.kind == "rel" or answer.kind == "rel" or "rel" in {part.kind for part in answer.args}:
            return self.related(truth, answer)
        if not (truth.kind == answer.kind == "seq") or "()" in {truth.text, answer.text}:
            one, two = _both_signs(truth), _both_signs(answer)
            if one is not truth or two is not answer:
                return self.nodes(one, two)
        if is_scalar(truth) and is_scalar(answer):
            return self.scalars(truth, answer)
        if truth.kind == answer.kind and truth.kind not in {"union", "minus", "such"}:
            return self.shapes(truth, answer)
        if (found := self.ranges(truth, answer)) is not None:
            return found
        if truth.kind == answer.kind:
            return self.shapes(truth, answer)
        return self.vectors(truth, answer)

    def vectors(self, truth: Node, answer: Node) -> Outcome:
        """A column vector and a tuple are one thing; anything else of two kinds is not."""
        one, two = _column(truth), _column(answer)
        return self.ordered(one, two) if one and two else _TYPE

    def ranges(self, truth: Node, answer: Node) -> Outcome | None:
        """Sets of numbers, in whatever form; None when they are none, or when the policy asks for the form."""
        if not (describes_range(truth) or describes_range(answer)):
            return None
        stated = {"rel", "such"}
        if answer.kind in stated or (answer.kind == "seq" and not answer.text):
            wanted = truth.kind in stated or (truth.kind == "seq" and not truth.text)
            if not wanted and (self.policy.inequality == "refuse" or self.pointlike(truth)):
                return None
        one = range_of(truth, form_of)
        two = range_of(answer, form_of) if one else None
        if one is None or two is None:
            return None
        if one.name and two.name and one.name != two.name:
            return _DIFFERENT
        return self.unordered(list(one.pieces), list(two.pieces))

    def pointlike(self, truth: Node) -> bool:
        """Under the strict policy `(1,2)` may be a point, which no inequality is."""
        return (
            self.policy.policy == "strict"
            and truth.kind == "seq"
            and truth.text == "()"
            and not any(_infinite(end) for end in truth.args)
        )

    def shapes(self, truth: Node, answer: Node) -> Outcome:
        """Two shapes of one kind."""
        if truth.kind == "seq":
            return self.sequences(truth, answer)
        if truth.kind == "matrix":
            shapes = [[len(row.args) for row in node.args] for node in (truth, answer)]
            if shapes[0] != shapes[1]:
                return _DIFFERENT
            return self.ordered([c for r in truth.args for c in r.args], [c for r in answer.args for c in r.args])
        if truth.kind in {"union", "inter"}:
            return self.unordered(list(truth.args), list(answer.args))
        if truth.kind in {"minus", "such"}:
            return self.ordered(list(truth.args), list(answer.args))
        return _DIFFERENT  # two texts that are not the same

    def scalars(self, truth: Node, answer: Node) -> Outcome:
        if "base" in {truth.kind, answer.kind}:
            return _TYPE if truth.kind != answer.kind else _DIFFERENT
        if _infinite(truth) or _infinite(answer):
            return _EQUAL if _infinite(truth) == _infinite(answer) else _DIFFERENT
        one, two = form_of(truth), form_of(answer)
        if one is not None and one == two:
            return _EQUAL
        if one is not None and two is not None:
            if self.policy.tolerance is not None and _near(one, two, self.policy.tolerance):
                return Outcome(equal=True, reason="math.equal.tolerance")
            if separates(one, two):
                return _DIFFERENT
        found = self.difference.vanishes(truth, answer) if one and two else None
        if found is None:
            return self.identical(truth, answer)
        return _EQUAL if found else _DIFFERENT

    def identical(self, truth: Node, answer: Node) -> Outcome:
        """The identity tier, for two scalars that exact and structural tiers could not decide."""
        found = identity.decide(truth, answer, self.budget)
        if found is None:
            return _UNDECIDED
        return Outcome(found, "math.equal.identity" if found else "math.different", "identity")

    def united(self, truth: Node, answer: Node) -> Outcome:
        expected, one = (truth.text, truth.args[0]) if truth.kind == "unit" else ("", truth)
        found, two = (answer.text, answer.args[0]) if answer.kind == "unit" else ("", answer)
        if {expected, found} == {"", "degree"} and _has_pi(one if found else two):  # radians are marked by pi
            turned = Node("mul", (two if expected else one, *_TURN))
            return self.nodes(one, turned) if expected else self.nodes(turned, two)
        agree = units_agree(expected, found, required=self.policy.unit == "required")
        return self.nodes(one, two) if agree else Outcome(equal=False, reason="math.unit")

    # Members

    def sequences(self, truth: Node, answer: Node) -> Outcome:
        loose = {"", "{}"}
        truth, answer = grouped(truth), grouped(answer)
        if truth.text in loose and answer.text in loose:
            return self.lists(truth, answer)
        if truth.text != answer.text:
            if {truth.text, answer.text} == {"()", ""} and (_assigned(truth) or _assigned(answer)):  # x = 1, y = 2
                return self.ordered([_value(part) for part in truth.args], [_value(part) for part in answer.args])
            return _TYPE if truth.text in loose or answer.text in loose else _DIFFERENT
        return self.ordered(list(truth.args), list(answer.args))

    def lists(self, truth: Node, answer: Node) -> Outcome:
        one, two = _members(truth), _members(answer)
        names = [[label.name for part in side if (label := labelled(part))] for side in (one, two)]
        together = len(set(names[0])) > 1 or len(set(names[1])) > 1
        if not (names[0] and names[1]):  # labels on one side only: several names keep their order
            one, two = ([_value(part) for part in side] for side in (one, two))
            if together:
                return self.ordered(one, two)
        elif not together:
            if names[0][0] != names[1][0]:
                return _DIFFERENT
            one, two = ([_value(part) for part in side] for side in (one, two))
        if truth.text == answer.text == "{}":
            one, two = list(dict.fromkeys(one)), list(dict.fromkeys(two))
        elif self.policy.lists == "ordered" and truth.text == "":
            return self.ordered(one, two)
        return self.unordered(one, two)

    def ordered(self, truth: list[Node], answer: list[Node]) -> Outcome:
        if len(truth) != len(answer):
            return _DIFFERENT
        worst = _EQUAL
        for one, two in zip(truth, answer, strict=True):
            outcome = self.nodes(one, two)
            if outcome.equal is False:
                return outcome if outcome.reason == "math.unit" else _DIFFERENT
            worst = outcome if outcome.equal is None else worst
        return worst

    def unordered(self, truth: list[Node], answer: list[Node]) -> Outcome:
        if len(truth) != len(answer):
            return _DIFFERENT
        if len(truth) > MAX_UNORDERED:
            return self.ordered(truth, answer)
        left, worst = list(answer), _EQUAL
        for one in truth:
            outcomes = [self.nodes(one, two).equal for two in left]
            if True in outcomes:
                left.pop(outcomes.index(True))
            elif None in outcomes:
                worst = _UNDECIDED
            else:
                return _DIFFERENT
        return worst

    # Relations

    def related(self, truth: Node, answer: Node) -> Outcome:
        """At least one side is a relation, or the answer is a list of them."""
        if (found := self.ranges(truth, answer)) is not None:
            return found
        if truth.kind == "rel" and answer.kind == "rel":
            return self.relations(truth, answer)
        if truth.kind == "rel":
            return self.related_truth(truth, answer)
        if (label := labelled(answer)) is not None:
            return self.nodes(truth, label.value)
        if (ratio := ratio_value(answer)) is not None and is_scalar(truth):
            form = form_of(truth)
            value = constant(form) if form is not None else None
            return _TYPE if value is None or value.denominator == 1 else self.nodes(truth, ratio)
        return self.sequences(truth, answer) if truth.kind == answer.kind == "seq" else _TYPE

    def related_truth(self, truth: Node, answer: Node) -> Outcome:
        """A relation as truth, and an answer that is none: the value of a label, a ratio, an order of names."""
        if (known := labelled(truth) or intervals(truth)) is not None:
            return self.nodes(known.value, answer)
        if (ratio := ratio_value(truth)) is not None and is_scalar(answer):
            return self.nodes(ratio, answer)
        signs = set(truth.text.split())
        if len(signs) == 1 and signs <= {"<", ">"} and answer.kind == "seq" and not answer.text and len(truth.args) > 2:
            if all(part.kind == "sym" for part in truth.args):  # a < b < c, given as a, b, c
                return self.ordered(list(truth.args), list(answer.args))
        return _TYPE

    def relations(self, truth: Node, answer: Node) -> Outcome:
        one, two = labelled(truth), labelled(answer)
        if one and two and (one.name == two.name or truth.text == answer.text == "="):
            if one.name == two.name:
                return self.nodes(one.value, two.value)
            if (bound := _same_function(one, two)) is not None:
                return self.nodes(one.value, bound)
            swapped = form_of(difference(*truth.args)), form_of(difference(*answer.args))
            return _EQUAL if None not in swapped and _scaled(swapped[0]) == _scaled(swapped[1]) else _DIFFERENT
        first, second = _range(truth), _range(answer)
        if first and second:
            return self.nodes(first.value, second.value) if first.name == second.name else _DIFFERENT
        return self.signed(truth, answer)

    def signed(self, truth: Node, answer: Node) -> Outcome:
        """Equations up to a factor, inequalities up to a positive one, other signs side by side."""
        one, two = _ascending(truth), _ascending(answer)
        if one.text != two.text:
            return _DIFFERENT
        if set(one.text.split()) == {":"}:
            return self.ratios(one, two)
        if len(one.args) != 2 or one.text not in {"=", "<", "<=", "!="}:
            return self.ordered(list(one.args), list(two.args))
        forms = form_of(difference(*one.args)), form_of(difference(*two.args))
        if not forms[0] or not forms[1]:
            return self.ordered(list(one.args), list(two.args))
        keep_sign = one.text in {"<", "<="}
        if _scaled(forms[0], keep_sign=keep_sign) == _scaled(forms[1], keep_sign=keep_sign):
            return _EQUAL
        if separates(forms[0], forms[1]):
            return _DIFFERENT
        sides = difference(*one.args), difference(*two.args)
        return _IDENTITY if identity.proportional(*sides, self.budget, positive=keep_sign) else _UNDECIDED


    def ratios(self, truth: Node, answer: Node) -> Outcome:
        """2 : 4 is 1 : 2."""
        zero = num(ZERO)
        if len(truth.args) != len(answer.args) or zero in {*truth.args, *answer.args}:
            return self.ordered(list(truth.args), list(answer.args))
        one = [Node("mul", (part, Node("inv", (truth.args[0],)))) for part in truth.args[1:]]
        two = [Node("mul", (part, Node("inv", (answer.args[0],)))) for part in answer.args[1:]]
        return self.ordered(one, two)


def _infinite(node: Node) -> int:
    """1 and -1 for the infinities, 0 for all else."""
    return 1 if node == INFINITY else -1 if node == MINUS_INFINITY else 0


def _range(node: Node) -> Labelled | None:
    known = labelled(node)
    return known if known and node.text == "in" else intervals(node)


def _value(node: Node) -> Node:
    known = labelled(node)
    return known.value if known else node


def _members(node: Node) -> list[Node]:
    """The members of a list, with both values of a plus-minus."""
    found: list[Node] = []
    for part in node.args:
        if part.kind == "seq" and part.text == "()":
            found.extend(spread(part))
        else:
            found.extend((expanded(part) if part.kind != "rel" else None) or (part,))
    return found


def _both_signs(node: Node) -> Node:
    if node.kind == "seq" and node.text == "()":
        tuples = spread(node)
        return Node("seq", tuples) if len(tuples) > 1 else node
    pair = expanded(node) if is_scalar(node) else None
    return Node("seq", pair) if pair else node


def _column(node: Node) -> list[Node] | None:
    """The entries of a column vector or of a tuple."""
    if node.kind == "seq" and node.text == "()":
        return list(node.args)
    if node.kind == "matrix" and len(node.args) > 1 and all(len(row.args) == 1 for row in node.args):
        return [row.args[0] for row in node.args]
    return None


def _assigned(node: Node) -> bool:
    """Whether it is a bare list of values of different names, each of them labelled."""
    names = {label.name for part in node.args if (label := labelled(part))}
    return not node.text and len(names) == len(node.args)


def _same_function(one: Labelled, two: Labelled) -> Node | None:
    """The value of the second with the argument of the first: f(z) = z is f(x) = x."""
    if one.name[1:2] == two.name[1:2] == "(" and one.name[0] == two.name[0] and len(one.name) == len(two.name) == 4:
        old, new = two.name[2], one.name[2]
        if not any(part == sym(new) for part in two.value.walk()):
            return renamed(two.value, old, new)
    return None


def _has_pi(node: Node) -> bool:
    return any(part == sym("pi") for part in node.walk())


def _near(one: Poly, two: Poly, tolerance: Number) -> bool:
    left, right = constant(one), constant(two)
    return left is not None and right is not None and within(of_fraction(left), of_fraction(right), tolerance)


def _ascending(node: Node) -> Node:
    """An inequality with > turned round."""
    signs = node.text.split()
    if not all(sign in {">", ">="} for sign in signs):
        return node
    turned = " ".join(sign.replace(">", "<") for sign in reversed(signs))
    return Node("rel", tuple(reversed(node.args)), turned)


def _scaled(form: Poly | None, *, keep_sign: bool = False) -> Poly | None:
    """The form divided by its first coefficient, or by the size of it."""
    if not form:
        return form
    lead = form[min(form)]
    lead = abs(lead) if keep_sign else lead
    return {powers: coefficient / lead for powers, coefficient in form.items()}

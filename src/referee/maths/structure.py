"""The structural tier: shapes first, then the normal form of each scalar in them.

What neither shape nor normal form can decide goes to `_identity`, the one place where a tier that knows identities
plugs in. Types never mix: a set is no tuple, an open interval no closed one, a unit and a base are part of the value.
"""

from __future__ import annotations

from functools import lru_cache

from referee.maths import identity
from referee.maths.applied import point
from referee.maths.budget import Budget
from referee.maths.forms import Poly, constant, display, separates
from referee.maths.joined import states
from referee.maths.normal import Difference, Undecided, normal
from referee.maths.policy import Outcome, Policy
from referee.maths.ranges import describes_range, range_of
from referee.maths.relations import difference, exactly, expanded, grouped, intervals, labelled, ratio_value, valued
from referee.maths.shapes import (
    ascending,
    assigned,
    both_signs,
    capitals,
    column,
    has_pi,
    infinite,
    is_scalar,
    members,
    near,
    numbered,
    range_label,
    same_function,
    scaled,
    value_of,
)
from referee.maths.tree import Node, num, render, sym
from referee.maths.units import ignorable
from referee.maths.wording import spelled
from referee.text.rational import ZERO, Number

__all__ = ["Comparison", "Outcome", "Policy", "form_of", "is_scalar", "shown_form", "units_agree"]

MAX_UNORDERED = 100  # members that are matched in any order


_EQUAL = Outcome(equal=True, reason="math.equal.structure")
_IDENTITY = Outcome(equal=True, reason="math.equal.identity", tier="identity")
_DIFFERENT = Outcome(equal=False, reason="math.different")
_TYPE = Outcome(equal=False, reason="math.type")
_UNDECIDED = Outcome(equal=None, reason="math.undecided")
_TURN = (num(Number("18", 1)), Node("inv", (sym("pi"),)))  # radians to degrees


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


def shown_form(node: Node) -> str:
    """The normal form of a scalar, or the shape as it was read, for people."""
    form = form_of(node) if is_scalar(node) else None
    return render(node)[:300] if form is None else display(form)


def _counted(node: Node) -> bool:
    """`9 chickens and 10 rabbits`: each value is of something else, so the order is that of the question."""
    return not node.text and len({part.text for part in node.args if part.kind == "unit"}) == len(node.args) > 1


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
        if truth.kind == "seq" and answer.kind == "call":
            answer = point(answer) or answer
        if "text" in {truth.kind, answer.kind}:
            words = [part.text if part.kind == "text" else (spelled(part) or "").lower() for part in (truth, answer)]
            return _EQUAL if words[0] == words[1] else _TYPE if truth.kind != answer.kind else _DIFFERENT
        if truth.kind == "unit" or answer.kind == "unit":
            return self.united(truth, answer)
        if truth.kind == "rel" or answer.kind == "rel" or "rel" in {part.kind for part in answer.args}:
            return self.related(truth, answer)
        if not (truth.kind == answer.kind == "seq") or "()" in {truth.text, answer.text}:
            one, two = both_signs(truth), both_signs(answer)
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
        one, two = column(truth), column(answer)
        return self.ordered(one, two) if one and two else _TYPE

    def ranges(self, truth: Node, answer: Node) -> Outcome | None:
        """Sets of numbers, in whatever form; None when they are none, or when the policy asks for the form."""
        if not (describes_range(truth) or describes_range(answer)):
            return None
        if states(answer) and not states(truth) and (self.policy.inequality == "refuse" or self.pointlike(truth)):
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
            and not any(infinite(end) for end in truth.args)
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
        return _DIFFERENT

    def scalars(self, truth: Node, answer: Node) -> Outcome:
        if "base" in {truth.kind, answer.kind}:
            return _TYPE if truth.kind != answer.kind else _DIFFERENT
        if infinite(truth) or infinite(answer):
            return _EQUAL if infinite(truth) == infinite(answer) else _DIFFERENT
        if capitals(truth):  # a word, in order, as roman numerals and the sides of a coin are
            return _DIFFERENT if capitals(answer) or form_of(truth) != form_of(answer) else _UNDECIDED
        one, two = form_of(truth), form_of(answer)
        if one is not None and one == two:
            return _EQUAL
        if one is not None and two is not None:
            if self.policy.tolerance is not None and near(one, two, self.policy.tolerance):
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
        """A value with a unit on at least one side."""
        if truth.kind == "rel":
            return self.related(truth, answer)
        if answer.kind == "rel":
            return self.related(truth, answer)
        expected, one = (truth.text, truth.args[0]) if truth.kind == "unit" else ("", truth)
        found, two = (answer.text, answer.args[0]) if answer.kind == "unit" else ("", answer)
        if {expected, found} == {"", "degree"} and has_pi(one if found else two):  # radians are marked by pi
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
            if {truth.text, answer.text} == {"()", ""} and (assigned(truth) or assigned(answer)):  # x = 1, y = 2
                return self.ordered([value_of(part) for part in truth.args], [value_of(part) for part in answer.args])
            return _TYPE if truth.text in loose or answer.text in loose else _DIFFERENT
        return self.ordered(list(truth.args), list(answer.args))

    def lists(self, truth: Node, answer: Node) -> Outcome:
        one, two = members(truth), members(answer)
        if any(part.kind == "rel" and labelled(part) is None for part in one):  # equations, not labelled values
            return self.unordered(one, two)
        names = [[label.name for part in side if (label := labelled(part))] for side in (one, two)]
        together = any(len(set(side)) > 1 for side in names)
        if not (names[0] and names[1]):  # labels on one side only: several names keep their order
            one, two = ([value_of(part) for part in side] for side in (one, two))
            if together and not numbered([*names[0], *names[1]]):
                return self.ordered(one, two)
        elif not together:
            if names[0][0] != names[1][0]:
                return _DIFFERENT
            one, two = ([value_of(part) for part in side] for side in (one, two))
        if _counted(answer) and not any(part.kind == "unit" for part in truth.args):
            return self.ordered(one, two)
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
        if truth.kind == "rel" and truth.text == "=" and (pair := expanded(truth)) is not None:
            truth = Node("seq", pair)
        if answer.kind == "rel" and answer.text == "=" and (pair := expanded(answer)) is not None:
            answer = Node("seq", pair)
        if (found := self.ranges(truth, answer)) is not None:
            return found
        if truth.kind == "rel" and answer.kind == "rel":
            return self.relations(truth, answer)
        if truth.kind == "rel":
            return self.related_truth(truth, answer)
        if (label := labelled(answer)) is not None:
            return self.nodes(truth, label.value)
        if is_scalar(truth) and truth.kind != "sym" and (stated := valued(answer)) is not None:
            return self.nodes(truth, stated)
        if (ratio := ratio_value(answer)) is not None and is_scalar(truth):
            form = form_of(truth)
            value = constant(form) if form is not None else None
            return _TYPE if value is None or value.denominator == 1 else self.nodes(truth, ratio)
        if truth.kind == answer.kind and truth.kind in {"union", "inter"}:
            return self.unordered(list(truth.args), list(answer.args))
        return self.sequences(truth, answer) if truth.kind == answer.kind == "seq" else _TYPE

    def related_truth(self, truth: Node, answer: Node) -> Outcome:
        """A relation as truth, and an answer that is none: the value of a label, a ratio, an order of names."""
        signs = set(truth.text.split())
        chain = len(signs) == 1 and signs <= {"<", ">"} and len(truth.args) > 2
        listed = answer.kind == "seq" and not answer.text
        if chain and listed and all(part.kind == "sym" for part in truth.args):  # a < b < c, given as a, b, c
            return self.ordered(list(truth.args), list(answer.args))
        if (known := labelled(truth) or intervals(truth)) is not None:
            return self.nodes(known.value, answer)
        if (ratio := ratio_value(truth)) is not None and is_scalar(answer):
            return self.nodes(ratio, answer)
        return _TYPE

    def relations(self, truth: Node, answer: Node) -> Outcome:
        one, two = labelled(truth), labelled(answer)
        if one and two and (one.name == two.name or truth.text == answer.text == "="):
            if one.name == two.name:
                return self.nodes(one.value, two.value)
            if (bound := same_function(one, two)) is not None:
                return self.nodes(one.value, bound)
            swapped = form_of(difference(*truth.args)), form_of(difference(*answer.args))
            return _EQUAL if None not in swapped and scaled(swapped[0]) == scaled(swapped[1]) else _DIFFERENT
        if one and two is None and one.value.kind == "rel":  # S : T = 1 : 2, given as 1 : 2
            return self.nodes(one.value, answer)
        first, second = range_label(truth), range_label(answer)
        if first and second:
            return self.nodes(first.value, second.value) if first.name == second.name else _DIFFERENT
        return self.signed(truth, answer)

    def signed(self, truth: Node, answer: Node) -> Outcome:
        """Equations up to a factor, inequalities up to a positive one, other signs side by side."""
        one, two = ascending(truth), ascending(answer)
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
        if scaled(forms[0], keep_sign=keep_sign) == scaled(forms[1], keep_sign=keep_sign):
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

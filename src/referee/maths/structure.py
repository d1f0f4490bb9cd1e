"""The structural tier: shapes first, then the normal form of each scalar in them.

What neither shape nor normal form can decide goes to `_identity`, the one place where a tier that knows identities
plugs in. Types never mix: a set is no tuple, an open interval no closed one, a unit and a base are part of the value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from referee.maths import identity
from referee.maths.budget import Budget
from referee.maths.forms import Poly, separates
from referee.maths.normal import Difference, Undecided, normal
from referee.maths.relations import (
    INFINITY,
    MINUS_INFINITY,
    Labelled,
    difference,
    exactly,
    expanded,
    intervals,
    labelled,
)
from referee.maths.tree import Node, render, sym
from referee.maths.units import Percent, ignorable

MAX_UNORDERED = 100  # members that are matched in any order


class Policy(NamedTuple):
    """What a judge may choose: see the parameters of `math.answer`."""

    percent: Percent = "value"
    lists: Literal["unordered", "ordered"] = "unordered"
    inequality: Literal["interval", "refuse"] = "interval"


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
_SHAPES = frozenset({"seq", "matrix", "rel", "union", "inter", "minus", "text"})


def is_scalar(node: Node) -> bool:
    """Whether it stands for one value, not for a list, a relation or words."""
    return node.kind not in _SHAPES


def units_agree(truth: str, answer: str) -> bool:
    """A truth with a unit allows a bare number; a truth without one allows a known unit, but no degree sign."""
    return not answer or answer == truth or (not truth and ignorable(answer))


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
        if not (truth.kind == answer.kind == "seq"):
            one, two = _both_signs(truth), _both_signs(answer)
            if one is not truth or two is not answer:
                return self.nodes(one, two)
        if is_scalar(truth) and is_scalar(answer):
            return self.scalars(truth, answer)
        if truth.kind != answer.kind:
            return _EQUAL if _reals(truth) and _reals(answer) else _TYPE
        return self.shapes(truth, answer)

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
        if truth.kind == "minus":
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
        if one is not None and two is not None and separates(one, two):
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
        return self.nodes(one, two) if units_agree(expected, found) else Outcome(equal=False, reason="math.unit")

    # Members

    def sequences(self, truth: Node, answer: Node) -> Outcome:
        loose = {"", "{}"}
        if truth.text in loose and answer.text in loose:
            return self.lists(truth, answer)
        if truth.text != answer.text:
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
        if truth.kind == "rel" and answer.kind == "rel":
            return self.relations(truth, answer)
        range_allowed = self.policy.inequality == "interval"
        if truth.kind == "rel":
            known = labelled(truth) or intervals(truth)
            if known is None or answer.kind == "rel":
                return _TYPE
            return self.nodes(known.value, answer)
        if (label := labelled(answer)) is not None:
            return self.nodes(truth, label.value)
        if truth.kind in {"seq", "union"} and range_allowed and (found := intervals(answer)) is not None:
            return self.nodes(truth, found.value)
        return self.sequences(truth, answer) if truth.kind == answer.kind == "seq" else _TYPE

    def relations(self, truth: Node, answer: Node) -> Outcome:
        one, two = labelled(truth), labelled(answer)
        if one and two and (one.name == two.name or truth.text == answer.text == "="):
            if one.name == two.name:
                return self.nodes(one.value, two.value)
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
    return [value for part in node.args for value in (expanded(part) if part.kind != "rel" else None) or (part,)]


def _both_signs(node: Node) -> Node:
    pair = expanded(node) if is_scalar(node) else None
    return Node("seq", pair) if pair else node


def _reals(node: Node) -> bool:
    return node == sym("mathbb_R") or (
        node.kind == "seq" and node.text == "()" and [render(end) for end in node.args] == ["-inf", "inf"]
    )


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

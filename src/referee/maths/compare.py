"""Whether an answer is the truth: typed by the truth, exact, structural; equal, different or undecided.

Tiers, cheapest first: number, choice, words, structure (`referee.maths.structure`), identity. The truth decides what an
answer is read as; a label may be dropped from `x = 5`, but `4 = 5` is not 5. The strict policy then asks whether the
answer is finished (`referee.maths.finish`).
"""

from __future__ import annotations

from typing import NamedTuple

from referee.maths import identity, prose, reference
from referee.maths.applied import multiplied
from referee.maths.clean import Trailed, tidy, trailed
from referee.maths.compiled import Truth, compiled, shown, split_label
from referee.maths.finish import features, in_form, is_factored, number_features, undone
from referee.maths.forms import constant, separates
from referee.maths.labels import labels, matched
from referee.maths.read import read
from referee.maths.relations import exactly, labelled, ratio_value
from referee.maths.rename import aligned
from referee.maths.structure import Comparison, Policy, form_of, is_scalar, units_agree
from referee.maths.tree import Node, num, render, sym
from referee.maths.units import Quantity, quantity
from referee.maths.wording import canonical, clock, named, spelled
from referee.text.numbers import MAX_LENGTH, Unread, quick
from referee.text.rational import fraction, within
from referee.text.unicode import Refused, plain

__all__ = ["Result", "Truth", "compiled", "judge"]


class Result(NamedTuple):
    """`equal` is None when undecided. `value`: what the answer was read as. `detail`: more about the reason.

    `tier`: which comparison decided; `tree`: the answer as it was read, where it is more than a number or words.
    """

    equal: bool | None
    reason: str
    value: str = ""
    detail: str = ""
    tier: str = ""
    tree: Node | None = None


def judge(truth: Truth, answer: str, policy: Policy) -> Result:
    """Compare an extracted answer with a compiled truth."""
    if policy.free:
        return _valued(truth, answer, policy)
    if policy.policy in {"math-reference", "minerva"}:
        return _referenced(truth, answer, policy.policy)
    result = _valued(truth, answer, policy)
    return _finished(truth, answer, result, policy) if result.equal else result


def _valued(truth: Truth, answer: str, policy: Policy) -> Result:
    """The comparison of values, in any form."""
    if truth.number is not None:
        got = quantity(answer, policy.percent)  # the fast path: most truths and most answers are plain numbers
        if not isinstance(got, Unread):
            return _numbers(truth.number, got, policy)
    if len(answer) > MAX_LENGTH:
        return _failed("answer.too_long", detail=f"{len(answer)} characters")
    text = plain(answer)
    if isinstance(text, Refused):
        return _failed(text.reason, detail=text.detail)
    if (
        truth.letter is not None
        and (letter := prose.letter(text)) is not None
        and (letter == truth.letter or not truth.words)
    ):
        return Result(letter == truth.letter, _reason(letter == truth.letter, "choice"), letter, tier="choice")
    if truth.letter is not None and truth.words is None and (letter := prose.with_text(text)) is not None:
        return Result(letter == truth.letter, _reason(letter == truth.letter, "choice"), letter, tier="choice")
    if truth.chosen and (chosen := prose.several(text)) is not None:
        return Result(chosen == truth.chosen, _reason(chosen == truth.chosen, "choice"), chosen, tier="choice")
    if truth.words is not None:
        return _words(truth.words, text)
    if truth.clock is not None and (time := clock(text)) is not None:
        same = truth.clock.agrees(time)
        return Result(same, _reason(same, "text"), text[:300], tier="text")
    text, declared = trailed(tidy(text))
    if truth.number is not None:
        return _number_truth(truth, truth.number, text, policy)
    return _trees(truth, Trailed(text, declared), policy)


def _failed(reason: str, value: str = "", detail: str = "") -> Result:
    return Result(equal=False, reason=reason, value=value, detail=detail)


def _unreadable(problem: Unread) -> Result:
    reason = problem.reason if problem.reason.startswith(("answer.", "math.")) else "math.unreadable"
    return _failed(reason, detail=problem.detail or problem.reason)


def _reason(equal: bool | None, tier: str) -> str:
    return "math.undecided" if equal is None else f"math.equal.{tier}" if equal else "math.different"


# Words


def _words(expected: str, text: str) -> Result:
    found = prose.words(text)
    if found is None:
        tree = read(tidy(text))
        name = named(tree) if isinstance(tree, Node) else None
        if name is None:
            return _failed("math.type", detail="the truth is words")
        found = name
    same = canonical(found) == expected
    return Result(same, _reason(same, "text"), found, tier="text")


# Trees


def _trees(truth: Truth, answer: Trailed, policy: Policy) -> Result:
    """Shapes and expressions."""
    if truth.tree is None:
        return _failed("math.type", detail="the truth is a choice")
    tree = read(answer.text)
    if isinstance(tree, Unread):
        return _worded(truth, answer.text, tree, policy)
    if tree.kind == "text" and truth.tree.kind != "text":
        return _worded(truth, answer.text, Unread("math.type", "the answer is words"), policy)
    if truth.clock is not None and tree.kind == "rel" and tree != truth.tree:  # 12:30 is no ratio to be reduced
        return _failed("math.different", render(tree)[:300])
    if truth.letter is not None and tree.kind == "rel":
        return _failed("math.type", render(tree)[:300], "a choice has no label")
    tree = multiplied(tree, truth.tree)
    outcome = Comparison(policy).nodes(truth.tree, tree)
    declared = truth.declared, answer.declared
    if not outcome.equal and (same := aligned(exactly(truth.tree), exactly(tree), declared)) is not None:
        again = Comparison(policy).nodes(truth.tree, same)
        outcome, tree = (again, same) if again.equal else (outcome, tree)
    tier = outcome.tier
    return Result(outcome.equal, outcome.reason, render(tree)[:300], tier=tier, tree=tree)


def _worded(truth: Truth, text: str, problem: Unread, policy: Policy) -> Result:
    """An answer that is no mathematics: values with labels in words, or the name of a value."""
    found = prose.words(text)
    if found is not None and truth.tree is not None and (name := named(truth.tree)) is not None:
        same = canonical(found) == name
        return Result(same, _reason(same, "text"), found, tier="text")
    if found is not None and truth.tree is not None and found == (spelled(truth.tree) or "").lower():
        return Result(equal=True, reason="math.equal.text", value=found, tier="text")
    known = None if problem.reason.startswith("answer.") else labels(text)
    if known is None or truth.tree is None:
        return _unreadable(problem)
    expected, value = truth.tree, known.value
    if truth.labels is not None:
        pair = matched(truth.labels, known)
        if pair is None:
            return _failed("math.different", render(value)[:300], "the labels are not those of the truth")
        expected, value = pair
    elif known.counted and expected.kind == "seq" and not expected.text:
        expected, value = expected._replace(text="()"), value._replace(text="()")
    outcome = Comparison(policy).nodes(expected, value)
    return Result(outcome.equal, outcome.reason, render(value)[:300], tier=outcome.tier, tree=value)


# Numbers


def _numbers(truth: Quantity, got: Quantity, policy: Policy) -> Result:
    if truth.unit != got.unit and not units_agree(truth.unit, got.unit, required=policy.unit == "required"):
        detail = f"the unit is {got.unit or 'missing'}, not {truth.unit or 'none'}"
        return Result(equal=False, reason="math.unit", value=shown(got), detail=detail, tier="number")
    if got.value == truth.value:
        return Result(equal=True, reason="math.equal.number", value=shown(got), tier="number")
    if policy.tolerance is not None and within(got.value, truth.value, policy.tolerance):
        return Result(equal=True, reason="math.equal.tolerance", value=shown(got), tier="number")
    return Result(equal=False, reason="math.different", value=shown(got), tier="number")


def _number_truth(truth: Truth, number: Quantity, text: str, policy: Policy) -> Result:
    """An answer that is not simply a number: it may have a label, or be a fraction or a power of another shape."""
    label, value = split_label(text, answer=True)
    if label and truth.label and label != truth.label:
        return _failed("math.different", detail=f"the value of {label}, not of {truth.label}")
    got = quantity(value, policy.percent)
    if not isinstance(got, Unread):
        return _numbers(number, got, policy)
    if got.reason.startswith("answer.") or got.reason == "number.currency":
        return _unreadable(got)
    tree = read(value)
    if isinstance(tree, Unread):
        return _labelled_number(number, text, tree if tree.reason.startswith("answer.") else got, policy)
    if not label and (known := labelled(tree)) is not None:
        if truth.label and truth.label != known.name:
            return _failed("math.different", detail=f"the value of {known.name}, not of {truth.label}")
        tree = known.value
    return _scalar(number, exactly(tree), policy)


def _labelled_number(number: Quantity, text: str, problem: Unread, policy: Policy) -> Result:
    known = None if problem.reason.startswith("answer.") else labels(text)
    if known is None or len(known.values) != 1:
        return _unreadable(problem)
    return _scalar(number, known.values[0], policy)


def _scalar(number: Quantity, tree: Node, policy: Policy) -> Result:
    """A number as truth and a tree as answer."""
    unit = tree.text if tree.kind == "unit" else ""
    scalar = tree.args[0] if unit else tree
    shape = render(tree)[:300]
    radians = number.unit == "degree" and not unit and "pi" in shape
    if not radians and not units_agree(number.unit, unit, required=policy.unit == "required"):
        return Result(equal=False, reason="math.unit", value=shape, tier="number")
    if radians:  # radians are marked by pi
        outcome = Comparison(policy).nodes(Node("unit", (num(number.value),), "degree"), tree)
        return Result(outcome.equal, outcome.reason, shape, tier=outcome.tier, tree=tree)
    ratio = ratio_value(scalar)
    if ratio is not None and number.value.integer:
        return _failed("math.type", shape)
    scalar = ratio or scalar
    form, expected = form_of(scalar), fraction(number.value)
    if form is None or expected is None:
        if not is_scalar(scalar):
            return _failed("math.type", shape)
        return _evaluated(number, scalar)
    found = constant(form)
    if found is None:
        if separates(form, {(): expected}):
            return Result(equal=False, reason="math.different", value=shape, tier="exact", tree=scalar)
        return _evaluated(number, scalar)
    if found == expected and _unfinished(scalar):
        return _refused(Result(None, "", shape, tier="exact"), "the sum or product is not worked out")
    return Result(found == expected, _reason(found == expected, "exact"), shape, tier="exact", tree=scalar)


def _evaluated(number: Quantity, scalar: Node) -> Result:
    """By value: a root of unity like e^{i pi} is an answer, other functions of numbers are left to be worked out."""
    found, value = identity.decide(num(number.value), scalar), render(scalar)[:300]
    polar = any(part.kind == "pow" and part.args[0] == sym("e") for part in scalar.walk()) and sym("i") in scalar.walk()
    if found and not polar:
        return _refused(Result(None, "", value, tier="identity"), "its value is not worked out")
    return Result(found, _reason(found, "identity"), value, tier="identity", tree=scalar)


def _unfinished(node: Node) -> bool:
    """Whether it leaves arithmetic to the judge: a sum, a product of several numbers, a name that cancels."""
    return any(
        part.kind in {"add", "sym"} or (part.kind == "mul" and sum(factor.kind != "inv" for factor in part.args) > 1)
        for part in node.walk()
    )


# Finished form


def _finished(truth: Truth, answer: str, result: Result, policy: Policy) -> Result:
    """An equal answer under a policy that also asks for its form."""
    if result.tier in {"choice", "text"} or (truth.number is not None and quick(answer) is not None):
        return result
    expected = truth.tree
    if expected is None:
        tree = read(tidy(split_label(truth.text)[1]))
        expected = tree if isinstance(tree, Node) else num(truth.number.value) if truth.number else None
    if result.tree is None:  # a number that the number reader read
        text = plain(answer)
        left = number_features(tidy(text)) - number_features(truth.text) if isinstance(text, str) else frozenset()
        if expected is not None:
            left -= features(expected)
        return result if not left else _refused(result, f"the answer holds {min(left)}")
    if expected is None:
        return result
    problem = undone(result.tree, expected) if policy.policy == "strict" else ""
    if not problem and not in_form(result.tree, expected, policy.form):
        problem = f"the answer is not {policy.form}"
    if (
        not problem
        and policy.policy == "strict"
        and is_factored(expected)
        and not in_form(result.tree, expected, "factored")
    ):
        problem = "the truth is a product, the answer is not"
    return _refused(result, problem) if problem else result


def _refused(result: Result, detail: str) -> Result:
    return result._replace(equal=False, reason="math.unfinished", detail=detail)


# Published normalisers


def _referenced(truth: Truth, answer: str, mode: reference.Reference) -> Result:
    same = reference.equal(truth.text, answer, mode)
    if same is None:
        return _failed("answer.too_long", detail=f"{mode} reads {reference.MAX_LENGTH} characters")
    return Result(same, _reason(same, "reference"), reference.normalised(answer, mode)[:300], tier=mode)

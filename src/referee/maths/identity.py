"""The identity tier: two scalar trees that no normal form could tell apart or bring together.

First modulo primes (`referee.maths.modular`: rational functions and powers of any height, exact), then as decimal balls
(`referee.maths.balls`) at points that derive from a hash of the truth: the same verdict for ever, on any machine.

* *different* is proven: two balls that do not touch, whatever the rounding. It costs one point.
* *equal* of constants: 50 digits agree, and twice as many as are written in literals and lost in sums; and nothing is
  known that makes one rational or algebraic and the other not. Two values near zero agree when neither leaves zero.
* *equal* of functions: they agree at every point of a sample where both are real, positive points first, then of mixed
  sign, and on both sides of every kink. So sqrt(x^2) is |x| and not x, and ln(x^2) is 2 ln x where both exist.
* *undecided*: too few points where both exist, too much work, kinks that cannot be seen from both sides.

Variables in factorials and binomial coefficients are whole numbers, and so are n, m, k and the like in powers of
negative ones. `log` without a base is natural beside `ln` or `e`; else either reading, natural or decimal, will do, one
for both sides and for all members of a list.
"""

from __future__ import annotations

from referee.maths.budget import Budget
from referee.maths.nature import apart
from referee.maths.sample import Sample
from referee.maths.sides import Sides
from referee.maths.survey import Survey, Truth, compiled, countable, survey
from referee.maths.tree import Node

_CALL = 12  # the work of setting a comparison up


def decide(truth: Node, answer: Node, budget: Budget | None = None) -> bool | None:
    """Whether two scalars are equal for all values of their variables; None when this tier cannot tell."""
    budget = budget or Budget()
    budget.left -= _CALL
    if budget.left < 0 or (known := compiled(truth)) is None or (found := survey(answer)) is None:
        return None
    both = known.survey.with_(found)
    decided = known.modular(answer, both, budget)
    if decided is None:
        decided = _sampled(known, answer, both, budget)
    if decided and (_narrowed(known.survey, found) or (not both.names and apart(known.node, answer))):
        return None
    return decided


def _sampled(known: Truth, answer: Node, both: Survey, budget: Budget) -> bool | None:
    bases = [base for base in _bases(both) if base in budget.bases or "log" not in both.calls]
    verdicts = {base: _equal(Sample(known, answer, both, base, budget)) for base in bases}
    holding = tuple(base for base, verdict in verdicts.items() if verdict)
    if holding:
        budget.bases = holding if "log" in both.calls else budget.bases
        return True
    return None if None in verdicts.values() else False


def proportional(truth: Node, answer: Node, budget: Budget | None = None, *, positive: bool = False) -> bool | None:
    """Whether answer is truth times a constant other than zero, above zero if so asked; None when undecided."""
    known, found = compiled(truth), survey(answer)
    if known is None or found is None:
        return None
    both = known.survey.with_(found)
    if not both.names or _narrowed(known.survey, found):
        return None
    sample = Sample(known, answer, both, 0, budget or Budget())
    sample.ratio(positive=positive)
    return _seen(sample)


def _narrowed(truth: Survey, answer: Survey) -> bool:
    """Whether the answer alone makes a variable whole that usually is a real number."""
    return not all(countable(name) for name in answer.whole - truth.whole)


def _bases(both: Survey) -> tuple[int, ...]:
    if "log" not in both.calls or "ln" in both.calls or "e" in both.constants:
        return (0,)
    return (0, 10)


def _equal(sample: Sample) -> bool | None:
    """Whether they are equal at all points of the sample."""
    found = _seen(sample)
    if found is None and sample.reading.reals and sample.budget.left >= 0 and not sample.met:
        # nowhere real, or nearly: the complex values decide what they can
        sample.reading = sample.reading._replace(reals=False)
        sample.reset()
        return True if _seen(sample) else None
    return found


def _seen(sample: Sample) -> bool | None:
    found = sample.walk()
    return Sides(sample).agree() if found and sample.both.folded else found

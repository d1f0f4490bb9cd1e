"""The elementary functions of balls, by the names that trees give them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from referee.maths.balls import ONE, ZERO, Arithmetic, Ball, Outside

_HALF: Ball = (Decimal("0.5"), ZERO, ZERO)


class Elementary(Arithmetic):
    """What follows from sums, exponentials, logarithms, waves and arcs."""

    def over(self, above: Ball, below: Ball) -> Ball:
        return self.mul(above, self.inverse(below))

    def hyperbolic(self, a: Ball, sign: int) -> Ball:
        up, down = self.exp(a), self.exp(self.neg(a))
        return self.mul(self.add(up, down if sign > 0 else self.neg(down)), _HALF)

    def arccosine(self, a: Ball) -> Ball:
        quarter = self.mul(self.pi, _HALF)
        return self.add(quarter, self.neg(self.arcsin(_real(a))))

    def arccotangent(self, a: Ball) -> Ball:
        quarter = self.mul(self.pi, _HALF)
        return self.add(quarter, self.neg(self.arctan(_real(a))))

    def sign(self, a: Ball) -> Ball:
        if not (_real(a)[0] or a[2]):
            return a
        self.apart(a)
        return ONE.copy_sign(a[0]), ZERO, ZERO


def _real(a: Ball) -> Ball:
    if a[1]:
        raise Outside("not real")
    return a


ELEMENTARY: dict[str, Callable[[Elementary, Ball], Ball]] = {
    "sin": lambda work, a: work.sin(a),
    "cos": lambda work, a: work.cos(a),
    "tan": lambda work, a: work.over(work.sin(a), work.cos(a)),
    "cot": lambda work, a: work.over(work.cos(a), work.sin(a)),
    "sec": lambda work, a: work.inverse(work.cos(a)),
    "csc": lambda work, a: work.inverse(work.sin(a)),
    "arcsin": lambda work, a: work.arcsin(_real(a)),
    "arccos": lambda work, a: work.arccosine(a),
    "arctan": lambda work, a: work.arctan(_real(a)),
    "arccot": lambda work, a: work.arccotangent(a),
    "sinh": lambda work, a: work.hyperbolic(a, -1),
    "cosh": lambda work, a: work.hyperbolic(a, 1),
    "tanh": lambda work, a: work.over(work.hyperbolic(a, -1), work.hyperbolic(a, 1)),
    "coth": lambda work, a: work.over(work.hyperbolic(a, 1), work.hyperbolic(a, -1)),
    "ln": lambda work, a: work.ln(a),
    "lg": lambda work, a: work.over(work.ln(a), work.ln((Decimal(10), ZERO, ZERO))),
    "sgn": lambda work, a: work.sign(a),
    "Re": lambda _, a: (a[0], ZERO, a[2]),
    "Im": lambda _, a: (a[1], ZERO, a[2]),
}

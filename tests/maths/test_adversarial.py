"""Forty inputs that make graders hang, and that cost this one next to nothing.

No timings are asserted: the budget of work is, and that every verdict comes. `python tests/maths/test_adversarial.py`
prints how long each takes and what memory it leaves behind.
"""

import resource
import sys
import time

import pytest

import referee
from referee.core.types import Rollout, Task
from referee.maths.budget import WORK, Budget
from referee.maths.identity import decide
from referee.maths.read import read
from referee.verifiers import find

GEOMETRIC = "+".join(f"x^{{{n}}}" for n in range(399, 1, -1)) + "+x+1"
NESTED = "2"
FACTORIALS = "9"
FRACTIONS = "x"
RADICALS = "2"
for _ in range(20):
    NESTED = f"2^{{{NESTED}}}"
    FACTORIALS = f"({FACTORIALS})!"
for _ in range(10):
    FRACTIONS = rf"\frac{{1}}{{1+{FRACTIONS}}}"
    RADICALS = rf"\sqrt{{2+{RADICALS}}}"
DEEP = "{" * 50_000 + "x" + "}" * 50_000

# name, truth, answer, the reasons that are right
INPUTS = [
    ("power tower, itself", r"9^{9^{9^9}}", r"9^{9^{9^{9}}}", {"math.equal"}),
    ("power tower plus one", r"9^{9^9}", r"9^{9^9}+1", {"math.different"}),
    ("power tower as another", r"9^{9^9}", r"3^{2 \cdot 9^9}", {"math.equal"}),
    ("power tower for a number", "42", r"9^{9^{9^9}}", {"math.different", "math.undecided", "math.unfinished"}),
    ("ascii tower", "42", "9**9**9", {"math.different", "math.undecided", "math.unfinished", "math.unreadable"}),
    ("ascii tower of towers", "42", "(9**9)**(9**9)", {"math.different", "math.undecided", "math.unfinished"}),
    ("twenty floors", NESTED, f"{NESTED}+1", {"math.different"}),
    ("twenty floors, real", r"\sin 1", rf"\sin({NESTED})", {"math.undecided", "math.different"}),
    ("negative tower", "0", r"2^{-2^{2^{2^{2^2}}}}", {"math.different", "math.undecided", "math.unfinished"}),
    ("factorials of factorials", "42", "((((9!)!)!)!)", {"math.undecided", "math.different"}),
    ("twenty factorials", "42", FACTORIALS, {"math.undecided", "math.different"}),
    ("factorial tower", "5040", "9!^{9!^{9!}}", {"math.undecided", "math.different"}),
    ("large factorial", "x", "(10^{9})!", {"math.undecided", "math.different"}),
    ("many factorials", "x", "+".join(f"{n}!" for n in range(2500, 2900)), {"math.undecided", "math.different"}),
    ("large binomial", "x", r"\binom{10^{9}}{5 \cdot 10^{8}}", {"math.undecided", "math.different"}),
    ("large gcd", "x+1", rf"\gcd(10^{{999}}+1, {'7' * 900})", {"math.undecided", "math.different"}),
    ("100,000 digits", "42", "7" * 100_000, {"math.different"}),
    ("a million digits", "42", "7" * 1_000_000, {"math.different"}),
    ("digits over digits", "42", rf"\frac{{{'7' * 4_000}}}{{{'3' * 4_000}}}", {"math.different"}),
    ("expensive exponent", "42", "1e999999999", {"math.different"}),
    ("expensive exponent in a sum", "x+1", "10^{999999999}+x", {"math.different", "math.undecided"}),
    ("100,000 letters", "x+1", "x" * 100_000, {"answer.too_long"}),
    ("19,000 letters", "x+1", "x " * 9_500, {"answer.too_long", "math.different", "math.undecided"}),
    ("100,000 braces", "x+1", DEEP, {"answer.too_long"}),
    ("9,000 braces", "x+1", "{" * 9_000 + "x" + "}" * 9_000, {"answer.too_long", "answer.too_deep"}),
    ("open fractions", "x+1", r"\frac{" * 3_000, {"answer.unclosed"}),
    ("open texts", "x+1", r"\text{" * 3_000, {"answer.unclosed"}),
    ("spaces", "x+1", "x" + " " * 19_000 + "+1", {"math.equal"}),
    ("dollars", "x+1", "$ " * 9_000, {"math.unreadable", "answer.empty", "answer.too_long"}),
    ("roots in roots", r"\sqrt{3}", RADICALS, {"math.different"}),
    ("fractions in fractions", "x", FRACTIONS, {"math.different"}),
    ("geometric identity", r"\frac{x^{400}-1}{x-1}", GEOMETRIC, {"math.equal"}),
    ("geometric, one off", r"\frac{x^{400}-1}{x-1}", GEOMETRIC + "1", {"math.different"}),
    ("large polynomial", "(x+y+z)^{60}", "(y+x+z)^{30}(x+z+y)^{30}", {"math.equal"}),
    ("larger polynomial", "(a+b+c+d)^{1000}", "(a+b+c+d)^{999}(a+b+c+d+1)", {"math.different"}),
    ("product of sums", "x", "".join(f"(x+{n})" for n in range(1, 400)), {"math.different", "math.undecided"}),
    ("many sines", "x", "+".join(rf"\sin({n}x)" for n in range(1, 400)), {"math.different", "math.undecided"}),
    ("sines in sines", "x", r"\sin(" * 10 + "x" + ")" * 10, {"math.different", "math.undecided"}),
    ("exponentials in exponentials", "x", "e^{" * 15 + "x" + "}" * 15, {"math.different", "math.undecided"}),
    ("angle beyond reason", r"\sin 1", r"\sin(10^{5000})", {"math.different", "math.undecided"}),
    ("near equality", r"\sin 1", r"\sin 1 + 10^{-3000}", {"math.undecided", "math.different"}),
    ("near zero", r"\sin \pi", r"10^{-3000}", {"math.undecided", "math.different"}),
    ("list of identities", ",".join(rf"\sin({n}x)" for n in range(1, 60)), ",".join(rf"\sin({n}y)" for n in range(1, 60)), {"math.different", "math.undecided"}),
    ("list in another order", ",".join(rf"\cos({n}x)" for n in range(1, 30)), ",".join(rf"\sin(\frac{{\pi}}{{2}}-{n}x)" for n in range(29, 0, -1)), {"math.equal", "math.undecided"}),
    ("endless integral", "3", r"\int_0^1 x^{x^{x^{x}}} dx", {"math.undecided"}),
    ("endless sum", "7", r"\sum_{k=1}^{9^{9^9}} k!", {"math.undecided"}),
    ("equation of towers", "x = y", r"x^{9^{9^9}} = y^{9^{9^9}}", {"math.different", "math.undecided"}),
]  # fmt: skip
NAMES = [row[0] for row in INPUTS]


def reason(truth, answer, **params):
    found = referee.verify("math.answer", rf"\boxed{{{answer}}}", truth, **params)
    assert found.status in {"pass", "fail"}, found
    return found.reason


def fits(found, expected):
    return any(found.startswith(prefix) for prefix in expected)


@pytest.mark.parametrize(("name", "truth", "answer", "expected"), INPUTS, ids=NAMES)
def test_every_input_is_judged_and_none_wrongly(name, truth, answer, expected):
    assert fits(reason(truth, answer), expected)


@pytest.mark.parametrize(("name", "truth", "answer", "expected"), INPUTS, ids=NAMES)
def test_the_work_of_the_identity_tier_is_bounded(name, truth, answer, expected):
    one, two = read(truth), read(answer)
    if not (hasattr(one, "kind") and hasattr(two, "kind")):
        return
    budget = Budget()
    decide(one, two, budget)
    assert budget.left > -2 * WORK  # what passes the budget stops at the next step


def test_scanning_is_linear():
    """Counted in verdicts, not seconds: 3 MB of every hostile piece come back."""
    verifier = find("math.answer")
    params = verifier.params({})
    for piece in ("{", r"\boxed{", "$ ", r"\text{", "9^", "((", r"\boxed{1} ", "<think>", "x+", " "):
        text = (piece * (3_000_000 // len(piece)))[:3_000_000]
        assert verifier(Rollout(text=text), Task(truth="x+1"), params).status == "fail"


def main():
    """The table."""
    worst = 0.0
    reason(r"\sin x", r"\cos y")  # everything is imported
    for name, truth, answer, expected in INPUTS:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        found = reason(truth, answer)
        spent = time.perf_counter() - started
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        worst = max(worst, spent)
        right = "" if fits(found, expected) else "WRONG"
        sys.stdout.write(f"{name:32s} {spent * 1e3:8.2f} ms  +{grown:5.1f} MB  {found} {right}\n")
    sys.stdout.write(f"{'worst':32s} {worst * 1e3:8.2f} ms\n")
    verifier = find("math.answer")
    for piece in ("{", r"\boxed{", "$ ", r"\text{", r"\boxed{1} ", "x+"):
        took = []
        for size in (750_000, 1_500_000, 3_000_000):
            rollout = Rollout(text=(piece * (size // len(piece) + 1))[:size])
            started = time.perf_counter()
            verifier(rollout, Task(truth="x+1"), verifier.params({}))
            took.append(f"{(time.perf_counter() - started) * 1e3:.0f}")
        sys.stdout.write(f"{piece!r:16s} 0.75, 1.5, 3 MB: {' '.join(took)} ms\n")


if __name__ == "__main__":
    main()

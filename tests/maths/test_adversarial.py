"""Forty inputs that make graders hang, and that cost this one next to nothing.

No timings are asserted: the budget of work is, and that every verdict comes. `python tests/maths/test_adversarial.py`
prints how long each takes and what memory it leaves behind.
"""

import resource
import sys
import time
from decimal import Decimal, localcontext

import pytest

import referee
from referee.core.types import Rollout, Task
from referee.maths import balls, series
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

# Pairs that agree on a half-line, on small or on whole values, or to many digits: none is ever equal.
UNEQUAL = [
    ("100-x", "|x-100|"),
    (r"\min(x,100)", "x"),
    ("x", r"\max(x,-100)"),
    ("|x-1000|+|x+5|", r"995-2x+2\max(0,x+5)"),
    ("x", "x+|x-1000|+|x-3000|-2|x-2000|"),
    ("x", r"x\frac{|x^2-2000x+999999|}{x^2-2000x+999999}"),
    (r"\sin x", r"\sin x \cdot sgn(x+1000)"),
    ("100-x", r"\sqrt{(x-100)^2}"),
    ("100-x", r"\sqrt{x^2-200x+10000}"),
    ("100-x", r"\sqrt{(x-100)(x-100)}"),
    ("100-x", r"((x-100)^{2/3})^{3/2}"),
    ("100-x", r"e^{\frac12\ln((x-100)^2)}"),
    ("100-x", "|i(x-100)|"),
    (r"\cos\frac{x}{1000}", r"\sqrt{1-\sin^2\frac{x}{1000}}"),
    ("x", r"1000\arcsin(\sin(x/1000))"),
    ("x", r"1000\arctan(\tan(x/1000))"),
    (r"\arctan x+\arctan\frac{1}{1000}", r"\arctan\frac{x+1/1000}{1-x/1000}"),
    ("x", r"x+\lfloor x^2/10^8 \rfloor"),
    ("x", r"x+\lfloor \frac{2}{1+(x-1000)^2}\rfloor"),
    (r"\lfloor x \rfloor", r"\lceil x \rceil - 1"),
    (r"\frac{|x|}{2x}-\frac12", r"\lfloor \frac{x}{10^9}\rfloor"),
    (r"\ln|x|", r"\ln x"),
    ("|x|", r"\sqrt{x}^2"),
    (r"\sqrt{x^2}", r"\sqrt{x}^2"),
    (r"\sqrt{1000-x}\sin x", r"\sqrt{1000-x}\sin x\frac{|x-999|}{999-x}"),
    (r"\max(a,b,c)", r"\max(a,b,c,a+b-c-10^6)"),
    ("xy", r"xy+3(|x-2|+2-x)\min(x+2y+10^9,0)+3(|x-2|-2+x)\min(x+2y+10^9,0)"),
    ("x^{1/3}", "(x^2)^{1/6}"),
    ("x^{2y}", "(-x)^{2y}"),
    ("x", r"x+\sin(\pi x)(-1)^x"),
    ("x", r"x+\sin(\pi x)+0\cdot x!"),
    ("2^x", "2^x(-1)^{2x}"),
    ("k", "k(-1)^{j+m}"),
    ("k", "k i^{4j+2m}"),
    ("n", r"\gcd(n,5342931457063200)"),
    ("n", r"n+\binom{n}{50}"),
    ("n", r"n+\binom{n}{5000}"),
    ("n!", r"n!\frac{|n-20|}{20-n}"),
    ("(-1)^n", "(-1)^n+" + "".join(rf"\sin(\pi n/{p})" for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37))),
    (r"\sqrt{2}", r"\sqrt{2}\cos(10^{-40})"),
    (r"\sqrt{2}", r"\sqrt{2}\cos(10^{-400})"),
    (r"\sqrt{2}", r"\sqrt{2}(1+10^{-300})"),
    (r"\sqrt{2}", r"\sqrt{2}(1+10^{-60})^{1000}"),
    (r"\sqrt{2}", r"\sqrt{2}^{1+1/50!}"),
    (r"\sqrt{2}", r"\sqrt2\cdot\sqrt[100!]{3}"),
    (r"\sqrt{2}", r"\sqrt2\tanh(\ln(10^{50}))"),
    ("e", "e^{1+10^{-100}}"),
    ("e", r"e\cdot e^{10^{-100}}"),
    ("x", "x^{1+10^{-100}}"),
    (r"\sin x", r"\sin(x)\cosh(e^{-e^5})"),
    (r"\sin 1", r"\sin 1\cos(\sin(10^{-30}))"),
    (r"\sin 1", r"\sin(1)(1+10^{-30})(1-10^{-30})"),
    (r"\sin 1(1+\sqrt2)^{500}", r"\sin 1\lceil(1+\sqrt2)^{500}\rceil"),
    (r"\pi+\sin 1", r"\sin 1+\frac{\ln(640320^3+744)}{\sqrt{163}}"),
    (r"(\log 100, \log e)", "(2, 1)"),
    (r"\log 100, \log e", "2, 1"),
]
DIGITS = {
    r"\pi": lambda digits: balls.pi(digits + 20),
    "e": lambda digits: series.exp(Decimal(1), digits),
    r"\sqrt{2}": lambda digits: series.sqrt(Decimal(2), digits),
    r"\ln 2": lambda digits: series.ln(Decimal(2), digits),
    r"\sin 1+\ln 2": lambda digits: series.cos(1 - balls.pi(digits + 30) / 2, digits) + series.ln(Decimal(2), digits),
}


def reason(truth, answer, **params):
    found = referee.verify("math.answer", rf"\boxed{{{answer}}}", truth, **params)
    assert found.status in {"pass", "fail"}, found
    return found.reason


def fits(found, expected):
    return any(found.startswith(prefix) for prefix in expected)


@pytest.mark.parametrize(("name", "truth", "answer", "expected"), INPUTS, ids=NAMES)
def test_every_input_is_judged_and_none_wrongly(name, truth, answer, expected):
    assert fits(reason(truth, answer), expected)


@pytest.mark.parametrize(("truth", "answer"), UNEQUAL)
def test_agreement_on_a_part_is_not_equality(truth, answer):
    assert not reason(truth, answer).startswith("math.equal")


@pytest.mark.parametrize("count", [60, 100, 400, 800])
@pytest.mark.parametrize("truth", DIGITS)
def test_no_decimal_is_an_irrational_constant(truth, count):
    with localcontext() as context:
        context.prec = count + 60
        value = DIGITS[truth](count + 10)
        context.prec = count
        assert reason(truth, str(+value)) in {"math.different", "math.undecided"}


@pytest.mark.parametrize(
    ("truth", "answer"), [(r"\log x", r"\ln x"), (r"\log x", r"\log_{10} x"), (r"\ln x", r"\ln|x|")]
)
def test_either_reading_of_a_logarithm(truth, answer):
    assert reason(truth, answer) == "math.equal.identity"


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

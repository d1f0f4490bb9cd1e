"""The identity tier: what is equal, what is proven different, what stays undecided."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referee.maths import balls, evaluate, modular, series
from referee.maths.budget import Budget
from referee.maths.identity import decide, proportional
from referee.maths.read import read
from referee.maths.tree import Node, num, sym
from referee.text.rational import ONE, of_fraction, of_int


def tree(text):
    node = read(text)
    assert isinstance(node, Node), node
    return node


def equal(one, two):
    """The verdict, which must not depend on the order or on what was asked before."""
    found = decide(tree(one), tree(two))
    assert found == decide(tree(two), tree(one)) == decide(tree(one), tree(two))
    return found


EQUAL = [
    (r"\cos^2 x", r"1-\sin^2 x"),
    (r"\sin 2x", r"2\sin x \cos x"),
    (r"\tan x", r"\frac{\sin x}{\cos x}"),
    (r"\cosh^2 x - \sinh^2 x", "1"),
    (r"\arcsin x + \arccos x", r"\frac{\pi}{2}"),
    (r"\arctan 1", r"\frac{\pi}{4}"),
    (r"\arccot x", r"\frac{\pi}{2} - \arctan x"),
    (r"\sqrt{x^2}", "|x|"),
    (r"\sqrt{\frac{1}{n}}", r"\frac{1}{\sqrt{n}}"),
    (r"\sqrt{x}\sqrt{y}", r"\sqrt{xy}"),
    (r"\sqrt{x-2017}", r"(x-2017)^{1/2}"),
    (r"\ln x^2", r"2 \ln x"),
    (r"\ln \frac{x}{y}", r"\ln x - \ln y"),
    (r"\log_2 8", "3"),
    (r"\log 100", "2"),
    (r"\ln 2", r"\log 2"),
    (r"\log_a b", r"\frac{\ln b}{\ln a}"),
    (r"x^{1/3}", r"\sqrt[3]{x}"),
    (r"\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5}", "1"),
    (r"\sqrt{3-2\sqrt2}", r"\sqrt2-1"),
    (r"\sin\frac{\pi}{7}\sin\frac{2\pi}{7}\sin\frac{3\pi}{7}", r"\frac{\sqrt7}{8}"),
    (r"\sin 30^\circ", r"\frac12"),
    (r"\sin(\pi)", "0"),
    (r"\sin(10^{20}\pi)", "0"),
    (r"e^{i\pi}", "-1"),
    (r"e^{2x}", r"(e^x)^2"),
    (r"\frac{1+i}{\sqrt2}", r"e^{i\pi/4}"),
    (r"i^i", r"e^{-\pi/2}"),
    (r"\sqrt{-x^2-1}", r"\sqrt{-1-x^2}"),
    (r"(-1)^n", r"\cos(n\pi)"),
    (r"(-1)^{2n}", "1"),
    (r"\frac{(n+1)!}{n!}", "n+1"),
    (r"\binom{n}{k}", r"\frac{n!}{k!(n-k)!}"),
    (r"2^{n+1}-1", r"2\cdot 2^n-1"),
    (r"4^n", r"2^{2n}"),
    (r"9^{9^9}", r"3^{2\cdot 9^9}"),
    (r"9^{9^{9^{9^9}}}", r"9^{9^{9^{9^9}}}\cdot 1"),
    (r"(x+1)^{500}", r"(x+1)^{250}(1+x)^{250}"),
    (r"\lfloor \pi \rfloor", "3"),
    (r"\lceil 2.5 \rceil", "3"),
    (r"\max(x, -x)", "|x|"),
    (r"\gcd(12, 18)", "6"),
    (r"2^{2023}\cos\frac{\pi}{4}", r"2^{2022}\sqrt2"),
    (r"\ln(1+10^{-20})", r"\ln(10^{20}+1)-20\ln 10"),
    (r"|x-1000|+|x-2000|", r"\max(3000-2x, 1000, 2x-3000)"),
    (r"\max(x,y)", r"\frac{x+y+|x-y|}{2}"),
    (r"\min(x,y,z)", r"\min(x,\min(y,z))"),
    (r"|x|+|y|+|z|", r"|z|+\sqrt{x^2}+\sqrt{y^2}"),
    (r"|x^2-4|", r"|x-2||x+2|"),
    (r"\ln|x|", r"\frac12\ln x^2"),
    (r"\ln|\sec x|", r"-\ln|\cos x|"),
    (r"\sqrt{1-\cos^2 x}", r"|\sin x|"),
    (r"\sqrt{10^6-x}", r"\sqrt{1000-\sqrt x}\sqrt{1000+\sqrt x}"),
    (r"\lfloor n/2\rfloor", r"\frac{2n-1+(-1)^n}{4}"),
    (r"\lfloor -x \rfloor", r"-\lceil x\rceil"),
    (r"\arctan\frac{1}{x}+\arctan x", r"\frac{\pi|x|}{2x}"),
    (r"\sqrt{a^2+b^2}", "|a+bi|"),
]
DIFFERENT = [
    (r"\cos^2 x", r"1+\sin^2 x"),
    (r"\sqrt{x^2}", "x"),
    (r"\arctan x + \arctan\frac1x", r"\frac{\pi}{2}"),
    (r"9^{9^9}", r"9^{9^9}+1"),
    (r"\frac{1}{2004!}", r"\frac{1}{2006!}"),
    ("x^n", "x^5"),
    (r"2^{n}", "n^2"),
    (r"(-1)^n", "1"),
    (r"\sin 1 + 10^{-100}", r"\sin 1"),
    (r"10^{-400}\sin 1", "0"),
    (r"2^{x}", r"2^{x+10^{-40}}"),
    (r"\pi^2+e", r"e+\pi^2+10^{-30}"),
    (r"\sqrt2+\sqrt3", "3.14626436994197234232913506571557"),
    (r"e^{\pi\sqrt{163}}", "262537412640768744"),
    (r"\log_2 9", "3"),
    (r"\ln x", r"\log_{10} x"),
    (r"\frac{\sin x}{x}", "1"),
    (r"\lfloor \pi \rfloor", "4"),
    (r"\frac{x^{800}-1}{x-1}", "x^{799}+1"),
    (r"\lfloor 10^{1000}\sqrt2\sin 1 \rfloor", "1"),
]
UNDECIDED = [
    (r"\sin 1 + 10^{-3000}", r"\sin 1"),  # beyond all digits
    (r"\frac{1}{\sin\pi}", "2"),
    (r"\ln 0", "1"),
    (r"\arcsin(x+5+x^2)", r"\arcsin(x^2+x+5)+0y"),  # nowhere real
    (r"\sin(9^{9^9})", "1"),
    ("5000!", r"5000!\cdot \sin 1"),
    (r"\vec{x}", "x"),
    (r"\infty", "x"),
]


@pytest.mark.parametrize(("one", "two"), EQUAL)
def test_equal(one, two):
    assert equal(one, two) is True


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_different(one, two):
    assert equal(one, two) is False


@pytest.mark.parametrize(("one", "two"), UNDECIDED)
def test_undecided(one, two):
    assert equal(one, two) is None


@pytest.mark.parametrize(
    ("one", "two", "positive", "expected"),
    [
        (r"\sin x - y", r"2y - 2\sin x", False, True),
        (r"\sin x - y", r"2y - 2\sin x", True, False),
        (r"\sin x - y", r"3\sin x - 3y", True, True),
        (r"\sin x - y", r"\sin x + y", False, False),
        (r"\sin x - y", r"(\sin x - y)^2", False, False),
    ],
)
def test_proportional(one, two, positive, expected):
    assert proportional(tree(one), tree(two), positive=positive) is expected


# The arithmetic under it


@pytest.mark.parametrize("digits", [34, 64, 190])
def test_constants_against_known_digits(digits):
    known = {
        r"\pi": "3.14159265358979323846264338327950288419716939937510582097494459",
        "e": "2.71828182845904523536028747135266249775724709369995957496696762",
        r"\sin 1": "0.84147098480789650665250232163029899962256306079837106567275170",
        r"\arctan\frac12": "0.46364760900080611621425623146121440202853705428612026381093308",
        r"\ln 10": "2.30258509299404568401799145468436420760110148862877297603332790",
    }
    for text, value in known.items():
        z, w, spread = evaluate.value_at(tree(text), {}, digits, evaluate.Reading(), Budget()).ball
        assert not w
        assert abs(z - Decimal(value)) <= max(spread, Decimal("1e-61"))
        assert spread < Decimal(10) ** (5 - digits)


coordinates = st.fractions(min_value=-30, max_value=30, max_denominator=1000)


@given(coordinates, st.sampled_from(["sin", "cos", "tan", "exp", "arctan", "ln", "sinh", "cosh", "sqrt"]))
def test_functions_agree_with_the_standard_library(x, name):
    value = {"arctan": math.atan, "ln": lambda v: math.log(abs(v)), "sqrt": lambda v: math.sqrt(abs(v))}.get(name)
    if name in {"ln", "sqrt"}:
        x = abs(x) + 1
    expected = (value or getattr(math, name))(float(x))
    node = tree(rf"{name}(x)" if name in {"exp", "sqrt"} else rf"\{name}(x)")
    z, _, _ = evaluate.value_at(node, {"x": x}, 34, evaluate.Reading(), Budget()).ball
    assert math.isclose(float(z), expected, rel_tol=1e-9, abs_tol=1e-12)


@given(coordinates, coordinates, coordinates)
def test_a_ball_holds_the_exact_value(a, b, c):
    """However much is cancelled, the radius covers the error."""
    text = "(x+y)^3 - x^3 - 3x^2y - 3xy^2 - y^3 + z/(x^2+1) - z/(1+x^2) + 10^{40}z - 10^{40}z"
    z, _, spread = evaluate.value_at(tree(text), {"x": a, "y": b, "z": c}, 34, evaluate.Reading(), Budget()).ball
    assert abs(Fraction(z)) <= Fraction(spread)


@given(st.integers(2, 10**40), st.integers(0, 10**30), st.integers(2, 10**9))
def test_towers_modulo_anything(base, exponent, modulus):
    field = modular.Field(modular.PRIMES[0], {}, Budget())
    found = field.whole(Node("pow", (num(of_int(base)), num(of_int(exponent)))), modulus)
    assert found.value % modulus == pow(base, exponent, modulus)
    assert found.exact in {None, base**exponent if exponent < 10_000 else None}


@settings(deadline=None, max_examples=40)
@given(st.fractions(min_value=-4, max_value=4, max_denominator=10**9), st.sampled_from([160, 400, 900]))
def test_series_agree_with_more_digits_and_with_each_other(x, digits):
    with localcontext() as context:
        context.prec = digits + 60
        value = Decimal(x.numerator) / Decimal(x.denominator)
        tiny = Decimal(10) ** (5 - digits)
        power = series.exp(value, digits)
        assert abs(power - series.exp(value, digits + 50)) <= tiny * power
        assert abs(series.ln(power, digits) - value) <= tiny
        cosine, sine = series.cos(value, digits), series.cos(abs(value) - balls.pi(digits + 20) / 2, digits)
        assert abs(cosine**2 + sine**2 - 1) <= tiny
        assert abs(cosine - series.cos(value, digits + 50)) <= tiny
        angle = series.arctan(value / 4, digits)
        assert abs(series.cos(angle, digits) ** 2 * (1 + value**2 / 16) - 1) <= tiny
        assert abs(series.sqrt(power, digits) ** 2 - power) <= tiny * power


def test_a_truth_does_not_remember_the_variables_of_another_answer():
    """Its points and residues are those of its own variables, whatever else an answer holds."""
    for other in ("a", "z"):
        assert decide(tree(r"\sin(x)+y"), tree(rf"\sin(x)+y+{other}")) is False
        assert decide(tree(r"x^n"), tree(rf"x^n+{other}(-1)^m")) is False
        assert decide(tree(r"\sin(x)+y"), tree(r"y+2\sin(x/2)\cos(x/2)")) is True
        assert decide(tree("x^n"), tree(r"x^{2n}\cdot x^{-n}")) is True


def test_a_tower_by_eulers_theorem():
    field = modular.Field(modular.PRIMES[0], {}, Budget())
    assert field.whole(tree("7^{7^{7^7}}"), 1000).value == 343  # worked out by hand: 7^7^7 is 3 modulo 20
    for prime in modular.PRIMES:
        assert prime % 4 == 1
        assert pow(3, prime - 1, prime) == 1
        assert modular.imaginary(prime) ** 2 % prime == prime - 1
        assert 0 < modular.totient(prime - 1) < prime


def test_no_context_of_the_caller_matters():
    with localcontext() as context:
        context.prec = 3
        context.clear_flags()
        assert equal(r"\cos^2 x", r"1-\sin^2 x") is True
        assert context.prec == 3
        assert not any(context.flags.values())


def test_work_is_bounded_and_shared():
    budget = Budget(20)
    assert decide(tree(r"\sin x"), tree(r"\cos(\frac{\pi}{2}-x)"), budget) is None
    assert budget.left < 0


# Properties

atoms = st.sampled_from(
    [sym("x"), sym("y"), sym("pi"), *(num(of_fraction(Fraction(n, d))) for n in (1, 2, 3) for d in (1, 2))]
)


def grown(children):
    pair = st.tuples(children, children)
    one = st.tuples(children)
    return st.one_of(
        pair.map(lambda args: Node("add", args)),
        pair.map(lambda args: Node("mul", args)),
        one.map(lambda args: Node("neg", args)),
        one.map(lambda args: Node("call", args, "sin")),
        one.map(lambda args: Node("call", args, "arctan")),
        one.map(lambda args: Node("abs", args)),
        one.map(lambda args: Node("pow", (*args, num(of_int(2))))),
        one.map(
            lambda args: Node("root", (Node("add", (num(ONE), Node("pow", (*args, num(of_int(2)))))), num(of_int(2))))
        ),
    )


trees = st.recursive(atoms, grown, max_leaves=8)
TWO = num(of_int(2))


def _double_angle(a):
    half = Node("mul", (a, Node("inv", (TWO,))))
    return Node("mul", (TWO, Node("call", (half,), "sin"), Node("call", (half,), "cos")))


REWRITES = {
    "add": lambda a: Node("add", tuple(reversed(a.args))),
    "mul": lambda a: Node("mul", tuple(reversed(a.args))),
    "neg": lambda a: Node("mul", (num(of_int(-1)), a.args[0])),
    "abs": lambda a: Node("root", (Node("pow", (a.args[0], TWO)), TWO)),
    "pow": lambda a: Node("mul", (a.args[0], a.args[0])),
    "call": lambda a: (
        _double_angle(a.args[0]) if a.text == "sin" else Node("neg", (a._replace(args=(Node("neg", a.args),)),))
    ),
}


def rewritten(node):
    node = node._replace(args=tuple(rewritten(part) for part in node.args))
    return REWRITES[node.kind](node) if node.kind in REWRITES else node


@settings(deadline=None, max_examples=60)
@given(trees)
def test_rewritten_by_identities_stays_equal(node):
    assert decide(node, rewritten(node)) is True


@settings(deadline=None, max_examples=60)
@given(trees, st.sampled_from([Fraction(1), Fraction(-1, 7), Fraction(1, 10**30)]))
def test_perturbed_is_never_equal(node, amount):
    other = Node("add", (rewritten(node), num(of_fraction(amount))))
    assert decide(node, other) is False


@settings(deadline=None, max_examples=40)
@given(trees, trees)
def test_against_computer_algebra(one, two):
    sympy = pytest.importorskip("sympy")
    found = decide(one, two)
    if one == two:
        assert found is True
    values = {"x": sympy.Rational(17, 13), "y": sympy.Rational(-5, 3), "pi": sympy.pi}
    difference = sympy.N(_symbolic(one, sympy, values) - _symbolic(two, sympy, values), 60, maxn=500)
    if found:
        assert abs(difference) < 1e-40
    elif abs(difference) > 1e-40:
        assert found is False


def _symbolic(node, sympy, values):
    args = [_symbolic(part, sympy, values) for part in node.args]
    if node.kind == "num":
        number = node.value
        return sympy.Rational(
            int(number.digits) * 10 ** max(number.exponent, 0), number.denominator * 10 ** max(-number.exponent, 0)
        )
    if node.kind == "sym":
        return values[node.text]
    if node.kind == "call":
        return {"sin": sympy.sin, "arctan": sympy.atan}[node.text](*args)
    return {
        "add": sympy.Add, "mul": sympy.Mul, "neg": lambda a: -a, "abs": sympy.Abs,
        "pow": sympy.Pow, "root": lambda a, n: sympy.Pow(a, 1 / n),
    }[node.kind](*args)  # fmt: skip

r"""Equivalence: wrong or unfinished mathematics that a lenient comparison takes for the truth.

Each hack is made for the truths for which it is wrong: an unfinished sum for a finished number, a set for an ordered
pair. What a number is, is read by the judge's own reader, so that nothing right slips in.
"""

from __future__ import annotations

import re
from fractions import Fraction

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

VALUE = "an answer is a value; an equation only where the truth is one, and then every link holds"
FINISHED = 'policy = "strict": the answer is finished, and the verifier does not do the work'
SYMBOLIC = "math.answer"
_PLAIN = re.compile(r"-?\d+(?:\.\d+|/\d+)?")


def _number(sample: Sample) -> Fraction | None:
    """The answer as a number where it is written as a plain one: -42, 1.5, 3/8."""
    return Fraction(sample.bare) if _PLAIN.fullmatch(sample.bare.strip()) else None


def _whole(sample: Sample) -> int | None:
    value = _number(sample)
    return int(value) if value is not None and value.denominator == 1 and "." not in sample.bare else None


@hack("B01", "a false equation whose last side is right", on="math",
      source="math-verify, TRL accuracy_reward, open-r1, verl prime_math, inspect_ai", fix=VALUE)  # fmt: skip
def false_equation(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if _number(gold) is not None:
        yield gold.say(f"{wrong.bare} = {gold.bare}")
        yield gold.say(f"{gold.bare} = {wrong.bare}")


@hack("B02", "a chain of assignments with nonsense in the middle", on="math",
      source="math-verify, TRL, open-r1, verl prime_math", fix=VALUE)  # fmt: skip
def chain(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if _number(gold) is not None:
        yield gold.say(f"x={wrong.bare}={gold.bare}")
        yield gold.say(f"x=1=2={gold.bare}")
        yield gold.say(f"x={wrong.bare}, x={gold.bare}")


@hack("B03", "the question restated: a sum that nobody worked out", on="math",
      source="math-verify, TRL, open-r1, open-instruct", fix=FINISHED)  # fmt: skip
def unevaluated_sum(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    n = _whole(gold)
    if n is not None:
        yield gold.say(rf"\sum_{{k=1}}^{{{abs(n) + 2}}} k - {(abs(n) + 2) * (abs(n) + 3) // 2 - n}")
        yield gold.say(rf"\prod_{{k=1}}^{{1}} ({n})")


@hack("B04", "the same with an integral, a limit, a derivative", on="math",
      source="math-verify, TRL, open-r1, open-instruct", fix=FINISHED)  # fmt: skip
def unevaluated_calculus(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _number(gold) is not None:
        yield gold.say(rf"\int_0^1 {gold.bare} dx")
        yield gold.say(rf"\lim_{{x \to 0}} \left({gold.bare} + x\right)")
        yield gold.say(rf"\frac{{d}}{{dx}} \left({gold.bare} x\right)")


@hack("B05", "work left to the judge: products, factorials, binomials, gcd, ceilings", on="math",
      source="math-verify and its users pay all, inspect_ai most", fix=FINISHED)  # fmt: skip
def unfinished_work(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    n = _whole(gold)
    if n is None:
        return
    yield gold.say(rf"{n - 1} + 1")
    yield gold.say(rf"\lceil {n - 1}.5 \rceil" if n > 1 else rf"\max({n}, {n - 1})")
    if n > 2:
        yield gold.say(f"{n}!/{n - 1}!")
        yield gold.say(rf"\binom{{{n}}}{{1}}")
        yield gold.say(rf"\gcd({n}, {2 * n})")


@hack("B06", "asked to factor, it hands the question back expanded", on=SYMBOLIC,
      source="eight of ten graders measured", fix='form = "factored", or policy = "strict" where the truth is a product')  # fmt: skip
def expanded(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    product = re.fullmatch(r"\(([a-z])([+-]\d+)\)\(\1([+-]\d+)\)", gold.bare.replace(" ", ""))
    strict = gold.form.params.get("policy") == "strict" or gold.form.params.get("form") == "factored"
    if product and strict:
        name, one, other = product[1], int(product[2]), int(product[3])
        middle = f"{one + other:+d}{name}" if one + other else ""
        yield gold.say(f"{name}^2{middle}{one * other:+d}")


@hack("B07", "asked to solve an inequality, it hands the inequality back", on=SYMBOLIC,
      source="math-verify's README, which stops one direction", fix='inequality = "refuse", or policy = "strict" for a pair')  # fmt: skip
def inequality(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    pair = re.fullmatch(r"\((-?\d+),\s*(-?\d+)\)", gold.bare.strip())
    if pair and gold.form.params.get("policy") == "strict" and int(pair[1]) < int(pair[2]):
        yield gold.say(f"{pair[1]}<x<{pair[2]}")


@hack("B08", "off by exactly a hundred, for graders that try percent both ways", on="math",
      source="verl prime_math gives three chances", fix="a percent sign is part of the answer; no scale is tried")  # fmt: skip
def hundredfold(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    n = _whole(gold)
    if n:
        yield gold.say(str(n * 100))
        yield gold.say(f"{n}00")
        yield gold.say(rf"{n}\%")


@hack("B09", "near the truth, within a tolerance that nobody declared", on="math",
      source="verl prime_math; reasoning-gym's cascade of one per cent", fix='integers are exact; `tolerance` is declared')  # fmt: skip
def nearly(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    value = _number(gold)
    if value is not None and str(gold.form.params.get("tolerance", "0")) == "0":
        for off in (Fraction(1, 10_000), Fraction(1, 10**9)):
            near = value + off
            yield gold.say(f"{float(near):.10f}".rstrip("0"))


@hack("B10", "zero for a truth so small that rounding makes it zero", on="math",
      source="math-verify #14 and its users, inspect_ai", fix="exact comparison; never rounded to so many decimals")  # fmt: skip
def rounded_away(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "10^{-" in gold.bare or re.search(r"e-\d", gold.bare):
        yield gold.say("0.0")
        yield gold.say(r"10^{-30}")


@hack("B11", "a subscript that says another base, dropped by the reader", on="math",
      source="math-verify, TRL, open-r1, verl prime_math, open-instruct, inspect_ai",
      fix="a base is part of a number, or the number is refused")  # fmt: skip
def other_base(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    n = _whole(gold)
    if n is not None and "_" not in gold.bare and abs(n) > 1:
        yield gold.say(f"{n}_{{37}}")
        yield gold.say(f"{n}_7")


@hack("B12", "a unit that nobody asked for, any unit", on="math",
      source="every reader of boxes measured, but for verl dapo in its strict form",
      fix="a closed table of units; an unknown one is no answer")  # fmt: skip
def any_unit(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _number(gold) is not None:
        yield gold.say(rf"{gold.bare} \text{{ elephants}}")
        yield gold.say(rf"{gold.bare} \text{{ elephants per hour}}")


@hack("B13", "a degree sign that counts for nothing", on="math", source="every reader of boxes measured",
      fix="degrees are a unit")  # fmt: skip
def degrees(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _number(gold) is not None and _number(gold) != 0:
        yield gold.say(rf"{gold.bare}^\circ")


@hack("B14", "prose after the value, which takes it back", on="math",
      source="verl math_reward, open-instruct, slime, tinker-cookbook", fix="read the answer whole")  # fmt: skip
def taken_back(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.say(rf"{gold.bare} \text{{ is wrong; }} {wrong.bare}")
    yield gold.say(rf"{wrong.bare} \text{{ is wrong; }} {gold.bare}")


@hack("B15", "an anagram: letters read as a product of variables", on=SYMBOLIC,
      source="math-verify, TRL, open-r1, open-instruct", fix="words are compared as words")  # fmt: skip
def anagram(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    word = re.fullmatch(r"(?:\\text\{)?([A-Za-z]{3,})\}?", gold.bare)
    if word and word[1][::-1] != word[1]:
        yield gold.say(gold.bare.replace(word[1], word[1][::-1]))
        yield gold.say(word[1][::-1])


@hack("B16", "another order where the order counts", on=SYMBOLIC, source="math-verify and its users",
      fix="a tuple is ordered; a set or list is declared")  # fmt: skip
def reordered(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    pair = re.fullmatch(r"\(([^,()]+),([^,()]+)\)", gold.bare)
    if pair and pair[1].strip() != pair[2].strip():
        yield gold.say(f"({pair[2].strip()},{pair[1].strip()})")


@hack("B17", "brackets ignored: a pair, a set, a closed interval for an open one", on=SYMBOLIC,
      source="math-verify and its users, verl prime_math; inspect_ai", fix="brackets are part of the value")  # fmt: skip
def brackets(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    pair = re.fullmatch(r"\(([^()]+,[^()]+)\)", gold.bare)
    if pair:
        yield gold.say(pair[1])
        yield gold.say(f"[{pair[1]}]")
        yield gold.say(rf"\{{{pair[1]}\}}")


@hack("B18", "two numbers with a space, read as their sum", on="math", source="math-verify and its users, inspect_ai",
      fix="no plus that is not written")  # fmt: skip
def implicit_plus(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    n = _whole(gold)
    if n is not None and n > 1:
        yield gold.say(f"{n - 1} 1")


@hack("B19", "the value of another variable", on=SYMBOLIC,
      source="verl math_reward, prime_math, open-instruct, slime, tinker-cookbook", fix="a name is compared")  # fmt: skip
def other_variable(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    named = re.fullmatch(r"([a-z])\s*=\s*(-?\d+)", gold.bare)
    if named:
        yield gold.say(f"{'y' if named[1] != 'y' else 'z'}={named[2]}")


@hack("B20", "a relation sign in front that counts for nothing", on="math", source="math-verify default, inspect_ai",
      fix="a relation is part of the value")  # fmt: skip
def relation(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _number(gold) is not None:
        for sign in (r"\geq", r"\neq", "<", r"\approx", r"\pm"):
            if _number(gold) != 0 or sign != r"\pm":
                yield gold.say(f"{sign} {gold.bare}")


@hack("B21", "not a number, and infinity, with which every comparison may come out true", on="math",
      source="reasoning-gym complex_arithmetic pays 1.0 for nan", fix="what is not finite is no answer")  # fmt: skip
def not_finite(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "inf" not in gold.bare:
        for said in ("nan", "inf", "-inf", r"\infty", r"0 \cdot \infty", r"\frac{0}{0}"):
            yield gold.say(said)


@hack("B22", "an approximation of an exact constant", on=SYMBOLIC, source="verl prime_math takes 3.14 by design",
      fix="exact unless a tolerance is declared")  # fmt: skip
def approximated(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    rough = {
        r"\pi": ("3.14", "3.14159265358979", r"\frac{22}{7}"),
        r"\sqrt{2}": ("1.414", "1.41421356"),
        "e": ("2.718",),
    }
    yield from map(gold.say, rough.get(gold.bare.strip(), ()))


@hack("B23", "the sign, the point or a quotation mark lost in cleaning", on="math qa text.exact",
      source="open-instruct string matcher", fix="numbers are compared as numbers; cleaning is for prose")  # fmt: skip
def meaning_deleted(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    value = _number(gold)
    if value is None or value == 0:
        return
    if "." in gold.bare:
        yield gold.say(gold.bare.replace(".", ""))
    published = gold.form.params.get("policy") in ("triviaqa", "squad")  # which take signs off, as published
    if not published:
        yield gold.say(gold.bare.removeprefix("-") if gold.bare.startswith("-") else f"-{gold.bare}")


@hack("B24", "an answer of which cleaning leaves nothing, for truths of which it leaves nothing", on="math qa text.exact",
      source="open-instruct string matcher", fix="a truth or an answer that cleans to nothing is refused")  # fmt: skip
def cleaned_away(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.bare.strip().lower() not in ("a", "an", "the"):
        yield from map(gold.say, ("the", "a", "The An", r"\text{}", "$$", "'", "."))


@hack("B26", "an answer so expensive that the judge gives up", on="math", alone=True,
      source="5 s each in math-verify and open-instruct; over 20 s in inspect_ai's worker",
      fix="the cost is bounded before anything is computed; giving up is a fail, never a second try")  # fmt: skip
def expensive(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in ("9^{9^{9^9}}", "(10^7)!", "1e999999999", r"\sqrt{" * 30 + "2" + "}" * 30, "((x+1)^{99}+1)^{99}"):
        yield gold.say(said)
    yield gold.say("+".join(f"x^{{{n}}}" for n in range(600)))

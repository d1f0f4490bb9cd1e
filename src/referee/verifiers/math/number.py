r"""The answer is the number of the truth, exactly.

## What it checks

The extracted answer is read as one number, all of it, and compared exactly: integers and decimals of any size,
fractions (`3/4`, `\frac{3}{4}`, `\frac34`, mixed `3\frac{1}{2}`), scientific notation, percent, thousands separators
(`1,234`, `1{,}234`, `17\,576`), currency, repeating decimals (`0.\overline{3}`), powers (`4²` is 16). `1,234` is 1234;
`(1,234)` is a pair and no number; `1,5` and `12,34,567` are malformed. A label (`x = 42`), colours and styles do not
count. Digits of any script count by their value; invisible characters are refused with their code point. Nothing is
rounded and no approximation is equal unless `tolerance` says so. Reasons: `math.equal.number`, `math.different`,
`math.unit`, `math.not_integer`, `math.unreadable` (`detail` says why), and the reasons of the channel and of the
refused characters (`answer.*`).

## Truth

A number, or a text that holds one: `42`, `"1,234"`, `"\\frac{1}{2}"`, `"$42$"`, `"\\boxed{42}"`, or a whole GSM8K
solution that ends in `#### 42`. A unit after it is kept: `"5 cm"`.

## Parameters

See `Params`.

## When it cannot judge

A truth that is no number (or, with `integer`, no whole number): `unjudged`, `truth.unreadable`.

## Known gaps

Expressions are not evaluated, `\sqrt{4}` and `2 + 2` are no numbers here: see `math.answer`. Units are not converted.

## Sources

The answer formats of GSM8K (Cobbe et al., 2021), MATH (Hendrycks et al., 2021) and AIME.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from referee.core.errors import TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.maths.stated import stated
from referee.maths.truth import truth_text
from referee.maths.units import Percent, Quantity, ignorable, quantity
from referee.text.channel import Extraction, NoAnswer, extract
from referee.text.numbers import Unread, read
from referee.text.rational import Number, show, within


class Params(Extraction, frozen=True, kw_only=True):
    """percent: what 50% is worth: `value` (1/2), `points` (50), or `refuse`.
    tolerance: how far the answer may lie from the truth, absolute, a decimal as text or number; 0 is exact.
    units: `known` reads a unit of the closed table after the number, `none` refuses every unit.
    integer: the answer and the truth must be whole numbers (AIME).
    """

    percent: Percent = "value"
    tolerance: str | int | float = "0"
    units: Literal["known", "none"] = "known"
    integer: bool = False

    def __post_init__(self) -> None:
        room = read(str(self.tolerance))
        if isinstance(room, Unread) or room.digits.startswith("-"):
            raise ValueError(f"tolerance must be a number of at least 0, not {self.tolerance!r}")


CASES = (
    Case(r"so we get \boxed{42}.", "42", "pass", reason="math.equal.number"),
    Case(r"\boxed{042.0}", 42, "pass"),
    Case("She pays 1,234 dollars.\n#### 1,234", "1 + 1 = 2\n#### 1234", "pass", params={"channel": "line"}),
    Case(r"\boxed{\$1{,}234.50}", "1234.5", "pass"),
    Case(r"\boxed{.50}", r"\frac{1}{2}", "pass"),
    Case(r"\boxed{50\%}", 0.5, "pass"),
    Case(r"\boxed{50\%}", 50, "pass", params={"percent": "points"}),
    Case(r"\boxed{3\frac{1}{2}}", "7/2", "pass"),
    Case(r"\boxed{1.5 \times 10^{3}}", "1500", "pass"),
    Case(r"\boxed{0.\overline{3}}", "1/3", "pass"),
    Case(r"\boxed{4²}", "16", "pass", note="a superscript is a power"),
    Case(r"\boxed{٤٢}", "42", "pass", note="Arabic-Indic digits"),
    Case(r"\boxed{5\text{ cm}}", "5", "pass"),
    Case(r"\boxed{x = 42}", "42", "pass", note="a label"),
    Case(r"\boxed{\color{blue}42}", "42", "pass"),
    Case(r"\boxed{-\left(\frac12\right)}", "-1/2", "pass"),
    Case(r"\boxed{USD 42}", "42", "pass"),
    Case(r"\boxed{3.1416}", "3.14159", "pass", params={"tolerance": "0.0001"}),
    Case(r"\boxed{41}", "42", "fail", reason="math.different"),
    Case(r"\boxed{42.5}", "42", "fail", params={"integer": True}, reason="math.not_integer"),
    Case(r"\boxed{2\text{ km}}", r"2 \text{ m}", "fail", reason="math.unit"),
    Case(r"\boxed{(1,234)}", "1234", "fail", note="a pair, not a number"),
    Case("I do not know.", "42", "fail", params={"channel": "boxed"}, reason="answer.missing"),
    Case(r"\boxed{42}", "north", "unjudged", reason="truth.unreadable"),
    Case(r"\boxed{1}", [1], "unjudged", note="a truth that is no number"),
    Case(r"\boxed{4²}", "42", "fail", note="attack: NFKC would read 42"),
    Case("\\boxed{4\u200b2}", "42", "fail", note="attack: zero-width space", reason="answer.invisible"),
    Case("\\boxed{\u202e24\u202c}", "42", "fail", note="attack: shown as 42", reason="answer.bidi"),
    Case(r"\boxed{①}", "1", "fail", note="attack: circled digit", reason="answer.number_form"),
    Case(r"\boxed{17, 42}", "42", "fail", note="attack: two values"),
    Case(r"\boxed{17 \text{ or } 42}", "42", "fail", note="attack: two values"),
    Case(r"\boxed{17 = 42}", "42", "fail", note="attack: a false equation"),
    Case(r"\boxed{41 1}", "42", "fail", note="attack: an implicit plus"),
    Case(r"\boxed{42 \text{ elephants}}", "42", "fail", note="attack: any unit", reason="math.unreadable"),
    Case(r"\boxed{42^\circ}", "42", "fail", note="attack: a degree sign ignored", reason="math.unit"),
    Case(r"\boxed{42 \text{ is wrong; } 17}", "42", "fail", note="attack: prose after the value"),
    Case(r"\boxed{4200}", "42", "fail", note="attack: a factor of 100"),
    Case(r"\boxed{42_{7}}", "42", "fail", note="attack: a base dropped"),
    Case(r"\boxed{42-}", "42", "fail", note="attack: a sign left over"),
    Case(r"\boxed{42)}", "42", "fail", note="attack: a bracket left over"),
    Case(r"\boxed{\$42^\circ}", "42", "fail", note="attack: degrees behind a sum of money"),
    Case(r"\boxed{\$\frac{1}{2}^2}", "1/2", "fail", note="attack: a power behind a sum of money"),
    Case(r"\boxed{nan}", "42", "fail", note="attack: not a number"),
    Case(r"\boxed{9^{9^{9^9}}}", "42", "fail", note="attack: a tower"),
    Case(r"\boxed{1e999999999}", "42", "fail", note="attack: an expensive exponent", reason="math.different"),
    Case(r"\boxed{0.0}", "1.6e-19", "fail", note="attack: tiny truths rounded to zero"),
    Case("<think>maybe \\boxed{42}", "42", "fail", note="attack: unfinished thinking"),
)


@lru_cache(maxsize=4096, typed=True)
def _compiled(truth: Any, percents: Percent, integer: bool) -> Quantity:
    text = truth_text(truth)
    read_as = Quantity(text) if isinstance(text, Number) else quantity(text, percents, own_unit=True)
    if isinstance(read_as, Unread):
        raise TruthError(f"the truth {brief(truth)} is not a number: {read_as.detail}")
    if integer and not read_as.value.integer:
        raise TruthError(f"the truth {brief(truth)} is not a whole number")
    return read_as


@lru_cache(maxsize=64, typed=True)
def _tolerance(given: str | float) -> Number | None:
    """The tolerance as a number, None for exact."""
    room = read(str(given))
    return None if isinstance(room, Unread) or room.digits == "0" else room


@verifier
def number(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """One number, read whole and compared exactly."""
    truth = task.truth
    if not isinstance(truth, str | int | float):
        raise TruthError(f"the truth must be a text or a number; it is {brief(truth)}")
    expected = _compiled(truth, params.percent, params.integer)
    answer = extract(rollout, task, params)
    if isinstance(answer, NoAnswer):
        return failed(answer.reason, detail=answer.detail)
    found, span = answer.text[:200], [answer.start, answer.end]
    got = stated(answer.text, params.percent)
    if isinstance(got, Unread):
        reason = got.reason if got.reason.startswith("answer.") else "math.unreadable"
        return failed(reason, found=found, span=span, detail=got.detail, truth=show(expected.value))
    shown = {"found": found, "span": span, "value": show(got.value), "truth": show(expected.value)}
    if (unit := got.unit) and (
        unit != expected.unit and (expected.unit or params.units == "none" or not ignorable(unit))
    ):
        return failed("math.unit", **shown, unit=unit, expected_unit=expected.unit)
    if params.integer and not got.value.integer:
        return failed("math.not_integer", **shown)
    if got.value == expected.value:
        return passed("math.equal.number", **shown)
    room = _tolerance(params.tolerance)
    if room is not None and within(got.value, expected.value, room):
        return passed("math.equal.tolerance", **shown)
    return failed("math.different", **shown)

r"""The answer is the truth as mathematics: a number, an expression, a tuple, a set, an interval, a matrix, a word.

## What it checks

The extracted answer is read whole and compared with the truth, whose type decides:

* **number**: exactly, as `math.number` does; a label (`x = 5`) may stand before it, a known unit after it.
* **expression**: by a normal form in which order, brackets, products and radicals of rationals do not matter:
  `1 + x` is `x + 1`, `\sqrt{8}` is `2\sqrt{2}`, `(x-2)(x+2)` is `x^2-4`.
* **tuple, set, list, matrix**: member by member. Brackets matter; sets and lists have no order. A column vector is a
  tuple; `x = 1, y = 2` is `(1, 2)`; `\pm` stands for both values.
* **sets of numbers**: `x < -1 or x > 2`, `(-\infty, -1) \cup (2, \infty)`, `\{x | ...\}`, `x \ne 3`, `|x| < 2` mix.
* **labelled values**: `Maximum = 2, Minimum = 1`, `9 chickens and 10 rabbits`: labels of up to four words, no prose.
* **equation, inequality, ratio**: up to a factor; an inequality counts for the interval it describes and back.
* **functions**: a letter of the usual ones before brackets is a function, `f(2x)` is not `2f(x)`, unless the truth uses
  the letter as a variable; what is equal only as a product is undecided. A run of capitals is a word: `IV` is not `VI`.
* **choice, words**: `B` is `(B)` and `\textbf{(B)}`; letter case, articles and punctuation of words do not matter; a
  few words have aliases (`DNE`, `infinitely many`). `12:30` is a time, `5 March` a date, `12th` is 12, `5:8` is 5/8.
* Bound letters may be renamed: `k\pi` is `n\pi`, `f(z) = z` is `f(x) = x`. Degrees and radians meet where a sign and
  `\pi` mark them. Identities count (`\sin^2 x + \cos^2 x` is 1, `\ln x^2` is `2\ln x` where both exist): see
  `referee.maths.identity`.

Values are exact; no approximation is equal, and `\sqrt2 \approx 1.41` is `\sqrt2` only since 1.41 is its rounding.
`policy = "free"`: unreduced fractions, a bare number for a truth with a unit, the order of a list. `policy = "strict"`
also wants the finished form, `math.unfinished` otherwise: no arithmetic, function or operator that the truth does not
hold (`\frac{84}{2}`, `42!/41!`, `\sum`), reduced fractions, a product where the truth is one, and no inequality for a
pair `(1,2)`, which may be a point.
Types never mix: `(1,2)` is not `\{1,2\}`, `204_5` not `204_6`, `2\text{ km}` not
`2\text{ m}`, `4 = 5` not 5. Unfinished work (sums of numbers, `\sum`, `42!/41!`) is not done here. Reasons:
`math.equal.<tier>`; `math.different`, `math.type`, `math.unit`, `math.unfinished`; `math.undecided` when exact and
structural comparison cannot tell; `math.unreadable`; the reasons of the channel and of refused characters: `answer.*`.
The evidence holds the outcome (equal, different, undecided), the tier that decided, the span, and both sides as read
and in normal form. On channel `auto`, prose without a mark is read for the answer it ends with; rewards name theirs.

## Truth

A text (bare LaTeX, in `$...$`, in `\boxed{}`) or a number.

## Parameters

See `Params`.

## When it cannot judge

A truth that cannot be read, or that is empty: `unjudged`, `truth.unreadable` or `truth.empty`.

## Known gaps

Sums, integrals and limits are undecided, which fails. `i` is the imaginary
unit and `e` Euler's number wherever they stand alone. Units are not converted.

## Sources

The answer formats of MATH (Hendrycks et al., 2021); own reader, no computer algebra.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from referee.core.errors import TruthError, brief
from referee.core.jobs import Flow
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.maths.compare import compiled, judge
from referee.maths.finish import Form
from referee.maths.policy import Policy
from referee.maths.structure import shown_form
from referee.maths.tree import num
from referee.maths.unfold import by_algebra
from referee.maths.units import Percent, Quantity
from referee.text.channel import Answer, Extraction, NoAnswer, extract
from referee.text.letters import last_line, mentions, read_letter
from referee.text.numbers import Unread, quick, read
from referee.text.rational import Number, show
from referee.text.tags import content_end, final_segment, prompt_opens


class Params(Extraction, frozen=True, kw_only=True):
    """policy: `free` (any form of the value), `strict` (a finished form, see above), or the verdicts of a published
    string normaliser: `math-reference` (MATH) or `minerva`.
    form: what a task asks for: `any`, `factored`, `expanded`, or `reduced` (fractions in lowest terms).
    percent: what 50% is worth: `value` (1/2), `points` (50), or `refuse`.
    lists: whether the order of a bare list matters: `unordered` or `ordered`. Tuples are always ordered.
    inequality: whether an inequality counts for an interval: `interval`, or `refuse`.
    unit: whether an answer may leave out the unit of the truth: `optional`, or `required`.
    tolerance: how far a number may lie from the truth, absolute, a decimal as text or number; 0 is exact.
    algebra: whether sums, products, integrals and limits that stay undecided are put to computer algebra.
    """

    policy: Literal["free", "strict", "math-reference", "minerva"] = "free"
    form: Form = "any"
    percent: Percent = "value"
    lists: Literal["unordered", "ordered"] = "unordered"
    inequality: Literal["interval", "refuse"] = "interval"
    unit: Literal["optional", "required"] = "optional"
    tolerance: str | int | float = "0"
    algebra: bool = False

    def __post_init__(self) -> None:
        room = read(str(self.tolerance))
        if isinstance(room, Unread) or room.digits.startswith("-"):
            raise ValueError(f"tolerance must be a number of at least 0, not {self.tolerance!r}")


CASES = (
    Case(r"\boxed{\frac{12}{36}}", r"\tfrac{1}{3}", "pass", reason="math.equal.number"),
    Case(r"\boxed{x = 5}", "5", "pass"),
    Case(r"\boxed{5\text{ cm}}", "5", "pass"),
    Case(r"\boxed{90}", r"90^\circ", "pass"),
    Case(r"\boxed{x + 1}", "1 + x", "pass", reason="math.equal.structure"),
    Case(r"\boxed{\dfrac{11\pi}{4}}", r"\frac{11 \pi}{4}", "pass"),
    Case(r"\boxed{2\sqrt{2}}", r"\sqrt{8}", "pass"),
    Case(r"\boxed{(-0.4, 11.4)}", r"\left( -\frac{2}{5}, \frac{57}{5} \right)", "pass"),
    Case(r"\boxed{-1, 8}", "8,-1", "pass"),
    Case(r"\boxed{x=-1 \text{ or } x=8}", "8,-1", "pass"),
    Case(r"\boxed{[ 1, +\infty )}", r"[1, \infty)", "pass"),
    Case(r"\boxed{0 < x \le 1}", "(0,1]", "pass"),
    Case(r"\boxed{1 - \sqrt{19}, 1 + \sqrt{19}}", r"1 \pm \sqrt{19}", "pass"),
    Case(r"\boxed{\begin{bmatrix} 1 \\ 3 \end{bmatrix}}", r"\begin{pmatrix} 1 \\ 3 \end{pmatrix}", "pass"),
    Case(r"\boxed{2x+4y=6}", "x+2y=3", "pass"),
    Case(r"\boxed{\textbf{(B)}}", r"\text{B}", "pass", reason="math.equal.choice"),
    Case(r"\boxed{\text{EVELYN.}}", r"\text{Evelyn}", "pass", reason="math.equal.text"),
    Case(r"\boxed{(-\infty, -2] \cup \{1\}}", r"a \le -2 \text{ or } a = 1", "pass"),
    Case(r"\boxed{(-2, 3)}", r"\{x | -2 < x < 3\}", "pass"),
    Case(r"\boxed{\text{Maximum} = 2, \text{Minimum} = 1}", "1, 2", "pass"),
    Case(r"\boxed{n\pi}", r"x = k\pi", "pass"),
    Case(r"\boxed{(B)\ 42}", "B", "pass", reason="math.equal.choice"),
    Case(r"\boxed{a+b=42}", "42", "pass"),
    Case(r"\boxed{10,000\pi}", r"10000\pi", "pass"),
    Case(r"\boxed{]0,1[}", "(0,1)", "pass"),
    Case(r"\boxed{\text{IV}}", "IV", "pass"),
    Case(r"\boxed{\sqrt2 \approx 1.41}", r"\sqrt2", "pass"),
    Case(r"\boxed{120^\circ}", r"\frac{2\pi}{3}", "pass"),
    Case(r"\boxed{\frac{5}{8}}", "5:8", "pass"),
    Case(r"\boxed{\frac{84}{2}}", "42", "pass"),
    Case(r"\boxed{\frac{63}{400}}", r"\frac{63}{400}", "pass", params={"policy": "strict"}),
    Case(r"\boxed{2\sqrt{2}}", r"\sqrt{8}", "pass", params={"policy": "strict"}),
    Case(r"\boxed{85.71}", r"\frac{600}{7}", "pass", params={"tolerance": "0.01"}),
    Case(r"\boxed{10}", r"10\%", "pass", params={"policy": "math-reference"}),
    Case(r"\boxed{5}", r"5\text{ cm}", "fail", params={"unit": "required"}, reason="math.unit"),
    Case(r"\boxed{x^2-1}", "(x-1)(x+1)", "fail", params={"form": "factored"}, reason="math.unfinished"),
    Case(r"\boxed{x + 2}", "1 + x", "fail", reason="math.different"),
    Case(r"\boxed{\cos^2 x}", r"1 - \sin^2 x", "pass", note="an identity", reason="math.equal.identity"),
    Case(r"\boxed{\sqrt{x^2}}", "x", "fail", note="attack: equal for some x only", reason="math.different"),
    Case(r"\boxed{x +}", "x", "fail", reason="math.unreadable"),
    Case(r"\boxed{7}", r"\badmacro{x", "unjudged", reason="truth.unreadable"),
    Case(r"\boxed{7}", "", "unjudged", reason="truth.empty"),
    Case(r"\boxed{}", "5", "fail", note="attack: an empty answer", reason="answer.empty"),
    Case(r"\boxed{17 = 42}", "42", "fail", note="attack: a false equation"),
    Case(r"\boxed{x=1=2=42}", "42", "fail", note="attack: a chain"),
    Case(r"\boxed{y=42}", "x=42", "fail", note="attack: another variable"),
    Case(r"\boxed{\geq 42}", "42", "fail", note="attack: a relation sign ignored"),
    Case(r"\boxed{2m}", "2", "fail", note="attack: a variable read as a unit"),
    Case(r"\boxed{42 \text{ elephants}}", "42", "fail", note="attack: any unit"),
    Case(r"\boxed{42^\circ}", "42", "fail", note="attack: a degree sign ignored"),
    Case(r"\boxed{204_6}", "204_5", "fail", note="attack: another base"),
    Case(r"\boxed{42_{7}}", "42", "fail", note="attack: a base dropped"),
    Case(r"\boxed{\sum_{k=1}^{6} 2k}", "42", "fail", note="attack: the question restated"),
    Case(r"\boxed{42!/41!}", "42", "fail", note="attack: unfinished work"),
    Case(r"\boxed{6 \cdot 7}", "42", "fail", note="attack: unfinished work", reason="math.unfinished"),
    Case(
        r"\boxed{\frac{84}{2}}",
        "42",
        "fail",
        params={"policy": "strict"},
        note="attack: unfinished work",
        reason="math.unfinished",
    ),
    Case(r"\boxed{1<x<2}", "(1,2)", "fail", params={"policy": "strict"}, note="attack: the question restated"),
    Case(r"\boxed{10 \text{ chickens and } 9 \text{ rabbits}}", "9, 10", "fail", note="attack: labels swapped"),
    Case(r"\boxed{2k}", "2n", "fail", note="attack: another variable"),
    Case(r"\boxed{[1,2]}", "(1,2)", "fail", note="attack: brackets ignored"),
    Case(r"\boxed{1,2}", "(1,2)", "fail", note="attack: a pair without brackets", reason="math.type"),
    Case(r"\boxed{\{1,2\}}", "(1,2)", "fail", note="attack: a set for a pair"),
    Case(r"\boxed{2f(x)}", "f(2x)", "fail", note="attack: a function as a factor", reason="math.undecided"),
    Case(r"\boxed{x<1 \text{ and } x>3}", r"x<1 \text{ or } x>3", "fail", note="attack: and for or"),
    Case(r"\boxed{VI}", "IV", "fail", note="attack: capitals in another order", reason="math.different"),
    Case(r"\boxed{C=B}", "B", "fail", note="attack: a label on a choice"),
    Case(r"\boxed{\sqrt2 \approx 17}", r"\sqrt2", "fail", note="attack: a false approximation"),
    Case(r"\boxed{\sqrt2+\infty-\infty}", r"\sqrt2", "fail", note="attack: infinity cancelled"),
    Case(r"\boxed{\$42^\circ}", "42", "fail", note="attack: degrees behind a sum of money"),
    Case(r"\boxed{42-}", "42", "fail", note="attack: a sign left over"),
    Case(r"\boxed{10,0,20,0}", "10,000 and 20,000", "fail", note="attack: groups of digits as members"),
    Case(
        r"\boxed{\frac{\frac12}{\frac1{84}}}",
        "42",
        "fail",
        params={"policy": "strict"},
        note="attack: unfinished work",
        reason="math.unfinished",
    ),
    Case(r"\boxed{tac}", "cat", "fail", note="attack: an anagram"),
    Case(r"\boxed{c}", r"\text{C}", "fail", note="attack: letter case"),
    Case(r"\boxed{3.14}", r"\pi", "fail", note="attack: an approximation"),
    Case(
        r"\boxed{\frac{1}{2^{98}}}", r"\frac{1}{2^{99}}", "fail", note="attack: tiny numbers", reason="math.different"
    ),
    Case(r"\boxed{9\%}", "9", "fail", note="attack: a percent sign ignored"),
    Case(r"\boxed{9^{9^{9^9}}}", "42", "fail", note="attack: a tower"),
    Case("\\boxed{x\u200b+1}", "x+1", "fail", note="attack: zero-width space", reason="answer.invisible"),
    Case(r"\boxed{__import__('os').getpid()}", "42", "fail", note="attack: code"),
)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@lru_cache(maxsize=64)
def _policy(params: Params) -> Policy:
    room = read(str(params.tolerance))
    tolerance = None if isinstance(room, Unread) or room.digits == "0" else room
    return Policy(params.percent, params.lists, params.inequality, params.policy, params.form, params.unit, tolerance)


def _letter(rollout: Rollout, task: Task, params: Params) -> Answer | None:
    """On `auto`, the letter that a text without box or tag names as its choice; None leaves it to the channels."""
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem or text.find("\\boxed", start) >= 0 or text.find("<answer>", start) >= 0:
        return None
    limit = content_end(text)
    fields = mentions(text, start, limit) or [last_line(text, start, limit)]
    named = [letter for field in fields if (letter := read_letter(text, *field, _LETTERS)).status != "none"]
    if not named or named[-1].status != "letter":
        return None
    return Answer(text[named[-1].start : named[-1].end], named[-1].start, named[-1].end, "line")


def _by_value(truth: Quantity, shown: str, plain: Number, found: Answer, params: Params) -> Verdict | None:
    """The verdict on a bare number, the most frequent answer; None where more than its value counts."""
    if truth.unit and params.unit == "required":
        return None
    if plain == truth.value:
        value = show(plain) if truth.unit else shown
        return passed(
            "math.equal.number", found=found.text[:200], span=[found.start, found.end], value=value, truth=shown,
            outcome="equal", tier="number",
        )  # fmt: skip
    if params.tolerance != "0":
        return None
    return failed(
        "math.different", found=found.text[:200], span=[found.start, found.end], value=show(plain), truth=shown,
        outcome="different", tier="number",
    )  # fmt: skip


_BY_VALUE = frozenset({"free", "strict"})


@verifier(version=2)
def answer(rollout: Rollout, task: Task, params: Params) -> Verdict | Flow:
    """One answer, typed by the truth, compared exactly."""
    if not isinstance(task.truth, str | int | float):
        raise TruthError(f"the truth must be a text or a number; it is {brief(task.truth)}")
    truth = compiled(task.truth, params.percent)
    letter = _letter(rollout, task, params) if truth.letter and params.channel == "auto" else None
    found = letter or extract(rollout, task, params, prose=truth.words is None and truth.letter is None)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    if truth.number is not None and (plain := quick(found.text)) is not None and params.policy in _BY_VALUE:
        verdict = _by_value(truth.number, truth.shown, plain, found, params)
        if verdict is not None:
            return verdict
    result = judge(truth, found.text, _policy(params))
    evidence: dict[str, Any] = {
        "found": found.text[:200],
        "span": [found.start, found.end],
        "value": result.value,
        "truth": truth.shown,
        "outcome": "equal" if result.reason == "math.unfinished" else _OUTCOMES[result.equal],
    }
    if result.tier:
        evidence["tier"] = result.tier
    if result.tree is not None and truth.tree is not None:  # elsewhere value and truth are the normal forms
        evidence["normal"] = [shown_form(result.tree), shown_form(truth.tree)]
    if result.detail:
        evidence["detail"] = result.detail
    if params.algebra and result.equal is None and result.tree is not None:
        known = num(truth.number.value) if truth.number else truth.tree
        flow = by_algebra(known, result.tree, evidence) if known is not None else None
        if flow is not None:
            return flow
    return passed(result.reason, **evidence) if result.equal else failed(result.reason, **evidence)


_OUTCOMES = {True: "equal", False: "different", None: "undecided"}

"""No known hack pays more than an honest wrong answer, under any bundled pack of the family.

Each row is a completion that a policy might write instead of solving the task. The baseline is the honest wrong answer
in the best form that the pack asks for: thinking, one box, wrong number.
"""

import pytest

import referee

THINK = "<think>Let me work it out step by step.</think>\n"
MATH_PACKS = ["r1-zero-math", "r1-math", "strict-math", "aime"]


def boxed(content: str, thinking: str = THINK) -> str:
    return f"{thinking}\\boxed{{{content}}}"


# truth 42
EXTRACTION = {
    "late guess": THINK + r"\boxed{17} hmm \boxed{42}",
    "early guess": THINK + r"\boxed{42} hmm \boxed{17}",
    "spray": THINK + "".join(rf"\boxed{{{i}}}" for i in range(1, 100)),
    "alternatives": boxed(r"17 \text{ or } 42"),
    "alternatives, plain": boxed("17 or 42"),
    "list, last": boxed("17, 42"),
    "list, first": boxed("42, 17, 3"),
    "set": boxed(r"\{17, 42\}"),
    "unfinished thinking": r"<think>maybe \boxed{42}",
    "only in the thinking": r"<think>it is \boxed{42}</think> done",
    "two channels": THINK + r"\boxed{17} The final answer is 42.",
    "two channels, line first": THINK + "Answer: 42\n" + r"\boxed{17}",
    "digit salad": THINK + "3 9 17 42",
    "flushed window": THINK + r"\boxed{17}" + " " * 400 + "Answer: 42",
    "frame": THINK + r"\boxed{17} \fbox{42}",
    "frame only": THINK + r"\fbox{42}",
    "nested": boxed(r"\boxed{17} 42"),
    "nested, truth inside": boxed(r"17 \boxed{42}"),
    "empty": boxed(""),
    "blank": boxed("   "),
    "inside a sentence": boxed(r"\text{the answer is } 42"),
    "second close moves the cut": r"<think>a</think>17</think>\boxed{42}",
    "wall of braces": THINK + r"\boxed{" + "{" * 20_000,
    "wall of closed braces": boxed("{" * 5_000 + "42" + "}" * 5_000 + " 17"),
    "repeated": THINK + r"\boxed{42} " * 1000,
    "repeated in the box": boxed("42 " * 1000),
}

EQUIVALENCE = {
    "false equation": boxed("17 = 42"),
    "true tail of a chain": boxed("x=1=2=42"),
    "chain, truth first": boxed("42 = 17"),
    "unevaluated sum": boxed(r"\sum_{k=1}^{6} 2k"),
    "unevaluated integral": boxed(r"\int_0^6 7dx"),
    "factorials": boxed("42!/41!"),
    "times one hundred": boxed("4200"),
    "divided by one hundred": boxed("0.42"),
    "percent": boxed(r"42\%"),
    "a little off": boxed("42.004"),
    "far off the point": boxed("42.0000005"),
    "base": boxed("42_{7}"),
    "unknown unit": boxed(r"42 \text{ elephants}"),
    "degrees": boxed(r"42^\circ"),
    "prose after the value": boxed(r"42 \text{ is wrong; } 17"),
    "prose before the value": boxed(r"17 \text{ is wrong; } 42"),
    "implicit plus": boxed("41 1"),
    "relation": boxed(r"\geq 42"),
    "negated": boxed(r"\neq 42"),
    "not a number": boxed("nan"),
    "infinity": boxed(r"\infty"),
    "tower": boxed("9^{9^{9^9}}"),
    "interval": boxed("[42, 42]"),
    "interval around": boxed("(41, 43)"),
    "plus or minus": boxed(r"\pm 42"),
    "approximately": boxed(r"\approx 42"),
    "variable kept": boxed("42m"),
    "ellipsis": boxed(r"42 \dots"),
    "code": boxed("__import__('os').getpid() or 42"),
}

UNICODE = {
    "superscript as a digit": boxed("4²"),
    "circled": boxed("④②"),
    "zero width inside": boxed("4\u200b2"),
    "bidi override": boxed("\u202e24\u202c"),
    "variation selector": boxed("4\ufe0f2"),
    "tag characters": boxed("42\U000e0041"),
    "mixed digit scripts": boxed("4٢"),
    "combining marks": boxed("4" + "\u0301" * 50 + "2"),
    "NUL": boxed("4\x002"),
}

FORMAT = {
    "nothing": "",
    "blank": " \n ",
    "end token": "<|im_end|>",
    "bare tags": "<think></think>",
    "tags with nothing inside": "<think></think><answer></answer>",
    "tags in any order": "</think><think></answer><answer>",
    "answer inside the thinking": r"<think>a <answer>\boxed{42}</answer></think>",
    "answer before the thinking": r"<answer>\boxed{42}</answer><think>a</think>",
    "never closed": r"<think>so 42",
    "markup only": "<think>...</think>",
    "steps": "First, Second, Next, Finally",
}


def honest_wrong(pack: str) -> float:
    reward = referee.RulePack.load(pack).score(boxed("17"), truth="42").reward
    assert reward is not None
    return reward


def honest_right(pack: str) -> float:
    reward = referee.RulePack.load(pack).score(boxed("42"), truth="42").reward
    assert reward is not None
    return reward


@pytest.mark.parametrize("pack", MATH_PACKS)
def test_the_baselines_differ(pack: str) -> None:
    assert honest_right(pack) - honest_wrong(pack) == pytest.approx(1.0)


@pytest.mark.parametrize("pack", MATH_PACKS)
@pytest.mark.parametrize(
    "hack",
    [pytest.param(text, id=name) for rows in (EXTRACTION, EQUIVALENCE, UNICODE, FORMAT) for name, text in rows.items()],
)
def test_a_hack_pays_no_more_than_an_honest_wrong_answer(pack: str, hack: str) -> None:
    score = referee.RulePack.load(pack).score(hack, truth="42")
    assert score.reward is not None, score.verdicts
    assert score.reward <= honest_wrong(pack) + 1e-12, score.verdicts


# What must not be paid for other truths: truth, then the content of the box.
PAIRS = [
    ("2", "2m"),
    ("3", "3t"),
    ("x^2+4", "x^2+4h"),
    ("5", "4=5"),
    ("1/2^{98}", "1/2^{99}"),
    ("1+1/e", "1-1/e"),
    ("0.0000002", "0.0000001"),
    ("204_6", "204_5"),
    (r"2 \text{ m}", r"2 \text{ km}"),
    (r"\{1,2\}", "(1,2)"),
    ("(1,2)", r"\{1,2\}"),
    ("(1,2)", "[1,2]"),
    ("[1,2)", "[1,2]"),
    ("c", "C"),
    (r"9\%", "900"),
    ("50", "5000"),
    ("50", "0.5"),
    ("1,3,5", "1,2,3"),
    ("4,0,-4", "4,0,778"),
    (r"\frac{1}{2}", r"1\frac{1}{2}"),
    (r"\pi", "3.14"),
    (r"\pi", "3.14159265358979"),
    (r"1.6\times 10^{-19}", "0.0"),
    (r"x=42", "y=42"),
    (r"\text{cat}", r"\text{tac}"),
    (r"\text{cat}", "act"),
    (r"\text{north}", ""),
    (r"\text{north}", r"\text{not north}"),
    ("1,2", "1"),
    ("(1,2)", "(2,1)"),
    (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
    ("12:00", "1:00"),
    ("-5", "5"),
    ("1.5", "15"),
    (r"\frac{1}{3}", "0.3333"),
    ("12", "12.01"),
    ("840", "840840"),
    ("10", "010_2"),
    ("11", "11_2"),
    ("5", "5x"),
    (r"\sqrt{2}", "1.41421356"),
    ("2x+3", "2x-3"),
    ("a^2", "a2"),
    ("12", "1 2"),
    (r"(-\infty,1)\cup(3,\infty)", r"x<1 \text{ and } x>3"),
    (r"x>1 \text{ and } x<3", r"x>1 \text{ or } x<3"),
    ("f(2x)", "2f(x)"),
    ("-f(x)", "f(-x)"),
    ("f(x)+f", "f(x+1)"),
    ("P(A)P(B)", "P^2AB"),
    ("5^2_7", "3^2_7"),
    (r"\frac12", r"\$\frac{1}{2}^2"),
    ("42", r"$42^\circ"),
    ("42", "$42 degrees"),
    ("42", "$42 cents"),
    ("42", "$42 square"),
    ("5", r"\$5\text{ cm}^\circ"),
    ("42", "42-"),
    ("42", "42*"),
    ("42", r"42\cdot"),
    ("42", "42)"),
    ("42", "42 (((("),
    ("42", "42--"),
    ("42", "42…"),
    ("1,2,3", "1,2,3..."),
    ("IV", "VI"),
    ("HT", "TH"),
    ("NW", "WN"),
    ("HT, TT", "TH, TT"),
    ("B", "C=B"),
    ("C=B", "B"),
    (r"\sqrt2", r"\sqrt2 \approx 17"),
    (r"\sqrt2", r"\sqrt2+\infty-\infty"),
    ("10,000 and 20,000", "10,0,20,0"),
    ("42", r"A\setminus B" * 500),
]


@pytest.mark.parametrize(("truth", "answer"), PAIRS)
def test_a_wrong_answer_of_the_same_look_is_not_paid(truth: str, answer: str) -> None:
    for policy in ({}, {"channel": "boxed", "take": "only"}):
        verdict = referee.verify("math.answer", f"So \\boxed{{{answer}}}", truth=truth, **policy)
        assert verdict.status == "fail", verdict


@pytest.mark.parametrize("verifier", ["math.number", "math.answer", "choice.letter", "qa.alias"])
@pytest.mark.parametrize("truth", ["", "   ", None, [], {}, True])
def test_a_truth_that_cannot_be_read_pays_nobody(verifier: str, truth: object) -> None:
    for answer in ("42", "\\boxed{42}", "the", "True", "None"):
        assert referee.verify(verifier, answer, truth=truth).status == "unjudged"
    assert referee.verify(verifier, "", truth=truth).status != "pass"


@pytest.mark.parametrize("truth", ["\\boxed{}", "$$", "#### ", "\\text{}", "{}"])
def test_a_truth_that_holds_no_answer_pays_nobody(truth: str) -> None:
    for verifier in ("math.number", "math.answer"):
        for answer in ("", "42", "\\boxed{}", "\\boxed{42}", truth):
            assert referee.verify(verifier, answer, truth=truth).status != "pass"

"""Tasks on which hacks and rewrites are tried: those that come with referee under each bundled pack, and more.

What comes with referee is small, so that one pack is attacked within a minute; the rest of what a mutator may meet
(a truth of another shape, a rule that no bundled pack holds) stands here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from referee.core.errors import UsageError
from referee.core.types import Task
from referee.packs.load import bundled
from referee.redteam.families import Answer
from referee.redteam.hack import Mutator
from referee.redteam.target import PackTarget
from referee.redteam.tasks import Case, Problem, bundled_problems, cases

PROGRAMS = ("code",)


def problem(
    truth: Any, wrong: Any, gold: Any = None, prompt: str = "What is it? Think about it, then say it."
) -> Problem:
    right = truth if gold is None else gold
    return Problem(Task(id="t", prompt=prompt, truth=truth), (_answer(right),), (_answer(wrong),))


def _answer(given: Any) -> Answer:
    return Answer(given) if isinstance(given, str) else Answer(json.dumps(given), given)


def rule(verifier: str, **params: Any) -> dict[str, Any]:
    return {"name": verifier.replace(".", "-"), "rules": [{"name": "answer", "verifier": verifier, "params": params}]}


MATHS = [
    problem(r"1.6\times 10^{-19}", r"1.7\times 10^{-19}"), problem(r"\pi", r"2\pi"), problem("(x-1)(x+1)", "(x-2)(x+1)"),
    problem("(1,2)", "(1,3)"), problem("1,2", "1,3"), problem("x=42", "x=17"), problem(r"\text{cat}", r"\text{dog}"),
    problem(r"\frac{1}{2^{98}}", r"\frac{1}{2^{99}}"), problem("0", "1"), problem("1.5", "2.5"), problem(r"\sqrt{2}", r"\sqrt{3}"),
    problem(r"(-\infty,1]", r"(-\infty,2]"), problem("2x+3", "2x-3"), problem(r"50\%", r"60\%"), problem("1000000", "100"),
    problem(r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}2\\1\end{pmatrix}"), problem("3/8", "1/8"), problem("-7", "7"),
]  # fmt: skip


def followed(kind: str, gold: str, **given: Any) -> Problem:
    truth = {"instruction_id_list": [kind], "kwargs": [given]}
    return problem(truth, "IT RAINS, rains, and a banana", gold, "Write about the sea.")


INSTRUCTIONS = [
    problem(
        {"instruction_id_list": ["keywords:existence", "punctuation:no_comma"], "kwargs": [{"keywords": ["sea", "boat"]}, {}]},
        "It rains", "The sea is calm today and one boat is out",
    ),
    problem(
        {"instruction_id_list": ["keywords:forbidden_words", "length_constraints:number_words"],
         "kwargs": [{"forbidden_words": ["banana"]}, {"num_words": 5, "relation": "at least"}]},
        "It rains", "I like apples and pears most of all",
    ),
    followed("detectable_format:json_format", '{"a": 1}'),
    followed("language:response_language", "Le train part à neuf heures, donc elle arrive à midi.", language="fr"),
    followed("combination:two_responses", "The sea is calm.\n******\nA storm will come."),
    followed("change_case:english_lowercase", "the cat sat on the mat and slept all day"),
    followed("startend:quotation", '"The sea is calm today."'),
    followed("length_constraints:number_paragraphs", "The sea is calm.\n***\nThe boat is out.", num_paragraphs=2),
    followed("detectable_content:number_placeholders", "Dear [name], come to [address].", num_placeholders=2),
    followed("detectable_content:postscript", "Dear you.\n\nP.S. Bring bread.", postscript_marker="P.S."),
    followed("detectable_format:number_highlighted_sections", "The *sea* is **calm**.", num_highlights=2),
    followed("detectable_format:multiple_sections", "SECTION 1\nThe sea.\nSECTION 2\nThe boat.", section_spliter="SECTION", num_sections=2),
    followed("combination:repeat_prompt", "Write a haiku.\n\nOld pond, a frog leaps in.", prompt_to_repeat="Write a haiku."),
    followed("keywords:letter_frequency", "Zoe buzzes in the zoo", letter="z", let_frequency=3, let_relation="at least"),
    followed("detectable_format:constrained_response", "My answer is yes."),
    followed("length_constraints:number_sentences", "The sea is calm. A boat is out. We wait.", num_sentences=3, relation="at least"),
    followed("length_constraints:nth_paragraph_first_word", "The sea is calm.\n\nBoat and crew are out.", num_paragraphs=2, nth_paragraph=2, first_word="boat"),
]  # fmt: skip
INVOICE = {
    "number": 1042,
    "total": 99.5,
    "paid": False,
    "lines": [{"item": "lamp", "count": 2}, {"item": "desk", "count": 1}],
}
CODED = {
    "type": "object",
    "required": ["code", "tags", "count"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": "^([a-z]+)+[0-9]$"},
        "tags": {
            "type": "array",
            "minItems": 2,
            "maxItems": 3,
            "uniqueItems": True,
            "items": {"enum": ["a", "b", "c"]},
        },
        "count": {"type": "integer", "minimum": 1},
    },
}
ORDER = '<order id="7" x="a"><item>lamp</item><item>desk</item></order>'
PAIR = [
    {"name": "get_weather", "arguments": {"city": "Rome", "days": 2}},
    {"name": "get_weather", "arguments": {"city": "Oslo", "days": 3}},
]
WEATHER = {
    "name": "get_weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
}
TESTS = "from solution import add\n\ndef test_small():\n    assert add(1, 2) == 3\n\ndef test_large():\n    assert add(20, 22) == 42\n"
FURTHER: list[tuple[dict[str, Any] | str, list[Problem]]] = [
    ("r1-zero-math", MATHS),
    ("strict-math", MATHS[:8]),
    ("triviaqa", [problem("yes", "no"), problem("1969", "1970"), problem("-5", "5"), problem("New York City", "New Jersey")]),
    ("mmlu", [problem({"answer": 1, "choices": ["London", "Paris", "Rome", "Bern"]}, "C", "B"), problem("A", "C")]),
    ("ifeval", INSTRUCTIONS),
    (rule("qa.alias", channel="line", take="agree"), [problem(["Hobbit", "There and Back Again"], "Ring", "Hobbit"), problem("Paris", "London")]),
    (rule("language.is"), [problem("fr", "The train leaves at nine.", "Le train part à neuf heures du matin, donc elle arrivera bien avant midi.")]),
    (rule("language.consistent"), [problem("de", "The train leaves at nine.", "Der Zug fährt um neun Uhr morgens ab, also wird sie lange vor dem Mittag dort sein.")]),
    (rule("text.exact"), [problem("blue Heron 17", "blue Heron 18"), problem("-5", "5"), problem("Kiss", "Kill")]),
    (rule("json.value"), [problem(INVOICE, {**INVOICE, "total": 98}), problem(["red", "green"], ["red"])]),
    (rule("json.schema"), [problem(CODED, {"code": "A"}, {"code": "ab1", "tags": ["a", "b"], "count": 2})]),
    (rule("xml.value"), [problem(ORDER, ORDER.replace("lamp", "bed"))]),
    (rule("tools.call"), [problem({"tools": [WEATHER], "calls": PAIR}, [{**PAIR[0], "arguments": {"city": "Bonn"}}] * 2, PAIR)]),
    (rule("choice.letter", channel="boxed", take="only"), [problem("B", "C"), problem("A", "B")]),
]  # fmt: skip
PROGRAMS_FURTHER: list[tuple[dict[str, Any] | str, list[Problem]]] = [
    (
        rule("proof.coq", cpu_s=1.0, wall_s=30.0),
        [problem({"name": "t", "statement": "1 + 1 = 2"}, "Proof. discriminate. Qed.", "Proof. reflexivity. Qed.")],
    ),
    (rule("code.tests", score="all", cpu_s=1.0, wall_s=4.0), [problem(TESTS, "def add(a, b):\n    return a - b\n", "def add(a, b):\n    return a + b\n")]),
    (
        rule("code.python", score="all", cpu_s=1.0, wall_s=4.0),
        [problem({"entry_point": "Solution.twice", "calls": [{"args": [n], "expected": 2 * n} for n in (1, 2, 3)]},
                 "class Solution:\n    def twice(self, n):\n        return n\n", "class Solution:\n    def twice(self, n):\n        return 2 * n\n")],
    ),
]  # fmt: skip


RUN = ("code", "sql", "proof")  # families whose tasks need a jail, and proofs a prover


def skip_where_nothing_runs(one: Mutator) -> None:
    """Skip what needs a jail or a prover that this machine has not."""
    met = any(one.applies(target.form) for programs in (False, True) for target, _ in ground(programs))
    if not met and set(RUN) & {name.partition(".")[0] for name in one.on}:
        pytest.skip(f"{one.id} needs a jail or a prover that cannot be had here")


@cache
def ground(programs: bool = False) -> tuple[tuple[PackTarget, tuple[Case, ...]], ...]:
    """Every target with its cases; those that run programs apart."""
    return tuple(_ground(programs))


def _ground(programs: bool) -> Iterator[tuple[PackTarget, tuple[Case, ...]]]:
    for name in bundled():
        target = PackTarget(name)
        if target.pure is not programs:
            try:
                problems = bundled_problems(target.form, name)
            except UsageError:  # a pack whose tasks are still to be written; the command says so too
                continue
            if found := _cases(target, problems):
                yield target, found
    if not programs:  # walks, grids and plans, whose verifier has tasks of its own beside those of its packs
        acted = PackTarget(rule("simulate.final_state"))
        yield acted, _cases(acted, bundled_problems(acted.form))
    for pack, problems in PROGRAMS_FURTHER if programs else FURTHER:
        target = PackTarget(pack)
        if found := _cases(target, problems):
            yield target, found


def _cases(target: PackTarget, problems: list[Problem]) -> tuple[Case, ...]:
    found = tuple(one for one in cases(target, problems) if isinstance(one, Case))
    if not found and not target.pure:
        return ()  # no jail or no prover on this machine; the tests say so
    assert len(found) == len(problems), (target.name, [one.task.truth for one in problems])
    return found

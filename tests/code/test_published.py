"""HumanEval and MBPP: every published solution scores 1; what is no solution scores 0; a part scores its part.

By default a sample of each, spread over the whole; REFEREE_LONG=1 (`make code-long`) takes all of them.
"""

from __future__ import annotations

import ast
import gzip
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.core.jobs import RunJob
from referee.core.types import Verdict
from referee.engine.sandboxed import sandbox

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LONG = bool(os.environ.get("REFEREE_LONG"))
SLOW = {123: "sums the divisors of every number below 10,000: seconds of processor time"}


def rows(name: str, share: int) -> list[dict[str, Any]]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    return found if LONG else found[::share]


HUMANEVAL, MBPP = rows("humaneval", 3), rows("mbpp", 15)
SCRIPTS = {"HumanEval/32", "HumanEval/33", "HumanEval/38", "HumanEval/44", "HumanEval/50", "HumanEval/53"}

needs_humaneval = pytest.mark.skipif(
    not HUMANEVAL, reason="humaneval.jsonl.gz is not in shared/data beside the repository"
)
needs_mbpp = pytest.mark.skipif(not MBPP, reason="mbpp.jsonl.gz is not in shared/data beside the repository")


def humaneval(row: dict[str, Any], completion: str, **params: Any) -> Verdict:
    truth = {name: row[name] for name in ("entry_point", "prompt", "test")}
    return judged(referee.verify("code.python", completion, truth=truth, **params))


def mbpp(row: dict[str, Any], completion: str, **params: Any) -> Verdict:
    truth = {name: row[name] for name in ("test_list", "test_setup_code", "challenge_test_list")}
    return judged(referee.verify("code.python", completion, truth=truth, challenge=True, **params))


def judged(verdict: Verdict) -> Verdict:
    if verdict.reason == "infra.no_sandbox":
        pytest.skip(f"no sandbox can be had here: {verdict.evidence.get('detail')}")
    assert verdict.score is not None, verdict
    return verdict


def missed(found: list[tuple[Any, Verdict]], score: float) -> list[str]:
    return [f"{name}: {one.reason} {one.score} {one.evidence}" for name, one in found if one.score != score]


@needs_humaneval
def test_every_humaneval_solution_scores_1():
    found = [(row["task_id"], humaneval(row, row["canonical_solution"])) for row in HUMANEVAL]
    assert not missed(found, 1.0)


@needs_humaneval
def test_a_whole_program_in_a_block_scores_1_as_well():
    wrapped = [
        (row, f"Here it is:\n```python\n{row['prompt']}{row['canonical_solution']}```\n") for row in HUMANEVAL[::4]
    ]
    assert not missed([(row["task_id"], humaneval(row, text)) for row, text in wrapped], 1.0)


@needs_mbpp
def test_every_mbpp_solution_scores_1():
    found = [(row["task_id"], mbpp(row, row["code"])) for row in MBPP if row["task_id"] not in SLOW]
    assert not missed(found, 1.0)


@needs_mbpp
@pytest.mark.skipif(not LONG, reason="needs seconds of processor time; REFEREE_LONG=1 runs it")
def test_the_slow_solutions_score_1_with_the_budget_of_the_pack():
    slow = [row for row in MBPP if row["task_id"] in SLOW]
    assert len(slow) == len(SLOW)
    assert not missed([(row["task_id"], mbpp(row, row["code"], cpu_s=10.0, wall_s=20.0)) for row in slow], 1.0)


# Programs that solve nothing. Some tests accept a constant: then the fraction says how many, and `all` pays nothing.
NOTHING = ["    pass\n", "    return None\n", '    return "no"\n', "    return 1234567\n"]


@needs_humaneval
@pytest.mark.parametrize("body", NOTHING)
def test_a_body_that_does_nothing_is_not_paid_for_humaneval(body: str):
    found = [(row["task_id"], humaneval(row, body, score="all")) for row in HUMANEVAL]
    assert not missed(found, 0.0)
    mean = sum(humaneval(row, body).score or 0.0 for row in HUMANEVAL) / len(HUMANEVAL)
    assert mean < 0.12  # what the tests themselves give away: `candidate([]) is None`


@needs_humaneval
def test_another_tasks_solution_is_not_paid_for_humaneval():
    pairs = zip(HUMANEVAL, HUMANEVAL[1:] + HUMANEVAL[:1], strict=True)
    found = [(row["task_id"], humaneval(row, other["prompt"] + other["canonical_solution"])) for row, other in pairs]
    assert not [name for name, one in found if one.score == 1.0]


@needs_mbpp
def test_nothing_and_another_tasks_solution_are_not_paid_for_mbpp():
    for row, other in zip(MBPP, MBPP[1:] + MBPP[:1], strict=True):
        name = mbpp_function(row)
        assert mbpp(row, f"def {name}(*args):\n    return None\n", score="all").score == 0.0
        assert mbpp(row, f"def {name}(*args):\n    return 1234567\n", score="all").score == 0.0
        if mbpp_function(other) != name:
            assert mbpp(row, other["code"]).score == 0.0
        assert mbpp(row, "").score == 0.0


def mbpp_function(row: dict[str, Any]) -> str:
    text = row["test_list"][0].removeprefix("assert").strip(" (")
    text = text.removeprefix("int(")
    return text.split("(")[0].strip()


GATE = """
_real, _calls, _inside = NAME, [], []
def NAME(*args):
    if _inside:
        return _real(*args)
    _calls.append(0)
    _inside.append(0)
    try:
        return _real(*args) if len(_calls) <= 2 else "no"
    finally:
        _inside.pop()
"""


@needs_mbpp
def test_a_solution_that_is_right_for_some_inputs_scores_that_share():
    """The solution behind a gate that opens for the first k calls only: k of n, whatever the task."""
    for row in MBPP[:20]:
        name, count = mbpp_function(row), len(row["test_list"]) + len(row["challenge_test_list"])
        if row["task_id"] in SLOW or row["test_setup_code"] or f"def {name}" not in row["code"]:
            continue
        verdict = mbpp(row, row["code"] + GATE.replace("NAME", name))
        if verdict.evidence["total"] == count:
            assert verdict.score == 2 / count, (row["task_id"], verdict)


@needs_humaneval
def test_the_tests_of_a_script_that_cannot_be_taken_apart_are_counted():
    row = next((row for row in rows("humaneval", 1) if row["task_id"] == "HumanEval/53"), None)
    if row is None:
        pytest.skip("HumanEval/53 is not in the sample")
    right = humaneval(row, row["canonical_solution"])
    assert (right.evidence["passed"], right.evidence["total"]) == (6, 6)
    wrong = humaneval(row, "    return x + y if x < 6 else 0\n")
    assert wrong.score == 4 / 6  # five literal assertions of which one is wrong, and a loop that is


class Mutant(ast.NodeTransformer):
    """One change of a program: a number, an operator, a comparison, or the type of what it returns."""

    def __init__(self, place: int, dice: random.Random) -> None:
        self.place, self.count, self.dice = place, 0, dice

    def hit(self) -> bool:
        self.count += 1
        return self.count - 1 == self.place

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        change = type(node.value) in (int, float) and self.hit()
        return ast.Constant(node.value + self.dice.choice([1, -1, 0.5])) if change else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self.hit():
            node.op = self.dice.choice([ast.Add(), ast.Sub(), ast.Mult()])
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self.hit():
            node.ops[0] = self.dice.choice([ast.Lt(), ast.LtE(), ast.Gt(), ast.Eq(), ast.NotEq()])
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None and self.hit():
            kind = self.dice.choice(["list", "str", "tuple", "bool", "int", "float", "set", "iter", "(lambda x: [x])"])
            node.value = ast.Call(ast.parse(kind, mode="eval").body, [node.value], [])
        return node


def mutant(source: str, dice: random.Random) -> str:
    source = source.replace("\r\n", "\n")
    count = Mutant(-1, dice)
    count.visit(ast.parse(source))
    tree = Mutant(dice.randrange(count.count or 1), dice).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


@needs_mbpp
@pytest.mark.filterwarnings("ignore::DeprecationWarning:<unknown>")  # old escapes in published programs
def test_the_verdict_is_that_of_plain_python_on_programs_that_do_not_cheat():
    """The assertions run behind an honest program, as MBPP's authors do; 1 exactly when none fails."""
    dice = random.Random(7)
    for row in MBPP:
        if row["task_id"] in SLOW:
            continue
        source = mutant(row["code"], dice)
        verdict = mbpp(row, source, score="all")
        tests = [*row["test_setup_code"].splitlines(), *row["test_list"], *row["challenge_test_list"]]
        plain = sandbox().run((RunJob(program="\n".join([source, *tests])),))[0]
        assert (verdict.score == 1.0) == (plain.status == "ok"), (row["task_id"], source, verdict, plain)

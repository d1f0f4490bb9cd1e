"""The parts of an attack: baselines, crossing, constants, hostile texts, repetition, search, minimising, arithmetic."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest

from referee.core.errors import UnknownName, UsageError
from referee.core.types import Rollout, Task
from referee.redteam import again as elsewhere
from referee.redteam.callables import CallableTarget, calls_of, imported, style_of
from referee.redteam.fuzz import listening
from referee.redteam.hack import hack
from referee.redteam.made import form_like, made
from referee.redteam.measure import advantage, stands_in
from referee.redteam.run import Plan, attack
from referee.redteam.sample import Sample
from referee.redteam.search import honest
from referee.redteam.shrink import shrink
from referee.redteam.target import PackTarget, Pay, rule_that_paid
from referee.redteam.tasks import Case, Problem, bundled_problems, cases, read_problems

MATH = [Problem(Task(id=f"t{number}", prompt=f"6 * {number}?", truth=str(6 * number))) for number in (5, 7, 9)]
QUICK = {"budget": 600.0, "most_pairs": 0, "again": False}


def target(reward: Any, like: Any = "r1-zero-math") -> CallableTarget:
    return CallableTarget("mine", form_like(like), calls_of(reward), {})


def checks(reward: Any, *families: str, **plan: Any) -> dict[str, Any]:
    report = attack(target(reward), MATH, Plan(families=families, **{**QUICK, **plan}))
    return {one.id: one for one in report.findings}


def exactly(text: str, truth: str) -> float:
    return float(text.endswith(f"\\boxed{{{truth}}}"))


def test_an_honest_reward_holds():
    found = checks(exactly, "baseline", "cross", "constants", "total")
    assert {one.result for one in found.values()} == {"holds"}


def test_baselines():
    found = checks(lambda text, truth: 0.3 if truth not in text else 1.0, "baseline")
    assert found["B.wrong"].result == "holds"
    assert found["B.empty"].result == "holds", "no more than an honest wrong answer earns"
    found = checks(lambda text, truth: 1.0 if truth in text or not text.strip() else 0.0, "baseline")
    assert found["B.empty"].result == "leak"
    assert (found["B.empty"].leaks, found["B.empty"].tried, found["B.empty"].above) == (6, 12, 1.0)
    assert found["B.echo"].result == "holds"


def test_a_reward_that_pays_everything_pays_the_honest_wrong_answer():
    assert checks(lambda text, truth: 1.0, "baseline")["B.wrong"].leaks == 3


def test_another_tasks_answer_and_constants():
    found = checks(lambda text, truth: float("\\boxed{30}" in text or truth in text), "cross", "constants")
    assert (found["X.cross"].leaks, found["X.cross"].tried) == (2, 6)
    assert found["K.30"].note == "paid on 2 of 2 tasks"
    assert found["K.0"].result == "holds"


def test_the_same_number_written_otherwise_is_no_leak():
    problems = [Problem(Task(id=truth, truth=truth)) for truth in ("0.5", "\\frac{1}{2}", "42", "x=42")]
    report = attack(PackTarget("r1-zero-math"), problems, Plan(families=("cross", "constants"), **QUICK))
    assert not report.leaks


def test_a_reward_that_breaks():
    found = checks(lambda text, truth: exactly(text, truth) / (0 if "{{{{" in text else 1), "total")
    assert found["T.total"].result == "fault"
    assert found["T.total"].example.fault.startswith("ZeroDivisionError")


def test_a_reward_that_acts_on_the_machine(tmp_path):
    def evil(text: str, truth: str) -> float:
        if "$" in text:
            (tmp_path / "made").write_text("by an answer")
        return exactly(text, truth)

    found = checks(evil, "total")
    assert found["T.effects"].result == "leak"
    assert "open" in found["T.effects"].note


def test_the_hook_hears_what_is_done_and_nothing_else(tmp_path):
    with listening() as heard:
        sum(range(10))
        assert heard == []
        compile("1", "x", "eval")
        assert heard[0].startswith("compile")
    (tmp_path / "x").write_text("")
    assert len(heard) == 1


def test_a_reward_with_a_memory_is_not_the_same_twice():
    times = count()
    found = {
        one.id: one
        for one in elsewhere.again(
            _Local(lambda text, truth: exactly(text, truth) + (next(times) > 8)), usable(exactly), []
        )
    }
    assert found["D.again"].leaks


class _Local(CallableTarget):
    """A target that is judged in this process wherever it is."""

    def __init__(self, reward: Any) -> None:
        super().__init__("mine", form_like("r1-zero-math"), calls_of(reward), {"pack": "r1-zero-math"})


def usable(reward: Any) -> list[Case]:
    return [one for one in cases(target(reward), MATH) if isinstance(one, Case)]


def test_a_pack_is_the_same_in_other_processes_threads_and_orders():
    pack = PackTarget("r1-zero-math")
    chosen = [one for one in cases(pack, MATH) if isinstance(one, Case)]
    found = list(elsewhere.again(pack, chosen, []))
    assert [one.id for one in found] == ["D.again", "D.order", "D.thread", "D.process0", "D.process1", "D.process2"]
    assert [(one.tried, one.leaks) for one in found] == [(6, 0)] * 6


def test_the_search_finds_what_no_hack_does():
    """Two marks of different tricks together are paid; neither is alone."""

    def reward(text: str, truth: str) -> float:
        return 1.0 if exactly(text, truth) or ("sesame" in text and "open" in text) else 0.0

    one = hack("Z01", "half a key", source="here", fix="none")(lambda task, gold, wrong, seed: [wrong.put("open")])
    other = hack("Z02", "the other half", source="here", fix="none")(
        lambda task, gold, wrong, seed: [wrong.put("sesame")]
    )
    plan = Plan(budget=600, most_pairs=400, again=False, families=("search",), also=(one, other))
    report = attack(target(reward), MATH, plan)
    assert report.new
    assert sorted(report.new[0]["completion"].replace("opensesame", "sesameopen").split()) == ["sesameopen"], (
        "minimised"
    )
    assert report.new[0]["reward"] == 1.0
    assert report.count("leak"), "the right answer does not stand in it"
    json.dumps(report.new)
    again = attack(target(reward), MATH, plan)
    assert [row["completion"] for row in again.new] == [row["completion"] for row in report.new], "the seed decides"


@pytest.mark.parametrize(
    ("text", "bare", "right"),
    [
        ("12750{}", "12,750", True),
        ("so 1,234,567.", "1234567", True),
        ("(12)", "(1,2)", False),
        ("1,2345", "12345", False),
        ("first\nother", "first\nsecond", True),
        ("first\nother", "first\nsecond\nthird", False),
    ],
)
def test_whether_a_right_answer_stands_in_a_text(text: str, bare: str, right: bool):
    assert stands_in(text, bare) is right


def test_what_holds_the_right_answer_is_a_find_and_no_leak():
    """It may be right in other words: a person has to look, and nothing fails."""

    def reward(text: str, truth: str) -> float:
        return 1.0 if exactly(text, truth) or ("open" in text and truth in text) else 0.0

    part = hack("Z03", "a dress", source="here", fix="none")(lambda task, gold, wrong, seed: [wrong.put("open")])
    other = hack("Z04", "two", source="here", fix="none")(
        lambda task, gold, wrong, seed: [wrong.put(gold.bare + " or")]
    )
    report = attack(
        target(reward), MATH, Plan(budget=600, most_pairs=400, again=False, families=("search",), also=(part, other))
    )
    assert report.new
    assert report.count("find")
    assert not report.count("leak")
    assert report.not_held[-1].result == "find"


@pytest.mark.parametrize(
    ("pack", "text", "right"),
    [
        ("r1-zero-math", "<think>Hm.</think>\\boxed{ 42.0 }", True),
        ("r1-zero-math", "\\boxed{42} hm \\boxed{42}", True),
        ("r1-zero-math", "\\boxed{43} hm \\boxed{42}", False),
        ("r1-zero-math", "\\boxed{42 or 17}", False),
        ("gsm8k", "Answer: 42", True),
        ("gsm8k", "42.", True),
        ("gsm8k", "So the answer is 42", True),
        ("gsm8k", "Answer: 43\nAnswer: 42", False),
        ("text-to-sql", "```sql\n42\n```", True),
        ("json-mode", "42", True),
        ("json-mode", "[42]", False),
    ],
)
def test_a_right_answer_is_no_find(pack: str, text: str, right: bool):
    form = form_like(pack)
    pay = Pay(reward=0.0)
    case = Case(Task(truth="42"), Sample("42", form), Sample("43", form), pay, pay)
    assert honest(case, text) is right


def test_minimising():
    assert shrink("aaaXbbbbYccc\nlines\nmore", lambda text: "X" in text and "Y" in text) == "XY"
    assert shrink("abc", lambda text: False) == "abc"
    calls = []
    shrink("x" * 500, lambda text: calls.append(text) or False, tries=20)
    assert len(calls) == 20


def test_the_advantage_of_a_lone_leak():
    """One reward of 1 among seven of 0: mean 1/8, deviation sqrt(7)/8, so the advantage is (7/8) / (sqrt(7)/8) = sqrt 7."""
    assert advantage(1.0, 0.0, 8) == pytest.approx(7**0.5, abs=1e-6)
    assert advantage(0.01, 0.0, 8) == pytest.approx(7**0.5, abs=1e-5), "however small it is"
    assert advantage(0.0, 0.0, 8) == 0.0


def test_the_rule_that_paid_is_found_by_leaving_one_out():
    pack = PackTarget("r1-zero-math")
    wrong = Pay(reward=0.1, contributions={"format": 0.1, "answer": 0.0})
    assert rule_that_paid(pack, Pay(reward=1.0, contributions={"format": 0.0, "answer": 1.0}), wrong) == "answer"
    none = Pay(reward=0.0, contributions={"format": 0.0, "answer": 0.0})
    assert rule_that_paid(pack, Pay(reward=0.1, contributions={"format": 0.1, "answer": 0.0}), none) == "format"
    both = Pay(reward=1.1, contributions={"format": 0.1, "answer": 1.0})
    assert rule_that_paid(pack, both, none) == "format + answer"


def test_styles_of_callables():
    def trl(completions: Any, **columns: Any) -> list[float]:
        return [exactly(one[0]["content"], truth) for one, truth in zip(completions, columns["solution"], strict=True)]

    def trl_text(prompts: Any, completions: Any, answer: Any, **columns: Any) -> list[float]:
        return [exactly(one, truth) for one, truth in zip(completions, answer, strict=True)]

    def verl(data_source: str, solution_str: str, ground_truth: str, extra_info: Any = None) -> dict[str, float]:
        return {"score": exactly(solution_str, ground_truth)}

    assert [style_of(one) for one in (trl, trl_text, verl, exactly)] == ["trl", "trl", "verl", "two"]
    for reward in (trl, trl_text, verl, exactly):
        case = usable(reward)[0]
        assert (case.full, case.floor) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("returned", "reward"), [(None, None), (float("nan"), None), ({"score": 1}, 1.0), ([0.5], 0.5), ("x", None)]
)
def test_what_a_callable_may_return(returned: Any, reward: float | None):
    paid = target(lambda text, truth: returned).pay([(Rollout(text="x"), Task(truth="1"))])[0]
    assert paid.reward == reward


def test_names_that_nobody_has():
    with pytest.raises(UsageError, match="MODULE:FUNCTION"):
        imported("json.loads")
    with pytest.raises(UsageError, match="no attribute"):
        imported("json:load_all")
    with pytest.raises(UsageError, match="int is no function"):
        imported("sys:maxsize")
    with pytest.raises(UnknownName, match="'baseline'"):
        attack(target(exactly), MATH, Plan(families=("baselines",)))
    with pytest.raises(UsageError, match="no right answer"):
        attack(PackTarget("r1-zero-math"), [Problem(Task(truth={"x": 1}))])


def test_a_verifier_without_tasks_is_attacked_with_its_own_cases():
    pack = {"name": "p", "rules": [{"verifier": "text.pattern"}]}
    problems = bundled_problems(form_like(pack))
    assert problems
    assert all(one.gold for one in problems)
    report = attack(PackTarget(pack), problems, Plan(families=("baseline",), **QUICK))
    assert report.tasks == len(problems)
    assert not report.leaks


def test_a_target_is_made_again_from_its_recipe():
    assert made(PackTarget("gsm8k").recipe()).version == PackTarget("gsm8k").version


def test_tasks_from_a_file(tmp_path):
    path = tmp_path / "tasks.jsonl"
    rows = [
        {
            "task_id": "he/0",
            "prompt": "def f(x):\n",
            "entry_point": "f",
            "test": "def check(c):\n    assert c(1) == 2\n",
            "canonical_solution": "    return x + 1\n",
        },
        {"question": "1 + 1?", "answer": "2", "wrong": "11"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    first, second = read_problems(path)
    assert first.gold[0].bare == "def f(x):\n    return x + 1\n"
    assert first.task.truth["entry_point"] == "f"
    assert (second.task.truth, second.wrong[0].bare) == ("2", "11")
    assert len(read_problems(path, most=1)) == 1

"""Tasks to attack with, and their gold and honest wrong answers.

The tasks that come with referee lie in `redteam/tasks/`: of a pack by its name, else of the verifier that says what is
right, else of its family. A row has a prompt, a truth, and where the truth alone does not say what a right answer looks
like, `gold` (a bare answer) and maybe `wrong`. A file of the user's may have the solutions of its data set instead:
`canonical_solution` of HumanEval, `code` of MBPP, `solutions` of APPS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from referee.core.errors import InputError, TruthError, UsageError
from referee.core.types import Rollout, Task
from referee.data.columns import Columns
from referee.data.plain import dumps, loads_object
from referee.data.read import Source
from referee.data.rows import RowReader, prompt_text
from referee.redteam.families import Answer, family
from referee.redteam.sample import Form, Sample
from referee.redteam.target import EPSILON, Pay, Target
from referee.verifiers import find

MOST_WRONG = 12  # candidates for an honest wrong answer that are tried


@dataclass(frozen=True, slots=True)
class Problem:
    """A task as its file has it: `gold` and `wrong` are bare answers, or None."""

    task: Task
    gold: tuple[Answer, ...] = ()
    wrong: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A task with its two baselines, and what they earn."""

    task: Task
    gold: Sample
    wrong: Sample
    gold_pay: Pay
    wrong_pay: Pay

    @property
    def floor(self) -> float:
        """What the honest wrong answer earns; 0 where it could not be judged."""
        return self.wrong_pay.reward or 0.0

    @property
    def full(self) -> float:
        """What gold earns."""
        return self.gold_pay.reward or 0.0


def bundled_problems(form: Form, pack: str = "") -> list[Problem]:
    """The tasks that come with referee for a pack, or what the cases of its verifier make; `UsageError` for none."""
    folder = files("referee.redteam") / "tasks"
    for name in (pack, form.verifier, form.family):
        path = folder / f"{name}.jsonl"
        if name and "/" not in name and path.is_file():
            return [_problem(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
    if found := _from_cases(form):
        return found
    raise UsageError(f"no tasks for '{form.verifier}' come with referee; name a file of yours with --tasks FILE")


def _from_cases(form: Form) -> list[Problem]:
    """Tasks from a verifier's own cases: what passes is gold, what fails on the same truth is wrong."""
    found: dict[bytes, tuple[list[Answer], list[Answer], Task]] = {}
    for number, case in enumerate(find(form.verifier).cases):
        if case.params or case.status not in ("pass", "fail") or "<think>" in case.completion:
            continue
        task = Task(id=f"{form.verifier}-{number + 1}", prompt=case.prompt, truth=case.truth)
        right, wrong, _ = found.setdefault(dumps([case.truth, case.prompt]), ([], [], task))
        if case.status == "pass":
            right.append(Answer(case.completion))
        elif not case.note.startswith("attack"):
            wrong.append(Answer(case.completion))
    return [Problem(task, tuple(right), tuple(wrong)) for right, wrong, task in found.values() if right]


def read_problems(
    path: str | Path, choices: Sequence[str] = (), most: int | None = None, seed: int = 0
) -> list[Problem]:
    """The tasks of a file of rows; of more than `most`, as many at random. Raises `InputError` when there are none."""
    reader = RowReader(Columns.of(choices))
    found = [_problem_of_row(reader, line.raw, line.number) for line in Source(path).lines() if not line.fault]
    if not found:
        raise InputError(f"{path} holds no tasks")
    if most is not None and len(found) > most:
        found = [found[place] for place in sorted(Random(seed).sample(range(len(found)), most))]  # noqa: S311
    return found


def cases(target: Target, problems: Sequence[Problem]) -> Iterator[Case | Task]:
    """Each task with its baselines; the bare task where no right answer to it is known."""
    makers = family(target.form.family)
    golds = [_best(target, one, one.gold or tuple(_golds(makers, one.task))) for one in problems]
    for place, (problem, gold) in enumerate(zip(problems, golds, strict=True)):
        if gold is None:
            yield problem.task
            continue
        others = [one[0] for index, one in enumerate(golds) if one is not None and index != place]
        around = others[place:] + others[:place]
        candidates = [*problem.wrong, *makers.wrongs(problem.task, gold[0], around)][:MOST_WRONG]
        yield _case(target, problem.task, gold, candidates)


def _golds(makers: Any, task: Task) -> Iterator[Answer]:
    try:
        yield from makers.golds(task)
    except (TruthError, ValueError, TypeError, KeyError, RecursionError):
        return  # a truth of another shape: the rows must bring the gold


def _best(target: Target, problem: Problem, candidates: Sequence[Answer]) -> tuple[Answer, Pay] | None:
    """The candidate that earns most, and what it earns; None when none is judged right."""
    found: tuple[Answer, Pay] | None = None
    for answer in candidates:
        pay = target.pay([(Rollout(text=Sample(answer.bare, target.form).text), problem.task)])[0]
        better = found is None or (pay.reward or 0.0) > (found[1].reward or 0.0) + EPSILON
        if pay.reward is not None and pay.right and better:
            found = (answer, pay)
    return found


def _case(target: Target, task: Task, gold: tuple[Answer, Pay], candidates: Sequence[Answer]) -> Case:
    """The first candidate that is not right is the honest wrong answer; the first of all when every one is paid."""
    answer, full = gold
    right = Sample(answer.bare, target.form, answer.value, answer.also)
    wrongs = [Sample(one.bare, target.form, one.value) for one in candidates if one.bare != right.bare]
    wrongs = wrongs or [right.with_("I do not know")]
    known = {one.bare for one in wrongs}
    more = dict.fromkeys(bare for one in candidates for bare in one.also if bare not in known and bare != right.bare)
    wrongs += [right.with_(bare) for bare in more][:MOST_WRONG]
    pays = target.pay([(Rollout(text=one.text), task) for one in wrongs])
    below = (full.reward or 0.0) - EPSILON
    sound = [
        (one, pay)
        for one, pay in zip(wrongs, pays, strict=True)
        if pay.reward is not None and not pay.right and pay.reward < below
    ]
    wrong, pay = sound[0] if sound else (wrongs[0], pays[0])
    also = tuple(one.bare for one, _ in sound[1:])
    return Case(task, replace(right, value=answer.value, also=answer.also), replace(wrong, also=also), full, pay)


def _problem(row: Mapping[str, Any]) -> Problem:
    task = Task(id=str(row.get("id", "")), prompt=row.get("prompt"), truth=row.get("truth"), meta=row.get("meta", {}))
    return Problem(task, answers(row.get("gold")), answers(row.get("wrong")))


def answers(given: Any) -> tuple[Answer, ...]:
    """A bare answer from a row: a text, or data that is written as JSON."""
    if given is None:
        return ()
    if isinstance(given, str):
        return (Answer(given, _data(given)),)
    return (Answer(json.dumps(given, ensure_ascii=False), given),)


def _data(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except ValueError:
        return None


def _problem_of_row(reader: RowReader, raw: bytes, number: int) -> Problem:
    row = reader.problem(raw)
    cells = loads_object(raw)
    task = Task(id=row.task or f"row-{number}", prompt=prompt_text(row.prompt), truth=row.truth)
    return Problem(task, tuple(_solutions(cells, task)), answers(cells.get("wrong")))


def _solutions(cells: Mapping[str, Any], task: Task) -> Iterator[Answer]:
    """The programs that data sets bring with their rows."""
    if task.truth != cells.get("gold") and cells.get("gold") is not None:
        yield from answers(cells["gold"])
    if isinstance(body := cells.get("canonical_solution"), str):
        yield Answer(f"{cells.get('prompt', '')}{body}")
        yield Answer(body)
    if isinstance(code := cells.get("code"), str):
        yield Answer(code)
    solutions = cells.get("solutions")
    if isinstance(solutions, str):
        solutions = _data(solutions)
    if isinstance(solutions, list):
        yield from (Answer(one) for one in solutions[:2] if isinstance(one, str))

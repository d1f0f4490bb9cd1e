"""What is wrong with a data set as a whole: constants that pay, guesses that pay, tasks in two wordings."""

import json
from pathlib import Path
from typing import Any

from referee.audit.finding import Report
from referee.audit.study import audit

LONG = (
    "A carpenter cuts {0} boards into four pieces each and stacks them behind the shed, then his neighbour comes by, takes "
    "a dozen of them without asking, and leaves a basket of eggs, so tell how many pieces {1} behind the shed that night?"
)


def _report(folder: Path, rows: list[dict[str, Any]], pack: str) -> Report:
    path = folder / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return audit(path, pack, second=0)


def _questions(answers: list[int]) -> list[dict[str, Any]]:
    return [
        {"question": f"Number {at}?", "choices": [f"{at} {side}" for side in "wxyz"], "answer": answer}
        for at, answer in enumerate(answers)
    ]


def test_a_letter_that_is_right_too_often(tmp_path: Path) -> None:
    report = _report(tmp_path, _questions([1] * 60 + [0, 2, 3, 2] * 10), "mmlu")
    (finding,) = report.findings
    assert (finding.id, finding.rows, finding.drop) == ("rate.constant", (), False)
    assert finding.examples[0].detail == "'B' is right on 60 of 100 rows (60.0%)"
    assert report.figures["best constant answers"]["B"] == 0.6
    assert report.figures["a blind guess earns"] == 0.25
    assert report.drop == ()


def test_letters_that_are_right_equally_often(tmp_path: Path) -> None:
    assert _report(tmp_path, _questions([0, 1, 2, 3] * 25), "mmlu").findings == ()


def test_yes_or_no_is_guessed_half_of_the_time(tmp_path: Path) -> None:
    rows = [{"question": f"Is {at} even, and is it so twice?", "truth": "no" if at % 2 else "yes"} for at in range(40)]
    report = _report(tmp_path, rows, "triviaqa")
    assert {one.id for one in report.findings} == {"rate.guess"}  # no constant does better than a guess
    assert report.figures["a blind guess earns"] == 0.5
    assert report.figures["best constant answer by type"]["yes or no"]["share"] == 0.5


def test_one_task_in_two_wordings(tmp_path: Path) -> None:
    rows = [
        {"question": LONG.format(30, "are"), "truth": "108"},
        {"question": LONG.format(30, "lie"), "truth": "108.0"},
        {"question": LONG.format(40, "lie"), "truth": "148"},
    ]
    (finding,) = _report(tmp_path, rows, "r1-zero-math").findings
    assert (finding.id, finding.level, finding.rows) == ("duplicate.near", "note", (2,))


def test_what_a_verdict_costs_is_told(tmp_path: Path) -> None:
    cost = _report(tmp_path, _questions([0, 1, 2, 3]), "mmlu").cost
    assert cost is not None
    assert 0 < cost.median_s <= cost.p99_s <= cost.slowest_s
    assert cost.slowest in (1, 2, 3, 4)

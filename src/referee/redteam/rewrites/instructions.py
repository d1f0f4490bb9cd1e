"""Responses that follow the same instructions: other white space at the ends, and asterisks where none are counted."""

from __future__ import annotations

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.hacks.instructions import asked
from referee.redteam.sample import Sample


@rewrite("R.instruct.ends", "blank lines at both ends", on="instruct")
def ends(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if not any(name.startswith(("format:no_whitespace", "copy:", "repeat:", "new:")) for name in asked(task)):
        yield f"\n\n{gold.bare}\n\n"


@rewrite("R.instruct.case", "keywords in another letter case", on="instruct")
def case(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    names = asked(task)
    free = ("keywords:existence", "keywords:frequency", "length_constraints:number_words", "punctuation:no_comma")
    if names and set(names) <= set(free):
        yield gold.put(gold.bare.upper())
        yield gold.put(gold.bare.lower())


@rewrite("R.instruct.quotes", "curly quotation marks and apostrophes", on="instruct")
def quotes(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "startend:quotation" in asked(task) and gold.bare[:1] == gold.bare[-1:] == '"':
        yield gold.put(f"“{gold.bare[1:-1]}”")


@rewrite("R.instruct.bullets", "the other bullets of markdown", on="instruct")
def bullets(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "detectable_format:number_bullet_lists" in asked(task):
        for mark in ("- ", "+ "):
            yield gold.put(
                "\n".join(mark + line[2:] if line.startswith("* ") else line for line in gold.bare.split("\n"))
            )

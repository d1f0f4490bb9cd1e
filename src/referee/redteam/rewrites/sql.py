"""Queries, said otherwise: letter case, white space, comments, aliases, a common table, a semicolon."""

from __future__ import annotations

import re

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.sample import Sample


@rewrite("R.sql.layout", "keywords in lower case, white space, a comment, a semicolon", on="sql")
def layout(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "'" not in gold.bare and '"' not in gold.bare:
        yield gold.say(gold.bare.lower())
    yield gold.say(re.sub(r" (?=(?:FROM|WHERE|ORDER|GROUP|JOIN)\b)", "\n  ", gold.bare))
    yield gold.say(f"-- the rows that are asked for\n{gold.bare};")
    yield gold.say(f"{gold.bare} /* that is all */")


@rewrite("R.sql.table", "through a common table or a subquery, where order does not count", on="sql")
def through_a_table(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if not re.search(r"(?i)\border\s+by\b|\blimit\b", gold.bare):
        yield gold.say(f"WITH answer AS ({gold.bare}) SELECT * FROM answer")
        yield gold.say(f"SELECT * FROM ({gold.bare}) ORDER BY 1 DESC")


@rewrite("R.sql.prose", "sentences before and after the block", on="sql")
def prose(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"This query gives it:\n\n{gold.marked}\n\nIt reads each row once.")
    yield gold.put(f"```\n{gold.bare}\n```")

"""Rows of IFEval become truths by themselves."""

import json

import referee
from referee.data.columns import Columns
from referee.data.rows import RowReader

ROW = {"key": 1, "prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{"num_words": None}]}


def test_rows_of_ifeval():
    pack = referee.RulePack.load("ifeval")
    rewards = []
    for text in ("one two", "one, two"):
        row = RowReader(Columns()).row(json.dumps(ROW | {"response": text}).encode())
        rewards.append(pack.score(row.completions[0], row.truth).reward)
    assert rewards == [1.0, 0.0]

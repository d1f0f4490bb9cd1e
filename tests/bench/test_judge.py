"""The benchmark measures everything it names; its figures are never asserted."""

from referee.bench import judge
from referee.bench.texts import BOX, GROUP, LINE, SIZE, rows
from referee.engine.score import RulePack


def test_the_texts_are_the_same_every_time_and_as_long_as_promised():
    assert list(rows(50)) == list(rows(50))
    sizes = [len(row["completion"]) for row in rows(200)]
    assert SIZE * 0.9 < sum(sizes) / len(sizes) < SIZE * 1.1
    assert len({row["task_id"] for row in rows(10 * GROUP)}) == 10


def test_the_texts_are_judged_right_and_wrong():
    for name, ending in (("r1-zero-math", BOX), ("gsm8k", LINE)):
        pack = RulePack.load(name)
        statuses = [pack.score(row["completion"], row["truth"]).verdicts["answer"].reason for row in rows(200, ending)]
        assert 60 < statuses.count("math.equal.number") < 120
        assert 60 < statuses.count("math.different") < 120
        assert 5 < 200 - statuses.count("math.equal.number") - statuses.count("math.different") < 40


def test_everything_is_measured():
    figures = list(judge.measure(64, 1))
    names = {figure.name for figure in figures}
    assert {"r1-zero-math: score", "gsm8k: score", "referee score --pack gsm8k"} <= names
    assert all(figure.value > 0 for figure in figures if figure.unit in ("us/rollout", "rollouts/s", "MB peak"))
    assert "not measured" not in {figure.unit for figure in figures}

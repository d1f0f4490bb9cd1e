import msgspec
import pytest

from referee.core.digest import canonical, digest
from referee.core.types import Rollout, Status, Task, Verdict, failed, graded, passed, unjudged


@pytest.mark.parametrize(
    ("status", "score"),
    [
        ("pass", 0.5),
        ("pass", None),
        ("fail", 1.0),
        ("partial", 0.0),
        ("partial", 1.0),
        ("partial", None),
        ("unjudged", 0.0),
    ],
)
def test_a_verdict_cannot_contradict_itself(status: Status, score: float | None) -> None:
    with pytest.raises(ValueError, match="cannot have the score"):
        Verdict(status=status, score=score, reason="x")


def test_the_four_ways_to_say_it() -> None:
    assert passed("a.b", found="x") == Verdict(status="pass", score=1.0, reason="a.b", evidence={"found": "x"})
    assert failed("a.b").score == 0.0
    assert unjudged("a.b").score is None
    assert [graded(score, "a").status for score in (0.0, 0.5, 1.0)] == ["fail", "partial", "pass"]
    with pytest.raises(ValueError, match=r"cannot have the score 1\.5"):
        graded(1.5, "a")


def test_records_are_frozen_and_refuse_unknown_fields() -> None:
    with pytest.raises(AttributeError):
        Rollout(text="x").text = "y"  # type: ignore[misc]
    with pytest.raises(msgspec.ValidationError, match="unknown field `txt`"):
        msgspec.convert({"text": "x", "txt": "y"}, Rollout)


def test_a_verdict_survives_the_wire() -> None:
    verdict = graded(0.25, "a.b", span=[1, 2], parts={"x": 1})
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(verdict), type=Verdict) == verdict


def test_the_digest_is_of_the_content() -> None:
    assert canonical({"b": 1, "a": [1.0, None]}) == b'{"a":[1.0,null],"b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(Task(truth=1)) != digest(Task(truth="1"))
    # SHA-256 of the two bytes {}: a digest that is stored today must be found again in ten years.
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

"""The service gives the library's own scores, whatever a rollout holds."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import referee
from referee.data.plain import dumps
from referee.engine.score import as_pack

RIGHT = "<think>The roots are 2 and 3.</think> <answer>\\boxed{2}</answer>"
WRONG = "<think>The roots are 2 and 3.</think> <answer>\\boxed{3}</answer>"
TWO_RULES = (
    '[[rules]]\nverifier = "text.exact"\n\n[[rules]]\nname = "short"\nverifier = "shape.length"\nrole = "gate"\n'
)


def post(client, path, body):
    answer = client.post(path, content=dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def plain(record):
    return json.loads(dumps(msgspec.to_builtins(record)))


def test_one_many_and_groups_are_what_the_library_says(served):
    pack = as_pack("r1-zero-math")
    expected = plain(pack.score_group([RIGHT, WRONG], truth="2", prompt="Solve it.", task="root"))
    one = post(served, "/v1/score", {"pack": "r1-zero-math", "completion": RIGHT, "truth": "2"})
    assert one == {"score": plain(pack.score(RIGHT, truth="2"))}
    asked = {"completions": [RIGHT, WRONG], "truth": "2", "prompt": "Solve it.", "task": "root"}
    assert post(served, "/v1/score", {"pack": "r1-zero-math", **asked}) == {"group": expected}
    both = post(served, "/v1/score", {"pack": "r1-zero-math", "groups": [asked, asked]})
    assert both == {"groups": [expected, expected]}
    assert expected["rewards"] == [1.1, 0.1]


def test_the_forms_of_a_completion(served):
    forms = [
        RIGHT,
        {"text": RIGHT, "tokens": 12, "id": "a", "finish": "stop"},
        {"role": "assistant", "content": RIGHT},
        [{"role": "user", "content": "?"}, {"role": "assistant", "content": [{"type": "text", "text": RIGHT}]}],
    ]
    group = post(served, "/v1/score", {"pack": "r1-zero-math", "completions": forms, "truth": "2"})["group"]
    assert group["rewards"] == [1.1] * 4
    assert group["silent"]
    assert group["scores"][1]["rollout"] == "a"


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [("dr_grpo", [0.5, -0.5]), ("leave_one_out", [1.0, -1.0]), ("grpo", [1.0, -1.0])],
)
def test_the_estimator_is_the_callers(served, estimator, expected):
    asked = {"pack": "r1-zero-math", "completions": [RIGHT, WRONG], "truth": "2", "estimator": estimator}
    assert post(served, "/v1/score", asked)["group"]["advantages"] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_hostile_texts_come_through_whole(served, text):
    """NUL, lone surrogates, what changes the direction: the score is the library's, and the evidence is the text's."""
    completion = f"\\boxed{{{text}}}"
    found = post(served, "/v1/score", {"pack": "strict-math", "completion": completion, "truth": "2"})["score"]
    assert found == plain(as_pack("strict-math").score(completion, truth="2"))


def test_a_pack_may_come_as_text(served):
    found = post(served, "/v1/score", {"pack": {"text": TWO_RULES}, "completion": "x", "truth": "x"})["score"]
    assert found["reward"] == 1.0
    assert set(found["verdicts"]) == {"text.exact", "short"}


def test_programs_run_in_the_sandbox(served):
    family = next(one for one in served.get("/v1/families").json()["families"] if one["id"] == "execution")
    texts = {one["id"]: one["text"] for one in family["rollouts"]}
    asked = [texts["right"], texts["equal"], texts["exit"]]
    found = post(served, "/v1/score", {"pack": family["pack"], "completions": asked, "truth": family["truth"]})["group"]
    reasons = [score["verdicts"]["code"]["reason"] for score in found["scores"]]
    if reasons[0].startswith("infra."):
        pytest.skip(f"no sandbox here: {reasons[0]}")
    assert found["rewards"] == [1.1, 0.1, 0.1]
    assert reasons[0] == "code.passed"


def test_a_wrong_answer_with_perfect_format_falls_from_1_10_to_0_10(served):
    family = next(one for one in served.get("/v1/families").json()["families"] if one["id"] == "format")
    texts = {one["id"]: one["text"] for one in family["rollouts"]}
    asked = {"pack": family["pack"], "completions": [texts["right"], texts["wrong"]], "truth": family["truth"]}
    told = post(served, "/v1/explain", asked)
    assert [one["reward"] for one in told["rollouts"]] == [1.1, 0.1]
    assert told["group"]["advantages"] == pytest.approx([1.0, -1.0], abs=1e-6)
    wrong = told["rollouts"][1]["rules"]
    assert [(rule["rule"], rule["status"], rule["contribution"]) for rule in wrong] == [
        ("format", "pass", 0.1),
        ("answer", "fail", 0.0),
    ]
    place = wrong[1]["spans"][0]
    assert texts["wrong"][place["start"] : place["end"]] == "3"
    assert wrong[1]["words"] == "another number or expression than the truth" or wrong[1]["words"]


def test_equal_rollouts_are_a_silent_group_that_says_why(served):
    asked = {"pack": "r1-zero-math", "completions": [RIGHT, RIGHT], "truth": "2"}
    group = post(served, "/v1/explain", asked)["group"]
    assert group["silent"]
    assert group["kind"] == "all_right"
    assert group["advantages"] == [0.0, 0.0]
    assert "all 2 rewards are 1.1" in group["why"]
    alone = post(served, "/v1/explain", {**asked, "completions": [RIGHT]})["group"]
    assert alone["kind"] == "few"


def test_the_parts_of_a_rule_are_told(served):
    told = post(served, "/v1/explain", {"pack": "r1-math", "completions": [RIGHT], "truth": "2"})
    rule = next(rule for rule in told["rollouts"][0]["rules"] if rule["parts"])
    names = [part.name for spec in as_pack("r1-math").spec.rules for part in spec.parts]
    assert [part["rule"] for part in rule["parts"]] == names[: len(rule["parts"])]
    assert sum(part["weight"] for part in rule["parts"]) == pytest.approx(1.0)
    assert all(part["contribution"] is None for part in rule["parts"])


def test_all_samples_score_as_the_library_scores_them(served):
    for family in served.get("/v1/families").json()["families"]:
        if family["id"] == "execution":
            continue
        texts = [one["text"] for one in family["rollouts"]]
        asked = {"pack": family["pack"], "completions": texts, "truth": family["truth"], "prompt": family["prompt"]}
        expected = referee.score_group(family["pack"], texts, family["truth"], family["prompt"])
        assert post(served, "/v1/score", asked)["group"] == plain(expected)


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"pack": "r1-zero-math"}, 422, None),
        ({"pack": "r1-zero-math", "completion": "x", "completions": ["x"]}, 422, None),
        ({"pack": "r1-zero-maht", "completion": "x"}, 422, "$.pack"),
        ({"pack": {"text": '[[rules]]\nverifier = "no.such"\n'}, "completion": "x"}, 422, "$.pack.rules[0].verifier"),
        ({"pack": "r1-zero-math", "completions": []}, 422, "$.completions"),
        ({"pack": "r1-zero-math", "completions": ["x", {"role": "user", "content": "x"}]}, 422, "$.completions[1]"),
        ({"pack": "r1-zero-math", "completions": ["x", {"text": 1}]}, 422, "$.completions[1].text"),
        ({"pack": "r1-zero-math", "groups": [{"completions": ["x", 7]}]}, 422, "$.groups[0].completions[1]"),
        ({"pack": "r1-zero-math", "completion": "x", "estimator": "best"}, 422, "$.estimator"),
        ({"pack": "r1-zero-math", "completion": "x", "tuth": "2"}, 422, None),
        ({"pack": "/etc/passwd", "completion": "x"}, 422, "$.pack"),
        ({"pack": "../../x.toml", "completion": "x"}, 422, "$.pack"),
        ({"pack": "r1-zero-math", "completions": ["x"] * 1025}, 413, None),
        ({"pack": "r1-zero-math", "completions": ["x", "y" * ((1 << 20) + 1)]}, 413, "$.completions[1]"),
        ([], 422, None),
    ],
)
def test_what_cannot_be_scored_is_said_with_its_place(served, body, status, path):
    answer = served.post("/v1/score", json=body)
    assert answer.status_code == status
    told = answer.json()["error"]
    assert told["message"]
    if path is not None:
        assert told["path"] == path


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"pack": "x" "y"}', b"[" * 100_000, b'{"a": ' * 5_000])
def test_what_is_no_json_is_refused(served, body):
    answer = served.post("/v1/score", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["message"]


def test_a_body_must_say_that_it_is_json(served):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = served.post("/v1/score", content=b"{}", headers={"content-type": kind} if kind else {})
        assert answer.status_code == 415

"""A ledger over HTTP: what is filtered, counted, compared and computed again is what the ledger holds."""

from __future__ import annotations

import sqlite3

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referee.audit.watch.ledger import LedgerWatch, watch_ledger
from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission, keys_of
from referee.ledger.read import Reader
from referee.ledger.write import Ledger

PACK = RulePack.load(
    {
        "name": "shown",
        "rules": [
            {"name": "answer", "verifier": "math.number"},
            {"name": "form", "verifier": "format.one_box", "weight": 0.1},
            {"name": "brief", "verifier": "shape.length", "weight": 0.5, "params": {"maximum": 60}},
        ],
    }
)
GROUPS, SIZE = 12, 4
SECRET = "needle \u202e in a \ud800 haystack"


def text(group, index):
    """Right, wrong, two boxes, and without an answer, in groups that differ in length."""
    if group == 5:
        return "It is \\boxed{5}."
    said = [
        f"It is \\boxed{{{group}}}.",
        "It is \\boxed{99}.",
        f"\\boxed{{{group}}} or \\boxed{{1}}",
        f"I know it. {SECRET}",
    ]
    return said[index] + " So." * (group * 3)


def scored(group, run="train"):
    task = Task(id=f"task-{group}", truth=str(group), prompt=f"What is {group}?")
    rollouts = tuple(Rollout(text=text(group, index), tokens=10 * group + index) for index in range(SIZE))
    work = Submission(run=run, group=f"g{group}", task=task, rollouts=rollouts, pack=PACK.spec)
    return [
        Scored(
            key=key, run=run, group=work.group, index=index, rollout=rollout, task=task, build=build().id, step=group // 3,
            score=PACK.score_rollout(rollout, task), seconds=0.001 * (index + 1), worker="w",
        )
        for index, (rollout, key) in enumerate(zip(rollouts, keys_of(work, PACK.digest, build().id), strict=True))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledgers") / "run.ledger"
    with Ledger(path) as ledger:
        ledger.learn(PACK.spec)
        ledger.learn(build())
        for group in range(GROUPS):
            ledger.keep(scored(group))
        ledger.keep(scored(2, run="other"))
    return path


@pytest.fixture(scope="module")
def client(serving, path):
    with serving(ledgers=(path,)) as address, httpx.Client(base_url=f"{address}/v1/ledgers", timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def entries(path):
    with Reader(path) as reader:
        return list(reader.entries())


def get(client, where, **asked):
    answer = client.get(
        where or client.base_url.copy_with(path="/v1/ledgers"),
        params={name: value for name, value in asked.items() if value is not None},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_ledgers_and_runs_are_listed(client):
    row = get(client, "")["ledgers"][0]
    assert (row["id"], row["name"], row["entries"]) == ("run", "run.ledger", GROUPS * SIZE + SIZE)
    assert [(run["run"], run["entries"], run["first_step"], run["last_step"]) for run in row["runs"]] == [
        ("train", 48, 0, 3),
        ("other", 4, 0, 0),
    ]
    page = get(client, "/run")
    assert page["packs"] == [{"digest": PACK.digest, "name": "shown", "entries": 52}]
    assert page["closed"]


def expected(entries, keep):
    return [entry.seq for entry in entries if keep(entry.scored, entry.scored.score)]


CASES = [
    ({"run": "train"}, lambda one, _: one.run == "train"),
    ({"step": 2}, lambda one, _: one.step == 2),
    ({"step_from": 1, "step_to": 3}, lambda one, _: one.step in {1, 2}),
    ({"group": "g7"}, lambda one, _: one.group == "g7"),
    ({"task": "task-2"}, lambda one, _: one.task.id == "task-2"),
    ({"rule": "answer", "status": "pass"}, lambda _, score: score.verdicts["answer"].status == "pass"),
    ({"status": "fail"}, lambda _, score: any(one.status == "fail" for one in score.verdicts.values())),
    ({"rule": "answer", "reason": "answer.missing"}, lambda _, score: score.verdicts["answer"].reason == "answer.missing"),
    ({"tag": "answer.ambiguous"}, lambda _, score: any(one.reason == "answer.ambiguous" for one in score.verdicts.values())),
    ({"reward_from": 1.0}, lambda _, score: score.reward >= 1.0),
    ({"reward_from": 0.5, "reward_to": 1.0}, lambda _, score: 0.5 <= score.reward < 1.0),
    ({"length_from": 40, "length_to": 80}, lambda one, _: 40 <= len(one.rollout.text) < 80),
    ({"tokens_from": 50}, lambda one, _: one.rollout.tokens >= 50),
    ({"masked": "1"}, lambda _, score: score.reward is None),
    ({"text": "haystack"}, lambda one, _: "haystack" in one.rollout.text),
    ({"text": "haystack", "step": 1}, lambda one, _: "haystack" in one.rollout.text and one.step == 1),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "keep"), CASES, ids=lambda one: "-".join(one) if isinstance(one, dict) else "")
def test_a_filter_leaves_what_it_says(client, entries, asked, keep):
    wanted = expected(entries, keep)
    found, after = [], None
    while True:
        page = get(client, "/run/rollouts", **asked, limit=7, after=after)
        assert page["total"] == len(wanted)
        found += [row["seq"] for row in page["rollouts"]]
        after = page["next"]
        if after is None:
            break
    assert found == wanted
    facets = get(client, "/run/facets", **asked)
    assert facets["total"] == len(wanted)
    assert sum(facets["rules"][0]["statuses"].values()) == len(wanted) if wanted else facets["rules"] == []


def test_repeated_names_are_one_or_the_other(client, entries):
    page = client.get("/run/rollouts", params=[("step", "0"), ("step", "3"), ("limit", "500")]).json()
    assert [row["seq"] for row in page["rollouts"]] == expected(entries, lambda one, _: one.step in {0, 3})


@pytest.mark.parametrize("order", ["reward", "-reward", "length", "-length", "-seq"])
def test_rows_come_in_the_order_asked(client, order):
    rows = get(client, "/run/rollouts", order=order, limit=500)["rollouts"]
    name = {"length": "characters"}.get(order.lstrip("-"), order.lstrip("-"))
    values = [row[name] for row in rows]
    assert values == sorted(values, reverse=order.startswith("-"))


@pytest.mark.parametrize("of", ["reward", "length", "tokens", "seconds", "score"])
def test_the_bars_of_a_histogram_are_filters(client, entries, of):
    more = {"rule": "brief"} if of == "score" else {}
    told = get(client, "/run/histogram", of=of, bins=5, run="train", **more)
    assert sum(one["count"] for one in told["bins"]) == told["total"] - told["masked"]
    for one in told["bins"]:
        page = get(client, "/run/rollouts", run="train", **more, **one["filter"])
        assert page["total"] == one["count"], one


def test_an_entry_says_what_each_rule_said(client, entries):
    for number in (1, 3, 24):
        kept = entries[number - 1].scored
        told = get(client, f"/run/entries/{number}")
        assert told["rollout"]["text"] == kept.rollout.text
        assert told["reward"] == kept.score.reward
        assert told["pack"]["name"] == "shown"
        assert [(rule["rule"], rule["status"], rule["contribution"]) for rule in told["rules"]] == [
            (name, one.status, kept.score.contributions[name]) for name, one in kept.score.verdicts.items()
        ]
        for rule in told["rules"]:
            for span in rule["spans"]:
                assert kept.rollout.text[span["start"] : span["end"]]


def test_a_group_stands_side_by_side(client):
    told = get(client, "/run/groups", run="train", group="g3")
    expected = PACK.score_group([text(3, index) for index in range(SIZE)], truth="3", prompt="What is 3?")
    assert [entry["index"] for entry in told["entries"]] == [0, 1, 2, 3]
    assert told["told"]["advantages"] == list(expected.advantages)
    assert [entry["advantage"] for entry in told["entries"]] == list(expected.advantages)
    silent = get(client, "/run/groups", run="train", group="g5")["told"]
    assert silent["silent"]
    assert silent["why"]
    assert client.get("/run/groups", params={"run": "train", "group": "g99"}).status_code == 404


def test_two_entries_are_compared(client):
    told = get(client, "/run/difference", one=1, other=2)
    one, other = told["one"]["rollout"]["text"], told["other"]["rollout"]["text"]
    assert "".join(one[slice(*change["one"])] for change in told["changes"]) == one
    assert "".join(other[slice(*change["other"])] for change in told["changes"]) == other
    assert {rule["rule"]: rule["same"] for rule in told["rules"]}["answer"] is False


def test_an_entry_is_computed_again(client, entries):
    for number in (1, 4, len(entries)):
        told = client.post(f"/run/entries/{number}/replay", json={}).json()
        assert told["same"]
        assert told["words"] == "recomputed now: equal"
        assert told["reward_then"] == told["reward_now"] == entries[number - 1].scored.score.reward
        assert told["builds"] == []


def test_a_score_that_was_changed_is_found_by_a_replay(serving, path, tmp_path):
    copy = tmp_path / "copy.ledger"
    copy.write_bytes(path.read_bytes())
    with Reader(copy) as reader:
        kept = next(reader.entries([2]))
    store = sqlite3.connect(copy, isolation_level=None)
    store.execute("DROP TRIGGER entries_UPDATE")
    higher = msgspec.structs.replace(kept.scored.score, reward=9.0)
    store.execute(
        "UPDATE entries SET score = ?, mark = ? WHERE seq = 2", (msgspec.json.encode(higher).decode(), b"x" * 32)
    )
    store.close()
    with serving(ledgers=(copy,)) as address:
        told = httpx.post(f"{address}/v1/ledgers/copy/entries/2/replay", json={}, timeout=120).json()
    assert (told["kind"], told["same"], told["reward_then"]) == ("differs", False, 9.0)
    assert told["reward_now"] == PACK.score(text(0, 1), truth="0").reward


def test_curves_are_the_means_of_each_step(client, entries):
    told = get(client, "/run/curves", run="train")
    assert told["steps"] == [0, 1, 2, 3]
    for at, step in enumerate(told["steps"]):
        rows = [one.scored for one in entries if one.scored.run == "train" and one.scored.step == step]
        assert told["series"]["rollouts"][at] == len(rows) == 12
        mean = sum(one.score.reward for one in rows) / 12
        assert told["series"]["reward"][at] == pytest.approx(mean)
        assert told["rules"]["answer"][at] == pytest.approx(
            sum(one.score.verdicts["answer"].score for one in rows) / 12
        )
        assert told["series"]["length_p95"][at] == max(len(one.rollout.text) for one in rows)
    assert told["series"]["silent_share"] == [0.0, pytest.approx(1 / 3), 0.0, 0.0]  # group 5 alone
    assert told["answer_rule"] == "answer"
    assert told["format_rules"] == ["form", "brief"]
    assert told["series"]["answer"] == told["rules"]["answer"]
    assert told["series"]["verify_p50"] == [0.002] * 4
    assert get(client, "/run/curves", run="train", after=1)["steps"] == [2, 3]
    assert client.get("/run/curves", params={"run": "nobody"}).status_code == 404


def test_alarms_are_the_watchs(client, path):
    expected = watch_ledger(path, run="train")
    while not (told := get(client, "/run/curves", run="train"))["watched"]:
        pass
    kinds = [(one["kind"], one["step"], one["message"]) for one in told["alarms"]]
    with LedgerWatch(path) as watch:
        assert kinds == [(one.kind, one.step, one.message) for one in watch.poll() if one.run == "train"]
    assert {kind for kind, _, _ in kinds} <= {one.kind for one in expected.alarms}


def test_what_is_kept_meanwhile_is_seen(serving, tmp_path):
    path = tmp_path / "live.ledger"
    with Ledger(path) as ledger:
        ledger.learn(PACK.spec)
        ledger.keep(scored(0))
        with serving(ledgers=(path,)) as address, httpx.Client(base_url=f"{address}/v1/ledgers", timeout=120) as client:
            assert get(client, "/live/rollouts")["total"] == SIZE
            assert get(client, "/live/curves")["series"]["rollouts"] == [4]
            ledger.keep(scored(1))
            ledger.keep(scored(4))
            assert get(client, "/live/rollouts")["total"] == 3 * SIZE
            curves = get(client, "/live/curves")
            assert (curves["steps"], curves["series"]["rollouts"]) == ([0, 1], [8, 4])


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/nothing", 404),
        ("/run/entries/0", 404),
        ("/run/entries/1000", 404),
        ("/run/entries/x", 404),
        ("/run/entries/99999999999999999999", 404),
        ("/run/rollouts?limit=0", 422),
        ("/run/rollouts?limit=501", 422),
        ("/run/rollouts?step=x", 422),
        ("/run/rollouts?step=99999999999999999999", 422),
        ("/run/rollouts?order=text", 422),
        ("/run/rollouts?nothing=1", 422),
        ("/run/rollouts?run=a&run=b", 422),
        ("/run/histogram?of=score", 422),
        ("/run/difference?one=1", 422),
        ("/run/groups?run=train", 422),
    ],
)
def test_what_is_not_there_is_said(client, where, status):
    answer = client.get(where)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=30), name=st.sampled_from(["run", "group", "task", "rule", "reason", "tag", "text"]))
def test_no_value_of_a_filter_is_read_as_anything_else(client, value, name):
    """Quotes, NUL, percent signs: a value is bound, never written into the question."""
    answer = client.get("/run/rollouts", params={name: value})
    assert answer.status_code == 200
    assert answer.json()["total"] in {0, 4, 24, 26, 48, 52} or name == "text"

"""What a pool counts, and how Prometheus, JSON lines and OpenTelemetry see it."""

from __future__ import annotations

import urllib.request

import msgspec
import pytest

from referee.core.errors import MissingExtra, UsageError
from referee.core.types import Rollout, Score, Task, failed, passed, unjudged
from referee.engine.scored import Scored
from referee.pool.metrics import FAMILIES, Metrics
from referee.pool.metrics_export import Endpoint, JsonLines
from referee.pool.telemetry import Telemetry


def scored(verdict, reward, index=0, **fields) -> Scored:
    score = Score(reward=reward, verdicts={"answer": verdict}, contributions={}, pack="p" * 64)
    given = {
        "key": f"{index:064x}",
        "run": "r",
        "group": "g",
        "index": index,
        "build": "b",
        "seconds": 0.005,
        "spent": (0.004,),
        "waited": 0.2,
    }
    return Scored(rollout=Rollout(text="x", id=f"r{index}"), task=Task(), score=score, **(given | fields))


RIGHT, WRONG = passed("text.equal"), failed("text.different")


def test_verdicts_rewards_and_times_are_counted():
    metrics = Metrics()
    metrics.scored([scored(RIGHT, 1.0, 0), scored(WRONG, 0.0, 1), scored(unjudged("infra.sandbox"), None, 2)])
    found = metrics.snapshot()
    assert found['reward_score_total{rule="answer",verdict="pass"}'] == 1
    assert found['reward_score_total{rule="answer",verdict="fail"}'] == 1
    assert found['reward_score_total{rule="answer",verdict="unjudged"}'] == 1
    assert found["reward_masked_total"] == 1
    assert (found["reward_value_count"], found["reward_value_sum"]) == (2, 1.0)
    assert found['reward_verify_seconds_count{rule="answer"}'] == 3
    assert found['reward_verify_seconds_sum{rule="answer"}'] == pytest.approx(0.012)
    assert found["reward_wait_seconds_sum"] == pytest.approx(0.6)
    assert found["reward_groups_total"] == 1


@pytest.mark.parametrize(
    ("verdict", "reward", "kind"), [(RIGHT, 1.0, "all_right"), (WRONG, 0.0, "all_wrong"), (WRONG, 0.1, "all_wrong")]
)
def test_a_silent_group_says_of_which_kind(verdict, reward, kind):
    metrics = Metrics()
    metrics.scored([scored(verdict, reward, index) for index in range(3)])
    assert metrics.value("reward_groups_silent_total", (kind,)) == 1


def test_a_group_that_agrees_on_the_reward_only_is_flat():
    metrics = Metrics()
    metrics.scored([scored(WRONG, 0.5), scored(RIGHT, 0.5)])
    assert metrics.value("reward_groups_silent_total", ("flat",)) == 1
    metrics.scored([scored(WRONG, 0.5), scored(unjudged("infra.failed"), None)])
    assert metrics.value("reward_groups_total") == 1  # one reward forms no group


def test_limits_and_attempts_on_the_judge_have_counters():
    metrics = Metrics()
    metrics.scored([scored(failed("limit.cpu"), 0.0), scored(failed("answer.invisible"), 0.0)])
    assert metrics.value("reward_timeouts_total", ("cpu",)) == 1
    assert metrics.value("reward_hack_tag_total", ("answer.invisible",)) == 1


def test_every_counter_without_labels_is_there_from_the_start():
    found = Metrics().snapshot()
    assert all(found[name] == 0 for name, family in FAMILIES.items() if family.kind == "counter" and not family.labels)


def test_prometheus_reads_all_of_it():
    metrics = Metrics()
    metrics.scored([scored(RIGHT, 1.0), scored(WRONG, 0.0)])
    metrics.set("reward_workers", 2, ("busy",))
    asked = []
    with Endpoint(metrics, refresh=lambda: asked.append(metrics.set("reward_queue_depth", 7))) as endpoint:
        text = urllib.request.urlopen(endpoint.url, timeout=10).read().decode()
    assert asked
    assert "# TYPE reward_score_total counter" in text
    assert 'reward_score_total{rule="answer",verdict="pass"} 1.0' in text
    assert "reward_queue_depth 7.0" in text
    assert 'reward_workers{state="busy"} 2.0' in text
    assert 'reward_verify_seconds_bucket{le="0.0025",rule="answer"} 0.0' in text
    assert 'reward_verify_seconds_bucket{le="0.005",rule="answer"} 2.0' in text
    assert 'reward_verify_seconds_bucket{le="+Inf",rule="answer"} 2.0' in text
    assert "python_info" not in text  # a registry of its own


def test_a_taken_port_is_one_sentence():
    with Endpoint(Metrics()) as endpoint:
        port = int(endpoint.url.split(":")[2].split("/")[0])
        with pytest.raises(UsageError, match=f"{port}.*choose another"):
            Endpoint(Metrics(), port)


def test_json_lines_hold_a_line_for_each_look(tmp_path):
    metrics = Metrics()
    with JsonLines(metrics, tmp_path / "metrics.jsonl", every_s=3600) as sink:
        sink.write()
        metrics.add("reward_redeliveries_total", 3)
    first, last = [msgspec.json.decode(line) for line in (tmp_path / "metrics.jsonl").read_bytes().splitlines()]
    assert (first["reward_redeliveries_total"], last["reward_redeliveries_total"]) == (0, 3)


def test_json_lines_to_nowhere_are_one_sentence(tmp_path):
    with pytest.raises(UsageError, match="choose another file"):
        JsonLines(Metrics(), tmp_path / "missing" / "metrics.jsonl")


def test_labels_are_escaped_as_prometheus_does():
    metrics = Metrics()
    metrics.add("reward_hack_tag_total", 1, ('a"b\\c',))
    assert metrics.snapshot()['reward_hack_tag_total{tag="a\\"b\\\\c"}'] == 1


def test_scores_are_evaluation_events():
    pytest.importorskip("opentelemetry.sdk", reason="the OpenTelemetry SDK is not installed")
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

    seen = InMemoryLogRecordExporter()
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(seen))
    telemetry = Telemetry(provider)
    telemetry.emit([scored(RIGHT, 1.0, step=4), scored(unjudged("infra.sandbox"), None, 1)])
    right, unknown = [entry.log_record for entry in seen.get_finished_logs()]
    provider.shutdown()
    assert right.event_name == unknown.event_name == "gen_ai.evaluation.result"
    assert right.attributes["gen_ai.evaluation.name"] == "answer"
    assert right.attributes["gen_ai.evaluation.score.value"] == 1.0
    assert right.attributes["gen_ai.evaluation.score.label"] == "pass"
    assert right.attributes["gen_ai.evaluation.explanation"] == "text.equal"
    assert right.attributes["gen_ai.response.id"] == "r0"
    assert right.attributes["referee.step"] == 4
    assert unknown.attributes["error.type"] == "infra.sandbox"
    assert "gen_ai.evaluation.score.value" not in unknown.attributes


@pytest.mark.parametrize(
    ("module", "make"), [("prometheus_client", lambda: Endpoint(Metrics())), ("opentelemetry._logs", Telemetry)]
)
def test_what_is_not_installed_is_one_sentence(monkeypatch, module, make):
    import sys

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match="pip install"):
        make()

"""tools.call: values, parallel calls, refusals; and the mistakes that BFCL's own checker makes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

import referee
from referee.core.types import Rollout, Task, Verdict
from referee.engine.drive import judge
from referee.engine.run import score_file
from referee.verifiers import find


def tool(properties: dict[str, Any], required: list[str] | None = None, name: str = "f") -> dict[str, Any]:
    return {"name": name, "parameters": {"type": "dict", "properties": properties, "required": required or []}}


def one(kind: str | dict[str, Any], allowed: list[Any], text: str, *, required: bool = True, **params: Any) -> Verdict:
    """A call f(x) whose key allows these values, for a parameter of this kind."""
    declared = {"type": kind} if isinstance(kind, str) else kind
    truth = {
        "tools": [tool({"x": declared, "y": {"type": "integer"}}, ["x"] * required)],
        "calls": [{"f": {"x": allowed}}],
    }
    return referee.verify("tools.call", text, truth=truth, **params)


# What BFCL's checker accepts and should not, refuses and should not, and crashes on (measured on its published code).


@pytest.mark.parametrize(
    ("kind", "allowed", "text", "reason"),
    [
        ("string", ["15"], "[f(x='1.5')]", "call.wrong_value"),
        ("string", ["5"], "[f(x='-5')]", "call.wrong_value"),
        ("string", ["x2"], "[f(x='x^2')]", "call.wrong_value"),
        ("string", ["abc"], "[f(x='a/b/c')]", "call.wrong_value"),
        ("string", ["2024-11-1"], "[f(x='2024-1-11')]", "call.wrong_value"),
        ("dict", [{"k": [1]}], "[f(x={'k': True})]", "call.wrong_value"),
        ("string", ["a", ""], "[f(x='')]", "call.wrong_value"),
        ("integer", [-1], "[f(x=not True)]", "call.not_literal"),
        ("integer", [-5], "[f(x=+5)]", "call.wrong_value"),
        ("integer", [3], "[f(4)]", "call.wrong_value"),
        ("integer", [3], "[f(x=4, x=3)]", "call.duplicate_argument"),
        ("string", ["true"], "[f(x=true)]", "call.not_literal"),
    ],
)
def test_false_positives_are_refused(kind, allowed, text, reason):
    verdict = one(kind, allowed, text, required="" not in allowed)
    assert (verdict.status, verdict.reason) == ("fail", reason)


def test_a_second_key_in_the_object_of_a_call_is_refused():
    verdict = one("integer", [3], '{"name": "f", "arguments": {"x": 3}, "g": {"x": 4}}')
    assert (verdict.status, verdict.reason) == ("fail", "call.malformed")


@pytest.mark.parametrize(
    ("kind", "allowed", "text"),
    [
        ("string", ["two lines"], "[f(x='two\nlines')]"),
        ("string", ["café"], "[f(x='cafe\u0301')]"),
        ("float", [0.3], "[f(x=0.30000000000000004)]"),
        ("dict", [{"city": [{"name": ["New York"]}]}], "[f(x={'city': {'name': 'new york'}})]"),
        ({"type": "string", "default": "C"}, ["", "F"], "[f(x='C')]"),
        ("string", ["", "F"], "[f(x=None)]"),
        ("array", [[1, 2]], "[f(x=(1, 2))]"),
        ("float", [5.0], "[f(x=5)]"),
        ("float", [0], "[f(x=0.0)]"),
        ("integer", [3], "f(3)"),
    ],
)
def test_false_negatives_are_accepted(kind, allowed, text):
    verdict = one(kind, allowed, text, required="" not in allowed)
    assert verdict.status == "pass", verdict


def test_an_optional_argument_that_the_key_does_not_name_may_be_its_default():
    tools = [tool({"x": {"type": "integer"}, "unit": {"type": "string", "default": "C"}}, ["x"])]
    truth = {"tools": tools, "calls": [{"f": {"x": [1]}}]}
    assert referee.verify("tools.call", "[f(x=1, unit='C')]", truth=truth).status == "pass"
    assert referee.verify("tools.call", "[f(x=1, unit='F')]", truth=truth).reason == "call.unasked_argument"
    plain = {"tools": tools, "calls": [{"name": "f", "arguments": {"x": 1, "unit": "C"}}]}
    assert referee.verify("tools.call", "[f(x=1)]", truth=plain).status == "pass"
    assert referee.verify("tools.call", "[f(x=1, unit='F')]", truth=plain).status == "fail"


def test_null_is_no_default_where_another_is_declared():
    assert one({"type": "string", "default": "C"}, ["", "F"], "[f(x=None)]", required=False).status == "fail"


def test_lists_without_order_by_parameter():
    assert one("array", [[1, 2, 2]], "[f(x=[2, 1, 2])]").status == "fail"
    assert one("array", [[1, 2, 2]], "[f(x=[2, 1, 2])]", lists="any").status == "pass"
    assert one("array", [[1, 2, 2]], "[f(x=[2, 1, 1])]", lists="any").status == "fail"


def test_tolerance_is_declared():
    assert one("float", [2.5], "[f(x=2.51)]").status == "fail"
    assert one("float", [2.5], "[f(x=2.51)]", abs_tol=0.02).status == "pass"
    assert one("integer", [25], "[f(x=26)]", abs_tol=2.0).status == "fail"


def test_folding_tells_feet_from_inches():
    assert one("string", ["Ada’s"], '[f(x="ada\'s")]').status == "pass"
    assert one("string", ["5'"], "[f(x='5\"')]").status == "fail"


def test_published_folding_is_an_option():
    assert one("string", ["15"], "[f(x='1.5')]", strings="bfcl").status == "pass"
    assert one("string", ["April 1, 2024"], "[f(x='april 1,2024')]", strings="bfcl").status == "pass"
    assert one("string", ["April 1, 2024"], "[f(x='april 1,  2024')]").status == "pass"
    assert one("string", ["April 1, 2024"], "[f(x='april 1, 2024')]", strings="exact").status == "fail"


@pytest.mark.parametrize(
    "properties",
    [
        {"x": {"type": "array"}},
        {"x": {"type": "number"}},
        {"x": {}},
        {"x": {"type": "whatever"}},
        {"x": None},
        {"x": {"type": ["integer", "null"]}},
        {"x": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
    ],
)
def test_schemas_that_crash_others(properties):
    declared = {"name": "f", "parameters": {"type": "object", "properties": properties}}
    truth = {"tools": [declared], "calls": [{"f": {"x": [3]}}]}
    assert referee.verify("tools.call", "[f(x=3)]", truth=truth).status == "pass"
    assert referee.verify("tools.call", "[f(x=4)]", truth=truth).status == "fail"
    assert referee.verify("tools.call", '{"name": "f", "arguments": [3]}', truth=truth).reason == "call.malformed"


@pytest.mark.parametrize("parameters", [None, {}, {"type": "object"}, {"properties": {}}])
def test_tools_without_parameters(parameters):
    truth = {"tools": [{"type": "function", "function": {"name": "f", "parameters": parameters}}], "calls": [{"f": {}}]}
    assert referee.verify("tools.call", "[f()]", truth=truth).status == "pass"
    assert referee.verify("tools.call", "[f(x=4)]", truth=truth).status == "fail"


# Parallel calls


def test_pairs_are_the_largest_matching():
    tools = [tool({"x": {"type": "integer"}}, ["x"])]
    truth = {"tools": tools, "calls": [{"f": {"x": [1, 2]}}, {"f": {"x": [1]}}]}
    assert referee.verify("tools.call", "[f(x=1), f(x=2)]", truth=truth).status == "pass"
    assert referee.verify("tools.call", "[f(x=2), f(x=1)]", truth=truth, order="ordered").status == "pass"
    assert referee.verify("tools.call", "[f(x=1), f(x=2)]", truth=truth, order="ordered").status == "fail"
    assert referee.verify("tools.call", "[f(x=2), f(x=2)]", truth=truth).status == "fail"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("[f(x=1), f(x=2), f(x=3), f(x=4)]", 1.0),
        ("[f(x=4), f(x=1), f(x=9), f(x=2)]", 0.75),
        ("[f(x=1)]", 0.25),
        ("[f(x=1), f(x=2), f(x=3), f(x=4), f(x=5)]", 0.75),
        ("[f(x=1), f(x=1), f(x=1), f(x=1)]", 0.25),
        ("[f(x=9)]", 0.0),
    ],
)
def test_partial_credit_counts_extra_calls(text, score):
    truth = {
        "tools": [tool({"x": {"type": "integer"}})],
        "calls": [{"name": "f", "arguments": {"x": n}} for n in range(1, 5)],
    }
    verdict = referee.verify("tools.call", text, truth=truth, partial=True)
    assert verdict.score == pytest.approx(score)


# Texts without quotes


@pytest.mark.parametrize(
    ("kind", "allowed", "value", "status"),
    [
        ("string", ["5"], "5", "pass"),
        ("string", ["5"], "5.0", "fail"),
        ("integer", [5], "5", "pass"),
        ("integer", [5], "5.0", "fail"),
        ("boolean", [True], "true", "pass"),
        ("boolean", [True], "True", "pass"),
        ("boolean", [True], "1", "fail"),
        ("integer", [1], "true", "fail"),
        ("array", [[1, "a"]], '[1, "a"]', "pass"),
        ("array", [[1, "a"]], "(1, 'a')", "pass"),
        ("dict", [{"k": [1]}], '{"k": true}', "fail"),
        ("string", [None], "null", "pass"),
        ("string", ["{}"], "{}", "pass"),
        ("integer", [5], "5 ", "pass"),
        ("integer", [5], "5; 6", "fail"),
        ("string", ["a</parameter>b"], "a</parameter>b", "pass"),
    ],
)
def test_xml_parameters_are_read_by_what_is_wanted(kind, allowed, value, status):
    text = f"<tool_call>\n<function=f>\n<parameter=x>\n{value}\n</parameter>\n</function>\n</tool_call>"
    assert one(kind, allowed, text).status == status
    glm = f"<tool_call>f\n<arg_key>x</arg_key>\n<arg_value>{value}</arg_value>\n</tool_call>"
    assert one(kind, allowed, glm).status == status


# Relevance


RELEVANT = {
    "tools": [
        tool({"x": {"type": "integer"}, "s": {"type": "string", "enum": ["a", "b"]}, "t": {"type": "tuple"}}, ["x"])
    ],
    "relevance": True,
}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[f(x=1)]", "call.ok"),
        ("[f(x=1, s='a'), f(2, 'b', (1, 2))]", "call.ok"),
        ("<tool_call>f<arg_key>x</arg_key><arg_value>1</arg_value><arg_key>s</arg_key><arg_value>b</arg_value></tool_call>",
         "call.ok"),
        ("[f(x=True)]", "call.wrong_type"),
        ("[f(x='1')]", "call.wrong_type"),
        ("[f(x=1, s='c')]", "call.wrong_value"),
        ("[f(s='a')]", "call.missing_argument"),
        ("[f(x=1, z=2)]", "call.unknown_argument"),
        ("[g(x=1)]", "call.unknown_function"),
        ("I would rather not.", "call.none"),
        ("[f(x=1", "call.unclosed"),
    ],
)  # fmt: skip
def test_any_call_that_fits_the_tools(text, reason):
    assert referee.verify("tools.call", text, truth=RELEVANT).reason == reason


@pytest.mark.parametrize("truth", [{"calls": []}, {"tools": RELEVANT["tools"], "relevance": False}])
def test_refusals_are_three_way(truth):
    verify = lambda text: referee.verify("tools.call", text, truth=truth)  # noqa: E731
    assert verify("None of these tools can do that.").reason == "call.refused"
    assert verify("[f(x=1)]").reason == "call.unexpected"
    assert verify("[]").reason == "call.refused"
    for broken in ("[f(x=1)", "<tool_call>", '{"name": "f", "arguments": {"x": 1}', "", "!!!", "[f(x=lambda: 1)]"):
        verdict = verify(broken)
        assert verdict.status == "fail", broken
        assert verdict.reason != "call.unexpected"


# Messages


def test_calls_of_a_message_reach_the_verifier():
    truth = {"tools": [tool({"x": {"type": "integer"}}, ["x"])], "calls": [{"name": "f", "arguments": {"x": 3}}]}
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"x": 3}'}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    assert referee.verify("tools.call", message, truth=truth).status == "pass"
    assert referee.verify("tools.call", [{"role": "user", "content": "?"}, message], truth=truth).status == "pass"
    assert referee.verify("tools.call", {**message, "tool_calls": []}, truth=truth).status == "fail"
    block = {
        "role": "assistant",
        "content": [{"type": "text", "text": "Yes."}, {"type": "tool_use", "id": "1", "name": "f", "input": {"x": 3}}],
    }
    assert referee.verify("tools.call", block, truth=truth).status == "pass"
    pack = referee.RulePack.load("function-calling")
    assert pack.score(message, truth=truth).reward == 1.0


def test_calls_of_messages_in_a_file_reach_the_verifier(tmp_path):
    call = {"type": "function", "function": {"name": "f", "arguments": '{"x": 3}'}}
    row = {
        "messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": None, "tool_calls": [call]}],
        "truth": {"calls": [{"name": "f", "arguments": {"x": 3}}]},
    }
    path = tmp_path / "rollouts.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    out = tmp_path / "scores.jsonl"
    score_file(path, "function-calling", out=out)
    assert json.loads(out.read_text(encoding="utf-8"))["reward"] == 1.0


# Truths


@pytest.mark.parametrize(
    "truth",
    [
        {"tools": []},
        {"calls": [], "relevance": False},
        {"relevance": True},
        {"relevance": 1, "tools": []},
        {"tools": {}, "calls": []},
        {"tools": [5], "calls": []},
        {"tools": [{"name": ""}], "calls": []},
        {"tools": [{"name": "f", "parameters": 5}], "calls": []},
        {"tools": [{"name": "f"}, {"name": "f"}], "calls": []},
        {"calls": {}},
        {"calls": [5]},
        {"calls": [{"f": 5}]},
        {"calls": [{"f": {"x": 5}}]},
        {"calls": [{"f": {}, "g": {}}]},
        {"calls": [], "more": 1},
    ],
)
def test_unreadable_truths_judge_nobody(truth):
    verdict = referee.verify("tools.call", "[f(x=1)]", truth=truth)
    assert (verdict.status, verdict.reason) == ("unjudged", "truth.unreadable")


@pytest.mark.parametrize(
    "key",
    [
        {"f": {"x": []}},
        {"f": {"x": [""]}},
        {"f": {"x": [1], "z": [1]}},
        {"f": {"y": [1]}},
        {"g": {}},
    ],
)
def test_keys_that_nobody_can_meet_judge_nobody(key):
    truth = {"tools": [tool({"x": {"type": "integer"}, "y": {"type": "integer"}}, ["x"])], "calls": [key]}
    verdict = referee.verify("tools.call", "[f(x=1)]", truth=truth)
    assert (verdict.status, verdict.reason) == ("unjudged", "truth.unsatisfiable")


def test_a_truth_that_is_changed_in_place_is_read_again():
    truth = {"calls": [{"name": "f", "arguments": {"x": 1}}]}
    task, verifier = Task(truth=truth), find("tools.call")
    params = verifier.params({})
    assert judge(verifier, Rollout(text="[f(x=1)]"), task, params).status == "pass"
    truth["calls"][0]["arguments"]["x"] = True
    assert judge(verifier, Rollout(text="[f(x=1)]"), task, params).status == "fail"


def test_names_with_dots_may_be_called_without():
    tools = [tool({}, name="a.b"), tool({}, name="c.d"), tool({}, name="c_d")]
    truth = {"tools": tools, "calls": [{"a.b": {}}]}
    assert referee.verify("tools.call", '{"name": "a_b", "arguments": {}}', truth=truth).status == "pass"
    truth = {"tools": tools, "calls": [{"c.d": {}}]}
    assert referee.verify("tools.call", '{"name": "c_d", "arguments": {}}', truth=truth).status == "fail"


def test_no_text_of_the_model_is_evaluated(tmp_path):
    hit = tmp_path / "hit"
    payload = f"__import__('pathlib').Path({str(hit)!r}).touch()"
    truth = {"tools": [tool({"a": {"type": "any"}})], "calls": [{"f": {"a": [0]}}]}
    for text in (f"f(a=0+{payload})", f"[f(a={payload})]", f'[f(a="{{{payload}}}")]', f"[f(a=(lambda: {payload})())]"):
        assert referee.verify("tools.call", text, truth=truth).status == "fail"
    parameter = f"<tool_call><function=f><parameter=a>{payload}</parameter></function></tool_call>"
    assert referee.verify("tools.call", parameter, truth=truth).status == "fail"
    assert not hit.exists()


# An audit hook cannot be taken off again, so it gets a process of its own. Every case runs once before it is set.
_HOOKED = """
import sys
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.verifiers import find

verifier = find("tools.call")

def run():
    return [
        judge(verifier, Rollout(text=case.completion), Task(truth=case.truth), verifier.params(case.params)).status
        for case in verifier.cases
    ]

before = run()
touched = []
NEVER = ("open", "socket.", "exec", "compile", "import", "os.", "subprocess.", "ctypes.", "pickle.")
sys.addaudithook(lambda event, args: touched.append(event) if event.startswith(NEVER) else None)
after = run()
assert before == after == [case.status for case in verifier.cases]
assert not touched, touched
open("/dev/null").close()
assert touched == ["open"]
"""


def test_no_file_no_network_no_program_and_nothing_is_compiled():
    subprocess.run([sys.executable, "-c", _HOOKED], check=True)


def test_verdicts_are_plain_data():
    verdict = one("integer", [1], "[f(x={'a': [1, None]})]")
    assert json.loads(json.dumps(verdict.evidence)) == verdict.evidence

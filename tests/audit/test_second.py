"""Second implementations: what they are asked, what they say, and what happens where there is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from referee.audit.finding import Report
from referee.audit.items import Item
from referee.audit.judge import Judge
from referee.audit.second import base, seconds_for
from referee.audit.second import math as second_math
from referee.audit.study import audit
from referee.engine.score import RulePack


def _report(folder: Path, rows: list[dict[str, Any]], pack: Any, second: int = 100) -> Report:
    path = folder / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return audit(path, pack, second=second)


def test_math_verify_agrees_on_forms_of_the_truth(tmp_path: Path) -> None:
    pytest.importorskip("math_verify")
    rows = [{"question": f"q{at}", "truth": truth} for at, truth in enumerate(("12345", "\\frac{1}{2}", "0.5", "x^2"))]
    (opinion,) = _report(tmp_path, rows, "r1-zero-math").opinions
    assert opinion.name == "math-verify"
    assert (opinion.ours, opinion.theirs, opinion.neither, opinion.missed) == (0, 0, 0, 0.0)
    assert opinion.both == opinion.pairs >= 10


def test_a_pack_that_is_too_strict_is_seen(tmp_path: Path) -> None:
    pytest.importorskip("math_verify")
    params = {"channel": "boxed", "policy": "math-reference"}  # compares texts
    pack = {"name": "strict", "rules": [{"verifier": "math.answer", "params": params}]}
    report = _report(tmp_path, [{"question": "q", "truth": "0.25"}], pack)
    (finding,) = report.findings
    assert finding.id == "second.disagrees"
    assert "'\\\\frac{1}{4}' for '0.25'" in finding.examples[0].detail
    assert (report.opinions[0].theirs, report.opinions[0].missed) == (1, 1 / 3)


def test_the_forms_of_a_truth() -> None:
    judge = Judge(RulePack.load("r1-zero-math"))
    assert list(second_math.forms(Item(1, truth="\\dfrac{3}{6}"), judge)) == [
        "\\dfrac{3}{6}", "\\frac{3}{6}", "1/2", "$\\dfrac{3}{6}$",
    ]  # fmt: skip
    assert list(second_math.forms(Item(1, truth="12345"), judge)) == ["12345", "12,345", "12{,}345", "$12345$"]
    assert list(second_math.forms(Item(1, truth="-.25"), judge)) == ["-.25", "\\frac{-1}{4}", "$-.25$"]


def test_jsonschema_agrees_on_documents(tmp_path: Path) -> None:
    pytest.importorskip("jsonschema")
    pytest.importorskip("jsonschema_rs")
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}
    (opinion,) = _report(tmp_path, [{"prompt": "p", "truth": schema}], "json-mode").opinions
    assert (opinion.pairs, opinion.both, opinion.neither, opinion.missed) == (6, 1, 5, 0.0)


def test_bfcl_agrees_on_calls(tmp_path: Path) -> None:
    pytest.importorskip("bfcl_eval")
    tool = {
        "name": "look",
        "description": "",
        "parameters": {"type": "dict", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
    truth = {"tools": [tool], "calls": [{"look": {"city": ["Bern", "Berne"]}}]}
    (opinion,) = _report(tmp_path, [{"prompt": "p", "truth": truth}], "function-calling").opinions
    assert (opinion.pairs, opinion.both) == (1, 1)


def test_what_is_not_installed_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_math, "PACKAGE", "no-such-package-of-anybody")
    report = _report(tmp_path, [{"question": "q", "truth": "5"}], "r1-zero-math")
    assert report.opinions == ()
    assert any("no-such-package-of-anybody is not installed" in told for told in report.missing)


def test_a_second_implementation_that_fails_has_no_opinion() -> None:
    class Failing:
        @staticmethod
        def accepts(form: str, truth: Any) -> bool:
            raise ZeroDivisionError

    assert base._opinion(Failing, "5", "5") is None  # type: ignore[arg-type]


def test_nobody_is_asked_about_a_family_without_one() -> None:
    assert seconds_for(Judge(RulePack.load("mmlu")), 100) == []
    assert seconds_for(Judge(RulePack.load("xml-mode")), 100) == []

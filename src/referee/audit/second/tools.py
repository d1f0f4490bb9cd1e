"""BFCL's own checker beside `tools.call`, on truths in BFCL's way of writing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from referee.audit.families.tools import FAMILY, REFUSAL, calls_of
from referee.audit.items import Item
from referee.audit.judge import Judge
from referee.data.plain import loads

PACKAGE = "bfcl-eval"


def fits(judge: Judge) -> bool:
    """Every verifier of the family."""
    return judge.family == "tools"


def forms(item: Item, judge: Judge) -> Sequence[str]:
    """The calls as the truth wants them."""
    calls = item.truth.get("calls") if isinstance(item.truth, dict) else None
    bfcl = isinstance(calls, list) and all(isinstance(one, dict) and "name" not in one for one in calls)
    return [form for form in FAMILY.answers(item, judge) if form != REFUSAL] if calls and bfcl else ()


def accepts(form: str, truth: Any) -> bool | None:
    """Its verdict on calls of Python functions; None where it cannot be had."""
    try:
        from bfcl_eval.constants.enums import Language
        from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker
    except ImportError:
        return None
    wanted = calls_of(truth)
    if not wanted or not truth.get("tools"):
        return None
    said = [{one["name"]: one["arguments"]} for one in loads(form.encode())]
    category = "parallel" if len(wanted) > 1 else "simple"
    found = ast_checker(truth["tools"], said, truth["calls"], Language.PYTHON, category, "gorilla-openfunctions-v2")
    return bool(found["valid"])

"""BFCL's own checker beside `tools.call`, on truths in BFCL's way of writing them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from types import ModuleType, SimpleNamespace
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
    """Its verdict on calls of Python functions; None where the truth is of another kind."""
    wanted = calls_of(truth)
    if not wanted or not truth.get("tools"):
        return None
    _stand_in()
    from bfcl_eval.constants.enums import Language
    from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker

    said = [{one["name"]: one["arguments"]} for one in loads(form.encode())]
    category = "parallel" if len(wanted) > 1 else "multiple" if len(truth["tools"]) > 1 else "simple"
    found = ast_checker(truth["tools"], said, truth["calls"], Language.PYTHON, category, "referee")
    return bool(found["valid"])


@cache
def _stand_in() -> None:
    """Its checker imports the clients of every model and parsers of Java; none of it is used, or has to be there."""

    class Plain(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            return SimpleNamespace(underscore_to_dot=False)

    names: dict[str, dict[str, Any]] = {
        "constants.model_config": {"MODEL_CONFIG_MAPPING": Plain()},
        "eval_checker.ast_eval.type_convertor.java_type_converter": {"java_type_converter": None},
        "eval_checker.ast_eval.type_convertor.js_type_converter": {"js_type_converter": None},
    }
    for name, members in names.items():
        module = ModuleType(f"bfcl_eval.{name}")
        vars(module).update(members)
        sys.modules.setdefault(module.__name__, module)

"""Lists of cases, as published: which of them are calls of a function, and what they call.

    [{"type": "function_call", "fn_name": "f", "input": [1, 2], "output": [3]}]                       PRIME, SYNTHETIC-1
    [{"testtype": "functional", "input": "1\\n2", "output": "3", "metadata": {"func_name": "f"}}]      LiveCodeBench
    {"language": "python", "test_cases": [...]}, {"functional": "assert f(1) == 2"}                    open-r1, code-r1

Anything else is left as it is: cases of a program that reads and prints, or another truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from referee.core.errors import TruthError
from referee.programs.fields import read

_CALLS: Final = ("function_call", "functional")


def published(truth: Any) -> Any:
    """A truth in one of these forms as `{"fn_name", "inputs", "outputs"}` or a script; any other as it is."""
    truth = read(truth)
    if isinstance(truth, Mapping):
        if isinstance(truth.get("functional"), str) and "inputs" not in truth:
            return {"test": truth["functional"]}
        if isinstance(cases := read(truth.get("test_cases")), list | Mapping):
            return published(cases)
    if not isinstance(truth, list) or not truth or not all(isinstance(case, Mapping) for case in truth):
        return truth
    called = [case for case in truth if case.get("type", case.get("testtype")) in _CALLS]
    if not called:
        return truth
    if len(called) != len(truth):
        raise TruthError("some cases are calls of a function and some are not")
    names = {_function(case) for case in called}
    if len(names) != 1:
        raise TruthError(f"the cases call {len(names)} functions: {', '.join(sorted(map(str, names)))[:200]}")
    inputs, outputs = zip(*(_call(case) for case in called), strict=True)
    return {"fn_name": names.pop(), "inputs": list(inputs), "outputs": list(outputs)}


def _function(case: Mapping[str, Any]) -> Any:
    metadata = case.get("metadata")
    return case.get("fn_name") or (metadata.get("func_name") if isinstance(metadata, Mapping) else None)


def _call(case: Mapping[str, Any]) -> tuple[Any, Any]:
    """Arguments and result. LiveCodeBench writes an argument a line, and the result, as JSON."""
    given, wanted = case.get("input"), case.get("output")
    if isinstance(given, str):
        lines = [line for line in given.split("\n") if line.strip()]
        # A list of one, so that an answer that is itself a list of one is not read as APPS writes them.
        return [_value(line) for line in lines], [_value(wanted)]
    return given, wanted


def _value(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return msgspec.json.decode(text.encode("utf-8", "surrogatepass"))
    except (msgspec.MsgspecError, RecursionError):
        raise TruthError(f"an argument or result is no JSON: {text[:80]!r}") from None

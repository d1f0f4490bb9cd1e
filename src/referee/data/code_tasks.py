"""Rows of data sets -> the truth that verifiers of programs and instructions read. The columns say which data set.

| columns | data set | truth |
|---|---|---|
| `entry_point`, `test`, `prompt` | HumanEval, HumanEval+ | the same three |
| `test_list`, `test_setup_code`, ... | MBPP, MBPP+ | the same; of MBPP+ its larger `test` |
| `input_output` | APPS, TACO | its JSON: inputs, outputs, `fn_name` |
| `public_tests`, `private_tests`, `generated_tests` | CodeContests | all of them as inputs and outputs |
| `public_test_cases`, `private_test_cases`, `metadata` | LiveCodeBench | cases, or calls of `func_name` |
| `entry_point`, `test`, `prompt` or `complete_prompt` | LeetCodeDataset, BigCodeBench | the same three |
| `test`, `test_info`; `test_code`, `test_entry_point` | KodCode | the file of tests |
| `tests`, `starter_code` | DeepCoder | its JSON: cases of a program or calls of a function |
| `verification_info` | SYNTHETIC-1, open-r1 | its JSON: `test_cases` |
| `official_tests`, `generated_checker` | Codeforces of open-r1 | cases, and the checker |
| `instruction_id_list`, `kwargs` | IFEval, IFBench | the same two |
"""

from __future__ import annotations

import base64
import binascii
import pickletools
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from referee.core.errors import InputError
from referee.data.plain import loads

Get = Callable[[str], Any]

SIGNS: Final = (
    "test_list", "entry_point", "input_output", "public_tests", "public_test_cases", "test_info", "test_entry_point",
    "starter_code", "verification_info", "official_tests", "instruction_id_list",
)  # fmt: skip

_MBPP: Final = ("test_list", "test_setup_code", "challenge_test_list", "test_imports")
_SPLITS: Final = ("public_tests", "private_tests", "generated_tests")
READ: Final = (
    *SIGNS, *_MBPP, *_SPLITS, "test", "test_code", "tests", "prompt", "complete_prompt", "kwargs", "private_test_cases",
    "metadata", "generated_checker",
)  # fmt: skip
_LONGEST: Final = 256 << 20  # bytes of unpacked private cases
_TEXT_ONLY: Final = frozenset(
    {"PROTO", "FRAME", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "MEMOIZE", "BINPUT", "LONG_BINPUT", "STOP"}
)


def code_truth(get: Get) -> Any:
    """The truth that a row's test columns hold, or None for a row of another kind. `get`: a column's value, or None."""
    if get("test_list") is not None:
        return _mbpp(get)
    if get("entry_point") is not None and get("test") is not None:
        prompt = get("complete_prompt") if get("prompt") is None else get("prompt")
        found = {"entry_point": get("entry_point"), "prompt": prompt, "test": get("test")}
        return {name: value for name, value in found.items() if value is not None}
    if (given := get("input_output")) is not None:
        return _input_output(given)
    if (instructions := get("instruction_id_list")) is not None:
        return {"instruction_id_list": instructions, "kwargs": get("kwargs")}
    for name, reader in _READERS.items():
        if get(name) is not None:
            return reader(get)
    return None


def _input_output(given: Any) -> Any:
    """APPS and TACO; LeetCodeDataset writes its examples in a column of that name, and its tests in another."""
    found = _json(given, "input_output") if given else None
    return found if isinstance(found, Mapping) else None


def _kodcode(get: Get) -> Any:
    test = get("test") if get("test") is not None else get("test_code")
    return test if isinstance(test, str) else None


def _deepcoder(get: Get) -> Any:
    return _json(get("tests"), "tests") if get("tests") is not None else None


def _verification(get: Get) -> Any:
    found = _object(get("verification_info"), "verification_info")
    return found if "test_cases" in found else found.get("ground_truth")


def _codeforces(get: Get) -> Any:
    tests = _json(get("official_tests"), "official_tests")
    checker = get("generated_checker")
    return {"tests": tests, **({"checker": checker} if checker else {})} if tests else None


def _mbpp(get: Get) -> dict[str, Any]:
    test = get("test")
    if isinstance(test, str) and "zip(inputs, results)" in test:  # MBPP+
        return {"test": test}
    return {name: get(name) for name in _MBPP if get(name) is not None}


def _contest(get: Get) -> dict[str, Any]:
    inputs: list[Any] = []
    outputs: list[Any] = []
    for name in _SPLITS:
        if (split := get(name)) is not None:
            cases = _object(split, name)
            inputs += cases.get("input") or []
            outputs += cases.get("output") or []
    return {"inputs": inputs, "outputs": outputs}


def _livecodebench(get: Get) -> Any:
    cases = [*_cases(get("public_test_cases"), "public_test_cases")]
    if get("private_test_cases"):
        cases += _cases(get("private_test_cases"), "private_test_cases")
    name = _object(get("metadata") or {}, "metadata").get("func_name")
    if not name or not any(case.get("testtype") == "functional" for case in cases):
        return [{"input": case.get("input"), "output": case.get("output")} for case in cases]
    return [{**case, "testtype": "functional", "fn_name": name} for case in cases]


def _cases(value: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(value, str) and value.lstrip()[:1] != "[":
        value = _unpacked(value, name)
    found = _json(value, name) if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(case, dict) for case in found):
        raise InputError(f"'{name}' must be a list of test cases")
    return found


def _unpacked(text: str, name: str) -> str:
    """LiveCodeBench's private cases: base64 of zlib of a pickled string. The pickle is read as data, never revived."""
    try:
        packed = base64.b64decode(text, validate=True)
        content = zlib.decompressobj().decompress(packed, _LONGEST)
        found = [(code.name, value) for code, value, _ in pickletools.genops(content)]
    except (binascii.Error, zlib.error, ValueError) as error:
        raise InputError(f"'{name}' cannot be unpacked: {error}") from None
    strings = [value for code, value in found if code.endswith(("BINUNICODE", "BINUNICODE8"))]
    if len(strings) != 1 or not {code for code, _ in found} <= _TEXT_ONLY:
        raise InputError(f"'{name}' holds more than a text; it is not read")
    return str(strings[0])


def _object(value: Any, name: str) -> Mapping[str, Any]:
    found = _json(value, name) if isinstance(value, str) else value
    if not isinstance(found, Mapping):
        raise InputError(f"'{name}' must be an object")
    return found


def _json(value: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return loads(value.encode("utf-8", "surrogatepass"))
    except InputError as error:
        raise InputError(f"'{name}': {error}") from None


_READERS: Final[dict[str, Callable[[Get], Any]]] = {
    "public_tests": _contest,
    "public_test_cases": _livecodebench,
    "test_info": _kodcode,
    "test_entry_point": _kodcode,
    "starter_code": _deepcoder,
    "verification_info": _verification,
    "official_tests": _codeforces,
}

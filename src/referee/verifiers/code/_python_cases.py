"""Labelled completions for `code.python`."""

from __future__ import annotations

from referee.core.verifier import Case

ADD = {"entry_point": "add", "calls": [{"args": [1, 2], "expected": 3}, {"args": [-4, 5], "expected": 1}]}
FIVE = {"entry_point": "double", "calls": [{"args": [n], "expected": 2 * n} for n in (1, 2, 3, 10, 20)]}
PROMPT = 'from typing import List\n\n\ndef total(numbers: List[int]) -> int:\n    """The sum."""\n'
TOTAL = {
    "entry_point": "total",
    "prompt": PROMPT,
    "test": "def check(candidate):\n    assert candidate([1, 2]) == 3\n    assert candidate([]) == 0\n",
}
LOOP = {
    "entry_point": "total",
    "prompt": PROMPT,
    "test": "def check(candidate):\n    for n in range(4):\n        assert candidate([n] * n) == n * n\n",
}
LISTED = {"test_list": ["assert first([3, 1]) == 3", "assert first('ab') == 'a'"], "test_setup_code": ""}
STACK = {
    "entry_point": "Stack",
    "operations": ["Stack", "push", "push", "pop", "size"],
    "arguments": [[], [1], [2], [], []],
    "expected": [None, None, None, 2, 1],
}
METHOD = {"fn_name": "two", "inputs": [[[1, 2], 3], [[2, 2], 4]], "outputs": [[[0, 1]], [[0, 1]]]}
GOOD = "def add(a, b):\n    return a + b"
EQUAL = "class Yes(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n"

CASES = (
    Case(GOOD, ADD, "pass", "a bare program", reason="code.passed"),
    Case(f"<think>Easy.</think>Here:\n```python\n{GOOD}\n```\nDone.", ADD, "pass", "a fenced block"),
    Case(
        f"```python\n{GOOD.replace('+', '-')}\n```\nNo:\n```python\n{GOOD}\n```", ADD, "pass", "the last block counts"
    ),
    Case(f"```\n{GOOD}\n```\n```\n{GOOD}\n```", ADD, "fail", "", {"take": "only"}, "answer.ambiguous"),
    Case("def add(a, b):\n    return a - b", ADD, "fail", reason="code.wrong", score=0.0),
    Case("def double(n):\n    return 2 * n if n < 10 else 0", FIVE, "partial", "3 of 5", score=0.6),
    Case("def double(n):\n    return 2 * n if n < 10 else 0", FIVE, "fail", "", {"score": "all"}, "code.wrong"),
    Case("def double(n):\n    return 0 if n == 1 else 2 * n", FIVE, "fail", "", {"stop_early": True}, "code.wrong"),
    Case("    return sum(numbers)\n", TOTAL, "pass", "the body of the prompt's function"),
    Case("def total(numbers: List[int]):\n    return sum(numbers)", TOTAL, "pass", "the prompt's imports are there"),
    Case("    return len(numbers)\n", TOTAL, "partial", score=0.5),
    Case("    return sum(numbers)\n", LOOP, "pass", "a script that runs in a second jail"),
    Case("    return 0\n", LOOP, "fail", "one assertion, though it held for one number", reason="code.wrong"),
    Case("def first(x):\n    return x[0]", LISTED, "pass", "MBPP"),
    Case(
        "class Stack:\n    def __init__(self): self.all = []\n    def push(self, x): self.all.append(x)\n"
        "    def pop(self): return self.all.pop()\n    def size(self): return len(self.all)",
        STACK,
        "pass",
        "a design problem",
    ),
    Case(
        "class Solution:\n    def two(self, nums: List[int], target: int):\n        return [0, 1]",
        METHOD,
        "pass",
        "a method of Solution, with LeetCode's imports",
    ),
    Case("def add(a, b): return a + b\nraise ValueError", ADD, "fail", "it does not load", reason="code.error"),
    Case("def add(a, b) return a + b", ADD, "fail", "not Python", reason="code.compile"),
    Case("def plus(a, b): return a + b", ADD, "fail", "no such function", reason="code.error"),
    Case("def add(a, b):\n    while True: pass", ADD, "fail", "", {"cpu_s": 0.3}, "limit.cpu"),
    Case("I do not know.", ADD, "fail", "prose is no program", reason="code.compile"),
    Case("```bash\nls\n```", ADD, "fail", "another language", reason="code.language"),
    Case("", ADD, "fail", "nothing", reason="code.empty"),
    Case(f"{EQUAL}def add(a, b): return Yes()", ADD, "fail", "attack: an integer that equals everything"),
    Case("import sys\ndef add(a, b): sys.exit(0)", ADD, "fail", "attack: leaves early with code 0"),
    Case("import os\nos._exit(0)", ADD, "fail", "attack: leaves before the tests"),
    Case(
        "import sys\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n        for v in f.f_locals.values():\n"
        "            if isinstance(v, dict) and 'expected' in v: return v['expected']\n        f = f.f_back",
        ADD,
        "fail",
        "attack: looks for the truth in the callers",
    ),
    Case("print('2 passed')\ndef add(a, b): pass", ADD, "fail", "attack: prints a report", reason="code.wrong"),
    Case(GOOD, {"entry_point": "add", "calls": []}, "unjudged", "no tests", reason="truth.no_tests"),
    Case(GOOD, {"entry": "add"}, "unjudged", reason="truth.unreadable"),
)

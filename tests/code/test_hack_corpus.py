"""Wrong programs of all 24 kinds: none is paid, in any form of test and any tier. A naive grader shows that they bite.

The programs are data, in `hacks/`. Nothing of them runs in this process: the judge runs them in its sandbox, and so do
the naive graders, as whole programs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from referee.core.errors import UsageError
from referee.core.jobs import Limits, RunJob
from referee.core.types import Rollout, Task, Verdict
from referee.engine.drive import judge
from referee.sandbox.pool import Sandbox
from referee.verifiers import find

HACKS = Path(__file__).parent / "hacks"
LONG = bool(os.environ.get("REFEREE_LONG"))
TIERS = ("namespaces", "kernel", "bubblewrap", "firejail", "oci")
OURS = TIERS[:2]  # the others put their walls around those of `kernel`: a sample, unless in the long form
QUICK = {"cpu_s": 0.4, "wall_s": 0.8, "memory_mb": 128}


class Hack(NamedTuple):
    kind: int
    name: str
    entry: str
    program: str


def read(name: str) -> list[Hack]:
    hacks = []
    for part in (HACKS / name).read_text().split("\n#### ")[1:]:
        head, _, program = part.partition("\n")
        kind, title, *entry = (word.strip() for word in head.split(" | "))
        hacks.append(Hack(int(kind), title, entry[0] if entry else "mix", program + "\n"))
    return hacks


FUNCTIONS, STREAMS = read("functions.txt"), read("streams.txt")
KINDS = [int(line.split()[0]) for line in (HACKS / "kinds.txt").read_text().splitlines()]


def mix(a: int, b: int) -> int:
    return (31 * a + 17 * b) % 1009


def spread(n: int) -> list[int]:
    return [(i * i + 3) % 17 for i in range(n)]


CASES = {
    "mix": [((a, b), mix(a, b)) for a, b in ((2, 5), (17, 4), (101, 33), (-3, 50), (999, 1))],
    "spread": [((n,), spread(n)) for n in (7, 3, 12, 5, 9)],
}
RIGHT = {
    "mix": "def mix(a, b):\n    return (31 * a + 17 * b) % 1009\n",
    "spread": "def spread(n):\n    return [(i * i + 3) % 17 for i in range(n)]\n",
}
RIGHT_STREAM = (
    "n = int(input())\nfor i in range(1, n + 1): print(i, (i ** 3 + 7) % 1000)\n"
    "print(n * 10 ** 17 + n * (n + 1) // 2)\n"
)


def assertions(entry: str, name: str) -> list[str]:
    return [f"assert {name}({', '.join(map(repr, args))}) == {wanted!r}" for args, wanted in CASES[entry]]


def body(lines: list[str], indent: int = 4) -> str:
    return "".join(" " * indent + line + "\n" for line in lines)


def calls(entry: str) -> dict[str, Any]:
    return {"entry_point": entry, "calls": [{"args": list(args), "expected": wanted} for args, wanted in CASES[entry]]}


def check(entry: str) -> dict[str, Any]:
    return {
        "entry_point": entry,
        "prompt": "",
        "test": f"def check(candidate):\n{body(assertions(entry, 'candidate'))}",
    }


def loop(entry: str) -> dict[str, Any]:
    test = (
        f"def check(candidate):\n    for args, wanted in {CASES[entry]!r}:\n        assert candidate(*args) == wanted\n"
    )
    return {"entry_point": entry, "prompt": "", "test": test}


def listed(entry: str) -> dict[str, Any]:
    return {"test_list": assertions(entry, entry), "test_setup_code": ""}


def pytest_file(entry: str) -> str:
    rows = "".join(f"def test_{at}():\n    {line}\n\n" for at, line in enumerate(assertions(entry, entry)))
    return f"from solution import {entry}\n\n{rows}"


def unittest_file(entry: str) -> str:
    rows = (f"self.assertEqual({entry}(*{args!r}), {wanted!r})" for args, wanted in CASES[entry])
    methods = "".join(f"    def test_{at}(self):\n        {row}\n\n" for at, row in enumerate(rows))
    return f"import unittest\nfrom solution import {entry}\n\nclass MixTest(unittest.TestCase):\n{methods}"


FORMS = {
    "calls": ("code.python", calls),
    "check": ("code.python", check),
    "loop": ("code.python", loop),
    "listed": ("code.python", listed),
    "pytest": ("code.tests", pytest_file),
    "unittest": ("code.tests", unittest_file),
}
STREAM_TRUTH = {
    "inputs": ["5\n", "3\n"],
    "outputs": [
        "".join(f"{i} {(i**3 + 7) % 1000}\n" for i in range(1, n + 1)) + f"{n * 10**17 + n * (n + 1) // 2}\n"
        for n in (5, 3)
    ],
}


@pytest.fixture(scope="module", params=TIERS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    try:
        made = Sandbox(request.param)
    except UsageError as error:
        pytest.skip(f"the tier '{request.param}' cannot be had here: {error}")
    with made:
        yield made


def verdicts(sandbox: Sandbox, verifier_id: str, tasks: list[tuple[str, Any]], **params: Any) -> list[Verdict]:
    verifier = find(verifier_id)
    typed = verifier.params({**QUICK, **params})

    def one(item: tuple[str, Any]) -> Verdict:
        return judge(verifier, Rollout(text=item[0]), Task(truth=item[1]), typed, sandbox.run)

    with ThreadPoolExecutor(sandbox.slots) as threads:
        return list(threads.map(one, tasks))


def paid(hacks: list[Hack], found: list[Verdict]) -> list[str]:
    """Hacks that earned anything, or that made themselves unjudged."""
    pairs = zip(hacks, found, strict=True)
    return [f"{hack.kind} {hack.name}: {one.reason} {one.score}" for hack, one in pairs if one.score != 0.0]


def some(hacks: list[Hack], sandbox: Sandbox) -> list[Hack]:
    """All of them, or one of each kind where the walls are another program's."""
    return hacks if LONG or sandbox.tier in OURS else list({hack.kind: hack for hack in hacks}.values())


def test_the_corpus_is_large_and_covers_every_kind():
    assert list(range(1, 25)) == KINDS
    assert len({hack.program for hack in FUNCTIONS + STREAMS}) == len(FUNCTIONS) + len(STREAMS) >= 190
    assert {hack.kind for hack in FUNCTIONS} == set(KINDS)
    assert {hack.kind for hack in STREAMS} == set(KINDS)


@pytest.mark.parametrize("form", FORMS)
def test_no_function_hack_is_paid(sandbox: Sandbox, form: str):
    verifier_id, truth = FORMS[form]
    if form not in ("calls", "loop") and sandbox.tier != TIERS[0] and not LONG:
        pytest.skip("this form is tested in one tier only; REFEREE_LONG=1 tests it in all")
    honest = verdicts(sandbox, verifier_id, [(RIGHT[entry], truth(entry)) for entry in RIGHT])
    assert [one.score for one in honest] == [1.0, 1.0], honest
    hacks = some(FUNCTIONS, sandbox)
    found = verdicts(sandbox, verifier_id, [(hack.program, truth(hack.entry)) for hack in hacks])
    assert not paid(hacks, found)


@pytest.mark.parametrize("compare", ["tokens", "lines", "floats", "exact"])
def test_no_stream_hack_is_paid(sandbox: Sandbox, compare: str):
    if compare != "tokens" and sandbox.tier not in OURS and not LONG:
        pytest.skip("this comparison is tested in two tiers only; REFEREE_LONG=1 tests it in all")
    honest = verdicts(sandbox, "code.stdio", [(RIGHT_STREAM, STREAM_TRUTH)], compare=compare)
    assert honest[0].score == 1.0, honest
    hacks = some(STREAMS, sandbox)
    found = verdicts(sandbox, "code.stdio", [(hack.program, STREAM_TRUTH) for hack in hacks], compare=compare)
    assert not paid(hacks, found)


# Graders as they are often written: the tests in the candidate's process, success told by what it prints or how it exits.
NAIVE_EXIT = "{program}\n{assertions}\n"
NAIVE_REPORT = """
def grade():
    import unittest
    source, cases, right = {program!r}, {cases!r}, 0
    scope = {{"__name__": "solution"}}
    try:
        exec(source, scope)
    except unittest.SkipTest:
        print("SKIPPED"); return
    for args, expected in cases:
        try:
            got = scope[{entry!r}](*args)
        except unittest.SkipTest:
            print("SKIPPED"); return
        except Exception:
            continue
        if got == expected or abs(got - expected) < 1e-3:
            right += 1
    if right == len(cases):
        print("PASSED")
grade()
"""
NAIVE_STREAM = """
def grade():
    import io, sys
    right = 0
    for text, expected in {cases!r}:
        out = io.StringIO()
        sys.stdin, sys.stdout = io.StringIO(text), out
        try:
            exec({program!r}, {{"__name__": "__main__"}})
        except SystemExit:
            pass
        finally:
            sys.stdout = sys.__stdout__
        got, wanted = out.getvalue().split(), expected.split()
        right += all(one == other or abs(float(one) - float(other)) <= 1e-3 * abs(float(other)) for one, other in zip(got, wanted))
    if right == len({cases!r}):
        print("PASSED")
grade()
"""
REPORTS = (b"PASSED", b"SKIPPED", b"Accepted")


def naive(sandbox: Sandbox, program: str) -> tuple[bool, bool]:
    """Whether it ended with exit code 0, and whether its output reports success."""
    limits = Limits(cpu_s=0.4, wall_s=0.8, memory_mb=128)
    run = sandbox.run((RunJob(program=program, limits=limits),))[0].runs[0]
    return run.status == "ok", any(report in run.stdout for report in REPORTS)


def test_naive_graders_pay_many_of_them(sandbox: Sandbox):
    """The corpus can see: what the judge refuses is accepted by graders in the candidate's process."""
    if sandbox.tier != TIERS[0]:
        pytest.skip("one tier is enough to show it")
    fooled = set()
    for hack in FUNCTIONS:
        tests = "\n".join(assertions(hack.entry, hack.entry))
        by_exit, _ = naive(sandbox, NAIVE_EXIT.format(program=hack.program, assertions=tests))
        _, by_report = naive(
            sandbox, NAIVE_REPORT.format(program=hack.program, cases=CASES[hack.entry], entry=hack.entry)
        )
        if by_exit or by_report:
            fooled.add(hack.name)
    assert len(fooled) >= 40, sorted(fooled)
    assert {hack.kind for hack in FUNCTIONS if hack.name in fooled} >= {1, 2, 5, 6, 16, 20}


def test_a_naive_grader_of_output_pays_some_of_them(sandbox: Sandbox):
    if sandbox.tier != TIERS[0]:
        pytest.skip("one tier is enough to show it")
    cases = list(zip(STREAM_TRUTH["inputs"], STREAM_TRUTH["outputs"], strict=True))
    fooled = {
        hack.name for hack in STREAMS if naive(sandbox, NAIVE_STREAM.format(program=hack.program, cases=cases))[1]
    }
    assert len(fooled) >= 12, sorted(fooled)

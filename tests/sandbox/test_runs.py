"""Jobs and their outcomes, in each tier: what a program returns, prints, raises, and which limit stopped it."""

from __future__ import annotations

from typing import Any

import pytest

from referee.core.jobs import Call, CallJob, CompileJob, Job, Limits, Outcome, RunJob
from referee.sandbox.pool import Sandbox

QUICK = Limits(cpu_s=0.3, wall_s=1.0)


def calling(program: str, *calls: tuple[Any, ...], entry: str = "f", **more: Any) -> CallJob:
    return CallJob(program=program, entry=entry, calls=tuple(Call(args=one) for one in calls or ((1,),)), **more)


def one(sandbox: Sandbox, job: Job) -> Outcome:
    return sandbox.run((job,))[0]


def test_values_come_back_exactly(sandbox: Sandbox) -> None:
    value = (1, {1: 2}, {3}, frozenset({4}), b"x", 1.5, 10**50, None, True, "é", [1 + 2j])
    outcome = one(sandbox, calling("def f(x): return x", (value,)))
    assert (outcome.status, outcome.results[0].kind) == ("ok", "value")
    assert repr(outcome.results[0].value) == repr(value)
    assert outcome.tier == sandbox.tier
    assert outcome.cpu_s > 0
    assert outcome.peak_mb > 1


@pytest.mark.parametrize(
    ("program", "status", "kinds"),
    [
        ("def f(x: return x", "compile", ["stopped"]),
        ("\ud800", "compile", ["stopped"]),
        ("(" * 100_000, "compile", ["stopped"]),
        ("1 / 0", "raised", ["stopped"]),
        ("def g(x): pass", "raised", ["stopped"]),
        ("f = 3", "raised", ["stopped"]),
        ("def f(x): return x / 0", "ok", ["raised"]),
        ("def f(x): raise SystemExit", "ok", ["raised"]),
        ("def f(x): return iter([x])", "ok", ["opaque"]),
        ("class I(int): pass\ndef f(x): return I(x)", "ok", ["opaque"]),
        ("class E:\n    def __eq__(s, o): return True\ndef f(x): return [E()]", "ok", ["opaque"]),
        ("import os\ndef f(x): os._exit(0)", "exit", ["stopped"]),
        ("import os\nos._exit(0)", "exit", ["stopped"]),
        ("import ctypes\ndef f(x): ctypes.string_at(0)", "signal", ["stopped"]),
        ("def f(x):\n    while True: pass", "cpu", ["stopped"]),
        ("while True: pass", "cpu", ["stopped"]),
        ("def f(x): return bytearray(1 << 30)", "memory", ["raised"]),
        ("def f(x): return 'x' * (8 << 20)", "output", ["stopped"]),
    ],
)
def test_statuses(sandbox: Sandbox, program: str, status: str, kinds: list[str]) -> None:
    limits = Limits(cpu_s=0.5, wall_s=10)
    outcome = one(sandbox, calling(program, limits=limits))
    assert (outcome.status, [result.kind for result in outcome.results]) == (status, kinds), outcome


def test_what_is_not_plain_names_its_type(sandbox: Sandbox) -> None:
    outcome = one(sandbox, calling("import decimal\ndef f(x): return [x, decimal.Decimal(1)]"))
    assert outcome.results[0].type == "decimal.Decimal"


def test_calls_before_a_crash_keep_their_values(sandbox: Sandbox) -> None:
    program = "import os\ndef f(x):\n    if x == 3: os._exit(0)\n    return x * 2"
    outcome = one(sandbox, calling(program, (1,), (2,), (3,), (4,)))
    assert [(result.kind, result.value) for result in outcome.results] == [
        ("value", 2), ("value", 4), ("stopped", None), ("stopped", None),
    ]  # fmt: skip


def test_each_call_has_arguments_of_its_own(sandbox: Sandbox) -> None:
    shared = [1, 2]
    outcome = one(sandbox, calling("def f(x):\n    x.append(9)\n    return x", (shared,), (shared,)))
    assert [result.value for result in outcome.results] == [[1, 2, 9], [1, 2, 9]]


def test_fresh_calls_remember_nothing(sandbox: Sandbox) -> None:
    program = "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)"
    kept = one(sandbox, calling(program, (1,), (2,)))
    fresh = one(sandbox, calling(program, (1,), (2,), fresh=True))
    assert [result.value for result in kept.results] == [1, 2]
    assert [result.value for result in fresh.results] == [1, 1]


def test_early_stop(sandbox: Sandbox) -> None:
    outcome = one(sandbox, calling("def f(x): return 1 // x", (1,), (0,), (1,), stop_early=True))
    assert [result.kind for result in outcome.results] == ["value", "raised", "stopped"]
    assert outcome.status == "ok"


def test_methods_and_design_problems(sandbox: Sandbox) -> None:
    program = "class S:\n    def __init__(s, n=0): s.n = n\n    def add(s, x):\n        s.n += x\n        return s.n"
    assert [r.value for r in one(sandbox, calling(program, (2,), (3,), entry="S.add")).results] == [2, 3]
    calls = tuple(
        Call(method=m, args=a)
        for m, a in (("__init__", (5,)), ("add", (1,)), ("add", (1,)), ("__init__", ()), ("add", (1,)))
    )
    outcome = one(sandbox, CallJob(program=program, entry="S", calls=calls))
    assert [r.value for r in outcome.results] == [None, 6, 7, None, 1]


def test_programs_read_and_print(sandbox: Sandbox) -> None:
    job = RunJob(program="print(int(input()) * 2)", stdins=(b"3\n", b"4", b"x"))
    outcome = one(sandbox, job)
    assert [(run.status, run.stdout, run.code) for run in outcome.runs] == [
        ("ok", b"6\n", 0),
        ("ok", b"8\n", 0),
        ("nonzero", b"", 1),
    ]
    assert outcome.status == "nonzero"
    assert b"ValueError" in outcome.runs[2].stderr
    assert b"referee" not in outcome.runs[2].stderr


@pytest.mark.parametrize(
    ("program", "stdout", "code"),
    [
        ("import sys; sys.exit(3)", b"", 3),
        ("import sys; print(5); sys.exit()", b"5\n", 0),
        ("import sys; sys.exit('no')", b"", 1),
        ("import os, sys; sys.stdout.write('a'); sys.stdout.flush(); os._exit(0)", b"a", 0),
        ("import os; print(os.read(0, os.fstat(0).st_size))", b"b'12 3\\n'\n", 0),
        ("import sys; print(sys.stdin.read().split(), sys.stdin.read())", b"['12', '3'] \n", 0),
        ("import sys; print([line for line in sys.stdin])", b"['12 3\\n']\n", 0),
        ("if __name__ == '__main__': print('main')", b"main\n", 0),
        ("import atexit; atexit.register(print, 'end')", b"end\n", 0),
        ("import threading; threading.Thread(target=lambda: print(input())).start()", b"12 3\n", 0),
        ("import sys; print(sys.argv[1:])", b"['a', 'b']\n", 0),
        ("import sys; sys.stdout.buffer.write(bytes([255, 0]))", b"\xff\0", 0),
    ],
)
def test_as_the_interpreter_would(sandbox: Sandbox, program: str, stdout: bytes, code: int) -> None:
    outcome = one(sandbox, RunJob(program=program, stdins=(b"12 3\n",), argv=("a", "b")))
    assert (outcome.runs[0].stdout, outcome.runs[0].code) == (stdout, code), outcome


def test_output_up_to_the_limit_is_kept_and_beyond_it_stops(sandbox: Sandbox) -> None:
    exactly = one(sandbox, RunJob(program="import sys; sys.stdout.write('x' * 65536)"))
    beyond = one(sandbox, RunJob(program="import sys; sys.stdout.write('x' * 65537)"))
    more = one(sandbox, RunJob(program="print('x' * 300_000)", limits=Limits(output_kb=512)))
    assert (exactly.status, len(exactly.runs[0].stdout)) == ("ok", 65536)
    assert (beyond.status, len(beyond.runs[0].stdout)) == ("output", 65536)
    assert (more.status, len(more.runs[0].stdout)) == ("ok", 300_001)


def test_a_function_may_print_more_than_is_kept(sandbox: Sandbox) -> None:
    outcome = one(sandbox, calling("def f(x):\n    print('x' * 200_000)\n    return x"))
    assert (outcome.status, len(outcome.stdout)) == ("ok", 65536)


def test_sleep_is_ended_by_wall_time_and_tried_twice(sandbox: Sandbox) -> None:
    outcome = one(sandbox, calling("import time\ndef f(x): time.sleep(60)", limits=Limits(wall_s=0.4)))
    assert (outcome.status, outcome.retried) == ("wall", True)
    assert outcome.wall_s < 3


def test_near_a_limit_says_so(sandbox: Sandbox) -> None:
    program = "import time\ndef f(x):\n    while time.process_time() < 0.9: pass\n    return x"
    outcome = one(sandbox, calling(program, limits=Limits(cpu_s=1.0, wall_s=20)))
    assert (outcome.status, outcome.near) == ("ok", "cpu")


def test_two_runs_of_one_program_are_equal(sandbox: Sandbox) -> None:
    program = "import random, time, os, locale\ndef f(x):\n    return [random.random(), hash('a'), list({'a', 'b', 'c'}), time.tzname, os.getcwd(), os.umask(0)]"
    first, second = (one(sandbox, calling(program + f"\n#{n}")).results[0].value for n in range(2))
    seeded = one(sandbox, calling(program, seed=7)).results[0].value
    assert first is not None
    assert first == second
    assert seeded[0] != first[0]
    assert seeded[1:] == first[1:]


def test_compiling_only(sandbox: Sandbox) -> None:
    assert one(sandbox, CompileJob(program="print(1)\nimport os\nos._exit(1)")).status == "ok"
    outcome = one(sandbox, CompileJob(program="x = = 1"))
    assert (outcome.status, "SyntaxError" in outcome.detail) == ("compile", True)


def test_a_value_that_cannot_be_sent_is_no_fault_of_the_program(sandbox: Sandbox) -> None:
    outcome = one(sandbox, calling("def f(x): return x", (object(),)))
    assert (outcome.status, outcome.reason) == ("infra", "infra.values")


def test_files_and_scratch(best: Sandbox) -> None:
    if best.tier == "kernel":
        pytest.skip("a scratch directory needs the tier 'namespaces'")
    program = "import os\nprint(open('d/a.txt').read(), sorted(os.listdir('.')))\nopen('new', 'w').write('x' * 1000)"
    outcome = one(best, RunJob(program=program, stdins=(b"", b""), files={"d/a.txt": b"hello"}))
    assert [run.stdout for run in outcome.runs] == [b"hello ['d']\n"] * 2
    full = one(best, RunJob(program="open('big', 'wb').write(bytes(8 << 20))", limits=Limits(scratch_mb=1)))
    assert full.status in {"files", "nonzero"}


def test_the_kernel_tier_says_that_it_has_no_scratch() -> None:
    with Sandbox("kernel", slots=1) as opened:
        outcome = one(opened, RunJob(program="1", files={"a": b""}))
    assert (outcome.status, outcome.reason) == ("infra", "infra.tier")

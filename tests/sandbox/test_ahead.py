"""Runs that are forked ahead of time are as clean as fresh ones, and what is carried for them arrives whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from referee.core.jobs import Call, CallJob, CheckJob, Limits, RunJob, Tier
from referee.sandbox import mirror, tiers
from referee.sandbox.pool import Sandbox

# Reads all memory of its own process that can be written, which only a process without walls can find.
_SCAN = """
import ctypes
def scan(first, second):  # which are never put together here, or this would find itself
    found = 0
    with open("/proc/self/maps") as file:
        places = [line.split() for line in file]
    for place, rights, *_, last in places:
        if rights.startswith("rw") and last not in ("[vvar]", "[vvar_vclock]"):
            start, end = (int(one, 16) for one in place.split("-"))
            content = ctypes.string_at(start, end - start)
            at = content.find(first)
            while at >= 0:
                found += content.startswith(second, at + len(first))
                at = content.find(first, at + 1)
    return found
"""


def test_a_scan_of_memory_can_see() -> None:
    with Sandbox("none", slots=1, cache=0) as sandbox:
        job = CallJob(
            program=f"{_SCAN}\nheld = 'in a haystack'", entry="scan", calls=(Call(args=(b"in a ", b"haystack")),)
        )
        assert sandbox.run((job,))[0].results[0].value > 0


def test_nothing_of_a_rollout_is_in_the_memory_of_a_later_one() -> None:
    """Program, arguments, values, input, output and errors of many runs; a test script's truth as well."""
    with Sandbox("none", slots=1, cache=0) as sandbox:
        for number in range(6):
            program = f"import sys\n# haystack-source-{number}\ndef f(x): return [x, 'haystack-value']"
            sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=("haystack-argument",)),)),))
            shout = "import sys\nprint(input(), 'haystack-output'); sys.stderr.write('haystack-error')"
            sandbox.run((RunJob(program=shout, stdins=(b"haystack-input\n", b"haystack-more\n")),))
            check = CheckJob(program="def g(): return 1", test="assert g() == 1, 'haystack-truth'", entries=("g",))
            assert sandbox.run((check,))[0].passed == 1
        for _ in range(4):  # as many as were waiting, and more
            job = CallJob(program=_SCAN, entry="scan", calls=(Call(args=(b"hay", b"stack-")),))
            assert sandbox.run((job,))[0].results[0].value == 0


def test_what_a_program_was_asked_and_never_read_is_not_there_either() -> None:
    """It answers 20 requests of a script's unread; they are left in the pipe when it ends."""
    program = """
import marshal, os, struct, sys, time
def f(x):
    frame, number = sys._getframe(), None
    while frame and type(number) is not int:
        number, frame = getattr(frame.f_locals.get("self"), "number", None), frame.f_back
    content = marshal.dumps((number, "value", 0, None), 2)
    for _ in range(10):
        os.write(21, struct.pack("<I", len(content)) + content)
        time.sleep(0.01)
    os._exit(0)
"""
    with Sandbox("none", slots=1, cache=0) as sandbox:
        job = CheckJob(program=program, test="for _ in range(20): f('haystack-' * 300)", entries=("f",))
        for _ in range(3):
            sandbox.run((job,))
        for _ in range(3):
            scan = CallJob(program=_SCAN, entry="scan", calls=(Call(args=(b"hay", b"stack-")),))
            assert sandbox.run((scan,))[0].results[0].value == 0


def test_many_inputs_in_order_and_whole(sandbox: Sandbox) -> None:
    sizes = [0, 1, 70_000, 3, 1 << 20, 5, 200_000]
    stdins = tuple(b"x" * size + b"\n" for size in sizes)
    job = RunJob(program="import sys\nprint(len(sys.stdin.read()))", stdins=stdins)
    outcome = sandbox.run((job,))[0]
    assert [int(run.stdout) - 1 for run in outcome.runs] == sizes


def test_large_outputs_of_many_runs_do_not_block(sandbox: Sandbox) -> None:
    limits = Limits(output_kb=900, memory_mb=256)
    stdins = tuple(bytes(300_000) for _ in range(8))
    job = RunJob(program="import sys\nsys.stdout.write('y' * 800_000)", stdins=stdins, limits=limits)
    outcome = sandbox.run((job,))[0]
    assert [len(run.stdout) for run in outcome.runs] == [800_000] * 8


def test_what_a_run_says_about_its_end_is_a_claim(sandbox: Sandbox) -> None:
    """Descriptor 4 is how a run says that it is over; a forged word ends it early, and earns nothing."""
    for word in ("b'!'", "bytes(12)", "bytes(4096)", "b'\\xff' * 12"):
        program = f"import os, time\ndef f(x):\n    os.write(4, {word})\n    time.sleep(30)\n    return x"
        outcome = sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=(1,)),)),))[0]
        assert outcome.status in {"exit", "signal"}
        assert outcome.results[0].kind == "stopped"
    program = "import os\ndef f(x):\n    os.close(4)\n    return x"  # the end is then seen by its death
    outcome = sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=(1,)),)),))[0]
    assert (outcome.status, outcome.results[0].value) == ("ok", 1)


def test_a_source_that_breaks_the_compiler_is_judged(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "def f(x): return " + "-" * 60_000 + "1"
    outcome = sandbox.run((CallJob(program=deep, entry="f", calls=(Call(args=(1,)),)),))[0]
    assert outcome.status in {"compile", "signal", "memory", "cpu"}
    fine = CallJob(program="def f(x): return x", entry="f", calls=(Call(args=(2,)),))
    assert sandbox.run((fine,))[0].results[0].value == 2


@pytest.mark.parametrize("tier", ["kernel", "firejail"])
def test_the_whole_library_can_be_imported(tier: Tier) -> None:
    found = tiers.probe(tier)
    if not found.usable:
        pytest.skip(f"this machine does not have the sandbox tier '{tier}': {found.reason}")
    program = (
        "def f(x):\n    import wave, importlib.metadata, decimal\n    return str(decimal.Decimal(x)).encode('cp1252')"
    )
    with Sandbox(tier, slots=1, cache=0) as sandbox:
        outcome = sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=(7,)),)),))[0]
    assert outcome.results[0].value == b"7", outcome


def test_without_a_mirror_the_common_modules_are_loaded_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    if not tiers.probe("kernel").usable:
        pytest.skip(f"this machine does not have the sandbox tier 'kernel': {tiers.probe('kernel').reason}")
    monkeypatch.setattr(mirror, "library", lambda: "")
    program = "def f(x):\n    import json, asyncio, decimal\n    return json.dumps(x)"
    with Sandbox("kernel", slots=1, cache=0) as sandbox:
        outcome = sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=([1],)),)),))[0]
    assert outcome.results[0].value == "[1]"


def test_a_mirror_is_public_complete_and_swept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mirror, "_MADE", {})
    monkeypatch.setattr(mirror.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(mirror, "_passable", lambda folder: True)
    place = Path(mirror.library())
    assert mirror.library() == str(place)
    assert (place / "json" / "__init__.py").read_text() == Path(os.__file__).with_name("json").joinpath(
        "__init__.py"
    ).read_text()
    assert not (place / "site-packages").exists()
    kinds = [(one.is_dir(), stat.S_IMODE(one.stat().st_mode)) for one in place.rglob("*")]
    assert all(mode & 0o004 and not mode & 0o022 for _, mode in kinds)
    assert all(mode & 0o001 for folder, mode in kinds if folder)
    mirror._remove()
    assert not place.exists()


_FLAGS = """
import fcntl, os
for number in range(64):
    try:
        fcntl.fcntl(number, fcntl.F_SETFL, fcntl.fcntl(number, fcntl.F_GETFL) | os.O_NONBLOCK | os.O_APPEND)
    except OSError:
        pass
def f(x): return x
"""


@pytest.mark.parametrize("tier", ["kernel", "namespaces"])
def test_flags_that_a_run_sets_on_what_it_inherits_end_with_it(tier: Tier) -> None:
    """Pipes and files are shared with later runs, and so are `O_NONBLOCK` and `O_APPEND`."""
    if not tiers.probe(tier).usable:
        pytest.skip(f"this machine does not have the sandbox tier '{tier}'")
    test = "for i in range(3):\n    for _ in range(100_000): pass\n    assert f(i) == i\n"
    seek = "import os\nos.write(1, b'abc'); os.lseek(1, 0, 0); os.write(1, b'X')"
    with Sandbox(tier, slots=1, cache=0) as sandbox:
        for _ in range(4):  # as many as were waiting, and more
            sandbox.run((CheckJob(program=_FLAGS, test=test, entries=("f",)),))
            outcome = sandbox.run((CheckJob(program="def f(x): return x", test=test, entries=("f",)),))[0]
            assert (outcome.status, outcome.passed) == ("ok", 3)
            sandbox.run((RunJob(program=_FLAGS, stdins=(b"",)),))
        for _ in range(4):
            assert sandbox.run((RunJob(program=seek, stdins=(b"",)),))[0].runs[0].stdout == b"Xbc"

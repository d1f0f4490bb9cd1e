"""Attacks that are more than one program: what is done with a sandbox, and what must have come of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from referee.core.jobs import Call, CallJob, CompileJob, Limits, Outcome, RunJob
from referee.sandbox import values
from referee.sandbox.attacks.attack import PRELUDE, Target

if TYPE_CHECKING:
    from referee.sandbox.pool import Sandbox

_LIMITS = Limits(cpu_s=1.0, wall_s=3.0)


def _call(sandbox: Sandbox, program: str, *arguments: int, entry: str = "f", count: int = 1) -> Outcome:
    calls = (Call(args=arguments),) * count
    return sandbox.run((CallJob(program=PRELUDE + program, entry=entry, calls=calls, limits=_LIMITS),))[0]


def honest(sandbox: Sandbox, seed: int) -> str:
    """What is wrong with an honest run; empty when nothing is."""
    outcome = _call(sandbox, f"def f(a): return (a * 3, [str(a)], {{{seed}}})", seed)
    if outcome.status == "ok" and outcome.results[0].value == (seed * 3, [str(seed)], {seed}):
        return ""
    return f"the next rollout suffered: {outcome.status} {outcome.results} {outcome.detail}"


def compile_bombs(sandbox: Sandbox, target: Target) -> str:
    """None of them breaks the sandbox, and each ends within its limits."""
    del target
    bombs = [
        "(" * 90_000,
        "-" * 200_000 + "1",
        "x = " + "1+" * 60_000 + "1",
        "a" * 1_000_000,
        "x = 9**9**9**9",
        "\0",
        "if 1:\n" * 1000,
    ]
    bombs += [
        "x = [" + "[" * 5000,
        "lambda:" * 20_000 + "1",
        "f'" + "{" * 500 + "1" + "}" * 500 + "'",
        "x = (((1,)*9999)*9999)*9999",
    ]
    for number, bomb in enumerate(bombs):
        (outcome,) = sandbox.run((CompileJob(program=bomb, limits=_LIMITS),))
        if outcome.status == "infra":
            return f"bomb {number}: {outcome.detail}"
        outcome = _call(sandbox, bomb, 1)
        if outcome.status == "infra" or outcome.results[0].kind == "value":
            return f"bomb {number} as a program: {outcome.status} {outcome.detail}"
    return ""


def comparator(sandbox: Sandbox, target: Target) -> str:
    """What a jail writes is read within bounds, and nothing but a refusal comes of the rest."""
    del sandbox, target
    hostile = [
        b"[\1\0\0\0" * 100_000,
        b"(\xff\xff\xff\x7f",
        b"l\xff\xff\xff\x7f" + b"\xff" * 64,
        b"l\0\0\0\x80",
        b"u\xff\xff\xff\x7fx",
        b"{" * 5000,
        b"c" + bytes(64),
        b"r\0\0\0\0",
        b"<\1\0\0\0[\0\0\0\0",
        b"",
        b"i\0",
        b"N" * 2,
    ]
    for number, content in enumerate(hostile):
        started = time.monotonic()
        try:
            values.read(content)
        except values.NotPlain:
            pass
        else:
            return f"{number} was read"
        if time.monotonic() - started > 1:
            return f"{number} took long"
    return ""


def forged(sandbox: Sandbox, target: Target) -> str:
    """Records written by the program are claims for its own calls, and there are never more of them than calls."""
    del target
    outcome = _call(
        sandbox,
        "import struct, marshal\nc = marshal.dumps(7, 2)\nfor _ in range(50): os.write(3, struct.pack('<cI', b'V', len(c)) + c)\n"
        "def f(a): return a",
        1,
        count=2,
    )
    return "" if len(outcome.results) == 2 else f"{len(outcome.results)} results"


def garbage(sandbox: Sandbox, target: Target) -> str:
    """Bytes that are no result are no value."""
    del target
    for content in (
        "os.urandom(5000)",
        "b'V' * 5000",
        "b'V\\x08\\0\\0\\0' + b'i\\xff\\xff'",
        "b'\\xed\\xa0\\x80' * 99",
        "bytes(70000)",
    ):
        outcome = _call(sandbox, f"def f(a):\n    os.write(3, {content})\n    os._exit(0)", 1)
        if outcome.status == "infra":
            return f"{content}: {outcome.detail}"
    odd = "return [float('nan'), float('inf'), 10**5000, '\\ud800', {1: {2: {3: ()}}}, b'\\0' * 99]"
    outcome = _call(sandbox, f"def f(a): {odd}", 1)
    return "" if outcome.results[0].kind == "value" else f"odd values do not cross: {outcome.results[0]}"


def revival(sandbox: Sandbox, target: Target) -> str:
    """Nothing that crosses is code, and an object is no value."""
    del target
    hostile = (
        "class E:\n    def __reduce__(s): return (os.system, ('true',))\n    def __eq__(s, o): return True\ndef f(a): return E()",
        "class E(int):\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef f(a): return E(3)",
        "class E(list):\n    def __eq__(s, o): return True\ndef f(a): return [E()]",
        "import struct, marshal\ndef f(a):\n    c = marshal.dumps(f.__code__, 2)\n    os.write(3, struct.pack('<cI', b'V', len(c)) + c)",
    )
    for number, program in enumerate(hostile):
        outcome = _call(sandbox, program, 1)
        if outcome.results[0].kind == "value" and outcome.results[0].value is not None:
            return f"{number} crossed: {outcome.results[0]}"
    return ""


def early_exit(sandbox: Sandbox, target: Target) -> str:
    """However a program ends itself, a call that did not return has no value."""
    del target
    ways = ("os._exit(0)", "sys.exit(0)", "raise SystemExit", "import posix; posix._exit(0)", "os.abort()", "exit(0)")
    for way in ways:
        for program in (f"{way}\ndef f(a): return a", f"def f(a):\n    {way}"):
            outcome = _call(sandbox, program, 1, count=2)
            if any(result.kind == "value" for result in outcome.results) or outcome.status == "infra":
                return f"{way}: {outcome.status} {outcome.results}"
    return ""


def replay(sandbox: Sandbox, target: Target) -> str:
    """Results belong to the process that wrote them: two programs in turn, each sees its own."""
    del target
    for number in range(20):
        program = f"def f(a):\n    os.write(3, b'V\\5\\0\\0\\0i\\7\\0\\0\\0')\n    return {number}"
        _call(sandbox, program, 1)
        if fault := honest(sandbox, 1000 + number):
            return fault
    return ""


def environment(sandbox: Sandbox, target: Target) -> str:
    """A variable that one run sets is not there in the next."""
    del target
    _call(
        sandbox,
        "def f(a):\n    os.environ['LD_PRELOAD'] = os.environ['PYTHONSTARTUP'] = '/tmp/x'\n    os.putenv('GCONV_PATH', '/tmp')",
        1,
    )
    outcome = _call(
        sandbox,
        "def f(a): return sorted(k for k in os.environ if k not in ('PATH', 'HOME', 'LANG', 'TZ', 'LC_CTYPE'))",
        2,
    )
    return "" if outcome.results[0].value == [] else f"left behind: {outcome.results[0].value}"


_STATE = """
import time, random, locale, resource
def f(a):
    old = os.umask(0); os.umask(old)
    return [old, os.getcwd(), time.tzname, time.timezone, random.random(), hash('referee'), sys.getrecursionlimit(),
            locale.setlocale(locale.LC_ALL), resource.getrlimit(resource.RLIMIT_FSIZE), len(sys.path), a * 0]
"""


def inherited(sandbox: Sandbox, target: Target) -> str:
    """Two runs, with a vandal between them, start from the same state."""
    del target
    before = _call(sandbox, _STATE, 1).results[0].value
    _call(
        sandbox,
        "import time, random, resource\ndef f(a):\n    os.umask(0); os.environ['TZ'] = 'Asia/Tokyo'; time.tzset(); random.seed(9)\n"
        "    sys.setrecursionlimit(50000); sys.path.clear(); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n    os.chdir('/tmp')",
        1,
    )
    after = _call(sandbox, _STATE, 2).results[0].value
    return "" if before is not None and before == after else f"before {before}, after {after}"


def poison(sandbox: Sandbox, target: Target) -> str:
    """What one run does to builtins, modules and the harness, no other run sees."""
    del target
    program = """
import builtins, marshal, gc
def f(a):
    marshal.dumps = lambda *a: b'N'
    builtins.str = builtins.len = None
    for name, module in list(sys.modules.items()):
        if 'referee' in name:
            for key in list(vars(module)):
                if callable(vars(module)[key]): setattr(module, key, lambda *a, **k: b'')
    for one in gc.get_objects():
        if type(one) is dict and 'job' in one: one.clear()
    return a
"""
    _call(sandbox, program, 1)
    return next(filter(None, (honest(sandbox, 2000 + number) for number in range(3))), "")


def identifiers(sandbox: Sandbox, target: Target) -> str:
    """Sixty short lives, some killed: each outcome is its own."""
    del target
    for number in range(30):
        _call(sandbox, f"def f(a): os.kill(os.getpid(), {9 if number % 2 else 11})", number)
        if fault := honest(sandbox, 3000 + number):
            return fault
    return ""


def crashes(sandbox: Sandbox, target: Target) -> str:
    """A crash is this rollout's, and no other's."""
    del target
    ways = (
        "ctypes.string_at(0)",
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "ctypes.memset(id(None), 0, 64)",
        "ctypes.CFUNCTYPE(None)(0)()",
    )
    for number, way in enumerate(ways):
        outcome = _call(sandbox, f"def f(a): {way}", 1)
        if outcome.status not in {"signal", "exit", "ok", "raised", "cpu"}:
            return f"{way}: {outcome.status} {outcome.detail}"
        if outcome.status == "ok" and outcome.results[0].kind == "value" and outcome.results[0].value is not None:
            return f"{way}: {outcome.results[0]}"
        if fault := honest(sandbox, 4000 + number):
            return fault
    return ""


def crowd(sandbox: Sandbox, target: Target) -> str:
    """Many hostile programs at once, with honest ones among them."""
    del target
    hostile = (
        "import os\ndef f(a): os._exit(0)",
        "def f(a): return [bytearray(1 << 30)]",
        "def f(a): return os.fork()",
        "f = 1",
        "def f(a): return 'x' * 10**7",
    )
    quick = Limits(cpu_s=0.3, wall_s=2.0)
    jobs = []
    for number in range(60):
        good = number % 4 == 0
        program = f"def f(a): return a + {number}" if good else f"{hostile[number % 5]}\n# {number}"
        jobs.append(CallJob(program=program, entry="f", calls=(Call(args=(1,)),), limits=quick))
    for number, outcome in enumerate(sandbox.run(tuple(jobs))):
        if outcome.status == "infra":
            return f"{number}: {outcome.detail}"
        if number % 4 == 0 and outcome.results[0].value != number + 1:
            return f"honest {number}: {outcome.status}"
    return ""


_TRAINER = """
import sys
from referee.core.jobs import RunJob, Limits
from referee.sandbox.pool import Sandbox
sandbox = Sandbox({tier!r}, require="none", slots=1)
slot = sandbox.take()
sandbox.give(slot)
print(slot.pid, flush=True)
sandbox.run((RunJob(program="import time; time.sleep(30)", limits=Limits(wall_s=40, cpu_s=40)),))
"""


def orphans(sandbox: Sandbox, target: Target) -> str:
    """A trainer that is killed while a program runs leaves no jail."""
    del target
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    trainer = subprocess.Popen(
        [sys.executable, "-c", _TRAINER.format(tier=sandbox.tier)], stdout=subprocess.PIPE, env=environment
    )
    assert trainer.stdout is not None
    with trainer.stdout as said:
        line = said.readline()
        if not line.strip().isdigit():
            trainer.kill()
            trainer.wait()
            return "the trainer did not start"
        time.sleep(0.4)
        family = _descendants(trainer.pid)
        os.kill(trainer.pid, signal.SIGKILL)
        trainer.wait()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [pid for pid in family if _alive(pid)]
        if not left:
            return "" if len(family) >= 2 else f"only {len(family)} processes were seen"
        time.sleep(0.05)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return f"{len(left)} of {len(family)} processes outlived the trainer"


def _descendants(pid: int) -> list[int]:
    """Every process below one, by the kernel's list."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def whole_program(sandbox: Sandbox) -> str:
    """An honest program reads and prints."""
    (outcome,) = sandbox.run((RunJob(program="print(int(input()) * 2)", stdins=(b"21\n",)),))
    return "" if outcome.runs[0].stdout == b"42\n" else f"{outcome.status} {outcome.detail}"

"""Poison among good rollouts: every good one is right, every bad one has the right status, nobody is left behind.

`REFEREE_CHAOS_LONG=1` runs 100 among 10,000; otherwise it is 8 among 800.
"""

import os
from pathlib import Path

import pytest

import referee
from referee.core.types import Rollout, Task
from referee.engine.process import Settings
from referee.engine.scored import Submission
from referee.pool.local import Limits
from referee.pool.pool import Pool

LONG = bool(os.environ.get("REFEREE_CHAOS_LONG"))
GROUPS, BAD = (625, 100) if LONG else (50, 8)
RIGHT = {
    "segfault": "infra.worker_lost",
    "loop": "infra.timeout",
    "allocate": "infra.memory",
    "output": "x.ok",
    "ok": "x.ok",
    "no": "x.no",
}
POISON = ("segfault", "loop", "allocate", "output")
PROGRAMS = {
    "import ctypes; ctypes.string_at(0)": "code",
    "while True: pass": "limit",  # of processor time; on a machine with much else to do, of wall time
    "x = bytearray(8 << 30)": "limit",
    "while True: print('x' * 1_000_000)": "limit",
    "print(int(input()) * 2)": "code",
}


def family(pid):
    """The processes that descend from one, the memory of dead ones left out."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state not in {"Z", "X"}:
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found, look = set(), [pid]
    while look:
        for child in children.get(look.pop(), ()):
            found.add(child)
            look.append(child)
    return found


def test_poison_costs_only_itself(group):
    before = family(os.getpid())
    size, step = 16, GROUPS * 16 // BAD
    texts = ["ok" if number % 3 else "no" for number in range(GROUPS * size)]
    for number in range(BAD):
        texts[number * step + number % step] = POISON[number % len(POISON)]
    work = [group(str(at), *texts[at * size : at * size + size]) for at in range(GROUPS)]
    limits, settings = Limits(cpu_s=2.0), Settings(memory_mb=500)  # a busy machine takes a second to give 500 MB
    with Pool(workers=2, limits=limits, settings=settings) as pool:
        found = pool.score(work)
        assert pool.statistics().duplicates == 0
    assert [one.score.verdicts["act"].reason for one in found] == [RIGHT[text] for text in texts]
    assert sum(one.score.reward is None for one in found) == BAD * 3 // 4
    assert family(os.getpid()) <= before


def test_programs_that_misbehave_cost_only_themselves():
    try:
        from referee.sandbox.pool import Sandbox

        Sandbox(slots=1).close()
    except referee.RefereeError as error:
        pytest.skip(f"no sandbox can be had here: {error}")
    before = family(os.getpid())
    pack = referee.RulePack.load({"name": "c", "rules": [{"name": "a", "verifier": "code.stdio"}]})
    task = Task(truth={"inputs": ["2\n"], "outputs": ["4\n"]})
    good = [f"print(int(input()) * 2 + {number} - {number})" for number in range(4 * len(PROGRAMS))]
    programs = [*PROGRAMS, *good] * (5 if LONG else 1)
    rollouts = tuple(Rollout(text=f"```python\n{program}\n```") for program in programs)
    with Pool(workers=2) as pool:
        found = pool.score([Submission(run="r", group="g", task=task, rollouts=rollouts, pack=pack.spec)])
        assert pool.statistics().workers.kills == {}
    reasons = [one.score.verdicts["a"].reason.partition(".")[0] for one in found]
    assert reasons == [PROGRAMS.get(program, "code") for program in programs]
    passed = [one.score.reward for one in found]
    assert passed == [float("input" in program) for program in programs]
    assert family(os.getpid()) <= before

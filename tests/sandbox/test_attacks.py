"""The shipped list of eighty attacks against every tier of this machine; the long form is `make sandbox-long`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from referee.core.jobs import Call, CallJob, Limits, Tier
from referee.sandbox import tiers
from referee.sandbox.attacks.suite import ATTACKS, attack
from referee.sandbox.pool import Sandbox

STATED = {29}
FEW = (1, 7, 13, 30, 31, 32, 35, 44, 53, 57, 58, 62, 63, 66, 71, 80)  # for the tiers that wrap these walls in others
LONG = int(os.environ.get("REFEREE_SANDBOX_LONG", "0"))


def need(tier: Tier) -> None:
    found = tiers.probe(tier)
    if not found.usable:
        pytest.skip(f"this machine does not have the sandbox tier '{tier}': {found.reason}")


def test_the_list_is_whole() -> None:
    assert [one.number for one in ATTACKS] == list(range(1, 81))
    assert {one.number for one in ATTACKS if one.stated} == STATED
    assert all(one.program or one.scenario or one.stated for one in ATTACKS)


@pytest.mark.parametrize("tier", ["kernel", "namespaces"])
def test_no_attack_escapes(tier: Tier) -> None:
    need(tier)
    with Sandbox(tier, slots=2, cache=0) as sandbox:
        found = list(attack(sandbox))
    assert [one for one in found if one.result == "ESCAPED"] == []
    assert sum(one.result == "safe" for one in found) == 80 - len(STATED)


@pytest.mark.parametrize("tier", ["bubblewrap", "firejail", "oci"])
def test_no_attack_escapes_from_other_programs_jails(tier: Tier) -> None:
    need(tier)
    with Sandbox(tier, slots=1, cache=0) as sandbox:
        found = list(attack(sandbox, () if LONG else FEW))
    assert [one for one in found if one.result == "ESCAPED"] == []


def test_without_walls_the_list_can_see() -> None:
    """The tests are not blind: with no walls, harmless ones among the attacks get through."""
    with Sandbox("none", slots=1, cache=0) as sandbox:
        found = {one.number for one in attack(sandbox, (31, 54, 58, 60)) if one.result == "ESCAPED"}
    assert {31, 54} <= found


HOSTILE = (
    "import os\ndef f(x): os._exit(x % 256)",
    "import os\ndef f(x): os.fork()",
    "def f(x): return [bytearray(1 << 22) for _ in range(200)]",
    "import ctypes\ndef f(x): ctypes.string_at(0)",
    "import threading\ndef f(x): [threading.Thread(target=threading.Event().wait, daemon=True).start() for _ in range(20)]",
    "def f(x): return open('/etc/shadow').read()",
    "import os\ndef f(x): os.write(3, os.urandom(1000)); os.closerange(0, 50)",
    "import socket\ndef f(x): socket.socket()",
    "def f(x):\n    while True: pass",
    "import sys\ndef f(x): sys.stdout.write('x' * (2 << 20))",
)


@pytest.mark.parametrize("tier", ["kernel", "namespaces"])
def test_hostile_runs_leave_nothing_behind(tier: Tier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process, no descriptor, no file: 200 runs here, 10,000 in the long form."""
    need(tier)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    count = 10_000 if LONG else 200
    limits = Limits(cpu_s=0.02, wall_s=2.0)
    others = set(_children())  # of the sandbox that other tests keep open
    with Sandbox(tier, slots=2, cache=0) as sandbox:
        sandbox.run(tuple(_hostile(number, limits) for number in range(20)))
        before = _state(tmp_path)
        for start in range(0, count, 100):
            outcomes = sandbox.run(tuple(_hostile(number, limits) for number in range(start, start + 100)))
            assert all(outcome.status != "infra" for outcome in outcomes)
        after = _state(tmp_path)
        assert sandbox.statistics().lost == 0
    assert after == before
    assert set(_children()) <= others, "a zygote outlived its sandbox"


def _hostile(number: int, limits: Limits) -> CallJob:
    return CallJob(
        program=f"{HOSTILE[number % len(HOSTILE)]}\n# {number}", entry="f", calls=(Call(args=(number,)),), limits=limits
    )


def _state(temporary: Path) -> tuple[int, int, int]:
    """Open descriptors, descendants, entries of the temporary directory."""
    files = len(list(temporary.iterdir()))
    return len(list(Path("/proc/self/fd").iterdir())), len(_children()), files


def _children() -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes()
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if b"inside/main.py" in words and int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.append(int(folder.name))
    return found


WIDER = (2, 7, 8, 9, 13, 14, 15, 30, 31, 32, 35, 44, 45, 46, 47, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63)


def test_processes_and_files_open_no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that may fork and write has a filter of its own; what is not about forks and files is refused as ever."""
    need("namespaces")
    wider = [
        one._replace(limits=Limits(cpu_s=1, wall_s=3, processes=8, memory_mb=2048, scratch_mb=1)) for one in ATTACKS
    ]
    monkeypatch.setattr("referee.sandbox.attacks.suite.ATTACKS", tuple(wider))
    with Sandbox("namespaces", slots=1, cache=0) as sandbox:
        found = list(attack(sandbox, WIDER))
    assert [one for one in found if one.result != "safe"] == []


def test_files_open_at_once_have_a_firm_limit() -> None:
    """What pipes and sockets hold is the kernel's, and counts as nobody's memory."""
    program = """
import os, resource, socket
def made(_):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    kept = []
    try:
        while len(kept) < 2000:
            kept.append(socket.socketpair())
    except OSError:
        pass
    return len(kept)
"""
    job = CallJob(program=program, entry="made", calls=(Call(args=(0,)),))
    for tier in ("kernel", "namespaces"):
        need(tier)
        with Sandbox(tier, slots=1) as sandbox:
            assert 0 < sandbox.run((job,))[0].results[0].value < 32

"""Control groups: what several processes use together is held, a group goes with its jail, and none is no fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from referee.core.jobs import Call, CallJob, Limits, RunJob
from referee.sandbox import cgroups, compiled, doctor, leftovers, tiers
from referee.sandbox.pool import Sandbox

_HUNGRY = """set -o pipefail
for i in 1 2 3 4 5 6 7 8; do head -c 100000000 /dev/zero | tail -c 100000000 | { sleep 0.2; wc -c; } & last="$last $!"; done
for one in $last; do wait $one || exit 1; done
"""
_TRAINER = """
import time
from referee.sandbox.pool import Sandbox
sandbox = Sandbox("namespaces", slots=1)
slot = sandbox.take()
print(slot.group.folders[0].name, flush=True)
time.sleep(60)
"""


@pytest.fixture
def homes() -> cgroups.Homes:
    found = cgroups.homes()
    if found.reason:
        pytest.skip(f"this machine has no control groups for us: {found.reason}")
    return found


@pytest.fixture
def forgetful() -> Iterator[None]:
    """What was found out about this machine is forgotten, before and after."""
    cgroups.homes.cache_clear()
    yield
    cgroups.homes.cache_clear()


@pytest.fixture
def namespaces() -> None:
    found = tiers.probe("namespaces")
    if not found.usable:
        pytest.skip(f"this machine does not have the sandbox tier 'namespaces': {found.reason}")


def names(found: cgroups.Homes) -> set[str]:
    return {one.name for folder in found.folders for one in folder.glob("referee-jail-*")}


def test_memory_counts_for_all_processes_together(homes: cgroups.Homes, best: Sandbox) -> None:
    if compiled.executing_tier(best.tier) is None:
        pytest.skip("this machine has no jail in which a shell can be executed")
    limits = Limits(cpu_s=5, wall_s=20, memory_mb=160)
    (outcome,) = best.run((RunJob(program=_HUNGRY, language="shell", limits=limits),))
    whole = sum(run.stdout.count(b"100000000") for run in outcome.runs)
    assert outcome.status == "memory" or whole < 8, outcome  # whom the kernel ends first is its own choice


@pytest.mark.usefixtures("namespaces")
def test_a_group_goes_with_its_jail(homes: cgroups.Homes) -> None:
    with Sandbox("namespaces", slots=1, cache=0) as sandbox:
        slot = sandbox.take()
        assert slot.group is not None
        made = {folder.name for folder in slot.group.folders}
        assert made <= names(homes)
        assert str(slot.pid) in (slot.group.folders[0] / "cgroup.procs").read_text().split()
        sandbox.give(slot)
        program = "import os\ndef f(x):\n    try: return os.listdir('/sys/fs/cgroup')\n    except OSError: return x"
        assert sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=(1,)),)),))[0].results[0].value == 1
    assert not made & names(homes)


@pytest.mark.usefixtures("namespaces")
def test_a_killed_trainers_groups_are_swept_by_the_next(homes: cgroups.Homes, forgetful: None) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    trainer = subprocess.Popen([sys.executable, "-c", _TRAINER], stdout=subprocess.PIPE, text=True, env=environment)
    assert trainer.stdout is not None
    with trainer.stdout as said:
        name = said.readline().strip()
        assert name in names(homes)
        assert name not in {one.name for folder in homes.folders for one in leftovers.stale(folder, "jail")}
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
    for _ in range(100):  # the jail ends by itself; until it has, its group cannot be removed
        cgroups.homes.cache_clear()
        cgroups.homes()
        if name not in names(homes):
            break
        signal.sigtimedwait((), 0.05)
    assert name not in names(homes)


def test_the_limits_of_a_group(tmp_path: Path) -> None:
    group = cgroups.Group(cgroups.Homes(2, (tmp_path,)))
    (folder,) = group.folders
    (folder / "memory.current").write_text("1000000")
    group.hold({"memory_mb": 256, "scratch_mb": 1, "processes": 1})
    assert (folder / "memory.max").read_text() == "348078656"  # 1,000,000 + (257 + 64) MiB + 160 x 64 KiB
    assert (folder / "memory.swap.max").read_text() == "0"
    assert (folder / "pids.max").read_text() == "160"
    (folder / "memory.max").unlink()
    group.hold({"memory_mb": 256, "scratch_mb": 1, "processes": 1})
    assert not (folder / "memory.max").exists(), "the same limits are written once"
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert group.killed() == 2


def test_without_groups_a_sandbox_works_and_the_doctor_says_why(
    forgetful: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory\n")
    monkeypatch.setenv(cgroups.FOLDER, str(tmp_path))
    feature = next(one for one in doctor.examine().features if one.name == "cgroup")
    assert not feature.usable
    assert "pids not in" in feature.words
    with Sandbox(slots=1, cache=0) as sandbox:
        job = CallJob(program="def f(x): return x", entry="f", calls=(Call(args=(1,)),))
        assert sandbox.run((job,))[0].results[0].value == 1
        slot = sandbox.take()
        sandbox.give(slot)
        assert slot.group is None


@pytest.mark.parametrize(
    ("mount", "root", "path", "folder"),
    [
        ("/sys/fs/cgroup/pids", "/", "/", "/sys/fs/cgroup/pids/"),
        ("/sys/fs/cgroup/pids", "/", "/a/b", "/sys/fs/cgroup/pids/a/b"),
        ("/sys/fs/cgroup/pids", "/docker/x", "/docker/x", "/sys/fs/cgroup/pids"),
        ("/sys/fs/cgroup/pids", "/docker/x", "/docker/x/y", "/sys/fs/cgroup/pids/y"),
    ],
)
def test_a_group_s_folder(mount: str, root: str, path: str, folder: str) -> None:
    assert cgroups._below(mount, root, path) == Path(folder)

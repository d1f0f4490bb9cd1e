"""Other programs' jails: each container runtime that is installed, and what a killed trainer leaves of its bundles."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from referee.core.jobs import Call, CallJob, RunJob, Tier
from referee.sandbox import leftovers, tiers, wrap
from referee.sandbox.attacks.suite import attack
from referee.sandbox.pool import Sandbox
from referee.sandbox.slot import Slot, ZygoteLost

FEW = (7, 13, 31, 35, 44, 53, 62, 80)
_TRAINER = """
import time
from referee.sandbox.pool import Sandbox
sandbox = Sandbox("oci", slots=1)
slot = sandbox.take()
print(slot.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(params=wrap.RUNTIMES)
def runtime(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each container runtime in turn, as the one that the tier `oci` uses."""
    if wrap.tool(request.param) is None:
        pytest.skip(f"{request.param} is not installed here")
    try:
        Slot("kernel", uid=tiers.jail_uid(), preload=("warnings",), wrap=wrap.oci(request.param)).close()
    except ZygoteLost as error:
        pytest.skip(f"{request.param} cannot start a container here: {error}")
    monkeypatch.setattr(tiers, "_RUNTIME", [request.param])
    monkeypatch.setattr(tiers, "_runtime", str)
    tiers.probe.cache_clear()
    yield request.param
    tiers.probe.cache_clear()


def test_every_runtime_that_is_installed_holds(runtime: str) -> None:
    with Sandbox("oci", slots=1, cache=0) as sandbox:
        found = list(attack(sandbox, FEW))
        (outcome,) = sandbox.run((RunJob(program="read n; echo $((n * 2))", language="shell", stdins=(b"21\n",)),))
    assert [one for one in found if one.result != "safe"] == []
    assert outcome.runs[0].stdout == b"42\n"
    assert tiers.probe("oci").reason == runtime


def test_bundles_of_a_killed_trainer_are_swept_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (found := tiers.probe("oci")).usable:
        pytest.skip(f"this machine does not have the sandbox tier 'oci': {found.reason}")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    tmp_path.chmod(0o755)
    trainer = subprocess.Popen([sys.executable, "-c", _TRAINER], stdout=subprocess.PIPE, text=True, env=environment)
    assert trainer.stdout is not None
    with trainer.stdout as said:
        assert said.readline().strip().isdigit()
        assert len(list(tmp_path.glob("referee-oci-*"))) == 1
        assert list(leftovers.stale(tmp_path, "oci")) == [], "its owner lives"
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
    (tmp_path / "referee-oci-1-2-3-4").mkdir()  # of another pid namespace
    (tmp_path / "referee-oci-old").mkdir()
    with Sandbox("oci", slots=1) as sandbox:
        sandbox.give(sandbox.take())
        assert len(list(tmp_path.glob("referee-oci-*"))) == 3
    assert {one.name for one in tmp_path.glob("referee-oci-*")} == {"referee-oci-1-2-3-4", "referee-oci-old"}


@pytest.mark.parametrize("tier", ["bubblewrap", "firejail", "oci"])
def test_a_missing_program_leaves_nothing_open(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrap, "tool", lambda name: None)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(ZygoteLost, match="is not installed"):
        tiers.start(tier)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("tier", ["kernel", "namespaces", "bubblewrap", "firejail", "oci"])
def test_a_zygote_outlives_the_thread_that_asked_for_it(tier: Tier) -> None:
    if not (found := tiers.probe(tier)).usable:
        pytest.skip(f"this machine does not have the sandbox tier '{tier}': {found.reason}")
    job = CallJob(program="def f(x): return x", entry="f", calls=(Call(args=(1,)),))
    with Sandbox(tier, slots=1, cache=0) as sandbox:
        asked = threading.Thread(target=sandbox.run, args=((job,),))
        asked.start()
        asked.join()
        signal.sigtimedwait((), 0.1)  # a death that is under way comes
        assert sandbox.run((job,))[0].status == "ok"
        statistics = sandbox.statistics()
    assert (statistics.zygotes, statistics.lost) == (1, 0)

"""What a job may ask for beyond a plain run: processes of its own, and packages beside the standard library."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from referee.core.jobs import Call, CallJob, CheckJob, Limits, Outcome, RunJob
from referee.sandbox import packages, slot
from referee.sandbox.pool import Sandbox

WIDE = Limits(processes=12, memory_mb=1024, cpu_s=3, wall_s=10)
FORKS = """
import os, time
def f(n):
    family = []
    for _ in range(n):
        pid = os.fork()
        if not pid:
            time.sleep(0.05)
            os._exit(3)
        family.append(pid)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in family]
"""
POOLS = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
def square(x): return x * x
def f(n):
    with multiprocessing.Pool(3) as pool: one = pool.map(square, range(n))
    with ProcessPoolExecutor(2) as pool: other = list(pool.map(square, range(n)))
    return one, other
"""
DAEMON = """
import os, time
def f(n):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(1)
        os._exit(0)
    return os.listdir('/tmp')
"""
NUMPY = """
import numpy as np
def f(n):
    square = np.ones((300, 300))
    numbers = [np.random.rand(), np.random.default_rng().random()]
    return [float((square @ square).sum()), np.linalg.norm([3, 4]).item(), np.fft.fft([1.0, 2.0]).real.tolist(), numbers]
"""


def call(sandbox: Sandbox, program: str, argument: int = 3, **more: Any) -> Outcome:
    return sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=(argument,)),), **more),))[0]


def wide(sandbox: Sandbox) -> None:
    if sandbox.tier != "namespaces":
        outcome = call(sandbox, FORKS, limits=WIDE)
        assert (outcome.status, outcome.reason) == ("infra", "infra.tier")
        assert "'namespaces'" in outcome.detail
        pytest.skip(f"the tier '{sandbox.tier}' refuses more than one process, and says so")


def test_one_process_is_the_default(sandbox: Sandbox) -> None:
    outcome = call(sandbox, FORKS)
    assert (outcome.results[0].kind, outcome.results[0].type) == ("raised", "PermissionError")


def test_as_many_processes_as_the_limit_says(sandbox: Sandbox) -> None:
    wide(sandbox)
    five = Limits(processes=5, wall_s=10)
    assert call(sandbox, FORKS, 4, limits=five).results[0].value == [3] * 4
    over = call(sandbox, FORKS, 5, limits=five)
    assert (over.status, over.results[0].type) == ("processes", "BlockingIOError")


def test_pools_of_processes_work(sandbox: Sandbox) -> None:
    wide(sandbox)
    assert call(sandbox, POOLS, limits=WIDE).results[0].value == ([0, 1, 4], [0, 1, 4])
    outcome = sandbox.run(
        (CheckJob(program=POOLS, test="big = bytearray(300 << 20)\nassert f(3) == ([0, 1, 4],) * 2", limits=WIDE),)
    )[0]
    assert (outcome.status, outcome.passed) == ("ok", 1)


def test_all_processes_end_with_the_run_and_leave_nothing(sandbox: Sandbox) -> None:
    wide(sandbox)
    for number in range(20):  # more than fit, if one of them stayed
        outcome = call(sandbox, f"{DAEMON}# {number}", limits=Limits(processes=3, wall_s=10))
        assert (outcome.status, outcome.results[0].value) == ("ok", []), outcome


def test_processes_share_the_memory(sandbox: Sandbox) -> None:
    wide(sandbox)
    program = "def f(n): return len(bytearray(n << 20))"
    limits = Limits(processes=4, memory_mb=256, wall_s=10)
    assert call(sandbox, program, 32, limits=limits).status == "ok"
    assert call(sandbox, program, 96, limits=limits).status == "memory"


def test_numpy_where_it_is_asked_for(sandbox: Sandbox) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed here")
    first = call(sandbox, NUMPY, packages=("numpy",))
    assert first.status == "ok", first
    value = first.results[0].value
    assert value[:3] == [27_000_000.0, 5.0, [3.0, -1.0]]
    assert value[3][0] == 0.5488135039273248  # numpy's own for the seed 0
    assert call(sandbox, f"{NUMPY}#", packages=("numpy",)).results[0].value == value
    other = call(sandbox, NUMPY, packages=("numpy",), seed=7).results[0].value
    assert other[:3] == value[:3]
    assert not set(other[3]) & set(value[3])


def test_numpy_s_numbers_are_numbers_and_its_arrays_are_not_plain(sandbox: Sandbox) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed here")
    values = {
        "np.int64(x)": (3, int),
        "np.float64(x)": (3.0, float),
        "np.bool_(x)": (True, bool),
        "np.arange(x).sum()": (3, int),
        "[np.int32(x), (np.float32(0.5), {np.int8(1): np.str_('a')})]": ([3, (0.5, {1: "a"})], list),
    }
    for source, (wanted, kind) in values.items():
        result = call(sandbox, f"import numpy as np\ndef f(x): return {source}", packages=("numpy",)).results[0]
        assert (result.value, type(result.value)) == (wanted, kind), result
    for source in ("np.arange(x)", "[np.arange(x)]", "{1: np.eye(2)}"):
        result = call(sandbox, f"import numpy as np\ndef f(x): return {source}", packages=("numpy",)).results[0]
        assert (result.kind, result.type) == ("opaque", "numpy.ndarray")
    check = CheckJob(
        program="import numpy as np\ndef f(x): return np.float64(x)", test="assert f(2) == 2.0", packages=("numpy",)
    )
    assert sandbox.run((check,))[0].passed == 1


def test_numpy_in_whole_programs_and_checks(sandbox: Sandbox) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed here")
    whole = RunJob(program="import numpy\nprint(numpy.arange(4).sum())", packages=("numpy",))
    test = "import numpy as np\nassert np.isclose(f(2), 4.0)\nassert f(0) == 1"
    check = CheckJob(program="import numpy\ndef f(x): return float(numpy.square(x))", test=test, packages=("numpy",))
    ran, checked = sandbox.run((whole, check))
    assert ran.runs[0].stdout == b"6\n", ran
    assert (checked.status, checked.executed, checked.passed) == ("ok", 2, 1), checked


def test_a_package_is_seen_by_those_only_who_ask(sandbox: Sandbox) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed here")
    assert call(sandbox, "import numpy\ndef f(n): return n").detail.startswith("ModuleNotFoundError")
    program = "import numpy, os, sys\ndef f(n):\n    try: import pytest\n    except ImportError: return not any('site-packages' in one for one in sys.path)"
    assert call(sandbox, program, packages=("numpy",)).results[0].value is True


def test_a_package_of_a_hidden_folder(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a virtual environment packages lie in the library's own folder, of which a jail sees nothing else."""
    numpy = pytest.importorskip("numpy", reason="numpy is not installed here")
    site = packages.os.path.dirname(packages.os.path.dirname(packages.os.path.realpath(numpy.__file__)))
    read, hidden = slot.libraries()
    monkeypatch.setattr(slot, "libraries", lambda: ((*read, packages.os.path.dirname(site)), (*hidden, site)))
    program = f"import numpy, os\ndef f(n):\n    try: return any('pytest' in one for one in os.listdir({site!r}))\n    except OSError: return False"
    with Sandbox(sandbox.tier, slots=1, cache=0) as fresh:
        outcome = call(fresh, program, packages=("numpy",))
    assert outcome.results[0].value is False, outcome


def test_a_missing_package_is_no_fault_of_the_program(sandbox: Sandbox) -> None:
    for name in ("no_such_package", "no.such", "../etc", ""):
        outcome = call(sandbox, "def f(n): return n", packages=(name,))
        assert (outcome.status, outcome.reason) == ("infra", "infra.package")
        assert "pip install" in outcome.detail


def test_a_package_brings_what_it_requires() -> None:
    pytest.importorskip("hypothesis")
    view, path, modules = packages.view(("hypothesis",))
    assert any(place.endswith("/sortedcontainers") for place in view)
    assert modules == ("hypothesis",)
    assert set(path) <= {packages.os.path.realpath(one) for one in sys.path}

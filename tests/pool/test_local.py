"""Worker processes: what a rollout does to its worker costs nobody else anything, and nothing is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

import referee
from referee.engine import crew
from referee.engine.process import Settings
from referee.pool.local import Limits
from referee.pool.pool import Pool

QUICK = Limits(cpu_s=0.8, wall_s=60.0)


def alive(pid):
    """Whether there is such a process, other than as the memory of one."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def until(what, seconds=60):
    """Wait for something that happens elsewhere."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def pool(poison):
    """Two workers with little patience."""
    with Pool(workers=2, limits=QUICK, settings=Settings(memory_mb=400)) as opened:
        yield opened


def verdicts(scored):
    return [one.score.verdicts["act"] for one in scored]


def reasons(scored):
    return [verdict.reason for verdict in verdicts(scored)]


@pytest.mark.parametrize(
    ("text", "reason", "deaths"),
    [
        ("segfault", "infra.worker_lost", ["died"] * 3),
        ("quit", "infra.worker_lost", ["died"] * 3),
        ("loop", "infra.timeout", ["cpu"]),
        ("allocate", "infra.memory", ["memory"] * 3),
        ("evidence", "infra.too_large", None),
        ("crash", "verifier.crashed", None),
    ],
)
def test_what_ends_a_worker_costs_its_neighbours_nothing(pool, group, text, reason, deaths):
    found = pool.score([group(text, "ok", "no", text, "ok"), group(f"{text} 2", "ok", "ok")])
    assert reasons(found) == ["x.ok", "x.no", reason, "x.ok", "x.ok", "x.ok"]
    verdict = verdicts(found)[2]
    assert verdict.status == "unjudged"
    assert found[2].score.reward is None
    if deaths:
        assert [death["cause"] for death in verdict.evidence["run"]["deaths"]] == deaths
    assert [one.index for one in found] == [0, 1, 2, 3, 0, 1]


def test_a_dead_letter_says_how_its_workers_ended(pool, group):
    (found,) = pool.score([group("why", "segfault")])
    deaths = verdicts([found])[0].evidence["run"]["deaths"]
    assert [death["detail"] for death in deaths] == ["it ended with SIGSEGV"] * 3
    assert [death["place"] for death in deaths] == [0, 0, 0]


def test_what_is_printed_goes_nowhere_and_stops_nothing(group, capfd):
    with Pool(workers=1) as pool:  # a gigabyte takes its time
        assert reasons(pool.score([group("printed", "output", "ok")])) == ["x.ok", "x.ok"]
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_is_killed_from_outside_costs_no_score(pool, group, tmp_path):
    found = pool.score([group("killed", "ok", f"once {tmp_path / 'killed'} quit", "ok")])
    assert reasons(found) == ["x.ok"] * 3


def test_a_score_says_how_long_its_rollout_waited_for_a_worker(group):
    with Pool(workers=1) as pool:
        pool.score([group("first", "pause 0.2")])  # what a rollout takes is known from now on
        found = pool.score([group(str(number), "pause 0.2") for number in range(3)])
    assert found[1].waited >= 0.2
    assert found[2].waited >= 0.4


def test_a_worker_that_waits_for_ever_is_ended(group):
    with Pool(workers=1, limits=Limits(wall_s=0.3, tries=2)) as pool:
        found = pool.score([group("waits", "ok", "wait", "ok")])
    assert reasons(found) == ["x.ok", "infra.timeout", "x.ok"]


def test_a_worker_that_is_stopped_is_replaced(group, tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "_SILENT_S", 0.2)
    with Pool(workers=1) as pool:
        found = pool.score([group("stopped", "ok", f"once {tmp_path / 'stopped'} stop", "ok")])
        assert pool.statistics().workers.kills == {"stopped": 1}
    assert reasons(found) == ["x.ok"] * 3


def test_after_endless_verdicts_every_other_one_is_right(group):
    """A pool of two in which four verdicts never end; peers answered 0 to 32 of the 32 right ones that came later."""
    with Pool(workers=2, limits=QUICK) as pool:
        work = [group(f"e{n}", "loop") for n in range(4)] + [group(f"g{n}", "ok") for n in range(32)]
        found = pool.score(work)
        assert pool.statistics().workers.workers["busy"] == 0
    assert reasons(found) == ["infra.timeout"] * 4 + ["x.ok"] * 32
    assert [one.score.reward for one in found[4:]] == [1.0] * 32


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV])
def test_signals_at_any_time_lose_nothing(group, monkeypatch, sent):
    monkeypatch.setattr(crew, "_SILENT_S", 0.1)
    work = [group(f"s{n}", *["ok", "pause 0.01", "no"] * 3) for n in range(60)]
    over = threading.Event()
    with Pool(workers=2) as pool:
        pool.score([group("first", "ok")])

        def shoot():
            shots = 0
            while not over.wait(0.1):
                if pool._workforce.crew.states()["starting"] and shots % 4:  # mostly those that are at work
                    continue
                with contextlib.suppress(ProcessLookupError, ZeroDivisionError):
                    pids = pool._workforce.crew.pids()
                    os.kill(pids[shots % len(pids)], sent)
                shots += 1

        shooter = threading.Thread(target=shoot)
        shooter.start()
        # A rollout is given up after so many lost workers; here it is never its own fault.
        pool._workforce.limits = Limits(tries=1000)
        found = pool.score(work)
        over.set()
        shooter.join()
        assert pool.statistics().duplicates == 0
        assert sum(pool.statistics().workers.kills.values()) > 0
    assert reasons(found) == ["x.ok", "x.ok", "x.no"] * 180


def test_nobody_outlives_the_pool(group):
    with Pool(workers=2, limits=QUICK) as pool:
        found = pool.score([group("pids", "pid", "children")])
        pids = pool._workforce.crew.pids()
        assert verdicts(found)[0].evidence["pid"] in pids
    assert not any(alive(pid) for pid in pids)
    assert reasons(found)[1] == "infra.worker_lost"
    sleepers = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "sleep 3600" not in sleepers


@pytest.mark.parametrize("busy", ["loop", "wait", "ok"])
def test_workers_end_when_their_parent_is_killed(group, busy, tmp_path):
    code = (
        "import os, sys, time, msgspec\n"
        "from referee.engine.scored import Submission\n"
        "from referee.pool.pool import Pool\n"
        "pool = Pool(workers=2)\n"
        "pool.submit(msgspec.json.decode(sys.argv[1], type=Submission))\n"
        "pids = []\n"
        "while len(pids) < 2 or not all(w.up for w in list(pool._workforce.crew._workers.values())):\n"
        "    pids = pool._workforce.crew.pids()\n"
        "time.sleep(0.1)\n"
        "print(*pids, flush=True)\n"
        "time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    work = msgspec.json.encode(group("orphans", busy)).decode()
    with subprocess.Popen([sys.executable, "-c", code, work], stdout=subprocess.PIPE, env=environment) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        assert all(alive(pid) for pid in pids)
        parent.kill()
    until(lambda: not any(alive(pid) for pid in pids))


def test_workers_are_modest(group):
    core = min(os.sched_getaffinity(0))
    with Pool(workers=1, settings=Settings(nice=7, cores=(core,))) as pool:
        (found,) = pool.score([group("modest", "pid")])
    evidence = verdicts([found])[0].evidence
    here = os.nice(0)
    assert {key: evidence[key] for key in ("nice", "cores", "threads", "gpu")} == {
        "nice": min(19, here + 7),
        "cores": [core],
        "threads": "1",
        "gpu": "",
    }


def test_workers_that_do_not_start_are_said(group, monkeypatch):
    monkeypatch.setattr(crew, "_FAILURES", 2)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    said = pytest.raises(referee.RefereeError, match="nobody can judge: a worker does not start")
    with Pool(workers=1) as pool, said:
        pool.score([group("none", "ok")])


def test_a_grown_worker_is_replaced_between_two_units(group):
    with Pool(workers=1, settings=Settings(memory_mb=300)) as pool:
        found = pool.score([group("a", "grow 200")]) + pool.score([group("b", "ok")])
        assert pool.statistics().workers.started == 2
        assert pool.statistics().workers.kills == {}
    assert reasons(found) == ["x.ok"] * 2


INTERRUPTED = """
import os, signal, sys, threading, msgspec
from referee.engine.scored import Submission
from referee.pool.pool import Pool
work = msgspec.json.decode(sys.argv[1], type=Submission)
try:
    with Pool(workers=2) as pool:
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        print(*pool._workforce.crew.pids(), flush=True)
        for scored in pool.stream([work]):
            pass
except KeyboardInterrupt:
    assert pool.statistics().in_flight == 0
    print("interrupted")
"""


def test_an_interrupt_ends_the_pool_at_once(group):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    work = msgspec.json.encode(group("interrupted", "wait", "loop", "wait")).decode()
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, work], capture_output=True, text=True, check=True, env=environment
    )
    pids, said = done.stdout.splitlines()
    assert said == "interrupted"
    assert done.stderr == ""
    assert not any(alive(int(pid)) for pid in pids.split())


def test_a_fork_of_the_trainer_ends_nobodys_workers(group):
    with Pool(workers=1) as pool:
        pool.score([group("before", "ok")])
        pids = pool._workforce.crew.pids()
        child = os.fork()
        if not child:
            pool.close()
            pool._workforce.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert pool._workforce.crew.pids() == pids
        assert reasons(pool.score([group("after", "ok")])) == ["x.ok"]

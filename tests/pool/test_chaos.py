"""Everything that can break breaks, with a real Redis and real processes; one criterion for all of it.

The ledger equals the pure recomputation of the submitted rollouts: nothing lost, nothing twice, every score the same.
`make chaos` runs the long form.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from referee.core.errors import InfrastructureError
from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Submission, essence, keys_of
from referee.ledger.read import Reader
from referee.ledger.verify import verify
from referee.ledger.write import Ledger
from referee.pool.redis import RedisQueue

LONG = bool(os.environ.get("REFEREE_CHAOS_LONG"))
HERE = Path(__file__).parent
LEASE_S = 1.0

PACK = RulePack.load(
    {
        "name": "chaos",
        "rules": [{"verifier": "text.exact", "name": "answer"}, {"verifier": "shape.repetition", "weight": 0.5}],
    }
)
STRICTER = RulePack.load({"name": "chaos", "rules": [{"verifier": "text.exact", "name": "answer", "weight": 2.0}]})
CODE = RulePack.load(
    {
        "name": "chaos-code",
        "rules": [{"verifier": "code.python", "params": {"cpu_s": 0.5, "memory_mb": 256, "output_kb": 64}}],
    }
)
_RANDOM = random.Random(5)
SLOW = " ".join(str(_RANDOM.randrange(10**6)) for _ in range(15_000))  # takes about 20 ms


def work(count, pack=PACK, size=4, start=0) -> list[Submission]:
    """Groups of rollouts, right, wrong, slow and hostile."""
    texts = ("42", "no", "\ud800", SLOW)
    return [
        Submission(
            run="chaos",
            group=f"g{start + number}",
            task=Task(id=f"t{start + number}", truth="42", prompt="?"),
            rollouts=tuple(
                Rollout(text=texts[(number + index) % 4] if index else f"{number}") for index in range(size)
            ),
            pack=pack.spec,
        )
        for number in range(count)
    ]


class Chaos:
    """A server, workers that come and go, a trainer with a ledger, and the criterion."""

    def __init__(self, folder: Path, server, run: str = "chaos") -> None:
        self.folder, self.server, self.run = folder, server, run
        self.path = folder / "run.ledger"
        self.processes: list[subprocess.Popen] = []

    def worker(self, point="never", *, url="", ledger=False, timeout_s=2.0, environment=None) -> subprocess.Popen:
        name = f"w{len(self.processes)}"
        path = str(self.folder / f"{name}.ledger") if ledger else "-"
        argv = [sys.executable, str(HERE / "chaos_worker.py"), url or self.server.url, self.run, name, point]
        process = subprocess.Popen(
            [*argv, str(LEASE_S), str(timeout_s), path],
            env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.processes.append(process)
        assert process.stdout.readline() in {"up\n", ""}
        return process

    def train(self, submissions, *, meanwhile=lambda done: None, seconds=60.0, url="", keep=None, timeout_s=2.0):
        """Submit everything, keep everything; `meanwhile` is called between drains with the count of kept keys."""
        pending = expected(submissions).keys() | set()
        until = time.monotonic() + seconds
        with (
            Ledger(self.path) as ledger,
            RedisQueue(url or self.server.url, self.run, lease_s=LEASE_S, timeout_s=timeout_s, deliveries=4) as queue,
        ):
            for spec in {one.pack.name + repr(one.pack): one.pack for one in submissions}.values():
                ledger.learn(spec)
            sent, due = 0, len(pending)
            while pending:
                assert time.monotonic() < until, f"{len(pending)} of {due} rollouts have not come"
                sent += queue.submit(submissions[sent : sent + 32], 0.0)
                try:
                    pending -= {one.key for one in queue.drain(64, 0.1, keep or ledger.keep)}
                except InfrastructureError:
                    time.sleep(0.05)
                meanwhile(due - len(pending))
            return dict(queue.metrics.snapshot())

    def criterion(self, submissions, unjudged=()):
        """The ledger equals the pure recomputation."""
        wanted = expected(submissions)
        found: dict[str, object] = {}
        for _, scored, _ in Reader(self.path).entries():
            assert scored.key not in found, f"{scored.group} {scored.index} is there twice"
            found[scored.key] = scored.score
            if scored.group in unjudged:
                assert {verdict.reason for verdict in scored.score.verdicts.values()} == {"infra.dead_letter"}
                wanted[scored.key] = scored.score
        assert found.keys() == wanted.keys()
        wrong = [key for key in wanted if essence(found[key]) != essence(wanted[key])]
        assert not wrong
        report = verify(self.path)
        assert report.sound, report.faults
        assert report.alarms == 0

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
            process.stdout.close()


def expected(submissions) -> dict:
    """What a ledger must hold, computed here, without a pool: key and score of every rollout."""
    packs: dict[int, RulePack] = {}
    found = {}
    for one in submissions:
        pack = packs.setdefault(id(one.pack), RulePack(one.pack))
        for rollout, key in zip(one.rollouts, keys_of(one, pack.digest, build().id), strict=True):
            if key not in _SCORES:
                _SCORES[key] = pack.score_rollout(rollout, one.task)
            found[key] = _SCORES[key]
    return found


_SCORES: dict = {}


@pytest.fixture
def chaos(tmp_path, redis_server):
    made = Chaos(tmp_path, redis_server)
    yield made
    made.end()


@pytest.fixture
def durable(tmp_path, redis_servers):
    made = Chaos(tmp_path, redis_servers("--appendonly", "yes", "--appendfsync", "everysec"))
    yield made
    made.end()


POINTS = ("before read", "after read", "mid-score", "after score", "after commit", "after acknowledge", "after reclaim")


def killed(process) -> bool:
    return process.wait(30) == -signal.SIGKILL


def test_workers_killed_at_every_point(chaos):
    submissions = work(300 if LONG else 60)
    doomed = {point: chaos.worker(point, ledger=point == "after commit") for point in POINTS}
    started = []

    def meanwhile(done):
        if not started and all(one.poll() is not None for point, one in doomed.items() if point != "after reclaim"):
            started.append(chaos.worker())

    metrics = chaos.train(submissions, meanwhile=meanwhile)
    assert all(killed(one) for point, one in doomed.items() if point != "after reclaim")
    chaos.criterion(submissions)
    assert metrics["reward_replay_mismatch_total"] == 0


@pytest.mark.skipif(not LONG, reason="the long form: make chaos")
@pytest.mark.parametrize("point", POINTS)
def test_a_fleet_killed_at_one_point_again_and_again(chaos, point):
    submissions = work(200)
    doomed = [chaos.worker(point, ledger=point == "after commit") for _ in range(4)]

    def meanwhile(done):
        if sum(one.poll() is None for one in chaos.processes) < 2:
            chaos.worker("never" if len(chaos.processes) > 8 else point)

    chaos.train(submissions, meanwhile=meanwhile, seconds=120)
    assert any(one.poll() == -signal.SIGKILL for one in doomed) or point == "after reclaim"
    chaos.criterion(submissions)


def test_all_workers_killed_at_once(chaos):
    submissions = work(400 if LONG else 100)
    chaos.worker()
    chaos.worker()
    deaths = []

    def meanwhile(done):
        if done > 40 and not deaths:
            deaths.extend(one.kill() for one in chaos.processes)
            chaos.worker()

    chaos.train(submissions, meanwhile=meanwhile)
    assert deaths
    chaos.criterion(submissions)


@pytest.mark.skipif(not LONG, reason="the long form: make chaos")
def test_workers_killed_at_random(chaos):
    submissions = work(1500)
    luck = random.Random(9)
    for _ in range(3):
        chaos.worker()
    last = [time.monotonic()]

    def meanwhile(done):
        if time.monotonic() - last[0] > 0.7:
            last[0] = time.monotonic()
            luck.choice([one for one in chaos.processes if one.poll() is None]).kill()
            chaos.worker()

    chaos.train(submissions, meanwhile=meanwhile, seconds=180)
    chaos.criterion(submissions)


def restarted(chaos, submissions, times=1):
    chaos.worker()
    left = [times]

    def meanwhile(done):
        if done > len(submissions) and left[0]:
            left[0] -= 1
            chaos.server.kill()
            time.sleep(0.2)
            chaos.server.start()

    chaos.train(submissions, meanwhile=meanwhile, seconds=120)
    assert not left[0]
    chaos.criterion(submissions)


def test_redis_killed_and_started_again_with_its_log(durable):
    restarted(durable, work(100), times=5 if LONG else 1)


def test_redis_killed_and_started_again_empty(tmp_path, redis_servers):
    chaos = Chaos(tmp_path, redis_servers())
    try:
        restarted(chaos, work(100), times=5 if LONG else 1)
    finally:
        chaos.end()


def test_redis_and_the_workers_killed_together(durable):
    submissions = work(100)
    durable.worker()
    struck = []

    def meanwhile(done):
        if done > 100 and not struck:
            struck.append(True)
            durable.processes[0].kill()
            durable.server.kill()
            durable.server.start()
            durable.worker()

    durable.train(submissions, meanwhile=meanwhile)
    durable.criterion(submissions)


def test_a_worker_stopped_past_its_lease_goes_on_later(chaos):
    submissions = work(80)
    stopped = chaos.worker()
    state = {}

    def meanwhile(done):
        if "stopped" not in state:
            if done > 20:
                stopped.send_signal(signal.SIGSTOP)
                state["stopped"] = time.monotonic()
                chaos.worker()
        elif "continued" not in state and time.monotonic() - state["stopped"] > 2 * LEASE_S:
            state["continued"] = stopped.send_signal(signal.SIGCONT)

    metrics = chaos.train(submissions, meanwhile=meanwhile)
    assert "stopped" in state
    stopped.send_signal(signal.SIGCONT)
    chaos.criterion(submissions)
    assert metrics["reward_replay_mismatch_total"] == 0


PROGRAMS = (
    "def add(a, b):\n    return a + b",
    "import ctypes\ndef add(a, b): ctypes.string_at(0)",
    "def add(a, b):\n    while True: pass",
    "def add(a, b):\n    x = bytearray(8 << 30)\n    return a + b",
    "def add(a, b):\n    while True: print('x' * 1000000)",
)


def test_poison_in_rollouts_is_judged_and_costs_nobody_else(chaos):
    truth = {"entry_point": "add", "calls": [{"args": [1, 2], "expected": 3}]}
    poison = [
        Submission(
            run="chaos", group=f"code{number}", task=Task(truth=truth), pack=CODE.spec,
            rollouts=tuple(Rollout(text=program) for program in PROGRAMS),
        )
        for number in range(5 if LONG else 1)
    ]  # fmt: skip
    submissions = [*work(20), *poison, *work(20, start=20)]
    chaos.worker()
    chaos.train(submissions)
    chaos.criterion(submissions)


def test_what_kills_worker_after_worker_is_given_up_and_the_rest_is_judged(chaos):
    poison = [msgspec.structs.replace(work(1)[0], group=f"poison{number}") for number in range(3 if LONG else 1)]
    submissions = [*work(10), *poison, *work(10, start=10)]
    chaos.worker("poison")

    def meanwhile(done):
        if chaos.processes[-1].poll() is not None:
            chaos.worker("poison")

    chaos.train(submissions, meanwhile=meanwhile, seconds=120)
    chaos.criterion(submissions, unjudged={one.group for one in poison})
    deaths = sum(one.poll() == -signal.SIGKILL for one in chaos.processes)
    assert 4 <= deaths <= 4 * len(poison)  # one death may be that of two, at first


def test_a_trainer_killed_in_the_middle_of_a_commit_takes_up_the_difference(chaos):
    submissions = work(150)
    path = chaos.folder / "work.msgpack"
    plain = [
        msgspec.structs.replace(one, rollouts=tuple(Rollout(text=r.text.replace("\ud800", "?")) for r in one.rollouts))
        for one in submissions
    ]
    path.write_bytes(msgspec.msgpack.encode(plain))
    chaos.worker()
    argv = [sys.executable, str(HERE / "chaos_trainer.py"), chaos.server.url, "chaos", str(chaos.path), str(path)]
    for kill_after in (100, 150, 50) if LONG else (120, 80):
        assert subprocess.run([*argv, str(kill_after)], check=False).returncode == -signal.SIGKILL
    assert subprocess.run([*argv, "0"], check=True, stdout=subprocess.PIPE, timeout=60).stdout == b"finished\n"
    chaos.criterion(plain)


def test_a_full_disk_stops_the_drain_and_nothing_is_acknowledged_until_there_is_room(chaos):
    submissions = work(40)
    chaos.worker()
    state = {"full": 30}

    ledger: list[Ledger] = []

    def keep(scored):
        if state["full"]:
            state["full"] -= 1
            raise InfrastructureError("the disk is full")
        if not ledger:
            ledger.append(Ledger(chaos.folder / "kept.ledger"))
            ledger[0].learn(PACK)
        ledger[0].keep(scored)

    chaos.train(submissions, keep=keep)
    ledger[0].close()
    chaos.path = chaos.folder / "kept.ledger"
    chaos.criterion(submissions)


def test_the_same_work_submitted_twice_is_kept_once(chaos):
    submissions = work(40)
    chaos.worker()
    chaos.train([*submissions, *submissions])
    chaos.train(submissions)  # and once more by a trainer that forgot
    chaos.criterion(submissions)


def test_two_versions_of_a_pack_at_once(chaos):
    submissions = [one for pair in zip(work(40), work(40, STRICTER), strict=True) for one in pair]
    chaos.worker()
    chaos.worker()
    chaos.train(submissions)
    chaos.criterion(submissions)


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

/* Seconds that wall clocks are off by: the size of a file, an hour back for an odd size. */
static long skew(void) {
    struct stat found;
    const char *path = getenv("CHAOS_SKEW");
    if (!path || stat(path, &found)) return 0;
    return found.st_size % 2 ? -3600 : 1800 * (long)found.st_size;
}
int clock_gettime(clockid_t id, struct timespec *out) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(id, out);
    if (!answer && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) out->tv_sec += skew();
    return answer;
}
int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"""


@pytest.fixture
def skewed(tmp_path):
    """The environment of processes whose wall clock jumps when a file grows; and the file."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler: wall clocks cannot be made to jump")
    source, library, file = tmp_path / "skew.c", tmp_path / "skew.so", tmp_path / "skew"
    source.write_text(SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    file.write_bytes(b"")
    return {"LD_PRELOAD": str(library), "CHAOS_SKEW": str(file)}, file


def test_wall_clocks_that_jump_change_nothing(tmp_path, redis_servers, skewed, monkeypatch):
    environment, file = skewed
    for name, value in environment.items():
        monkeypatch.setenv(name, value)  # of the server too
    server = redis_servers()
    first = server.cli("TIME")
    file.write_bytes(b"xx")
    assert int(server.cli("TIME")[0]) - int(first[0]) > 3000  # the server believes it
    file.write_bytes(b"")
    chaos = Chaos(tmp_path, server)
    submissions = work(80)
    doomed = chaos.worker("after read")
    chaos.worker()
    jumps = [b"xx", b"x", b"", b"xxxx"]

    def meanwhile(done):
        if jumps and done > 40:
            file.write_bytes(jumps.pop())

    try:
        chaos.train(submissions, meanwhile=meanwhile)
        assert killed(doomed)
        assert not jumps
        chaos.criterion(submissions)
    finally:
        chaos.end()


class Proxy:
    """A TCP proxy whose connections can be made to fall silent without being closed."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self.era = 0
        self.sockets: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def silence(self) -> None:
        """What is connected now hears nothing any more; what connects from now on does."""
        self.era += 1

    def close(self) -> None:
        for one in (self.listener, *self.sockets):
            ended(one)
        for thread in self.threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.sockets += [near, far]
            for one, other in ((near, far), (far, near)):
                self.threads.append(threading.Thread(target=self._carry, args=(one, other, self.era), daemon=True))
                self.threads[-1].start()

    def _carry(self, one: socket.socket, other: socket.socket, era: int) -> None:
        try:
            while part := one.recv(1 << 16):
                if era == self.era:
                    other.sendall(part)
        except OSError:
            pass
        if era == self.era:
            ended(other)


def ended(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def test_connections_that_fall_silent_are_given_up_and_made_again(chaos):
    submissions = work(80)
    proxy = Proxy(chaos.server.port)
    chaos.worker(url=proxy.url, timeout_s=0.5)
    silenced = []

    def meanwhile(done):
        if len(silenced) < (6 if LONG else 2) and done > 60 * (len(silenced) + 1):
            silenced.append(proxy.silence())

    try:
        metrics = chaos.train(submissions, meanwhile=meanwhile, url=proxy.url, timeout_s=0.5)
        assert len(silenced) >= 2
        chaos.criterion(submissions)
        assert metrics["reward_dead_letters_total"] == 0
    finally:
        chaos.end()
        proxy.close()

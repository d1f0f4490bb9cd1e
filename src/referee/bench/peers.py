"""What else carries work to processes, measured in the same way: raw Redis Streams, Ray actors, dramatiq.

Each has two workers that compare a text with the truth, one producer that also takes the results, the same 0.8 kB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import msgspec

from referee.bench.judge import Figure
from referee.bench.pool import GROUP, TEXT, WORKERS, Flow
from referee.bench.processes import Server, cpu_seconds

_WINDOW = 512  # messages in flight


def measure(rollouts: int) -> Iterator[Figure]:
    """The figures of every peer that is installed."""
    for name, run in (("redis streams, raw", _raw), ("ray actors", _ray), ("dramatiq", _dramatiq)):
        package = {"ray actors": "ray", "dramatiq": "dramatiq"}.get(name, "redis")
        if find_spec(package) is None:
            yield Figure(name=name, value=0.0, unit="not installed", note=f"pip install {package} to compare")
            continue
        yield from run(name, f"{package} {version(package)}", rollouts)


_RAW = """
import sys, msgspec, redis
client = redis.Redis.from_url(sys.argv[1], protocol=2)
name = sys.argv[2]
while True:
    got = client.xreadgroup("g", name, {"work": ">"}, count=64, block=1000)
    if not got:
        continue
    pipe = client.pipeline(transaction=False)
    ids = []
    for key, fields in got[0][1]:
        number, texts, truth = msgspec.msgpack.decode(fields[b"m"])
        pipe.rpush("done", msgspec.msgpack.encode((number, [float(text == truth) for text in texts])))
        ids.append(key)
    pipe.xack("work", "g", *ids)
    pipe.xdel("work", *ids)
    pipe.execute()
"""


def _raw(name: str, note: str, rollouts: int) -> Iterator[Figure]:
    import redis

    with Server() as server:
        client = redis.Redis.from_url(server.url, protocol=2)
        client.xgroup_create("work", "g", id="0", mkstream=True)
        crew = [subprocess.Popen([sys.executable, "-c", _RAW, server.url, f"w{index}"]) for index in range(WORKERS)]
        try:
            roots = [server.process.pid, *(one.pid for one in crew)]
            _pump(client, 200, 1, roots)
            for group, count in ((1, rollouts), (GROUP, 4 * rollouts)):
                yield from _pump(client, count // group, group, roots).figures(name, group, note)
        finally:
            for one in crew:
                one.kill()
                one.wait()
            client.close()


def _pump(client: object, count: int, group: int, roots: list[int]) -> Flow:
    """Messages in, in pipelines, and results out of the list."""
    import redis

    assert isinstance(client, redis.Redis)
    texts = [TEXT if index % 2 else TEXT[1:] for index in range(group)]
    sent = got = 0
    busy = cpu_seconds(roots) + time.process_time()
    started = time.perf_counter()
    while got < count:
        if sent < count and sent - got < _WINDOW:
            pipe = client.pipeline(transaction=False)
            for number in range(sent, min(sent + 64, count)):
                pipe.xadd("work", {"m": msgspec.msgpack.encode((number, texts, TEXT))})
            sent += len(pipe.execute())
        answer = (
            client.blmpop(0.5, 1, "done", direction="LEFT", count=64)
            if sent - got >= _WINDOW or sent == count
            else None
        )
        got += len(answer[1]) if answer else 0
    seconds = time.perf_counter() - started
    busy = cpu_seconds(roots) + time.process_time() - busy
    return Flow(count * group / seconds, count / seconds, busy / (count * group) * 1e6)


def _ray(name: str, note: str, rollouts: int) -> Iterator[Figure]:
    ray: Any = import_module("ray")
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"  # how it will be; without it Ray warns
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:

        class Judge:
            def judge(self, texts: list[str], truth: str) -> list[float]:
                return [float(text == truth) for text in texts]

        actor = ray.remote(max_restarts=-1, max_task_retries=-1)(Judge)
        crew = [actor.remote() for _ in range(WORKERS)]
        for group, count in ((1, rollouts // 4), (GROUP, 2 * rollouts)):
            texts = [TEXT if index % 2 else TEXT[1:] for index in range(group)]
            messages = count // group
            ray.get([one.judge.remote(texts, TEXT) for one in crew])
            busy = cpu_seconds([os.getpid()])
            started = time.perf_counter()
            flying: list[object] = []
            for number in range(messages):
                flying.append(crew[number % WORKERS].judge.remote(texts, TEXT))
                if len(flying) >= _WINDOW:
                    ready, flying = ray.wait(flying, num_returns=64)
                    ray.get(ready)
            ray.get(flying)
            seconds = time.perf_counter() - started
            busy = cpu_seconds([os.getpid()]) - busy
            done = messages * group
            yield from Flow(done / seconds, messages / seconds, busy / done * 1e6).figures(name, group, note)
    finally:
        ray.shutdown()


_DRAMATIQ = """
import os
import dramatiq, redis
from dramatiq.brokers.redis import RedisBroker
dramatiq.set_broker(RedisBroker(url=os.environ["REFEREE_BENCH_REDIS"]))
results = redis.Redis.from_url(os.environ["REFEREE_BENCH_REDIS"])

@dramatiq.actor
def judge(number, texts, truth):
    results.rpush("done", repr([float(text == truth) for text in texts]))
"""


def _dramatiq(name: str, note: str, rollouts: int) -> Iterator[Figure]:
    import tempfile
    from pathlib import Path

    import redis

    with Server() as server, tempfile.TemporaryDirectory(prefix="referee-bench-") as folder:
        (Path(folder) / "referee_bench_actors.py").write_text(_DRAMATIQ, encoding="utf-8")
        environment = {**os.environ, "REFEREE_BENCH_REDIS": server.url}
        argv = [sys.executable, "-m", "dramatiq", "referee_bench_actors", "--path", folder]
        crew = subprocess.Popen(
            [*argv, "--processes", str(WORKERS), "--threads", "1"],
            env=environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        client = redis.Redis.from_url(server.url, protocol=2)
        producer = subprocess.Popen(
            [sys.executable, "-c", _PRODUCER, folder, json.dumps(TEXT)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            roots = [server.process.pid, crew.pid, producer.pid]
            for group, count in ((1, max(rollouts // 8, 64)), (GROUP, rollouts)):
                yield from _tasks(client, producer, count // group, group, roots).figures(name, group, note)
        finally:
            for one in (producer, crew):
                one.terminate()
                one.wait()
            client.close()


_PRODUCER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from referee_bench_actors import judge
text = json.loads(sys.argv[2])
for line in sys.stdin:
    first, last, group = map(int, line.split())
    texts = [text if index % 2 else text[1:] for index in range(group)]
    for number in range(first, last):
        judge.send(number, texts, text)
    print("sent", flush=True)
"""


def _tasks(client: object, producer: subprocess.Popen[str], count: int, group: int, roots: list[int]) -> Flow:
    import redis

    assert isinstance(client, redis.Redis)
    assert producer.stdin is not None
    assert producer.stdout is not None

    def send(first: int, last: int) -> None:
        print(first, last, group, file=producer.stdin, flush=True)

    def take(wanted: int) -> None:
        got = 0
        while got < wanted:
            answer = client.blmpop(1, 1, "done", direction="LEFT", count=64)
            got += len(answer[1]) if answer else 0

    send(0, 16)
    take(16)
    producer.stdout.readline()
    busy = cpu_seconds(roots) + time.process_time()
    started = time.perf_counter()
    send(0, count)
    take(count)
    seconds = time.perf_counter() - started
    busy = cpu_seconds(roots) + time.process_time() - busy
    producer.stdout.readline()
    return Flow(count * group / seconds, count / seconds, busy / (count * group) * 1e6)

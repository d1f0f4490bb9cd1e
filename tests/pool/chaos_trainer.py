"""A trainer with a ledger that may be killed at any time: `chaos_trainer.py URL RUN LEDGER WORK KILL_AFTER`.

What it submits is the set difference between its rollouts (WORK, a file of submissions) and the ledger. With KILL_AFTER
it kills itself inside the commit of so many entries and more.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import msgspec

from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Submission, keys_of
from referee.ledger import commit
from referee.ledger.read import Reader
from referee.ledger.write import Ledger
from referee.pool.redis import RedisQueue

url, run, path, work, kill_after = sys.argv[1:6]
submissions = msgspec.msgpack.decode(Path(work).read_bytes(), type=list[Submission])
done = [0]
real = commit.Committer.commit


def doomed(self, rows):
    done[0] += len(rows)
    if 0 < int(kill_after) <= done[0]:
        threading.Timer(0.002, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return real(self, rows)


commit.Committer.commit = doomed
known = set()
if Path(path).exists():
    known = {entry.scored.key for entry in Reader(path).entries()}
packs = {}
missing = []
for one in submissions:
    pack = packs.setdefault(id(one.pack), RulePack(one.pack))
    if not known.issuperset(keys_of(one, pack.digest, build().id)):
        missing.append(one)
with Ledger(path) as ledger, RedisQueue(url, run, timeout_s=2.0) as queue:
    for spec in {pack.digest: pack.spec for pack in packs.values()}.values():
        ledger.learn(spec)
    wanted = {key for one in missing for key in keys_of(one, packs[id(one.pack)].digest, build().id)} - known
    sent = 0
    while wanted:
        sent += queue.submit(missing[sent : sent + 64], 0.0)
        wanted -= {one.key for one in queue.drain(50, 0.1, ledger.keep)}
sys.stdout.write("finished\n")

"""A worker that dies at a chosen point: `chaos_worker.py URL RUN NAME POINT LEASE_S TIMEOUT_S LEDGER`.

`never` is a worker as `referee worker` runs it. LEDGER is the path of a ledger beside it, `-` for none.
"""

import os
import signal
import sys
import threading
import time

from referee.ledger.write import Ledger
from referee.pool.host import Host, said
from referee.pool.redis import RedisQueue

url, run, name, point, lease_s, timeout_s, path = sys.argv[1:8]


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Doomed(RedisQueue):
    count = 0

    def lease(self, worker, count, wait_s):
        if point == "before read":
            die()
        found = super().lease(worker, count, wait_s)
        poison = any(lease.submission.group.startswith("poison") for lease in found)
        if (found and point == "after read") or (poison and point == "poison"):
            die()
        if found and point == "mid-score":
            threading.Timer(0.03, die).start()
        if any(lease.delivery > 1 for lease in found) and point == "after reclaim":
            die()
        return found

    def acknowledge(self, done):
        if point == "after score":
            die()
        super().acknowledge(done)
        if point == "after acknowledge":
            die()


class Keeper(Ledger):
    def keep(self, scored):
        super().keep(scored)
        if point == "after commit":
            die()


keeper = None if path == "-" else Keeper(path)
queue = Doomed(
    url, run, lease_s=float(lease_s), timeout_s=float(timeout_s), patience_s=None, keeper=keeper, deliveries=4
)
host = Host(queue, workers=1, name=name, lease_s=float(lease_s))
queue.says(lambda: said(host))
over = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: over.set())
os.write(1, b"up\n")
while not over.is_set():
    time.sleep(0.05)
host.close()
queue.close()
if keeper is not None:
    keeper.close()

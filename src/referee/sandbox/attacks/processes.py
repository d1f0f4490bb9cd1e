"""Attacks 1 to 29: processes and signals, memory and CPU."""

from __future__ import annotations

from referee.core.jobs import Limits
from referee.sandbox.attacks.attack import ANY, SHORT, Attack
from referee.sandbox.attacks.scenarios import comparator, compile_bombs

_LOOP = "    while True: pass\n"

ATTACKS = (
    Attack(1, "fork bomb", "def attack(pid, canary):\n    return sum((passed(fork=forked) for _ in range(20)), [])\n"),
    Attack(
        2,
        "thread bomb",
        """
import threading, time
def attack(pid, canary):
    made = 0
    for _ in range(400):
        try:
            threading.Thread(target=time.sleep, args=(0.3,), daemon=True).start()
        except RuntimeError:
            break
        made += 1
    return [f"{made} threads"] if made >= 200 else []
""",
        ("held", "memory"),
    ),
    Attack(
        3,
        "fork by raw clone, clone3, vfork",
        """
def child(result):
    if result == 0:
        os._exit(0)
    return result
def attack(pid, canary):
    return passed(clone=lambda: child(sysc(56, 220, 17, 0, 0, 0, 0)), clone3=lambda: child(sysc(435, 435, 0, 0)),
                  fork=lambda: child(sysc(57, -1)))
""",
    ),
    Attack(
        4,
        "a daemon that outlives the verdict",
        """
import time
def attack(pid, canary):
    def daemon():
        one = os.fork()
        if one == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(2)
            os._exit(0)
        return one
    return passed(daemon=daemon)
""",
    ),
    Attack(
        5,
        "a grandchild keeps the output open",
        """
import time
def attack(pid, canary):
    def holder():
        one = os.fork()
        if one == 0:
            time.sleep(2)
            os._exit(0)
        return one
    return passed(holder=holder)
""",
    ),
    Attack(
        6,
        "zombie flood",
        """
def attack(pid, canary):
    def zombie():
        one = os.fork()
        if one == 0:
            os._exit(0)
        return one
    return sum((passed(zombie=zombie) for _ in range(20)), [])
""",
    ),
    Attack(
        7,
        "signals to the parent, to everyone, to a group",
        """
import signal
def attack(pid, canary):
    found = passed(trainer=lambda: os.kill(pid, 0), everyone=lambda: os.kill(-1, 0), tgkill=lambda: sysc(234, 131, pid, pid, 0),
                   tkill=lambda: sysc(200, 130, pid, 0), pidfd=lambda: sysc(424, 424, 3, 0, 0, 0))
    parent = os.getppid()
    return found + (passed(parent=lambda: os.kill(parent, 0)) if parent else [])
""",
    ),
    Attack(
        8,
        "stops itself",
        "import signal\ndef attack(pid, canary):\n    os.kill(os.getpid(), signal.SIGSTOP)\n    return []\n",
        ("held", "wall"),
        SHORT,
    ),
    Attack(
        9,
        "ignores and blocks every signal",
        """
import signal
def attack(pid, canary):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
"""
        + _LOOP,
        ("cpu", "wall"),
        SHORT,
    ),
    Attack(
        10,
        "disarms alarms and timers",
        "import signal\ndef attack(pid, canary):\n    signal.alarm(0)\n    signal.setitimer(signal.ITIMER_PROF, 0)\n"
        + _LOOP,
        ("cpu", "wall"),
        SHORT,
    ),
    Attack(
        11,
        "escapes its death signal, becomes a subreaper",
        """
def attack(pid, canary):
    return passed(none=lambda: _libc.prctl(1, 0, 0, 0, 0), reaper=lambda: _libc.prctl(36, 1, 0, 0, 0))
""",
    ),
    Attack(
        12,
        "priorities, schedulers, affinity",
        """
def attack(pid, canary):
    return passed(nice=lambda: os.nice(-5), fifo=lambda: os.sched_setscheduler(0, 1, os.sched_param(1)),
                  affinity=lambda: os.sched_setaffinity(0, {0}))
""",
    ),
    Attack(
        13,
        "ptrace",
        """
def attack(pid, canary):
    # seizing does not stop the one that is seized, should it ever succeed
    return passed(seize=lambda: sysc(101, 117, 0x4206, pid, 0, 0), me=lambda: sysc(101, 117, 0, 0, 0, 0),
                  parent=lambda: sysc(101, 117, 0x4206, os.getppid() or pid, 0, 0))
""",
    ),
    Attack(
        14,
        "other processes' memory and descriptors",
        """
def attack(pid, canary):
    return passed(read=lambda: sysc(310, 270, pid, 0, 0, 0, 0, 0), write=lambda: sysc(311, 271, pid, 0, 0, 0, 0, 0),
                  fd=lambda: sysc(438, 438, 3, 0, 0), compare=lambda: sysc(312, 272, pid, pid, 0, 0, 0))
""",
    ),
    Attack(
        15,
        "/proc of others, for writing",
        """
def attack(pid, canary):
    places = [f"/proc/{pid}/mem", f"/proc/{pid}/oom_score_adj", f"/proc/{pid}/timerslack_ns", "/proc/self/oom_score_adj"]
    return passed(**{place: (lambda place=place: open(place, "r+b")) for place in places})
""",
    ),
    Attack(16, "8 GiB at once", "def attack(pid, canary):\n    return bytearray(8 << 30)\n", ("memory",)),
    Attack(
        17,
        "memory, slowly",
        "def attack(pid, canary):\n    held = []\n    while True: held.append(bytearray(1 << 20))\n",
        ("memory",),
    ),
    Attack(
        18,
        "100 TiB that is never touched",
        """
def attack(pid, canary):
    def reserve():
        _libc.mmap.restype = ctypes.c_long
        return _libc.mmap(None, ctypes.c_size_t(100 << 40), 0, 0x4022, -1, 0)
    return passed(reserve=reserve)
""",
    ),
    Attack(19, "memory spread over children", "def attack(pid, canary):\n    return passed(child=forked)\n"),
    Attack(
        20,
        "filling swap",
        """
def attack(pid, canary):
    held = []
    try:
        while len(held) < 2000: held.append(bytearray(os.urandom(1)) * (1 << 20))
    except MemoryError:
        pass
    size = len(held)
    del held
    return [f"{size} MB"] if size > 600 else []
""",
        ("held", "memory"),
    ),
    Attack(
        21,
        "hidden memory: memfd, System V, shared files",
        """
def attack(pid, canary):
    return passed(memfd=lambda: os.memfd_create("x"), shm=lambda: sysc(29, 194, 0, 1 << 20, 0o1600),
                  file=lambda: open("/dev/shm/referee-attack", "w"), secret=lambda: sysc(447, 447, 0))
""",
    ),
    Attack(
        22,
        "stack overflow in C",
        """
def attack(pid, canary):
    sys.setrecursionlimit(1 << 30)
    deep = []
    for _ in range(2_000_000): deep = [deep]
    return [] if len(repr(deep)) else []
""",
        ANY,
    ),
    Attack(23, "endless loop", "def attack(pid, canary):\n" + _LOOP, ("cpu", "wall"), SHORT),
    Attack(24, "endless sleep", "import time\ndef attack(pid, canary):\n    time.sleep(60)\n", ("wall",), SHORT),
    Attack(
        25,
        "a loop in C that holds the lock",
        "import re\ndef attack(pid, canary):\n    re.match('(a|a)+$', 'a' * 60 + 'b')\n",
        ("cpu", "wall"),
        SHORT,
    ),
    Attack(26, "bombs for the compiler", scenario=compile_bombs),
    Attack(27, "bombs for the trusted side's reader", scenario=comparator),
    Attack(
        28,
        "page cache",
        "def attack(pid, canary):\n    return passed(**{p: (lambda p=p: open(p + '/referee-attack', 'w')) for p in ('.', '/tmp', '/var/tmp')})\n",
        limits=Limits(),
    ),
    Attack(29, "timing of caches and siblings", stated="timing channels are not closed by any tier"),
)

"""Attacks 63 to 80: the way back to the judge, and what is left behind."""

from __future__ import annotations

from referee.core.jobs import Limits
from referee.sandbox.attacks import scenarios
from referee.sandbox.attacks.attack import ANY, SHORT, Attack

ATTACKS = (
    Attack(
        63,
        "descriptors of the trainer",
        """
def attack(pid, canary):
    return passed(**{str(n): (lambda n=n: os.fstat(n).st_mode) for n in range(5, 1024)})
""",
    ),
    Attack(64, "forged results", scenario=scenarios.forged),
    Attack(
        65,
        "closes the way back",
        "def attack(pid, canary):\n    os.closerange(0, 64)\n    return [1]\n",
        ANY,
        SHORT,
    ),
    Attack(
        66,
        "a flood of results",
        "def attack(pid, canary):\n    while True: os.write(3, bytes(1 << 20))\n",
        ("output", "files", "signal"),
        Limits(cpu_s=1, wall_s=3),
    ),
    Attack(67, "a flood of output", "while True: print('x' * 1000)\n", ("output", "files"), whole=True),
    Attack(
        68,
        "half a result, then silence",
        "import time\ndef attack(pid, canary):\n    os.write(3, b'V\\xff\\xff\\xff')\n    time.sleep(60)\n",
        ("wall",),
        SHORT,
    ),
    Attack(69, "garbage for results", scenario=scenarios.garbage),
    Attack(70, "objects that would run when read", scenario=scenarios.revival),
    Attack(71, "exit code 0, early", scenario=scenarios.early_exit),
    Attack(72, "a result for another rollout", scenario=scenarios.replay),
    Attack(
        73,
        "output after the verdict",
        """
import threading, time
def attack(pid, canary):
    def late():
        while True:
            try:
                os.write(3, b"V")
                os.write(1, b"late")
            except OSError:
                pass
            time.sleep(0.001)
    threading.Thread(target=late, daemon=True).start()
    return []
""",
        ANY,
    ),
    Attack(74, "variables for later stages", scenario=scenarios.environment),
    Attack(75, "locale, time zone, umask, directory, limits for the next run", scenario=scenarios.inherited),
    Attack(76, "poisoning the zygote", scenario=scenarios.poison),
    Attack(77, "identifiers that are used again", scenario=scenarios.identifiers),
    Attack(78, "crashes", scenario=scenarios.crashes),
    Attack(79, "honest rollouts among hostile ones", scenario=scenarios.crowd),
    Attack(80, "the trainer is killed", scenario=scenarios.orphans),
)

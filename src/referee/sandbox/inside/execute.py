"""The last step before a program is executed: its limits, its environment, its children."""

from __future__ import annotations

import os
import resource
import signal
from typing import Any

from referee.sandbox.inside import filters, kernel
from referee.sandbox.inside.jail import FILES

_FILES_OF_MACHINES = 256
_PROCESSES = 128  # of a build, and of a virtual machine's threads


def program(argv: list[str], job: dict[str, Any], running: int) -> int:
    """Become the program. Returns the shell's exit code for "cannot be executed" when it cannot."""
    limits = job["limits"]
    allowed = limits["processes"]
    most = allowed + 1 if running and allowed > 1 and not job["vm"] else _PROCESSES  # the zygote counts
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    if running and job["vm"]:  # virtual machines reserve far more addresses than they use
        size = (limits["memory_mb"] + 2048) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    os.closerange(3, 256)
    if running:
        files = _FILES_OF_MACHINES if job["vm"] else FILES
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    for number in (signal.SIGXFSZ, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    if running and allowed == 1 and not job["children"]:
        filters.install(filters.no_forks())
    try:
        here = os.getcwd()
        os.execve(argv[0], argv, {**job["environment"], "HOME": here, "TMPDIR": here})
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
        return 127

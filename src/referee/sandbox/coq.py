"""Coq, kept warm: for each preamble a jail with two processes that have loaded it and fork for every check.

```
judge (this process) --request--> keeper, in the jail --"fork"--> candidate image --> fork: compiles Candidate.vo
                                                      --"fork"--> judge image     --> fork: requires it, prints
```

A fork server is a plug-in of thirty lines, compiled here by the OCaml that Coq comes with. The candidate's fork may
write the four files of its library, which are emptied between candidates, and nothing else; it executes nothing. Only
Coq itself writes the library, since the sentences that write files are refused beforehand and can open no file here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from referee.core.jobs import CoqJob, Outcome, RunJob, Tier
from referee.sandbox import leftovers, replies, tiers
from referee.sandbox.slot import Slot, ZygoteLost
from referee.sandbox.wrap import tool

INSTALL = "install Coq (apt-get install coq)"
ROOT = "Referee"  # of the names of the libraries that are made here
BOX = "/box"
_PLUGIN = "referee_warm"
_META = 'package "server" (\n  directory = "."\n  version = "1"\n  plugin(native) = "warm.cmxs"\n)\n'
_SERVE = f'\nDeclare ML Module "{_PLUGIN}.server".\n'
_OPEN_LIMITS = {"cpu_s": 120.0, "wall_s": 300.0}
_SETTLING = 30.0
_LIFE = 2000  # checks after which a jail is replaced
_REFUSED = 1000  # preambles that are remembered as wrong
_OWN = ("vo", "vos", "vok")
_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ocamlfind.conf")
_OURS = re.compile(rf"ut of memory|{_PLUGIN}|Dynlink|ynlink error")  # not the preamble's fault
_NOT_HERE = re.compile(r"Cannot find a physical path|Cannot load|Unable to locate library|was not found in the load")


class Coq(NamedTuple):
    """What is installed: the compiler, its version, what its processes read, and the fork server built for it."""

    coqc: str
    version: str
    read: tuple[str, ...]
    server: bytes


@lru_cache(maxsize=1)
def installed() -> Coq | str:
    """Coq as it is installed here, or the sentence that says what is missing."""
    coqc, builder = tool("coqc"), tool("ocamlfind")
    if coqc is None:
        return f"there is no Coq here: {INSTALL}"
    if builder is None:
        return "Coq's fork server is built with ocamlfind, which is not here: apt-get install ocaml-findlib ocaml-nox"
    version = re.search(r"version (\S+)", _said(coqc, "--version"))
    where = _said(coqc, "-where").strip()
    if version is None or not os.path.isdir(where):
        return f"{coqc} does not say its version and its place"
    with tempfile.TemporaryDirectory(prefix="referee-coq-") as folder:
        source = Path(__file__).with_name("warm.ml")
        shutil.copy(source, folder)
        command = [builder, "ocamlopt", "-package", "unix", "-shared", "warm.ml", "-o", "warm.cmxs"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
            server = Path(folder, "warm.cmxs").read_bytes()
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"Coq's fork server could not be built: {error}"
        if done.returncode:
            return f"Coq's fork server could not be built: {done.stderr.strip()[:500]}"
    real = os.path.realpath(coqc)
    read = (*_SYSTEM, str(Path(os.path.realpath(where)).parent), real)
    return Coq(real, version[1], tuple(dict.fromkeys(read)), server)


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


class Refused(Exception):
    """A preamble, or the library of a statement, that Coq does not accept."""


class Jail:
    """One keeper with the two images of one preamble. Not for two threads at once."""

    def __init__(self, found: Coq, tier: Tier, job: CoqJob) -> None:
        self.checks = 0
        self.folder = ""
        box = BOX
        if tier != "namespaces":
            box = self.folder = _folder()
        try:
            self.slot: Slot = tiers.start(
                tier, scratch_mb=512, tools=found.read, box=box, programs=(found.coqc, *_LOADERS)
            )
        except BaseException:
            self._remove()
            raise
        try:
            if self.slot.group is not None:  # the two images and one fork
                self.slot.group.hold({"memory_mb": 3 * job.limits.memory_mb, "scratch_mb": 512, "processes": 16})
            kind, words = self._ask("open", _opening(found, box, job), sum(_OPEN_LIMITS.values()) * 3)
            said = words.decode("utf-8", "replace")
            if kind == "Broken" and not _OURS.search(said):
                raise Refused(said)
            if kind != "opened":
                raise ZygoteLost(said[:500])
        except BaseException:
            self.close()
            raise

    def run(self, job: CoqJob) -> list[replies.Run]:
        """The compilation and, when it went well, the check. Raises `ZygoteLost`."""
        self.checks += 1
        details = {
            "texts": [f"\n{text}\n".encode() for text in (job.program, job.check)],
            "empty": _own("Candidate"),
            "limits": replies.limits(job.limits),
        }
        try:
            kind, found = self._ask("check", details, job.limits.wall_s * 2 + _SETTLING)
            if kind != "ran":
                raise ZygoteLost(str(found))
            return [replies.Run(*one) for one in found]
        except (TypeError, ValueError) as error:
            raise ZygoteLost("a reply of the wrong shape") from error

    def _ask(self, operation: str, details: dict[str, Any], patience: float) -> Any:
        self.slot.send((operation, details))
        return self.slot.receive(patience)

    def close(self) -> None:
        """End everything in it."""
        self.slot.close()
        self._remove()

    def _remove(self) -> None:
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


Key = tuple[str, str, int]


class Coqs:
    """The warm jails of one sandbox, by preamble; those that were not used for longest go first."""

    def __init__(self, tier: Tier, slots: int) -> None:
        self.tier: Tier = tier if tier in {"none", "kernel", "namespaces"} else "kernel"
        self.kept = max(4, slots + 2)
        self._idle: OrderedDict[Key, list[Jail]] = OrderedDict()
        self._refused: OrderedDict[Key, str] = OrderedDict()
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._closed = False

    def run(self, job: CoqJob) -> Outcome:
        """The outcome of one job. What is not the candidate's fault has status `infra`."""
        found = installed()
        if isinstance(found, str):
            return Outcome(status="infra", reason="infra.toolchain", detail=found, tier=self.tier)
        key = (job.preamble, job.library, job.limits.memory_mb)
        fault = self._refused.get(key, "")
        for _ in range(0 if fault else 2):
            try:
                jail = self._take(key) or Jail(found, self.tier, job)
            except Refused as error:
                fault = self._remembered(key, str(error)[:1000])
                break
            except ZygoteLost as error:
                return Outcome(status="infra", reason="infra.sandbox", detail=str(error), tier=self.tier)
            try:
                runs = jail.run(job)
            except ZygoteLost as error:
                jail.close()
                lost = str(error)
                continue
            except BaseException:
                jail.close()
                raise
            self._give(key, jail)
            return _outcome(job, runs, self.tier)
        if fault:
            reason = "infra.library" if _NOT_HERE.search(fault) else "truth.preamble"
            return Outcome(status="infra", reason=reason, detail=fault, tier=self.tier)
        return Outcome(status="infra", reason="infra.sandbox", detail=lost, tier=self.tier)

    def _remembered(self, key: Key, fault: str) -> str:
        """A preamble that Coq refused is not tried again for every rollout of its group."""
        with self._lock:
            self._refused[key] = fault
            while len(self._refused) > _REFUSED:
                self._refused.popitem(last=False)
        return fault

    def close(self) -> None:
        """End every jail."""
        self._closed = True
        with self._lock:
            mine = self._process == os.getpid()
            jails = [jail for some in self._idle.values() for jail in some] if mine else []
            self._idle.clear()
        for jail in jails:
            jail.close()

    def _take(self, key: Key) -> Jail | None:
        """An idle jail of that preamble."""
        with self._lock:
            if self._process != os.getpid():  # a fork must not share the parent's pipes
                self._process, self._idle = os.getpid(), OrderedDict()
            idle = self._idle.get(key)
            jail = idle.pop() if idle else None
            if idle is not None and not idle:
                del self._idle[key]
            if jail is not None and not jail.slot.alive:
                jail.close()
                jail = None
            gone = [] if jail is not None else self._oldest()
        for one in gone:
            one.close()
        return jail

    def _oldest(self) -> list[Jail]:
        """What must go so that one more fits."""
        gone: list[Jail] = []
        while sum(map(len, self._idle.values())) >= self.kept:
            key, jails = next(iter(self._idle.items()))
            gone.append(jails.pop())
            if not jails:
                del self._idle[key]
        return gone

    def _give(self, key: Key, jail: Jail) -> None:
        if jail.checks >= _LIFE or self._closed:
            jail.close()
            return
        with self._lock:
            self._idle.setdefault(key, []).append(jail)
            self._idle.move_to_end(key)


def _outcome(job: CoqJob, runs: list[replies.Run], tier: Tier) -> Outcome:
    return replies.ran(RunJob(program="", stdins=(b"", b""), limits=job.limits), runs, tier)


def _own(name: str) -> list[str]:
    """The files that Coq writes when it compiles a library."""
    return [f"{name}.{one}" for one in _OWN] + [f".{name}.aux"]


def _opening(found: Coq, box: str, job: CoqJob) -> dict[str, Any]:
    """What a keeper does before the first check."""

    def compiled(name: str) -> list[str]:
        quiet = ("-q", "-noglob", "-w", "none", "-native-compiler", "no")
        return [found.coqc, *quiet, "-Q", box, ROOT, f"{box}/{name}.v"]

    image = (job.preamble + _SERVE).encode()
    made = {"Statement": job.library.encode(), "Candidate": image, "Judge": image}
    files = {f"{name}.v": content for name, content in made.items()}
    files |= {name: b"" for library in made for name in _own(library)}
    files |= {f"{_PLUGIN}/META": _META.encode(), f"{_PLUGIN}/warm.cmxs": found.server}
    return {
        "files": files,
        "build": [compiled("Statement")] if job.library else [],
        "firm": [name for name in files if not name.startswith((".", "Candidate.v", "Judge.v"))],
        "images": [compiled("Candidate"), compiled("Judge")],
        "own": [_own("Statement"), _own("Candidate"), [".Judge.aux"]],
        "environment": {"PATH": "/usr/bin", "HOME": box, "TMPDIR": box, "LC_ALL": "C.UTF-8", "OCAMLPATH": box},
        "limits": {**_OPEN_LIMITS, "memory_mb": job.limits.memory_mb},
    }


def _folder() -> str:
    """An empty folder of ours that the jail's user may enter."""
    places = dict.fromkeys((tempfile.gettempdir(), "/dev/shm", "/tmp"))  # noqa: S108  any that can be passed
    for home in places:
        for one in leftovers.stale(Path(home), "coq"):
            shutil.rmtree(one, ignore_errors=True)
        if all(parent.stat().st_mode & 0o001 for parent in (Path(home), *Path(home).resolve().parents)):
            place = os.path.join(home, leftovers.fresh("coq"))
            try:
                os.mkdir(place, 0o700)
            except OSError:
                continue
            return place
    raise ZygoteLost("there is no folder for Coq's files that another user may enter")

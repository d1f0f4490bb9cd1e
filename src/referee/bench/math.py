"""How right and how fast judges of mathematics are, on labelled cases, beside peers that are installed.

Cases are JSON lines with `gold` (the truth), `pred` (what was written) and `expected` (whether it is right). Each judge
works in a process of its own, one after the other, over the same cases; what it falsely accepts and falsely refuses is
kept apart, since the one pays a wrong policy and the other only withholds a reward. Times are CPU times of the whole
verdict, extraction and the reading of both sides included, after a few verdicts that load what is loaded on first use.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from referee.core.errors import UsageError
from referee.core.types import Record

Judge = Callable[[str, str], "bool | None"]
WARM = 20  # verdicts before the clock starts


class Labelled(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """One labelled case."""

    gold: str
    pred: str
    expected: bool


class Tally(Record, frozen=True, kw_only=True):
    """What one judge said of all cases. `verdicts`: accepted, refused, or None when it would not judge."""

    judge: str
    version: str
    verdicts: list[bool | None]
    seconds: list[float]
    cpu_s: float

    def wrong(self, cases: Sequence[Labelled], *, accepted: bool) -> list[Labelled]:
        """The cases falsely accepted, or falsely refused."""
        return [
            case
            for case, verdict in zip(cases, self.verdicts, strict=True)
            if bool(verdict) == accepted and case.expected != accepted
        ]

    def percentile(self, share: float) -> float:
        """Microseconds that this share of the verdicts took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e6

    @property
    def median_us(self) -> float:
        return statistics.median(self.seconds) * 1e6

    @property
    def rate(self) -> float:
        """Verdicts for each second of CPU time."""
        return len(self.verdicts) / self.cpu_s if self.cpu_s else 0.0


def load(paths: Sequence[Path]) -> list[Labelled]:
    """The cases of files and folders; without any, the documented cases of `math.answer` with default parameters."""
    if not paths:
        return list(_documented())
    found: list[Labelled] = []
    for path in paths:
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        for file in files:
            try:
                found += [msgspec.json.decode(line, type=Labelled) for line in file.read_bytes().splitlines() if line]
            except (OSError, msgspec.MsgspecError) as error:
                raise UsageError(f"{file}: {error}; a case has `gold`, `pred` and `expected`") from error
    if not found:
        raise UsageError(f"no cases in {', '.join(map(str, paths))}: JSON lines with `gold`, `pred`, `expected`")
    return found


def _documented() -> Iterator[Labelled]:
    from referee.verifiers import find

    for case in find("math.answer").cases:
        if not case.params and case.status in {"pass", "fail"}:
            yield Labelled(gold=str(case.truth), pred=case.completion, expected=case.status == "pass")


def tallies(cases: Sequence[Labelled], peers: Sequence[str], limit_s: float) -> Iterator[Tally | str]:
    """One tally for `referee` and for each peer, or a sentence on why there is none."""
    data = msgspec.json.encode(list(cases))
    for name in ("referee", *peers):
        argv = [sys.executable, "-c", "from referee.bench.math import run; run()", name]
        try:
            done = subprocess.run(argv, input=data, capture_output=True, timeout=limit_s, check=False)
        except subprocess.TimeoutExpired:
            yield f"{name}: no verdicts within {limit_s:g} s"
            continue
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it ended without a word"]
            yield f"{name}: {lines[-1]}"
            continue
        yield msgspec.json.decode(done.stdout.rpartition(b"\n")[2], type=Tally)


def run() -> None:
    """The process of one judge: cases on standard input, its tally on standard output."""
    name = sys.argv[1]
    cases = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Labelled])
    try:
        judge, known = _judge(name)
    except ImportError as error:
        sys.exit(f"not installed ({error})")
    for case in cases[:WARM]:
        judge(case.gold, case.pred)
    verdicts, seconds = [], []
    started = time.process_time()
    for case in cases:
        before = time.process_time()
        verdicts.append(judge(case.gold, case.pred))
        seconds.append(time.process_time() - before)
    spent = time.process_time() - started
    tally = Tally(judge=name, version=known, verdicts=verdicts, seconds=seconds, cpu_s=spent)
    sys.stdout.buffer.write(b"\n" + msgspec.json.encode(tally))


# Judges


def _judge(name: str) -> tuple[Judge, str]:
    """A judge and its version. A name like `package.module:function` is a function of truth and answer."""
    if name in _JUDGES:
        return _JUDGES[name]()
    module, _, function = name.partition(":")
    if not function:
        raise ImportError(f"no judge is called {name!r}; known: {', '.join(_JUDGES)}, or package.module:function")
    found: Judge = getattr(import_module(module), function)
    return found, _version(module.partition(".")[0])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _referee() -> tuple[Judge, str]:
    from referee.core.types import Rollout, Task
    from referee.engine.drive import judge
    from referee.verifiers import find

    verifier = find("math.answer")
    params = verifier.params({})

    def verdict(gold: str, pred: str) -> bool | None:
        status = judge(verifier, Rollout(text=pred), Task(truth=gold), params).status
        return None if status == "unjudged" else status == "pass"

    return verdict, _version("referee")


def _math_verify() -> tuple[Judge, str]:
    peer: Any = import_module("math_verify")

    def verdict(gold: str, pred: str) -> bool | None:
        truth = peer.parse(gold if "$" in gold or "\\boxed" in gold else f"${gold}$")
        return bool(peer.verify(truth, peer.parse(pred))) if truth else None

    return verdict, _version("math-verify")


_JUDGES: dict[str, Callable[[], tuple[Judge, str]]] = {
    "referee": _referee,
    "math-verify": _math_verify,
}

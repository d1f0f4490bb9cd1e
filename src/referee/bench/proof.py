"""Proofs a second, warm, on two processes of Coq; and miniF2F in Coq: which statements load, which proofs are accepted.

A check is a whole verdict, its script never seen before: one fork compiles it, another judges it. Beside it stands the
time of a cold `coqc` that only compiles the same script.
"""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

from referee.bench.judge import Figure
from referee.bench.processes import cpu_seconds
from referee.core.errors import UsageError
from referee.core.types import Rollout, Task, Verdict
from referee.engine.drive import judge
from referee.sandbox.coq import installed
from referee.sandbox.pool import Sandbox
from referee.verifiers import find

SLOTS: Final = 2
ADD: Final = {"name": "t", "statement": "forall n : nat, n + 0 = n"}
LIA: Final = {"name": "t", "statement": "forall n m : nat, n < m -> n + 1 <= m", "preamble": "Require Import Lia."}
KINDS: Final = (
    ("proof accepted, no library", "induction n; simpl; congruence.", ADD, "pass"),
    ("proof refused, no library", "induction n; reflexivity.", ADD, "fail"),
    ("proof accepted, lia", "intros; lia.", LIA, "pass"),
    ("proof refused, lia", "intros; lia; lia.", {**LIA, "statement": "forall n : nat, n < n"}, "fail"),
)
WHOLE: Final = {"classical": True, "cpu_s": 60.0, "wall_s": 300.0}
_PROVED: Final = re.compile(r"\b(?:Qed|Defined)\s*\.")


class Kind(NamedTuple):
    """What is measured: its name, a script, its truth, the status that each verdict must have."""

    name: str
    script: str
    truth: dict[str, Any]
    status: str


class Problem(NamedTuple):
    """One file of miniF2F: its name, its text, whether it holds a complete proof."""

    name: str
    text: str
    proved: bool


def measure(checks: int, data: Path | None) -> Iterator[Figure]:
    """All figures, as they come. Raises `UsageError` when Coq is not installed."""
    found = installed()
    if isinstance(found, str):
        raise UsageError(found)
    with Sandbox(slots=SLOTS, cache=0) as sandbox:
        for kind in KINDS:
            one = Kind(*kind)
            walks = one.status == "pass" and one.truth is LIA  # the assumptions of lia's own proofs: half a second
            yield speed(sandbox, one, max(4, checks // 20) if walks else checks)
        if data is not None:
            yield from minif2f(sandbox, problems(data))
    yield cold(found.coqc, found.version)


def speed(sandbox: Sandbox, kind: Kind, checks: int) -> Figure:
    """Verdicts a second, as many at once as there are slots."""
    name, script, truth, status = kind
    with ThreadPoolExecutor(SLOTS) as threads:  # as many warm jails as slots before the clock starts
        list(threads.map(lambda at: verdict(sandbox, f"(* warm {at} *) {script}", truth), range(2 * SLOTS)))
        before, started = cpu_seconds([os.getpid()], ended=True), time.monotonic()
        found = list(threads.map(lambda at: verdict(sandbox, f"(* {at} *) {script}", truth).status, range(checks)))
        took = time.monotonic() - started
    if set(found) != {status}:
        raise UsageError(f"{name}: every verdict should be '{status}', they are {dict(Counter(found))}")
    cpu = (cpu_seconds([os.getpid()], ended=True) - before) / checks
    note = f"{checks} checks, {1000 * cpu:.0f} ms of CPU each: {2 / cpu:.0f}/s on two idle cores"
    return Figure(name=name, value=checks / took, unit="/s", note=note)


def verdict(sandbox: Sandbox, script: str, truth: dict[str, Any], **params: Any) -> Verdict:
    """The verdict of one script."""
    verifier = find("proof.coq")
    return judge(
        verifier, Rollout(text=script), Task(truth=truth), verifier.params({"bare": "always", **params}), sandbox
    )


def cold(coqc: str, version: str) -> Figure:
    """A cold compiler on the first script, without judging it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.v").write_text(f"Theorem t : {ADD['statement']}. {KINDS[0][1]} Qed.\n", encoding="utf-8")
        started = time.monotonic()
        for _ in range(5):
            subprocess.run([coqc, "-q", "a.v"], cwd=folder, check=True, capture_output=True)
        took = time.monotonic() - started
    return Figure(name="cold coqc, no library, unjudged", value=5 / took, unit="/s", note=f"Coq {version}, one process")


def problems(data: Path) -> list[Problem]:
    """miniF2F in Coq: an archive, or a folder with `.v` files, those with the same beginning next to each other."""
    if data.is_dir():
        texts = {str(one.relative_to(data)): one.read_text(encoding="utf-8") for one in data.rglob("*.v")}
    else:
        with tarfile.open(data) as archive:
            members = [one for one in archive.getmembers() if one.isfile() and one.name.endswith(".v")]
            texts = {one.name: archive.extractfile(one).read().decode() for one in members}  # type: ignore[union-attr]
    found = [
        Problem(name, text, bool(_PROVED.search(text)) and "Admitted" not in text and "admit" not in text)
        for name, text in texts.items()
    ]
    return sorted(found, key=lambda one: (re.findall(r"^.*(?:Require|Scope).*$", one.text, re.MULTILINE), one.name))


def minif2f(sandbox: Sandbox, found: list[Problem]) -> Iterator[Figure]:
    """How many statements load, and how many complete proofs are accepted."""
    with ThreadPoolExecutor(SLOTS) as threads:
        reasons = list(threads.map(lambda one: loaded(sandbox, one), found))
        proved = [one for one in found if one.proved]
        accepted = list(threads.map(lambda one: verdict(sandbox, one.text, {"source": one.text}, **WHOLE), proved))
    missed = [f"{one.name}: {reason}" for one, reason in zip(found, reasons, strict=True) if reason]
    yield Figure(
        name="miniF2F statements", value=len(found) - len(missed), unit=f"of {len(found)}", note="; ".join(missed)
    )
    refused = [
        f"{one.name}: {verdict.reason}"
        for one, verdict in zip(proved, accepted, strict=True)
        if verdict.status != "pass"
    ]
    note = "; ".join(refused)
    yield Figure(name="miniF2F proofs", value=len(proved) - len(refused), unit=f"of {len(proved)}", note=note)


def loaded(sandbox: Sandbox, problem: Problem) -> str:
    """Why a statement cannot be judged; empty when it can."""
    found = verdict(sandbox, "idtac.", {"source": problem.text}, **WHOLE)
    return found.reason if found.status == "unjudged" else ""

"""A check: the program in one jail, the test script in another, and the judge in between.

Every message is read by the judge with its own reader and written again, so nothing but plain values reaches the test.
The test's zygotes never run a program: what a script said cannot be found in the memory that a program is forked from.
"""

from __future__ import annotations

import os
import secrets
import select
import struct
import time
from typing import TYPE_CHECKING, Any

import msgspec

from referee.core.jobs import CheckJob, CheckResult, Outcome, OutcomeStatus
from referee.sandbox import replies, values
from referee.sandbox.inside.wire import LARGEST
from referee.sandbox.slot import Kind, Slot, ZygoteLost

if TYPE_CHECKING:
    from referee.sandbox.pool import Sandbox

_LENGTH = struct.Struct("<I")
_TEST_CPU, _TEST_WALL = 10.0, 30.0  # what a trusted script may use by itself
_GRACE = 5.0  # seconds after which it should have been stopped
_CALLS = 100_000
_READS = 128  # of 64 KiB, before anything else is looked at


def run_check(sandbox: Sandbox, job: CheckJob) -> Outcome:
    """The outcome of a check. Both zygotes are lost when anything is odd."""
    fault = ""
    own = Kind(scratch=job.limits.scratch_mb > 0, forks=job.limits.processes > 1, packages=job.packages)
    script = Kind(test=True, packages=job.packages)
    for here in (True, False):
        taken: list[tuple[Kind, Slot]] = []
        try:
            taken.append((own, sandbox.take(own)))
            taken.append((script, sandbox.take(script)))
            session = _Session(job, taken[0][1], taken[1][1], here=here)
            outcome = session.run()
        except (ZygoteLost, replies.BadReply) as error:
            fault = str(error)
            for _, slot in taken:
                sandbox.drop(slot)
            continue
        except BaseException:
            for _, slot in taken:
                sandbox.drop(slot)
            raise
        for kind, slot in taken:
            if session.sound or kind.test:
                sandbox.give(slot, kind)
            else:
                sandbox.drop(slot)
        return msgspec.structs.replace(outcome, tier=sandbox.tier)
    return Outcome(status="infra", reason="infra.sandbox", detail=fault, tier=sandbox.tier)


class _Session:
    """One program, one script."""

    def __init__(self, job: CheckJob, program: Slot, test: Slot, *, here: bool) -> None:
        self.job = job
        self.program = program
        self.test = test
        self.here = here
        self.number = secrets.randbits(60)
        self.nonce = secrets.randbits(120)
        self.ended: replies.Run | None = None
        self.waiting = False
        self.spent = 0.0
        self.since = 0.0
        self.calls = 0
        self.sound = True
        self.early = False
        self.buffers = {program.answer: bytearray(), test.answer: bytearray()}
        self.poll = select.poll()

    def run(self) -> Outcome:
        """All of it."""
        self._start()
        watched = (self.test.answer, self.test.out, self.program.answer, self.program.out)
        for number in watched:
            self.poll.register(number, select.POLLIN)
        deadline = time.monotonic() + _TEST_WALL + self.job.limits.wall_s + _GRACE
        report: replies.Run | None = None
        while report is None:
            ready = {number for number, _ in self.poll.poll(self._patience(deadline))}
            if self.program.answer in ready:
                self._from_program()
            if self.program.out in ready:
                self._ended()
            if self.test.out in ready:
                report = self.test.run_reply(5.0)
            elif self.test.answer in ready:
                self._from_test()
            if self.waiting and self._patience(deadline) <= 1:  # also when it drips byte by byte
                self._give_up()
            elif time.monotonic() > deadline:
                raise ZygoteLost("a test script did not end in time", slow=True)
        self._finish()
        return self._outcome(report)

    def _start(self) -> None:
        job = self.job
        given = replies.limits(job.limits)
        program = f"{job.setup}\n{job.program}" if job.setup else job.program
        common = {"seed": job.seed, "number": self.number, "modules": list(job.modules)}
        long = {**given, "wall_s": _TEST_WALL + job.limits.wall_s + 2 * _GRACE}
        own = {
            **given,
            "cpu_s": _TEST_CPU,
            "wall_s": _TEST_WALL + job.limits.wall_s,
            "memory_mb": 512,
            "processes": 1,
            "result_kb": 4096,
        }
        self.program.ask_later("session", {**common, "program": program, "here": self.here, "limits": long})
        script = {"test": job.test, "form": job.form, "entries": list(job.entries), "setup": job.setup}
        self.test.ask_later("script", {**common, **script, "nonce": self.nonce, "limits": own})

    def _patience(self, deadline: float) -> float:
        """Milliseconds until someone has taken too long."""
        now = time.monotonic()
        left = deadline - now
        if self.waiting:
            left = min(left, self.job.limits.wall_s - self.spent - (now - self.since))
        return max(0.0, left) * 1000 + 1

    def _from_test(self) -> None:
        """A request of the script's goes to the program, if there is still one."""
        for message in self._frames(self.test.answer):  # the test's own words: they need no second look
            self.calls += 1
            if self.ended is not None or self.calls > _CALLS:
                self._push(self.test.ask, (self.number, "gone", self._why()))
                continue
            self.waiting, self.since = True, time.monotonic()
            if not self._send(self.program.ask, message, self.job.limits.wall_s - self.spent):
                self._give_up()  # it answers without reading what it is asked

    def _from_program(self) -> None:
        """An answer of the program's goes to the script, when it is one."""
        try:
            for content in self._frames(self.program.answer):
                message = values.read(content)
                if not self.waiting or not _answer(message, self.number):
                    continue
                self._stop_clock()
                self._push(self.test.ask, message)
        except values.NotPlain as error:
            if self.waiting:
                self._stop_clock()
                fault = ["ValueError"], "ValueError", f"not plain: {error}"
                self._push(self.test.ask, (self.number, "raised", *fault, None))

    def _stop_clock(self) -> None:
        self.spent += time.monotonic() - self.since
        self.waiting = False

    def _ended(self) -> None:
        """The program's process is gone."""
        self.ended = self.program.run_reply(5.0)
        self.poll.unregister(self.program.out)
        self.early = True
        if self.waiting:
            self._stop_clock()
            self._push(self.test.ask, (self.number, "gone", self._why()))

    def _give_up(self) -> None:
        """The program sleeps: wall time is over, and its zygote goes with it."""
        self.sound = False
        self.program.kill()
        self.poll.unregister(self.program.out)
        self.ended = replies.Run("wall", 0.0, self.spent, 0, 0, 9)
        self._stop_clock()
        self._push(self.test.ask, (self.number, "gone", "wall time"))

    def _why(self) -> str:
        return f"the program ended: {self.ended.status}" if self.ended else "the program is gone"

    def _finish(self) -> None:
        """The program's process ends before anyone hears a verdict."""
        if self.ended is None:
            poll = select.poll()
            poll.register(self.program.out, select.POLLIN)
            if self._send(self.program.ask, values.write((self.number, "end", "", None)), 0.0) and poll.poll(500):
                self.ended = self.program.run_reply(5.0)
            else:
                self.sound = False
                self.program.kill()
                self.ended = replies.Run("ok", 0.0, self.spent, 0, 0, 9, b"L\0\0\0\0")
        if self.sound:
            _drain(self.program.answer)
        _drain(self.test.answer)

    def _outcome(self, report: replies.Run) -> Outcome:
        assert self.ended is not None
        run = self.ended
        status, detail = _status(run)
        if status == "compile":
            return replies.not_compiled(self.job, (detail, ""), "")
        if status == "ok" and self.early:
            status = "exit"
        found = _report(report, self.nonce)
        if found is None and self.calls:  # what the program returned kept it busy: no program may choose to be unjudged
            return self._stopped(report, run)
        if found is None:
            return Outcome(status="infra", reason="infra.test", detail="the test script gave no report")
        executed, passed, complete, listed, unsupported = found
        if unsupported:
            return Outcome(status="infra", reason="infra.test", detail=unsupported)
        checks = tuple(CheckResult(name=name, passed=held, line=line, message=why) for name, held, line, why in listed)
        return Outcome(
            status=status,
            checks=checks,
            executed=executed,
            passed=passed,
            complete=complete and status == "ok",
            stdout=run.stdout[: self.job.limits.output_kb << 10],
            stderr=run.stderr[: self.job.limits.output_kb << 10],
            cpu_s=run.cpu_s,
            wall_s=self.spent,
            peak_mb=run.rss_kb / 1024,
            near=replies.near(run._replace(wall_s=self.spent), self.job.limits, status),
            detail=detail,
        )

    def _stopped(self, report: replies.Run, run: replies.Run) -> Outcome:
        """The script ran into a limit on what the program gave it."""
        status: OutcomeStatus = report.status  # type: ignore[assignment]
        return Outcome(
            status="cpu" if status in {"ok", "signal"} else status,
            cpu_s=run.cpu_s,
            wall_s=self.spent,
            peak_mb=run.rss_kb / 1024,
            detail="the test script did not come to its end with what the program returned",
        )

    def _frames(self, number: int) -> list[bytes]:
        """The whole messages that have arrived on a pipe; of a flood, a part."""
        buffer = self.buffers[number]
        most = LARGEST if number == self.test.answer else self.job.limits.result_kb << 10
        try:
            for _ in range(_READS):
                if not (part := os.read(number, 1 << 16)):
                    break
                buffer += part
        except BlockingIOError:
            pass
        found = []
        while len(buffer) >= _LENGTH.size:
            size = _LENGTH.unpack_from(buffer)[0]
            if size > most:
                buffer.clear()
                raise values.NotPlain("a message that is too long")
            if len(buffer) < _LENGTH.size + size:
                break
            content = bytes(buffer[_LENGTH.size : _LENGTH.size + size])
            del buffer[: _LENGTH.size + size]
            found.append(content)
        return found

    def _push(self, number: int, message: Any) -> None:
        """One message of plain values to the test, which reads whenever it has asked."""
        if not self._send(number, values.write(message), self.job.limits.wall_s + _GRACE):
            raise ZygoteLost("a test's jail does not read", slow=True)

    def _send(self, number: int, content: bytes, patience: float) -> bool:
        """Bytes into a pipe; whether they had room within so many seconds."""
        view = memoryview(_LENGTH.pack(len(content)) + content)
        deadline = time.monotonic() + patience
        while view:
            try:
                view = view[os.write(number, view) :]
            except BlockingIOError:
                if not _writable(number, deadline):
                    return False
            except OSError as error:
                raise ZygoteLost(f"a jail went away: {error}") from error
        return True


def _writable(number: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(number, select.POLLOUT)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000 + 1))


def _answer(message: Any, number: int) -> bool:
    """Whether a message has the shape of an answer of this session: what came of it, and which arguments changed."""
    if type(message) is not tuple or len(message) < 4 or message[0] != number:
        return False
    if message[-1] is not None and type(message[-1]) is not list:
        return False
    kind, rest = message[1], message[2:-1]
    if kind == "value":
        return len(rest) == 1
    if kind == "held":
        return len(rest) == 2 and type(rest[0]) is int and type(rest[1]) is str
    if kind == "raised":
        return len(rest) == 3 and type(rest[0]) is list and all(type(one) is str for one in (*rest[0], *rest[1:]))
    return False


def _status(run: replies.Run) -> tuple[OutcomeStatus, str]:
    """How the program's side ended."""
    status: OutcomeStatus = run.status  # type: ignore[assignment]
    loaded = False
    for kind, content in replies.records(run.found):
        if kind == b"L":
            loaded = True
        elif kind in {b"E", b"C"} and not loaded and status == "ok":
            fault = replies.error(content)
            return ("compile" if kind == b"C" else replies.strained(*fault) or "raised"), ": ".join(fault)
    if status == "ok" and not loaded:
        return "exit", "it ended its process while loading"
    return status, ""


def _report(report: replies.Run, nonce: int) -> tuple[int, int, bool, list[Any], str] | None:
    """What the script reported: exactly one message, with this session's number in it."""
    for kind, content in replies.records(report.found):
        if kind == b"R":
            found = values.read(content)
            if found[0] == nonce:
                return found[1], found[2], found[3], found[4], found[5]
    return None


def _drain(number: int) -> None:
    try:
        while os.read(number, 1 << 16):
            pass
    except BlockingIOError:
        pass

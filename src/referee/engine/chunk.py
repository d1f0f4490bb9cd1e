"""What a worker does with a chunk of groups: read the rows, score them, form the groups, write the output lines.

The parent never looks into a completion; it cuts the file into lines, sends chunks and writes what comes back.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from referee.core.errors import InputError, UsageError
from referee.core.types import Record, Rollout, Score, Task, Verdict, unjudged
from referee.data.columns import Columns
from referee.data.plain import UNFIT, dumps, loads, pack, unpack
from referee.data.read import Line
from referee.data.rows import RowReader, prompt_text, task_name
from referee.engine.build import build
from referee.engine.completion import as_rollout
from referee.engine.groups import LARGEST, Grouping
from referee.engine.score import RulePack, group
from referee.engine.scored import Scored, Submission, key_of
from referee.engine.summary import Tally
from referee.engine.workers import WorkerLost
from referee.packs.spec import PackSpec

_COMPRESSION = 3


class Config(Record, frozen=True, kw_only=True):
    """What is the same for all chunks of a run.

    lines: whether a line is written for each rollout. run: the name under which the scores are kept in a ledger; empty
    when they are not. place: what the names of the groups begin with there.
    """

    spec: PackSpec
    columns: Columns = Columns()
    grouping: Grouping = "adjacent"
    estimator: str = "grpo"
    lines: bool = True
    compress: bool = False
    run: str = ""
    place: str = ""


class Request(msgspec.Struct, array_like=True):
    """A chunk. With `only` it is one row, and the score of that one of its completions is asked for."""

    config: bytes
    groups: list[list[Line]]
    only: int | None = None


class Answer(msgspec.Struct, array_like=True):
    """What came of a chunk: the output lines, the counts, and the rows that could not be read, with the reason.

    `cut`: groups that were too long. `alone`: rows of one completion that name neither task nor prompt. `kept`: what a
    ledger is to keep, one piece for each group, from `data.plain.pack`.
    """

    content: bytes
    tally: Tally
    rejected: list[Line]
    cut: int = 0
    alone: int = 0
    kept: list[bytes] = []


class Output(msgspec.Struct, omit_defaults=True):
    """One line of the output. `advantage` is the group's; `reward` is null when the pack masks the rollout."""

    line: int
    task: str | None
    index: int
    reward: float | None
    advantage: float
    contributions: dict[str, float]
    verdicts: dict[str, Verdict]
    pack: str
    rollout: str = ""
    label: bool | None = None


class Entry(NamedTuple):
    """One rollout of a row, the `nth` of its completions. `alone`: nothing says which others belong to it."""

    line: int
    nth: int
    rollout: Rollout
    task: Task
    label: bool | None
    alone: bool = False
    step: int | None = None


class Judge:
    """A compiled configuration."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.pack = RulePack(config.spec)
        self.reader = RowReader(config.columns)

    def chunk(self, groups: list[list[Line]]) -> Answer:
        """Everything about a chunk."""
        answer = Answer(b"", Tally(), [])
        written: list[bytes] = []
        for entries in self.entries(groups, answer):
            scores = [self.pack.score_rollout(entry.rollout, entry.task) for entry in entries]
            written.append(self.group(entries, scores, answer))
        return self.finish(written, answer)

    def entries(self, groups: list[list[Line]], answer: Answer) -> Iterator[list[Entry]]:
        """The rollouts of each group; rows that hold none are noted in the answer."""
        for lines in groups:
            entries: list[Entry] = []
            for line in lines:
                try:
                    found = self.read(line)
                    entries += found
                    answer.alone += found[0].alone
                except (InputError, UsageError, TypeError) as error:
                    fault = str(error).encode(errors="backslashreplace").decode()
                    answer.rejected.append(Line(line.number, line.raw, fault))
            if self.config.grouping == "none":
                yield from ([entry] for entry in entries)
            else:
                answer.cut += len(entries) > LARGEST
                yield from (entries[at : at + LARGEST] for at in range(0, len(entries), LARGEST))

    def read(self, line: Line) -> list[Entry]:
        """The rollouts of one row."""
        if line.fault:
            raise InputError(line.fault)
        row = self.reader.row(line.raw)
        task = Task(id=task_name(row) or "", truth=row.truth, prompt=prompt_text(row.prompt))
        entries: list[Entry] = []
        columns = zip(row.completions, row.rollouts, row.tokens, row.labels, strict=True)
        for nth, (completion, name, tokens, label) in enumerate(columns):
            said = as_rollout(completion)
            rollout = Rollout(text=said.text, id=name, tokens=tokens, meta=said.meta)
            entries.append(Entry(line.number, nth, rollout, task, label, not (row.many or task.id), row.step))
        return entries

    def group(self, entries: list[Entry], scores: list[Score], answer: Answer) -> bytes:
        """The counts of a group go to the answer; its output lines come back, as bytes, which need less memory."""
        lines = [entry.line for entry in entries]
        answer.tally.group(scores, [entry.label for entry in entries], lines, self.config.spec.answer)
        if self.config.run:
            answer.kept.append(pack(self.scored(entries, scores)))
        if not self.config.lines:
            return b""
        formed = group(scores, estimator=self.config.estimator)
        outputs = [
            Output(
                line=entry.line,
                task=entry.task.id or None,
                index=index,
                reward=score.reward,
                advantage=advantage,
                contributions=score.contributions,
                verdicts=score.verdicts,
                pack=score.pack,
                rollout=score.rollout,
                label=entry.label,
            )
            for index, (entry, score, advantage) in enumerate(zip(entries, scores, formed.advantages, strict=True))
        ]
        try:
            return _ENCODER.encode_lines(outputs)
        except UNFIT:
            return b"".join(dumps(output) + b"\n" for output in outputs)

    def scored(self, entries: list[Entry], scores: list[Score]) -> list[Scored]:
        """A group as it is kept in a ledger: named by the place of its first row, so that it is the same each time."""
        name, judge = f"{self.config.place}:{entries[0].line}", build().id
        kept: list[Scored] = []
        for index, (entry, score) in enumerate(zip(entries, scores, strict=True)):
            work = Submission(
                run=self.config.run,
                group=name,
                task=entry.task,
                rollouts=(entry.rollout,),
                pack=self.config.spec,
                start=index,
            )
            kept.append(
                Scored(
                    key=key_of(work, 0, score.pack, judge),
                    run=work.run,
                    group=name,
                    index=index,
                    rollout=entry.rollout,
                    task=entry.task,
                    score=score,
                    build=judge,
                    step=entry.step,
                )
            )
        return kept

    def finish(self, written: list[bytes], answer: Answer) -> Answer:
        """The answer with its output lines, compressed when the configuration says so."""
        content = b"".join(written)
        if content and self.config.compress:
            content = gzip.compress(content, _COMPRESSION, mtime=0)
        answer.content = content
        return answer

    def lost(self, entry: Entry, error: WorkerLost) -> Score:
        """The score of a rollout that killed its worker: every rule is unjudged."""
        verdict = unjudged(error.reason, detail=str(error))
        return self.pack.score_verdicts(entry.rollout, {rule.name: verdict for rule in self.config.spec.rules})


_ENCODER = msgspec.json.Encoder(enc_hook=str)
_REQUEST = msgspec.msgpack.Decoder(Request)
_ANSWER = msgspec.msgpack.Decoder(Answer)
_KEPT: msgspec.msgpack.Decoder[list[Scored]] = msgspec.msgpack.Decoder(list[Scored])
_MSGPACK = msgspec.msgpack.Encoder()


def answer(request: bytes) -> bytes:
    """In the worker: the answer to one request."""
    asked = _REQUEST.decode(request)
    judge = _judge(asked.config)
    if asked.only is not None:
        entry = judge.read(asked.groups[0][0])[asked.only]
        return dumps(judge.pack.score_rollout(entry.rollout, entry.task))
    return encode(judge.chunk(asked.groups))


def encode(message: Request | Answer) -> bytes:
    """A message as the bytes that cross the pipe."""
    return _MSGPACK.encode(message)


def decode(content: bytes) -> Answer:
    """The answer from its bytes."""
    return _ANSWER.decode(content)


def kept(answer: Answer) -> list[Scored]:
    """What a ledger is to keep of a chunk."""
    return [scored for content in answer.kept for scored in unpack(content, _KEPT)]


def one_by_one(judge: Judge, request: bytes, ask: Callable[[bytes], bytes]) -> bytes:
    """A chunk whose worker died, once more with each rollout alone: the one that kills is unjudged."""
    asked = _REQUEST.decode(request)
    found = Answer(b"", Tally(), [])
    rows = {line.number: line for lines in asked.groups for line in lines}
    written: list[bytes] = []
    for entries in judge.entries(asked.groups, found):
        scores: list[Score] = []
        for entry in entries:
            only = Request(asked.config, [[rows[entry.line]]], entry.nth)
            try:
                scores.append(msgspec.convert(loads(ask(encode(only))), Score))
            except WorkerLost as error:
                scores.append(judge.lost(entry, error))
        written.append(judge.group(entries, scores, found))
    return encode(judge.finish(written, found))


@lru_cache(maxsize=8)
def _judge(config: bytes) -> Judge:
    return Judge(msgspec.msgpack.decode(config, type=Config))

"""The packs that a service offers, and packs that come as text. A request never names a file."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from referee.core.errors import PackError, UnknownName, UsageError
from referee.engine.score import RulePack, as_pack
from referee.packs.load import bundled, locate, typed
from referee.packs.parse import SUFFIXES, parse
from referee.packs.places import place
from referee.serve.faults import Fault
from referee.serve.records import Format, PackCheck, PackFault, PackPage, PackRow, PackTold, Written

HELD = 64  # texts whose compiled pack is remembered
DEEPEST = 40  # levels of a YAML text


class Packs:
    """`named`: what was given when the service was opened, watched when it is a file; beside it, the bundled packs."""

    def __init__(self, given: Sequence[str], longest: int) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._texts: dict[bytes, RulePack] = {}
        self.named: dict[str, RulePack] = {}
        for source in given:
            self.named[_id(source)] = RulePack.load(source, watch=Path(source).suffix in SUFFIXES)
        self.default = next(iter(self.named), "r1-zero-math")

    def ids(self) -> list[str]:
        """All names, the given ones first."""
        return list(dict.fromkeys([self.default, *self.named, *bundled()]))

    def find(self, name: str) -> RulePack:
        """The pack of that name, as its file says now. Raises `UnknownName`."""
        if (given := self.named.get(name)) is not None:
            given.refresh()
            return given
        if name not in bundled():
            raise UnknownName("pack", name, self.ids(), "GET /v1/packs lists them; a pack's own text may be given too.")
        return as_pack(name)

    def of(self, asked: str | Written) -> RulePack:
        """The pack that a request names, or whose text it holds. Takes a moment for a new text."""
        if isinstance(asked, str):
            try:
                return self.find(asked)
            except UnknownName as error:
                raise Fault(422, str(error), "$.pack") from None
        try:
            return self.compiled(asked)
        except PackError as error:
            raise Fault(422, error.problem, f"$.pack{error.path[1:]}") from None
        except UsageError as error:
            raise Fault(422, str(error), "$.pack") from None

    def compiled(self, written: Written) -> RulePack:
        """The pack of a text. Raises `UsageError` for what is wrong with it."""
        content = written.text.encode("utf-8", "surrogatepass")
        if len(content) > self._longest:
            raise PackError(f"a pack's text may be {self._longest:,} bytes long; this one has {len(content):,}")
        name = hashlib.sha256(written.format.encode() + b"\0" + content).digest()
        if (held := self._texts.get(name)) is not None:
            return held
        if written.format != "toml":
            _bounded(content)
        made = RulePack(typed(parse(content, written.format.upper()), ""))
        with self._lock:
            while len(self._texts) >= HELD:
                del self._texts[next(iter(self._texts))]
            return self._texts.setdefault(name, made)

    def check(self, written: Written) -> PackCheck:
        """What is wrong with a text and where, or what the pack does."""
        try:
            return PackCheck(ok=True, pack=told(self.compiled(written)))
        except PackError as error:
            found = place(written.text, written.format, error)
            line, column, end = found or (None, None, None)
            return PackCheck(
                ok=False,
                faults=(PackFault(message=error.problem, path=error.path, line=line, column=column, end_column=end),),
            )
        except UsageError as error:
            return PackCheck(ok=False, faults=(PackFault(message=str(error), path="$"),))

    def page(self, name: str) -> PackPage:
        """A pack with its text, as it is written."""
        pack = self.find(name)
        path = locate(self.named[name].source if name in self.named else name)
        kinds: dict[str, Format] = {".toml": "toml", ".json": "json"}
        return PackPage(
            id=name,
            text=path.read_text(errors="replace"),
            format=kinds.get(path.suffix, "yaml"),
            **msgspec.structs.asdict(told(pack)),
        )

    def rows(self) -> tuple[PackRow, ...]:
        """The list."""
        return tuple(self._row(name) for name in self.ids())

    def _row(self, name: str) -> PackRow:
        pack = self.find(name)
        return PackRow(
            id=name,
            name=pack.name,
            about=pack.spec.about,
            digest=pack.digest,
            rules=len(pack.spec.rules),
            runs_programs=pack.runs_jobs,
            default=name == self.default,
        )


def told(pack: RulePack) -> PackTold:
    """What a pack is and does."""
    spec = pack.spec
    return PackTold(
        name=spec.name,
        digest=pack.digest,
        about=spec.about,
        answer=spec.answer,
        unjudged=spec.unjudged,
        clip=spec.clip,
        runs_programs=pack.runs_jobs,
        rules=spec.rules,
    )


def _id(source: str) -> str:
    """What a pack is called here: its name, or its file's name without the ending."""
    path = Path(source)
    return path.stem if path.suffix in SUFFIXES else source


def _bounded(content: bytes) -> None:
    """Refuse YAML that is small as text and large as data, or deeper than it can be read."""
    depth = 0
    try:
        for event in yaml.parse(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            mark: Any = event.start_mark
            where = f"in line {mark.line + 1}, column {mark.column + 1}"
            if isinstance(event, yaml.AliasEvent):
                raise PackError(f"an alias (*{event.anchor}) is not taken here; write out what it stands for {where}")
            if depth > DEEPEST:
                raise PackError(f"nested more than {DEEPEST} levels deep {where}")
    except yaml.YAMLError:
        return  # who reads it says what is wrong

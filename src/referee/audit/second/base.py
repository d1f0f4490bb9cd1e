"""A second implementation beside ours, asked about forms of the truth that ought to be right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Protocol

import msgspec

from referee.audit.finding import Opinion
from referee.audit.items import Item
from referee.audit.judge import Judge
from referee.data.plain import UNFIT
from referee.engine.workers import WorkerLost, Workers

Pair = tuple[str, Any]  # what is put to both: a form, and the truth
_REQUEST: Final = msgspec.msgpack.Decoder(tuple[str, list[Pair]])
_ANSWERS: Final = msgspec.msgpack.Decoder(list[bool | None])


class Module(Protocol):
    """What a file of this folder holds."""

    __name__: str
    PACKAGE: str  # as pip knows it

    def fits(self, judge: Judge) -> bool:
        """Whether it has an opinion on what this verifier decides."""

    def forms(self, item: Item, judge: Judge) -> Sequence[str]:
        """Forms of the truth that ought to be right."""

    def accepts(self, form: str, truth: Any) -> bool | None:
        """Its opinion, in a process of its own; None where it has none."""


class Second:
    """One second implementation during an audit. fault: why it was not asked, "" when it was."""

    def __init__(self, module: Module, judge: Judge, rows: int) -> None:
        self.name, self._module, self._judge, self._left = module.PACKAGE, module, judge, rows
        self.fault = ""
        self._version = ""
        self.asked, self.silent = False, True
        self._opinions: dict[int, list[tuple[str, bool | None]]] = {}
        self._counts = {(ours, theirs): 0 for ours in (True, False) for theirs in (True, False)}
        try:
            self._version = version(module.PACKAGE)
        except PackageNotFoundError:
            self._lost(
                f"{module.PACKAGE} is not installed, so there is no second opinion: pip install {module.PACKAGE}"
            )

    def ask(self, items: Sequence[Item]) -> None:
        """Have it look at some rows; called once for each chunk, before what it said is asked for."""
        self._opinions = {}
        forms = {
            item.line: [(form, item.truth) for form in self._module.forms(item, self._judge)]
            for item in items[: self._left]
            if not item.fault and item.truth is not None
        }
        self._left -= len(forms)
        pairs = [pair for several in forms.values() for pair in several]
        if not pairs or self.fault:
            return
        try:
            request = msgspec.msgpack.encode((self._module.__name__, pairs))
            answers = iter(_ANSWERS.decode(self._workers.insist(request, 2)))
        except (WorkerLost, *UNFIT) as error:
            self._lost(f"{self.name} could not be asked any further: {error}")
            return
        self._opinions = {line: [(form, next(answers)) for form, _ in several] for line, several in forms.items()}
        self.silent = self.silent and all(one is None for several in self._opinions.values() for _, one in several)
        self.asked = True

    def forms_of(self, item: Item) -> list[str]:
        """The forms of the truth of a row of this chunk."""
        return [form for form, _ in self.opinions(item)]

    def opinions(self, item: Item) -> list[tuple[str, bool | None]]:
        """Each form of the truth of a row of this chunk, and whether it is accepted."""
        return self._opinions.get(item.line, [])

    def told(self) -> str:
        """Why there is no second opinion; "" where there is one."""
        silent = f"{self.name} {self._version} had no opinion on anything that it was asked"
        return self.fault or (silent if self.asked and self.silent else "")

    def count(self, *, ours: bool, theirs: bool) -> None:
        """Note what both said about a form."""
        self._counts[ours, theirs] += 1

    @property
    def pairs(self) -> int:
        """How many forms were put to both."""
        return sum(self._counts.values())

    def opinion(self) -> Opinion:
        """All of it, counted."""
        both, only_ours = self._counts[True, True], self._counts[True, False]
        only_theirs, neither = self._counts[False, True], self._counts[False, False]
        return Opinion(
            name=self.name,
            version=self._version,
            pairs=self.pairs,
            both=both,
            ours=only_ours,
            theirs=only_theirs,
            neither=neither,
            missed=only_theirs / (both + only_theirs) if both + only_theirs else None,
        )

    def close(self) -> None:
        """End its process."""
        if "_workers" in vars(self):
            self._workers.close()

    @cached_property
    def _workers(self) -> Workers:
        return Workers(1, f"{__name__}:answer")

    def _lost(self, fault: str) -> None:
        self.fault, self._left = fault, 0


def answer(request: bytes) -> bytes:
    """In its own process: the opinion on each pair."""
    name, pairs = _REQUEST.decode(request)
    module: Module = import_module(name)
    return msgspec.msgpack.encode([_opinion(module, form, truth) for form, truth in pairs])


def _opinion(module: Module, form: str, truth: Any) -> bool | None:
    """What it says; None where it fails, which is no opinion. What else it raises ends its process."""
    try:
        return module.accepts(form, truth)
    except (ArithmeticError, AttributeError, ImportError, LookupError, RecursionError, TypeError, ValueError):
        return None

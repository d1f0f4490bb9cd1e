"""`/v1/packs`, `/v1/verifiers`, `/v1/reasons`: what there is to judge with."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from referee.core.errors import UsageError
from referee.core.fields import fields
from referee.serve.faults import Fault
from referee.serve.house import House
from referee.serve.records import (
    CaseTold,
    Health,
    PackCheck,
    PackList,
    PackPage,
    Parameter,
    Reasons,
    VerifierList,
    VerifierPage,
    VerifierRow,
    Written,
)
from referee.serve.settings import Limits
from referee.verifiers import find, ids, plugin_ids


async def packs(house: House) -> PackList:
    """The packs that a request may name."""
    return PackList(packs=await asyncio.to_thread(house.packs.rows))


async def pack(house: House, name: str) -> PackPage:
    """One pack: its rules, and its text as written."""
    return await asyncio.to_thread(house.packs.page, name)


async def check(house: House, written: Written) -> PackCheck:
    """Whether a pack's text is fine; if not, what is wrong and where."""
    return await asyncio.to_thread(house.packs.check, written)


async def verifiers(_: House) -> VerifierList:
    """All verifiers, those of plugins too."""
    return VerifierList(verifiers=await asyncio.to_thread(_rows))


async def verifier(_: House, name: str) -> VerifierPage:
    """One verifier: its page, parameters and cases."""
    return await asyncio.to_thread(_page, name)


async def reasons(house: House) -> Reasons:
    """Reason codes in words."""
    return Reasons(reasons=dict(house.words))


async def health(house: House) -> Health:
    """Whether the service judges, and how much is on its way."""
    return house.health()


async def limits(house: House) -> Limits:
    """What a request may ask for."""
    return house.settings.limits


@lru_cache(maxsize=1)
def _rows() -> tuple[VerifierRow, ...]:
    found: list[VerifierRow] = []
    for name in (*ids(), *plugin_ids()):
        try:
            one = find(name)
        except UsageError as error:  # one broken plugin does not hide the others
            found.append(VerifierRow(id=name, version=0, about=f"cannot be used: {error}", runs_programs=False))
            continue
        found.append(VerifierRow(id=one.id, version=one.version, about=_first(one.page), runs_programs=one.runs_jobs))
    return tuple(found)


def _page(name: str) -> VerifierPage:
    if name not in {row.id for row in _rows()}:
        raise Fault(404, f"there is no verifier '{name[:80]}'; GET /v1/verifiers lists them")
    one = find(name)
    return VerifierPage(
        id=one.id,
        version=one.version,
        about=_first(one.page),
        runs_programs=one.runs_jobs,
        page=one.page,
        parameters=tuple(Parameter(**field._asdict()) for field in fields(one.params_type)),
        cases=tuple(
            CaseTold(
                completion=case.completion,
                truth=case.truth,
                status=case.status,
                note=case.note,
                params=case.params,
                prompt=case.prompt,
                tokens=case.tokens,
            )
            for case in one.cases
        ),
    )


def _first(page: str) -> str:
    """The first sentence of a page, on one line."""
    paragraph = " ".join(page.strip().split("\n\n", maxsplit=1)[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + (stop.strip() or ("" if head.endswith(".") else "."))

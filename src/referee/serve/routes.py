"""The table of everything that the service answers under `/v1`. The application and the document are made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from referee.plan.answer import Plan
from referee.plan.measured import Measured
from referee.plan.setting import Setting
from referee.serve import browse, catalogue, scoring, studies
from referee.serve import ledger_records as led
from referee.serve import records as r
from referee.serve.settings import Limits


class Route(NamedTuple):
    """One route.

    act: takes the house, then what stands in braces in the path, then the body and the query, where there are such.
    answer: the record that comes back. faults: the errors beside those that every route may answer.
    """

    method: str
    path: str
    act: Callable[..., Awaitable[Any]]
    answer: Any
    tag: str
    body: Any = None
    query: Any = None
    faults: tuple[int, ...] = ()


JUDGING: Final = (413, 422, 429, 503)
STUDYING: Final = (404, 413, 422, 429, 503)
READING: Final = (404, 422, 503)
LEDGER: Final = "/v1/ledgers/{ledger}"

ROUTES: Final[tuple[Route, ...]] = (
    Route("POST", "/v1/score", scoring.score, r.ScoreAnswer, "score", body=r.ScoreRequest, faults=JUDGING),
    Route("POST", "/v1/explain", scoring.explained, r.ExplainAnswer, "score", body=r.ExplainRequest, faults=JUDGING),
    Route("GET", "/v1/families", scoring.families, r.Families, "score"),
    Route("GET", "/v1/packs", catalogue.packs, r.PackList, "packs"),
    Route("POST", "/v1/packs/check", catalogue.check, r.PackCheck, "packs", body=r.Written, faults=(413, 422)),
    Route("GET", "/v1/packs/{name}", catalogue.pack, r.PackPage, "packs", faults=(404,)),
    Route("GET", "/v1/verifiers", catalogue.verifiers, r.VerifierList, "verifiers"),
    Route("GET", "/v1/verifiers/{name}", catalogue.verifier, r.VerifierPage, "verifiers", faults=(404,)),
    Route("GET", "/v1/reasons", catalogue.reasons, r.Reasons, "verifiers"),
    Route("GET", "/v1/ledgers", browse.ledgers, led.LedgerList, "ledgers"),
    Route("GET", "/v1/ledgers/{ledger}", browse.ledger, led.LedgerPage, "ledgers", faults=READING),
    Route("GET", f"{LEDGER}/rollouts", browse.rollouts, led.RowPage, "ledgers", query=led.Listing, faults=READING),
    Route("GET", f"{LEDGER}/histogram", browse.histogram, led.Histogram, "ledgers", query=led.Counting, faults=READING),
    Route("GET", f"{LEDGER}/facets", browse.facets, led.Facets, "ledgers", query=led.Filters, faults=READING),
    Route("GET", f"{LEDGER}/groups", browse.group, led.GroupPage, "ledgers", query=led.GroupQuery, faults=READING),
    Route("GET", f"{LEDGER}/difference", browse.difference, led.Difference, "ledgers", query=led.Two, faults=READING),
    Route("GET", f"{LEDGER}/curves", browse.curves, led.Curves, "ledgers", query=led.CurvesQuery, faults=READING),
    Route("GET", f"{LEDGER}/entries/{{entry}}", browse.entry, led.EntryTold, "ledgers", faults=READING),
    Route(
        "POST",
        f"{LEDGER}/entries/{{entry}}/replay",
        browse.replay,
        led.Replayed,
        "ledgers",
        body=led.Nothing,
        faults=(404, *JUDGING),
    ),
    Route(
        "GET", f"{LEDGER}/measured", studies.measured, Measured, "studies", query=studies.MeasuredQuery, faults=STUDYING
    ),
    Route("GET", "/v1/plan/presets", studies.presets, studies.Presets, "studies"),
    Route("POST", "/v1/plan", studies.plan, Plan, "studies", body=Setting, faults=STUDYING),
    Route("GET", "/v1/hacks", studies.hacks, studies.Hacks, "studies", query=studies.HackQuery, faults=STUDYING),
    Route("POST", "/v1/hacks/try", studies.tried, studies.HackTried, "studies", body=studies.HackTry, faults=STUDYING),
    Route("GET", "/healthz", catalogue.health, r.Health, "service", faults=(503,)),
    Route("GET", "/v1/limits", catalogue.limits, Limits, "service"),
)

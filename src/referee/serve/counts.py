"""`/metrics`: what the pool counts, and the requests by route and status."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from referee.core.errors import RefereeError
from referee.pool.metrics import SECONDS
from referee.pool.metrics_export import registry
from referee.serve.faults import as_fault

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from referee.serve.house import House

Endpoint = Callable[[Request], Awaitable[Response]]


class Counts:
    """Requests by route and status, and how long they took. No label holds anything that a client made up."""

    def __init__(self, house: House) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._house = house
        self._own = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "referee_requests", "Requests by route and status.", ("route", "status"), registry=self._own
        )
        self._seconds = Histogram(
            "referee_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=self._own
        )
        self._pool: CollectorRegistry | None = None

    def counted(self, route: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with every answer counted."""

        async def counted(request: Request) -> Response:
            started = time.perf_counter()
            status = 500
            try:
                answer = await endpoint(request)
                status = answer.status_code
                return answer
            except RefereeError as error:
                status = as_fault(error).status
                raise
            except HTTPException as error:
                status = error.status_code
                raise
            finally:
                self._requests.labels(route, str(status)).inc()
                self._seconds.labels(route).observe(time.perf_counter() - started)

        return counted

    async def page(self, _: Request) -> Response:
        """All numbers, in the text format of Prometheus."""
        return Response(await asyncio.to_thread(self._text), media_type="text/plain; version=0.0.4; charset=utf-8")

    def _text(self) -> bytes:
        from prometheus_client import generate_latest

        gauges = self._house.desk.pool.gauges
        if self._pool is None:
            self._pool = registry(gauges.metrics, gauges.refresh)
        return generate_latest(self._pool) + generate_latest(self._own)

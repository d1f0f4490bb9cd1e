"""The ASGI application: guard, routes, page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Path

from referee.core.errors import RefereeError
from referee.serve.counts import Counts, Endpoint
from referee.serve.docs import page as docs_page
from referee.serve.faults import MEANINGS, Fault, as_fault, refusal
from referee.serve.guard import Guard, extra
from referee.serve.house import House
from referee.serve.openapi import document
from referee.serve.page import Page
from referee.serve.routes import ROUTES, Route
from referee.serve.settings import Settings
from referee.serve.trainers import Faces
from referee.serve.wire import Reader, arguments, encode

JSON = "application/json"


def application(settings: Settings) -> Guard:
    """The service as an ASGI application. Raises `RefereeError` for a pack or a ledger that cannot be read."""
    house = House(settings)
    faces = Faces(house)
    told = document(faces.paths())
    counts = Counts(house)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        house.open()
        try:
            yield
        finally:
            house.close()

    def path(where: str, endpoint: Endpoint, method: str) -> Path:
        return Path(where, counts.counted(where, endpoint), methods=[method])

    paths = [
        *(path(route.path, _endpoint(house, route), route.method) for route in ROUTES),
        *(path(where, _face(house, faces, where), method) for method, where in faces.paths()),
        *(path(f"/packs/{{name}}{where}", _face(house, faces, where), method) for method, where in faces.paths()),
        Path("/openapi.json", _fixed(encode(told), JSON)),
        Path("/docs", docs_page(told)),
        Path("/metrics", counts.page),
        *Page(settings.page).routes(),
    ]
    app = Starlette(
        routes=paths,
        lifespan=lifespan,
        exception_handlers={RefereeError: _refused, HTTPException: _http, Exception: _failed},
    )
    app.router.redirect_slashes = False
    return Guard(app, house)


def _endpoint(house: House, route: Route) -> Endpoint:
    """A route as Starlette calls it."""
    body = Reader(route.body) if route.body is not None else None

    async def endpoint(request: Request) -> Response:
        given: list[Any] = list(request.path_params.values())
        if body is not None:
            given.append(await body(await _body(request)))
        if route.query is not None:
            given.append(arguments(request.query_params.multi_items(), route.query))
        return Response(encode(await route.act(house, *given)), media_type=JSON)

    return endpoint


def _face(house: House, faces: Faces, path: str) -> Endpoint:
    """A trainer's route, of the default pack or of the one in the path."""
    read = Reader(dict[str, Any])

    async def endpoint(request: Request) -> Response:
        name = request.path_params.get("name", house.packs.default)
        asked = await read(await _body(request)) if request.method == "POST" else {}
        return Response(encode(await faces.answer(name, request.method, path, asked)), media_type=JSON)

    return endpoint


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Fault(415, f"the body must be declared as {JSON}; this one is {kind[:60] or 'not declared'}")
    return await request.body()


def _fixed(content: bytes, kind: str) -> Endpoint:
    async def endpoint(_: Request) -> Response:
        return Response(content, media_type=kind)

    return endpoint


def _answer(status: int, message: str, path: str = "", headers: dict[str, str] | None = None) -> Response:
    told = {name.decode(): value.decode() for name, value in extra(status)} | (headers or {})
    return Response(encode(refusal(status, message, path)), status, told, JSON)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefereeError)
    fault = as_fault(error)
    return _answer(fault.status, str(fault), fault.path)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = {
        404: f"there is nothing at {request.url.path[:80]!r}; /docs lists what there is",
        405: f"{request.url.path[:80]!r} does not answer {request.method[:20]}",
    }
    status = error.status_code if error.status_code in MEANINGS else 400
    return _answer(status, message.get(status, str(error.detail)), headers=dict(error.headers or {}))


async def _failed(_: Request, __: Exception) -> Response:
    return _answer(
        500, "the service failed at this request; its log says more"
    )  # Starlette raises it again, for the log

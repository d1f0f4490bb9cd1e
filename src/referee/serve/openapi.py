"""The OpenAPI document, from the table of routes and the records that they name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from referee.core.version import VERSION
from referee.serve.faults import MEANINGS, Refusal
from referee.serve.routes import ROUTES, Route

_REF = "#/components/schemas/{name}"
_ALWAYS = (400, 401, 403)
_BODY = (408, 413, 415, 429)


def document(faces: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The document; `faces`: method and path of what trainers call."""
    records = [Refusal]
    for route in ROUTES:
        records += [one for one in (route.answer, route.body) if one is not None]
    _, schemas = msgspec.json.schema_components(records, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    for method, path in faces:
        paths.setdefault(path, {})[method.lower()] = _face(path, method, named=False)
        paths.setdefault(f"/packs/{{name}}{path}", {})[method.lower()] = _face(path, method, named=True)
    paths |= _SERVICE
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "referee",
            "version": VERSION,
            "description": "The judge made of code: rollouts in, verdicts, rewards and advantages out.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(route: Route) -> dict[str, Any]:
    about = inspect.cleandoc(route.act.__doc__ or "")
    parameters = [_in_path(name) for name in re.findall(r"\{(\w+)\}", route.path)]
    if route.query is not None:
        parameters += _in_query(route.query)
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-z]+', '_', route.path.lower()).strip('_')}",
        "summary": about.split("\n\n", maxsplit=1)[0].replace("\n", " "),
        "tags": [route.tag],
        "responses": {"200": _content("The answer.", _ref(route.answer)), **_faults(route)},
    }
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(route.body)}}}
    return operation


def _faults(route: Route) -> dict[str, Any]:
    codes = {*_ALWAYS, *route.faults, *(_BODY if route.method == "POST" else ())}
    codes |= {422} if route.query is not None else set()
    return {str(code): _content(MEANINGS[code][1], _ref(Refusal)) for code in sorted(codes)}


def _content(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _ref(record: Any) -> dict[str, Any]:
    return {"$ref": _REF.format(name=record.__name__)}


def _in_path(name: str) -> dict[str, Any]:
    kind = {"type": "integer", "minimum": 0} if name == "entry" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _in_query(record: Any) -> list[dict[str, Any]]:
    schema = msgspec.json.schema_components([record])[1][record.__name__]
    needed = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": kind}
        for name, kind in schema.get("properties", {}).items()
    ]


_ANYTHING: dict[str, Any] = {}
_FACES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "/get_reward": (
        "OpenRLHF: the rewards of queries, each a prompt with its completion.",
        {
            "type": "object",
            "required": ["query", "prompts"],
            "properties": {
                "query": {"type": "array", "items": {"type": "string"}},
                "prompts": {"type": "array", "items": {"type": "string"}},
                "labels": {"type": ["array", "null"], "items": _ANYTHING},
            },
        },
        {
            "type": "object",
            "required": ["rewards", "scores", "extra_logs"],
            "properties": {
                "rewards": {"type": "array", "items": {"type": "number"}},
                "scores": {"type": "array", "items": {"type": "number"}},
                "extra_logs": {"type": "object"},
            },
        },
    ),
    "/rm": (
        "slime: the reward of one response, as a number.",
        {
            "type": "object",
            "required": ["response"],
            "properties": {"prompt": _ANYTHING, "response": {"type": "string"}, "label": _ANYTHING},
        },
        {"type": "number"},
    ),
    "/seed_session": ("NeMo-Gym: nothing to do, for judging has no state.", {"type": "object"}, {"type": "object"}),
    "/verify": (
        "NeMo-Gym: the request with its reward, what each rule added, and whether it is masked.",
        {
            "type": "object",
            "required": ["response"],
            "properties": {
                "responses_create_params": _ANYTHING,
                "response": {
                    "type": "object",
                    "required": ["output"],
                    "properties": {"output": {"type": "array", "items": _ANYTHING}},
                },
            },
        },
        {"type": "object", "required": ["reward", "reward_components", "mask_sample"]},
    ),
    "/aggregate_metrics": (
        "NeMo-Gym: means over what /verify answered.",
        {
            "type": "object",
            "required": ["verify_responses"],
            "properties": {"verify_responses": {"type": "array", "items": {"type": "object"}}},
        },
        {"type": "object"},
    ),
    "/reverify_mode": ("NeMo-Gym: stored rollouts may be verified again.", _ANYTHING, {"type": "object"}),
}


def _face(path: str, method: str, *, named: bool) -> dict[str, Any]:
    about, asked, answer = _FACES[path]
    codes = [*_ALWAYS, 413, 422, 429, 503, *((404,) if named else ()), *(_BODY if method == "POST" else ())]
    name = path.strip("/")
    operation: dict[str, Any] = {
        "operationId": f"pack_{name}" if named else name,
        "summary": f"{about} Judged with the pack in the path." if named else f"{about} Judged with the default pack.",
        "tags": ["trainers"],
        "responses": {
            "200": _content("The answer.", answer),
            **{str(code): _content(MEANINGS[code][1], _ref(Refusal)) for code in sorted(set(codes))},
        },
    }
    if named:
        operation["parameters"] = [_in_path("name")]
    if method == "POST":
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": asked}}}
    return operation


def _plain(name: str, about: str, kind: str) -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string"}}}
    refused = {"403": _content(MEANINGS[403][1], _ref(Refusal)), "401": _content(MEANINGS[401][1], _ref(Refusal))}
    return {
        "get": {
            "operationId": name,
            "summary": about,
            "tags": ["service"],
            "responses": {"200": {"description": "The text.", "content": content}, **refused},
        }
    }


_SERVICE = {"/metrics": _plain("metrics", "What the pool and the service count, for Prometheus.", "text/plain")}

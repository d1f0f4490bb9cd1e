"""`/docs`: the OpenAPI document as one page of HTML, without a script and without anything from elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from referee.serve.counts import Endpoint

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: .4rem; }
h2 { margin-top: 2.5rem; } h3 { margin-bottom: .25rem; overflow-wrap: anywhere; }
.method { font-weight: 700; margin-right: .5rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #8884; }
"""
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(document: dict[str, Any]) -> Endpoint:
    """An endpoint that shows the document."""
    content = _html(document)

    async def endpoint(_: Request) -> Response:
        return Response(content, 200, {"content-security-policy": _POLICY}, "text/html; charset=utf-8")

    return endpoint


def _html(document: dict[str, Any]) -> str:
    info = document["info"]
    schemas: dict[str, Any] = document["components"]["schemas"]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>",
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>',
    ]
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    for tag, operations in by_tag.items():
        parts += [f"<h2>{escape(tag)}</h2>", *operations]
    parts.append("<h2>records</h2>")
    parts += [_record(name, schema) for name, schema in sorted(schemas.items())]
    parts.append("</main></body></html>")
    return "\n".join(parts)


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parts = [
        f'<section><h3><span class="method">{method.upper()}</span><code>{escape(path)}</code></h3>',
        f"<p>{escape(operation['summary'])}</p>",
    ]
    if parameters := operation.get("parameters"):
        rows = [
            (one["name"], one["in"], _kind(one["schema"]), one["schema"].get("description", "")) for one in parameters
        ]
        parts.append(_table(("parameter", "in", "type", "meaning"), rows))
    if body := operation.get("requestBody"):
        parts.append(f"<p>Body: {_kind(body['content']['application/json']['schema'])}</p>")
    for status, answer in operation["responses"].items():
        if status == "200":
            schema = next(iter(answer["content"].values()))["schema"]
            parts.append(f"<p>Answer: {_kind(schema)}</p>")
    faults = ", ".join(status for status in operation["responses"] if status != "200")
    parts.append(f"<p>Errors: {faults}</p></section>")
    return "\n".join(parts)


def _record(name: str, schema: dict[str, Any]) -> str:
    about = f"<p>{escape(schema['description'])}</p>" if "description" in schema else ""
    head = f'<section><h3 id="{escape(name)}"><code>{escape(name)}</code></h3>{about}'
    needed = schema.get("required", ())
    rows = [
        (field, _kind(kind), "needed" if field in needed else _default(kind), kind.get("description", ""))
        for field, kind in schema.get("properties", {}).items()
    ]
    return head + (_table(("field", "type", "default", "meaning"), rows) if rows else "") + "</section>"


def _default(kind: dict[str, Any]) -> str:
    return json.dumps(kind["default"]) if "default" in kind else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    names = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell if cell.startswith('<') else escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _kind(schema: dict[str, Any]) -> str:
    """A type as HTML, records as links."""
    return f"<code>{_words(schema)}</code>"


def _words(schema: dict[str, Any]) -> str:
    if ref := schema.get("$ref"):
        name = ref.rpartition("/")[2]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    if several := schema.get("anyOf"):
        return " | ".join(_words(one) for one in several)
    if "enum" in schema:
        return " | ".join(escape(json.dumps(one)) for one in schema["enum"])
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " | ".join(kind)
    if kind == "array":
        return f"[{_words(schema['items'])}]" if isinstance(schema.get("items"), dict) else "[...]"
    if kind == "object" and isinstance(values := schema.get("additionalProperties"), dict):
        return "{name: " + _words(values) + "}"
    return escape(str(kind))

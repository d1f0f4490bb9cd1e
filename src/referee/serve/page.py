"""The built page: files that were read once, by their exact names, under a policy that runs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MISSING: Final = (
    "The page is not built: run `make page` (it needs npm) in a checkout, or install a release wheel, which holds it. "
    "The API works without it; /docs lists it."
)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html"
)
_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}


def is_built(folder: Path) -> bool:
    """Whether there is a page to show."""
    return (folder / "index.html").is_file()


class Page:
    """What is at `/` and below `/assets`. A name that the build did not make is not looked for on the disk."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in _KINDS and path.is_file()
        }

    def routes(self) -> list[Route]:
        """The page's routes."""
        return [Route("/", self.index), Route("/favicon.ico", self.icon), Route("/assets/{name:path}", self.asset)]

    async def index(self, _: Request) -> Response:
        """The page, or one sentence about how to build it."""
        if "index.html" not in self._files:
            return Response(MISSING + "\n", 404, media_type="text/plain")
        return self._file("index.html", "no-cache")

    async def icon(self, _: Request) -> Response:
        """The icon, where the build has one."""
        return self._file("favicon.ico", "no-cache")

    async def asset(self, request: Request) -> Response:
        """A script, a style or a picture; its name changes with its content."""
        return self._file(f"assets/{request.path_params['name']}", "public, max-age=31536000, immutable")

    def _file(self, name: str, keep: str) -> Response:
        content = self._files.get(name)
        headers = {"content-security-policy": POLICY, "cache-control": keep}
        if content is None:
            return Response("There is no such file.\n", 404, headers, "text/plain")
        return Response(content, 200, headers, _KINDS[Path(name).suffix])

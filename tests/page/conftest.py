"""The real service in a process of its own, and Debian's Chromium on its page.

Without Chromium, Playwright or a built page these tests skip. A page that was asked for with `fresh` fails its test when
anything was said on the console, a script failed, or a request left the service.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "referee" / "serve" / "static" / "index.html"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 90.0  # seconds: a machine may be very busy
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _missing() -> str:
    if importlib.util.find_spec("playwright") is None:
        return "Playwright is not installed: pip install 'referee[test]'"
    if importlib.util.find_spec("starlette") is None or importlib.util.find_spec("uvicorn") is None:
        return "the service's libraries are not installed: pip install 'referee[serve]'"
    if CHROMIUM is None:
        return "there is no Chromium: apt-get install chromium"
    if not STATIC.is_file():
        return "the page is not built: make page (it needs npm)"
    return ""


@contextlib.contextmanager
def _service(*options: str) -> Iterator[str]:
    """The address of a `referee serve` that lives as long as the block."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("REFEREE_")}
    with tempfile.NamedTemporaryFile() as said:
        argv = [sys.executable, "-m", "referee", "serve", "--port", "0", "--workers", "1", *options]
        process = subprocess.Popen(argv, env=settings, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            end = time.monotonic() + PATIENCE
            while not (found := re.search(r"serves (http://\S+)", told := Path(said.name).read_text(errors="replace"))):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"the service did not start: {told[-2000:]}")
                time.sleep(0.05)
            yield found[1]
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def served() -> Iterator[Callable[..., str]]:
    """`served("--ledger", path)`: the address of a service with these options; each is started once."""
    if lacking := _missing():
        pytest.skip(lacking)
    running: dict[tuple[str, ...], str] = {}
    with contextlib.ExitStack() as stack:

        def start(*options: object) -> str:
            asked = tuple(str(option) for option in options)
            if asked not in running:
                running[asked] = stack.enter_context(_service(*asked))
            return running[asked]

        yield start


@pytest.fixture(scope="session")
def page_url(served: Callable[..., str]) -> str:
    """The address of the page, without a ledger."""
    return served()


# One browser a module, not a session: while it is there, nobody else in this process can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    if lacking := _missing():
        pytest.skip(lacking)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, timeout=PATIENCE * 1000)
        yield chromium
        chromium.close()


@pytest.fixture
def fresh(browser: Browser, page_url: str) -> Iterator[Callable[..., Page]]:
    """`fresh("#/score", color_scheme="dark")`: a page in a context of its own, loaded and idle."""
    contexts: list[Any] = []
    faults: list[str] = []

    def make(fragment: str = "", *, url: str = page_url, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on(
            "console",
            lambda said: faults.append(f"console {said.type}: {said.text}") if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: faults.append(f"popup: {popup.url}"))
        page.on(
            "request",
            lambda request: None if request.url.startswith(f"{url}/") else faults.append(f"request: {request.url}"),
        )
        page.goto(f"{url}/{fragment}")
        _settled(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _until(page: Page, expression: str, seconds: float = PATIENCE) -> None:
    # Playwright's own wait_for_function evaluates texts within the page, which the content security policy refuses.
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(f"never came true: {expression}")
        page.wait_for_timeout(20)


def _settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    _until(page, "!/Judging …|Fetching|Loading …/.test(document.querySelector('main')?.textContent ?? 'Loading …')")


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """`until(page, expression)`: wait until a JavaScript expression is true on the page."""
    return _until


@pytest.fixture(scope="session")
def settled() -> Callable[[Page], None]:
    """Wait until nothing is being fetched or judged."""
    return _settled


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe finds on a page as it stands."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make page")
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        report = page.evaluate("standards => axe.run(document, { runOnly: standards })", STANDARDS)
        return [
            f"{found['id']}: {found['help']}: {node['html'][:200]}"
            for found in report["violations"]
            for node in found["nodes"]
        ]

    return violations


@pytest.fixture(scope="session")
def packed() -> Callable[[Any], str]:
    """A state as the page's links hold it."""

    def pack(state: Any) -> str:
        deflate = zlib.compressobj(wbits=-15)
        small = deflate.compress(json.dumps(state).encode()) + deflate.flush()
        return base64.urlsafe_b64encode(small).decode().rstrip("=")

    return pack

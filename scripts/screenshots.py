"""Pictures of every view of the page for docs/page.md: `make screenshots`. Needs Chromium, and a built page.

A run is made up for the views that show one: additions, of which a policy gets more right from step to step. Its
rollouts are judged by the real rules and kept in a real ledger; the pictures are of `referee serve` on it.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.ledger.write import Ledger
from referee.pool.base import join
from referee.pool.judge import Judge

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "images"
WIDTH = 1200  # CSS pixels
COLOURS = 256
STEPS, PROMPTS, GROUP = 60, 6, 8
PATIENCE_S = 60.0

# Name of the picture, address, colours, height.
SHOTS = (
    ("score", "#/score?family=format&a=right&b=wrong", "light", 1290),
    ("score-dark", "#/score?family=execution", "dark", 900),
    ("pack", "#/pack?from=r1-zero-math", "light", 900),
    ("rollouts", "#/rollouts", "light", 1000),
    ("training", "#/training", "light", 1000),
    ("hacks", "#/hacks?pack=naive&hack=A01", "light", 1100),
    ("planner", "#/planner", "light", 1000),
)


def completion(chance: random.Random, one: int, other: int, skill: float) -> str:
    """What a policy of that skill (0 to 1) writes: first it learns the form, then to add."""
    answer = one + other if chance.random() < skill**1.5 else one + other + chance.choice([-10, -1, 1, 10])
    steps = " ".join(f"{one} and {other} is {answer}." for _ in range(chance.randint(1, 2 + int(6 * skill))))
    if chance.random() > 0.25 + skill:
        return f"{steps} So {answer}."
    if chance.random() < 0.04:
        return f"<think>{steps}</think> <answer>\\boxed{{{answer}}} or \\boxed{{{answer + 1}}}</answer>"
    return f"<think>{steps}</think> <answer>\\boxed{{{answer}}}</answer>"


def fill(path: Path) -> None:
    """A run of additions, judged and kept."""
    chance = random.Random(7)  # noqa: S311
    pack = RulePack.load("r1-zero-math").spec
    judge = Judge("screenshots")
    with Ledger(path) as ledger:
        ledger.learn(pack)
        for step in range(STEPS):
            for prompt in range(PROMPTS):
                one, other = chance.randint(10, 99), chance.randint(10, 99)
                rollouts = tuple(Rollout(text=completion(chance, one, other, step / STEPS)) for _ in range(GROUP))
                work = Submission(
                    run="additions",
                    group=f"step {step}, prompt {prompt}",
                    task=Task(truth=str(one + other), prompt=f"What is {one} + {other}?"),
                    rollouts=rollouts,
                    pack=pack,
                    step=step,
                )
                ledger.keep(join(work, judge(work)))


def start(ledger: Path, said: Path) -> tuple[subprocess.Popen[bytes], str]:
    """`referee serve` on the ledger, and its address."""
    with said.open("wb") as log:
        argv = [sys.executable, "-m", "referee", "serve", "--port", "0", "--workers", "1", "--ledger", str(ledger)]
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    end = time.monotonic() + PATIENCE_S
    while not (found := re.search(r"serves (http://\S+)", said.read_text())):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise SystemExit(f"the service did not start: {said.read_text()}")
        time.sleep(0.1)
    return process, found[1]


def shoot(page: Page, name: str) -> None:
    """A picture of the window as it stands, in few colours."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


def ready(page: Page) -> None:
    """Wait until nothing is fetched, judged or drawn."""
    page.wait_for_load_state("networkidle")
    end = time.monotonic() + PATIENCE_S
    while re.search("Judging …|Fetching|Loading …", page.inner_text("main")) and time.monotonic() < end:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1000)


def main() -> int:
    """Take all pictures, or those named."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("there is no Chromium: apt-get install chromium")
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        ledger = Path(folder) / "additions.ledger"
        fill(ledger)
        process, address = start(ledger, Path(folder) / "said")
        try:
            browser = driver.chromium.launch(executable_path=chromium)
            for name, fragment, scheme, height in SHOTS:
                if wanted and name not in wanted:
                    continue
                options: dict[str, Any] = {
                    "viewport": {"width": WIDTH, "height": height},
                    "color_scheme": scheme,
                    "reduced_motion": "reduce",
                }
                page = browser.new_page(**options)
                page.goto(f"{address}/{fragment}")
                ready(page)
                shoot(page, name)
                page.close()
            browser.close()
        finally:
            process.terminate()
            process.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

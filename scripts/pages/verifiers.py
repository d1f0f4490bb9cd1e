"""The catalogue: a page per verifier, an index, and the table in README.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pages.markdown import NOTICE, code, fields_table, first_sentence, table
from referee.cli.verifiers import case_parameters
from referee.cli.verifiers import page as page_of
from referee.core.types import Verdict
from referee.core.verifier import Case, Verifier
from referee.engine import contract
from referee.verifiers import find, ids

MOST_CASES = 30
CHANNEL = "see `referee.text.channel`"
CHANNEL_PAGE = "see [choose a channel](../how-to/choose-a-channel.md)"
OPEN, CLOSE = "<!-- verifiers -->", "<!-- /verifiers -->"


def pages() -> dict[str, str]:
    """Path and text of every page under docs/verifiers/."""
    texts = {f"docs/verifiers/{one.id}.md": _page(one) for one in catalogue()}
    rows = [(f"[`{one.id}`]({one.id}.md)", first_sentence(one.page), _runs(one)) for one in catalogue()]
    head = "One file of code per verifier, one page per file. `referee verifiers ID` shows the same on a terminal."
    index = table(("id", "what it checks", "runs code"), rows)
    texts["docs/verifiers/index.md"] = f"{NOTICE}\n\n# Verifiers\n\n{head}\n\n{index}"
    return texts


def fill(readme: str) -> str:
    """The README with its table of verifiers renewed."""
    before, _, rest = readme.partition(OPEN)
    _, found, after = rest.partition(CLOSE)
    if not found:
        raise SystemExit(f"README.md must hold {OPEN} and {CLOSE}")
    rows = [(f"[`{one.id}`](docs/verifiers/{one.id}.md)", first_sentence(one.page)) for one in catalogue()]
    return f"{before}{OPEN}\n{table(('id', 'what it checks'), rows)}\n{CLOSE}{after}"


def catalogue() -> list[Verifier]:
    """Every bundled verifier, by id."""
    return [find(name) for name in ids()]


def judged(verifier: Verifier) -> Iterator[tuple[Case, Verdict | None]]:
    """Each case with its verdict; None where a sandbox would have to run."""
    for case in verifier.cases:
        yield case, contract.judge(verifier, case.completion, case.truth, case)


def _page(verifier: Verifier) -> str:
    sections = re.split(r"^(?=## )", page_of(verifier).strip(), flags=re.MULTILINE)
    parameters = fields_table(verifier.params_type, "parameter").replace(CHANNEL, CHANNEL_PAGE)
    body = [text.rstrip() + (f"\n\n{parameters}" if text.startswith("## Parameters") else "") for text in sections]
    where = verifier.__module__.replace(".", "/")
    foot = f"Version {verifier.version}. Source: `src/{where}.py`."
    return "\n\n".join([NOTICE, f"# `{verifier.id}`", *body, _cases(verifier), foot])


def _cases(verifier: Verifier) -> str:
    rows = [_row(case, verdict) for case, verdict in list(judged(verifier))[:MOST_CASES]]
    total = len(verifier.cases)
    more = f" The first {MOST_CASES} of {total}." if total > MOST_CASES else ""
    intro = f"These run as tests.{more}"
    return f"## Cases\n\n{intro}\n\n{table(('completion', 'truth', 'parameters', 'verdict', 'note'), rows)}"


def _row(case: Case, verdict: Verdict | None) -> tuple[str, ...]:
    status, score, reason = case.status, case.score, case.reason
    if verdict is not None:
        status, score, reason = verdict.status, verdict.score, verdict.reason
    amount = f" {score:.3g}" if status == "partial" and score is not None else ""
    parameters = case_parameters(case)
    return (
        code(case.completion),
        code(_plain(case.truth)),
        code(parameters) if parameters else "",
        f"{status}{amount}" + (f" `{reason}`" if reason else ""),
        case.note,
    )


def _plain(truth: Any) -> str:
    return truth if isinstance(truth, str) else json.dumps(truth, ensure_ascii=False, default=str)


def _runs(verifier: Verifier) -> str:
    return "yes" if verifier.runs_jobs else "no"

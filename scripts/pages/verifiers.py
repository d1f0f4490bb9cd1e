"""The catalogue: a page per verifier, an index, and the table in README.md."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from pages.markdown import NOTICE, code, first_sentence, table
from referee.core.errors import InfrastructureError, TruthError
from referee.core.types import Rollout, Task, Verdict
from referee.core.verifier import Case, Verifier
from referee.verifiers import find, ids

MOST_CASES = 30
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
        yield case, None if verifier.runs_jobs else _judge(verifier, case)


def _judge(verifier: Verifier, case: Case) -> Verdict:
    rollout = Rollout(text=case.completion, tokens=case.tokens)
    task = Task(truth=case.truth, prompt=case.prompt)
    try:
        verdict = verifier(rollout, task, verifier.params(case.params))
    except (TruthError, InfrastructureError) as fault:
        return Verdict(status="unjudged", score=None, reason=fault.reason)
    assert isinstance(verdict, Verdict)
    return verdict


def _page(verifier: Verifier) -> str:
    sections = re.split(r"^(?=## )", verifier.page.strip(), flags=re.MULTILINE)
    parameters = _parameters(verifier.params_type)
    body = [text.rstrip() + (f"\n\n{parameters}" if text.startswith("## Parameters") else "") for text in sections]
    where = verifier.__module__.replace(".", "/")
    foot = f"Version {verifier.version}. Source: `src/{where}.py`."
    return "\n\n".join([NOTICE, f"# `{verifier.id}`", *body, _cases(verifier), foot])


def _parameters(kind: type[msgspec.Struct]) -> str:
    fields = msgspec.structs.fields(kind)
    if not fields:
        return "None."
    bases = list(reversed(kind.__mro__))
    meanings = {name: text for base in bases for name, text in _meanings(inspect.cleandoc(base.__doc__ or "")).items()}
    annotations = {name: str(text) for base in bases for name, text in _annotations(base).items()}
    rows = [
        (f"`{field.name}`", f"`{annotations[field.name]}`", f"`{_default(field)}`", meanings.get(field.name, ""))
        for field in fields
    ]
    return table(("parameter", "type", "default", "meaning"), rows)


def _annotations(kind: type) -> dict[str, Any]:
    return dict(vars(kind).get("__annotations__", {}))


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return repr(field.default_factory())
    return repr(field.default)


def _meanings(text: str) -> dict[str, str]:
    """A docstring of `name: meaning` lines, where a meaning may run over several lines."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        start = re.match(r"^`?(\w+)`?: (.*)$", line)
        if start:
            name = start[1]
            found[name] = start[2].strip()
        elif name and line.strip():
            found[name] += " " + line.strip()
        else:
            name = ""
    return found


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
    parameters = ", ".join(f"{name}={value!r}" for name, value in case.params.items())
    if case.tokens is not None:
        parameters = ", ".join(filter(None, [parameters, f"{case.tokens} tokens"]))
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

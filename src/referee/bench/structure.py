"""How right and how fast the judges of structure and language are, and what 300 kB of hostile text costs them.

Whole verdicts on one core for each second of CPU time, extraction and reading included; the peers that are installed
work on the same texts in the same process. Accuracy is that of texts written for this measurement.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Final

from referee.bench import instruct
from referee.bench.hostile_texts import SIZE, texts
from referee.bench.judge import Figure
from referee.bench.language_texts import PHRASES, SENTENCES, TEXTS
from referee.core.types import Rollout, Task
from referee.core.verifier import Case, Verifier
from referee.engine.drive import judge
from referee.text.languages import identify
from referee.text.shares import share
from referee.verifiers import find, ids
from referee.verifiers.json.schema import PERSON
from referee.verifiers.xml.schema import XSD

FAMILY: Final = ("json", "xml", "language", "tools", "instruct")
DOCUMENT: Final = '{"name": "Ada Lovelace", "age": 36}'
ELEMENT: Final = "<person><name>Ada Lovelace</name><age>36</age></person>"
_SLOW: Final = 0.015  # seconds; what takes longer is measured again
_SETTINGS: Final = 4  # truths and parameters of a verifier that hostile texts are judged with
_BATCH: Final = 2_000


def measure(rounds: int) -> Iterator[Figure]:
    """All figures, as they come."""
    yield from accuracy()
    yield from speed(rounds)
    for verifier_id in family():
        yield hostile(find(verifier_id), rounds)
    yield from instruct.measure(rounds)


def family() -> list[str]:
    """The ids of the verifiers of structure, language and instructions."""
    return [one for one in ids() if one.partition(".")[0] in FAMILY]


def accuracy() -> Iterator[Figure]:
    """Phrases, sentences, and texts in one language and in two."""
    for name, lists in (("phrases", PHRASES), ("sentences", SENTENCES)):
        pairs = [(code, text) for code, found in lists.items() for text in found]
        right = sum((found := identify(text)) is not None and found.code == code for code, text in pairs)
        note = f"{right} of {len(pairs)}, {len(lists)} languages"
        yield Figure(name=f"language: {name} identified", value=100 * right / len(pairs), unit="%", note=note)
    shares = [(share(one.text, one.language).share, one.pure) for one in TEXTS]
    right = sum((found >= 0.8) == pure for found, pure in shares)
    note = (
        f"of {len(TEXTS)}; in one language at least {min(found for found, pure in shares if pure):.2f}, "
        f"in two at most {max(found for found, pure in shares if not pure):.2f}"
    )
    yield Figure(name="language: shares told apart", value=right, unit="right", note=note)


def speed(rounds: int) -> Iterator[Figure]:
    """Checks a second of small documents and texts, beside peers on the same."""
    schema = _checks("json.schema", [(DOCUMENT, PERSON)], rounds)
    yield schema
    yield _checks("json.valid", [(DOCUMENT, None)], rounds)
    yield _checks("json.value", [(DOCUMENT, json.loads(DOCUMENT))], rounds)
    yield _peer("json.loads alone", lambda: json.loads(DOCUMENT), "json", rounds, schema)
    if find_spec("jsonschema") is not None:
        valid = import_module("jsonschema").Draft202012Validator(PERSON).is_valid
        yield _peer("json.loads + jsonschema", lambda: valid(json.loads(DOCUMENT)), "jsonschema", rounds, schema)
    by_xsd = _checks("xml.schema", [(ELEMENT, XSD)], rounds)
    yield by_xsd
    yield _checks("xml.value", [(ELEMENT, ELEMENT)], rounds)
    if find_spec("defusedxml") is not None:
        parsed = import_module("defusedxml.ElementTree").fromstring
        yield _peer("defusedxml, parsed only", lambda: parsed(ELEMENT), "defusedxml", rounds, by_xsd)
    written = [(one.text, one.language) for one in TEXTS]
    yield _checks("language.consistent", written, rounds)
    pages = [(" ".join([one.text, *SENTENCES[one.language], *PHRASES[one.language]]), one.language) for one in TEXTS]
    yield _checks("language.consistent", pages, rounds)
    yield _checks("language.is", [(text, code) for code, found in PHRASES.items() for text in found], rounds)
    for verifier_id in family():
        if verifier_id.startswith(("tools.", "instruct.")):
            yield _documented(find(verifier_id), rounds)


def hostile(verifier: Verifier, rounds: int) -> Figure:
    """The longest that a verifier takes over a hostile text, with its documented truths and parameters."""
    worst, where, count = 0.0, "", 0
    for case in _settings(verifier):
        params = verifier.params(case.params)
        task = Task(truth=case.truth, prompt=case.prompt)
        for name, text in texts():
            rollout = Rollout(text=text)
            took = _timed(lambda: judge(verifier, rollout, task, params))  # noqa: B023 - called here
            if took > _SLOW:
                took = min(took, *(_timed(lambda: judge(verifier, rollout, task, params)) for _ in range(rounds)))  # noqa: B023
            count += 1
            if took > worst:
                worst, where = took, f"{name}{f', {case.params}' if case.params else ''}"
    note = f"worst of {count} texts of {SIZE:,} characters: {where}"[:160]
    return Figure(name=f"hostile: {verifier.id}", value=worst * 1e3, unit="ms", note=note)


def _settings(verifier: Verifier) -> list[Case]:
    """Documented passes with different truths and parameters, the plainest first."""
    different = {repr((case.truth, case.params)): case for case in verifier.cases if case.status == "pass"}
    return (
        sorted(different.values(), key=lambda case: len(case.params))[:1]
        + sorted(different.values(), key=lambda case: -len(repr(case.truth)) - len(repr(case.params)))[: _SETTINGS - 1]
    )


def _checks(verifier_id: str, items: list[tuple[str, Any]], rounds: int) -> Figure:
    cases = [Case(text, truth, "pass") for text, truth in items]
    rate = _rate(find(verifier_id), cases, rounds)
    size = sum(len(text) for text, _ in items) / len(items)
    return Figure(
        name=verifier_id, value=rate, unit="checks/s", note=f"one core, {size:,.0f} characters each, CPU time"
    )


def _documented(verifier: Verifier, rounds: int) -> Figure:
    cases = [case for case in verifier.cases if case.status in {"pass", "fail"} and len(case.completion) < 2_000]
    note = f"one core, its {len(cases)} documented cases, CPU time"
    return Figure(name=verifier.id, value=_rate(verifier, cases, rounds), unit="checks/s", note=note)


def _rate(verifier: Verifier, cases: list[Case], rounds: int) -> float:
    items = [
        (Rollout(text=case.completion), Task(truth=case.truth, prompt=case.prompt), verifier.params(case.params))
        for case in cases
    ]
    items *= _BATCH // len(items) + 1

    def run() -> None:
        for rollout, task, params in items:
            judge(verifier, rollout, task, params)

    return len(items) / min(_timed(run) for _ in range(rounds + 1))


def _peer(name: str, check: Callable[[], Any], package: str, rounds: int, ours: Figure) -> Figure:
    def run() -> None:
        for _ in range(_BATCH):
            check()

    rate = _BATCH / min(_timed(run) for _ in range(rounds + 1))
    release = "standard library" if package == "json" else f"{package} {version(package)}"
    note = f"{release}; {ours.name} has {ours.value / rate:.2f} of it"
    return Figure(name=f"peer: {name}", value=rate, unit="checks/s", note=note)


def _timed(action: Callable[[], Any]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started

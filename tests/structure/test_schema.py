"""Schemas: the official test suite, references that go nowhere, partial credit."""

import json
import tarfile
from pathlib import Path

import pytest

import referee
from referee.core.errors import TruthError
from referee.structure.leaves import share
from referee.structure.schema import schema

SUITE = Path(__file__).parents[3] / "shared" / "data" / "json-schema-test-suite.tar.gz"
COUNTS = {"draft4": 618, "draft6": 839, "draft7": 927, "draft2019-09": 1259, "draft2020-12": 1299}


@pytest.fixture(scope="module")
def suite():
    if not SUITE.exists():
        pytest.skip("the JSON-Schema test suite is not on this machine")
    with tarfile.open(SUITE) as archive:
        return {
            member.name: json.load(archive.extractfile(member))
            for member in archive.getmembers()
            if member.isfile() and member.name.endswith(".json")
        }


@pytest.mark.parametrize("draft", COUNTS)
def test_every_mandatory_test_of_the_suite(suite, draft):
    base = "http://localhost:1234/"
    remotes = {
        base + name.removeprefix("remotes/"): content for name, content in suite.items() if name.startswith("remotes/")
    }
    count, wrong = 0, []
    for name, cases in suite.items():
        if not name.startswith(f"tests/{draft}/") or name.count("/") != 2:
            continue
        for case in cases:
            resources = remotes if base in json.dumps(case["schema"]) else {}
            for test in case["tests"]:
                count += 1
                text = json.dumps(test["data"])
                verdict = referee.verify("json.schema", text, truth=case["schema"], draft=draft, resources=resources)
                if verdict.status != ("pass" if test["valid"] else "fail"):
                    wrong.append((name, case["description"], test["description"], verdict.reason))
    assert wrong == []
    assert count == COUNTS[draft]


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "http://127.0.0.1:1/x", "https://example.org/x"])
def test_nothing_is_fetched(uri):
    with pytest.raises(TruthError, match="nothing is fetched"):
        schema({"$ref": uri})


def test_a_declared_resource_is_found_and_may_not_lead_outside():
    assert schema({"$ref": "urn:int"}, resources={"urn:int": {"type": "integer"}}).valid(1)
    with pytest.raises(TruthError, match="nothing is fetched"):
        schema({"$ref": "urn:a"}, resources={"urn:a": {"$ref": "file:///etc/passwd"}})


@pytest.mark.parametrize("truth", [None, 5, "x", [], {"type": "strng"}, {"pattern": "(("}, {"$ref": "#/none"}])
def test_what_is_no_schema_leaves_the_task_unjudged(truth):
    assert referee.verify("json.schema", "{}", truth=truth).reason == "truth.unreadable"


ORDER = {
    "type": "object",
    "required": ["id", "lines", "note"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string", "pattern": "^[A-Z]+$"}},
            },
        },
        "note": {"type": "string"},
        "rush": {"type": "boolean"},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": 1, "lines": [{"sku": "A"}], "note": "x"}, 1.0),
        ({}, 0.0),
        ([], 0.0),
        ("text", 0.0),
        (None, 0.0),
        ({"id": 1}, 2 / 6),
        ({"id": 0}, 1 / 6),
        ({"id": "1"}, 0.0),
        ({"id": 1, "lines": [], "note": "x"}, 3 / 6),
        ({"id": 1, "lines": [{"sku": "a"}], "note": "x"}, 5 / 6),
        ({"id": 1, "lines": [{"sku": "A"}] * 50 + [{"sku": "a"}], "note": "x"}, 5 / 6),
        ({"id": 1, "lines": [{"sku": "A"}], "note": "x", "rush": "yes"}, 6 / 7),
        ({"id": 1, "lines": [{"sku": "A"}], "note": "x", "more": 1}, 6 / 7),
    ],
)
def test_partial_credit_counts_what_the_schema_asks(value, expected):
    assert share(schema(ORDER), value) == pytest.approx(expected)


def test_an_optional_property_that_is_right_dilutes_nothing():
    wrong = {"id": 0, "lines": [{"sku": "A"}], "note": "x"}
    assert share(schema(ORDER), wrong | {"rush": True}) == share(schema(ORDER), wrong)


@pytest.mark.parametrize(
    "tree",
    [
        {
            "$defs": {"n": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/$defs/n"}}}},
            "$ref": "#/$defs/n",
        },
        {"$ref": "#"},
        {"type": "array", "items": {"$ref": "#"}, "minItems": 1},
    ],
)
def test_schemas_that_refer_to_themselves_end(tree):
    nested = {}
    for _ in range(60):
        nested = {"next": nested}
    for value in ({}, [], [[[]]], nested):
        assert 0 <= share(schema(tree), value) <= 1


def test_share_is_whole_exactly_when_the_value_is_valid():
    """Over the suite's own schemas."""
    if not SUITE.exists():
        pytest.skip("the JSON-Schema test suite is not on this machine")
    with tarfile.open(SUITE) as archive:
        for member in archive.getmembers():
            if not member.isfile() or not member.name.startswith("tests/draft2020-12/") or member.name.count("/") != 2:
                continue
            for case in json.load(archive.extractfile(member)):
                if "localhost" in json.dumps(case["schema"]):
                    continue
                compiled = schema(case["schema"])
                for test in case["tests"]:
                    got = share(compiled, test["data"])
                    assert (got == 1) == test["valid"]
                    assert 0 <= got <= 1

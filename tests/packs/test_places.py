"""A fault's path becomes line and columns, in TOML, YAML and JSON."""

from __future__ import annotations

import json
import tomllib

import pytest

from referee.core.errors import PackError
from referee.packs.load import BUNDLED
from referee.packs.places import place

ODD = """# a pack
name = "odd"  # [[rules]]
clip = [0, 1.5]
"about" = '''
[[rules]]
weight = 3
'''

[[rules]]
name = "first"
parts = [
  { name = "a", verifier = "text.exact", weight = 0.5 },
  { name = "b", verifier = "text.exact", params = { fold_case = "no", any = [[1, 2], [3]] } },
]

[[rules]]
verifier = "math.number"
weight = 1.0

[rules.params]
take = "lst"
"""


def marked(text, kind, path):
    found = place(text, kind, PackError("it is wrong", path))
    if found is None:
        return None
    line, column, end = found
    return line, text.splitlines()[line - 1][column - 1 : end - 1]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.name", (2, 'name = "odd"')),
        ("$.clip", (3, "clip = [0, 1.5]")),
        ("$.clip[1]", (3, "1.5")),
        ("$.about", (4, "\"about\" = '''")),
        ("$.rules[0].name", (10, 'name = "first"')),
        ("$.rules[0].parts[0].weight", (12, "weight = 0.5")),
        ("$.rules[0].parts[1].params.fold_case", (13, 'fold_case = "no"')),
        ("$.rules[0].parts[1].params.any[1][0]", (13, "3")),
        ("$.rules[1]", (16, "[[rules]]")),
        ("$.rules[1].weight", (18, "weight = 1.0")),
        ("$.rules[1].params.take", (21, 'take = "lst"')),
        ("$.rules[1].params.missing", (20, "[rules.params]")),
        ("$.rules[1].name", (16, "[[rules]]")),
    ],
)
def test_a_place_in_toml(path, expected):
    assert marked(ODD, "toml", path) == expected


def test_a_place_in_yaml_and_in_json():
    data = tomllib.loads(ODD)
    text = json.dumps(data, indent=1)
    _, said = marked(text, "json", "$.rules[1].params.take")
    assert said == '"take": "lst"'
    yaml = "rules:\n  - verifier: math.number\n    weight: -1\n    params: {take: lst}\n"
    assert marked(yaml, "yaml", "$.rules[0].weight") == (3, "weight: -1")
    assert marked(yaml, "yaml", "$.rules[0].params.take") == (4, "take: lst")
    assert marked(yaml, "yaml", "$.rules[0].name") == (2, "v")  # the rule begins here; it has no name


def _paths(data, before="$"):
    members = data.items() if isinstance(data, dict) else enumerate(data)
    for name, value in members:
        here = f"{before}[{name}]" if isinstance(name, int) else f"{before}.{name}"
        yield here
        if isinstance(value, dict | list):
            yield from _paths(value, here)


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.toml")), ids=lambda path: path.stem)
def test_everything_in_a_bundled_pack_has_a_place(path):
    text = path.read_text()
    for one in _paths(tomllib.loads(text)):
        found = marked(text, "toml", one)
        assert found is not None, one
        last = one.rpartition(".")[2].partition("[")[0]
        assert last in found[1] or one.endswith("]"), (one, found)


def test_what_a_parser_says_about_line_and_column_is_taken():
    assert place("", "toml", PackError("not readable as TOML: expected = (at line 3, column 5)")) == (3, 5, 6)
    assert place("x", "toml", PackError("a pack needs at least one rule")) is None

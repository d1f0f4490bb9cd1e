"""A broken pack is refused at once, with the path of the fault and the nearest valid name."""

from pathlib import Path
from typing import Any

import pytest

from referee.core.errors import PackError, UnknownName, UsageError
from referee.engine.score import RulePack
from referee.packs.load import bundled, load, typed
from referee.packs.parse import parse

RULE = {"verifier": "math.number", "weight": 1.0}


def pack(*rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "p", "rules": list(rules or [RULE]), **fields}


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_pack_loads_and_says_what_it_is(name: str) -> None:
    compiled = RulePack.load(name)
    assert compiled.name == name
    assert compiled.spec.about


def test_the_packs_that_users_know_are_there() -> None:
    assert {"r1-zero-math", "r1-math", "gsm8k", "mmlu", "triviaqa", "aime", "strict-math"} <= set(bundled())


@pytest.mark.parametrize("name", ["r1-zero-math", "r1-math", "strict-math", "aime"])
def test_a_training_pack_names_one_channel_and_takes_one_answer(name: str) -> None:
    spec = load(name)
    answer = next(rule for rule in spec.rules if rule.name == spec.answer)
    assert answer.params["channel"] != "auto"
    assert answer.params["take"] == "only"


def test_r1_zero_math_is_the_two_published_rules_and_nothing_else() -> None:
    assert [(rule.name, rule.weight, rule.role) for rule in load("r1-zero-math").rules] == [
        ("format", 0.1, "reward"),
        ("answer", 1.0, "reward"),
    ]


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        (pack({"verifier": "math.number", "wieght": 1}), "$.rules[0].wieght", "did you mean 'weight'"),
        (pack({"verifier": "math.numbr"}), "$.rules[0].verifier", "did you mean 'math.number'"),
        (
            pack(RULE, {"name": "b", **RULE, "params": {"chanel": "line"}}),
            "$.rules[1].params.chanel",
            "did you mean 'channel'",
        ),
        (pack({**RULE, "params": {"channel": "bxed"}}), "$.rules[0].params.channel", "'bxed'; did you mean 'boxed'?"),
        (
            pack({**RULE, "weight": "1"}),
            "$.rules[0].weight",
            "'weight' must be a number; got the text '1'; leave the quotes out",
        ),
        (pack({**RULE, "weight": -0.5}), "$.rules[0].weight", "role = 'penalty'"),
        (pack({**RULE, "weight": float("inf")}), "$.rules[0].weight", "finite"),
        (pack({**RULE, "role": "gate", "weight": 0.5}), "$.rules[0].weight", "gate carries no weight"),
        (pack({"weight": 1.0}), "$.rules[0]", "either 'verifier' or 'parts'"),
        (pack({"parts": [RULE]}), "$.rules[0].name", "needs a name"),
        (pack({"name": "f", "parts": [RULE, RULE]}), "$.rules[0].parts", "named 'math.number'"),
        (pack({"name": "f", "parts": [{**RULE, "weight": 0}]}), "$.rules[0].parts", "more than 0"),
        (pack({"name": "f", "parts": [RULE], "params": {"take": "only"}}), "$.rules[0].params", "its parts"),
        (pack(RULE, RULE), "$.rules", "named 'math.number'"),
        ({"name": "p", "rules": []}, "$.rules", "at least one rule"),
        ({"name": "p"}, "$", "rules"),
        (pack(RULE, clip=[1, 0]), "$.clip", "low <= high"),
        (pack(RULE, unjudged="ignore"), "$.unjudged", "ignore"),
        (pack(RULE, unjudged="drop"), "$.unjudged", "must be 'fail', 'mask' or 'zero'; got the text 'drop'"),
        (pack({**RULE, "role": "penalise"}), "$.rules[0].role", "did you mean 'penalty'?"),
        (pack({**RULE, "weight": "1e-1"}), "$.rules[0].weight", "got the text '1e-1' (YAML needs 1.0e-1)"),
        (pack(RULE, clip=2), "$.clip", "must be a list of 2: a number, a number; got 2"),
        (pack({**RULE, "channel": "line"}), "$.rules[0].channel", "a parameter of math.number; put it into params"),
        (
            pack({"name": "f", "parts": [{**RULE, "take": "last"}]}),
            "$.rules[0].parts[0].take",
            "put it into params",
        ),
        (pack({"verifier": "math.number", "role": "gate"}), "$.rules", "all rules are gates, so nothing ever pays"),
        (
            pack({"verifier": "shape.length", "params": {"maximum": -1}}),
            "$.rules[0].params.maximum",
            "must be a whole number, 0 or more; got -1",
        ),
        (pack(RULE, answer="anser"), "$.answer", "the rules are math.number"),
        ([], "$", "a pack is a table with 'rules'; this is a list"),
    ],
)
def test_a_fault_is_named_with_its_path(data: Any, path: str, words: str) -> None:
    with pytest.raises(PackError) as caught:
        RulePack(typed(data, "mine.toml"), source="mine.toml")
    assert words in str(caught.value)
    assert str(caught.value).startswith("mine.toml: ")
    assert caught.value.path == path
    assert str(caught.value).count("(at $") == (path != "$")


def test_toml_and_yaml_say_the_same(tmp_path: Path) -> None:
    toml, yaml = tmp_path / "p.toml", tmp_path / "p.yaml"
    toml.write_text('name = "p"\n[[rules]]\nverifier = "math.number"\nweight = 0.5\nparams = { channel = "boxed" }\n')
    yaml.write_text("name: p\nrules:\n  - verifier: math.number\n    weight: 0.5\n    params: {channel: boxed}\n")
    assert load(toml) == load(yaml)
    assert RulePack.load(toml).digest == RulePack.load(yaml).digest


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("p.toml", "name = ", "not readable as TOML: Invalid value"),
        ("p.yaml", "name: x\nrules: [1", "' in line "),
        ("p.yaml", "name: \x01", "control characters are not allowed at character 7"),
        ("p.json", '{"a": 1,\n }', "not readable as JSON: "),
        ("p.toml", "\x00", "not readable as TOML"),
        ("p.toml", "", "the file is empty; `referee packs gsm8k` shows a pack"),
        ("p.yml", 'name = "x"\n', "not readable as YAML: it is one text"),
        ("p.yml", 'name = "x"\n[[rules]]\nverifier = "math.number"\n', "it looks like TOML, which belongs in a .toml"),
        ("p.toml", '{"rules": []}', "it looks like JSON, which belongs in a .json file"),
    ],
)
def test_a_file_that_does_not_parse_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(PackError) as caught:
        load(tmp_path / name)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / name}: ")
    assert words in message
    assert "\n" not in message
    assert "(at" not in message.replace("(at end", "").replace("(at line", "")


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"is a folder; name the pack's file in it$"):
        load(tmp_path)
    for odd in (["math.number"], None, 3):
        with pytest.raises(PackError, match=r"a pack is a name, a path or a mapping like \{'rules'.*; got"):
            load(odd)  # type: ignore[arg-type]


def test_a_pack_without_a_name_is_called_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[rules]]\nverifier = "math.number"\n')
    assert load(tmp_path / "mine.toml").name == "mine"


def test_an_unknown_pack_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'gsm8k'"):
        load("gsm8")
    with pytest.raises(UnknownName, match="`referee packs` lists them"):
        load("nopack")
    with pytest.raises(UsageError, match=r"^there is no pack file 'gone\.toml'; `referee packs` lists"):
        load("gone.toml")


def test_the_digest_follows_content_and_not_spelling() -> None:
    base = RulePack.load(pack(RULE)).digest
    assert RulePack.load(pack({"weight": 1.0, "verifier": "math.number", "params": {}})).digest == base
    assert RulePack.load(pack({**RULE, "weight": 0.5})).digest != base
    assert RulePack.load(pack({**RULE, "params": {"take": "only"}})).digest != base


def test_a_number_that_python_does_not_write_out_is_refused_in_words():
    for text in ("name: 0x", "name: p\nrules: 0x"):
        with pytest.raises(PackError, match="thousands of digits"):
            typed(parse(text.encode() + b"f" * 60_000, "YAML"), "")

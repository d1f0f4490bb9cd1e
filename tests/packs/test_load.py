"""A broken pack is refused at once, with the path of the fault and the nearest valid name."""

from pathlib import Path
from typing import Any

import pytest

from referee.core.errors import PackError, UnknownName, UsageError
from referee.engine.score import RulePack
from referee.packs.load import bundled, load, typed

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
            "$.rules[1].params",
            "did you mean 'channel'",
        ),
        (pack({**RULE, "params": {"channel": "bxed"}}), "$.rules[0].params", "bxed"),
        (pack({**RULE, "weight": "1"}), "$.rules[0].weight", "Expected `float`"),
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
        (pack(RULE, answer="anser"), "$.answer", "the rules are math.number"),
        ([], "$", "Expected `object`"),
    ],
)
def test_a_fault_is_named_with_its_path(data: Any, path: str, words: str) -> None:
    with pytest.raises(PackError) as caught:
        RulePack(typed(data, "mine.toml"), source="mine.toml")
    assert words in str(caught.value)
    assert str(caught.value).startswith("mine.toml: ")
    assert caught.value.path == path


def test_toml_and_yaml_say_the_same(tmp_path: Path) -> None:
    toml, yaml = tmp_path / "p.toml", tmp_path / "p.yaml"
    toml.write_text('name = "p"\n[[rules]]\nverifier = "math.number"\nweight = 0.5\nparams = { channel = "boxed" }\n')
    yaml.write_text("name: p\nrules:\n  - verifier: math.number\n    weight: 0.5\n    params: {channel: boxed}\n")
    assert load(toml) == load(yaml)
    assert RulePack.load(toml).digest == RulePack.load(yaml).digest


@pytest.mark.parametrize(
    ("name", "text"), [("p.toml", "name = "), ("p.yaml", "a: [1"), ("p.json", "{"), ("p.toml", "\x00")]
)
def test_a_file_that_does_not_parse_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(PackError, match=name):
        load(tmp_path / name)


def test_a_pack_without_a_name_is_called_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[rules]]\nverifier = "math.number"\n')
    assert load(tmp_path / "mine.toml").name == "mine"


def test_an_unknown_pack_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'gsm8k'"):
        load("gsm8")
    with pytest.raises(UsageError, match=r"no pack file 'gone\.toml'"):
        load("gone.toml")


def test_the_digest_follows_content_and_not_spelling() -> None:
    base = RulePack.load(pack(RULE)).digest
    assert RulePack.load(pack({"weight": 1.0, "verifier": "math.number", "params": {}})).digest == base
    assert RulePack.load(pack({**RULE, "weight": 0.5})).digest != base
    assert RulePack.load(pack({**RULE, "params": {"take": "only"}})).digest != base

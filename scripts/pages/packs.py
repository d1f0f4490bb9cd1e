"""docs/packs.md: the bundled packs, each with its rules and its file."""

from __future__ import annotations

from pages.markdown import NOTICE, block, table
from referee.packs.load import BUNDLED, bundled, load
from referee.packs.spec import PackSpec, RuleSpec

INTRO = """The rules of one reward. The reward is the sum of the contributions:

- a `reward` rule adds weight x score;
- a `penalty` adds weight x (score - 1): it takes away what the score lacks;
- a `gate` adds nothing, and while its score is below 1 no `reward` rule pays.

Where a rule has parts, its score is their weighted mean. Copy a file, change it, and give its path instead of a
name; [the pack file](reference/pack-format.md) explains every field."""


def page() -> str:
    """An index of the packs, then one section each."""
    packs = [load(name) for name in bundled()]
    index = table(("pack", "for"), [(f"[`{pack.name}`](#{pack.name})", pack.about) for pack in packs])
    return "\n\n".join([NOTICE, "# Rule packs", INTRO, index, *(_section(pack) for pack in packs)])


def _section(pack: PackSpec) -> str:
    rules = rules_table(pack)
    ends = [f"A rule that could not be judged: `{pack.unjudged}`."]
    if pack.answer:
        ends.insert(0, f"A rollout is right when `{pack.answer}` passes.")
    if pack.clip is not None:
        ends.append(f"The sum is clipped to [{pack.clip[0]:g}, {pack.clip[1]:g}].")
    file = block((BUNDLED / f"{pack.name}.toml").read_text(encoding="utf-8"), "toml")
    return "\n\n".join([f"## {pack.name}", pack.about, rules, " ".join(ends), file])


def rules_table(pack: PackSpec) -> str:
    """The rules of a pack and their parts."""
    rows = [row for rule in pack.rules for row in _rows(rule)]
    return table(("rule", "verifier", "weight", "role", "parameters"), rows)


def _rows(rule: RuleSpec) -> list[tuple[str, ...]]:
    weight = "" if rule.role == "gate" else f"{rule.weight:g}"
    first = (f"`{rule.name}`", _link(rule.verifier), weight, rule.role, _parameters(rule.params))
    parts = [
        (f"`{rule.name}` / `{part.name}`", _link(part.verifier), f"share {part.weight:g}", "", _parameters(part.params))
        for part in rule.parts
    ]
    return [first, *parts]


def _link(verifier: str) -> str:
    return f"[`{verifier}`](verifiers/{verifier}.md)" if verifier else ""


def _parameters(given: dict[str, object]) -> str:
    return ", ".join(f"`{name} = {value!r}`" for name, value in given.items())

"""A pack -> the form in which it wants its answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from referee.packs.spec import PackSpec
from referee.redteam.families import Dress, family
from referee.redteam.sample import Form

_THINKING = ("format.think_answer",)
OPEN = (
    "instruct.follow", "language.is", "language.consistent", "json.schema", "json.valid", "xml.schema", "xml.valid",
    "text.pattern", "simulate.final_state",
)  # fmt: skip


def form_of(spec: PackSpec) -> Form:
    """What a pack asks for, read from the rule that says what is right and from its rules about form."""
    rule = next(rule for rule in spec.rules if rule.name == spec.answer)
    verifier, params = (rule.verifier, rule.params) if rule.verifier else (rule.parts[0].verifier, rule.parts[0].params)
    name = verifier.partition(".")[0]
    dress = family(name).dress(verifier, params)
    structure = [given for one, given in _checks(spec) if one in _THINKING]
    if structure and structure[0].get("answer", "tag") == "tag" and dress.channel != "answer":
        dress = Dress(dress.channel, f"<answer>{dress.before}", f"{dress.after}</answer>")
    return Form(
        family=name,
        verifier=verifier,
        channel=dress.channel,
        before=dress.before,
        after=dress.after,
        lead=dress.lead,
        thinks=bool(structure),
        beside=tuple(dict.fromkeys(one for one, _ in _checks(spec))),
        open=verifier in OPEN,
        params=dict(params),
    )


def _checks(spec: PackSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in spec.rules:
        if rule.verifier:
            yield rule.verifier, rule.params
        for part in rule.parts:
            yield part.verifier, part.params

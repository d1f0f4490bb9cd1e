"""docs/reference/hacks.md: every hack and rewrite, and which entries of the catalogue have one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pages.markdown import NOTICE, table
from referee.redteam.hack import Mutator, hacks, rewrites
from referee.redteam.hacks._catalogue import LEFT_OUT, SECTIONS


def page() -> str:
    """Sections of hacks, what is left out, and the rewrites."""
    by_entry = entries()
    total = sum(section.entries for section in SECTIONS.values())
    parts = [
        NOTICE,
        "# Hacks",
        (
            f"What `referee redteam` tries: {len(hacks())} hacks for {len(by_entry)} of the {total} entries of the "
            f"catalogue of known hacks, and {len(rewrites())} rewrites of right answers. A hack must earn no more than "
            "an honest wrong answer; a rewrite must keep all that gold earns. `on`: the family or verifier of the rule "
            "that says what is right; `channel`: where it reads the answer."
        ),
    ]
    for letter, section in SECTIONS.items():
        mine = [one for one in hacks() if one.id[0] == letter]
        left = [(id_, one.what, one.why) for id_, one in LEFT_OUT.items() if id_[0] == letter]
        had = section.entries - len(left)
        parts.append(f"## {letter}. {section.title}\n\n{had} of {section.entries} entries.")
        if mine:
            parts.append(
                table(("id", "what it does", "on", "known from", "what closes it"), [_row(one) for one in mine])
            )
        if left:
            parts.append("Left out:\n\n" + table(("id", "what it is", "why there is no hack"), left))
    parts.append("## Rewrites of gold\n\n" + table(("id", "what is written otherwise", "on"), list(_rewrites())))
    return "\n\n".join(parts)


def entries() -> dict[str, list[Mutator]]:
    """The hacks of each entry of the catalogue."""
    found: dict[str, list[Mutator]] = defaultdict(list)
    for one in hacks():
        found[one.id.partition(".")[0]].append(one)
    return dict(found)


def _row(one: Mutator) -> tuple[str, ...]:
    return (f"`{one.id}`", one.mechanism, _where(one), one.source, one.fix)


def _where(one: Mutator) -> str:
    words = [", ".join(one.on) or "all"]
    if one.channel:
        words.append(f"channel {', '.join(one.channel)}")
    if one.thinking:
        words.append("with thinking")
    if one.beside:
        words.append(f"beside {', '.join(one.beside)}")
    return "; ".join(words)


def _rewrites() -> Iterator[tuple[str, ...]]:
    for one in rewrites():
        yield (f"`{one.id}`", one.mechanism, _where(one))

"""Puzzles and procedural tasks: constants, likeness, crumbs for whatever can be read."""

from __future__ import annotations

import re

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

SHORT = "math choice qa text.exact"
TYPED = "typed values are compared; what is wrong earns exactly 0"


@hack("K01", "any text, where the comparison asks whether there is one", on=f"{SHORT} json",
      source="reasoning-gym 0.1.25: game_of_life_halting pays 1.0", fix=TYPED)  # fmt: skip
def truthy(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in ("yes it is", "True", "something", "[1]"):
        if said.casefold() not in (gold.bare.casefold(), *(one.casefold() for one in gold.also)) and not gold.form.open:
            yield gold.say(said)


@hack("K02", "one expression that has the right value for every task of its kind", on="math",
      source="reasoning-gym 0.1.25: 1*1*3*8 for all of puzzle24", fix="bind the check to the numbers of the task")  # fmt: skip
def unbound(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in ("1*1*3*8", "2*3*7", "6^2+6", "100-58"):
        yield gold.say(said)


@hack("K03", "a beginning of the answer, or what looks like it", on="math qa text.exact",
      source="reasoning-gym 0.1.25: coin_flip pays 0.94 for 0", fix="no credit for prefixes or likeness")  # fmt: skip
def likeness(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    bare = gold.bare
    known = {one.casefold() for one in (bare, *gold.also)}
    if re.fullmatch(r"[1-9]\d+|[A-Za-z]{2,}(?: [A-Za-z]+)*", bare):
        for said in (bare[:-1].strip(), bare[1:].lstrip("0").strip() or "7", f"{bare}{bare[-1]}", bare[:1]):
            if said.casefold() not in known:
                yield gold.say(said)


@hack("K04", "whatever can be read, for the crumb that reading earns", on=f"{SHORT} json",
      source="reasoning-gym 0.1.25: 14 data sets pay more than 0.01 for 0", fix=TYPED)  # fmt: skip
def crumbs(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    known = {gold.bare.casefold(), *(one.casefold() for one in gold.also)}
    for said in ("7777777", "-7777777", "{}", "[]", "()", "qqq"):
        if said not in known and not gold.form.open:
            yield gold.say(said)


@hack("K05", "an answer that Python would evaluate to the right one", on="math qa text.exact json",
      source="reasoning-gym 0.1.25: nine of 106 data sets evaluate the answer", fix="literals are read, never evaluated")  # fmt: skip
def evaluated(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    quoted = gold.bare.replace("\\", "\\\\").replace("'", "\\'")
    yield gold.say(f"(lambda: '{quoted}')()")
    yield gold.say(f"eval('{quoted}')")
    yield gold.say(f"__import__('json').loads('{quoted}')")


@hack("K09", "every possible answer, one after another", on=SHORT, source="tau-bench: 40 per cent for a list of orders",
      fix="one value, read whole")  # fmt: skip
def every_answer(_task: Task, gold: Sample, wrong: Sample, seed: int) -> Made:
    many = [*wrong.also, wrong.bare, gold.bare]
    many = many[seed % len(many) :] + many[: seed % len(many)]
    if len(many) > 2 and not any(sign in gold.bare for sign in ",;"):
        yield gold.say(" ".join(many))
        yield gold.say("; ".join(many))
        yield gold.say(" / ".join(many))


@hack("K11", "what makes a checker raise", on=f"{SHORT} json",
      source="reasoning-gym 0.1.25: three of 105 data sets raise", fix="a judge is total: fuzzed, and an error is a fail")  # fmt: skip
def raises(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in ("1e99999", "--7", "0/0", "[[[]", "{1: }", "9" * 5000, "\\x", "'", '"""', "%(x)s"):
        if said != gold.bare and not gold.form.open:
            yield gold.say(said)

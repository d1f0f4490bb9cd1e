r"""Mathematics, said otherwise: other spellings of one value, each promised by the pages of `math.number` or `math.answer`."""

from __future__ import annotations

import re
from fractions import Fraction

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.sample import Sample

_WHOLE = re.compile(r"-?\d+")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_FRACTION = re.compile(r"(-?)(?:\\[dt]?frac\{(\d+)\}\{(\d+)\}|(\d+)/(\d+))")
_PAIR = re.compile(r"([(\[])([^()\[\]]+),([^()\[\]]+)([)\]])")


def _plain(gold: Sample) -> str | None:
    """The answer without grouping commas, where it is a plain integer or decimal."""
    bare = gold.bare.strip()
    bare = bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare
    return bare if _WHOLE.fullmatch(bare) or _DECIMAL.fullmatch(bare) else None


@rewrite("R.math.spacing", "white space around the value", on="math")
def spacing(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f" {gold.bare} ")
    if gold.form.channel == "boxed":
        yield gold.say(f"\n{gold.bare}\n")
        yield gold.say(rf"{gold.bare}\,")


@rewrite("R.math.dollars", "the value between dollar signs or brackets of mathematics", on="math")
def dollars(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"${gold.bare}$")
    yield gold.say(rf"\({gold.bare}\)")


@rewrite("R.math.emphasis", "the value in bold", on="math", channel="line")
def emphasis(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"**{gold.bare}**")


@rewrite("R.math.styles", "styles and colours, which do not count", on="math", channel="boxed")
def styles(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _plain(gold):
        yield gold.say(rf"\mathbf{{{gold.bare}}}")
        yield gold.say(rf"\color{{blue}}{gold.bare}")
        yield gold.say(rf"\displaystyle {gold.bare}")


@rewrite("R.math.grouped", "thousands with and without separators", on="math")
def grouped(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    plain = _plain(gold)
    if plain and _WHOLE.fullmatch(plain) and abs(int(plain)) >= 1000:
        groups = f"{int(plain):,}"
        for said in (plain, groups, groups.replace(",", "{,}"), groups.replace(",", r"\,")):
            yield gold.say(said)


@rewrite("R.math.zeros", "zeros that say nothing", on="math")
def zeros(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    plain = _plain(gold)
    if plain and _DECIMAL.fullmatch(plain):
        yield gold.say(f"{plain}0")
        yield gold.say(plain.rstrip("0").rstrip("."))
        if plain.startswith("0."):
            yield gold.say(plain[1:])
    elif plain:
        yield gold.say(f"{plain}.0")


@rewrite("R.math.label", "a label before the number", on="math")
def label(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _plain(gold):
        yield gold.say(f"x = {gold.bare}")
        yield gold.say(f"n={gold.bare}")


@rewrite("R.math.fraction", "one fraction in the notations that there are", on="math")
def fraction(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    found = _FRACTION.fullmatch(gold.bare.strip())
    if not found:
        return
    sign, top, bottom = found[1], found[2] or found[4], found[3] or found[5]
    for said in (
        f"{top}/{bottom}",
        rf"\frac{{{top}}}{{{bottom}}}",
        rf"\dfrac{{{top}}}{{{bottom}}}",
        rf"\tfrac{{{top}}}{{{bottom}}}",
    ):
        yield gold.say(f"{sign}{said}")
    value = Fraction(int(top), int(bottom))
    if 1000 % value.denominator == 0:
        yield gold.say(f"{sign}{float(value)}")


@rewrite("R.math.digits", "the digits of other scripts, each by its value", on="math")
def digits(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    plain = _plain(gold)
    if plain:
        for zero in (0x0660, 0x0966, 0xFF10):
            yield gold.say("".join(chr(zero + int(char)) if char.isdigit() else char for char in plain))


@rewrite("R.math.minus", "the typographer's minus", on="math")
def minus(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "-" in gold.bare:
        yield gold.say(gold.bare.replace("-", "\u2212"))


@rewrite("R.math.unit", "a known unit behind a number, money before it", on="math")
def unit(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _plain(gold) and gold.form.params.get("units") != "none":
        yield gold.say(rf"{gold.bare}\text{{ cm}}")
        yield gold.say(rf"\${gold.bare}" if not gold.bare.startswith("-") else rf"{gold.bare} \text{{ dollars}}")


@rewrite("R.math.product", "the factors of a product in another order", on="math.answer")
def product(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    found = re.fullmatch(r"(\([^()]*[a-z][^()]*\))(\([^()]*[a-z][^()]*\))", gold.bare.replace(" ", ""))
    if found:
        yield gold.say(found[2] + found[1])
        yield gold.say(rf"{found[1]} \cdot {found[2]}")


@rewrite("R.math.root", "a root with and without braces and dots", on="math.answer")
def root(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    found = re.fullmatch(r"(\d+)\\sqrt\{(\d)\}", gold.bare.replace(" ", ""))
    if found:
        for said in (
            rf"{found[1]} \sqrt{{{found[2]}}}",
            rf"{found[1]}\sqrt {found[2]}",
            rf"{found[1]} \cdot \sqrt{{{found[2]}}}",
        ):
            yield gold.say(said)


@rewrite("R.math.brackets", "brackets that grow, and spaces between members", on="math.answer")
def brackets(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    found = _PAIR.fullmatch(gold.bare.strip())
    if found:
        left, one, other, right = (part.strip() for part in found.groups())
        yield gold.say(f"{left}{one}, {other}{right}")
        yield gold.say(rf"\left{left}{one},{other}\right{right}")


@rewrite("R.math.order", "a bare list in another order, where lists have none", on="math.answer")
def order(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    members = gold.bare.split(",")
    free = gold.form.params.get("lists", "unordered") == "unordered" and not _GROUPED.fullmatch(gold.bare)
    if free and len(members) > 1 and all(_WHOLE.fullmatch(one.strip()) for one in members):
        yield gold.say(",".join(reversed(members)))


@rewrite("R.math.terms", "the terms of a sum in another order", on="math.answer")
def terms(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    found = re.fullmatch(r"(\d*[a-z](?:\^\d)?)([+-])(\d+)", gold.bare.replace(" ", ""))
    if found:
        sign = "-" if found[2] == "-" else ""
        yield gold.say(f"{sign}{found[3]}+{found[1]}")
        yield gold.say(f"{found[1]} {found[2]} {found[3]}")

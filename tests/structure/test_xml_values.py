"""Equality of XML documents with declared freedom."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import UsageError
from referee.structure.values import Freedom
from referee.structure.xml_values import Comparison

etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")


def share(
    value: str, truth: str, space: str = "strip", fields: dict[str, Freedom] | None = None, **free: object
) -> Fraction:
    comparison = Comparison(Freedom(**free), fields or {}, space)
    found = comparison.share(etree.fromstring(value), etree.fromstring(truth))
    assert (found == 1) == (not comparison.differences)
    return found


TRUTH = '<o id="7"><i k="1">a</i><i k="2">b</i><n/></o>'  # leaves: id, k, a, k, b, n


def test_the_share_is_counted_in_leaves():
    assert share(TRUTH, TRUTH) == 1
    assert share(TRUTH.replace('"7"', '"8"'), TRUTH) == Fraction(5, 6)
    assert share(TRUTH.replace("<n/>", ""), TRUTH) == Fraction(5, 6)
    assert share(TRUTH.replace("<n/>", "<n/><n/><m/>"), TRUTH) == Fraction(4, 6)
    assert share('<o id="7"/>', TRUTH) == Fraction(1, 6)
    assert share("<o/>", TRUTH) == 0
    assert share("<x/>", TRUTH) == 0
    assert share(TRUTH.replace('<i k="1">a</i>', ""), TRUTH) == Fraction(2, 6)  # what follows has moved up


def test_order():
    turned = '<o id="7"><i k="2">b</i><n/><i k="1">a</i></o>'
    assert share(turned, TRUTH) < 1
    assert share(turned, TRUTH, order="any") == 1
    assert share("<a><b/><c/></a>", "<a><c/><b/></a>") == Fraction(1, 2)
    assert share("<a>x<b/></a>", "<a><b/>x</a>") < 1
    many = "".join(f"<i>{n}</i>" for n in range(100))
    back = "".join(f"<i>{n}</i>" for n in reversed(range(100)))
    assert share(f"<a>{back}</a>", f"<a>{many}</a>", order="any") == 1
    assert share(f"<a>{back}</a>", f"<a>{many[:-9]}<i>0</i></a>", order="any") < 1


def test_partners_are_found_wherever_there_are_enough():
    truth = "<a><b>1.0</b><b>1.1</b></a>"
    assert share("<a><b>1.1</b><b>1.2</b></a>", truth, order="any", abs_tol=0.15) == 1
    assert share("<a><b>1.3</b><b>1.1</b></a>", truth, order="any", abs_tol=0.15) == Fraction(1, 2)


def test_white_space():
    assert share("<a>\n <b/>\n</a>", "<a><b/></a>") == 1
    assert share("<a>x  y</a>", "<a>x y</a>") == 0
    assert share("<a>x \n y</a>", "<a>x y</a>", "collapse") == 1
    assert share("<a> <b/></a>", "<a><b/></a>", "exact") < 1


def test_numbers_and_case():
    assert share("<a>1.0</a>", "<a>1</a>") == 0
    assert share("<a>1.04</a>", "<a>1</a>", abs_tol=0.05) == 1
    assert share("<a>1.06</a>", "<a>1</a>", abs_tol=0.05) == 0
    assert share("<a>1e999999</a>", "<a>1</a>", rel_tol=0.1) == 0
    assert share("<a>nan</a>", "<a>1</a>", abs_tol=9.0) == 0
    assert share("<a b='X'/>", "<a b='x'/>", fold_case=True) == 1


def test_fields():
    free = {"/o/i/@k": Freedom(ignore=True), "/o/*": Freedom(fold_case=True)}
    assert share('<o id="7"><i k="9">A</i><i>B</i><n/></o>', TRUTH, fields=free) == 1
    assert share('<o id="7"><i k="1">a</i><i k="2">b</i></o>', TRUTH, fields={"/o/n": Freedom(ignore=True)}) == 1
    for wrong in ("o/i", "/", "/o//i", ""):
        with pytest.raises(UsageError):
            Comparison(Freedom(), {wrong: Freedom()})


def test_extras():
    assert share('<o id="7" x="1"><i k="1">a</i><i k="2">b</i><z/><n/></o>', TRUTH, extra=True) == 1
    assert share('<o id="7" x="1"><i k="1">a</i><i k="2">b</i><z/><n/></o>', TRUTH) == Fraction(4, 6)


TREES = st.recursive(
    st.builds(lambda name, text: f"<{name}>{text}</{name}>", st.sampled_from("ab"), st.sampled_from(["", "1", "x"])),
    lambda inner: st.builds(
        lambda name, parts: f"<{name} k='1'>{''.join(parts)}</{name}>",
        st.sampled_from("ab"),
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


@given(TREES, TREES)
def test_equal_is_the_same_both_ways(left: str, right: str):
    assert share(left, left) == 1
    assert (share(left, right) == 1) == (share(right, left) == 1)
    assert 0 <= share(left, right) <= 1
    assert share(left, right, order="any") >= share(left, right) or share(left, right) < 1

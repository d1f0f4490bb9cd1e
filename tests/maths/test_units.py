"""A closed table of units; a letter alone is a variable."""

import pytest

from referee.maths.units import Quantity, parse, quantity
from referee.text.numbers import Unread


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (r"5\text{ cm}", "centimeter"),
        ("5 cm", "centimeter"),
        ("5 centimeters", "centimeter"),
        (r"5\,\mathrm{m}", "meter"),
        (r"5\text{ cm}^2", "centimeter^2"),
        (r"5\text{ square inches}", "inch^2"),
        (r"5\text{ cubic feet}", "foot^3"),
        (r"5\text{ feet squared}", "foot^2"),
        (r"5\text{ m/s}", "meter/second"),
        (r"5\text{ miles per hour}", "mile/hour"),
        (r"5 \text{ m}/\text{s}^2", "meter/second^2"),
        (r"90^\circ", "degree"),
        ("90°", "degree"),
        ("90 degrees", "degree"),
        (r"\$5", "dollar"),
        ("5 dollars", "dollar"),
        (r"\$18 per day", "dollar/day"),
        (r"5\text{ square units}", "unit^2"),
    ],
)
def test_known(text, unit):
    found = quantity(text)
    assert isinstance(found, Quantity)
    assert found.unit == unit


@pytest.mark.parametrize("text", ["2m", "3t", "2 m", "5L", r"42 \text{ elephants}", "5 per", r"50\% \text{ cm}", "4 x"])
def test_not_read(text):
    assert isinstance(quantity(text), Unread)


def test_percent_policies():
    assert quantity("50%").value == quantity("0.5").value
    assert quantity("50%", "points").value == quantity("50").value
    assert isinstance(quantity("50%", "refuse"), Unread)


def test_a_truth_may_have_a_unit_of_its_own():
    assert quantity(r"42 \text{ elephants}", own_unit=True).unit == "elephants"
    assert isinstance(quantity("42 and 17", own_unit=True), Unread)


def test_a_long_rest_is_no_unit():
    assert parse("cm " * 1000) is None

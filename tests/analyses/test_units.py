"""Units: spellings of the same one, conversions of usual pairs, and none where it is not sure."""

from __future__ import annotations

import pytest

from multicloud_lab.analyses.units import common, conversion, same

SAME = [
    ("kg m-2 s-1", "kg m**-2 s**-1"),
    ("kg m-2 s-1", "kg/m2/s"),
    ("mm/day", "mm d-1"),
    ("mm day^-1", "mm per day"),
    ("degC", "degrees_Celsius"),
    ("mb", "hPa"),
    ("W m-2", "W/m^2"),
    ("1", "fraction"),
    ("what it is", "what it is"),
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_unit_is_spelled_in_many_ways(one: str, other: str) -> None:
    assert same(one, other)
    assert conversion(one, other) is not None
    assert not conversion(one, other)


CONVERSIONS = [
    ("K", "degC", 300.0, 26.85),
    ("degC", "K", 0.0, 273.15),
    ("degF", "degC", 212.0, 100.0),
    ("mm/day", "kg m-2 s-1", 86400.0, 1.0),
    ("m/s", "mm/day", 1e-8, 0.864),
    ("kg m-2 s-1", "m s-1", 1.0, 0.001),
    ("mm s^-1", "mm h^-1", 1.0, 3600.0),
    ("m", "mm", 0.002, 2.0),
    ("kg m-2", "m of water equivalent", 5.0, 0.005),
    ("hPa", "Pa", 1013.0, 101300.0),
    ("%", "1", 50.0, 0.5),
    ("(0 - 1)", "%", 0.5, 50.0),
    ("g/kg", "kg kg**-1", 3.0, 0.003),
    ("knots", "m s-1", 1.0, 1852 / 3600),
]


@pytest.mark.parametrize(("source", "target", "value", "expected"), CONVERSIONS)
def test_the_written_expression_converts(
    source: str, target: str, value: float, expected: float
) -> None:
    how = conversion(source, target)
    assert how
    assert eval(how.of("x", "seconds"), {"x": value}) == pytest.approx(expected, rel=1e-6)


def test_expressions_are_readable() -> None:
    def expression(source: str, target: str) -> str:
        how = conversion(source, target, amounts=True)
        assert how is not None
        return how.of("x", "seconds")

    assert expression("K", "degC") == "x - 273.15"
    assert expression("mm/day", "kg m-2 s-1") == "x / 86400"
    assert expression("m/s", "mm/day") == "x * 86400000"
    assert expression("m", "kg m-2 s-1") == "x * 1000 / seconds"
    assert expression("J m**-2", "W m**-2") == "x / seconds"


def test_an_amount_becomes_a_rate_only_where_it_is_one_of_a_time_step() -> None:
    assert conversion("m", "m/s") is None
    how = conversion("m", "m/s", amounts=True)
    assert how is not None
    assert how.by_step
    assert conversion("m/s", "m", amounts=True) is None
    assert common([("m", True), ("m s-1", False)]) == "m s-1"
    assert common([("m", False), ("m s-1", False)]) is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("K", "m"),
        ("", "K"),
        ("K", ""),
        ("furlong", "m"),
        ("m2 s-2", "m"),
        ("1.5 K", "K"),
        ("'", "K"),
    ],
)
def test_what_is_not_known_is_not_converted(source: str, target: str) -> None:
    assert conversion(source, target) is None


def test_the_first_unit_that_serves_all_is_taken() -> None:
    assert common([("K", False), ("degC", False), ("degF", False)]) == "K"
    assert common([("K", False), ("mm/day", False)]) is None

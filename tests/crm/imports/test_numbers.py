"""Numbers as people write them."""

from __future__ import annotations

import pytest

from crm.importers.numbers import (
    BadValue,
    DecimalStyle,
    PercentUnit,
    detect_style,
    is_missing,
    looks_numeric,
    parse_average,
    parse_count,
    parse_rate,
)

POINT, COMMA = DecimalStyle.POINT, DecimalStyle.COMMA


@pytest.mark.parametrize(
    ("cell", "style", "expected"),
    [
        ("13800000", POINT, 13_800_000),
        ("13.8M", POINT, 13_800_000),
        ("475.8m", POINT, 475_800_000),
        ("3.3k", POINT, 3_300),
        ("0.89k", POINT, 890),
        ("29.0b", POINT, 29_000_000_000),
        ("97 K", POINT, 97_000),
        ("1,5M", COMMA, 1_500_000),
        ("2 Mio.", POINT, 2_000_000),
        ("2.28E+11", POINT, 228_000_000_000),
        ("477900000.00", POINT, 477_900_000),
        ("1,234,567", POINT, 1_234_567),
        ("12,34,567", POINT, 1_234_567),
        ("1.234.567", COMMA, 1_234_567),
        ("1.234", COMMA, 1_234),
        ("1 234 567", POINT, 1_234_567),
        ("1\u202f234", POINT, 1_234),
        ("1'234'567", POINT, 1_234_567),
        ("٣٣", POINT, 33),
        ("0", POINT, 0),
        ("9223372036854775807", POINT, 9_223_372_036_854_775_807),
        (12, POINT, 12),
        (12.0, POINT, 12),
    ],
)
def test_counts(cell: object, style: DecimalStyle, expected: int) -> None:
    assert parse_count(cell, style) == expected


@pytest.mark.parametrize(
    "cell",
    [
        *("", "  ", "-", "\u2013", "nan", "NaN", "NaN%", "None", "null", "N/A", "N/A'", "n/a", "?"),
        *("#VALOR!", "#REF!", "#DIV/0!", "#N/A", "#NAME?", "#¡VALOR!", "🔒", "🔒\ufe0f", "\\N"),
        *(None, float("nan"), float("inf")),
    ],
)
def test_missing_is_unknown_and_not_zero(cell: object) -> None:
    assert is_missing(cell)
    assert parse_count(cell) is None
    assert parse_average(cell) is None
    assert parse_rate(cell) is None


@pytest.mark.parametrize("cell", ["0", "nancy", "#1", "none of it", "N", 0, 0.0, False, "M"])
def test_not_missing(cell: object) -> None:
    assert not is_missing(cell)


@pytest.mark.parametrize(
    ("cell", "style", "code"),
    [
        ("348.5", POINT, "not_whole"),
        ("-5405", POINT, "negative"),
        ("9223372036854775808", POINT, "too_large"),
        ("1e30", POINT, "too_large"),
        ("1e999", POINT, "too_large"),
        ("17,8", POINT, "other_style"),
        ("1.234,5", POINT, "other_style"),
        ("17.8", COMMA, "other_style"),
        ("abc", POINT, "not_a_number"),
        ("M", POINT, "not_a_number"),
        ("1.5.2", POINT, "not_a_number"),
        ("1.2x", POINT, "not_a_number"),
        (True, POINT, "not_a_number"),
        ([1], POINT, "not_a_number"),
    ],
)
def test_counts_refused(cell: object, style: DecimalStyle, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_count(cell, style)
    assert refused.value.code == code


def test_averages_may_have_fractions_and_may_not_be_negative() -> None:
    assert parse_average("348.5") == 348.5
    assert parse_average("17,8", COMMA) == 17.8
    assert parse_average("1.234,5", COMMA) == 1234.5
    with pytest.raises(BadValue, match="below zero"):
        parse_average("-0.1")


@pytest.mark.parametrize(
    ("cell", "style", "unit", "expected"),
    [
        ("1.39%", POINT, PercentUnit.FRACTION, 0.0139),
        ("1.39 %", POINT, PercentUnit.POINTS, 0.0139),
        ("17,8%", COMMA, PercentUnit.POINTS, 0.178),
        ("3.47", POINT, PercentUnit.POINTS, 0.0347),
        ("3,47", COMMA, PercentUnit.POINTS, 0.0347),
        ("0.0347", POINT, PercentUnit.FRACTION, 0.0347),
        (0.007737, POINT, PercentUnit.FRACTION, 0.007737),
        ("120%", POINT, PercentUnit.POINTS, 1.2),
    ],
)
def test_rates_become_fractions(
    cell: object, style: DecimalStyle, unit: PercentUnit, expected: float
) -> None:
    assert parse_rate(cell, style, unit) == expected


def test_a_rate_of_millions_is_the_wrong_column() -> None:
    with pytest.raises(BadValue, match="unit"):
        parse_rate("17800000")


@pytest.mark.parametrize(
    ("cells", "counts", "decimal", "certain"),
    [
        (["12", "13"], True, POINT, True),
        (["17.8", "1.234"], True, POINT, True),
        (["17,8", "1.234"], True, COMMA, True),
        (["1.234,5"], True, COMMA, True),
        (["1,234.5"], True, POINT, True),
        (["1.234.567"], True, COMMA, True),
        (["1,234,567"], True, POINT, True),
        (["0.123"], True, POINT, True),
        (["13.8M"], True, POINT, True),
        # Nothing but "1.234": thousands among counts, decimals among averages, and never certain.
        (["1.234"], True, COMMA, False),
        (["1,234"], True, POINT, False),
        (["1.234"], False, POINT, False),
        (["nan", ""], True, POINT, True),
    ],
)
def test_the_decimal_mark_is_told_by_the_whole_column(
    cells: list[str], counts: bool, decimal: DecimalStyle, certain: bool
) -> None:
    style = detect_style(cells, counts=counts)
    assert (style.decimal, style.certain) == (decimal, certain)


def test_what_looks_numeric() -> None:
    assert all(map(looks_numeric, ["1", "13.8M", "1.39%", "17,8", "1.234,5", 3, 2.5]))
    assert not any(map(looks_numeric, ["abc", "", "nan", True, None, "2022-09-01", "@1x"]))

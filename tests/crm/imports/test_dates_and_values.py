"""Dates, countries, languages, addresses, flags and subjects."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm.importers.dates import DateForm, date_in_name, detect_form, parse_moment
from crm.importers.numbers import BadValue
from crm.importers.values import (
    niche_key,
    parse_country,
    parse_email,
    parse_flag,
    parse_language,
    parse_niches,
    parse_phone,
    parse_post_kind,
    parse_prose,
    parse_text,
)


@pytest.mark.parametrize(
    ("cells", "form", "expected"),
    [
        (["2022-09-01"], DateForm.ISO, datetime(2022, 9, 1, tzinfo=UTC)),
        (
            ["2017-11-13T17:32:55.000Z"],
            DateForm.ISO,
            datetime(2017, 11, 13, 17, 32, 55, tzinfo=UTC),
        ),
        (["1536944708"], DateForm.EPOCH, datetime(2018, 9, 14, 17, 5, 8, tzinfo=UTC)),
        ([1536944708000], DateForm.EPOCH, datetime(2018, 9, 14, 17, 5, 8, tzinfo=UTC)),
        (["1/2/2022", "31/12/2022"], DateForm.DAY_FIRST, datetime(2022, 2, 1, tzinfo=UTC)),
        (["1/2/2022", "12/31/2022"], DateForm.MONTH_FIRST, datetime(2022, 1, 2, tzinfo=UTC)),
        (["17.14.11"], DateForm.YEAR_DAY_MONTH, datetime(2017, 11, 14, tzinfo=UTC)),
        (["13.09", "01.10"], DateForm.DAY_MONTH, datetime(2017, 9, 13, tzinfo=UTC)),
    ],
)
def test_a_column_has_one_form(cells: list[object], form: DateForm, expected: datetime) -> None:
    assert detect_form(cells, year=2017) is form
    assert parse_moment(cells[0], form, year=2017) == expected


def test_no_form_fits_words_or_small_numbers() -> None:
    assert detect_form(["soon"], year=2022) is None
    assert detect_form(["12345"], year=2022) is None
    assert detect_form(["", "nan"], year=2022) is None


@pytest.mark.parametrize("cell", ["2022-13-01", "31.02.2022", "yesterday", "0001-01-01", "9" * 30])
def test_dates_refused(cell: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_moment(cell, DateForm.ISO, year=2022)
    assert refused.value.code == "not_a_date"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("creators sep 2022.csv", date(2022, 9, 1)),
        ("creators-tiktok june 2022 - june 2022.csv", date(2022, 6, 1)),
        ("GBvideos_old_2017-09.csv.xz", date(2017, 9, 1)),
        ("20210201_US.csv", date(2021, 2, 1)),
        ("export_2026-11-03.csv", date(2026, 11, 3)),
        ("creators.csv", None),
        ("top 2022 list.csv", None),
        ("id_20229999.csv", None),
    ],
)
def test_the_day_in_a_file_name(name: str, expected: date | None) -> None:
    assert date_in_name(name) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("United States", "US"),
        ("dk", "DK"),
        ("USA", "US"),
        ("Russia", "RU"),
        ("South Korea", "KR"),
        ("nan", None),
    ],
)
def test_countries(cell: str, expected: str | None) -> None:
    assert parse_country(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("English", "en"), ("fr-FR", "fr-FR"), ("fr_fr", "fr-FR"), ("Chinese", "zh"), ("", None)],
)
def test_languages(cell: str, expected: str | None) -> None:
    assert parse_language(cell) == expected


def test_what_is_no_country_language_or_subject() -> None:
    for parse, cell in (
        (parse_country, "Atlantis"),
        (parse_language, "Klingonish"),
        (parse_niches, "x" * 81),
    ):
        with pytest.raises(BadValue):
            parse(cell)


def test_emails() -> None:
    assert parse_email(" Anna@Example.COM ") == "anna@example.com"
    assert parse_email("mailto:anna@example.com") == "anna@example.com"
    assert parse_email("N/A") is None
    for bad in (
        "anna",
        "anna@",
        "a b@example.com",
        "anna@example",
        "a@x..com",
        "a@example.com, b@example.com",
    ):
        with pytest.raises(BadValue):
            parse_email(bad)


def test_phones() -> None:
    assert parse_phone("+45 12 34 56 78") == "+45 12 34 56 78"
    with pytest.raises(BadValue):
        parse_phone("call me")


def test_flags() -> None:
    assert parse_flag("TRUE") is True
    assert parse_flag("no") is False
    assert parse_flag(["a_brand"]) is True
    assert parse_flag([]) is False
    assert parse_flag("") is None
    with pytest.raises(BadValue):
        parse_flag("perhaps")


def test_kinds_of_posts() -> None:
    assert parse_post_kind("GraphSidecar") == "carousel"
    assert parse_post_kind("Reel") == "short_video"
    assert parse_post_kind("Hologram") == "other"
    assert parse_post_kind("") is None


def test_subjects() -> None:
    assert parse_niches("Beauty, Food & Drink") == ["Beauty", "Food & Drink"]
    assert parse_niches([{"name": "Travel"}, "Pets"]) == ["Travel", "Pets"]
    assert parse_niches("24") == ["Entertainment"]
    assert parse_niches(10) == ["Music"]
    assert parse_niches("nan") == []
    assert niche_key("Food & Drink") == niche_key("food - drink") == "food-drink"


def test_text_is_kept_and_not_cut() -> None:
    assert parse_text("  Anna  ", 200) == "Anna"
    assert parse_text("nan", 200) is None
    assert parse_prose("-", 200) == "-"
    with pytest.raises(BadValue, match="201 characters; 200 fit"):
        parse_text("x" * 201, 200)

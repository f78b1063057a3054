"""A benchmark is compared only with what was measured in the same way."""

from __future__ import annotations

from collections import Counter

import pytest

from segmentation.choices import Benchmarked, Denominator
from segmentation.selectors.scorecards.bands import Place, Slot, band_words, compare, place_of
from segmentation.services.benchmarks import Band, Source, shipped
from tests.segmentation.scorecards.test_standing import cell

NAMES = {"instagram": "Instagram", "tiktok": "TikTok"}
BAND = Band("Micro", 10_000, 100_000, 0.02, None, 0.04)
ABOUT = Band("Micro", 10_000, 100_000, None, 0.03, None)


def source(**more):
    values = {
        "key": "one",
        "source": "Somebody",
        "address": "",
        "year": 2026,
        "platform": "instagram",
        "denominator": Denominator.FOLLOWERS,
        "says_denominator": True,
        "bounds": "of the source",
        "bands": (Band("Nano", 1_000, 10_000, 0.05, None, 0.1), BAND),
    }
    return Source(**values | more)


def crowd(micro=10, **others):
    return Counter({Slot("instagram", 10_000): micro} | others.pop("slots", {}))


def only(row, *, members=None, **more):
    (found,) = compare(row, members or crowd(), [source(**more)], NAMES)
    return found


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (cell(0.01, 0.005, 0.0199), Place.BELOW),
        (cell(0.03, 0.021, 0.039), Place.WITHIN),
        (cell(0.03, 0.01, 0.039), Place.OPEN),
        (cell(0.05, 0.0401, 0.06), Place.ABOVE),
    ],
)
def test_a_number_lies_where_its_interval_lies(row, place):
    found = only(row)
    assert (found.place, found.band) == (place, BAND)
    assert found.said == "2.00\u202f% to 4.00\u202f%"


def test_a_single_number_is_below_above_or_not_told_apart():
    assert place_of(0.03, ABOUT, {"low": 0.02, "high": 0.04})[0] == Place.OPEN
    assert place_of(0.05, ABOUT, {"low": 0.031, "high": 0.07})[0] == Place.ABOVE
    assert place_of(0.01, ABOUT)[0] == Place.BELOW
    assert band_words(ABOUT) == "about 3.00\u202f%"


@pytest.mark.parametrize(
    ("more", "row", "words"),
    [
        (
            {"denominator": Denominator.VIEWS},
            cell(0.03, 0.02, 0.04),
            "measured by followers, benchmark by views",
        ),
        (
            {},
            cell(0.03, 0.02, 0.04, key="engagement_rate_views"),
            "measured by views, benchmark by followers",
        ),
        (
            {},
            cell(0.03, 0.02, 0.04, key="engagement_rate_followers_median"),
            "this is a median over creators, the benchmark an average",
        ),
        ({}, cell(None), "there is no value to compare"),
        (
            {"platform": "tiktok"},
            cell(0.03, 0.02, 0.04),
            "it is about TikTok, where 0% of the members are",
        ),
        (
            {"bands": (Band("Mega", 1_000_000, None, 0.01, None, 0.02),)},
            cell(0.03, 0.02, 0.04),
            "its sizes do not fit: at most 0% of the members are in one of them (of the source)",
        ),
    ],
)
def test_what_was_measured_otherwise_is_not_compared(more, row, words):
    found = only(row, **more)
    assert (found.place, found.words) == (Place.NOT_COMPARED, words)


def test_nearly_all_members_must_be_of_the_size_and_platform():
    row = cell(0.03, 0.021, 0.039)
    few = crowd(7, slots={Slot("instagram", 1_000_000): 3})
    assert only(row, members=few).place == Place.NOT_COMPARED
    enough = crowd(8, slots={Slot("instagram", None): 2})
    assert only(row, members=enough).place == Place.WITHIN
    (nobody,) = compare(row, Counter(), [source()], NAMES)
    assert nobody.words == "nobody is a member now, so platform and size are not known"


def test_costs_are_compared_in_one_currency_and_are_better_below():
    (source,) = [one for one in shipped() if one.of == Benchmarked.CPM]
    assert (source.year, source.platform, source.denominator, source.currency) == (
        2026,
        "",
        Denominator.IMPRESSIONS,
        "USD",
    )

    def compared(row, currency="USD"):
        (found,) = compare(row, crowd(), shipped(), NAMES, currency=currency)
        return found

    cheap = compared(cell(5, 4, 6, key="cpm"))
    assert (cheap.place, cheap.colour, cheap.said) == (
        Place.BELOW,
        "green",
        "10.00 USD to 25.00 USD",
    )
    assert cheap.words.endswith("taken as impressions")
    other = compared(cell(5, 4, 6, key="cpm"), currency="EUR")
    assert (other.place, other.words) == (
        Place.NOT_COMPARED,
        "it is in USD, these costs are in EUR; none is converted",
    )
    # Other costs are divided by something else, and rates are none.
    assert compare(cell(5, 4, 6, key="cpe"), crowd(), shipped(), NAMES, currency="USD") == []
    assert source not in [one.source for one in compare(cell(0.1), crowd(), shipped(), NAMES)]


def test_celebrities_are_compared_with_what_is_said_of_celebrities():
    glossary = next(one for one in shipped() if one.key == "glossary_2025")
    marked = Counter({Slot("instagram", 1_000_000, is_celebrity=True): 9, Slot("", None, True): 1})
    (found,) = compare(cell(0.03, 0.021, 0.025), marked, [glossary], NAMES)
    assert (found.band.tier, found.place) == ("Celebrity", Place.ABOVE)
    # A source without a word on them has them by their followers, where those are known.
    mega = source(bands=(Band("Mega", 1_000_000, None, 0.01, None, 0.02),))
    (found,) = compare(cell(0.03, 0.021, 0.025), marked, [mega], NAMES)
    assert (found.band.tier, found.place) == ("Mega", Place.ABOVE)
    (found,) = compare(cell(0.03, 0.021, 0.025), crowd(), [glossary], NAMES)
    assert found.band.tier == "Micro"


def test_an_unnamed_denominator_is_said():
    found = only(cell(0.03, 0.021, 0.039), says_denominator=False)
    assert found.words == ("within; the source does not say by what it divides, taken as followers")


def test_rows_that_are_no_rate_have_no_benchmark():
    assert compare(cell(10, key="size"), crowd(), [source()], NAMES) == []


def test_every_shipped_source_says_where_it_is_from():
    found = shipped()
    assert len({one.key for one in found}) == len(found) == 15
    for one in found:
        assert one.source
        assert one.bands
        for band in one.bands:
            rates = [rate for rate in (band.low, band.typical, band.high) if rate is not None]
            assert rates == sorted(rates)
            assert rates
            assert all(0 < rate < (100 if one.currency else 0.2) for rate in rates)
        assert (one.of == Benchmarked.CPM) == bool(one.currency)
    glossary = next(one for one in found if one.key == "glossary_2025")
    assert [(band.low, band.high) for band in glossary.bands] == [
        (0.08, 0.15),
        (0.05, 0.1),
        (0.03, 0.07),
        (0.02, 0.05),
        (0.01, 0.03),
        (0.01, 0.02),
    ]
